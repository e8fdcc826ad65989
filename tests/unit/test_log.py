"""The log: one line an event, and none of the libraries' own lines about each request."""

import logging

import httpx
import pytest
from azure.core.pipeline.policies import HttpLoggingPolicy

from functions import log


def test_an_event_is_one_line(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        log.info("run.committed", run="r1", note="two words\nand a break")
    assert [record.getMessage() for record in caplog.records] == ['run.committed run=r1 note="two words and a break"']


async def test_requests_of_the_libraries_are_not_logged(caplog: pytest.LogCaptureFixture):
    """With the root logger at INFO, as the worker sets it."""
    with caplog.at_level(logging.INFO):
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
            await client.get("https://graph.example/users?$filter=startswith(displayName,'Ann')")
        assert not HttpLoggingPolicy().logger.isEnabledFor(logging.INFO)
        logging.getLogger("azure.core.pipeline").info("Request URL: x")
        logging.getLogger("azure.identity.aio").info("acquired")
        logging.getLogger("azure.core").warning("this one matters")
    assert [record.getMessage() for record in caplog.records] == ["this one matters"]

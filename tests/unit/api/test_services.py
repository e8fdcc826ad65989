"""Services are opened once per event loop, again after a failure, and not before they are needed."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from functions import services
from functions.errors import ConfigError, StoreError
from functions.settings import Settings
from functions.storage import open as storage
from tests.unit.api.principals import TENANT

ENVIRONMENT = {
    "TENANT_ID": TENANT,
    "GRAPH_URL": "http://127.0.0.1:9",
    "GRAPH_TOKEN": "local-token",
    "SNAPSHOT_STORAGE_CONNECTION": "UseDevelopmentStorage=true",
}


class Opened:
    """Counts how often stores are opened and closed, and fails as often as it is told."""

    def __init__(self) -> None:
        self.times, self.closed, self.failures = 0, 0, 0

    async def open_stores(self, settings: Settings) -> Any:
        assert settings.tenant_id == TENANT
        self.times += 1
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise StoreError("no connection")
        return SimpleNamespace(aclose=self.aclose)

    async def aclose(self) -> None:
        self.closed += 1


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    counter = Opened()
    monkeypatch.setattr(storage, "open_stores", counter.open_stores)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    services.settings.cache_clear()
    yield counter
    services.settings.cache_clear()


async def test_calls_at_once_share_what_is_opened(opened: Opened) -> None:
    found = await asyncio.gather(*(services.services() for _ in range(20)))
    assert all(one is found[0] for one in found)
    assert opened.times == 1
    await services.close()
    assert opened.closed == 1


async def test_a_failure_is_told_to_all_and_then_tried_again(opened: Opened) -> None:
    opened.failures = 1
    found = await asyncio.gather(*(services.services() for _ in range(3)), return_exceptions=True)
    assert all(isinstance(one, StoreError) for one in found)
    assert (await services.services()).settings.tenant_id == TENANT
    assert opened.times == 2
    await services.close()


async def test_a_caller_that_goes_away_does_not_stop_the_opening(opened: Opened) -> None:
    going = asyncio.ensure_future(services.services())
    await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    await services.services()
    assert opened.times == 1
    await services.close()


async def test_after_closing_it_opens_anew(opened: Opened) -> None:
    first = await services.services()
    await services.close()
    assert await services.services() is not first
    await services.close()


def test_each_event_loop_has_its_own(opened: Opened) -> None:
    first = asyncio.run(services.services())
    second = asyncio.run(services.services())
    assert first is not second
    assert opened.times == 2


async def test_wrong_settings_are_told_until_they_are_right(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANT_ID", "contoso")
    with pytest.raises(ConfigError, match="TENANT_ID"):
        await services.services()
    monkeypatch.setenv("TENANT_ID", TENANT)
    await services.services()
    await services.close()


def test_a_cold_start_loads_nothing_that_only_work_needs() -> None:
    heavy = "msgraph,httpx,kiota_http,azure.storage.blob,azure.data.tables,azure.identity"
    code = f"import sys, function_app; print([n for n in '{heavy}'.split(',') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"

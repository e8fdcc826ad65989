"""A report that ends while the answer about it is put together is shown as one that ended, not as one that died."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from functions.api import index, verify
from functions.api.bodies import Body
from functions.api.call import Request
from functions.api.params import Path, Query
from functions.api.principal import LAPTOP
from functions.clock import utc_now
from functions.errors import CallerError
from functions.services import Services
from functions.storage.reports import ReportRow
from tests.unit.api.principals import LOCAL

WORKING = ReportRow(report_id="2026-11-22T070000Z", started_at="then", request={"depth": "readable"})
ENDED = ReportRow(
    report_id=WORKING.report_id, state="done", started_at="then", ended_at="now", request={"depth": "readable"}
)


class Reports:
    """What is found at the first look, the second, and so on; the last for good."""

    def __init__(self, *looks: ReportRow) -> None:
        self.looks = list(looks)

    async def newest(self, kind: str, count: int = 1, *, findings: bool = True) -> list[ReportRow]:
        return [self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]] if self.looks else []


class Durable:
    def __init__(self, state: str) -> None:
        self.state = state

    async def get_status(self, instance: str) -> Any:
        return SimpleNamespace(runtime_status=SimpleNamespace(value=self.state), custom_status=None, input_=None)


def request(reports: Reports, state: str) -> Request[Any]:
    stores: Any = SimpleNamespace(reports=reports)
    return Request(
        caller=LAPTOP,
        path=Path(),
        query=Query(top=10),
        body=Body(),
        origin="https://app",
        services=Services(LOCAL, stores, utc_now),
        durable=Durable(state),
    )


@pytest.mark.parametrize(
    ("looks", "state", "shown"),
    [
        ([WORKING, ENDED], "Completed", "done"),
        ([WORKING], "Completed", "failed"),
        ([WORKING], "Running", "running"),
        ([ENDED], "Completed", "done"),
    ],
    ids=["ends meanwhile", "dead", "works", "ended"],
)
async def test_a_rebuild_that_ends_meanwhile_is_done(looks: list[ReportRow], state: str, shown: str):
    told = json.loads((await index.show_index(request(Reports(*looks), state))).body)
    assert (told["state"], told["endedAt"]) == (shown, "now" if shown == "done" else None)
    assert ("error" in told) == (shown == "failed")


async def test_there_may_be_no_rebuild_yet():
    with pytest.raises(CallerError) as refusal:
        await index.show_index(request(Reports(), "Completed"))
    assert refusal.value.slug == "neverRebuilt"


async def test_a_verification_that_ends_meanwhile_is_also_when_all_was_last_well():
    told = json.loads((await verify.show_verification(request(Reports(WORKING, ENDED), "Completed"))).body)
    assert (told["report"]["state"], told["earlier"]) == ("done", [])
    assert told["lastClean"] == {"present": "now", "readable": "now"}

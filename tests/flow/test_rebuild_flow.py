"""The orchestration that makes the index anew: patient, and never without a word about why it ended."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from functions.clock import utc_now
from functions.storage.open import Stores, open_stores
from functions.upkeep.rebuild import RebuildStep
from functions.upkeep.rebuild_flow import ACTIVITY, index_tenant, stepped
from tests.flow.orchestration import Context, ended
from tests.flow.retention_world import settings_of

STEP = msgspec.to_builtins(RebuildStep("2026-11-22T050000Z", "test", runs=3))


def test_a_step_that_fails_is_tried_again_later_and_at_last_the_report_says_why():
    flow = index_tenant(Context(STEP))
    asked, waits = next(flow), []
    for _ in range(5):
        assert asked == ("call", ACTIVITY, STEP)
        _, seconds = flow.throw(RuntimeError("storage is out of reach\nand more"))
        waits.append(seconds.total_seconds())
        asked = flow.send(None)
    assert waits == [30, 60, 90, 120, 150]
    last = flow.throw(RuntimeError("storage is out of reach\nand more"))
    assert last == ("call", ACTIVITY, {**STEP, "error": "storage is out of reach"})
    assert ended(flow, last[2]) == last[2]


def test_after_a_step_that_was_done_all_attempts_are_there_again():
    context = Context(STEP)
    flow = index_tenant(context)
    next(flow)
    for _ in range(8):
        assert flow.throw(RuntimeError("busy"))[0] == "wait"
        flow.send(None)
        assert flow.send({**STEP, "runs": 7}) == ("call", ACTIVITY, {**STEP, "runs": 7})
    assert context.status == {"runs": 7, "rows": 0}
    done = {**STEP, "done": True}
    assert ended(flow, done) == done


@pytest.fixture
async def stores(azurite: str) -> AsyncIterator[Stores]:
    opened = await open_stores(settings_of(str(uuid.uuid4()), azurite))
    yield opened
    await opened.aclose()


async def test_a_rebuild_that_was_given_up_tells_why_and_touches_nothing(
    stores: Stores, azurite: str, monkeypatch: pytest.MonkeyPatch
):
    async def untouched(*_: Any, **__: Any) -> RebuildStep:
        raise AssertionError("the index is left alone")

    monkeypatch.setattr("functions.upkeep.rebuild_flow.rebuild", untouched)
    step = RebuildStep("2026-11-22T050000Z", "Ada", replace=True, runs=3, error="storage is out of reach")
    assert await stepped(step, settings_of("any", azurite), stores, utc_now) == step
    [report] = await stores.reports.newest("index")
    assert (report.state, report.error, report.started_by) == ("failed", "storage is out of reach", "Ada")
    assert (bool(report.ended_at), report.counts["runs"]) == (True, 3)

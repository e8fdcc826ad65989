"""The orchestration of retention: step by step, patient, and never without a word about why it ended."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from functions.backup.kept import manifest_of
from functions.clock import utc_now
from functions.core.manifest import Gap, Manifest, write_manifest
from functions.core.names import manifest_name, removed_name
from functions.errors import BlobMissing
from functions.storage.open import Stores, open_stores
from functions.upkeep.retention_flow import ACTIVITY, retain_runs, start, stepped
from functions.upkeep.retention_step import RetentionStep
from tests.flow.orchestration import NOW, Context, ended
from tests.flow.retention_world import settings_of

STEP = msgspec.to_builtins(RetentionStep("2026-11-22T050000Z", "timer"))


def test_steps_follow_each_other_until_the_pass_is_done():
    context = Context(STEP)
    flow = retain_runs(context)
    assert next(flow) == ("call", ACTIVITY, STEP)
    moved = {**STEP, "phase": "move"}
    assert flow.send(moved) == ("call", ACTIVITY, moved)
    assert context.status["phase"] == "move"
    assert ended(flow, {**moved, "phase": "done"})["phase"] == "done"


def test_a_long_pass_begins_a_new_history():
    context = Context(STEP)
    flow = retain_runs(context)
    asked = next(flow)
    for number in range(19):
        asked = flow.send({**STEP, "cleared": number})
    assert asked[2]["cleared"] == 18
    assert ended(flow, {**STEP, "cleared": 19}) is None
    assert context.anew["cleared"] == 19


def test_a_step_that_fails_is_tried_again_and_at_last_the_reason_is_written_down():
    flow = retain_runs(Context(STEP))
    next(flow)
    for failure in range(5):
        assert flow.throw(Exception("storage is out of reach\nand more")) == (
            "wait",
            timedelta(seconds=30 * (failure + 1)),
        )
        assert flow.send(None) == ("call", ACTIVITY, STEP)
    last = flow.throw(Exception("storage is out of reach\nand more"))
    assert last == ("call", ACTIVITY, {**STEP, "error": "storage is out of reach"})
    assert ended(flow, {**STEP, "phase": "done"})["phase"] == "done"


@pytest.fixture
async def stores(azurite: str) -> AsyncIterator[Stores]:
    opened = await open_stores(settings_of(str(uuid.uuid4()), azurite))
    yield opened
    await opened.aclose()


async def test_the_report_says_why_a_pass_failed(stores: Stores, azurite: str):
    step = RetentionStep("2026-11-22T050000Z", "timer", phase="move", error="storage is out of reach")
    done = await stepped(step, settings_of("t", azurite), stores, lambda: NOW)
    assert done.done
    [report] = await stores.reports.newest("retention")
    assert (report.state, report.error, report.started_by) == ("failed", "storage is out of reach", "timer")


async def test_a_tenant_without_runs_has_nothing_to_retain(stores: Stores, azurite: str):
    step = RetentionStep("2026-11-22T050000Z", "timer")
    settings = settings_of("t", azurite)
    while not step.done:
        step = await stepped(step, settings, stores, lambda: NOW)
    assert (step.error, step.counts.runs) == ("", 0)


class Durable:
    def __init__(self, *working: str) -> None:
        self.working = working
        self.started: list[str] = []

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: Any) -> str:
        self.started.append(instance_id)
        return instance_id

    async def get_status(self, instance_id: str) -> Any:
        state = "Running" if instance_id in self.working else "Completed"
        return SimpleNamespace(runtime_status=SimpleNamespace(value=state))


@pytest.mark.parametrize(
    ("working", "mode", "starts"),
    [
        ((), "prune", True),
        ((), "report", True),
        ((), "off", False),
        (("retention-t",), "prune", False),
        (("rebuild-t",), "prune", False),
        (("backup-t",), "prune", True),
    ],
)
async def test_one_pass_at_a_time_and_none_while_the_index_is_made_anew(working, mode, starts):
    durable = Durable(*working)
    assert bool(await start(durable, settings_of("t", "", retention_mode=mode), "timer", utc_now)) is starts
    assert durable.started == (["retention-t"] if starts else [])


async def test_the_manifest_of_a_removed_run_is_still_read(stores: Stores):
    manifest = Manifest(
        product="Lifeboat", tenant_id="t", cloud="global", run_id="r", started_at="", ended_at="", started_by="",
        previous=None, types={}, bases={}, alerts=(Gap("manyDeleted", "m", "r"),),
    )  # fmt: skip
    tenant = str(uuid.uuid4())
    with pytest.raises(BlobMissing, match="manifest"):
        await manifest_of(stores.blobs, tenant, "r")
    for name in (removed_name(tenant, "r"), manifest_name(tenant, "r")):
        await stores.blobs.put(name, write_manifest(manifest), content_type="application/json")
        assert await manifest_of(stores.blobs, tenant, "r") == manifest

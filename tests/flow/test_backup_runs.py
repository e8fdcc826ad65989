"""Runs that die, are repeated, come late or find their past damaged: what is committed stays whole."""

import asyncio
import gzip
import logging
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.backup.messages import BackupRequest, TypeReply
from functions.backup.run_activities import open_run
from functions.backup.start import start
from functions.catalogue.model import ObjectType, Outcome
from functions.core.names import manifest_name, toc_name
from functions.errors import RowConflict, StoreError
from functions.storage.runs import RunState
from tests.flow.backup_world import NOT_FOUND, Given, Vault, listed, open_vault

DEVICES = ObjectType(key="devices", title="Devices", path="/devices")
GROUPS = ObjectType(key="groups", title="Groups", path="/groups")


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        vault.graph.answer = lambda path: listed([{"id": "a", "displayName": "A"}, {"id": "b", "displayName": "B"}])
        yield vault


async def changes(vault: Vault, key: str, identity: str) -> list[str]:
    return [row.change for row in await vault.stores.versions.of_object(key, identity)]


async def test_a_first_call_that_comes_again_late_does_not_bury_the_run_that_followed(vault: Vault):
    manifest = await vault.run(DEVICES)
    following = await vault.open("devices")
    late = BackupRequest(manifest.run_id, vault.tenant, ("devices",), "test")
    with pytest.raises(RowConflict):
        await open_run(late, stores=vault.stores, clock=vault.clock)
    assert (await vault.stores.runs.get(following.run_id)).state is RunState.RUNNING
    outcome = await vault.commit(following, {"devices": await vault.read(following, DEVICES)})
    assert outcome.state == "committed"


async def test_a_call_for_a_run_that_has_ended_writes_nothing(vault: Vault):
    plan = await vault.open("devices")
    read = await vault.call(plan, DEVICES, None)
    await vault.open("devices")  # buries the first
    late = await vault.call(plan, DEVICES, read)
    assert late.result is not None
    assert late.result.outcome is Outcome.FAILED
    assert await changes(vault, "devices", "a") == []


async def test_rows_of_a_type_whose_past_is_damaged_do_not_count(vault: Vault):
    first = await vault.run(DEVICES, GROUPS)
    many = [{"id": f"0{number:04}", "displayName": "New"} for number in range(6000)]  # sorted before what is damaged

    def answer(path: str) -> Given:
        if path.count("/") > 1:
            return NOT_FOUND
        return listed(many if "devices" in path else many[:1])

    vault.graph.answer = answer
    plan = await vault.open("devices", "groups")
    read = await vault.call(plan, DEVICES, None)
    toc = toc_name(vault.tenant, first.run_id, "devices")
    await vault.stores.blobs.replace(toc, (await vault.stores.blobs.get(toc))[:-1])
    indexed = (await vault.call(plan, DEVICES, read)).result
    assert indexed is not None
    assert indexed.outcome is Outcome.FAILED
    await vault.commit(plan, {"devices": indexed, "groups": await vault.read(plan, GROUPS)})
    assert (await vault.manifest(plan.run_id)).bases["devices"] == first.run_id
    assert not any([await changes(vault, "devices", one["id"]) for one in many[::50]])
    assert await changes(vault, "devices", "a") == ["created"]
    assert await changes(vault, "groups", "00000") == ["created"]


async def test_a_run_whose_manifest_was_deleted_does_not_stop_the_following_ones(vault: Vault):
    first = await vault.run(DEVICES)
    second = await vault.run(DEVICES)
    await vault.stores.blobs.delete(manifest_name(vault.tenant, second.run_id))
    third = await vault.run(DEVICES)
    assert third.previous is not None
    assert third.previous.run_id == first.run_id
    assert [alert.code for alert in third.alerts] == ["manifestMissing"]
    assert second.run_id in third.alerts[0].message
    assert (await vault.run(DEVICES)).alerts == ()


class Idle:
    """A Durable client without any orchestration."""

    def __init__(self) -> None:
        self.started: list[Any] = []

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: Any) -> str:
        self.started.append(client_input)
        return instance_id

    async def get_status(self, instance_id: str) -> Any:
        return None


async def test_a_clock_that_was_set_back_does_not_put_a_run_before_the_last_one(vault: Vault):
    last = await vault.run(DEVICES)
    earlier = datetime(2020, 1, 1, tzinfo=UTC)
    run = await start(Idle(), vault.stores, vault.tenant, ["devices"], "test", lambda: earlier)
    assert run > last.run_id


@pytest.mark.parametrize(
    ("who", "told"), [("timer", "by=timer"), ("timer (late)", 'by="timer (late)"'), ("ann@x.example (1)", "by=caller")]
)
async def test_the_log_does_not_name_who_started_a_run(
    vault: Vault, caplog: pytest.LogCaptureFixture, who: str, told: str
):
    caplog.set_level(logging.INFO, logger="lifeboat")
    starter = Idle()
    await start(starter, vault.stores, vault.tenant, ["devices"], who, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    [line] = [record.getMessage() for record in caplog.records if record.getMessage().startswith("run.started ")]
    assert line.endswith(told)
    assert "ann" not in line
    assert starter.started[0]["startedBy"] == who


async def test_a_wait_that_graph_asks_for_has_a_limit(vault: Vault):
    vault.graph.answer = lambda path: (429, {"retryAfter": 10**15})
    reply = await vault.call(await vault.open("devices"), DEVICES, None)
    assert 0 < reply.wait <= 3600


async def test_the_same_call_twice_at_once_gives_one_result(vault: Vault):
    def answer(path: str) -> Given:
        if "skiptoken" in path:
            return listed([{"id": f"{n:04}", "displayName": f"N {n}"} for n in range(500, 1000)])
        more = {"@odata.nextLink": f"{vault.graph.url}/v1.0/devices?$skiptoken=1"}
        return listed([{"id": f"{n:04}", "displayName": f"N {n}"} for n in range(500)], **more)

    vault.graph.answer = answer
    plan = await vault.open("devices")
    last: TypeReply | None = None
    while last is None or last.result is None:
        _, last = await asyncio.gather(vault.call(plan, DEVICES, last, 0.0), vault.call(plan, DEVICES, last, 0.0))
    await vault.commit(plan, {"devices": last.result})
    manifest = await vault.manifest(plan.run_id)
    assert len(await vault.records(manifest, "devices")) == manifest.types["devices"].objects == 1000


async def test_storage_that_fails_between_reading_and_indexing_loses_no_object(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
):
    def answer(path: str) -> Given:
        if "skiptoken" in path:
            return listed([{"id": "b", "displayName": "B"}])
        return listed(
            [{"id": "a", "displayName": "A"}], **{"@odata.nextLink": f"{vault.graph.url}/v1.0/devices?$skiptoken=1"}
        )

    vault.graph.answer = answer
    await vault.run(DEVICES)
    plan = await vault.open("devices")
    paused = await vault.call(plan, DEVICES, None, budget=0.0)
    assert paused.checkpoint is not None
    assert paused.checkpoint.phase == "objects"
    commit, broken = vault.stores.blobs.commit, True

    async def failing(name: str, *rest: Any, **more: Any) -> None:
        if "_work" in name and broken:
            raise StoreError("out of reach")
        await commit(name, *rest, **more)

    monkeypatch.setattr(vault.stores.blobs, "commit", failing)
    last = await vault.call(plan, DEVICES, paused)
    broken = False
    while last.result is None:
        last = await vault.call(plan, DEVICES, last)
    assert not last.result.whole or last.result.deleted == 0
    await vault.commit(plan, {"devices": last.result})
    assert await changes(vault, "devices", "b") == ["created"], "nobody deleted it"


async def test_records_nobody_knows_the_place_of_are_not_taken_for_deleted(vault: Vault):
    await vault.run(DEVICES)
    plan = await vault.open("devices")
    read = await vault.call(plan, DEVICES, None)
    assert read.checkpoint is not None
    read.checkpoint.work = ""
    indexed = await vault.call(plan, DEVICES, read)
    assert indexed.result is not None
    assert indexed.result.outcome is Outcome.FAILED
    assert await changes(vault, "devices", "a") == ["created"]


@pytest.mark.parametrize("damage", ["cut", "gone", "not a toc"])
async def test_a_type_whose_past_cannot_be_read_is_read_whole_and_compared_anew(vault: Vault, damage: str):
    first = await vault.run(DEVICES, GROUPS)
    toc = toc_name(vault.tenant, first.run_id, "devices")
    data = await vault.stores.blobs.get(toc)
    await vault.stores.blobs.delete(toc)
    if damage != "gone":
        await vault.stores.blobs.replace(toc, data[:-1] if damage == "cut" else gzip.compress(b'[\n{"id":"a"}\n]\n'))
    vault.graph.answer = lambda path: listed([{"id": "b", "displayName": "B"}]) if path == "/devices" else NOT_FOUND
    second = await vault.run(DEVICES)
    result = second.types["devices"]
    assert (result.outcome, result.objects, result.created, result.deleted) == (Outcome.READ, 1, 1, 0)
    [gap] = result.gaps
    assert gap.code == "baseUnreadable"
    assert first.run_id in gap.message
    assert gap in second.alerts
    assert await changes(vault, "devices", "a") == ["created"], "nobody knows that it was deleted"
    assert second.bases["devices"] == second.run_id
    third = await vault.run(DEVICES)
    assert (third.types["devices"].gaps, third.types["devices"].created, third.alerts) == ((), 0, ())

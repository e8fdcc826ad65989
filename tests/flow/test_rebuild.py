"""The index made anew from the files says what the index that was lost said."""

import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from functions.backup.read import record_as_of
from functions.catalogue.model import ObjectType
from functions.core.names import manifest_name, removed_name, toc_name
from functions.errors import CallerError
from functions.storage import objects, versions
from functions.storage.keys import key, starting
from functions.storage.runs import RunRow, RunState
from functions.upkeep import rebuild_flow
from functions.upkeep.rebuild import RebuildStep, rebuild
from tests.flow.backup_world import NOT_FOUND, Json, Vault, listed, open_vault, through_json
from tests.flow.way_back import State, Storage, forgetful, open_storage

DEVICES = ObjectType(key="devices", title="Devices", path="/devices")
KEYS = ObjectType(key="groups", title="Recovery keys", path="/groups", private=True)


@dataclass
class Past:
    """One tenant for all tests; what `history` makes of it is made once and put back."""

    vault: Vault
    storage: Storage
    runs: list[str]
    state: State
    now: datetime


@pytest.fixture(scope="module")
async def past(azurite: str) -> AsyncIterator[Past]:
    tenant = str(uuid.uuid4())
    async with open_vault(azurite, tenant) as vault, open_storage(azurite, tenant) as storage:
        before = vault.now
        runs = await made(vault)
        state, now = await storage.look(), vault.now
        vault.now = before
        yield Past(vault, storage, runs, state, now)


@pytest.fixture
async def vault(past: Past) -> Vault:
    """Without any run."""
    await past.storage.make({})
    return replace(past.vault, stores=forgetful(past.vault.stores, past.vault.tenant))


@pytest.fixture
async def history(past: Past, vault: Vault) -> list[str]:
    """The runs that `made` made, in the vault."""
    await past.storage.make(past.state)
    vault.now = past.now
    shows(vault, *LAST)
    return list(past.runs)


LAST = ({"a": "Ada L.", "b": "Bert"}, {"k": "Key"})


def shows(vault: Vault, devices: dict[str, str], keys: dict[str, str]) -> None:
    """The tenant from now on: id → name."""

    def answer(path: str) -> Json | tuple[int, Json]:
        for start, things in (("/devices", devices), ("/groups", keys)):
            if path.partition("?")[0] == start:
                return listed([{"id": one, "displayName": name} for one, name in things.items()])
        return NOT_FOUND

    vault.graph.answer = answer


async def made(vault: Vault) -> list[str]:
    """Objects that come, change, are renamed, go and come back under another name; a run that lacks a type."""
    told = []
    for devices, keys, types in (
        ({"a": "Ada", "b": "Bob"}, {"k": "Key"}, (DEVICES, KEYS)),
        ({"a": "Ada", "c": "Cy"}, {"k": "Key 2"}, (DEVICES, KEYS)),
        ({"a": "Ada L.", "c": "Cy"}, {}, (DEVICES,)),
        ({"a": "Ada L.", "b": "Bert"}, {}, (DEVICES, KEYS)),
        (*LAST, (KEYS,)),
    ):
        shows(vault, devices, keys)
        told.append((await vault.run(*types)).run_id)
    return told


async def whole_index(vault: Vault) -> dict[str, Any]:
    """Everything the index says of the tenant, without the services' own columns."""
    said: dict[str, Any] = {}
    for table in (versions.TABLE, objects.TABLE):
        where = starting("PartitionKey", key(vault.tenant) + "|")
        rows = [row async for row in vault.stores.tables.query(table, where)]
        said[table] = sorted(
            json.dumps({name: row[name] for name in row if not name.startswith(("odata", "Timestamp"))}, sort_keys=True)
            for row in rows
        )
    rows, _ = await vault.stores.runs.newest_first(100)
    said["Runs"] = [msgspec.structs.replace(row, verified_at="") for row in rows]
    return said


async def made_anew(vault: Vault, *, replace: bool = True, budget: float = 60.0) -> RebuildStep:
    step = RebuildStep("2026-12-01T000000Z", "test", replace)
    for _ in range(100):
        step = await rebuild(
            through_json(step), tenant=vault.tenant, stores=vault.stores, budget=budget, clock=vault.clock
        )
        if step.done:
            return step
    raise AssertionError("it never ends")


async def lose(vault: Vault) -> None:
    for table in (vault.stores.runs, vault.stores.versions, vault.stores.objects):
        assert await table.clear() > 0


@pytest.mark.parametrize("budget", [60.0, 0.0])
@pytest.mark.usefixtures("history")
async def test_the_index_comes_back_as_it_was(vault: Vault, budget: float):
    before = await whole_index(vault)
    await lose(vault)
    step = await made_anew(vault, replace=False, budget=budget)
    assert (step.runs, step.findings) == (5, ())
    assert await whole_index(vault) == before


async def test_an_index_that_lies_is_replaced_and_a_step_may_come_twice(vault: Vault, history: list[str]):
    runs = history
    before = await whole_index(vault)
    [row] = [row for row in await vault.stores.versions.of_object("devices", "c") if row.change == "created"]
    await vault.stores.versions.write("devices", [msgspec.structs.replace(row, offset=9, run=runs[-1])])
    assert await whole_index(vault) != before
    await made_anew(vault)
    step = RebuildStep("2026-12-01T000000Z", "test", replace=True, cleared=True, run=runs[-1])
    await rebuild(step, tenant=vault.tenant, stores=vault.stores, budget=60.0, clock=vault.clock)
    assert await whole_index(vault) == before


@pytest.mark.usefixtures("history")
async def test_the_next_backup_goes_on_from_the_index_made_anew(vault: Vault):
    await lose(vault)
    await made_anew(vault, replace=False)
    manifest = await vault.run(DEVICES, KEYS)
    assert manifest.previous is not None
    assert {name: (one.created, one.updated, one.deleted) for name, one in manifest.types.items()} == {
        "devices": (0, 0, 0),
        "groups": (0, 0, 0),
    }


async def test_a_run_that_retention_removed_comes_back_as_removed(vault: Vault, history: list[str]):
    runs = history
    blobs = vault.stores.blobs
    data = await blobs.get(manifest_name(vault.tenant, runs[1]))
    await blobs.put(removed_name(vault.tenant, runs[1]), data, content_type="application/json")
    for container in vault.stores.containers:
        async for name in container.list(f"{vault.tenant}/{runs[1]}/"):
            await container.delete(name)
    await lose(vault)
    step = await made_anew(vault, replace=False)
    assert step.findings == ()
    states = {row.run_id: row.state for row in (await vault.stores.runs.newest_first(100))[0]}
    assert states == dict.fromkeys(runs, RunState.COMMITTED) | {runs[1]: RunState.REMOVED}
    found = await record_as_of(vault.stores, "devices", "a", runs[0])
    assert found is not None
    assert json.loads(found.data)["displayName"] == "Ada"
    gone, _ = await vault.stores.objects.search("devices", "bob", deleted=None, committed=frozenset(runs))
    assert gone == []  # it is called Bert now


@dataclass
class Durable:
    """The Durable client, where a rebuild that another caller has started works from the second look on."""

    works: bool
    looks: int = 0

    async def get_status(self, instance: str) -> Any:
        self.looks += instance.startswith("rebuild-")
        value = "Running" if self.works and self.looks > 1 and instance.startswith("rebuild-") else "Completed"
        return SimpleNamespace(runtime_status=SimpleNamespace(value=value))

    async def start_new(self, name: str, instance: str, given: Any) -> str:
        raise Exception("The operation failed with an unexpected status code: 500")


@pytest.mark.parametrize("works", [True, False])
async def test_a_rebuild_that_was_not_started_is_shown_as_failed(vault: Vault, works: bool):
    with pytest.raises(CallerError if works else Exception, match="working with the index" if works else "500"):
        await rebuild_flow.start(
            Durable(works), vault.stores, vault.tenant, replace=False, started_by="test", clock=vault.clock
        )
    [report] = await vault.stores.reports.newest("index")
    assert (report.state, report.error) == ("failed", "it was not started")


async def test_what_cannot_be_read_is_named_and_the_rest_comes_back(vault: Vault, history: list[str]):
    runs = history
    await lose(vault)
    await vault.stores.blobs.delete(toc_name(vault.tenant, runs[1], "devices"))
    await vault.stores.blobs.replace(manifest_name(vault.tenant, runs[3]), b"{")
    step = await made_anew(vault, replace=False)
    assert [(one["code"], one["run"], one["type"]) for one in step.findings] == [
        ("blobMissing", runs[1], "devices"),
        ("formatError", runs[3], ""),
    ]
    [report] = await vault.stores.reports.newest("index")
    assert (report.state, report.findings_count, report.counts["runs"]) == ("done", 2, 4)
    rows: list[RunRow] = (await vault.stores.runs.newest_first(100))[0]
    assert [row.run_id for row in rows] == [runs[4], runs[2], runs[1], runs[0]]
    found = await record_as_of(vault.stores, "devices", "a", runs[2])
    assert found is not None
    assert json.loads(found.data)["displayName"] == "Ada L."


async def twice(vault: Vault) -> RebuildStep:
    """One step that does everything, delivered again after its answer was lost."""
    step = RebuildStep("2026-12-01T000000Z", "test")
    for _ in range(2):
        done = await rebuild(step, tenant=vault.tenant, stores=vault.stores, budget=60.0, clock=vault.clock)
    return done


async def test_a_step_that_comes_twice_does_not_stop_at_what_cannot_be_read(vault: Vault, history: list[str]):
    runs = history
    await lose(vault)
    await vault.stores.blobs.delete(toc_name(vault.tenant, runs[1], "devices"))
    step = await twice(vault)
    assert step.done
    assert [(one["code"], one["run"]) for one in step.findings] == [("blobMissing", runs[1])]


async def test_a_step_that_comes_twice_knows_nothing_of_what_comes_later(vault: Vault):
    for devices in ({"a": "Ada", "x": "First"}, {"a": "Ada"}, {"a": "Ada", "x": "Second"}, {"a": "Ada", "x": "Third"}):
        shows(vault, devices, {})
        await vault.run(DEVICES)
    before = await whole_index(vault)
    await lose(vault)
    await twice(vault)
    assert await whole_index(vault) == before


async def test_what_cannot_be_read_is_counted_where_it_is_too_much_to_name(
    vault: Vault, history: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("functions.upkeep.rebuild._FINDINGS", 2)
    runs = history
    await lose(vault)
    for run in runs[:3]:
        await vault.stores.blobs.delete(toc_name(vault.tenant, run, "devices"))
    step = await made_anew(vault, replace=False)
    assert (len(step.findings), step.found) == (2, 3)
    [report] = await vault.stores.reports.newest("index")
    assert (len(report.findings), report.findings_count) == (2, 3)

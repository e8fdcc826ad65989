"""Retention on a bad day: killed at every write, kept by the account, beside a backup, on damaged files."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from functions.backup.messages import RunPlan
from functions.backup.read import record_as_of
from functions.catalogue.model import ObjectType
from functions.core.manifest import TypeResult
from functions.core.names import manifest_name, removed_name, snapshot_name, toc_name
from functions.core.runid import inverted, run_id
from functions.errors import StoreError
from functions.storage.keys import literal
from functions.storage.naming import object_key
from functions.storage.runs import RunState
from functions.storage.tables import Row
from functions.storage.wire import Write
from functions.upkeep import retention_judge
from functions.upkeep.retention_flow import stepped
from functions.upkeep.retention_step import RetentionStep
from tests.contract.storage.proxy import Harm, Proxy
from tests.flow.backup_world import NOT_FOUND, Given, listed, open_vault
from tests.flow.retention_world import START, History, settings_of, states

DEVICES = ObjectType(key="devices", title="Devices", path="/devices")
GROUPS = ObjectType(key="groups", title="Groups", path="/groups")
KEYS = ObjectType(key="contacts", title="Recovery keys", path="/keys", private=True)
RULES = {
    "keep_all_days": 1,
    "keep_daily": 2,
    "keep_weekly": 0,
    "keep_monthly": 0,
    "keep_yearly": 0,
    "retention_notice": 86400.0,
}


@dataclass
class World(History):
    """A tenant as the test says it is, behind a proxy."""

    proxy: Proxy = field(default_factory=lambda: Proxy(""))
    objects: dict[str, dict[str, str]] = field(default_factory=dict)  # path → id → name
    refused: set[str] = field(default_factory=set)

    def answer(self, path: str) -> Given:
        where = path.partition("?")[0]
        if where in self.refused:
            return 403, {"error": {"code": "Authorization_RequestDenied", "message": "No."}}
        if where not in self.objects:
            return NOT_FOUND
        return listed([{"id": one, "displayName": name} for one, name in self.objects[where].items()])

    def later(self, **by: float) -> None:
        self.vault.now += timedelta(**by)


@asynccontextmanager
async def open_days(azurite: str) -> AsyncIterator[World]:
    tenant = str(uuid.uuid4())
    async with Proxy(azurite) as proxy, open_vault(proxy.connection_string, tenant) as vault:
        vault.now = START - timedelta(minutes=1)
        settings = settings_of(tenant, azurite, **RULES)
        opened = World(vault, settings, (DEVICES, GROUPS, KEYS), proxy=proxy)
        vault.graph.answer = opened.answer
        yield opened


@pytest.fixture
async def world(azurite: str) -> AsyncIterator[World]:
    async with open_days(azurite) as opened:
        yield opened


async def four_days(world: World) -> list[str]:
    """Eight runs with a change of every kind; most of them are due after the last."""
    devices = {"a": "Anna", "b": "Bert", "c": "Cleo", "d": "Dora", "e": "Emil"}
    world.objects = {"/devices": devices, "/groups": {"g": "Crew"}, "/keys": {"k": "First", "m": "Lasts"}}
    runs = [await world.back_up()]
    days: list[list[Any]] = [
        [lambda: devices.update(b="Berta"), lambda: devices.pop("c")],
        [lambda: devices.update(c="Cleo"), lambda: world.refused.add("/groups")],
        [lambda: devices.pop("d"), lambda: world.objects["/keys"].update(k="Second")],
        [lambda: devices.update(f="Finn"), lambda: world.refused.clear(), lambda: devices.update(b="Bea")],
        [lambda: devices.pop("f"), lambda: devices.update(d="Dorothea"), lambda: world.objects["/keys"].pop("k")],
        [lambda: devices.pop("e"), lambda: world.objects["/groups"].update(g="Team")],
        [lambda: devices.update(a="Ann")],
    ]
    for changes in days:
        world.later(hours=12)
        for change in changes:
            change()
        runs.append(await world.back_up())
    return runs


async def state(world: World) -> dict[str, Any]:
    """All that lies in storage of the tenant, save reports."""
    found: dict[str, Any] = {}
    for blobs in world.stores.containers:
        async for name in blobs.list(f"{world.vault.tenant}/"):
            found[name] = await blobs.get(name)
    for table in ("Runs", "Versions", "Objects"):
        where = f"PartitionKey ge {literal(world.vault.tenant)} and PartitionKey lt {literal(world.vault.tenant + '~')}"
        async for row in world.stores.tables.query(table, where):
            row.pop("Timestamp", None)
            found[f"{table} {row['PartitionKey']} {row['RowKey']}"] = row
    return found


async def put_back(world: World, before: dict[str, Any], now: dict[str, Any]) -> None:
    """Makes storage what it was."""
    for name in before.keys() | now.keys():
        if before.get(name) == now.get(name):
            continue
        table, *key = name.split(" ")
        if key:
            columns = {name: value for name, value in before.get(name, {}).items() if not name.endswith("Key")}
            write = Write.REPLACE if name in before else Write.DELETE
            await world.stores.tables.write(table, [Row(key[0], " ".join(key[1:]), columns, write)])
            continue
        blobs = world.stores.secrets if "/contacts" in name else world.stores.blobs
        await blobs.delete(name)
        if name in before:
            await blobs.put(name, before[name], content_type="application/gzip")


def writes(request: web.Request) -> bool:
    return request.method not in {"GET", "HEAD"}


async def due(world: World) -> list[str]:
    """The same runs a day later: their notice has passed."""
    runs = await four_days(world)
    step = await world.retain()
    assert (step.counts.due, step.counts.removed) == (5, 0)
    world.later(hours=25)
    return runs


class Death:
    """After so many writes nothing reaches storage any more."""

    def __init__(self, proxy: Proxy, number: int) -> None:
        self.writes = 0
        self.number = number
        proxy.harm(self.now, Harm.FORBID_AFTER, 1)
        proxy.harm(self.since, Harm.FORBID, 10_000)

    def now(self, request: web.Request) -> bool:
        self.writes += writes(request)
        return writes(request) and self.writes == self.number

    def since(self, request: web.Request) -> bool:
        return writes(request) and self.writes >= self.number


STRIDE = int(os.environ.get("DEATH_STRIDE", "3"))  # 1: after every write, which takes a minute and a half


async def test_killed_after_any_write_the_next_pass_ends_as_if_nothing_had_been(world: World):
    await due(world)
    before = await state(world)
    whole = await world.retain()
    assert (whole.counts.removed, whole.counts.kept) == (5, 0)
    await world.check(through=10)
    after, died, number = await state(world), 0, 1
    while True:
        await put_back(world, before, await state(world))
        death = Death(world.proxy, number)
        try:
            await world.retain()
        except StoreError:
            died += 1
        number += STRIDE
        world.proxy.heal()
        if death.writes < death.number:
            break
        await world.retain()
        assert await state(world) == after, f"after {death.number} writes"
    assert died > 30 // STRIDE


async def test_the_same_step_delivered_twice_does_nothing_more(world: World):
    await due(world)
    settings = replace(world.settings, time_budget=0.0)
    step = RetentionStep(run_id(world.vault.now), "test")
    while not step.done:
        once = await stepped(step, settings, world.stores, world.vault.clock)
        there = await state(world)
        await stepped(step, settings, world.stores, world.vault.clock)
        assert await state(world) == there, step
        step = once
    await world.check(through=10)


async def test_nothing_goes_before_its_notice_and_what_the_rules_keep_again_stays(world: World):
    runs = await four_days(world)
    assert (await world.retain(retention_mode="report")).counts.due == 5
    marked = [row.run_id async for row in world.stores.runs.of_states(RunState.COMMITTED) if row.due_at]
    assert sorted(marked) == [run for run in runs if run in marked]
    world.later(hours=23)
    assert (await world.retain()).counts.removed == 0
    world.later(hours=2)
    assert (await world.retain(keep_all_days=30)).counts.due == 0
    assert not [row.run_id async for row in world.stores.runs.of_states(RunState.COMMITTED) if row.due_at]
    assert (await world.retain()).counts.removed == 0  # the notice begins anew
    world.later(hours=24)
    assert (await world.retain()).counts.removed >= 5
    await world.check()


async def test_a_mode_that_only_reports_removes_nothing(world: World):
    await due(world)
    world.later(days=30)
    before = await state(world)
    step = await world.retain(retention_mode="report")
    assert step.counts.removed == 0
    after = await state(world)
    assert {name for name in before if before[name] != after[name] and not name.startswith("Runs ")} == set()
    assert set(before) == set(after)


async def test_what_the_account_keeps_stays_a_run_and_the_rest_goes_when_it_may(world: World):
    runs = await due(world)
    going = [row.run_id async for row in world.stores.runs.of_states(RunState.COMMITTED) if row.due_at][::-1]
    world.proxy.harm(
        lambda request: request.method == "DELETE" and request.path.endswith(f"{going[2]}/manifest.json"), Harm.KEEP, 9
    )
    step = await world.retain()
    assert (step.counts.removed, step.counts.kept) == (1, 4)
    # What is later was written later, and is kept too. The run before has the list of groups for it, and comes back.
    assert {one["run"]: one["reason"] for one in step.findings} == {
        going[1]: "listed",
        **dict.fromkeys(going[2:], "immutable"),
    }
    assert set(await world.there()) == set(runs) - {going[0]}
    await world.check(through=10)
    world.proxy.heal()
    assert (await world.retain()).counts.removed == 4
    await world.check(through=10)


async def test_files_that_the_account_keeps_are_no_run(world: World):
    await due(world)
    world.proxy.harm(lambda request: request.method == "DELETE" and "/_toc/" in request.path, Harm.KEEP, 1)
    step = await world.retain()
    assert (step.counts.removed, step.counts.files_kept) == (5, 1)


@pytest.mark.parametrize("damage", ["toc", "cut", "file"])
async def test_a_run_stays_while_nobody_can_say_where_else_its_versions_lie(world: World, damage: str):
    runs = await due(world)
    stays = min([row.run_id async for row in world.stores.runs.of_states(RunState.COMMITTED) if not row.due_at])
    name = (snapshot_name if damage == "file" else toc_name)(world.vault.tenant, stays, "devices")
    data = await world.stores.blobs.get(name)
    await world.stores.blobs.delete(name)
    if damage == "cut":
        await world.stores.blobs.replace(name, data[:20])
    step = await world.retain()
    kept = {one["run"] for one in step.findings if one["reason"] == "unresolved"}
    assert kept
    assert kept < set(runs)
    assert kept <= set(await world.there())
    for run in kept:
        assert await world.stores.blobs.get(manifest_name(world.vault.tenant, run)) == world.manifests[run]
        assert not await world.stores.blobs.exists(removed_name(world.vault.tenant, run))
    await world.stores.blobs.replace(name, data)
    await world.check(through=10)
    world.later(hours=1)
    assert (await world.retain()).counts.kept == 0
    assert kept.isdisjoint(await world.there())
    await world.check(through=10)


@pytest.mark.parametrize("damage", ["gone", "altered"])
async def test_a_run_without_its_manifest_is_no_place_for_versions_and_is_not_removed(world: World, damage: str):
    runs = await four_days(world)
    first = next(one.run_id for one in [await world.stores.runs.get(run) for run in runs[2:]])
    name = manifest_name(world.vault.tenant, first)
    await world.stores.blobs.delete(name)
    if damage == "altered":
        await world.stores.blobs.replace(name, world.manifests[first].replace(b"test", b"pest"))
    await world.retain()
    world.later(hours=25)
    step = await world.retain()
    assert [(one["code"], one["run"]) for one in step.findings] == [("damaged", first)]
    assert first in await world.there()
    assert step.counts.removed >= 3
    await world.stores.blobs.replace(name, world.manifests[first])
    await world.check(through=10)


async def test_nothing_is_removed_when_the_newest_run_cannot_be_read(world: World):
    runs = await due(world)
    await world.stores.blobs.delete(manifest_name(world.vault.tenant, runs[-1]))
    before = await state(world)
    step = await world.retain()
    assert "newest run cannot be read" in step.error
    assert await state(world) == before
    [report] = await world.stores.reports.newest("retention")
    assert (report.state, report.findings[-1]["reason"]) == ("failed", "newestUnreadable")


async def test_nothing_is_removed_by_a_clock_that_was_set_back(world: World):
    await due(world)
    before = await state(world)
    world.later(days=-9)
    assert "the newest run is of" in (await world.retain()).error
    assert await state(world) == before


async def test_rules_that_would_let_go_of_the_newest_run_are_refused(world: World, monkeypatch: pytest.MonkeyPatch):
    await due(world)
    before = await state(world)
    monkeypatch.setattr(
        retention_judge, "removable", lambda decisions, *_, **__: ([one.run for one in decisions], False)
    )
    assert "the newest run is built on" in (await world.retain()).error
    assert (await state(world)).keys() == before.keys()
    assert set((await states(world.stores)).values()) == {RunState.COMMITTED}


@pytest.mark.parametrize("when", ["opened", "read", "between"])
async def test_a_backup_beside_a_pass_loses_nothing(world: World, when: str):
    await due(world)
    # `f` was there for a day only: with the runs of that day its rows go, and here it comes back under its old name.
    world.objects["/devices"].update(f="Finn", c="Other")
    plan = await world.vault.open(*(entry.key for entry in world.entries))
    results = await _read(world, plan) if when == "read" else {}
    if when == "between":  # one step at a time, the backup in the middle
        step = RetentionStep(run_id(world.vault.now), "test")
        settings = replace(world.settings, time_budget=0.0)
        while not step.done:
            step = await stepped(step, settings, world.stores, world.vault.clock)
            if step.phase == "sweep" and not results:
                results = await _read(world, plan)
    else:
        assert (await world.retain()).counts.removed == 5
    results = results or await _read(world, plan)
    assert (await world.vault.commit(plan, results)).state == "committed"
    await _note(world, plan)
    await world.check(through=10)
    found = await record_as_of(world.stores, "devices", "f")
    assert found is not None
    assert not found.deleted


async def _read(world: World, plan: RunPlan) -> dict[str, TypeResult]:
    return {entry.key: await world.vault.read(plan, entry) for entry in world.entries}


async def _note(world: World, plan: RunPlan) -> None:
    """Takes a run into the history that was not made by `back_up`."""
    run = plan.run_id
    world.manifests[run] = await world.stores.blobs.get(manifest_name(world.vault.tenant, run))
    world.records[run] = {entry.key: await world.read_back(entry, run) for entry in world.entries}


async def test_a_name_that_a_backup_is_writing_to_is_not_forgotten(world: World, monkeypatch: pytest.MonkeyPatch):
    runs = await four_days(world)
    objects, tables, counted = world.stores.objects, world.stores.tables, frozenset(runs)
    key = f"{world.vault.tenant}|devices", object_key("f", "Finn")
    get = tables.get

    async def written_meanwhile(*where: str) -> Any:
        found = await get(*where)  # type: ignore[arg-type]
        await tables.put("Objects", Row(*key, {"Restored": "2026-04-01T000000Z"}, Write.MERGE))
        return found

    monkeypatch.setattr(tables, "get", written_meanwhile)
    assert not await objects.forget("devices", "f", "Finn", counted=counted)
    monkeypatch.undo()
    assert not await objects.forget("devices", "f", "Finn", counted=counted)  # that run does not count yet
    assert await objects.forget("devices", "f", "Finn", counted={*counted, "2026-04-01T000000Z"})
    assert await tables.get("Objects", *key) is None
    assert not await objects.forget("devices", "f", "Finn", counted=counted)


async def test_a_pass_that_was_broken_off_is_undone_when_nothing_is_to_be_removed_any_more(world: World):
    runs = await due(world)
    Death(world.proxy, 5)  # some runs have been marked as going
    with pytest.raises(StoreError):
        await world.retain()
    world.proxy.heal()
    assert RunState.PRUNING in (await states(world.stores)).values()
    step = await world.retain(retention_mode="report")
    assert set(await world.there()) == set(runs)
    assert {one["reason"] for one in step.findings} == {"mode"}
    await world.check()
    assert min(runs, key=inverted) == runs[-1]

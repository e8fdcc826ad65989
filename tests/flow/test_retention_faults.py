"""Retention on a bad day: killed at every write, kept by the account, beside a backup, on damaged files."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from functions.backup.read import record_as_of
from functions.core.names import manifest_name, removed_name, snapshot_name, toc_name
from functions.core.runid import inverted, run_id
from functions.errors import StoreError
from functions.storage.naming import object_key
from functions.storage.runs import RunState
from functions.storage.tables import Row
from functions.storage.wire import Write
from functions.upkeep import retention_judge
from functions.upkeep.retention_flow import stepped
from functions.upkeep.retention_step import RetentionStep
from tests.contract.storage.proxy import Harm
from tests.flow.retention_days import Place, World, due, four_days, note, open_place, read, state, world_of
from tests.flow.retention_world import states


@pytest.fixture(scope="module")
async def place(azurite: str) -> AsyncIterator[Place]:
    async with open_place(azurite) as opened:
        yield opened


@pytest.fixture
async def world(place: Place) -> AsyncIterator[World]:
    async with world_of(place) as opened:
        yield opened


def writes(request: web.Request) -> bool:
    return request.method not in {"GET", "HEAD"}


class Death:
    """After so many writes nothing reaches storage any more."""

    def __init__(self, world: World, number: int) -> None:
        self.writes = 0
        self.number = number
        world.harm(self.now, Harm.FORBID_AFTER, 1)
        world.harm(self.since, Harm.FORBID, 10_000)

    def now(self, request: web.Request) -> bool:
        self.writes += writes(request)
        return writes(request) and self.writes == self.number

    def since(self, request: web.Request) -> bool:
        return writes(request) and self.writes >= self.number


STRIDE = int(os.environ.get("DEATH_STRIDE", "3"))  # 1: after every write, which takes a minute and a half


async def test_killed_after_any_write_the_next_pass_ends_as_if_nothing_had_been(world: World):
    await due(world)
    before = await world.place.storage.look()
    whole = await world.retain()
    assert (whole.counts.removed, whole.counts.kept) == (5, 0)
    await world.check(through=10)
    after, died, number = await state(world), 0, 1
    while True:
        await world.place.storage.make(before)
        death = Death(world, number)
        try:
            await world.retain()
        except StoreError:
            died += 1
        number += STRIDE
        world.heal()
        if death.writes < death.number:
            break
        await world.retain()
        assert await state(world) == after, f"after {death.number} writes"
    assert died > 30 // STRIDE


async def test_the_same_step_delivered_twice_does_nothing_more(world: World):
    await due(world)
    before = await world.place.storage.look()
    await world.retain()
    after = await state(world)
    await world.place.storage.make(before)
    settings = replace(world.settings, time_budget=0.0)
    step = RetentionStep(run_id(world.vault.now), "test")
    while not step.done:
        once = await stepped(step, settings, world.stores, world.vault.clock)
        there = await state(world)
        await stepped(step, settings, world.stores, world.vault.clock)
        if step.phase != "judge":  # which goes on with the next run, as the next step would
            assert await state(world) == there, step
        step = once
    assert await state(world) == after
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
    assert {place for place in before if before[place] != after[place] and place[0] != "Runs"} == set()
    assert set(before) == set(after)


async def test_what_the_account_keeps_stays_a_run_and_the_rest_goes_when_it_may(world: World):
    runs = await due(world)
    going = [row.run_id async for row in world.stores.runs.of_states(RunState.COMMITTED) if row.due_at][::-1]
    world.harm(
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
    world.heal()
    assert (await world.retain()).counts.removed == 4
    await world.check(through=10)


async def test_files_that_the_account_keeps_are_no_run(world: World):
    await due(world)
    world.harm(lambda request: request.method == "DELETE" and "/_toc/" in request.path, Harm.KEEP, 1)
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
    results = await read(world, plan) if when == "read" else {}
    if when == "between":  # one step at a time, the backup in the middle
        step = RetentionStep(run_id(world.vault.now), "test")
        settings = replace(world.settings, time_budget=0.0)
        while not step.done:
            step = await stepped(step, settings, world.stores, world.vault.clock)
            if step.phase == "sweep" and not results:
                results = await read(world, plan)
    else:
        assert (await world.retain()).counts.removed == 5
    results = results or await read(world, plan)
    assert (await world.vault.commit(plan, results)).state == "committed"
    await note(world, plan)
    await world.check(through=10)
    found = await record_as_of(world.stores, "devices", "f")
    assert found is not None
    assert not found.deleted


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
    Death(world, 5)  # some runs have been marked as going
    with pytest.raises(StoreError):
        await world.retain()
    world.heal()
    assert RunState.PRUNING in (await states(world.stores)).values()
    step = await world.retain(retention_mode="report")
    assert set(await world.there()) == set(runs)
    assert {one["reason"] for one in step.findings} == {"mode"}
    await world.check()
    assert min(runs, key=inverted) == runs[-1]

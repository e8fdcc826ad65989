"""Retention while things change around it: a mind changed in the middle, a backup that commits, an index with holes."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from functions.clock import iso
from functions.core.names import manifest_name, removed_name, run_prefix, snapshot_name, toc_name
from functions.core.runid import inverted, run_id
from functions.errors import StoreError
from functions.storage.runs import RunState
from functions.storage.tables import Row
from functions.storage.wire import Write
from functions.upkeep import retention_judge
from functions.upkeep.retention_flow import stepped
from functions.upkeep.retention_step import RetentionStep
from tests.contract.storage.proxy import Harm
from tests.flow.retention_days import Place, World, due, note, open_place, read, state, world_of
from tests.flow.retention_world import states


@pytest.fixture(scope="module")
async def place(azurite: str) -> AsyncIterator[Place]:
    async with open_place(azurite) as opened:
        yield opened


@pytest.fixture
async def world(place: Place) -> AsyncIterator[World]:
    async with world_of(place) as opened:
        yield opened


async def until(world: World, phase: str, **rules: Any) -> RetentionStep:
    """A pass that has just come to a phase, one part a step."""
    step = RetentionStep(run_id(world.vault.now), "test")
    while step.phase != phase:
        step = await on(world, step, time_budget=0.0, **rules)
    return step


async def on(world: World, step: RetentionStep, **rules: Any) -> RetentionStep:
    return await stepped(step, replace(world.settings, **rules), world.stores, world.vault.clock)


async def to_the_end(world: World, step: RetentionStep, **rules: Any) -> RetentionStep:
    while not step.done:
        step = await on(world, step, **rules)
    return step


async def half_cleared(world: World) -> set[str]:
    """A pass that died while it deleted files: every run that goes has lost one."""
    step = await until(world, "clear")
    world.harm(
        lambda request: request.method == "DELETE" and not request.path.endswith("/_referrers/by-id.json.gz"),
        Harm.FORBID,
        1000,
    )
    with pytest.raises(StoreError):
        await on(world, step)
    await world.quiet()  # what was being deleted at the same time goes on for a moment
    world.heal()
    going = {run for run, one in (await states(world.stores)).items() if one is RunState.PRUNING}
    for run in going:
        there = [name async for name in world.stores.blobs.list(run_prefix(world.vault.tenant, run))]
        assert there
        assert not any(name.endswith("by-id.json.gz") for name in there)
    return going


@pytest.mark.parametrize(("which", "budget"), [(1, 0.0), (2, 0.0), (3, 60.0)])  # the last in a step that knows the runs
async def test_a_run_that_commits_while_the_runs_are_asked_for_keeps_its_rows(
    world: World, monkeypatch: pytest.MonkeyPatch, which: int, budget: float
):
    await due(world)
    world.objects["/devices"].update(f="Finn", c="Other", a="Annabel")
    world.objects["/groups"].update(g="Gang")
    world.objects["/keys"].update(m="Fourth")
    plan = await world.vault.open(*(entry.key for entry in world.entries))
    results = await read(world, plan)
    step, asked = await until(world, "sweep"), 0
    assert "devices" in step.dead
    runs = world.stores.runs
    of_states, counted = runs.of_states, runs.counted

    async def meanwhile() -> None:
        nonlocal asked
        asked += 1
        if asked == which:
            monkeypatch.undo()
            assert (await world.vault.commit(plan, results)).state == "committed"

    async def of(*wanted: RunState) -> Any:
        await meanwhile()
        async for row in of_states(*wanted):
            yield row

    async def known(*, fresh: bool = False) -> Any:
        await meanwhile()
        return await counted(fresh=fresh)

    monkeypatch.setattr(runs, "of_states", of)
    monkeypatch.setattr(runs, "counted", known)
    await to_the_end(world, step, time_budget=budget)
    assert asked == which
    await note(world, plan)
    await world.check(through=10)


@pytest.mark.parametrize("mode", ["report", "off"])
@pytest.mark.parametrize("phase", ["unlist", "move", "clear"])
async def test_a_mode_that_is_changed_in_the_middle_removes_nothing(world: World, phase: str, mode: str):
    runs = await due(world)
    step = await until(world, phase)
    step = await to_the_end(world, step, retention_mode=mode)
    assert set(await world.there()) == set(runs)
    assert (step.counts.removed, {one["reason"] for one in step.findings}) == (0, {"mode"})
    await world.check(through=10)
    await world.retain()
    assert (await states(world.stores)).keys() - set(await world.there())
    await world.check(through=10)


@pytest.mark.parametrize("phase", ["unlist", "move", "clear"])
async def test_rules_that_are_widened_in_the_middle_keep_what_they_say(world: World, phase: str):
    runs = await due(world)
    step = await until(world, phase)
    step = await to_the_end(world, step, keep_all_days=30)
    assert set(await world.there()) == set(runs)
    assert {one["reason"] for one in step.findings} == {"rules"}
    await world.check(through=10)


@pytest.mark.parametrize("phase", ["unlist", "move"])
async def test_a_pass_that_was_broken_off_before_the_rules_were_widened_is_undone(world: World, phase: str):
    runs = await due(world)
    await until(world, phase)
    step = await world.retain(keep_all_days=30)
    assert set(await world.there()) == set(runs)
    assert {one["reason"] for one in step.findings} == {"rules"}
    await world.check(through=10)


@pytest.mark.parametrize("rules", [{"retention_mode": "report"}, {"keep_all_days": 30}], ids=["mode", "rules"])
async def test_what_is_to_stay_after_all_comes_back_before_anything_else_is_done(world: World, rules: dict[str, Any]):
    runs = await due(world)
    await until(world, "move")
    step = RetentionStep(run_id(world.vault.now), "test")
    while step.phase == "judge":
        step = await on(world, step, time_budget=0.0, **rules)
    assert set(await world.there()) == set(runs)
    await world.check()


async def test_a_run_that_has_lost_a_file_never_comes_back_when_the_mode_changes(world: World):
    await due(world)
    lost = await half_cleared(world)
    world.later(hours=30)
    await world.back_up()
    step = await until(world, "unlist", retention_notice=0.0)  # the next pass died too, with other runs in its hands
    assert (await states(world.stores)).keys() >= lost
    begun = {run for run, one in (await states(world.stores)).items() if one is RunState.PRUNING} - lost
    assert begun
    assert step.counts.removed == 0
    step = await world.retain(retention_mode="report")
    assert lost.isdisjoint(await world.there())
    assert begun <= set(await world.there())
    await world.check(through=10)


async def test_a_run_that_has_lost_a_file_never_comes_back_for_what_the_account_keeps(world: World):
    runs = await due(world)
    older = runs[0]  # its notice ends later than that of the runs after it
    await world.stores.runs.change(older, lambda row: msgspec.structs.replace(row, due_at=iso(world.vault.now)))
    lost = await half_cleared(world)
    assert older not in lost
    world.later(hours=25)
    world.harm(
        lambda request: request.method == "DELETE" and request.path.endswith(f"{older}/manifest.json"), Harm.KEEP, 9
    )
    step = await world.retain()
    assert lost.isdisjoint(await world.there())
    assert {one["run"]: one["reason"] for one in step.findings}[older] == "immutable"
    await world.check(through=10)


async def test_a_run_that_has_lost_a_file_never_comes_back_for_its_list(world: World):
    await due(world)
    lost = await half_cleared(world)
    world.refused.add("/groups")
    stay = await world.there()
    await world.back_up()
    for run in stay:  # all that have the list of groups, as far as it is whole
        await world.stores.blobs.delete(manifest_name(world.vault.tenant, run))
    await world.retain()
    assert lost.isdisjoint(await world.there())
    assert {(await states(world.stores))[run] for run in lost} == {RunState.REMOVED}


async def test_nothing_is_removed_while_the_index_does_not_know_every_run(world: World):
    runs = await due(world)
    for run in runs[5:]:  # making it anew was broken off
        key = world.vault.tenant, inverted(run)
        await world.stores.tables.write("Runs", [Row(*key, {}, Write.DELETE)])
    before = await state(world)
    step = await world.retain(retention_notice=0.0)
    assert runs[-1] in step.error
    [report] = await world.stores.reports.newest("retention")
    assert (report.state, report.findings[-1]["reason"]) == ("failed", "runsUnknown")
    assert await state(world) == before


@pytest.mark.parametrize("damage", ["gone", "altered"])
async def test_a_manifest_that_is_lost_in_the_middle_is_not_put_away(world: World, damage: str):
    runs = await due(world)
    await until(world, "unlist")
    going = [run for run, one in (await states(world.stores)).items() if one is RunState.PRUNING]
    name = manifest_name(world.vault.tenant, going[1])
    data = await world.stores.blobs.get(name)
    await world.stores.blobs.delete(name)
    if damage == "altered":
        await world.stores.blobs.replace(name, data.replace(b"test", b"pest"))
    step = await world.retain()
    assert [one["reason"] for one in step.findings if one["code"] == "kept" and one["run"] == going[1]] == ["damaged"]
    assert going[1] in await world.there()
    assert not await world.stores.blobs.exists(removed_name(world.vault.tenant, going[1]))
    # Its files are there, and yet no version is looked for in them that lies in a run that can be trusted.
    [cleo] = [row for row in await world.stores.versions.of_object("devices", "c") if row.run == runs[2]]
    trusted = [run for run in await world.there() if run != going[1] and inverted(run) <= inverted(runs[2])]
    assert runs[2] < going[1] < trusted[0]
    assert cleo.blob == snapshot_name(world.vault.tenant, trusted[0], "devices")
    if await world.stores.blobs.exists(name):
        await world.stores.blobs.delete(name)
    await world.stores.blobs.replace(name, data)
    await world.check(through=10)


async def test_a_run_that_is_lost_for_good_does_not_come_back_for_what_cannot_be_read(world: World):
    """A pass died when it had said of the first run that it goes for good, and of no other; these stay after all."""
    runs = await due(world)
    await until(world, "clear")
    await world.stores.runs.change(runs[0], lambda row: msgspec.structs.replace(row, final_at=iso(world.vault.now)))
    hidden = {}
    for run in runs[1:5]:  # what only they hold besides the first cannot be looked for
        name = toc_name(world.vault.tenant, run, "devices")
        hidden[name] = await world.stores.blobs.get(name)
        await world.stores.blobs.delete(name)
    step = await world.retain(keep_all_days=4)
    assert {one["reason"] for one in step.findings} == {"rules"}
    found = await states(world.stores)
    assert {run for run, one in found.items() if one is RunState.REMOVED} == {runs[0]}


async def test_another_manifest_under_removed_does_not_hold_up_the_pass(world: World):
    runs = await due(world)
    name = removed_name(world.vault.tenant, runs[1])
    await world.stores.blobs.put(name, b"{}", content_type="application/json")
    step = await world.retain()
    assert {"code": "kept", "run": runs[1], "reason": "damaged"} in step.findings
    assert runs[1] in await world.there()
    assert step.counts.removed > 0
    assert await world.stores.blobs.get(name) == b"{}"
    await world.stores.blobs.delete(name)
    await world.check(through=10)


async def test_what_came_back_is_counted_on_also_when_the_step_that_brought_it_back_comes_twice(world: World):
    """A version that two runs hold that were both to go, and one of them comes back: its row is pointed there."""
    runs = await due(world)
    back = await until(world, "clear")
    while back.phase == "clear":
        step = back
        back = await on(world, step, keep_all_days=4, time_budget=0.0)  # the last answer is lost: the step comes again
    assert back.phase == "move"
    kept = set(await world.there()) & set(runs[1:5])
    assert kept
    assert runs[0] not in await world.there()
    step = await to_the_end(world, step)
    assert step.counts.removed > 0
    assert kept <= set(await world.there())
    await world.check(through=10)


@pytest.mark.parametrize("kept", [False, True], ids=["", "the account keeps two"])
async def test_a_pass_over_many_runs_stops_at_its_time_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, kept: bool
):
    monkeypatch.setattr(retention_judge, "_LOOKED_AT", 1)
    runs = await due(world)
    if kept:
        world.harm(lambda request: request.method == "DELETE" and request.path.endswith("/manifest.json"), Harm.KEEP, 1)
    before = await world.place.storage.look()
    whole = await world.retain()
    assert (whole.counts.removed, whole.counts.kept) == ((0, 5) if kept else (5, 0))
    after = await state(world)
    world.heal()
    await world.place.storage.make(before)
    if kept:
        world.harm(lambda request: request.method == "DELETE" and request.path.endswith("/manifest.json"), Harm.KEEP, 1)
    step, phases, most = RetentionStep(run_id(world.vault.now), "test"), Counter[str](), 0
    there = {run: RunState.COMMITTED for run in runs}
    while not step.done:
        phases[step.phase] += 1
        was = step.phase
        step = await on(world, step, time_budget=0.0)
        now = await states(world.stores)
        if was in {"judge", "unlist"}:
            most = max(most, sum(now[run] is not there[run] for run in runs))
        there = now
    assert most == 1, "a step changes one run"
    assert phases["judge"] >= len(runs) + 5
    assert phases["unlist"] >= 5
    assert (step.counts, step.findings) == (whole.counts, whole.findings)
    assert await state(world) == after
    world.heal()
    await world.check(through=10)


async def test_the_rows_of_runs_are_read_whole_once_a_step(world: World, monkeypatch: pytest.MonkeyPatch):
    await due(world)
    runs, asked = world.stores.runs, Counter[tuple[RunState, ...]]()
    of_states = runs.of_states

    async def of(*wanted: RunState) -> Any:
        asked[wanted] += 1
        async for row in of_states(*wanted):
            yield row

    monkeypatch.setattr(runs, "of_states", of)
    assert (await world.retain()).counts.removed == 5
    assert asked[RunState.COMMITTED, RunState.PRUNING] == 1
    await world.check()

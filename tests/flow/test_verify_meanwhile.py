"""Verification beside everything else: retention, backups, a new index, calls that are cut short or come twice, and
storage that does not answer. Nothing of this is damage, and nothing hides it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import names
from functions.core.runid import run_id
from functions.errors import StoreError
from functions.settings import Settings
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores
from functions.storage.runs import RunState
from functions.upkeep.rebuild import RebuildStep, rebuild
from functions.upkeep.retention import RetentionStep
from functions.upkeep.retention_flow import stepped
from tests.flow.backup_world import through_json
from tests.flow.verify_world import ENTRIES, Built, Json, Tenant, built, named, short


@pytest.fixture(scope="module")
async def three(azurite: str) -> AsyncIterator[Built]:
    async with built(azurite, Tenant.three) as world:
        yield world


@pytest.fixture(scope="module")
async def nine(azurite: str) -> AsyncIterator[Built]:
    async with built(azurite, nine_days) as world:
        yield world


@pytest.fixture
async def tenant(three: Built) -> Tenant:
    """With three runs."""
    return await three()


@pytest.fixture
async def old(nine: Built) -> Tenant:
    """With nine runs, of nine days."""
    return await nine()


RULES: dict[str, Any] = {
    "retention_mode": "prune",
    "retention_notice": 0.0,
    "keep_all_days": 1,
    "keep_daily": 5,
    "keep_weekly": 2,
    "keep_monthly": 1,
    "keep_yearly": 0,
}


def pruning(tenant: Tenant, **more: Any) -> Settings:
    from dataclasses import replace as with_fields

    return with_fields(tenant.keeper.settings, **(RULES | more))


async def nine_days(tenant: Tenant) -> None:
    """A run a day; every day something appears, changes, goes or comes back."""
    for day in range(9):
        tenant.devices[f"d{day % 7:03}"] = day
        tenant.devices.pop(f"d{(day + 30) % 60:03}", None)
        tenant.devices[f"d{(day + 27) % 60:03}"] = 0
        tenant.keys[f"k{day % 3}"] = f"secret {day}"
        tenant.keys.pop(f"k{(day + 1) % 3}", None)
        await tenant.run()
        tenant.vault.now += timedelta(days=1)


async def test_what_retention_leaves_verifies_clean_after_each_of_its_steps(old: Tenant):
    # nothing fits into the time: one part a call
    settings = pruning(old, time_budget=0.0)
    step, phases = RetentionStep(run_id(old.vault.now), "test"), set[str]()
    while not step.done:
        step = await stepped(through_json(step), settings, old.vault.stores, old.vault.clock)
        if step.phase not in phases:  # the first step of each phase, and half-way in it
            phases.add(step.phase)
            found = await old.keeper.verify()
            assert named(found.findings) == [], step.phase
    assert {"move", "clear", "sweep", "done"} <= phases
    assert step.counts.removed >= 3
    assert step.counts.rows_moved > 0
    found = await old.keeper.verify()
    assert named(found.findings) == []
    there = await old.vault.stores.runs.committed(fresh=True)
    assert found.report.counts["runs"] == len(there) == 9 - step.counts.removed
    # and the chain still holds them all
    gone = next(run.run_id for run in old.runs if run.run_id not in there)
    kept = names.removed_name(old.vault.tenant, gone)
    data = await old.keeper.bytes_of(kept)
    await old.keeper.delete(kept)
    assert named((await old.keeper.verify("present")).findings) == [("chainBroken", gone, "", kept)]
    await old.keeper.put(kept, data.replace(b'"test"', b'"rest"'))
    assert named((await old.keeper.verify("present")).findings) == [("manifestAltered", gone, "", kept)]


async def test_a_run_that_goes_while_it_is_looked_at_is_no_damage(tenant: Tenant):
    _, second, _ = tenant.runs
    goes = second.run_id

    async def gone() -> None:
        await tenant.vault.stores.runs.change(goes, lambda row: replace(row, state=RunState.PRUNING))
        await tenant.keeper.drop_run(goes, row=False)

    reads, real = 0, tenant.vault.stores.blobs.sizes

    def sizes(prefix: str) -> Any:
        async def listed() -> Any:
            nonlocal reads
            if goes in prefix:
                reads += 1
                await gone()
            async for one in real(prefix):
                yield one

        return listed()

    tenant.vault.stores.blobs.sizes = sizes  # type: ignore[method-assign]
    found = await tenant.keeper.verify("present")
    assert reads == 1
    assert named(found.findings) == []
    assert (found.report.counts["skipped"], found.report.counts["runs"]) == (1, 2)


async def test_rows_that_retention_moves_under_the_look_are_looked_at_again(old: Tenant):
    settings = pruning(old)
    real, done = old.vault.stores.versions.of_type, list[int]()

    def of_type(key: str, after: Any = None) -> Any:
        async def rows() -> Any:
            held = [one async for one in real(key, after)]
            if key == "devices" and not done:
                step = RetentionStep(run_id(old.vault.now), "test")
                while not step.done:
                    step = await stepped(step, settings, old.vault.stores, old.vault.clock)
                done.append(step.counts.rows_moved)
            for one in held:  # as they were before retention
                yield one

        return rows()

    old.vault.stores.versions.of_type = of_type  # type: ignore[method-assign]
    found = await old.keeper.verify()
    assert done[0] > 0
    assert found.calls.count("verify_index") == 2
    assert named(found.findings) == []


async def test_a_backup_may_run_beside_it(tenant: Tenant):
    plan = await tenant.vault.open(*(entry.key for entry in ENTRIES))
    results = {entry.key: await tenant.vault.read(plan, entry) for entry in ENTRIES[:2]}
    assert named((await tenant.keeper.verify()).findings) == []

    calls: list[str] = []
    work = tenant.keeper.call

    async def between(name: str, given: Json) -> Json:
        if name == "verify_index" and name not in calls:
            for entry in ENTRIES[2:]:
                results[entry.key] = await tenant.vault.read(plan, entry)
            assert (await tenant.vault.commit(plan, results)).state == "committed"
        calls.append(name)
        return await work(name, given)

    tenant.keeper.call = between  # type: ignore[method-assign]
    during = await tenant.keeper.verify()
    assert named(during.findings) == []
    assert during.report.counts["runs"] == 3
    after = await tenant.keeper.verify()
    assert named(after.findings) == []
    assert after.report.counts["runs"] == 4


async def test_an_index_made_anew_verifies_clean_also_where_runs_were_removed(old: Tenant):
    step = RetentionStep(run_id(old.vault.now), "test")
    while not step.done:
        step = await stepped(step, pruning(old), old.vault.stores, old.vault.clock)
    assert step.counts.removed
    again = RebuildStep(run_id(old.vault.now), "test", replace=True)
    while not again.done:
        again = await rebuild(again, tenant=old.vault.tenant, stores=old.vault.stores, budget=60, clock=old.vault.clock)
    assert named((await old.keeper.verify()).findings) == []


async def test_in_many_short_calls_the_same_is_found(tenant: Tenant):
    from dataclasses import replace as with_fields

    _, second, third = tenant.runs
    name = short("devices.json.gz", second)
    await tenant.keeper.flip(name)
    await tenant.keeper.drop_version("devices", "d001", third.run_id)
    at_once = await tenant.keeper.verify()
    tenant.keeper.settings = with_fields(tenant.keeper.settings, time_budget=0.0)
    in_parts = await tenant.keeper.verify()
    assert in_parts.findings == at_once.findings
    assert [one.code for one in in_parts.findings] == ["memberUnreadable", "rowDiffers"]
    assert in_parts.report.counts == at_once.report.counts
    assert in_parts.calls.count("verify_runs") >= 3 * 5
    assert in_parts.calls.count("verify_index") >= 3 * 3
    left = [one async for one in tenant.vault.stores.work.list(f"{tenant.vault.tenant}/_work/")]
    assert left == []


async def test_a_call_that_is_killed_and_delivered_again_leaves_the_same_report(tenant: Tenant):
    from dataclasses import replace as with_fields

    _, second, _ = tenant.runs
    await tenant.keeper.flip(short("devices.json.gz", second))
    whole = await tenant.keeper.verify()
    tenant.keeper.settings = with_fields(tenant.keeper.settings, time_budget=0.0)
    work, twice = tenant.keeper.call, set[str]()

    async def killed(name: str, given: Json) -> Json:
        await work(name, given)  # it did its work, and its answer never arrived
        if name not in twice:
            twice.add(name)
            raise StoreError("the host was killed")
        return await work(name, given)

    tenant.keeper.call = killed  # type: ignore[method-assign]
    again = await tenant.keeper.verify()
    assert twice == {"verify_open", "verify_runs", "verify_index", "verify_close"}
    assert again.findings == whole.findings
    assert again.report.counts == whole.report.counts
    assert (again.report.state, again.report.error) == ("done", "")


async def test_a_late_call_does_not_open_a_report_that_has_ended(tenant: Tenant):
    opened: list[Json] = []
    tenant.keeper.before = lambda name, given: opened.append(given) if name == "verify_open" else None
    done = await tenant.keeper.verify()
    await tenant.keeper.call("verify_open", opened[0])
    [report] = await tenant.vault.stores.reports.newest("verify")
    assert report == done.report


@pytest.mark.parametrize("call", ["verify_open", "verify_runs", "verify_index"])
async def test_storage_that_cannot_be_read_is_a_failed_verification_and_no_damage(tenant: Tenant, call: str):
    _, second, _ = tenant.runs
    await tenant.keeper.flip(short("devices.json.gz", second))

    def before(name: str, given: Json) -> None:
        if name == call:
            tenant.keeper.stores = broken(tenant.vault.stores)
        else:
            tenant.keeper.stores = None

    tenant.keeper.before = before
    found = await tenant.keeper.verify()
    assert found.report.state == "failed"
    assert "out of reach" in found.report.error
    assert found.calls.count(call) == 5
    assert found.calls[-1] == "verify_close"
    # what was found before stays, and nothing that was not read counts as damaged
    assert [one.code for one in found.findings] == (["memberUnreadable"] if call == "verify_index" else [])


def broken(stores: Stores) -> Stores:
    """The same stores, whose files cannot be read."""
    from dataclasses import replace as with_fields

    class Unreachable(BlobStore):
        async def get(self, name: str) -> bytes:
            raise StoreError(f"read blob {name}: the storage account is out of reach")

        async def stream(self, name: str) -> AsyncIterator[bytes]:
            raise StoreError(f"read blob {name}: the storage account is out of reach")
            yield b""

    return with_fields(stores, blobs=Unreachable(stores.blobs._container))


async def test_only_what_nobody_has_read_for_long_is_read_by_the_timer(tenant: Tenant):
    first, second, third = tenant.runs
    await tenant.keeper.verify("readable", second.run_id)
    marks = [await tenant.keeper.verified_at(one.run_id) for one in (first, second, third)]
    assert [bool(mark) for mark in marks] == [False, True, False]
    due = await tenant.keeper.verify(due=True)
    assert (due.report.counts["runs"], due.report.counts["read"]) == (3, 2)
    assert await tenant.keeper.verified_at(second.run_id) == marks[1]
    again = await tenant.keeper.verify(due=True)
    assert (again.report.counts["runs"], again.report.counts["read"]) == (3, 0)
    tenant.vault.now += timedelta(days=31)
    assert (await tenant.keeper.verify(due=True)).report.counts["read"] == 3


async def test_runs_that_are_named_are_looked_at_and_no_others(tenant: Tenant):
    first, second, _ = tenant.runs
    await tenant.keeper.flip(short("devices.json.gz", first))
    await tenant.keeper.delete(short("groups.json.gz", second))
    found = await tenant.keeper.verify("readable", second.run_id)
    assert [(one.code, one.run) for one in found.findings] == [("fileMissing", second.run_id)]
    assert found.report.counts["runs"] == 1
    assert "verify_index" not in found.calls

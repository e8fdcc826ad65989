"""Housekeeping removes what nobody needs any more, and nothing that somebody may still need."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from functions.clock import iso
from functions.core import names
from functions.core.plan import Item, Plan, Step
from functions.core.runid import run_id
from functions.errors import CallerError, RowConflict, RowMissing, StoreError
from functions.restore.start import cancel, retry, row_of, start
from functions.settings import Secret, Settings
from functions.storage.audit import AuditRow
from functions.storage.idmap import IdRow
from functions.storage.open import Stores, open_stores
from functions.storage.plans import PlanRow, PlanState, new_plan_id
from functions.storage.reports import ReportRow
from functions.storage.restores import PasswordRow, StepOutcome, StepRow, Tally
from functions.storage.runs import ProgressRow, RunState
from functions.upkeep.housekeeping import Counts, housekeep

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class World:
    """One tenant's stores, and a Durable client that only counts."""

    def __init__(self, settings: Settings, stores: Stores) -> None:
        self.settings = settings
        self.stores = stores
        self.purged: list[tuple[datetime, datetime]] = []

    async def purge(self, since: datetime, until: datetime) -> object:
        self.purged.append((since, until))
        return SimpleNamespace(instances_deleted=7)

    async def keep_house(self, *, now: datetime = NOW, tick: float = 0.0, **settings: object) -> Counts:
        """`tick`: how many seconds pass each time somebody looks."""
        seconds = 0.0

        def looked() -> float:
            nonlocal seconds
            seconds += tick
            return seconds

        wanted = Settings(**{**{n: getattr(self.settings, n) for n in Settings.__slots__}, **settings})  # type: ignore[arg-type]
        return await housekeep(self.purge, settings=wanted, stores=self.stores, clock=lambda: now, tick=looked)

    async def plan(
        self, made: datetime, state: PlanState, *, ended: datetime | None = None, large: bool = False, steps: int = 3
    ) -> PlanRow:
        """A plan in a state, with a journal of `steps` rows where it was ever applied."""
        row = PlanRow(plan_id=new_plan_id(made), created_at=iso(made), created_by="ann")
        if state is PlanState.PLANNING:
            await self.stores.plans.begin(replace(row, state=state))
            return row
        draft = self.stores.plans.draft(row.plan_id)
        size = 9000 if large else 5
        for first in (1, 4):
            await draft.add([item(number, size) for number in range(first, first + 3)])
        head = Plan(
            row.plan_id,
            self.settings.tenant_id,
            {},
            "add",
            row.created_at,
            iso(made + DAY / 24),
            pages=tuple(draft.pages),
        )
        kept = await self.stores.plans.keep(row, head, draft, begun=False)
        if state is PlanState.PLANNED:
            return kept
        over = {} if ended is None else {"ended_at": iso(ended)}
        if state is PlanState.EXPIRED:
            return await self.stores.plans.move(row.plan_id, state, **over)
        await self.stores.plans.move(row.plan_id, PlanState.APPLYING, claim="c", claimed_by="ann")
        journal = [StepRow(item=n, step=1, outcome=StepOutcome.DONE, claim="c") for n in range(1, steps + 1)]
        await self.stores.restores.write(row.plan_id, journal, Tally(claim="c", done=steps), turn=0)
        await self.stores.restores.issue(row.plan_id, PasswordRow(item=1, at=iso(made)), again=False)
        if state is not PlanState.APPLYING:
            return await self.stores.plans.move(row.plan_id, state, **over)
        return await self.stores.plans.get(row.plan_id)

    async def there(self, row: PlanRow) -> bool:
        """Whether the plan, its journal and its blobs are all there, or none of them."""
        try:
            await self.stores.plans.head(row.plan_id)
            for page in (1, 2):
                await self.stores.plans.page(row.plan_id, page)
            return True
        except RowMissing:
            assert await self.stores.restores.tally(row.plan_id) is None
            assert await self.stores.restores.journal(row.plan_id, 0, 10**6) == []
            assert await self.stores.restores.passwords(row.plan_id) == {}
            assert await self.blobs(f"{names.plans_prefix(self.settings.tenant_id)}{row.plan_id}/") == []
            return False

    async def blobs(self, prefix: str) -> list[str]:
        return [name async for name in self.stores.work.list(prefix)]


def item(number: int, size: int) -> Item:
    path = f"/users/00000000-0000-4000-8000-{number:012d}"
    step = Step(f"{number}.1", "update", "PATCH", path, "It differs.", after={"jobTitle": "x" * size})
    return Item(number, 40_000, "users", path[-36:], path[-36:], "a user", "2026-11-22T020000Z", "live", steps=(step,))


@pytest.fixture
async def world(azurite: str) -> AsyncIterator[World]:
    settings = Settings(
        tenant_id=str(uuid.uuid4()),
        graph_url="http://127.0.0.1:1",
        storage_connection=Secret(azurite),
        keep_plans_days=90,
    )
    stores = await open_stores(settings, clock=lambda: NOW)
    yield World(settings, stores)
    await stores.aclose()


# ---- plans -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("large", [False, True])
async def test_a_plan_that_ended_long_ago_goes_with_journal_and_blobs_and_one_that_did_not_stays(
    world: World, large: bool
) -> None:
    old, new = NOW - 91 * DAY, NOW - 90 * DAY
    going = [
        await world.plan(old - DAY, state, ended=old, large=large)
        for state in (PlanState.APPLIED, PlanState.PARTIAL, PlanState.FAILED, PlanState.CANCELLED, PlanState.EXPIRED)
    ]
    going.append(await world.plan(old, PlanState.PLANNED, large=large))  # it expired, and nobody has noted it
    staying = [
        await world.plan(old - DAY, PlanState.APPLIED, ended=new, large=large),  # to the second as long ago as it stays
        await world.plan(old - 300 * DAY, PlanState.APPLYING, large=large),
        await world.plan(NOW, PlanState.PLANNED, large=large),
    ]
    counts = await world.keep_house()
    assert (counts.plans, counts.left) == (6, False)
    assert counts.journal == 4 * (3 + 3)  # steps; counters, turn and password
    assert not any([await world.there(row) for row in going])
    assert all([await world.there(row) for row in staying])
    assert len(await world.stores.restores.journal(staying[0].plan_id, 0, 10**6)) == 3
    again = await world.keep_house()
    assert (again.plans, again.journal, again.folders) == (0, 0, 0)


async def test_a_plan_that_never_came_about_goes_too(world: World) -> None:
    dead = await world.plan(NOW - 91 * DAY, PlanState.PLANNING)
    young = await world.plan(NOW - DAY, PlanState.PLANNING)
    assert (await world.keep_house()).plans == 1
    with pytest.raises(RowMissing):
        await world.stores.plans.get(dead.plan_id)
    assert (await world.stores.plans.get(young.plan_id)).state is PlanState.PLANNING


async def test_audit_and_new_ids_stay_when_their_plan_goes(world: World) -> None:
    row = await world.plan(NOW - 400 * DAY, PlanState.APPLIED, ended=NOW - 400 * DAY)
    await world.stores.ids.put(IdRow(old_id="old", new_id="new", type="users", plan_id=row.plan_id, at=iso(NOW)))
    await world.stores.audit.append(AuditRow(who="ann", action="apply", subject=row.plan_id, outcome="done"))
    assert (await world.keep_house()).plans == 1
    assert (await world.stores.ids.made({"old"}, row.plan_id)) == {"old": "new"}
    [entry] = (await world.stores.audit.of_month(NOW, 9))[0]
    assert entry.subject == row.plan_id


async def test_what_is_asked_of_a_plan_that_has_gone_is_answered_with_unknown_plan(world: World) -> None:
    row = await world.plan(NOW - 100 * DAY, PlanState.PARTIAL, ended=NOW - 100 * DAY, large=True)
    await world.keep_house()

    class Idle:
        async def start_new(self, *_: object) -> str:
            raise AssertionError("nothing is to be started")

        async def get_status(self, _: str) -> None:
            return None

    for asked in (
        start(Idle(), world.stores, row.plan_id, "ann", lambda: NOW),
        retry(Idle(), world.stores, row.plan_id, lambda: NOW, lifetime=3600.0),
        cancel(Idle(), world.stores, row.plan_id, "ann", lambda: NOW),
        row_of(world.stores, row.plan_id),
    ):
        with pytest.raises(CallerError) as caught:
            await asked
        assert (caught.value.status, caught.value.slug) == (404, "unknownPlan")


async def test_a_pass_that_dies_half_way_is_taken_up_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = await world.plan(NOW - 100 * DAY, PlanState.APPLIED, ended=NOW - 100 * DAY, large=True)
    remove, delete = type(world.stores.plans).remove, world.stores.work.delete

    async def dying(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(type(world.stores.plans), "remove", dying)
    with pytest.raises(StoreError):
        await world.keep_house()
    assert (await world.stores.plans.get(row.plan_id)).state is PlanState.APPLIED
    monkeypatch.setattr(type(world.stores.plans), "remove", remove)
    monkeypatch.setattr(world.stores.work, "delete", dying)
    with pytest.raises(StoreError):
        await world.keep_house()
    monkeypatch.setattr(world.stores.work, "delete", delete)
    assert (await world.keep_house()).folders == 1, "the row has gone, its blobs had not"
    assert not await world.there(row)


async def test_a_plan_that_changes_meanwhile_stays(world: World) -> None:
    row = await world.plan(NOW - 100 * DAY, PlanState.PLANNED)
    seen, tag = await world.stores.plans.look(row.plan_id)
    await world.stores.plans.move(row.plan_id, PlanState.APPLYING, claim="c")
    with pytest.raises(RowConflict):
        await world.stores.plans.remove(seen, tag)
    assert await world.there(row)


async def test_plans_are_removed_as_long_as_there_is_time(world: World) -> None:
    for number in range(4):
        await world.plan(NOW - (100 + number) * DAY, PlanState.EXPIRED, ended=NOW - 100 * DAY)
    first = await world.keep_house(tick=100.0)
    assert first.left
    assert 0 < first.plans < 4
    second = await world.keep_house()
    assert (first.plans + second.plans, second.left) == (4, False)


async def test_only_folders_that_no_row_names_go_and_none_that_is_young(world: World) -> None:
    kept = await world.plan(NOW - 40 * DAY, PlanState.APPLIED, ended=NOW - 40 * DAY, large=True)
    lost = world.stores.plans.draft(kept.plan_id)  # an attempt to keep the same plan that died
    ghost = world.stores.plans.draft(new_plan_id(NOW - 2 * DAY))
    young = world.stores.plans.draft(new_plan_id(NOW - DAY / 2))
    for draft in (lost, ghost, young):
        for first in (1, 4):
            await draft.add([item(number, 9000) for number in range(first, first + 3)])
        await draft.spill()
    stranger = f"{names.plans_prefix(world.settings.tenant_id)}notes.txt"
    await world.stores.work.replace(stranger, b"whose is this?")
    counts = await world.keep_house()
    assert counts.folders == 2
    left = await world.blobs(names.plans_prefix(world.settings.tenant_id))
    assert sorted({name.rpartition("/")[0] + "/" for name in left if name != stranger}) == sorted(
        [kept.folder, young.folder]
    )
    assert stranger in left
    assert await world.there(kept)


# ---- runs ------------------------------------------------------------------------------------------------------------


async def a_run(world: World, began: datetime, state: RunState) -> str:
    run = run_id(began)
    await world.stores.runs.start(run, started_at=iso(began))
    for key in ("groups", "users"):
        await world.stores.runs.put_progress(run, ProgressRow(type=key, phase="reading"))
        await world.stores.work.replace(names.work_name(world.settings.tenant_id, run, key, "abcd"), b"checkpoint")
    if state is not RunState.RUNNING:
        await world.stores.runs.finish(run, state, ended_at=iso(began))
    return run


async def test_what_ended_runs_have_left_goes_and_what_works_stays(world: World) -> None:
    ancient = await a_run(world, NOW - 31 * DAY, RunState.COMMITTED)
    recent = await a_run(world, NOW - 29 * DAY, RunState.FAILED)
    working = await a_run(world, NOW - 31 * DAY + DAY / 24, RunState.RUNNING)
    tenant = world.settings.tenant_id
    dead = f"verify-{run_id(NOW - 3 * DAY)}"  # a verification that never came to its end
    unknown = [run_id(NOW - 2 * DAY), dead, run_id(NOW - DAY / 2), f"verify-{run_id(NOW - DAY)}", "notes"]
    for run in unknown:
        await world.stores.work.replace(names.work_name(tenant, run, "users", "abcd"), b"checkpoint")
    counts = await world.keep_house()
    assert (counts.progress, counts.work) == (2, 6)
    assert [len(await world.stores.runs.progress(run)) for run in (ancient, recent, working)] == [0, 2, 2]
    left = {name.split("/")[2] for name in await world.blobs(names.all_work_prefix(tenant))}
    assert left == {working, *unknown[2:]}
    assert (await world.stores.runs.get(ancient)).state is RunState.COMMITTED
    again = await world.keep_house()
    assert (again.progress, again.work) == (0, 0)


async def test_old_reports_go_but_for_the_newest_of_each_kind(world: World) -> None:
    reports = world.stores.reports
    for number in range(35):
        at = NOW - 366 * DAY - number * DAY
        await reports.put("verify", ReportRow(report_id=run_id(at), started_at=iso(at)))
        await reports.put("retention", ReportRow(report_id=run_id(at), started_at=iso(at)))
    for number in range(40):
        at = NOW - number * DAY
        await reports.put("retention", ReportRow(report_id=run_id(at), started_at=iso(at)))
    assert (await world.keep_house()).reports == 5 + 35
    verify, retention = await reports.newest("verify", 100), await reports.newest("retention", 100)
    assert [len(verify), len(retention)] == [30, 40]
    assert verify[0].report_id == run_id(NOW - 366 * DAY)
    assert (await world.keep_house()).reports == 0


# ---- the rest --------------------------------------------------------------------------------------------------------


async def test_the_history_of_orchestrations_goes_after_a_month(world: World) -> None:
    assert (await world.keep_house()).history == 7
    [(since, until)] = world.purged
    assert since < until == NOW - 30 * DAY


async def test_a_history_that_cannot_be_removed_holds_up_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def refused(since: datetime, until: datetime) -> object:
        raise Exception("The operation failed with status 500")

    row = await world.plan(NOW - 100 * DAY, PlanState.EXPIRED, ended=NOW - 100 * DAY)
    world.purge = refused  # type: ignore[method-assign]
    counts = await world.keep_house()
    assert (counts.plans, counts.history) == (1, None)
    assert not await world.there(row)
    assert "housekeeping.unpurged" in caplog.text


async def test_nothing_is_touched_while_retention_is_off(world: World) -> None:
    row = await world.plan(NOW - 100 * DAY, PlanState.EXPIRED, ended=NOW - 100 * DAY, large=True)
    run = await a_run(world, NOW - 31 * DAY, RunState.COMMITTED)
    assert await world.keep_house(retention_mode="off") == Counts()
    assert await world.there(row)
    assert len(await world.stores.runs.progress(run)) == 2
    assert world.purged == []
    assert (await world.keep_house(retention_mode="prune")).plans == 1


async def test_a_pass_is_one_line_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="lifeboat")
    await world.plan(NOW - 100 * DAY, PlanState.EXPIRED, ended=NOW - 100 * DAY)
    await world.keep_house()
    assert [record.getMessage() for record in caplog.records if record.name == "lifeboat"] == [
        "housekeeping.ended plans=1 journal=0 folders=0 work=0 progress=0 reports=0 history=7 left=False seconds=0.0"
    ]

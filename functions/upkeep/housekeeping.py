"""Once a day: removes what nobody needs any more and nothing else removes.

Restore plans that ended long ago, with journal and blobs; what plans and runs that died have left in the container
`work`; the progress of runs that have ended; old reports; the history of ended orchestrations. Audit and id map stay
for ever, and so does a plan that may still be applied or that somebody is applying. Each part may be done twice; plans
are removed as long as the time budget lasts, and the rest of them the next day. `RETENTION_MODE=off` switches it off.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from functions import log
from functions.clock import Clock, parse_iso
from functions.core import names
from functions.core.runid import is_run_id, started
from functions.errors import RowMissing
from functions.services import services
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.plans import PlanRow, PlanState, made_at
from functions.storage.reports import KINDS
from functions.storage.runs import RunState

_DAY = timedelta(days=1)
_VERIFY_KEPT = 2 * _DAY  # of a verification that never came to its end: longer than any works
_VERIFY = "verify-"
_PROGRESS_KEPT = _HISTORY_KEPT = 30 * _DAY
_REPORTS_KEPT = 365 * _DAY
_REPORTS_LEFT = 30  # of each kind, however old
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)  # before the first installation there can be: the purge wants a start
_ENDED = {PlanState.APPLIED, PlanState.PARTIAL, PlanState.FAILED, PlanState.CANCELLED, PlanState.EXPIRED}

# What is used of the Durable client: removes the history of instances created between two moments that have ended.
type Purge = Callable[[datetime, datetime], Awaitable[Any]]


class Counts(msgspec.Struct):
    """What was removed. `left` says that there was no time for all of the plans; `history` is None where Durable would
    not remove it."""

    plans: int = 0
    journal: int = 0
    folders: int = 0
    work: int = 0
    progress: int = 0
    reports: int = 0
    history: int | None = 0
    left: bool = False


async def scheduled(purge: Purge) -> None:
    """The timer's work."""
    here = await services()
    await housekeep(purge, settings=here.settings, stores=here.stores, clock=here.clock)


async def housekeep(
    purge: Purge, *, settings: Settings, stores: Stores, clock: Clock, tick: Callable[[], float] = time.monotonic
) -> Counts:
    """Does all of it, and says in the log what that was. Raises StoreError; the next day's call goes on from there."""
    counts = Counts()
    if settings.retention_mode == "off":
        log.info("housekeeping.skipped", reason="off")
        return counts
    now, tenant, begun = clock(), settings.tenant_id, tick()
    counts.progress = await stores.runs.forget_progress(now - _PROGRESS_KEPT)
    for kind in KINDS:
        counts.reports += await stores.reports.forget(kind, now - _REPORTS_KEPT, _REPORTS_LEFT)
    counts.history = await _purged(purge, now - _HISTORY_KEPT)
    counts.work = await _sweep_work(tenant, stores, now)
    counts.folders = await _sweep_plans(tenant, stores, now)
    await _remove_plans(counts, settings, stores, now, lambda: tick() - begun > settings.time_budget)
    log.info("housekeeping.ended", **msgspec.structs.asdict(counts), seconds=round(tick() - begun, 1))
    return counts


async def _remove_plans(
    counts: Counts, settings: Settings, stores: Stores, now: datetime, expired: Callable[[], bool]
) -> None:
    until = now - timedelta(days=settings.keep_plans_days)
    async for row in stores.plans.made_before(until):
        ended = _ended(row)
        if ended is None or ended >= until:
            continue
        if expired():
            counts.left = True
            return
        seen, tag = await stores.plans.look(row.plan_id)
        if _ended(seen) != ended:
            continue
        # The journal goes first: without the row of the plan nobody would find it again.
        counts.journal += await stores.restores.remove(row.plan_id)
        await stores.plans.remove(seen, tag)
        counts.plans += 1


def _ended(row: PlanRow) -> datetime | None:
    """When a plan came to its end, whether or not anybody has noted it; None while somebody may work with it."""
    if row.state in _ENDED:
        return parse_iso(row.ended_at or row.expires_at or row.created_at)
    if row.state is PlanState.PLANNED:
        return parse_iso(row.expires_at)
    return parse_iso(row.created_at) if row.state is PlanState.PLANNING else None


async def _sweep_plans(tenant: str, stores: Stores, now: datetime) -> int:
    """Removes folders of plans that no row names: an attempt that died, or a plan whose row is gone already. Names and
    rows come in one order, so one of each is in memory at a time. Younger ones may be on their way to their row."""
    rows = stores.plans.folders()
    row = await anext(rows, None)
    removed = ""
    count = 0
    async for name in stores.work.list(names.plans_prefix(tenant)):
        plan, _, rest = name.removeprefix(names.plans_prefix(tenant)).partition("/")
        made = made_at(plan)
        while row is not None and row[0] < plan:
            row = await anext(rows, None)
        folder = f"{names.plans_prefix(tenant)}{plan}/{rest.partition('/')[0]}/"
        if made is None or made > now - _DAY or row == (plan, folder):
            continue
        await stores.work.delete(name)
        count += folder != removed
        removed = folder
    await rows.aclose()
    return count


async def _sweep_work(tenant: str, stores: Stores, now: datetime) -> int:
    """Removes what runs and verifications have left that do not work any more. Returns how many files."""
    prefix, over = names.all_work_prefix(tenant), dict[str, bool]()
    count = 0
    async for name in stores.work.list(prefix):
        run = name.removeprefix(prefix).partition("/")[0]
        if run not in over:
            over = {run: await _over(run, stores, now)}
        if over[run]:
            await stores.work.delete(name)
            count += 1
    return count


async def _over(run: str, stores: Stores, now: datetime) -> bool:
    """A run has a row before it has files, unless somebody has removed the rows."""
    if run.startswith(_VERIFY) and is_run_id(report := run.removeprefix(_VERIFY)):
        return started(report) < now - _VERIFY_KEPT
    if not is_run_id(run):
        return False
    try:
        return (await stores.runs.get(run)).state is not RunState.RUNNING
    except RowMissing:
        return started(run) < now - _DAY


async def _purged(purge: Purge, until: datetime) -> int | None:
    try:
        return int((await purge(_BEGINNING, until)).instances_deleted)
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower; the next day tries again
        log.error("housekeeping.unpurged", error=type(error).__name__, reason=error)
        return None

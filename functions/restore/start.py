"""Starting to apply a plan, taking it up again, and asking it to stop.

A plan is claimed by one caller, until it expires; who claimed it gets the passwords. One whose orchestration is gone is
taken up by anybody who may apply plans: the journal knows what was done. One that ended before everything was done may
be retried: what is done stays done, and an object that had moved needs a new plan.
"""

import secrets
from datetime import timedelta
from typing import Any

from functions import log
from functions.clock import Clock, iso, parse_iso
from functions.durable import Starter, works
from functions.errors import CallerError, PlanExpired, PlanNotApplicable, RowConflict, RowMissing
from functions.restore.flow import ORCHESTRATION, instance_id
from functions.storage.open import Stores
from functions.storage.plans import PlanRow, PlanState
from functions.storage.restores import Tally
from functions.storage.rows import short

RETRIABLE = frozenset({PlanState.PARTIAL, PlanState.FAILED, PlanState.CANCELLED})


async def start(starter: Starter, stores: Stores, plan_id: str, by: str, clock: Clock) -> None:
    """Claims the plan and starts applying it.

    Raises CallerError 404 `unknownPlan`, PlanExpired, PlanNotApplicable.
    """
    row, tag = await _look(stores, plan_id)
    claim, again = row.claim, row.state is PlanState.APPLYING and not await _works(starter, row)
    if again:
        log.warning("restore.resumed", plan=plan_id)
    else:
        claim = await _claim(stores, row, tag, by, clock)
    await starter.start_new(ORCHESTRATION, instance_id(plan_id, claim), {"planId": plan_id, "again": again})


async def retry(starter: Starter, stores: Stores, plan_id: str, clock: Clock, *, lifetime: float) -> None:
    """Starts what failed or was not reached again, for as long after the end as a plan may wait to be applied.

    Raises as `start` does.
    """
    row, tag = await _look(stores, plan_id)
    if row.state not in RETRIABLE or not row.claim:
        raise PlanNotApplicable(
            f"plan {plan_id} is {row.state}: there is nothing to retry",
            remedy="Only a plan that has ended without everything being done is retried",
        )
    if clock() >= parse_iso(row.ended_at) + timedelta(seconds=lifetime):
        raise PlanExpired(
            f"plan {plan_id} ended at {row.ended_at}, too long ago to go on with it",
            remedy="Make a new plan: the tenant may have changed since",
        )
    tally = await stores.restores.tally(plan_id) or Tally()
    if tally.done + tally.conflicts >= row.steps:
        raise PlanNotApplicable(
            f"what plan {plan_id} has left concerns objects that had moved since it was made",
            remedy="Make a new plan for them: it shows what differs now",
        )
    claim = await _take(stores, row, tag, claimed_by=row.claimed_by, claimed_at=iso(clock()))
    log.info("restore.retried", plan=plan_id)
    await starter.start_new(ORCHESTRATION, instance_id(plan_id, claim), {"planId": plan_id, "again": True})


async def cancel(starter: Starter, stores: Stores, plan_id: str, by: str, clock: Clock) -> PlanRow:
    """Asks a plan that is being applied to stop after the steps that are under way. One at which nobody works any more
    is cancelled at once. Raises CallerError 404 `unknownPlan`, PlanNotApplicable."""
    row = await row_of(stores, plan_id)
    try:
        if row.state is PlanState.APPLYING:
            row = await stores.plans.change(plan_id, {PlanState.APPLYING}, cancel=short(by))
            if not await _works(starter, row):
                row = await stores.plans.move(plan_id, PlanState.CANCELLED, ended_at=iso(clock()))
            return row
    except RowConflict:
        row = await row_of(stores, plan_id)
    raise PlanNotApplicable(
        f"plan {plan_id} is {row.state}: only a plan that is being applied can be stopped",
        remedy="What it has done can be reversed by a new plan: POST …/undo",
    )


async def row_of(stores: Stores, plan_id: str) -> PlanRow:
    """The plan's row. Raises CallerError 404 `unknownPlan`."""
    return (await _look(stores, plan_id))[0]


async def _look(stores: Stores, plan_id: str) -> tuple[PlanRow, str]:
    try:
        return await stores.plans.look(plan_id)
    except RowMissing:
        raise CallerError(404, "unknownPlan", "There is no such restore plan.") from None


def expired(row: PlanRow, clock: Clock) -> bool:
    """True when the time in which a plan may be applied has passed."""
    return clock() >= parse_iso(row.expires_at)


async def _claim(stores: Stores, row: PlanRow, tag: str, by: str, clock: Clock) -> str:
    if row.state is PlanState.PLANNED and expired(row, clock):
        await stores.plans.move(row.plan_id, PlanState.EXPIRED, ended_at=iso(clock()))
        raise _too_old(row)
    if row.state is PlanState.EXPIRED:
        raise _too_old(row)
    try:
        if row.state is PlanState.PLANNED:
            if row.gaps and not row.steps:
                raise PlanNotApplicable(
                    f"plan {row.plan_id} has no steps: applying it would bring nothing back",
                    remedy="Its gaps say what is left as it is, and why",
                )
            return await _take(stores, row, tag, claimed_by=short(by), claimed_at=iso(clock()))
    except RowConflict:
        row = await stores.plans.get(row.plan_id)
    raise PlanNotApplicable(
        f"plan {row.plan_id} is {row.state}; a plan is applied once",
        remedy="Retry it if it ended before everything was done; make a new plan to restore again",
    )


async def _take(stores: Stores, row: PlanRow, tag: str, **changes: Any) -> str:
    """To `applying`, by one of those who try: the claim. Raises RowConflict for the others."""
    claim = secrets.token_hex(8)
    changes |= {"claim": claim, "cancel": "", "ended_at": "", "error": ""}
    try:
        await stores.plans.swap(row, tag, PlanState.APPLYING, **changes)
    except RowConflict:
        if (await stores.plans.get(row.plan_id)).claim != claim:  # or it was this very write, whose answer was lost
            raise
    return claim


def _too_old(row: PlanRow) -> PlanExpired:
    return PlanExpired(
        f"plan {row.plan_id} could be applied until {row.expires_at}",
        remedy="Make a new plan: the tenant may have changed since",
    )


async def _works(starter: Starter, row: PlanRow) -> bool:
    return works(await starter.get_status(instance_id(row.plan_id, row.claim)))

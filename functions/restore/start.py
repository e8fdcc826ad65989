"""Starting to apply a plan: once, by one caller, and only until it expires."""

from typing import Any, Protocol

from functions import log
from functions.clock import Clock, parse_iso
from functions.core.plan import load
from functions.errors import CallerError, PlanExpired, PlanNotApplicable, RowConflict, RowMissing
from functions.restore.flow import ORCHESTRATION, instance_id
from functions.storage.open import Stores
from functions.storage.restores import PlanRow, PlanState


class Starter(Protocol):
    """What is used of the Durable client."""

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: Any) -> str: ...
    async def get_status(self, instance_id: str) -> Any: ...


async def start(starter: Starter, stores: Stores, plan_id: str, by: str, clock: Clock) -> None:
    """Claims the plan and starts applying it.

    A plan that was claimed by the same caller and whose orchestration is not there any more (the process died between
    the two, or storage failed for long) is started again: the journal knows what was done.
    Raises CallerError 404 `unknownPlan`, PlanExpired, PlanNotApplicable, IntegrityError.
    """
    header = await header_of(stores, plan_id)
    if header.state is PlanState.APPLYING and header.claimed_by == by and not await _works(starter, plan_id):
        log.warning("restore.resumed", plan=plan_id)
    else:
        await _claim(starter, stores, header, by, clock)
    await starter.start_new(ORCHESTRATION, instance_id(plan_id), {"planId": plan_id})


async def header_of(stores: Stores, plan_id: str) -> PlanRow:
    """The plan's row. Raises CallerError 404 `unknownPlan`."""
    try:
        return await stores.restores.get(plan_id)
    except RowMissing:
        raise CallerError(404, "unknownPlan", "There is no such restore plan.") from None


async def _claim(starter: Starter, stores: Stores, header: PlanRow, by: str, clock: Clock) -> None:
    if header.state is PlanState.PLANNED and expired(header, clock):
        await stores.restores.finish(header.plan_id, PlanState.EXPIRED)
        raise _too_old(header)
    if header.state is PlanState.EXPIRED:
        raise _too_old(header)
    try:
        if header.state is PlanState.PLANNED:
            await _check(stores, header.plan_id)
            await _alone(starter, stores, header)
            await stores.restores.claim_apply(header.plan_id, by)
            return
    except RowConflict:
        header = await stores.restores.get(header.plan_id)
    raise PlanNotApplicable(
        f"plan {header.plan_id} is {header.state}; a plan is applied once", remedy="Make a new plan to restore again"
    )


async def _check(stores: Stores, plan_id: str) -> None:
    """Raises IntegrityError for a plan that is not what was shown, PlanNotApplicable for one of gaps alone.

    A plan with neither steps nor gaps may be applied: everything is as it was, and that is what was asked for.
    """
    plan = load(await stores.restores.text(plan_id))
    if plan.gaps and not plan.steps:
        raise PlanNotApplicable(
            f"plan {plan_id} has no steps: applying it would bring nothing back",
            remedy="Its gaps say what is left as it is, and why",
        )


async def _alone(starter: Starter, stores: Stores, header: PlanRow) -> None:
    """Raises PlanNotApplicable while another plan for the object is at work: both would find it as it was planned."""
    for other in await stores.restores.applying(header.type, header.object_id):
        if await _works(starter, other.plan_id):
            raise PlanNotApplicable(
                f"plan {other.plan_id} for the same object is being applied", remedy="Wait until it has ended"
            )


def expired(header: PlanRow, clock: Clock) -> bool:
    """True when the time in which a plan may be applied has passed."""
    return clock() >= parse_iso(header.expires_at)


def _too_old(header: PlanRow) -> PlanExpired:
    return PlanExpired(
        f"plan {header.plan_id} could be applied until {header.expires_at}",
        remedy="Make a new plan: the tenant may have changed since",
    )


async def _works(starter: Starter, plan_id: str) -> bool:
    status = await starter.get_status(instance_id(plan_id))
    state = getattr(status, "runtime_status", None)
    return state is not None and state.value in {"Running", "Pending", "Suspended", "ContinuedAsNew"}

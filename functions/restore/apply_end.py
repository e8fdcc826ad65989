"""Applies a plan as far as a call reaches, and ends one that no later call could bring any further.

In: as for `apply_steps`. Out: the progress. A plan whose stored text is gone or was altered, or that belongs to another
tenant, would otherwise be `applying` for ever.
"""

from functions import log
from functions.clock import iso
from functions.errors import BlobMissing, FormatError, LifeboatError, PlanNotApplicable
from functions.restore.apply import Progress, Tools, apply_steps
from functions.storage.plans import PlanState
from functions.storage.restores import Tally
from functions.storage.rows import short


async def apply_or_end(plan_id: str, tools: Tools, *, again: bool = False) -> Progress:
    """Raises what another call may not meet: storage or Graph that fails."""
    try:
        return await apply_steps(plan_id, tools, again=again)
    except (BlobMissing, FormatError, PlanNotApplicable) as error:
        return await _end(plan_id, tools, error)


async def _end(plan_id: str, tools: Tools, error: LifeboatError) -> Progress:
    row = await tools.stores.plans.get(plan_id)
    tally = await tools.stores.restores.tally(plan_id) or Tally()
    if row.state is PlanState.APPLYING:
        log.error("restore.given_up", plan=plan_id, code=error.code)
        state = PlanState.PARTIAL if tally.done else PlanState.FAILED
        told = short(f"{error.message}. {error.remedy}" if error.remedy else error.message)
        row = await tools.stores.plans.move(plan_id, state, ended_at=iso(tools.clock()), error=told)
    return Progress(
        state=row.state.value,
        items=row.items,
        ended=row.items,
        steps=row.steps,
        taken=tally.done + tally.failed + tally.conflicts + tally.skipped,
        failed=tally.failed,
        conflicts=tally.conflicts,
        skipped=tally.skipped,
    )

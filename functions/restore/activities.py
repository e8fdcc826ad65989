"""What the blueprint calls: the activity of a restore joined to the services of the process. JSON in, JSON out."""

from typing import Any

from functions import log
from functions.errors import PlanNotApplicable
from functions.restore.apply import Tools, apply_steps
from functions.restore.settle import Settle
from functions.services import services

type Json = dict[str, Any]


async def apply_restore_step(request: Json) -> Json:
    """`{"planId"}` → `{"planId", "state", "taken", "steps", "done"}`. Raises PlanNotApplicable while restore is off."""
    plan_id = str(request["planId"])
    here = await services()
    if not here.settings.restore_enabled:
        raise PlanNotApplicable("Restore is switched off", remedy="Switch it on and apply the plan again: it goes on")
    tools = Tools(
        stores=here.stores,
        reader=here.reader,
        restorer=here.restorer,
        cloud=here.settings.cloud,
        settle=Settle.of(here.settings),
        clock=here.clock,
        budget=here.settings.time_budget,
    )
    try:
        progress = await apply_steps(plan_id, tools)
    except Exception as error:
        log.error("activity.crashed", activity="apply_restore_step", error=type(error).__name__, reason=error)
        raise
    return {
        "planId": plan_id,
        "state": progress.state,
        "taken": progress.taken,
        "steps": progress.steps,
        "done": progress.done,
    }

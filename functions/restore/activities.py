"""What the blueprint calls: the activity of a restore joined to the services of the process. JSON in, JSON out."""

from dataclasses import asdict
from typing import Any

from functions import log
from functions.errors import PlanNotApplicable
from functions.restore.apply import Tools
from functions.restore.apply_end import apply_or_end
from functions.restore.quota import shared
from functions.restore.settle import Settle
from functions.services import services

type Json = dict[str, Any]


async def apply_restore_step(request: Json) -> Json:
    """`{"planId", "again"}` → how far the plan is. Raises PlanNotApplicable while restore is off."""
    plan_id = str(request["planId"])
    here = await services()
    settings = here.settings
    if not settings.restore_enabled:
        raise PlanNotApplicable("Restore is switched off", remedy="Switch it on and apply the plan again: it goes on")
    tools = Tools(
        stores=here.stores,
        reader=here.reader,
        restorer=here.restorer,
        settings=settings,
        settle=Settle.of(settings),
        quota=shared(settings.restore_writes, settings.restore_parallel),
        clock=here.clock,
        budget=settings.time_budget,
    )
    try:
        progress = await apply_or_end(plan_id, tools, again=bool(request.get("again")))
    except Exception as error:
        log.error("activity.crashed", activity="apply_restore_step", error=type(error).__name__, reason=error)
        raise
    return {"planId": plan_id, "done": progress.done, **asdict(progress)}

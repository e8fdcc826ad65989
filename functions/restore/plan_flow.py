"""The orchestration that makes a large plan: one activity, tried again a few times while storage or Graph fails.

Deterministic: no time, no settings, no I/O in the orchestrator. What to plan lies in the plan's row; a plan that comes
to nothing is `failed` with the reason, and none is ever `planned` in part.
"""

import time
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import msgspec

from functions import log
from functions.durable import Context, Starter
from functions.errors import (
    CallerError,
    GraphRejected,
    GraphThrottled,
    GraphUnreachable,
    LifeboatError,
    RowConflict,
    StoreError,
)
from functions.restore.planning import Tools, make_plan
from functions.restore.scope import PlanRequest
from functions.services import services
from functions.storage.plans import PlanState

ORCHESTRATION = "make_restore_plan"
ACTIVITY = "make_restore_plan_whole"

_ATTEMPTS = 4
_PAUSE = timedelta(seconds=10)
_TELL_EVERY = 2.0  # seconds between two notes of how far planning is

type Json = dict[str, Any]


async def start(starter: Starter, plan_id: str, caller: str) -> None:
    """Starts making the plan whose row is there, `planning`. `caller`: the object id of who asked."""
    await starter.start_new(ORCHESTRATION, f"plan-{plan_id}", {"planId": plan_id, "caller": caller})


def make_restore_plan(context: Context) -> Generator[Any, Any, Any]:
    """Input `{"planId", "caller"}`. Returns `{"planId", "state"}`."""
    request = context.get_input()
    for attempt in range(1, _ATTEMPTS + 1):
        asked = {**request, "last": attempt == _ATTEMPTS}
        try:
            reply = yield context.call_activity(ACTIVITY, asked)
        except Exception:  # the SDK raises nothing narrower
            if attempt == _ATTEMPTS:
                raise
            reply = {"state": ""}
        context.set_custom_status({"planId": request["planId"], "state": reply["state"]})
        if reply["state"]:
            return {"planId": request["planId"], "state": reply["state"]}
        yield context.create_timer(context.current_utc_datetime + _PAUSE * attempt)
    return None


async def make_restore_plan_whole(request: Json) -> Json:
    """`{"planId", "caller", "last"}` → `{"state"}`: "" where another try may help. Done twice it is done once."""
    here = await services()
    tools = Tools(
        stores=here.stores, reader=here.reader, restorer=here.restorer, settings=here.settings, clock=here.clock
    )
    return {"state": await planned(str(request["planId"]), str(request["caller"]), tools, last=bool(request["last"]))}


async def planned(plan_id: str, caller: str, tools: Tools, *, last: bool) -> str:
    """The state that the plan is in afterwards, "" where another try may help."""
    plans = tools.stores.plans
    row = await plans.get(plan_id)
    if row.state is not PlanState.PLANNING:
        return row.state.value
    told = time.monotonic()

    async def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _TELL_EVERY:
            told = time.monotonic()
            await plans.tell(plan_id, done, total)

    asked = msgspec.convert(dict(row.request), PlanRequest)
    try:
        await make_plan(asked, row, tools, caller=caller, begun=True, progress=progress)
    except LifeboatError as error:
        log.warning("restore.planning_failed", plan=plan_id, code=error.code, last=last)
        if isinstance(error, RowConflict):
            return (await plans.get(plan_id)).state.value
        if _passing(error) and not last:
            return ""
        return (await plans.fail(plan_id, _said(error))).state.value
    except Exception as error:
        log.error("activity.crashed", activity=ACTIVITY, error=type(error).__name__, reason=error)
        if last:
            await plans.fail(plan_id, "An unexpected error stopped it; the log says which.")
        raise
    return PlanState.PLANNED.value


def _said(error: LifeboatError) -> str:
    """Why no plan came about, and what to do."""
    slug = error.slug if isinstance(error, CallerError) else error.code
    return f"{slug}: {error.message.rstrip('.')}." + (f" {error.remedy.rstrip('.')}." if error.remedy else "")


def _passing(error: LifeboatError) -> bool:
    return isinstance(error, GraphThrottled | GraphUnreachable | StoreError) and not isinstance(error, GraphRejected)

"""The orchestration that makes the index anew, and the activity it calls until that is done.

Deterministic in the orchestrator: no time, no settings, no I/O. No backup starts while it works, and it does not start
while one does, nor while retention or verification look at the index.
"""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import msgspec

from functions import log
from functions.backup.start import instance_id, rebuild_id
from functions.clock import Clock, iso
from functions.core.runid import run_id
from functions.durable import Context, Starter, why, works
from functions.errors import CallerError
from functions.services import services
from functions.settings import Settings
from functions.storage.open import Stores
from functions.upkeep.rebuild import RebuildStep, rebuild, report

ORCHESTRATION = "index_tenant"
ACTIVITY = "index_tenant_step"

_CALLS_A_GENERATION = 20  # replays are quadratic in history
_ATTEMPTS = 6  # in a row
_PAUSE = timedelta(seconds=30)

type Json = dict[str, Any]


async def start(
    starter: Starter, stores: Stores, tenant: str, *, replace: bool, started_by: str, clock: Clock
) -> RebuildStep:
    """Starts a rebuild. Raises CallerError 409: `indexBusy` while something else works on the index, `indexNotEmpty`
    where there is an index and nobody has said to replace it."""
    instances = (instance_id(tenant), rebuild_id(tenant), f"retention-{tenant}", f"verify-{tenant}")
    states = await asyncio.gather(*(starter.get_status(instance) for instance in instances))
    busy = [instance.partition("-")[0] for instance, status in zip(instances, states, strict=True) if works(status)]
    if busy:
        raise _busy(busy[0])
    if not replace and (await stores.runs.newest_first(1))[0]:
        raise CallerError(
            409,
            "indexNotEmpty",
            "There is an index of this tenant already",
            remedy='Send {"replace": true} to have it removed and made anew from the files',
        )
    step = RebuildStep(run_id(clock()), started_by, replace)
    # Before it starts: whoever has the answer and looks at once finds it. One that never starts shows as stopped.
    await stores.reports.put("index", report(step, ""))
    try:
        await starter.start_new(ORCHESTRATION, rebuild_id(tenant), msgspec.to_builtins(step))
    except Exception as error:
        unstarted = msgspec.structs.replace(step, error="it was not started")
        await stores.reports.put("index", report(unstarted, iso(clock())))
        # The SDK raises a bare Exception when another start came first; anything else is passed on.
        if not works(await starter.get_status(rebuild_id(tenant))):
            raise
        raise _busy("rebuild") from error
    log.info("index.rebuilding", replace=replace)
    return step


def _busy(who: str) -> CallerError:
    return CallerError(
        409, "indexBusy", f"{who} is working with the index", remedy="Wait until it has ended, then ask again"
    )


def index_tenant(context: Context) -> Generator[Any, Any, Any]:
    """Input and output: a RebuildStep as JSON. A rebuild that cannot be done ends with the reason in its report."""
    step, failures = context.get_input(), 0
    for _ in range(_CALLS_A_GENERATION):
        try:
            step = yield context.call_activity(ACTIVITY, step)
        except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower; the activity has logged what it was
            failures += 1
            if failures == _ATTEMPTS:
                return (yield context.call_activity(ACTIVITY, {**step, "error": why(error)}))
            yield context.create_timer(context.current_utc_datetime + _PAUSE * failures)
            continue
        failures = 0
        context.set_custom_status({"runs": step["runs"], "rows": step["rows"]})
        if step["done"]:
            return step
    context.continue_as_new(step)
    return None


async def index_tenant_step(request: Json) -> Json:
    """RebuildStep → RebuildStep. One with an error is only written down. Raises StoreError."""
    here = await services()
    step = msgspec.convert(request, RebuildStep)
    built: Json = msgspec.to_builtins(await stepped(step, here.settings, here.stores, here.clock))
    return built


async def stepped(step: RebuildStep, settings: Settings, stores: Stores, clock: Clock) -> RebuildStep:
    """One call of the activity, with what it needs."""
    if step.error:
        log.error("index.failed", runs=step.runs, rows=step.rows, error=step.error)
        await stores.reports.put("index", report(step, iso(clock())))
        return step
    try:
        return await rebuild(step, tenant=settings.tenant_id, stores=stores, budget=settings.time_budget, clock=clock)
    except Exception as error:
        log.error("activity.crashed", activity=ACTIVITY, error=type(error).__name__, reason=error)
        raise

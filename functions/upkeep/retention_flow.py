"""The orchestration of retention, the activity it calls until the pass is done, and what starts it: the timer.

Deterministic in the orchestrator: no time, no settings, no I/O. One pass of a tenant at a time; a backup may run
beside it, because what a run under way is compared with always stays.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import msgspec

from functions import log
from functions.backup.start import rebuild_id
from functions.clock import Clock
from functions.core.runid import run_id
from functions.durable import Context, Starter, why, works
from functions.errors import LifeboatError
from functions.services import services
from functions.settings import Settings
from functions.storage.open import Stores
from functions.upkeep.retention import retain
from functions.upkeep.retention_step import RetentionStep, failed, report

ORCHESTRATION = "retain_runs"
ACTIVITY = "retain_runs_step"

_CALLS_A_GENERATION = 20  # replays are quadratic in history
_ATTEMPTS = 6  # in a row
_PAUSE = timedelta(seconds=30)

type Json = dict[str, Any]


def retention_id(tenant: str) -> str:
    """The one orchestration instance that does retention for a tenant."""
    return f"retention-{tenant}"


async def scheduled(starter: Starter, *, past_due: bool) -> None:
    """The timer's work: starts a pass, unless retention is off, one is under way, or the index is being made anew."""
    here = await services()
    by = "timer (late)" if past_due else "timer"
    await start(starter, here.settings, by, here.clock)


async def start(starter: Starter, settings: Settings, started_by: str, clock: Clock) -> str:
    """Starts a pass and returns its id, "" where none is started."""
    if settings.retention_mode == "off":
        log.info("timer.skipped", reason="retention is off")
        return ""
    for instance in (retention_id(settings.tenant_id), rebuild_id(settings.tenant_id)):
        status = await starter.get_status(instance)
        if works(status):
            log.warning("timer.skipped", reason=f"{instance.partition('-')[0]} is under way")
            return ""
    step = RetentionStep(run_id(clock()), started_by)
    await starter.start_new(ORCHESTRATION, retention_id(settings.tenant_id), msgspec.to_builtins(step))
    return step.report_id


def retain_runs(context: Context) -> Generator[Any, Any, Any]:
    """Input and output: a RetentionStep as JSON. A pass that cannot be done ends with the reason in its report."""
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
        context.set_custom_status({"phase": step["phase"], **step["counts"]})
        if step["phase"] == "done":
            return step
    context.continue_as_new(step)
    return None


async def retain_runs_step(request: Json) -> Json:
    """RetentionStep → RetentionStep. One with an error is only written down. Raises StoreError, FormatError."""
    here = await services()
    built: Json = msgspec.to_builtins(
        await stepped(msgspec.convert(request, RetentionStep), here.settings, here.stores, here.clock)
    )
    return built


async def stepped(step: RetentionStep, settings: Settings, stores: Stores, clock: Clock) -> RetentionStep:
    """One call of the activity, with what it needs."""
    try:
        if step.error and not step.done:
            step = failed(step, step.error)
            await report(step, settings, stores, clock)
            return step
        return await retain(step, settings=settings, stores=stores, clock=clock)
    except Exception as error:
        reason = error.message if isinstance(error, LifeboatError) else error
        log.error("activity.crashed", activity=ACTIVITY, error=type(error).__name__, reason=reason)
        raise

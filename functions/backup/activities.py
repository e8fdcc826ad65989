"""What the blueprint calls: the activities of a backup joined to the services of the process.

JSON in, JSON out. An unexpected failure is logged here, with its place, and raised: the orchestration records it.
"""

from typing import Any

import msgspec

from functions import log
from functions.backup import run_activities, start, type_activity
from functions.backup.doubt import Doubting
from functions.backup.messages import BackupRequest, CommitRequest, TypeRequest
from functions.backup.preflight import alerts
from functions.catalogue import ENTRIES, TYPES, type_named
from functions.catalogue.choice import enabled
from functions.core.run_alerts import Thresholds
from functions.durable import Starter
from functions.errors import CallerError
from functions.services import services
from functions.settings import Settings

type Json = dict[str, Any]


async def scheduled(starter: Starter, *, past_due: bool) -> None:
    """The timer's work: backs up the types that are switched on; a run under way is left to finish."""
    here = await services()
    by = "timer (late)" if past_due else "timer"
    types = enabled((await here.stores.choices.types()).choice, ENTRIES)
    if not types:
        log.warning("timer.skipped", reason="no type is switched on")
        return
    try:
        await start.start(starter, here.stores, here.settings.tenant_id, types, by, here.clock)
    except CallerError as error:
        log.warning("timer.skipped", reason=error.message)


async def open_run(request: Json) -> Json:
    """BackupRequest → RunPlan."""
    here = await services()
    with _Edge("open_run"):
        parsed = msgspec.convert(request, BackupRequest)
        # A type that another version of the app has named, before this one was deployed, fails by itself.
        entries = [TYPES[key] for key in parsed.types if key in TYPES]
        told = await alerts(here.reader.with_usage(), entries, here.settings.cloud)
        return _json(await run_activities.open_run(parsed, stores=here.stores, clock=here.clock, alerts=told))


async def backup_type(request: Json) -> Json:
    """TypeRequest → TypeReply."""
    here = await services()
    with _Edge("backup_type"):
        parsed = msgspec.convert(request, TypeRequest)
        reply = await type_activity.backup_type(
            parsed,
            type_named(parsed.key),
            client=here.reader,
            stores=here.stores,
            cloud=here.settings.cloud,
            budget=here.settings.time_budget,
            clock=here.clock,
            doubting=Doubting(_thresholds(here.settings), here.settings.doubt_wait),
        )
        return _json(reply)


async def commit_run(request: Json) -> Json:
    """CommitRequest → RunOutcome."""
    here = await services()
    with _Edge("commit_run"):
        outcome = await run_activities.commit_run(
            msgspec.convert(request, CommitRequest),
            stores=here.stores,
            cloud=here.settings.cloud,
            clock=here.clock,
            thresholds=_thresholds(here.settings),
        )
        return _json(outcome)


def _thresholds(settings: Settings) -> Thresholds:
    return Thresholds(
        deleted_count=settings.alert_deleted_count,
        deleted_share=settings.alert_deleted_share,
        changed_count=settings.alert_changed_count,
        changed_share=settings.alert_changed_share,
    )


class _Edge:
    def __init__(self, activity: str) -> None:
        self._activity = activity

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None:
            log.error("activity.crashed", activity=self._activity, error=type(error).__name__, reason=error)


def _json(value: object) -> Json:
    built = msgspec.to_builtins(value)
    assert isinstance(built, dict)
    return built

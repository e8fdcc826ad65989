"""What the blueprint calls: the timer and the activities of a verification, joined to the services of the process.

JSON in, JSON out. An unexpected failure is logged here, with its place, and raised: the orchestration tries again.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from functions import log
from functions.clock import Clock, iso
from functions.core import names
from functions.core.runid import started
from functions.core.verify import Tally
from functions.durable import Starter
from functions.errors import CallerError, LifeboatError
from functions.services import services
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.reports import ReportRow
from functions.upkeep.verify_flow import CLOSE, INDEX, OPEN, RUNS
from functions.upkeep.verify_index import IndexVerifier
from functions.upkeep.verify_messages import CloseRequest, IndexRequest, RunsRequest, VerifyRequest
from functions.upkeep.verify_open import open_verification
from functions.upkeep.verify_runs import RunVerifier
from functions.upkeep.verify_start import KIND, start

type Json = dict[str, Any]

_RECENT = 5  # reports among which one that is called for again late is looked for


async def scheduled(starter: Starter, *, past_due: bool) -> None:
    """The timer's work: looks for everything, and reads the runs that nobody has read for long."""
    here = await services()
    by = "timer (late)" if past_due else "timer"
    try:
        await start(
            starter, here.stores, here.settings.tenant_id, "readable", due=True, started_by=by, clock=here.clock
        )
    except CallerError as error:
        log.warning("timer.skipped", reason=error.message)


async def call(activity: str, request: Json) -> Json:
    """One activity of a verification, by name."""
    here = await services()
    return await called(activity, request, settings=here.settings, stores=here.stores, clock=here.clock)


async def called(activity: str, request: Json, *, settings: Settings, stores: Stores, clock: Clock) -> Json:
    """One activity, with what it needs."""
    work = _Work(settings, stores, clock)
    activities: dict[str, Callable[[Json], Awaitable[msgspec.Struct]]] = {
        OPEN: work.open,
        RUNS: work.runs,
        INDEX: work.index,
        CLOSE: work.close,
    }
    try:
        built: Json = msgspec.to_builtins(await activities[activity](request))
    except Exception as error:
        reason = error.message if isinstance(error, LifeboatError) else error
        log.error("activity.crashed", activity=activity, error=type(error).__name__, reason=reason)
        raise
    return built


class _Work:
    def __init__(self, settings: Settings, stores: Stores, clock: Clock) -> None:
        self._settings = settings
        self._stores = stores
        self._clock = clock

    async def open(self, given: Json) -> msgspec.Struct:
        """VerifyRequest → Opened."""
        request = msgspec.convert(given, VerifyRequest)
        await self._report(request, Tally(), "running")
        days = self._settings.verify_again_days
        return await open_verification(request, stores=self._stores, clock=self._clock, again_days=days)

    async def runs(self, given: Json) -> msgspec.Struct:
        """RunsRequest → RunsReply."""
        request = msgspec.convert(given, RunsRequest)
        return await RunVerifier(request.tenant_id, self._stores, self._clock, self._ends).work(request)

    async def index(self, given: Json) -> msgspec.Struct:
        """IndexRequest → IndexReply."""
        return await IndexVerifier(msgspec.convert(given, IndexRequest), self._stores, self._ends).work()

    async def close(self, given: Json) -> msgspec.Struct:
        """CloseRequest → CloseRequest: the report is written, and what was set down for the next call is removed."""
        close = msgspec.convert(given, CloseRequest)
        request, tally = close.request, close.tally
        async for name in self._stores.work.list(names.verify_work_prefix(request.tenant_id, request.report_id)):
            await self._stores.work.delete(name)
        if not await self._report(request, tally, "failed" if close.error else "done", close.error):
            return close
        if close.error:
            log.error("verify.failed", depth=request.depth, error=close.error)
        else:
            log.info(
                "verify.ended",
                depth=request.depth,
                runs=tally.counts.get("runs", 0),
                findings=sum(tally.found.values()),
                seconds=round((self._clock() - started(request.report_id)).total_seconds()),
            )
        return close

    async def _report(self, request: VerifyRequest, tally: Tally, state: Any, error: str = "") -> bool:
        """Writes the report, unless it has ended: then this is a call that comes late."""
        for row in await self._stores.reports.newest(KIND, _RECENT, findings=False):
            if row.report_id == request.report_id and row.state != "running":
                return False
        findings = sorted(tally.findings, key=lambda one: not one.damage)
        row = ReportRow(
            report_id=request.report_id,
            state=state,
            started_at=iso(started(request.report_id)),
            started_by=request.started_by,
            ended_at="" if state == "running" else iso(self._clock()),
            request={"depth": request.depth, "runs": request.runs, "due": request.due},
            counts=tally.counts | tally.found,
            findings=tuple(msgspec.to_builtins(one) for one in findings),
            findings_count=sum(tally.found.values()),
            error=error,
        )
        await self._stores.reports.put(KIND, row)
        return True

    @property
    def _ends(self) -> float:
        return time.monotonic() + self._settings.time_budget

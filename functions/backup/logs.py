"""The activity `backup_type` for a log: events by time window, from a watermark to a little before now, a file a day.

One call works until the window is read or the time budget is used up. The window is read slice by slice, oldest
first; the watermark moves after the files of a slice lie in storage, so that whatever fails is read again, and an event
that is listed twice is told by its id. What went wrong comes back as a value: outcome and gap.
"""

import time
from collections.abc import Sequence
from copy import deepcopy
from datetime import timedelta

from functions import log
from functions.backup.log_files import LogFiles
from functions.backup.log_reader import LogReader
from functions.backup.log_scratch import Scratch
from functions.backup.log_window import LOG_GAP, begin
from functions.backup.messages import Checkpoint, LogPlace, TypeReply, TypeRequest
from functions.backup.progress import Progress
from functions.catalogue.model import ObjectType, Outcome
from functions.clock import Clock, iso, parse_iso
from functions.core.manifest import Gap, LogFile, LogResult, TypeResult
from functions.core.windows import days
from functions.errors import FormatError, GraphError, GraphThrottled, LifeboatError
from functions.graph.classify import gap
from functions.graph.client import GraphClient
from functions.storage.open import Stores
from functions.storage.runs import RunState

LOG_UNREADABLE = "logUnreadable"
_MOST_WAITS = 6
_SHORTEST_WAIT, _LONGEST_WAIT = 30.0, 3600.0  # seconds
_DAY = timedelta(days=1)


async def backup_log(
    request: TypeRequest,
    entry: ObjectType,
    *,
    client: GraphClient,
    stores: Stores,
    cloud: str,
    budget: float,
    clock: Clock,
) -> TypeReply:
    """One call: reads until done or until `budget` seconds are used up. `entry` is that of a log."""
    work = _Work(request, entry, client.with_usage(), stores, cloud, budget, clock)
    try:
        return await work.run()
    except LifeboatError as error:
        return await work.failed(error)


class _Work:
    def __init__(
        self,
        request: TypeRequest,
        entry: ObjectType,
        client: GraphClient,
        stores: Stores,
        cloud: str,
        budget: float,
        clock: Clock,
    ) -> None:
        self._request = request
        self._entry = entry
        self._client = client
        self._stores = stores
        self._cloud = cloud
        self._clock = clock
        self._ends = time.monotonic() + budget
        self._checkpoint = deepcopy(request.checkpoint) or Checkpoint(phase="events", started_at=iso(clock()))
        self._files = LogFiles(stores.blobs, request.tenant_id, request.run_id, request.key)
        self._progress = Progress(request, self._checkpoint, self._client, stores.runs, clock)

    async def run(self) -> TypeReply:
        if (await self._stores.runs.get(self._request.run_id)).state is not RunState.RUNNING:
            raise FormatError(f"run {self._request.run_id} has ended; nothing more is written under it")
        if self._cloud in self._entry.missing_in:
            what = f"{self._entry.title} do not exist in the cloud {self._cloud}"
            return TypeReply(result=self._result(Outcome.UNAVAILABLE, Gap("notInThisCloud", what, "Nothing to do"), ()))
        if self._checkpoint.log is None:
            place, lost = await begin(self._request, self._entry, self._client, self._stores, self._clock())
            self._checkpoint.log = place
            self._checkpoint.gaps += [lost] if lost else []
        wait = await self._read(self._checkpoint.log)
        self._note_unreadable()
        if self._checkpoint.log.at < self._checkpoint.log.until:
            self._account()
            return TypeReply(checkpoint=self._checkpoint, wait=wait)
        outcome = Outcome.PARTIAL if any(gap.code == LOG_GAP for gap in self._checkpoint.gaps) else Outcome.READ
        files = await self._written()
        await self._progress.tell(outcome, sum(file.events for file in files), always=True)
        self._account()  # nothing fails from here on, so that no request is counted twice
        result = self._result(outcome, None, files)
        log.info(
            "log.read",
            run=self._request.run_id,
            type=self._request.key,
            outcome=outcome,
            events=result.objects,
            until=self._checkpoint.log.until,
            requests=result.requests,
            throttled=result.throttled_seconds,
        )
        return TypeReply(result=result)

    async def _read(self, place: LogPlace) -> float:
        """Reads on. Returns the seconds to wait before the next call: 0.0 unless Graph throttled for long."""
        reader = LogReader(
            self._client,
            self._entry,
            self._checkpoint,
            self._files,
            self._stores.logs,
            self._progress,
            expired=lambda: time.monotonic() >= self._ends,
        )
        with Scratch() as scratch:
            try:
                await reader.read(place, scratch)
            except GraphThrottled as error:
                return self._patience(error)
        return 0.0

    def _patience(self, error: GraphThrottled) -> float:
        if self._checkpoint.waits >= _MOST_WAITS:
            raise error
        self._checkpoint.waits += 1
        wait = min(max(error.retry_after, _SHORTEST_WAIT), _LONGEST_WAIT)
        log.warning("type.throttled", run=self._request.run_id, type=self._request.key, wait=wait)
        return wait

    async def failed(self, error: LifeboatError) -> TypeReply:
        """The outcome for an error. What was stored before it stays, and is told."""
        self._account()
        outcome, reason = Outcome.FAILED, Gap(error.code, error.message, error.remedy)
        if isinstance(error, GraphError):
            found = gap(error, self._entry, self._cloud)
            outcome, reason = found.outcome, Gap(found.code, found.message, found.remedy)
        log.warning("type.failed", run=self._request.run_id, type=self._request.key, outcome=outcome, code=reason.code)
        try:
            files = await self._written()
        except LifeboatError as further:
            log.warning("log.untold", run=self._request.run_id, type=self._request.key, reason=further.message)
            files = ()
        return TypeReply(result=self._result(outcome, reason, files))

    def _account(self) -> None:
        usage = self._client.usage
        self._checkpoint.requests += usage.requests
        self._checkpoint.resource_units += usage.resource_units
        self._checkpoint.throttled_seconds += usage.throttled_seconds

    def _note_unreadable(self) -> None:
        for name in sorted(self._files.unreadable):
            told = Gap(
                LOG_UNREADABLE,
                f"{name} cannot be read, so events in it may be stored a second time",
                "Restore the file from the storage account's own versions; find out who changed it",
            )
            if told not in self._checkpoint.gaps:
                self._checkpoint.gaps.append(told)

    async def _written(self) -> tuple[LogFile, ...]:
        """The files of this run, looked up in storage: an earlier delivery of a call may have written some."""
        place = self._checkpoint.log
        if place is None:
            return ()
        return await self._files.of_run(days(parse_iso(place.since) - _DAY, parse_iso(place.until) + _DAY))

    def _result(self, outcome: Outcome, reason: Gap | None, files: Sequence[LogFile]) -> TypeResult:
        checkpoint, place = self._checkpoint, self._checkpoint.log
        if reason is not None and place is not None and place.at == place.since and not files:
            place = None  # nothing was read: there is no stretch to tell of
        return TypeResult(
            outcome,
            objects=sum(file.events for file in files),
            bytes=sum(file.bytes for file in files),
            started_at=checkpoint.started_at,
            ended_at=iso(self._clock()),
            requests=checkpoint.requests,
            resource_units=checkpoint.resource_units,
            throttled_seconds=round(checkpoint.throttled_seconds, 3),
            gaps=(*checkpoint.gaps, *([reason] if reason else ())),
            log=LogResult(place.since, place.at, tuple(files)) if place else None,
        )

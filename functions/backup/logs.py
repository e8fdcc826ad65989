"""The activity `backup_type` for a log: events by time window, from a watermark to a little before now, a file a day.

One call works until the window is read or the time budget is used up. The window is read slice by slice, oldest
first; the watermark moves after the files of a slice lie in storage, so that whatever fails is read again, and an event
that is listed twice is told by its id. What went wrong comes back as a value: outcome and gap.
"""

import time
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from functions import log
from functions.backup.log_files import LogFiles
from functions.backup.log_retention import FREE, LICENSED, kept
from functions.backup.log_scratch import Event, Scratch
from functions.backup.messages import Checkpoint, LogPlace, TypeReply, TypeRequest
from functions.backup.progress import Progress
from functions.catalogue.model import ObjectType, Outcome
from functions.clock import Clock, iso, parse_iso
from functions.core.manifest import Gap, LogFile, LogResult, TypeResult
from functions.core.record import canonical
from functions.core.windows import LONGEST, SHORTEST, Window, days, shorter, slice_end, window
from functions.errors import (
    FormatError,
    GraphError,
    GraphThrottled,
    GraphUnreachable,
    LifeboatError,
    PageTokenExpired,
)
from functions.graph.classify import gap
from functions.graph.client import GraphClient
from functions.graph.pages import pages
from functions.storage.logs import LogRow
from functions.storage.open import Stores
from functions.storage.runs import RunState

LOG_GAP, LOG_UNREADABLE = "logGap", "logUnreadable"
MOST_WAITING = 128 << 20  # bytes of text in the scratch database before it is emptied into files
_MOST_WAITS = 6
_MOST_RESTARTS = 3
_SHORTEST_WAIT, _LONGEST_WAIT = 30.0, 3600.0  # seconds
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


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
        self._looked_up: set[str] = set()

    async def run(self) -> TypeReply:
        if (await self._stores.runs.get(self._request.run_id)).state is not RunState.RUNNING:
            raise FormatError(f"run {self._request.run_id} has ended; nothing more is written under it")
        if self._cloud in self._entry.missing_in:
            what = f"{self._entry.title} do not exist in the cloud {self._cloud}"
            return TypeReply(result=self._result(Outcome.UNAVAILABLE, Gap("notInThisCloud", what, "Nothing to do"), ()))
        if self._checkpoint.log is None:
            self._checkpoint.log = await self._begin()
        with Scratch() as scratch:
            wait = await self._read(self._checkpoint.log, scratch)
        self._account()
        self._note_unreadable()
        if self._checkpoint.log.at < self._checkpoint.log.until:
            return TypeReply(checkpoint=self._checkpoint, wait=wait)
        outcome = Outcome.PARTIAL if any(gap.code == LOG_GAP for gap in self._checkpoint.gaps) else Outcome.READ
        result = self._result(outcome, None, await self._written())
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
        await self._progress.tell(outcome, result.objects, always=True)
        return TypeReply(result=result)

    # ---- the window ------------------------------------------------------------------------------------------------

    async def _begin(self) -> LogPlace:
        """Notes what this run reads. A call that is delivered again finds it noted, however far the first one came."""
        key, run = self._request.key, self._request.run_id
        row = await self._stores.logs.get(key)
        if row.run != run:
            found = await self._window(row)
            lost = (iso(found.lost[0]), iso(found.lost[1])) if found.lost else ("", "")
            lost = await self._untold(row, lost)
            row = await self._stores.logs.begin(key, run, iso(found.since), iso(found.until), lost)
        if row.lost_since:
            self._checkpoint.gaps.append(self._lost(parse_iso(row.lost_since), parse_iso(row.lost_until)))
        return LogPlace(row.since, row.until, row.since, LONGEST.total_seconds())

    async def _window(self, row: LogRow) -> Window:
        now = self._clock()
        watermark = parse_iso(row.watermark) if row.watermark else None
        newest = parse_iso(row.newest) if row.newest else None
        if watermark is not None and watermark > now:
            log.warning("log.watermarkAhead", type=self._request.key, watermark=row.watermark)
        found = window(now, watermark, newest, LICENSED)
        if found.since < now - FREE and await kept(self._client, self._entry) < LICENSED:
            found = window(now, watermark, newest, FREE)
        return found

    async def _untold(self, row: LogRow, lost: tuple[str, str]) -> tuple[str, str]:
        """With what the run before found lost, if it died before a manifest could say so."""
        if not row.lost_since or row.run in await self._stores.runs.committed(fresh=True):
            return lost
        return (row.lost_since, max(row.lost_until, lost[1]))

    def _lost(self, since: datetime, until: datetime) -> Gap:
        named = days(since, until)
        which = named[0] if len(named) == 1 else f"{named[0]} to {named[-1]}"
        return Gap(
            LOG_GAP,
            f"{self._request.key}: events from {iso(since)} to {iso(until)} are lost (days: {which}); Graph no longer "
            "had them when this run asked",
            "Nothing brings them back from Graph. Run backups more often than the log is kept: 7 days without Entra ID "
            "P1, 30 with it",
        )

    # ---- reading ---------------------------------------------------------------------------------------------------

    async def _read(self, place: LogPlace, scratch: Scratch) -> float:
        """Slice after slice, until the window or the time is over. Returns the seconds to wait before the next call."""
        while place.at < place.until:
            since, until = parse_iso(place.at), parse_iso(place.until)
            end = slice_end(since, until, timedelta(seconds=place.span))
            try:
                whole = await self._slice(place, since, end, scratch)
            except GraphThrottled as error:
                self._shorten(place)
                return self._patience(error)
            except (PageTokenExpired, GraphUnreachable) as error:
                self._again(place, error)
                whole = False
            else:
                if whole:
                    await self._empty(scratch)
                    await self._stores.logs.move(self._request.key, iso(end), place.newest)
                    place.at, self._checkpoint.link, self._checkpoint.restarts = iso(end), "", 0
            if self._expired():
                break
        await self._empty(scratch)
        return 0.0

    async def _slice(self, place: LogPlace, since: datetime, end: datetime, scratch: Scratch) -> bool:
        """True when the last page of the slice was read, False when the time is over before."""
        link = self._checkpoint.link or self._entry.path + self._query(since, end)
        async for page in pages(self._client, link, api=self._entry.api, bucket=self._entry.bucket):
            await self._take(place, page.items, scratch)
            self._checkpoint.link, self._checkpoint.waits = page.next_link, 0
            await self._progress.tell("reading", self._checkpoint.snapshot.count)
            if page.next_link and self._expired():
                return False
        return True

    async def _take(self, place: LogPlace, items: Sequence[msgspec.Raw], scratch: Scratch) -> None:
        events = [self._event(item) for item in items]
        for day in sorted({event.day for event in events} - self._looked_up):
            await self._files.know(day, scratch)
            self._looked_up.add(day)
        self._checkpoint.snapshot.count += scratch.add(events)
        place.newest = max([place.newest, *(_whole_second(event.at) for event in events)])
        if scratch.size >= MOST_WAITING:
            await self._empty(scratch)

    def _event(self, item: msgspec.Raw) -> Event:
        record = canonical(item, self._entry)
        try:
            moment = parse_iso(msgspec.json.decode(_decode_parts(item)[self._entry.time], type=str))
        except (KeyError, ValueError, msgspec.MsgspecError) as error:
            raise FormatError(
                f"{self._entry.key}: Graph returned an event whose {self._entry.time} is not a time"
            ) from error
        return Event(record.id, moment.isoformat(timespec="microseconds").replace("+00:00", "Z"), record.data)

    def _query(self, since: datetime, end: datetime) -> str:
        name = self._entry.time
        if self._entry.time_strict:
            asked = f"{name} gt {iso(since - _SECOND)} and {name} lt {iso(end + _SECOND)}"
        else:
            asked = f"{name} ge {iso(since)} and {name} le {iso(end)}"
        top = f"&$top={self._entry.page_size}" if self._entry.page_size else ""
        return f"?$filter={quote(asked, safe=':')}{top}"

    async def _empty(self, scratch: Scratch) -> None:
        """Puts what waits into files."""
        for day in scratch.days():
            await self._files.write(day, scratch)

    # ---- what goes wrong -------------------------------------------------------------------------------------------

    def _again(self, place: LogPlace, error: GraphError) -> None:
        """The slice begins anew: its page token is gone, or Graph had no answer for so long a stretch."""
        expired = isinstance(error, PageTokenExpired)
        self._checkpoint.restarts += 1
        self._checkpoint.link = ""
        if expired and self._checkpoint.restarts <= _MOST_RESTARTS:
            return
        if place.span <= SHORTEST.total_seconds():
            raise error
        self._shorten(place)
        log.info("log.shortened", type=self._request.key, seconds=place.span, code=error.code)

    def _shorten(self, place: LogPlace) -> None:
        place.span = shorter(timedelta(seconds=place.span)).total_seconds()
        self._checkpoint.link, self._checkpoint.restarts = "", 0

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

    # ---- common ----------------------------------------------------------------------------------------------------

    def _expired(self) -> bool:
        return time.monotonic() >= self._ends

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


def _whole_second(at: str) -> str:
    return at[:19] + "Z"

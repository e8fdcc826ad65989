"""Reading a window of a log: slice after slice, oldest first, pages of events into files a day.

In: where the log is. Out: where it is now, and everything before that in storage. Whatever Graph or storage did wrong
is raised, but for a slice that was too long and a page token that expired: those begin anew, at last a shorter one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from functions import log
from functions.backup.log_files import LogFiles
from functions.backup.log_scratch import Event, Scratch
from functions.backup.messages import Checkpoint, LogPlace
from functions.backup.progress import Progress
from functions.catalogue.model import ObjectType
from functions.clock import iso, parse_iso
from functions.core.record import canonical
from functions.core.windows import SHORTEST, shorter, slice_end
from functions.errors import FormatError, GraphError, GraphThrottled, GraphUnreachable, PageTokenExpired
from functions.graph.client import GraphClient
from functions.graph.pages import pages
from functions.storage.logs import Logs

MOST_WAITING = 128 << 20  # bytes of text in the scratch database before it is emptied into files
_MOST_RESTARTS = 3
_SECOND = timedelta(seconds=1)
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(slots=True)
class LogReader:
    """One activity's work on one log. `expired` says when the time budget is used up."""

    client: GraphClient
    entry: ObjectType
    checkpoint: Checkpoint
    files: LogFiles
    watermarks: Logs
    progress: Progress
    expired: Callable[[], bool]
    _looked_up: set[str] = field(default_factory=set)

    async def read(self, place: LogPlace, scratch: Scratch) -> None:
        """Slice after slice, until the window or the time is over. Raises GraphThrottled with the place still good."""
        while place.at < place.until:
            since, until = parse_iso(place.at), parse_iso(place.until)
            end = slice_end(since, until, timedelta(seconds=place.span))
            try:
                whole = await self._slice(place, since, end, scratch)
            except GraphThrottled:
                self._shorten(place)
                raise
            except (PageTokenExpired, GraphUnreachable) as error:
                self._again(place, error)
                whole = False
            else:
                if whole:
                    await self._empty(scratch)
                    await self.watermarks.move(self.entry.key, iso(end), place.newest)
                    place.at, self.checkpoint.link, self.checkpoint.restarts = iso(end), "", 0
            if self.expired():
                break
        await self._empty(scratch)

    async def _slice(self, place: LogPlace, since: datetime, end: datetime, scratch: Scratch) -> bool:
        """True when the last page of the slice was read, False when the time is over before."""
        link = self.checkpoint.link or self.entry.path + self._query(since, end)
        async for page in pages(self.client, link, api=self.entry.api, bucket=self.entry.bucket):
            await self._take(place, page.items, scratch)
            self.checkpoint.link, self.checkpoint.waits = page.next_link, 0
            await self.progress.tell("reading", self.checkpoint.snapshot.count)
            if page.next_link and self.expired():
                return False
        return True

    async def _take(self, place: LogPlace, items: Sequence[msgspec.Raw], scratch: Scratch) -> None:
        events = [self._event(item) for item in items]
        for day in sorted({event.day for event in events} - self._looked_up):
            await self.files.know(day, scratch)
            self._looked_up.add(day)
        self.checkpoint.snapshot.count += scratch.add(events)
        place.newest = max([place.newest, *(_whole_second(event.at) for event in events)])
        if scratch.size >= MOST_WAITING:
            await self._empty(scratch)

    def _event(self, item: msgspec.Raw) -> Event:
        record = canonical(item, self.entry)
        try:
            moment = parse_iso(msgspec.json.decode(_decode_parts(item)[self.entry.time], type=str))
        except (KeyError, ValueError, msgspec.MsgspecError) as error:
            raise FormatError(
                f"{self.entry.key}: Graph returned an event whose {self.entry.time} is not a time"
            ) from error
        return Event(record.id, moment.isoformat(timespec="microseconds").replace("+00:00", "Z"), record.data)

    def _query(self, since: datetime, end: datetime) -> str:
        name = self.entry.time
        if self.entry.time_strict:
            asked = f"{name} gt {iso(since - _SECOND)} and {name} lt {iso(end + _SECOND)}"
        else:
            asked = f"{name} ge {iso(since)} and {name} le {iso(end)}"
        top = f"&$top={self.entry.page_size}" if self.entry.page_size else ""
        return f"?$filter={quote(asked, safe=':')}{top}"

    async def _empty(self, scratch: Scratch) -> None:
        """Puts what waits into files."""
        for day in scratch.days():
            await self.files.write(day, scratch)

    def _again(self, place: LogPlace, error: GraphError) -> None:
        """The slice begins anew: its page token is gone, or Graph had no answer for so long a stretch."""
        expired = isinstance(error, PageTokenExpired)
        self.checkpoint.restarts += 1
        self.checkpoint.link = ""
        if expired and self.checkpoint.restarts <= _MOST_RESTARTS:
            return
        if place.span <= SHORTEST.total_seconds():
            raise error
        self._shorten(place)
        log.info("log.shortened", type=self.entry.key, seconds=place.span, code=error.code)

    def _shorten(self, place: LogPlace) -> None:
        place.span = shorter(timedelta(seconds=place.span)).total_seconds()
        self.checkpoint.link, self.checkpoint.restarts = "", 0


def _whole_second(at: str) -> str:
    return at[:19] + "Z"

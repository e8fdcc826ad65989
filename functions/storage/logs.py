"""The table `Logs`: how far each log has been read, and the window of the run that read it last.

A window is noted before it is read, so that an activity that is run twice reads the same one; the watermark is moved
after the files of a slice lie in storage, and never back unless it lies ahead of the clock.
"""

import msgspec

from functions.clock import Clock, iso
from functions.errors import RowConflict
from functions.storage.keys import key
from functions.storage.rows import StoredRow, columns, row_of
from functions.storage.tables import Row, Stored, Tables

TABLE = "Logs"
_ATTEMPTS = 5


class LogRow(StoredRow, frozen=True, kw_only=True):
    """One log. Moments are ISO text, "" for none. `watermark` is how far everything was read and stored, `newest` the
    time of the latest event that was; `run` read from `since` to `until`, and found the events between `lost_since`
    and `lost_until` gone before anybody had read them."""

    type: str
    watermark: str = ""
    newest: str = ""
    run: str = ""
    since: str = ""
    until: str = ""
    lost_since: str = ""
    lost_until: str = ""
    updated_at: str = ""


class Logs:
    """The watermarks of one tenant."""

    def __init__(self, tables: Tables, tenant: str, clock: Clock) -> None:
        self._tables = tables
        self._tenant = tenant
        self._clock = clock

    async def get(self, type: str) -> LogRow:
        """What is known of a log; of one that was never read, nothing."""
        return (await self._stored(type))[0]

    async def begin(self, type: str, run: str, since: str, until: str, lost: tuple[str, str]) -> LogRow:
        """Notes the window of a run. The window that the same run noted before stays, and is returned."""
        for _ in range(_ATTEMPTS):
            row, stored = await self._stored(type)
            if row.run == run:
                return row
            wanted = msgspec.structs.replace(
                row, run=run, since=since, until=until, lost_since=lost[0], lost_until=lost[1]
            )
            if await self._put(wanted, stored):
                return wanted
        raise RowConflict(f"the watermark of {type} is being changed by others")

    async def move(self, type: str, watermark: str, newest: str) -> None:
        """Notes that everything up to `watermark` is stored, and the latest event."""
        for _ in range(_ATTEMPTS):
            row, stored = await self._stored(type)
            ahead = row.watermark > iso(self._clock())
            wanted = msgspec.structs.replace(
                row,
                watermark=watermark if ahead else max(row.watermark, watermark),
                newest=max(row.newest, newest),
            )
            if wanted == row or await self._put(wanted, stored):
                return
        raise RowConflict(f"the watermark of {type} is being changed by others")

    async def _put(self, row: LogRow, stored: Stored | None) -> bool:
        row = msgspec.structs.replace(row, updated_at=iso(self._clock()))
        entity = Row(key(self._tenant), key(row.type), columns(row))
        try:
            if stored is None:
                await self._tables.insert(TABLE, entity)
            else:
                await self._tables.swap(TABLE, entity, stored.etag)
        except RowConflict:
            return False  # another writer came first, or our own write did and its answer was lost: look again
        return True

    async def _stored(self, type: str) -> tuple[LogRow, Stored | None]:
        stored = await self._tables.get(TABLE, key(self._tenant), key(type))
        return (row_of(LogRow, stored.entity) if stored else LogRow(type=type)), stored

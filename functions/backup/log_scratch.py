"""Scratch space of one activity on a log: events that wait for their file, and the ids of those that are stored.

A SQLite file, so that memory does not grow with the log. An id goes in once, however often Graph lists the event.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from functions.backup.scratch import ScratchDatabase

_SCHEMA = """
CREATE TABLE known(id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE events(id TEXT PRIMARY KEY, day TEXT, at TEXT, data BLOB);
CREATE INDEX by_time ON events(day, at, id);
"""


class Event(NamedTuple):
    """One event: its line in the file, and when it happened, to the microsecond and in UTC, as sortable text."""

    id: str
    at: str
    data: bytes

    @property
    def day(self) -> str:
        return self.at[:10]


class Scratch(ScratchDatabase):
    """The scratch database of a log; use as a context manager. `size` is how much text waits."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)
        self.size = 0

    def add(self, events: Iterable[Event]) -> int:
        """Takes in the events that are neither stored nor waiting. Returns how many there were."""
        new = 0
        self._db.execute("BEGIN")
        for event in events:
            if self._db.execute("INSERT OR IGNORE INTO known VALUES(?)", (event.id,)).rowcount:
                self._db.execute("INSERT INTO events VALUES(?,?,?,?)", (event.id, event.day, event.at, event.data))
                self.size += len(event.data)
                new += 1
        self._db.execute("COMMIT")
        return new

    def stored(self, ids: Iterable[str]) -> None:
        """Takes in ids that were found in storage; an event that waits under one of them waits no longer."""
        self._db.execute("BEGIN")
        for identity in ids:
            if not self._db.execute("INSERT OR IGNORE INTO known VALUES(?)", (identity,)).rowcount:
                self._db.execute("DELETE FROM events WHERE id=?", (identity,))
        self._db.execute("COMMIT")

    def days(self) -> list[str]:
        """The days that events wait for, in order."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT day FROM events ORDER BY day")]

    def waiting(self, day: str) -> Iterator[Event]:
        """The events that wait for a day, oldest first."""
        rows = self._db.execute("SELECT id, at, data FROM events WHERE day=? ORDER BY at, id", (day,))
        return map(Event._make, rows)

    def done(self, day: str) -> None:
        """The events of a day are stored: they wait no longer, and stay known."""
        self._db.execute("DELETE FROM events WHERE day=?", (day,))
        if not self.days():
            self.size = 0

"""Scratch space of one type in one run: a SQLite file, so that memory does not grow with the tenant.

Entries go in as records are written and come out sorted by id; links found in a sweep wait here for their object.
Between two activities the file lies, gzipped, in a work blob.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap

import msgspec

from functions.backup.scratch import ScratchDatabase
from functions.core.toc import Entry

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries(
  id TEXT PRIMARY KEY, name TEXT, digest TEXT, offset INTEGER, length INTEGER, at INTEGER, size INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links(
  relationship TEXT, source TEXT, targets BLOB, PRIMARY KEY(relationship, source)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done(what TEXT, id TEXT, PRIMARY KEY(what, id)) WITHOUT ROWID;
"""
_MANY = 500


class Workspace(ScratchDatabase):
    """The scratch database of a type; use as a context manager."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def add(self, entries: Iterable[Entry]) -> None:
        """Adds entries; an id that is already there is an error of the caller."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT INTO entries VALUES(?,?,?,?,?,?,?)",
            ((e.id, e.name, e.digest, e.offset, e.length, e.at, e.size) for e in entries),
        )
        self._db.execute("COMMIT")

    def known(self, ids: list[str]) -> set[str]:
        """Which of these ids have an entry."""
        found: set[str] = set()
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            marks = ",".join("?" * len(some))
            found.update(row[0] for row in self._db.execute(f"SELECT id FROM entries WHERE id IN ({marks})", some))  # noqa: S608 - only question marks are put in
        return found

    def entries(self) -> Iterator[Entry]:
        """Every entry, sorted by id."""
        rows = self._db.execute("SELECT id, name, digest, offset, length, at, size FROM entries ORDER BY id")
        return starmap(Entry, rows)

    def ids(self, first: str, last: str) -> set[str]:
        """The ids of the entries from `first` to `last`."""
        return {row[0] for row in self._db.execute("SELECT id FROM entries WHERE id BETWEEN ? AND ?", [first, last])}

    def count(self) -> int:
        """How many entries there are."""
        return int(self._db.execute("SELECT count(*) FROM entries").fetchone()[0])

    def mark(self, what: str, ids: Iterable[str]) -> None:
        """Notes that these ids need not be asked for again: parents whose children are written, objects not found."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO done VALUES(?,?)", ((what, identity) for identity in ids))
        self._db.execute("COMMIT")

    def marked(self, what: str, ids: Sequence[str]) -> set[str]:
        """Which of these ids were noted."""
        found: set[str] = set()
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            marks = ",".join("?" * len(some))
            rows = self._db.execute(f"SELECT id FROM done WHERE what=? AND id IN ({marks})", [what, *some])  # noqa: S608 - as above
            found.update(row[0] for row in rows)
        return found

    def unmark(self, what: str) -> None:
        """Forgets all notes of this kind."""
        self._db.execute("DELETE FROM done WHERE what=?", [what])

    def put_links(self, relationship: str, found: Iterable[tuple[str, msgspec.Raw]]) -> None:
        """Keeps what a sweep found; the newest wins."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR REPLACE INTO links VALUES(?,?,?)", ((relationship, source, bytes(raw)) for source, raw in found)
        )
        self._db.execute("COMMIT")

    def links(self, relationship: str, sources: list[str]) -> dict[str, msgspec.Raw]:
        """What a sweep found for these objects; an object it did not meet is absent."""
        found: dict[str, msgspec.Raw] = {}
        for start in range(0, len(sources), _MANY):
            some = sources[start : start + _MANY]
            marks = ",".join("?" * len(some))
            rows = self._db.execute(
                f"SELECT source, targets FROM links WHERE relationship=? AND source IN ({marks})",  # noqa: S608 - as above
                [relationship, *some],
            )
            found.update((source, msgspec.Raw(targets)) for source, targets in rows)
        return found

    def forget_links(self, relationship: str) -> None:
        """Drops what a sweep found: it begins anew."""
        self._db.execute("DELETE FROM links WHERE relationship=?", [relationship])

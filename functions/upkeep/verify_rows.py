"""The version rows of one type, beside what the runs hold: a scratch database, so that memory does not grow with them.

In: rows as they stand in the table, and tables of contents, oldest run first, a piece at a time. Out: what does not
agree. Between two activities the database lies in a work blob, with the place that the work had come to.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from functions.backup.scratch import ScratchDatabase
from functions.core.runid import inverted
from functions.core.toc import Entry
from functions.storage.naming import object_key
from functions.storage.rows import short
from functions.storage.versions import VersionRow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows(
  number INTEGER PRIMARY KEY, id TEXT, run TEXT, turn INTEGER, target TEXT, change TEXT,
  offset INTEGER, length INTEGER, at INTEGER, size INTEGER, digest TEXT, name TEXT, found TEXT);
CREATE INDEX IF NOT EXISTS by_target ON rows(target, id);
CREATE INDEX IF NOT EXISTS by_turn ON rows(turn);
INSERT OR IGNORE INTO rows(number, target, change) VALUES(-1, '', 'deleted');
CREATE TABLE IF NOT EXISTS current(id TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs(run TEXT PRIMARY KEY, state TEXT, holds INTEGER);
CREATE TABLE IF NOT EXISTS strangers(run TEXT PRIMARY KEY, number INTEGER);
CREATE TABLE IF NOT EXISTS names(id TEXT, key TEXT, name TEXT);
CREATE TABLE IF NOT EXISTS place(place TEXT);
"""
_EVER = 10**15  # further than any run
_TOLD, _DELETED = -2, -1  # numbers that stand in for a row: what was told already, and an object that is gone


class Wrong(NamedTuple):
    """Something that does not agree: `code`, the run and the object it is about, and a sentence."""

    code: str
    run: str
    id: str
    message: str


class Place(msgspec.Struct, omit_defaults=True):
    """How far the work on a type is. `phase`: rows → runs → names → list. `row` is the last one read in the first,
    `run` the last one compared; `key` the last name read; `id` how far the list is that is being compared."""

    phase: str = "rows"
    row: tuple[str, str] | None = None
    run: str = ""
    key: str = ""
    id: str = ""


class Rows(ScratchDatabase):
    """The rows of a type; use as a context manager."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def place(self) -> Place:
        """How far the work is."""
        found = self._db.execute("SELECT place FROM place").fetchone()
        return msgspec.json.decode(found[0], type=Place) if found else Place()

    def keep(self, place: Place) -> None:
        """Notes how far the work is."""
        self._db.execute("DELETE FROM place")
        self._db.execute("INSERT INTO place VALUES(?)", (msgspec.json.encode(place).decode(),))

    def add(self, rows: Iterable[tuple[VersionRow, str]]) -> None:
        """Takes in rows, each with the run that it leads into ("" for none)."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT INTO rows VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,'')",
            (
                (r.id, r.run, turn(r.run), target, r.change, r.offset, r.length, r.at, r.size, r.digest, r.name)
                for r, target in rows
            ),
        )
        self._db.execute("COMMIT")

    def stranger(self, run: str) -> None:
        """Counts a row of a run that nobody knows."""
        self._db.execute("INSERT INTO strangers VALUES(?,1) ON CONFLICT(run) DO UPDATE SET number = number + 1", (run,))

    def strangers(self) -> dict[str, int]:
        """How many rows runs have that nobody knows."""
        return dict(self._db.execute("SELECT run, number FROM strangers ORDER BY run").fetchall())

    def know(self, states: Mapping[str, str], holders: Container[str]) -> None:
        """Notes the runs as they were when the rows were read, and which of them hold the type."""
        self._db.executemany(
            "INSERT OR REPLACE INTO runs VALUES(?,?,?)", ((run, state, run in holders) for run, state in states.items())
        )

    def states(self) -> dict[str, str]:
        """The runs as they were when the rows were read."""
        return dict(self._db.execute("SELECT run, state FROM runs").fetchall())

    def holders(self) -> list[str]:
        """The runs that hold the type, oldest first."""
        return sorted((row[0] for row in self._db.execute("SELECT run FROM runs WHERE holds")), key=turn)

    def count(self) -> int:
        """How many rows there are."""
        return int(self._db.execute("SELECT count(*) FROM rows WHERE number >= 0").fetchone()[0])

    def advance(self, after: str, run: str) -> None:
        """Makes current what the rows behind one run ("" for the beginning) and up to another ("" for the end) say."""
        self._db.execute(
            "INSERT OR REPLACE INTO current SELECT id, number FROM rows WHERE turn > ? AND turn <= ? ORDER BY turn",
            (turn(after) if after else -_EVER, turn(run) if run else _EVER),
        )

    def compare(self, run: str, after: str, entries: Sequence[Entry], *, last: bool) -> Iterator[Wrong]:
        """Compares with the next entries of the table of contents of a run, those behind the id `after`; `last` are
        the last of them. What is told once is taken as settled, so that later runs do not tell it again."""
        until = (entries[-1].id,) if entries and not last else ()
        between = "id > ?" + (" AND id <= ?" if until else "")
        by_id = {entry.id: entry for entry in entries}
        yield from self._resolve(run, by_id, between, (after, *until))
        current = self._db.execute(
            "SELECT c.id, r.change, CASE r.found WHEN '' THEN r.digest ELSE r.found END FROM current c"  # noqa: S608
            f" LEFT JOIN rows r ON r.number = c.number WHERE c.{between.replace('AND id', 'AND c.id')}",
            (after, *until),
        ).fetchall()
        # No digest: the row leads where nobody can look, or was told before.
        live = {identity: digest for identity, change, digest in current if change != "deleted"}
        settled: list[tuple[str, int]] = []
        for identity, entry in by_id.items():
            if identity not in live:
                settled.append((identity, _TOLD))
                yield Wrong("objectWithoutRow", run, identity, f"run {run} holds {identity}, and no row leads to it")
            elif live.pop(identity) not in (entry.digest, "", None):
                settled.append((identity, _TOLD))
                yield Wrong(
                    "rowDiffers",
                    run,
                    identity,
                    f"what run {run} holds of {identity} is not what its newest row up to that run leads to",
                )
        for identity in live:
            settled.append((identity, _DELETED))
            yield Wrong(
                "objectWithoutRow",
                run,
                identity,
                f"run {run} does not hold {identity} any more, and no row says that it was deleted",
            )
        self._settle(settled)

    def _resolve(self, run: str, by_id: dict[str, Entry], between: str, bounds: tuple[str, ...]) -> Iterator[Wrong]:
        """The rows that lead into this run: the record is there, at that place and with that digest."""
        rows = self._db.execute(
            f"SELECT number, id, run, offset, length, at, size, digest FROM rows WHERE target = ? AND {between}",  # noqa: S608
            (run, *bounds),
        ).fetchall()
        found: list[tuple[str, int]] = []
        for number, identity, of_run, *place, digest in rows:
            entry = by_id.get(identity)
            if entry is None:
                message = f"the row of {identity} and run {of_run} leads to run {run}, which does not hold it"
                yield Wrong("rowPointsNowhere", of_run, identity, message)
                continue
            if not digest:
                found.append((entry.digest, number))
            if place != [entry.offset, entry.length, entry.at, entry.size] or digest not in ("", entry.digest):
                message = f"the row of {identity} and run {of_run} has not the place or the digest that run {run} has"
                yield Wrong("rowDiffers", of_run, identity, message)
                found.append((entry.digest, number))
        self._db.execute("BEGIN")
        self._db.executemany("UPDATE rows SET found = ? WHERE number = ?", found)
        self._db.execute("COMMIT")

    def add_names(self, names: Iterable[tuple[str, str, str]]) -> None:
        """Takes in names that show: id, key of the row, name."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO names VALUES(?,?,?)", names)
        self._db.execute("COMMIT")

    def count_names(self) -> int:
        """How many names show, once all of them are there."""
        self._db.execute("CREATE INDEX IF NOT EXISTS names_by_id ON names(id)")
        return int(self._db.execute("SELECT count(*) FROM names").fetchone()[0])

    def compare_names(self, run: str, after: str, entries: Sequence[Entry], *, last: bool) -> Iterator[Wrong]:
        """Compares the names that show with the next entries of the newest list, that of `run` ("" where there is
        none). An object that a run behind it has changed is passed over: that run's list has gone."""
        until = (entries[-1].id,) if entries and not last else ()
        between = "id > ?" + (" AND id <= ?" if until else "")
        shown: dict[str, list[tuple[str, str]]] = {}
        rows = self._db.execute(f"SELECT id, key, name FROM names WHERE {between}", (after, *until))  # noqa: S608
        for identity, key, name in rows:
            shown.setdefault(identity, []).append((key, name))
        current = self._db.execute(
            "SELECT c.id, r.turn, r.name FROM current c JOIN rows r ON r.number = c.number"  # noqa: S608
            f" WHERE c.{between.replace('AND id', 'AND c.id')}",
            (after, *until),
        ).fetchall()
        newest = turn(run) if run else -_EVER
        busy = {identity for identity, at, _ in current if at is not None and at > newest}
        # What types are called may change from one version to the next without a record that does.
        called = {identity: name for identity, _, name in current if name is not None}
        for entry in entries:
            found = shown.pop(entry.id, [])
            if entry.id in busy:
                continue
            wanted = {
                (object_key(entry.id, name), short(name)) for name in (entry.name, called.get(entry.id, entry.name))
            }
            if not wanted.intersection(found):
                message = f"{entry.id} is in the list of run {run}, and a search for its name does not find it"
                yield Wrong("nameMissing", run, entry.id, message)
            if wanted.issuperset(found):
                continue
            message = f"{entry.id} of the list of run {run} is also found by a name that it does not have"
            yield Wrong("nameStale", run, entry.id, message)
        for identity in sorted(shown.keys() - busy):
            message = f"a search finds {identity} as if it were there, and the newest list does not hold it"
            yield Wrong("nameStale", run, identity, message)

    def _settle(self, settled: list[tuple[str, int]]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO current VALUES(?,?)", settled)
        self._db.execute("COMMIT")


def turn(run: str) -> int:
    """A number that grows with the age of the world: the order of runs."""
    return -int(inverted(run))

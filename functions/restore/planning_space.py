"""What a plan in the making keeps on disk, so that memory does not grow with it: the records that are wanted, the
tenant's state of each, what was read of whole types, and the items, which come out sorted by stage.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from functions.backup.scratch import ScratchDatabase
from functions.core.links import Target
from functions.core.plan import Item, LiveState, Origin, Standing
from functions.core.record import Object, encode

_SCHEMA = """
CREATE TABLE wanted(
  seq INTEGER PRIMARY KEY, type TEXT, id TEXT, run TEXT, held TEXT, origin TEXT, places TEXT, record BLOB, state BLOB,
  moved INTEGER DEFAULT 0,
  UNIQUE(type, id));
CREATE TABLE there(type TEXT, id TEXT, bin INTEGER, held BLOB, PRIMARY KEY(type, id, bin)) WITHOUT ROWID;
CREATE TABLE namesakes(type TEXT, name TEXT, id TEXT, PRIMARY KEY(type, name, id)) WITHOUT ROWID;
CREATE TABLE added(type TEXT, id TEXT, PRIMARY KEY(type, id)) WITHOUT ROWID;
CREATE TABLE items(seq INTEGER PRIMARY KEY, stage INTEGER, item BLOB);
CREATE INDEX by_type ON wanted(type, seq);
"""


class Wanted(NamedTuple):
    """One object that the plan is about. `places`: of a referrer, where it names what is made anew."""

    seq: int
    type: str
    id: str
    run: str
    held: str
    origin: Origin
    places: tuple[str, ...]
    record: Object


class _State(msgspec.Struct):
    id: str
    standing: Standing
    object: Any = {}
    links: dict[str, tuple[Target, ...]] = {}
    parts: dict[str, tuple[Any, ...]] = {}
    twins: tuple[str, ...] = ()


_decode_state = msgspec.json.Decoder(_State).decode
_decode_item = msgspec.json.Decoder(Item).decode
_decode_record = msgspec.json.Decoder(dict[str, Any]).decode
_PORTION_BYTES = 8 << 20
_WANTED = "seq, type, id, run, held, origin, places, record"


def wire_of(state: LiveState) -> bytes:
    """A state as it lies on disk, without what is missing: that is asked for later."""
    kept = _State(state.id, state.standing, state.object, dict(state.links), dict(state.parts), state.twins)
    return msgspec.json.encode(kept)


def state_of(data: bytes) -> LiveState:
    """The inverse of `wire_of`."""
    kept = _decode_state(data)
    return LiveState(
        id=kept.id, standing=kept.standing, object=kept.object, links=kept.links, parts=kept.parts, twins=kept.twins
    )


class Space(ScratchDatabase):
    """Use as a context manager."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    # ---- what is wanted ----------------------------------------------------------------------------------------------

    def want(self, rows: Iterable[tuple[str, str, str, str, Origin, Sequence[str], bytes]]) -> None:
        """Adds objects as (type, id, run, held, origin, places, record); one that is wanted already stays as it is."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR IGNORE INTO wanted(type, id, run, held, origin, places, record) VALUES(?,?,?,?,?,?,?)",
            (
                (key, one, run, held, origin, "\n".join(places), data)
                for key, one, run, held, origin, places, data in rows
            ),
        )
        self._db.execute("COMMIT")

    def types(self, origin: Origin) -> list[str]:
        """The types of the objects that are wanted for this reason."""
        rows = self._db.execute("SELECT DISTINCT type FROM wanted WHERE origin=? ORDER BY type", [origin])
        return [row[0] for row in rows]

    def count(self, key: str = "", origin: str = "") -> int:
        """How many objects are wanted: of a type, for a reason."""
        row = self._db.execute(
            "SELECT count(*) FROM wanted WHERE (?1='' OR type=?1) AND (?2='' OR origin=?2)", [key, origin]
        ).fetchone()
        return int(row[0])

    def portions(self, key: str, origin: Origin, size: int, *, moved: bool = False) -> Iterator[list[Wanted]]:
        """The objects of a type, some at a time, in the order in which they came; fewer where their records are large.
        `moved`: only those that are not live under their own id."""
        last = 0
        which = "type=? AND origin=? AND seq>?" + (" AND moved=1" if moved else "")
        while True:
            sizes = self._db.execute(
                f"SELECT seq, length(record) FROM wanted WHERE {which} ORDER BY seq LIMIT ?",  # noqa: S608 - fixed words
                [key, origin, last, size],
            ).fetchall()
            if not sizes:
                return
            until = _within(sizes)
            rows = self._db.execute(
                f"SELECT {_WANTED} FROM wanted WHERE {which} AND seq<=? ORDER BY seq",  # noqa: S608 - fixed words
                [key, origin, last, until],
            ).fetchall()
            last = until
            yield [
                Wanted(*some, tuple(filter(None, places.split("\n"))), _decode_record(record))  # type: ignore[call-arg]
                for *some, places, record in rows
            ]

    def is_wanted(self, key: str, identity: str) -> bool:
        """True for an object that the plan is about."""
        return bool(self._db.execute("SELECT 1 FROM wanted WHERE type=? AND id=?", [key, identity]).fetchone())

    def ids(self, key: str) -> set[str]:
        """The ids of a type that are wanted."""
        return {row[0] for row in self._db.execute("SELECT id FROM wanted WHERE type=?", [key])}

    def put_state(self, seq: int, state: LiveState) -> None:
        """Keeps the tenant's state of an object."""
        self._db.execute(
            "UPDATE wanted SET state=?1, moved=(?2<>'live' OR id<>?3) WHERE seq=?4",
            [wire_of(state), state.standing, state.id, seq],
        )

    def state(self, seq: int) -> LiveState:
        """The state that was kept."""
        return state_of(self._db.execute("SELECT state FROM wanted WHERE seq=?", [seq]).fetchone()[0])

    # ---- what was read of whole types --------------------------------------------------------------------------------

    def put_there(self, key: str, rows: Iterable[tuple[str, LiveState]], *, binned: bool) -> None:
        """Keeps objects that are live, or in the bin."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR REPLACE INTO there VALUES(?,?,?,?)",
            ((key, identity, int(binned), wire_of(state)) for identity, state in rows),
        )
        self._db.execute("COMMIT")

    def there(self, key: str, identity: str, *, binned: bool) -> LiveState | None:
        """The object as it was read with all of its type, None where it was not among them."""
        row = self._db.execute(
            "SELECT held FROM there WHERE type=? AND id=? AND bin=?", [key, identity, int(binned)]
        ).fetchone()
        return None if row is None else state_of(row[0])

    def put_names(self, key: str, rows: Iterable[tuple[str, str]]) -> None:
        """Keeps which live objects (name, id) have which natural keys."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO namesakes VALUES(?,?,?)", ((key, *row) for row in rows))
        self._db.execute("COMMIT")

    def named(self, key: str, name: str) -> list[str]:
        """The ids of the live objects that have these natural keys."""
        rows = self._db.execute("SELECT id FROM namesakes WHERE type=? AND name=? ORDER BY id", [key, name])
        return [row[0] for row in rows]

    # ---- what was added ----------------------------------------------------------------------------------------------

    def add(self, key: str, ids: Iterable[str]) -> None:
        """Keeps ids of live objects that were not in the backup."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO added VALUES(?,?)", ((key, identity) for identity in ids))
        self._db.execute("COMMIT")

    def added(self) -> Iterator[tuple[str, list[str]]]:
        """Type by type."""
        for (key,) in self._db.execute("SELECT DISTINCT type FROM added ORDER BY type").fetchall():
            yield key, [row[0] for row in self._db.execute("SELECT id FROM added WHERE type=? ORDER BY id", [key])]

    # ---- items -------------------------------------------------------------------------------------------------------

    def put_items(self, items: Iterable[Item]) -> None:
        """Keeps items, in any order."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO items(stage, item) VALUES(?,?)", ((i.stage, encode(i)) for i in items))
        self._db.execute("COMMIT")

    def items(self) -> Iterator[tuple[Item, int]]:
        """Every item with its size, by stage."""
        for (data,) in self._db.execute("SELECT item FROM items ORDER BY stage, seq"):
            yield _decode_item(data), len(data)


def _within(sizes: Sequence[tuple[int, int]]) -> int:
    """The last row of a portion: at least one, and as many as fit."""
    held = 0
    for place, (_, size) in enumerate(sizes):
        held += size
        if held > _PORTION_BYTES and place:
            return sizes[place - 1][0]
    return sizes[-1][0]


def folded_name(values: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The natural keys of an object as one text, without case; "" where it lacks one."""
    found = [values.get(key) for key in keys]
    if not found or any(value in (None, "") for value in found):
        return ""
    return encode([value.casefold() if isinstance(value, str) else value for value in found]).decode()

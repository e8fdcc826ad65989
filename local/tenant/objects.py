"""Objects of the tenant, live and in the recycle bin: rows by kind and id, pages in a stable order.

In: kind names, ids, objects as dicts. Out: dicts for single objects, raw JSON bytes for pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from local.tenant.database import Database, value_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    seq: int
    kind: str
    id: str
    deleted: str
    data: bytes

    def object(self) -> Json:
        return msgspec.json.decode(self.data, type=Json)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list is over: kinds, live or binned, and a compiled filter."""

    kinds: tuple[str, ...]
    binned: bool = False
    where: str = ""
    parameters: tuple[object, ...] = ()

    def clause(self) -> str:
        kinds = " OR ".join(f"kind = '{kind}'" for kind in self.kinds)
        state = "deleted IS NOT NULL" if self.binned else "deleted IS NULL"
        return f"({kinds}) AND {state}" + (f" AND ({self.where})" if self.where else "")


COLUMNS = "seq, kind, id, coalesce(deleted, ''), CAST(data AS BLOB)"
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SHUFFLE_BITS = (1 << 32) - 1


def order_key(shuffle: int) -> str:
    """`seq`, or a bijection of it: an order that looks arbitrary and stays the same from page to page."""
    if not shuffle:
        return "seq"
    return f"((seq * {(shuffle * 2654435761) & SHUFFLE_BITS | 1}) & {SHUFFLE_BITS})"


class Objects:
    def __init__(self, database: Database) -> None:
        self._sql = database.sql

    def row(self, kind: str, key: str, *, binned: bool | None = False) -> Row | None:
        """`binned` None finds it wherever it is."""
        state = "" if binned is None else f" AND deleted IS {'NOT ' if binned else ''}NULL"
        found = self._sql.execute(f"SELECT {COLUMNS} FROM objects WHERE id = ? AND kind = ?{state}", (key, kind))
        row = found.fetchone()
        return Row(*row) if row else None

    def any_kind(self, key: str, kinds: tuple[str, ...], *, binned: bool = False) -> Row | None:
        """The object of this id among kinds that share their ids."""
        wanted = Selection(kinds, binned=binned).clause()
        row = self._sql.execute(f"SELECT {COLUMNS} FROM objects WHERE id = ? AND {wanted}", (key,)).fetchone()
        return Row(*row) if row else None

    def first(self, kind: str) -> Row | None:
        """The one object of a kind that has no more."""
        found = self.page(Selection((kind,)), -1, 1)
        return found[0][1] if found else None

    def where(self, kind: str, name: str, value: object) -> Iterator[Row]:
        """Live objects whose property equals, without regard to case, as the directory compares."""
        found = self._sql.execute(
            f"SELECT {COLUMNS} FROM objects WHERE kind = '{kind}' AND deleted IS NULL "
            f"AND {value_of(name)} = ? COLLATE NOCASE",
            (value,),
        )
        for row in found.fetchall():
            yield Row(*row)

    def page(self, selection: Selection, after: int, limit: int, shuffle: int = 0) -> list[tuple[int, Row]]:
        """Rows behind `after` in the order of `order_key`, each with its key."""
        key = order_key(shuffle)
        found = self._sql.execute(
            f"SELECT {key} AS place, {COLUMNS} FROM objects WHERE {selection.clause()} AND place > ? "
            f"ORDER BY place LIMIT ?",
            (*selection.parameters, after, limit),
        )
        return [(row[0], Row(*row[1:])) for row in found]

    def ordered(self, selection: Selection, by: tuple[str, bool], offset: int, limit: int) -> list[Row]:
        """Rows in the order of a property (and then of creation), counted from the front."""
        name, descending = by
        order = f"{value_of(name)} COLLATE NOCASE {'DESC' if descending else 'ASC'}, seq" if name else "seq"
        found = self._sql.execute(
            f"SELECT {COLUMNS} FROM objects WHERE {selection.clause()} ORDER BY {order} LIMIT ? OFFSET ?",
            (*selection.parameters, limit, offset),
        )
        return [Row(*row) for row in found]

    def count(self, selection: Selection) -> int:
        return int(
            self._sql.execute(
                f"SELECT count(*) FROM objects WHERE {selection.clause()}", selection.parameters
            ).fetchone()[0]
        )

    def insert(self, kind: str, key: str, data: Json) -> None:
        self._sql.execute("INSERT INTO objects (kind, id, data) VALUES (?, ?, ?)", (kind, key, text(data)))

    def replace(self, kind: str, key: str, data: Json) -> None:
        self._sql.execute("UPDATE objects SET data = ? WHERE id = ? AND kind = ?", (text(data), key, kind))

    def set_deleted(self, kind: str, key: str, at: str | None) -> None:
        self._sql.execute("UPDATE objects SET deleted = ? WHERE id = ? AND kind = ?", (at, key, kind))

    def purge(self, kind: str, key: str) -> None:
        self._sql.execute("DELETE FROM objects WHERE id = ? AND kind = ?", (key, kind))

    def binned_before(self, moment: str) -> list[tuple[str, str]]:
        return self._sql.execute(
            "SELECT kind, id FROM objects WHERE deleted IS NOT NULL AND deleted < ?", (moment,)
        ).fetchall()

    def by_id(self, kind: str, after: str, limit: int) -> list[Row]:
        """Rows of a kind, live and binned, in the order of their ids."""
        found = self._sql.execute(
            f"SELECT {COLUMNS} FROM objects WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", (kind, after, limit)
        )
        return [Row(*row) for row in found]

    def kinds(self) -> list[str]:
        return [row[0] for row in self._sql.execute("SELECT DISTINCT kind FROM objects ORDER BY kind")]


def spelled(key: str) -> str:
    """A GUID in lower case, as it is stored; other ids as they are."""
    return key.lower() if GUID.fullmatch(key) else key


def text(data: Json) -> str:
    return msgspec.json.encode(data).decode()

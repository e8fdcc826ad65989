"""What changed, in order: the source of delta rounds.

One row for each change of an object or of one of its links. A delta token holds the number of the last row it has seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from local.tenant.database import Database


@dataclass(frozen=True, slots=True)
class Change:
    """`action` is created, updated, deleted, restored, purged, linked or unlinked; `names` are the properties that an
    update moved."""

    version: int
    kind: str
    id: str
    action: str
    names: frozenset[str]
    link: str
    target_kind: str
    target: str


class Journal:
    def __init__(self, database: Database) -> None:
        self._sql = database.sql

    def object(self, kind: str, key: str, action: str, names: Iterable[str] = ()) -> None:
        self._write(kind, key, action, " ".join(names), "", "", "")

    def link(self, kind: str, key: str, action: str, link: str, target_kind: str, target: str) -> None:
        self._write(kind, key, action, "", link, target_kind, target)

    def version(self) -> int:
        return int(self._sql.execute("SELECT coalesce(max(version), 0) FROM journal").fetchone()[0])

    def last_action(self, kind: str, key: str, before: int) -> str:
        """What happened last to the object itself, before this number; empty where nothing ever did."""
        row = self._sql.execute(
            "SELECT action FROM journal WHERE kind = ? AND id = ? AND link = '' AND version < ? "
            "ORDER BY version DESC LIMIT 1",
            (kind, key, before),
        ).fetchone()
        return row[0] if row else ""

    def since(self, kind: str, version: int, until: int) -> list[Change]:
        found = self._sql.execute(
            "SELECT version, kind, id, action, names, link, target_kind, target FROM journal "
            "WHERE kind = ? AND version > ? AND version <= ? ORDER BY version",
            (kind, version, until),
        )
        return [
            Change(number, kind, key, action, frozenset(names.split()), link, target_kind, target)
            for number, kind, key, action, names, link, target_kind, target in found
        ]

    def _write(self, *values: str) -> None:
        self._sql.execute(
            "INSERT INTO journal (kind, id, action, names, link, target_kind, target) VALUES (?, ?, ?, ?, ?, ?, ?)",
            values,
        )

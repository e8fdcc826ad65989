"""Links between objects, and what lies at their other end.

A link to or from an object in the recycle bin stays in the table, so that a restore brings it back, and is not seen.
"""

from local.tenant.database import Database
from local.tenant.objects import Row

Target = tuple[str, str]

SEEN = "o.seq, o.kind, o.id, '', CAST(o.data AS BLOB)"


class Links:
    def __init__(self, database: Database) -> None:
        self._sql = database.sql

    def add(self, source: Target, link: str, target: Target) -> None:
        self._sql.execute(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?)", (source[1], link, target[1], source[0], target[0])
        )

    def remove(self, source: str, link: str, target: str) -> bool:
        done = self._sql.execute(
            "DELETE FROM links WHERE source = ? AND link = ? AND target = ?", (source, link, target)
        )
        return done.rowcount > 0

    def has(self, source: str, link: str, target: str) -> bool:
        """Whether the row is there, seen or not: a binned member still cannot be added twice."""
        found = self._sql.execute(
            "SELECT 1 FROM links WHERE source = ? AND link = ? AND target = ?", (source, link, target)
        )
        return found.fetchone() is not None

    def clear(self, source: str, link: str) -> None:
        self._sql.execute("DELETE FROM links WHERE source = ? AND link = ?", (source, link))

    def targets(self, source: str, link: str, after: str = "", limit: int = -1) -> list[Target]:
        """Live targets in the order of their ids."""
        return self._sql.execute(
            "SELECT l.target_kind, l.target FROM links l JOIN objects o ON o.id = l.target AND o.kind = l.target_kind "
            "WHERE l.source = ? AND l.link = ? AND l.target > ? AND o.deleted IS NULL ORDER BY l.target LIMIT ?",
            (source, link, after, limit),
        ).fetchall()

    def target_rows(
        self,
        source: str,
        link: str,
        kinds: tuple[str, ...],
        after: str,
        limit: int,
        where: str = "",
        values: tuple[object, ...] = (),
    ) -> list[Row]:
        """`where` is a compiled filter over the targets."""
        return self._rows("target", "source", source, link, kinds, after, limit, where, values)

    def source_rows(self, target: str, link: str, kinds: tuple[str, ...], after: str, limit: int) -> list[Row]:
        return self._rows("source", "target", target, link, kinds, after, limit)

    def count(self, end: str, key: str, link: str, kinds: tuple[str, ...]) -> int:
        """`end` is the end that is counted: "target" or "source"."""
        near = "source" if end == "target" else "target"
        return int(
            self._sql.execute(
                f"SELECT count(*) FROM links l JOIN objects o ON o.id = l.{end} AND o.kind = l.{end}_kind "
                f"WHERE l.{near} = ? AND l.link = ? AND o.deleted IS NULL AND {among(kinds)}",
                (key, link),
            ).fetchone()[0]
        )

    def of_source(self, source: Target) -> list[tuple[str, str, str]]:
        """(link, target kind, target) of all links that start here, also to binned objects."""
        kind, key = source
        return self._sql.execute(
            "SELECT link, target_kind, target FROM links WHERE source = ? AND source_kind = ? ORDER BY link, target",
            (key, kind),
        ).fetchall()

    def of_target(self, target: Target) -> list[tuple[str, str, str]]:
        """(link, source kind, source) of all links that end here."""
        kind, key = target
        return self._sql.execute(
            "SELECT link, source_kind, source FROM links WHERE target = ? AND target_kind = ? ORDER BY link, source",
            (key, kind),
        ).fetchall()

    def forget(self, gone: Target) -> None:
        kind, key = gone
        self._sql.execute("DELETE FROM links WHERE source = ? AND source_kind = ?", (key, kind))
        self._sql.execute("DELETE FROM links WHERE target = ? AND target_kind = ?", (key, kind))

    def _rows(
        self,
        far: str,
        near: str,
        key: str,
        link: str,
        kinds: tuple[str, ...],
        after: str,
        limit: int,
        where: str = "",
        values: tuple[object, ...] = (),
    ) -> list[Row]:
        among_them = among(kinds) + (f" AND ({where})" if where else "")
        found = self._sql.execute(
            f"SELECT {SEEN} FROM links l JOIN objects o ON o.id = l.{far} AND o.kind = l.{far}_kind "
            f"WHERE l.{near} = ? AND l.link = ? AND l.{far} > ? AND o.deleted IS NULL AND {among_them} "
            f"ORDER BY l.{far} LIMIT ?",
            (key, link, after, *values, limit),
        )
        return [Row(*row) for row in found]


def among(kinds: tuple[str, ...]) -> str:
    return "o.kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")" if kinds else "1"

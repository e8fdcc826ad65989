"""What reads see: the store, through replication lag.

In: kinds, ids, selections. Out: rows. Writes never come here.
"""

from local.tenant.database import Database
from local.tenant.lag import LagView
from local.tenant.links import Links, Target
from local.tenant.objects import Objects, Row, Selection, order_key

EVERYTHING = 1 << 62  # behind every row, and more than there can be


class View:
    def __init__(self, database: Database, objects: Objects, links: Links, lag: LagView) -> None:
        self._sql = database.sql
        self._objects = objects
        self._links = links
        self._lag = lag

    def row(self, kind: str, key: str) -> Row | None:
        ghost = self._lag.object(kind, key)
        return ghost.before if ghost is not None else self._objects.row(kind, key)

    def page(self, selection: Selection, after: int, limit: int, shuffle: int) -> list[tuple[int, Row]]:
        rows = self._objects.page(selection, after, limit, shuffle)
        ghosts = [] if selection.binned else self._lag.of_kinds(selection.kinds)
        if not ghosts:
            return rows
        last = rows[-1][0] if len(rows) == limit else EVERYTHING
        hidden = {target for target, _ in ghosts}
        rows = [(place, row) for place, row in rows if (row.kind, row.id) not in hidden]
        for _, before in ghosts:
            if before is not None and self._matches(before, selection):
                place = self._place(before, shuffle)
                if after < place <= last:
                    rows.append((place, before))
        return sorted(rows, key=lambda pair: pair[0])

    def targets(
        self,
        source: str,
        link: str,
        selection: Selection,
        after: str,
        limit: int,
    ) -> list[Row]:
        """Live targets in the order of their keys, of the selection's kinds and filter."""
        ghost = self._lag.links(source, link)
        if ghost is None:
            where, values = selection.where, selection.parameters
            return self._links.target_rows(source, link, selection.kinds, after, limit, where, values)
        wanted: list[Target] = [t for t in sorted(ghost.before, key=lambda t: t[1]) if t[1] > after]
        rows = [self.row(*target) for target in wanted if target[0] in selection.kinds]
        return [row for row in rows if row is not None and self._matches(row, selection)][:limit]

    def linked_ids(self, source: str, link: str, after: str = "", limit: int = -1) -> list[Target]:
        ghost = self._lag.links(source, link)
        if ghost is None:
            return self._links.targets(source, link, after, limit)
        found = [target for target in sorted(ghost.before, key=lambda t: t[1]) if target[1] > after]
        return found if limit < 0 else found[:limit]

    def _matches(self, row: Row, selection: Selection) -> bool:
        if not selection.where:
            return True
        found = self._sql.execute(
            f"SELECT 1 FROM (SELECT ? AS data, ? AS id) WHERE {selection.where}",
            (row.data.decode(), row.id, *selection.parameters),
        )
        return found.fetchone() is not None

    def _place(self, row: Row, shuffle: int) -> int:
        return int(self._sql.execute(f"SELECT {order_key(shuffle)} FROM (SELECT ? AS seq)", (row.seq,)).fetchone()[0])

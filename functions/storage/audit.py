"""The table `Audit`: who did what, when, and how it ended. Rows are only ever added; a partition is a month."""

import secrets
from datetime import datetime

from functions.clock import Clock
from functions.storage.cursors import after, cursor_after
from functions.storage.keys import joined, literal
from functions.storage.rows import StoredRow, columns, row_of, short
from functions.storage.tables import Row, Tables

TABLE = "Audit"
_LAST = 10**16


class AuditRow(StoredRow, frozen=True, kw_only=True):
    """One action. `at` is filled in by `append`."""

    who: str
    roles: tuple[str, ...] = ()
    action: str
    subject: str = ""
    outcome: str
    at: str = ""


class Audit:
    """The audit trail of one tenant."""

    def __init__(self, tables: Tables, tenant: str, clock: Clock) -> None:
        self._tables = tables
        self._tenant = tenant
        self._clock = clock

    async def append(self, row: AuditRow) -> None:
        """Adds a row at the present moment."""
        now = self._clock()
        at = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        found = columns(row) | {"At": at, "Who": short(row.who), "Subject": short(row.subject)}
        place = joined(f"{_LAST - int(now.timestamp() * 1_000_000):016d}", secrets.token_hex(4))
        # A row of a random key put twice is the same row: a lost answer cannot double an entry.
        await self._tables.put(TABLE, Row(self._month(now), place, found))

    async def of_month(self, month: datetime, top: int, cursor: str = "") -> tuple[list[AuditRow], str]:
        """At most `top` rows of a month, newest first, and the cursor of the next, empty at the end."""
        partition = self._month(month)
        where = f"PartitionKey eq {literal(partition)}"
        if cursor:
            where += f" and RowKey gt {literal(after(cursor, TABLE, partition))}"
        entities = await self._tables.first(TABLE, where, top + 1)
        rows = [row_of(AuditRow, entity) for entity in entities[:top]]
        return rows, cursor_after(entities[top - 1]["RowKey"], TABLE, partition) if len(entities) > top else ""

    def _month(self, moment: datetime) -> str:
        return joined(self._tenant, moment.strftime("%Y%m"))

"""The table `Reports`: what upkeep found and did, newest first. One row a report, of the kind `retention`, `verify`
or `index`.

A report is a row and not a file, so that it can be rewritten while the work goes on. Findings are JSON in the row, as
many as fit; `findings_count` counts all of them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from functions.core.runid import inverted, run_id
from functions.storage.keys import joined, literal
from functions.storage.rows import StoredRow, columns, row_of
from functions.storage.tables import Row, Tables

TABLE = "Reports"
FINDINGS_BYTES = 200_000  # of JSON in one row, a fifth of what a row can hold

_BRIEF = ("ReportId", "State", "StartedAt", "StartedBy", "EndedAt", "Request", "Counts", "FindingsCount", "Error")

type Kind = Literal["retention", "verify", "index"]
KINDS: tuple[Kind, ...] = get_args(Kind.__value__)
type ReportState = Literal["running", "done", "failed"]


class ReportRow(StoredRow, frozen=True, kw_only=True):
    """One pass of upkeep. `report_id` is named after its start as a run is; `request` is what was asked for; `counts`
    what was looked at or done so far, by name; `findings` plain JSON objects. Moments are ISO text."""

    report_id: str
    state: ReportState = "running"
    started_at: str
    started_by: str = ""
    ended_at: str = ""
    request: Mapping[str, Any] = {}
    counts: Mapping[str, int] = {}
    findings: tuple[Mapping[str, Any], ...] = ()
    findings_count: int = 0
    error: str = ""


class Reports:
    """The reports of one tenant."""

    def __init__(self, tables: Tables, tenant: str) -> None:
        self._tables = tables
        self._tenant = tenant

    async def put(self, kind: Kind, row: ReportRow) -> None:
        """Writes or rewrites a report: the last one counts. Findings that do not fit are left out and still counted."""
        kept, size = list[Mapping[str, Any]](), 0
        for finding in row.findings:
            size += len(msgspec.json.encode(finding))
            if size > FINDINGS_BYTES:
                break
            kept.append(finding)
        row = msgspec.structs.replace(row, findings=tuple(kept))
        await self._tables.put(TABLE, Row(self._partition(kind), inverted(row.report_id), columns(row)))

    async def newest(self, kind: Kind, count: int = 1, *, findings: bool = True) -> list[ReportRow]:
        """The newest reports of a kind, newest first; on request without their findings, which are most of a row."""
        where = f"PartitionKey eq {literal(self._partition(kind))}"
        select = () if findings else _BRIEF
        return [row_of(ReportRow, entity) for entity in await self._tables.first(TABLE, where, count, select=select)]

    async def forget(self, kind: Kind, before: datetime, keep: int) -> int:
        """Removes the reports of a kind that began before a moment, but for the newest `keep`. Returns how many."""
        newest = await self.newest(kind, keep)
        if len(newest) < keep:
            return 0
        last = max(inverted(newest[-1].report_id), inverted(run_id(before)))
        return await self._tables.clear(
            TABLE, f"PartitionKey eq {literal(self._partition(kind))} and RowKey gt {literal(last)}"
        )

    def _partition(self, kind: Kind) -> str:
        return joined(self._tenant, kind)

"""The table `Runs`: every run of a tenant, newest first, and the progress of one that works.

A reader of any other table asks here which runs are committed: rows that name another run do not count.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from functions.core.runid import inverted, run_id
from functions.errors import RowConflict, RowMissing
from functions.storage.cursors import after, cursor_after
from functions.storage.keys import HIGHEST, JOINT, joined, key, literal, starting
from functions.storage.rows import StoredRow, columns, row_of, short
from functions.storage.tables import Row, Stored, Tables

TABLE = "Runs"
_FRESH = 5.0  # seconds for which another process's commit may go unseen
_ATTEMPTS = 5
_BRIEF = ("RunId", "State", "StartedAt", "ManifestSha256", "DueAt", "FinalAt", "VerifiedAt")
_SOME = 50  # runs asked for at a time where all are wanted: a row may be a hundred kilobytes
_FEW = 10  # runs asked for at a time where the first is nearly always the one


class RunState(StrEnum):
    """`running` → `committed` or `failed`; `committed` → `pruning` → `removed`, by retention alone, or back again where
    the account's immutability keeps the run."""

    RUNNING = "running"
    COMMITTED = "committed"
    FAILED = "failed"
    PRUNING = "pruning"
    REMOVED = "removed"


WAS_COMMITTED = (RunState.COMMITTED, RunState.PRUNING, RunState.REMOVED)


class RunRow(StoredRow, frozen=True, kw_only=True):
    """One run. `types` is the summary per type as the manifest has it; `error` says why a run failed.

    `manifest_sha256` is what the manifest had when it was written. `due_at` is when the retention rules first let the
    run go, "" while they keep it; `final_at` when its files began to be deleted, after which it does not come back;
    `removed_at` when it went. `verified_at` is when it was last read through and found
    whole. Moments are ISO text.
    """

    run_id: str
    state: RunState = RunState.RUNNING
    started_at: str
    started_by: str = ""
    ended_at: str = ""
    types: Mapping[str, Any] = {}
    error: str = ""
    manifest_sha256: str = ""
    due_at: str = ""
    final_at: str = ""
    removed_at: str = ""
    verified_at: str = ""


class ProgressRow(StoredRow, frozen=True, kw_only=True):
    """How far one type is."""

    type: str
    phase: str
    objects: int = 0
    requests: int = 0
    updated_at: str = ""


class Runs:
    """The runs of one tenant. `tick` is a clock that only goes forward, in seconds."""

    def __init__(self, tables: Tables, tenant: str, *, tick: Callable[[], float] = time.monotonic) -> None:
        self._tables = tables
        self._tenant = tenant
        self._tick = tick
        self._committed: frozenset[str] = frozenset()
        self._counted: frozenset[str] = frozenset()
        self._known_until = float("-inf")
        self._asking = asyncio.Lock()

    async def start(self, run: str, *, started_at: str, started_by: str = "") -> RunRow:
        """Notes that a run begins. Repeating the same start is harmless; RowConflict if the run is another's."""
        wanted = RunRow(run_id=run, started_at=started_at, started_by=short(started_by))
        try:
            await self._tables.insert(TABLE, self._row(wanted))
        except RowConflict:
            found = (await self._stored(run))[0]
            if (found.state, found.started_at, found.started_by) != (wanted.state, started_at, wanted.started_by):
                raise
            return found
        return wanted

    async def finish(
        self,
        run: str,
        state: RunState,
        *,
        ended_at: str,
        types: Mapping[str, Any] | None = None,
        error: str = "",
        manifest_sha256: str = "",
    ) -> RunRow:
        """Notes how a run ended. Repeating it is harmless; RowConflict if the run has already ended otherwise."""
        for _ in range(_ATTEMPTS):
            row, stored = await self._stored(run)
            if row.state is state:
                break
            if row.state is not RunState.RUNNING:
                raise RowConflict(f"run {run} is {row.state} and cannot become {state}")
            row = msgspec.structs.replace(
                row,
                state=state,
                ended_at=ended_at,
                types=types or {},
                error=short(error),
                manifest_sha256=manifest_sha256,
            )
            try:
                await self._tables.swap(TABLE, self._row(row), stored.etag)
                break
            except RowConflict:
                continue  # another writer came first, or our own write did and its answer was lost: look again
        else:
            raise RowConflict(f"run {run} is being changed by others")
        if state is RunState.COMMITTED:
            self._committed |= {run}
            self._counted |= {run}
        return row

    async def change(self, run: str, change: Callable[[RunRow], RunRow]) -> RunRow:
        """Replaces the row of a run by what `change` makes of it, whoever else writes it meanwhile; `change` may be
        called again. Raises RowMissing, and RowConflict when others never cease."""
        for _ in range(_ATTEMPTS):
            row, stored = await self._stored(run)
            changed = change(row)
            if changed == row:
                return row
            try:
                await self._tables.swap(TABLE, self._row(changed), stored.etag)
            except RowConflict:
                continue
            self._known_until = float("-inf")
            return changed
        raise RowConflict(f"run {run} is being changed by others")

    async def put(self, row: RunRow) -> None:
        """Writes the row of a run that has ended, whatever was there: for an index that is made anew."""
        await self._tables.put(TABLE, self._row(row))
        self._known_until = float("-inf")

    async def clear(self) -> int:
        """Removes the rows of all runs and returns how many: for an index that is made anew."""
        removed = await self._tables.clear(TABLE, f"PartitionKey eq {literal(key(self._tenant))}")
        self._committed = self._counted = frozenset()
        self._known_until = float("-inf")
        return removed

    async def get(self, run: str) -> RunRow:
        """One run. Raises RowMissing."""
        return (await self._stored(run))[0]

    async def newest_first(
        self, top: int, cursor: str = "", *, without: RunState | None = None
    ) -> tuple[list[RunRow], str]:
        """At most `top` runs, of any state but one, and the cursor of the next, which is empty at the end."""
        where = f"PartitionKey eq {literal(key(self._tenant))}"
        if without:
            where += f" and State ne {literal(without)}"
        if cursor:
            where += f" and RowKey gt {literal(after(cursor, TABLE, self._tenant))}"
        entities = await self._tables.first(TABLE, where, top + 1)
        rows = [row_of(RunRow, entity) for entity in entities[:top]]
        more = len(entities) > top
        return rows, cursor_after(inverted(rows[-1].run_id), TABLE, self._tenant) if more else ""

    async def committed(self, *, fresh: bool = False) -> frozenset[str]:
        """The ids of all committed runs that are there; those of other processes a few seconds late, unless `fresh`."""
        await self._know(fresh)
        return self._committed

    async def counted(self, *, fresh: bool = False) -> frozenset[str]:
        """The ids of all runs whose rows in other tables count: those that are there, and those that retention has
        removed, because what they found first may still hold. As late as `committed`."""
        await self._know(fresh)
        return self._counted

    async def _know(self, fresh: bool) -> None:
        if not fresh and self._tick() < self._known_until:
            return
        async with self._asking:
            if fresh or self._tick() >= self._known_until:
                asked = self._tick()
                states = " or ".join(f"State eq {literal(state)}" for state in WAS_COMMITTED)
                where = f"PartitionKey eq {literal(key(self._tenant))} and ({states})"
                before, counted, committed = self._counted, set[str](), set[str]()
                async for entity in self._tables.query(TABLE, where, select=["RunId", "State"]):
                    counted.add(entity["RunId"])
                    if entity["State"] == RunState.COMMITTED:
                        committed.add(entity["RunId"])
                # What this process committed while the question was under way is not in the answer.
                meanwhile = self._counted - before
                self._counted, self._committed = frozenset(counted) | meanwhile, frozenset(committed) | meanwhile
                self._known_until = asked + _FRESH

    async def committed_newest_first(self) -> AsyncIterator[str]:
        """The ids of committed runs, read as far as they are asked for. Always asks the service."""
        where = f"PartitionKey eq {literal(key(self._tenant))} and State eq 'committed'"
        async with aclosing(self._tables.query(TABLE, where, select=["RunId"], page=_FEW)) as found:
            async for entity in found:
                yield entity["RunId"]

    async def of_states(self, *states: RunState) -> AsyncIterator[RunRow]:
        """The runs in these states, newest first. Always asks the service."""
        wanted = " or ".join(f"State eq {literal(state)}" for state in states)
        where = f"PartitionKey eq {literal(key(self._tenant))} and ({wanted})"
        async with aclosing(self._tables.query(TABLE, where, page=_SOME)) as found:
            async for entity in found:
                yield row_of(RunRow, entity)

    async def briefly(self) -> AsyncIterator[RunRow]:
        """Every run, newest first, without what became of its types. Always asks the service."""
        where = f"PartitionKey eq {literal(key(self._tenant))}"
        async with aclosing(self._tables.query(TABLE, where, select=_BRIEF)) as found:
            async for entity in found:
                yield row_of(RunRow, entity)

    async def running(self) -> list[RunRow]:
        """The runs that have not ended, newest first: one that works, and any that died. Always asks the service."""
        where = f"PartitionKey eq {literal(key(self._tenant))} and State eq 'running'"
        return [row_of(RunRow, entity) async for entity in self._tables.query(TABLE, where)]

    async def put_progress(self, run: str, row: ProgressRow) -> None:
        """Notes how far a type is; the last one counts."""
        await self._tables.put(TABLE, Row(self._progress, joined(run, row.type), columns(row)))

    async def progress(self, run: str) -> list[ProgressRow]:
        """How far each type of a run is, by type."""
        where = f"PartitionKey eq {literal(self._progress)} and {starting('RowKey', key(run) + '|')}"
        return [row_of(ProgressRow, entity) async for entity in self._tables.query(TABLE, where)]

    async def forget_progress(self, before: datetime) -> int:
        """Removes the progress of runs that began before a moment, but for those that work. Returns how many rows."""
        where = f"PartitionKey eq {literal(self._progress)} and RowKey lt {literal(key(run_id(before)))}"
        for row in await self.running():
            first = key(row.run_id) + JOINT
            where += f" and (RowKey lt {literal(first)} or RowKey ge {literal(first + HIGHEST)})"
        return await self._tables.clear(TABLE, where)

    @property
    def _progress(self) -> str:
        return joined(self._tenant, "progress")

    def _row(self, row: RunRow) -> Row:
        return Row(key(self._tenant), inverted(row.run_id), columns(row))

    async def _stored(self, run: str) -> tuple[RunRow, Stored]:
        stored = await self._tables.get(TABLE, key(self._tenant), inverted(run))
        if stored is None:
            raise RowMissing(f"there is no run {run}")
        return row_of(RunRow, stored.entity), stored

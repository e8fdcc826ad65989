"""The journal of applying plans, in the table `Restores` beside the plans themselves.

One row a step, overwritten as the step goes on, written many in one transaction together with the plan's counters, so
that the counters are true whenever the process dies. One process at a time writes: nothing is written without the row
of its turn, which goes when the next one takes over.

Keys: `{planId}` for the counters, `{planId}|turn|{turn}` for whose turn it is, `{planId}|{item}|{step}` for a step, and
`{planId}|passwords|{item}` for a password that was issued.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from functions.errors import RowConflict, RowMissing
from functions.storage.keys import JOINT, joined, key, literal, starting
from functions.storage.rows import Small, StoredRow, columns, row_of
from functions.storage.tables import Row, Tables
from functions.storage.wire import Write

TABLE = "Restores"
MOST_ROWS = 98  # of the journal in one transaction: two more hold the counters and the turn
_PASSWORDS = "passwords"
_TURN = "turn"


class StepOutcome(StrEnum):
    """How far a step is. `conflict`: the live object had moved, nothing was written."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    CONFLICT = "conflict"
    FAILED = "failed"


class Tally(StoredRow, frozen=True, kw_only=True):
    """How far a plan is: steps by outcome, and how many of its first items have all ended in the attempt that has
    `claim`."""

    claim: str = ""
    ended: Small = 0
    done: Small = 0
    failed: Small = 0
    conflicts: Small = 0
    skipped: Small = 0


class TurnRow(StoredRow, frozen=True, kw_only=True):
    """Whose turn it is: each process that takes up a plan has the next number."""

    turn: Small


class StepRow(StoredRow, frozen=True, kw_only=True):
    """One step: `step` is its place in the item, from 1. `claim` is that of the attempt in which the row was written.
    `detail` is for people, never a secret."""

    item: int
    step: int
    action: str = ""
    outcome: StepOutcome = StepOutcome.PENDING
    claim: str = ""
    started_at: str = ""
    ended_at: str = ""
    result_id: str = ""
    detail: Mapping[str, Any] = {}


class PasswordRow(StoredRow, frozen=True, kw_only=True):
    """A password was issued for the user that an item made, or could not be. It tells no password."""

    item: int
    at: str
    failed: bool = False


class Restores:
    """The journals of one tenant."""

    def __init__(self, tables: Tables, tenant: str) -> None:
        self._tables = tables
        self._partition = key(tenant)

    async def tally(self, plan_id: str) -> Tally | None:
        """The counters of a plan, None while its journal is empty."""
        stored = await self._tables.get(TABLE, self._partition, key(plan_id))
        return None if stored is None else row_of(Tally, stored.entity)

    async def write(self, plan_id: str, rows: Sequence[StepRow], tally: Tally, *, turn: int) -> None:
        """Rows of the journal, each over the one before, with the counters: all of it or nothing. At most MOST_ROWS,
        each step once. `turn`: that of the process, 0 for one that begins the journal with this and then has the
        first. Raises RowConflict where another process has taken over, and of a beginning where there is a journal."""
        kept = [
            Row(self._partition, key(plan_id), columns(tally), Write.REPLACE if turn else Write.INSERT),
            self._turn(plan_id, turn or 1, Write.UPDATE if turn else Write.INSERT),
            *(Row(self._partition, _step_key(plan_id, row.item, row.step), columns(row)) for row in rows),
        ]
        await self._write(plan_id, kept)

    async def take_over(self, plan_id: str) -> int:
        """The next turn, 0 where the journal is empty: from now on nothing is written by whoever had the one before.

        Raises RowConflict where somebody else was faster, or where the answer to this very write was lost."""
        found = await self._between(TurnRow, joined(plan_id, _TURN, ""), joined(plan_id, _TURN, "~"))
        if not found:
            return 0
        before = found[-1].turn
        kept = [self._turn(plan_id, before, Write.REMOVE), self._turn(plan_id, before + 1, Write.INSERT)]
        await self._write(plan_id, kept)
        return before + 1

    async def journal(self, plan_id: str, first: int, last: int) -> list[StepRow]:
        """The rows of the steps of the items from `first` to `last`, in the order of the plan."""
        return await self._between(StepRow, _step_key(plan_id, first, 0), _step_key(plan_id, last + 1, 0))

    async def passwords(self, plan_id: str) -> dict[int, PasswordRow]:
        """By item, which passwords have been issued."""
        low, high = joined(plan_id, _PASSWORDS, ""), joined(plan_id, _PASSWORDS, "~")
        return {row.item: row for row in await self._between(PasswordRow, low, high)}

    async def issue(self, plan_id: str, row: PasswordRow, *, again: bool) -> None:
        """Notes that a password is about to be issued, or how that went. Unless `again`, raises RowConflict where one
        has been."""
        kept = Row(self._partition, joined(plan_id, _PASSWORDS, f"{row.item:07d}"), columns(row))
        await (self._tables.put(TABLE, kept) if again else self._tables.insert(TABLE, kept))

    async def remove(self, plan_id: str) -> int:
        """Removes the journal of a plan and says how many rows that were."""
        plan = key(plan_id)
        return await self._tables.clear(
            TABLE,
            f"PartitionKey eq {literal(self._partition)} and "
            f"(RowKey eq {literal(plan)} or ({starting('RowKey', plan + JOINT)}))",
        )

    def _turn(self, plan_id: str, turn: int, write: Write) -> Row:
        return Row(self._partition, joined(plan_id, _TURN, f"{turn:07d}"), columns(TurnRow(turn=turn)), write)

    async def _write(self, plan_id: str, rows: Sequence[Row]) -> None:
        try:
            await self._tables.write(TABLE, rows)
        except RowMissing as gone:
            raise RowConflict(f"another process has taken over plan {plan_id}") from gone

    async def _between[R: StoredRow](self, kind: type[R], low: str, high: str) -> list[R]:
        where = f"PartitionKey eq {literal(self._partition)} and RowKey ge {literal(low)} and RowKey lt {literal(high)}"
        return [row_of(kind, entity) async for entity in self._tables.query(TABLE, where)]


def _step_key(plan_id: str, item: int, step: int) -> str:
    return joined(plan_id, f"{item:07d}", f"{step:04d}")

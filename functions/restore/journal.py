"""The journal of one plan being applied: each step is written down before it is taken and after.

One process at a time writes: who takes up a plan takes it over, and ends whoever was still at it with its next write.
A step without a row is pending; one that is `running` may or may not have had its effect, and is looked for before it
is sent again. `running` returns when the row is durable. How a step ended is queued and goes out with the next rows
that somebody waits for, or when `flush` is called: if the process dies in between, the step is found `running`.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from functions import log
from functions.clock import Clock, iso
from functions.core.plan import Item, PageRef, Plan, Step
from functions.errors import GraphError, LifeboatError, RowConflict
from functions.storage.open import Stores
from functions.storage.plans import PlanRow, PlanState
from functions.storage.restores import MOST_ROWS, StepOutcome, StepRow, Tally

FINAL = frozenset({StepOutcome.DONE, StepOutcome.SKIPPED, StepOutcome.CONFLICT, StepOutcome.FAILED})
ENDED = frozenset({PlanState.APPLIED, PlanState.PARTIAL, PlanState.FAILED, PlanState.CANCELLED, PlanState.EXPIRED})

_TAKING_OVER = 3  # attempts
_FOR_GOOD = frozenset({StepOutcome.DONE, StepOutcome.CONFLICT})

_COUNTED = {
    StepOutcome.DONE: "done",
    StepOutcome.FAILED: "failed",
    StepOutcome.CONFLICT: "conflicts",
    StepOutcome.SKIPPED: "skipped",
}

type Place = tuple[int, int]  # an item's number, and the place of a step in it, from 1


class Journal:
    """The plan, and the rows of the steps of those items that are at hand."""

    def __init__(self, stores: Stores, clock: Clock, row: PlanRow, plan: Plan) -> None:
        self.row = row
        self.plan = plan
        self.tally = Tally(claim=row.claim)
        self._restores = stores.restores
        self._clock = clock
        self._rows: dict[Place, StepRow] = {}
        self._turn = 0  # nothing says yet that somebody was here before
        self._queue: dict[Place, tuple[StepRow, StepOutcome]] = {}  # with the outcome that is written down so far
        self._found = self._written = self.tally
        self._waiting: list[asyncio.Future[None]] = []
        self._sending: asyncio.Task[None] | None = None
        self._lost: BaseException | None = None
        self._steps = plan.steps
        self.first_error = ""

    async def look(self) -> None:
        """Takes in the counters."""
        found = await self._restores.tally(self.plan.plan_id)
        if found is not None:
            ended = found.ended if found.claim == self.row.claim else 0
            self.tally = self._found = self._written = msgspec.structs.replace(found, claim=self.row.claim, ended=ended)

    async def resume(self) -> None:
        """Takes over from those who were here before. One of them who is still at work writes nothing any more, and so
        sends nothing that is not written down yet; what is read of the journal from now on stays true."""
        for attempt in range(1, _TAKING_OVER + 1):
            try:
                self._turn = await self._restores.take_over(self.plan.plan_id)
                break
            except RowConflict:
                if attempt == _TAKING_OVER:
                    raise
        if self._turn:
            await self.look()  # now that nobody else counts any more

    async def read(self, page: PageRef) -> None:
        """Takes in the rows of one page; those of a plan whose journal is empty are not asked for."""
        if self._turn:
            last = page.first + page.items - 1
            for row in await self._restores.journal(self.plan.plan_id, page.first, last):
                self._rows.setdefault((row.item, row.step), row)

    async def outcomes(self, page: PageRef) -> Mapping[Place, StepOutcome]:
        """How the steps of one page have ended, as it is written down: those that have, see `over`."""
        rows = await self._restores.journal(self.plan.plan_id, page.first, page.first + page.items - 1)
        return {(row.item, row.step): row.outcome for row in rows if self._is_over(row)}

    def forget(self, item: Item) -> None:
        """Lets go of the rows of an item that has ended."""
        for place in range(1, len(item.steps) + 1):
            self._rows.pop((item.number, place), None)

    def row_of(self, place: Place) -> StepRow | None:
        """The row of a step, None while it is pending."""
        return self._rows.get(place)

    def outcome(self, place: Place) -> StepOutcome:
        """How far a step is."""
        row = self._rows.get(place)
        return row.outcome if row else StepOutcome.PENDING

    def over(self, item: Item, place: int) -> bool:
        """True when a step has ended: in this attempt, or done before. Nothing that met a conflict is tried again: the
        plan does not fit that object any more."""
        row = self._rows.get((item.number, place))
        return row is not None and self._is_over(row)

    async def running(
        self, item: Item, places: Sequence[int], detail: Mapping[str, Any] | None = None, result_id: str = ""
    ) -> None:
        """About to be sent, one after another. Sent again after a stop, a step keeps what the first time found."""
        rows = []
        for place in places:
            row = self._row(item, place)
            started = row.started_at if row.outcome is StepOutcome.RUNNING else ""
            rows.append(
                msgspec.structs.replace(
                    row,
                    outcome=StepOutcome.RUNNING,
                    claim=self.row.claim,
                    started_at=started or iso(self._clock()),
                    ended_at="",
                    result_id=result_id or row.result_id,
                    detail=detail if detail is not None else row.detail,
                )
            )
        await self._durable(rows)

    def done(self, item: Item, place: int, *, result_id: str = "", **detail: Any) -> None:
        """Sent, and read back."""
        self._end(item, place, StepOutcome.DONE, result_id, detail)

    def failed(self, item: Item, place: int, error: LifeboatError, *, result_id: str = "", **detail: Any) -> None:
        """Refused, or not seen after it was sent."""
        log.warning("restore.step_failed", plan=self.plan.plan_id, step=f"{item.number}.{place}", code=error.code)
        self.first_error = self.first_error or error.message
        self._end(item, place, StepOutcome.FAILED, result_id, {"error": told(error), **detail})

    def skipped(self, item: Item, place: int, reason: str) -> None:
        """Not sent, because of what came before."""
        self._end(item, place, StepOutcome.SKIPPED, "", {"reason": reason})

    def conflict(self, item: Item, place: int, error: LifeboatError) -> None:
        """Not sent, because the object has moved."""
        log.warning("restore.conflict", plan=self.plan.plan_id, step=f"{item.number}.{place}")
        self.first_error = self.first_error or error.message
        self._end(item, place, StepOutcome.CONFLICT, "", {"error": told(error)})

    def unmark(self, item: Item, place: int) -> None:
        """Written down as about to be sent, and left for later."""
        row = self._row(item, place)
        self._put(msgspec.structs.replace(row, outcome=StepOutcome.PENDING, started_at=""))

    def ended(self, items: int) -> None:
        """That many of the plan's first items have ended."""
        self.tally = msgspec.structs.replace(self.tally, ended=items)

    async def flush(self) -> None:
        """Writes down what is queued."""
        if self._queue or self._sending is not None:
            await self._durable(())

    @property
    def wrote(self) -> bool:
        """True once something has been written down by this process."""
        return self._written is not self._found or bool(self._queue)

    @property
    def contested(self) -> bool:
        """True when the journal was taken for empty, and was not."""
        return not self._turn and isinstance(self._lost, RowConflict)

    @property
    def verdict(self) -> PlanState:
        """How the plan ended, as its steps did."""
        if self.tally.done == self._steps:
            return PlanState.APPLIED
        return PlanState.PARTIAL if self.tally.done else PlanState.FAILED

    def _end(self, item: Item, place: int, outcome: StepOutcome, result_id: str, detail: dict[str, Any]) -> None:
        row = self._row(item, place)
        self._put(
            msgspec.structs.replace(
                row,
                outcome=outcome,
                claim=self.row.claim,
                ended_at=iso(self._clock()),
                result_id=result_id or row.result_id,
                detail=detail,
            )
        )

    def _is_over(self, row: StepRow) -> bool:
        return row.outcome in _FOR_GOOD or (row.outcome in FINAL and row.claim == self.row.claim)

    def _row(self, item: Item, place: int) -> StepRow:
        step: Step = item.steps[place - 1]
        return self._rows.get((item.number, place)) or StepRow(item=item.number, step=place, action=step.action)

    def _put(self, row: StepRow) -> None:
        place = (row.item, row.step)
        before = self.outcome(place)
        self.tally = _counted(self.tally, [(row, before)])
        self._queue[place] = (row, self._queue[place][1] if place in self._queue else before)
        self._rows[place] = row

    async def _durable(self, rows: Iterable[StepRow]) -> None:
        if self._lost is not None:
            raise self._lost
        for row in rows:
            self._put(row)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(written)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())
        await written

    async def _send(self) -> None:
        """Writes until nothing is queued. Those who wait are let go when all that was queued with them is written."""
        waiting: list[asyncio.Future[None]] = []
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                queued, self._queue, ended = list(self._queue.values()), {}, self.tally.ended
                for start in range(0, max(1, len(queued)), MOST_ROWS):
                    part = queued[start : start + MOST_ROWS]
                    tally = _counted(self._written, part)
                    if start + MOST_ROWS >= len(queued):
                        tally = msgspec.structs.replace(tally, ended=ended)
                    rows = [row for row, _ in part]
                    await self._restores.write(self.plan.plan_id, rows, tally, turn=self._turn)
                    self._turn, self._written = self._turn or 1, tally
                for written in waiting:
                    if not written.done():
                        written.set_result(None)
        except BaseException as error:  # noqa: BLE001 - whoever waits has to know
            self._lost = error
            for written in (*waiting, *self._waiting):
                if not written.done():
                    written.set_exception(error)
        finally:
            self._sending = None


def _counted(tally: Tally, rows: Iterable[tuple[StepRow, StepOutcome]]) -> Tally:
    """The counters after these rows, each beside the outcome that its step had before."""
    moved = {name: getattr(tally, name) for name in _COUNTED.values()}
    for row, before in rows:
        if name := _COUNTED.get(before):
            moved[name] -= 1
        if name := _COUNTED.get(row.outcome):
            moved[name] += 1
    return msgspec.structs.replace(tally, **moved)


def told(error: LifeboatError) -> dict[str, str]:
    """An error as it stands in a journal and an answer."""
    found = {"code": error.code, "message": error.message, "remedy": error.remedy}
    if isinstance(error, GraphError):
        found |= {"graphCode": error.graph_code, "graphMessage": error.graph_message, "requestId": error.request_id}
    return {key: value for key, value in found.items() if value}

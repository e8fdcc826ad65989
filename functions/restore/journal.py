"""The journal of one plan being applied: each step is written down before it is taken and after.

A step without a row is pending; one that is `running` may or may not have had its effect, and its row holds what is
needed to find out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from functions import log
from functions.clock import Clock, iso
from functions.core.plan import Plan, Step, load
from functions.errors import GraphError, LifeboatError, LiveObjectMoved
from functions.storage.restores import PlanRow, PlanState, Restores, StepOutcome, StepRow

PASSWORDS = 90_000
"""Rows from here on tell of issued passwords, not of steps."""

FINAL = frozenset({StepOutcome.DONE, StepOutcome.SKIPPED, StepOutcome.CONFLICT, StepOutcome.FAILED})
ENDED = frozenset({PlanState.APPLIED, PlanState.PARTIAL, PlanState.FAILED, PlanState.EXPIRED})


@dataclass(slots=True)
class Journal:
    """The plan, its header and the rows of its steps, by the place of the step."""

    restores: Restores
    clock: Clock
    header: PlanRow
    plan: Plan
    rows: dict[int, StepRow]

    @staticmethod
    async def open(restores: Restores, plan_id: str, clock: Clock) -> "Journal":
        """Reads everything. Raises RowMissing for no plan, IntegrityError where the text is not what was kept."""
        header = await restores.get(plan_id)
        plan = load(await restores.text(plan_id))
        rows = {row.step: row for row in await restores.steps(plan_id) if row.step < PASSWORDS}
        return Journal(restores, clock, header, plan, rows)

    @property
    def untouched(self) -> bool:
        """True while no step has been taken."""
        return not self.rows

    @property
    def halted(self) -> bool:
        """True once nothing more may be sent, whatever steps are left."""
        return any(row.detail.get("halts") for row in self.rows.values())

    def outcome(self, place: int) -> StepOutcome:
        """How far a step is."""
        return self.rows[place].outcome if place in self.rows else StepOutcome.PENDING

    @property
    def made_id(self) -> str:
        """The id of the object that this plan created or undeleted; "" before that."""
        return next(
            (self.rows[place].result_id for place in self._makers() if place in self.rows),
            "",
        )

    @property
    def makes(self) -> bool:
        """True for a plan that creates or undeletes its object."""
        return bool(self._makers())

    def _makers(self) -> list[int]:
        return [place for place, step in enumerate(self.plan.steps) if step.action in {"create", "restoreDeleted"}]

    async def running(self, place: int, detail: Mapping[str, Any] | None = None) -> None:
        """About to be sent. Sent again after a stop, it keeps what the first time found."""
        row = self.rows.get(place) or self._row(place)
        started = row.started_at or self._now()
        await self._put(place, row, StepOutcome.RUNNING, started_at=started, detail=detail or row.detail)

    async def made(self, place: int, identity: str) -> None:
        """Graph has made an object: its id is kept before anything else can fail."""
        await self._put(place, self.rows[place], StepOutcome.RUNNING, result_id=identity)

    async def done(self, place: int, *, result_id: str = "", **detail: Any) -> None:
        """Sent, and read back."""
        await self._end(place, StepOutcome.DONE, result_id, detail)

    async def failed(self, place: int, error: LifeboatError, *, result_id: str = "") -> None:
        """Refused, or not seen after it was sent."""
        log.warning("restore.step_failed", plan=self.plan.plan_id, step=self.plan.steps[place].id, code=error.code)
        await self._end(place, StepOutcome.FAILED, result_id, {"error": told(error)})

    async def skipped(self, place: int, reason: str) -> None:
        """Not sent, because of what came before."""
        await self._end(place, StepOutcome.SKIPPED, "", {"reason": reason})

    async def halt(self, place: int, error: LifeboatError) -> None:
        """Not sent, and nothing after it either: the tenant has moved, or could not be compared with the plan."""
        log.warning("restore.halted", plan=self.plan.plan_id, step=self.plan.steps[place].id, code=error.code)
        outcome = StepOutcome.CONFLICT if isinstance(error, LiveObjectMoved) else StepOutcome.FAILED
        await self._end(place, outcome, "", {"error": told(error), "halts": True})

    async def finish(self) -> PlanState:
        """Writes down how the plan ended, as its steps did."""
        if self.header.state in ENDED:
            return self.header.state
        outcomes = [self.outcome(place) for place in range(len(self.plan.steps))]
        done = outcomes.count(StepOutcome.DONE)
        state = PlanState.PARTIAL if done else PlanState.FAILED
        if done == len(outcomes):
            state = PlanState.APPLIED
        errors = [row.detail["error"] for _, row in sorted(self.rows.items()) if "error" in row.detail]
        message = str(errors[0].get("message", "")) if errors else ""
        self.header = await self.restores.finish(self.plan.plan_id, state, error=message)
        log.info("restore.ended", plan=self.plan.plan_id, state=state, done=done, steps=len(outcomes))
        return state

    async def _end(self, place: int, outcome: StepOutcome, result_id: str, detail: dict[str, Any]) -> None:
        row = self.rows.get(place) or self._row(place)
        await self._put(place, row, outcome, ended_at=self._now(), result_id=result_id or row.result_id, detail=detail)

    async def _put(self, place: int, row: StepRow, outcome: StepOutcome, **changes: Any) -> None:
        row = msgspec.structs.replace(row, outcome=outcome, **changes)
        await self.restores.put_step(self.plan.plan_id, row)
        self.rows[place] = row

    def _row(self, place: int) -> StepRow:
        step: Step = self.plan.steps[place]
        return StepRow(step=place, step_id=step.id, action=step.action)

    def _now(self) -> str:
        return iso(self.clock())


def told(error: LifeboatError) -> dict[str, str]:
    """An error as it stands in a journal and an answer."""
    found = {"code": error.code, "message": error.message, "remedy": error.remedy}
    if isinstance(error, GraphError):
        found |= {"graphCode": error.graph_code, "graphMessage": error.graph_message, "requestId": error.request_id}
    return {key: value for key, value in found.items() if value}

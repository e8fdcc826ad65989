"""A plan as a caller sees it: the plan, and the outcome of each step so far."""

from typing import Any

import msgspec

from functions.clock import Clock
from functions.core.plan import Plan, Step
from functions.errors import CallerError, RowMissing
from functions.restore.journal import ENDED, Journal
from functions.restore.start import expired
from functions.storage.open import Stores
from functions.storage.restores import PlanState, StepOutcome

type Json = dict[str, Any]


async def plan_view(stores: Stores, plan_id: str, clock: Clock) -> Json:
    """The whole view as JSON. Raises CallerError 404 `unknownPlan`."""
    try:
        journal = await Journal.open(stores.restores, plan_id, clock)
    except RowMissing:
        raise CallerError(404, "unknownPlan", "There is no such restore plan.") from None
    plan, header = journal.plan, journal.header
    state = header.state
    if state is PlanState.PLANNED and expired(header, clock):
        state = PlanState.EXPIRED
    return {
        "planId": plan.plan_id,
        "state": state.value,
        "type": plan.type,
        "objectId": plan.object_id,
        "liveId": journal.made_id or ("" if plan.standing == "gone" else plan.live_id),
        "name": plan.name,
        "standing": plan.standing,
        "run": plan.run,
        "mode": plan.mode,
        "createdAt": plan.created_at,
        "createdBy": header.created_by,
        "expiresAt": plan.expires_at,
        "appliedBy": header.claimed_by,
        "startedAt": header.claimed_at,
        "endedAt": header.ended_at,
        "hash": header.hash,
        "error": header.error,
        "steps": [_step(journal, place, step) for place, step in enumerate(plan.steps)],
        "gaps": gaps_of(plan),
    }


def gaps_of(plan: Plan) -> list[Json]:
    """The gaps, with the plan's own id where a gap tells of a call."""
    return [
        {key: str(value).replace("{planId}", plan.plan_id) for key, value in msgspec.to_builtins(gap).items()}
        for gap in plan.gaps
    ]


def _step(journal: Journal, place: int, step: Step) -> Json:
    row = journal.rows.get(place)
    outcome = journal.outcome(place)
    if outcome is StepOutcome.PENDING and journal.header.state in ENDED - {PlanState.EXPIRED}:
        outcome = StepOutcome.SKIPPED
    return {
        "id": step.id,
        "action": step.action,
        "method": step.method,
        "path": step.path,
        "reason": step.reason,
        "body": step.body,
        "before": step.before,
        "after": step.after,
        "outcome": outcome.value,
        "startedAt": row.started_at if row else "",
        "endedAt": row.ended_at if row else "",
        "resultId": row.result_id if row else "",
        "error": row.detail.get("error") if row else None,
    }

"""A plan as a caller sees it: its head with how far it is, and its items with the outcome of each step so far."""

from typing import Any

import msgspec

from functions.clock import Clock
from functions.core.plan import Item, LossGap, Plan, Step
from functions.restore.journal import ENDED
from functions.restore.start import expired
from functions.storage.open import Stores
from functions.storage.plans import PlanRow, PlanState
from functions.storage.restores import StepOutcome, StepRow, Tally

type Json = dict[str, Any]

MOST = 100


async def tally_of(stores: Stores, row: PlanRow) -> Tally:
    """How far a plan is; nothing is asked of one that was never applied."""
    if not row.claim:
        return Tally()
    return await stores.restores.tally(row.plan_id) or Tally()


def state_of(row: PlanRow, clock: Clock) -> PlanState:
    """The state of a plan; one that has waited too long has expired, whether or not anybody has noted it."""
    if row.state is PlanState.PLANNED and expired(row, clock):
        return PlanState.EXPIRED
    return row.state


def progress_view(row: PlanRow, tally: Tally) -> Json:
    """The counters: of steps by outcome, and of the first items that have all ended."""
    over = row.state in ENDED and row.state is not PlanState.CANCELLED
    return {
        "items": row.items,
        "itemsEnded": row.items if over else tally.ended,
        "steps": row.steps,
        "done": tally.done,
        "failed": tally.failed,
        "conflicts": tally.conflicts,
        "skipped": tally.skipped,
    }


async def items_view(stores: Stores, row: PlanRow, plan: Plan, first: int = 1, most: int = MOST) -> list[Json]:
    """The items from a number on, each with its steps and their outcomes."""
    last = min(first + most, plan.items + 1) - 1
    rows: dict[tuple[int, int], StepRow] = {}
    if row.claim and last >= first:
        found = await stores.restores.journal(plan.plan_id, first, last)
        rows = {(one.item, one.step): one for one in found}
    shown: list[Json] = []
    for ref in plan.pages:
        if ref.first <= last and ref.first + ref.items > first:
            items = await stores.plans.page_of(row, plan, ref.page)
            shown += [_item(item, row, rows) for item in items if first <= item.number <= last]
    return shown


def gap_views(gaps: tuple[LossGap, ...], plan_id: str) -> list[Json]:
    """The gaps, with the plan's own id where a gap tells of a call."""
    return [
        {key: str(value).replace("{planId}", plan_id) for key, value in msgspec.to_builtins(gap).items()}
        for gap in gaps
    ]


def _item(item: Item, row: PlanRow, rows: dict[tuple[int, int], StepRow]) -> Json:
    steps = [_step(item, place, step, row, rows) for place, step in enumerate(item.steps, 1)]
    made = next((step["resultId"] for step in steps if step["action"] == "create" and step["resultId"]), "")
    return {
        "number": item.number,
        "stage": item.stage,
        "type": item.type,
        "objectId": item.object_id,
        "liveId": made or item.live_id,
        "name": item.name,
        "run": item.run,
        "standing": item.standing,
        "pass": item.scope,
        "origin": item.origin,
        "steps": steps,
        "gaps": gap_views(item.gaps, row.plan_id),
    }


def _step(item: Item, place: int, step: Step, plan: PlanRow, rows: dict[tuple[int, int], StepRow]) -> Json:
    row = rows.get((item.number, place))
    outcome = row.outcome if row else StepOutcome.PENDING
    if outcome is StepOutcome.PENDING and plan.state in ENDED - {PlanState.EXPIRED, PlanState.CANCELLED}:
        outcome = StepOutcome.SKIPPED
    detail = row.detail if row else {}
    return {
        "id": step.id,
        "action": step.action,
        "method": step.method,
        "path": step.path,
        "api": step.api,
        "reason": step.reason,
        "body": step.body,
        "before": step.before,
        "after": step.after,
        "link": step.link,
        "targets": list(step.targets),
        "danger": step.danger,
        "needs": list(step.needs),
        "outcome": outcome.value,
        "startedAt": row.started_at if row else "",
        "endedAt": row.ended_at if row else "",
        "resultId": row.result_id if row else "",
        "error": detail.get("error"),
        "why": detail.get("reason", ""),
        "unlike": detail.get("unlike", []),
        "links": detail.get("links", {}),
    }

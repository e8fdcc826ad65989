"""A plan as a caller sees it: being planned, planned, applied; alone, in a list, or a page of its items."""

from datetime import timedelta
from typing import Any

import msgspec

from functions.clock import Clock, parse_iso
from functions.core.plan import Plan
from functions.restore.view import gap_views, items_view, progress_view, state_of, tally_of
from functions.storage.open import Stores
from functions.storage.plans import PlanRow, PlanState

type Json = dict[str, Any]

SHOWN = 100  # items in the plan's own answer


def summary(row: PlanRow, clock: Clock) -> Json:
    """A plan in a list."""
    return {
        "planId": row.plan_id,
        "state": state_of(row, clock).value,
        "scope": row.scope,
        "name": row.name,
        "createdAt": row.created_at,
        "createdBy": row.created_by,
        "expiresAt": row.expires_at,
        "appliedBy": row.claimed_by,
        "endedAt": row.ended_at,
        "items": row.items,
        "steps": row.steps,
        "gaps": row.gaps,
        "error": row.error,
    }


async def plan_view(stores: Stores, row: PlanRow, clock: Clock, lifetime: float) -> Json:
    """The whole view. A plan whose making has taken as long as it would live has come to nothing."""
    shown: Json = {
        "planId": row.plan_id,
        "state": state_of(row, clock).value,
        "scope": row.scope,
        "request": dict(row.request),
        "createdAt": row.created_at,
        "createdBy": row.created_by,
        "expiresAt": row.expires_at,
        "appliedBy": row.claimed_by,
        "startedAt": row.claimed_at,
        "endedAt": row.ended_at,
        "hash": row.hash,
        "error": row.error,
    }
    if row.state is PlanState.PLANNING:
        shown["planning"] = {"done": row.done, "objects": row.total}
        if clock() >= parse_iso(row.created_at) + timedelta(seconds=lifetime):
            shown |= {"state": PlanState.FAILED.value, "error": "Its making was broken off. Make a new plan."}
    if not row.hash:
        return shown
    head = await stores.plans.head_of(row)
    shown |= _of_head(head)
    shown["progress"] = progress_view(row, await tally_of(stores, row))
    shown["items"] = await items_view(stores, row, head, 1, SHOWN)
    shown["gaps"] = gap_views(head.gaps, row.plan_id)
    if row.object_id and head.items <= SHOWN:
        shown |= _of_one(row, shown)
    return shown


async def items_page(stores: Stores, row: PlanRow, head: Plan, page: int, *, type: str, outcome: str) -> list[Json]:
    """The items of one page with the outcomes so far: of a type, or with a step that has this outcome."""
    if not head.pages:
        return []
    ref = head.pages[page - 1]
    items = await items_view(stores, row, head, ref.first, ref.items)
    return [
        item
        for item in items
        if type in ("", item["type"]) and (not outcome or any(step["outcome"] == outcome for step in item["steps"]))
    ]


def _of_head(head: Plan) -> Json:
    whole: Json = msgspec.to_builtins(head)
    kept: Json = {name: whole[name] for name in ("counts", "needs") if name in whole}
    kept |= {"mode": head.mode, "estimate": msgspec.to_builtins(head.estimate), "pages": len(head.pages)}
    kept |= {name: value for name in ("sourceTenant", "undoes") if (value := whole.get(name))}
    return kept


def _of_one(row: PlanRow, shown: Json) -> Json:
    """What a plan for one object tells of it at once."""
    items = shown["items"]
    own = next((item for item in items if (item["type"], item["objectId"]) == (row.type, row.object_id)), None)
    if own is None:
        return {}
    return {
        **{name: own[name] for name in ("type", "objectId", "liveId", "name", "standing", "run")},
        "steps": [step for item in items for step in item["steps"]],
        "gaps": [*shown["gaps"], *(gap for item in items for gap in item["gaps"])],
    }

"""What the calls about plans answer, as structs."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

PlanStateName = Literal["planning", "planned", "applying", "applied", "partial", "failed", "cancelled", "expired"]
StepOutcomeName = Literal["pending", "running", "done", "skipped", "conflict", "failed"]
StandingName = Literal["live", "deleted", "gone"]


class StepAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One Graph call of a plan and what became of it. `id` is the number of its item and its place there. Times and
    `resultId` are empty until it has been tried; `why` says why it was not; `unlike` names the properties that did not
    come out as written, and `links` the outcome of each link."""

    id: str
    action: str
    method: str
    path: str
    api: str
    reason: str
    body: Any
    before: Any
    after: Any
    link: str
    targets: tuple[str, ...]
    danger: Literal["low", "elevated", "high"]
    needs: tuple[str, ...]
    outcome: StepOutcomeName
    started_at: str
    ended_at: str
    result_id: str
    error: Any
    why: str = ""
    unlike: Any = ()
    links: Any = {}


class LossAnswer(msgspec.Struct, frozen=True):
    """Something a restore does not bring back, and what to do about it."""

    what: str
    why: str
    todo: str


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True, rename={"pass_": "pass"}):
    """What the plan does with one object in one pass: itself, its links, removals, or its deletion.

    `objectId` is the id in the record, `liveId` the one in the tenant, empty while there is none; `run` is the run
    whose record is restored. `origin`: it was asked for, it named one that is made anew, or it was not in the backup.
    """

    number: int
    stage: int
    type: str
    object_id: str = msgspec.field(name="objectId")
    live_id: str = msgspec.field(name="liveId")
    name: str
    run: str
    standing: StandingName
    pass_: Literal["object", "links", "removals", "deletion"]
    origin: Literal["chosen", "reference", "added"]
    steps: tuple[StepAnswer, ...]
    gaps: tuple[LossAnswer, ...]


class CountAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is to do for one type: objects by what becomes of them, and steps."""

    type: str
    undeleted: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    left: int = 0
    links: int = 0
    steps: int = 0


class NeedAnswer(msgspec.Struct, frozen=True):
    """An application permission that steps take, and whether the restorer holds it; null where its token does not
    say."""

    permission: str
    steps: int
    held: bool | None


class EstimateAnswer(msgspec.Struct, frozen=True):
    """The least that applying takes: calls that write, calls that read, and seconds by Graph's write quota."""

    writes: int
    reads: int
    seconds: int


class PlanningAnswer(msgspec.Struct, frozen=True):
    """How far the planning is, in objects; 0 of 0 until they have been counted."""

    done: int
    objects: int


class PlanProgress(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far applying is: steps by outcome; every item up to `itemsEnded` has ended."""

    items: int
    items_ended: int
    steps: int
    done: int
    failed: int
    conflicts: int
    skipped: int


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A restore plan: what was asked for, how much there is to do, what it takes, and what will not come back.

    A plan has items, and these steps, each one Graph call with the values before and after. The first items are in
    `items`; `pages` of them are to be had from the call for items. `hash` is the SHA-256 of the plan as it is kept and
    will be applied. A plan for one object tells of it here: `type` to `run`, and all of its `steps`; `gaps` are then
    those of its items too. While it is planned there is nothing but `planning`.
    """

    plan_id: str
    state: PlanStateName
    scope: str
    request: Any
    created_at: str
    created_by: str
    expires_at: str
    applied_by: str
    started_at: str
    ended_at: str
    hash: str
    error: str
    planning: PlanningAnswer | UnsetType = UNSET
    mode: Literal["add", "exact"] | UnsetType = UNSET
    source_tenant: str | UnsetType = UNSET
    undoes: str | UnsetType = UNSET
    counts: tuple[CountAnswer, ...] = ()
    needs: tuple[NeedAnswer, ...] = ()
    estimate: EstimateAnswer | UnsetType = UNSET
    progress: PlanProgress | UnsetType = UNSET
    pages: int = 0
    items: tuple[ItemAnswer, ...] = ()
    gaps: tuple[LossAnswer, ...] = ()
    type: str | UnsetType = UNSET
    object_id: str | UnsetType = UNSET
    live_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    standing: StandingName | UnsetType = UNSET
    run: str | UnsetType = UNSET
    steps: tuple[StepAnswer, ...] | UnsetType = UNSET


class ItemPage(msgspec.Struct, frozen=True, rename="camel"):
    """One page of a plan's items, or those of it that were asked for. `nextPage` is absent on the last."""

    page: int
    pages: int
    items: tuple[ItemAnswer, ...]
    next_page: int | UnsetType = UNSET


class PlanSummary(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A plan in a list."""

    plan_id: str
    state: PlanStateName
    scope: str
    name: str
    created_at: str
    created_by: str
    expires_at: str
    applied_by: str
    ended_at: str
    items: int
    steps: int
    gaps: int
    error: str


class PlanList(msgspec.Struct, frozen=True, rename="camel"):
    """Plans, newest first. Without `nextCursor` this was the last page."""

    plans: tuple[PlanSummary, ...]
    next_cursor: str | UnsetType = UNSET


class PlanStarted(msgspec.Struct, frozen=True, rename="camel"):
    """A plan that is being made or applied; its page is at `statusUrl`."""

    plan_id: str
    status_url: str

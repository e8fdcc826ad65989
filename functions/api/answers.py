"""What the calls answer, as structs: the handlers build them and the OpenAPI description is made from them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

OutcomeName = Literal["read", "partial", "refused", "unlicensed", "unavailable", "failed"]
ChangeName = Literal["created", "updated", "deleted"]
RunState = Literal["running", "committed", "failed"]
PlanState = Literal["planned", "applying", "applied", "partial", "failed", "expired"]
StepOutcome = Literal["pending", "running", "done", "skipped", "conflict", "failed"]
ObjectJson = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object"})]


class Started(msgspec.Struct, frozen=True, rename="camel"):
    """A run that has been started; its page is at `statusUrl`."""

    run_id: str
    status_url: str


class GapAnswer(msgspec.Struct, frozen=True):
    """Why something of a type is missing from a run, and what to do."""

    code: str
    message: str
    remedy: str


class RunType(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One type in a run. `outcome` appears when the type is done; `phase` only while the run works."""

    outcome: OutcomeName | UnsetType = UNSET
    phase: str | UnsetType = UNSET
    objects: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    requests: int = 0
    file: str | UnsetType = UNSET
    bytes: int | UnsetType = UNSET
    sha256: str | UnsetType = UNSET
    resource_units: int | UnsetType = UNSET
    throttled_seconds: float | UnsetType = UNSET
    started_at: str | UnsetType = UNSET
    ended_at: str | UnsetType = UNSET
    updated_at: str | UnsetType = UNSET
    gaps: tuple[GapAnswer, ...] = ()


class RunAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One run: its progress while it works, the facts of its manifest afterwards."""

    run_id: str
    state: RunState
    started_at: str
    ended_at: str | None
    started_by: str
    error: str | UnsetType = UNSET
    types: dict[str, RunType]


class RunList(msgspec.Struct, frozen=True, rename="camel"):
    """Runs, newest first. Without `nextCursor` this was the last page."""

    runs: tuple[RunAnswer, ...]
    next_cursor: str | UnsetType = UNSET


class Found(msgspec.Struct, frozen=True, rename="camel"):
    """An object that a search found. A deleted one has its last name, and `deletedRunId`: the first run without it."""

    type: str
    id: str
    name: str
    deleted: bool
    deleted_run_id: str | UnsetType = UNSET


class FoundList(msgspec.Struct, frozen=True, rename="camel"):
    """Objects by name. Without `nextCursor` this was the last page."""

    objects: tuple[Found, ...]
    next_cursor: str | UnsetType = UNSET


class RecordAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An object as of a run. `runId` is the run that recorded this version.

    An object that was gone by then is shown as it last was: `deleted` is true, and `runId` is the first run without it.
    """

    type: str
    id: str
    name: str
    run_id: str
    change: ChangeName
    digest: str
    deleted: bool
    record: ObjectJson


class VersionAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One version. The digest of a deletion is that of the last record."""

    run_id: str
    change: ChangeName
    name: str
    digest: str


class VersionList(msgspec.Struct, frozen=True):
    """An object's versions, newest first."""

    versions: tuple[VersionAnswer, ...]


class StepAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One Graph call of a plan and what became of it. Times and `resultId` are empty until it has been tried."""

    id: str
    action: str
    method: str
    path: str
    reason: str
    body: Any
    before: Any
    after: Any
    outcome: StepOutcome
    started_at: str
    ended_at: str
    result_id: str
    error: Any


class LossAnswer(msgspec.Struct, frozen=True):
    """Something a restore does not bring back, and what to do about it."""

    what: str
    why: str
    todo: str


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A restore plan: each call it makes, with the values before and after, and what will not come back.

    `objectId` is the id in the record, `liveId` the one in the tenant, empty while there is none. `run` is the run
    whose record is restored. `hash` is the SHA-256 of the plan as it is kept and will be applied.
    """

    plan_id: str
    state: PlanState
    type: str
    object_id: str
    live_id: str
    name: str
    standing: Literal["live", "deleted", "gone"]
    run: str
    mode: Literal["add", "exact"]
    created_at: str
    created_by: str
    expires_at: str
    applied_by: str
    started_at: str
    ended_at: str
    hash: str
    error: str
    steps: tuple[StepAnswer, ...]
    gaps: tuple[LossAnswer, ...]


class PlanStarted(msgspec.Struct, frozen=True, rename="camel"):
    """A plan that is being applied; its page is at `statusUrl`."""

    plan_id: str
    status_url: str


class PasswordAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A user's temporary password, to be changed at the next sign-in."""

    id: str
    user_principal_name: str
    password: str


class PasswordList(msgspec.Struct, frozen=True):
    """Shown this one time."""

    passwords: tuple[PasswordAnswer, ...]

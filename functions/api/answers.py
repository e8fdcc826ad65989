"""What the calls answer, as structs: the handlers build them and the OpenAPI description is made from them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

OutcomeName = Literal["read", "partial", "refused", "unlicensed", "unavailable", "failed"]
PresetName = Literal["essential", "standard", "everything"]
FateName = Literal["recycleBin", "gone", "unknown"]
DiffName = Literal["same", "created", "updated", "deleted"]
SideName = Literal["from", "to"]
ChangeName = Literal["created", "updated", "deleted"]
RunState = Literal["running", "committed", "failed", "pruning", "removed"]
ReportState = Literal["running", "done", "failed"]
RetentionMode = Literal["report", "prune", "off"]
ObjectJson = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object"})]


class Started(msgspec.Struct, frozen=True, rename="camel"):
    """A run that has been started; its page is at `statusUrl`."""

    run_id: str
    status_url: str


class ReportStarted(msgspec.Struct, frozen=True, rename="camel"):
    """Upkeep that has been started; what it finds is shown at `statusUrl`."""

    report_id: str
    status_url: str


class IndexFinding(msgspec.Struct, frozen=True):
    """What could not be indexed: a run, or one type of it, and why."""

    code: str
    run: str
    type: str | UnsetType
    message: str


class IndexAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How the index was made anew, or how far that is: runs done and rows written. The runs that could not be read are
    `findings`."""

    report_id: str
    state: ReportState
    started_at: str
    ended_at: str | None
    started_by: str
    runs: int
    rows: int
    findings: tuple[IndexFinding, ...]
    error: str | UnsetType = UNSET


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


class DanglingAnswer(msgspec.Struct, frozen=True):
    """An id inside a record that leads to nothing that was read; `binned`: what it names lies in the recycle bin."""

    type: str
    id: str
    name: str
    place: str
    target: str
    binned: bool


class ReferencesAnswer(msgspec.Struct, frozen=True):
    """The ids inside records: how many were checked, how many lead to nothing, the first of those, and the places of
    which nothing can be said with the types that would have to be read."""

    checked: int
    dangling: int
    first: tuple[DanglingAnswer, ...]
    unjudged: dict[str, tuple[str, ...]]


class RunAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One run: its progress while it works, the facts of its manifest afterwards. `alerts` and `references` are shown
    for a single run that has committed, also when retention has removed it since, which is at `removedAt`; one that it
    is removing is `pruning`. Since `dueAt` the rules of retention no longer keep the run."""

    run_id: str
    state: RunState
    started_at: str
    ended_at: str | None
    started_by: str
    due_at: str | UnsetType = UNSET
    removed_at: str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    types: dict[str, RunType]
    alerts: tuple[GapAnswer, ...] | UnsetType = UNSET
    references: ReferencesAnswer | UnsetType = UNSET


class RunList(msgspec.Struct, frozen=True, rename="camel"):
    """Runs, newest first. Without `nextCursor` this was the last page."""

    runs: tuple[RunAnswer, ...]
    next_cursor: str | UnsetType = UNSET


class RulesAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of the last so many days every run stays; of each of the last days, weeks, months and years one that holds a
    type, for each type."""

    all_days: int
    daily: int
    weekly: int
    monthly: int
    yearly: int


class ReasonAnswer(msgspec.Struct, frozen=True):
    """Why a run stays. Without `until` only a later run ends it."""

    reason: str
    until: str | UnsetType = UNSET


class RetainedRun(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A run that is there. One that the rules keep has reasons; `keptUntil` is when the last of them ends, where that
    can be said. One that they do not keep is due since `dueAt`, and goes with the first pass after `goesAt`."""

    run_id: str
    state: Literal["committed", "pruning"]
    keep: bool
    reasons: tuple[ReasonAnswer, ...]
    kept_until: str | UnsetType = UNSET
    due_at: str | UnsetType = UNSET
    goes_at: str | UnsetType = UNSET


class RetentionFinding(msgspec.Struct, frozen=True):
    """What a pass met: a run that had to stay (`kept`), one whose manifest is missing or was changed (`damaged`), why
    runs wait (`waiting`), or why nothing was done (`refused`)."""

    code: Literal["kept", "damaged", "waiting", "refused"]
    run: str | UnsetType
    reason: str


class RetentionPass(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the last pass did, or has done so far."""

    report_id: str
    state: ReportState
    mode: str
    started_at: str
    ended_at: str | None
    started_by: str
    counts: dict[str, int]
    findings: tuple[RetentionFinding, ...]
    error: str | UnsetType = UNSET


class RetentionAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the rules say of each run that is there, newest first, and what the last pass did (`last`). With the mode
    `report` nothing is removed."""

    mode: RetentionMode
    notice_hours: float
    rules: RulesAnswer
    runs: tuple[RetainedRun, ...]
    last: RetentionPass | UnsetType = UNSET


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
    """One version. The digest of a deletion is that of the last record; its `fate` says whether the recycle bin held
    the object then, and `goneRunId` is the first run that found it gone from there too."""

    run_id: str
    change: ChangeName
    name: str
    digest: str
    fate: FateName | UnsetType = UNSET
    gone_run_id: str | UnsetType = UNSET


class VersionList(msgspec.Struct, frozen=True):
    """An object's versions, newest first."""

    versions: tuple[VersionAnswer, ...]


class LastRead(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How the newest run that tried it ended for a type. `objects` are those of that run; of a log, its new events."""

    run_id: str
    outcome: OutcomeName
    objects: int
    ended_at: str


class TypeAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One type. `preset` is null for one that is switched on by name. `status` is the last outcome, or `off`,
    `neverRead`, `notInThisCloud`. `gaps` say why it is not `read`, and `remedy` is the first thing to do about it."""

    key: str
    title: str
    preset: PresetName | None
    enabled: bool
    private: bool
    restorable: bool
    permissions: tuple[str, ...]
    licence: str
    status: Literal[OutcomeName, "off", "neverRead", "notInThisCloud"]
    last: LastRead | UnsetType = UNSET
    gaps: tuple[GapAnswer, ...] = ()
    remedy: str | UnsetType = UNSET


class TypeList(msgspec.Struct, frozen=True):
    """The catalogue as it stands for this tenant."""

    types: tuple[TypeAnswer, ...]


class WarningAnswer(msgspec.Struct, frozen=True):
    """What follows from the choice for one type."""

    type: str
    code: Literal["dependedOn", "recycleBin", "holdsSecrets"]
    message: str


class ChoiceAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which types are backed up. `changedAt` is empty while nobody has chosen."""

    preset: PresetName
    on: tuple[str, ...]
    off: tuple[str, ...]
    enabled: tuple[str, ...]
    presets: dict[PresetName, tuple[str, ...]]
    warnings: tuple[WarningAnswer, ...]
    changed_at: str
    changed_by: str


class PreflightAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the types need. `permissions` are exactly those to grant; `missing` says what each that the token lacks is
    for, `spare` which it has beyond. `permissionsKnown` is false for a token that does not say. `types` has those that
    would not be read whole, with the reasons."""

    permissions: tuple[str, ...]
    permissions_known: bool
    missing: dict[str, tuple[str, ...]]
    spare: tuple[str, ...]
    licences: dict[str, Literal["present", "missing", "unknown"]]
    types: dict[str, tuple[GapAnswer, ...]]


class RunSide(msgspec.Struct, frozen=True, rename="camel"):
    """A run, and the run whose list of the type was the newest by then: another where the type could not be read."""

    run_id: str
    list_run_id: str


class ObjectChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One object that is not the same. `properties` are those that were updated; `fate` says what became of a deleted
    one: it lies in the recycle bin, is gone for good, or nobody looked (`unknown`)."""

    id: str
    name: str
    change: ChangeName
    properties: tuple[str, ...] | UnsetType = UNSET
    fate: FateName | UnsetType = UNSET


class TypeDiff(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is not the same in two runs. The counts are of all changes, `changes` a page of them by id. Without
    `nextCursor` this was the last page."""

    type: str
    from_: RunSide = msgspec.field(name="from")
    to: RunSide
    created: int
    updated: int
    deleted: int
    changes: tuple[ObjectChange, ...]
    next_cursor: str | UnsetType = UNSET


class SideAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """One side of a comparison: a run, or `live`. The object was there, gone by then, or not met yet (`unknown`)."""

    at: str
    object: Literal["live", "gone", "unknown"]


class DifferenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One place that differs. `path` is dotted, with `[key]` for a member of an array. Sets tell what was `added` and
    `removed`; other values `before` and `after`, either of which is left out where the property was not there."""

    path: str
    before: Any | UnsetType = UNSET
    after: Any | UnsetType = UNSET
    added: tuple[Any, ...] | UnsetType = UNSET
    removed: tuple[Any, ...] | UnsetType = UNSET


class LinkAnswer(msgspec.Struct, frozen=True):
    """An object at the other end of a relationship; one that lives inside this object is shown whole."""

    id: str
    type: str | UnsetType = UNSET
    object: Any | UnsetType = UNSET


class LinkChangesAnswer(msgspec.Struct, frozen=True):
    """What changed in one relationship. `unread` names the side on which it could not be read."""

    name: str
    added: tuple[LinkAnswer, ...] = ()
    removed: tuple[LinkAnswer, ...] = ()
    changed: tuple[DifferenceAnswer, ...] = ()
    unread: SideName | UnsetType = UNSET


class ObjectDiff(msgspec.Struct, frozen=True, kw_only=True):
    """One object between two moments. `names` gives the names of ids that stand in the differences."""

    type: str
    id: str
    name: str
    from_: SideAnswer = msgspec.field(name="from")
    to: SideAnswer
    change: DiffName
    properties: tuple[DifferenceAnswer, ...]
    relationships: tuple[LinkChangesAnswer, ...]
    names: dict[str, str]


class PasswordAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A user's temporary password, to be changed at the next sign-in."""

    id: str
    user_principal_name: str
    password: str


class PasswordList(msgspec.Struct, frozen=True):
    """Shown this one time. `left` users of the plan have none yet: the next call shows theirs."""

    passwords: tuple[PasswordAnswer, ...]
    left: int

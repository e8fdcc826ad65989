"""A restore plan: the shapes it is made of and its stored form; pure.

A plan names each Graph call a restore will make, shows the values before and after, and lists what will not come back.
It is written once; applying it runs its steps and nothing else. A step whose call a restore must not make cannot exist:
`check_call` refuses it when the step is made and again when a stored plan is read.

    Plan            what was asked for, how much there is to do, and the pages that hold the items
      Item          one object in one pass: made or changed; linked; cleared of what was added; deleted
        Step        one Graph call
        LossGap     something that will not come back, or was left alone on purpose

Ids of objects that the plan itself makes anew are written `{new:OLD-ID}`, in paths and in bodies: the id is put in when
the call is sent. A step waits for every object its tokens name, and is skipped where one was not made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from functions.core.calls import check_call
from functions.core.links import Mode, Target
from functions.core.record import Object, encode
from functions.errors import FormatError

Action = Literal[
    "restoreDeleted",  # out of the recycle bin
    "create",  # a new object, with a new id unless the type keeps it
    "update",  # properties of the object
    "clearProperty",  # a property that had no value in the backup
    "addLinks",  # `targets`, by one call or as many as Graph wants
    "setLink",  # the one target of a single relationship
    "removeLink",
    "addPart",  # a contained object: `after` is what it shall be
    "changePart",
    "removePart",
    "call",  # any other call; its effect shows in the object as `after` says
    "delete",  # the object itself, which was not in the backup
]
Standing = Literal["live", "deleted", "gone"]
Origin = Literal["chosen", "reference", "added"]  # asked for; found to name one that is made anew; not in the backup
Danger = Literal["low", "elevated", "high"]  # high: may raise privileges, weaken sign-in, or lock people out
Pass = Literal["object", "links", "removals", "deletion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a caller wants objects restored.

    None for both `properties` and `relationships` is everything; naming either narrows the restore to what is named.
    `state`: a policy that is made anew or comes from the recycle bin is report-only ("reportOnly"), or as it was
    recorded. `references`: None offers every object that named one which is made anew, else only those of the types,
    or the single ones ("groups/{id}"), that are named.
    """

    properties: frozenset[str] | None = None
    relationships: frozenset[str] | None = None
    mode: Mode = "add"
    delete_added: bool = False
    state: Literal["reportOnly", "asRecorded"] = "reportOnly"
    references: frozenset[str] | None = None

    def takes(self, name: str) -> bool:
        """True when the property of an existing object was chosen."""
        return self.relationships is None if self.properties is None else name in self.properties

    def follows(self, link: str) -> bool:
        """True when the relationship was chosen."""
        if self.relationships is None:
            return self.properties is None
        return link in self.relationships

    def heals(self, key: str, identity: str) -> bool:
        """True when an object that named one which is made anew shall name the new one."""
        return self.references is None or key in self.references or f"{key}/{identity}" in self.references


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """The tenant as it is, as far as one object is concerned.

    `id` is the id it has now (the record's own, the newest the id map knows, or that of the live object with its
    natural keys where these are unique). `object` is its body, in the shape of a backup's record: live, or as it lies
    in the recycle bin. `links` holds the relationships that were read, `parts` the contained objects by relationship;
    `missing` the ids the record refers to that are not in the tenant; `twins` the live objects that hold its natural
    keys while it is not live itself.
    """

    id: str
    standing: Standing
    object: Object = field(default_factory=dict)
    links: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[Object, ...]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    twins: tuple[str, ...] = ()


class LossGap(msgspec.Struct, frozen=True):
    """Something that will not come back, or was left alone on purpose."""

    what: str
    why: str
    todo: str


class Step(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One Graph call. `generated` names properties made up as it is sent, never stored. `at_once`: sent without waiting
    until the step before is seen everywhere. `needs`: the permissions it takes, all of them. `serial`: the lock under
    which it is sent. `before` and `after` are what the object shows, by property. Of links they hold what the call
    takes away and what it adds, `{link: [{"id", "type"}]}`; of a part the part itself.
    """

    id: str  # "{number of the item}.{place in it, from 1}"
    action: Action
    method: str
    path: str  # below the version root
    reason: str
    api: str = "v1.0"
    body: Any = None  # JSON; msgspec reads no recursive type
    before: Any = None
    after: Any = None
    link: str = ""  # the relationship, of a link or a part
    targets: tuple[str, ...] = ()  # ids or tokens at the other end
    part: str = ""  # the id of a part that is there
    generated: tuple[str, ...] = ()
    at_once: bool = False
    later: bool = False  # the service carries it out in its own time: accepted is done, its effect is not waited for
    danger: Danger = "low"
    needs: tuple[str, ...] = ()
    serial: str = ""
    headers: dict[str, str] = {}

    def __post_init__(self) -> None:
        check_call(self.method, self.path)


class Item(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the plan does with one object in one pass. `object_id` is the id in the record, `live_id` the one in the
    tenant, "" while there is none. `digest` is of the live state it was planned for, "" where a later pass relies on
    the steps of an earlier one. `aliases` are what others called a purged object by besides its id, by property.
    `followed` are the relationships that were compared.
    """

    number: int
    stage: int  # items of one stage and type may be worked on side by side; stages follow each other
    type: str
    object_id: str
    live_id: str
    name: str
    run: str
    standing: Standing
    scope: Pass = "object"
    origin: Origin = "chosen"
    digest: str = ""
    followed: tuple[str, ...] = ()
    record_path: dict[str, str] = {}  # what fills the "{property}" of the type's collection, ids or tokens
    aliases: dict[str, str] = {}
    steps: tuple[Step, ...] = ()
    gaps: tuple[LossGap, ...] = ()

    @property
    def makes(self) -> bool:
        """True where the object is made or undeleted by this item."""
        return any(step.action in ("create", "restoreDeleted") for step in self.steps)


class PageRef(msgspec.Struct, frozen=True, rename="camel"):
    """One page of items: `first` is the number of its first item; `sha256` is of its uncompressed bytes."""

    page: int
    first: int
    items: int
    steps: int
    sha256: str


class Needed(msgspec.Struct, frozen=True, rename="camel"):
    """A permission the plan takes, how many steps take it, and whether the restorer holds it (None: not known)."""

    permission: str
    steps: int
    held: bool | None


class Estimate(msgspec.Struct, frozen=True, rename="camel"):
    """What applying will cost: calls that write and calls that read, and the least seconds Graph's quota takes."""

    writes: int
    reads: int
    seconds: int


class TypeCount(msgspec.Struct, frozen=True, rename="camel"):
    """How much there is to do for one type: objects by what happens to them, and steps."""

    type: str
    undeleted: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    left: int = 0  # objects of which nothing is written, for the reason in their gaps
    links: int = 0
    steps: int = 0


class Plan(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The head of a plan. `scope` is what was asked for, as the caller put it. Times are ISO 8601 in UTC. `gaps` are
    of the whole plan; those of one object lie in its items."""

    plan_id: str
    tenant_id: str
    scope: dict[str, Any]
    mode: Mode
    created_at: str
    expires_at: str
    source_tenant: str = ""  # where the records come from another tenant
    undoes: str = ""  # the plan that this one reverses
    counts: tuple[TypeCount, ...] = ()
    needs: tuple[Needed, ...] = ()
    estimate: Estimate = Estimate(0, 0, 0)
    gaps: tuple[LossGap, ...] = ()
    pages: tuple[PageRef, ...] = ()

    @property
    def items(self) -> int:
        """How many items its pages hold."""
        return sum(page.items for page in self.pages)

    @property
    def steps(self) -> int:
        """How many steps its pages hold."""
        return sum(page.steps for page in self.pages)


def dump(part: Plan | list[Item]) -> bytes:
    """The stored form of a head or a page: JSON with sorted keys."""
    return encode(part)


def load_plan(data: bytes) -> Plan:
    """The inverse of `dump`. Raises FormatError for anything else."""
    return _load(data, Plan)


def load_page(data: bytes) -> list[Item]:
    """The inverse of `dump`. Raises FormatError for anything else, PlanNotApplicable for a call no restore makes."""
    return _load(data, list[Item])


def _load[T](data: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=shape)
    except msgspec.DecodeError as error:
        raise FormatError(f"a stored restore plan cannot be read: {error}") from error

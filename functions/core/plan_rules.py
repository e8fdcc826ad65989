"""What a type asks of its restore plan beyond its catalogue entry: the shape of the rules; pure.

A type with rules of its own has them in a module `plan_{…}` of its family, joined in `plan_registry`; a type without
gets `Rules()`. Rules never write steps: they say why nothing may be written, bring bodies into the form Graph takes,
ask for calls that no entry can describe, and add gaps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from functions.catalogue.model import ObjectType
from functions.core.administrators import Rank
from functions.core.calls import token
from functions.core.plan import Danger, LiveState, LossGap, Options, Step
from functions.core.record import Json, Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What a plan has to know about who could be shut out. Gathered only where a plan writes what could do so.

    `administrators`: each user who is an active Global Administrator, is enabled, and can sign in by itself → the ids
    of the groups it is in and the template ids of the roles it holds. `break_glass`: those users that the settings name
    as emergency accounts, and that are such administrators, are cloud-only, and are there. `caller`: the object id of
    who asks, with its groups and roles. `restorer`: the object id of the service principal that the restore writes as.
    """

    administrators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    break_glass: frozenset[str] = frozenset()
    caller: str = ""
    caller_holds: frozenset[str] = frozenset()
    restorer: str = ""
    restorer_app: str = ""  # its appId
    security_defaults: bool | None = None  # whether they are on; None: not known
    ranks: Mapping[str, Rank] = field(default_factory=dict)  # accounts that only a privileged restorer may change


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that an item of a plan follows from. `record` already carries the newest ids, and tokens for those that the
    plan makes; `wanted` and `current` are its properties and those of the tenant's object, in the form of the type's
    `normal` rule. `tenant` is the id of the tenant that is written to, `now` the time of planning (ISO 8601, UTC).
    `waits`: the properties that name an object which the plan makes no earlier than this one; they are written with the
    links, and left out of a create body. `newest` maps old ids to the newest, or to tokens.
    `units`: the free units of each product that the tenant has licences for; None: not known."""

    entry: ObjectType
    options: Options
    identity: str  # the id in the record
    record: Object
    live: LiveState
    wanted: Object
    current: Object
    safety: Safety = field(default_factory=Safety)
    tenant: str = ""
    now: str = ""
    graph_url: str = ""  # of the cloud: "https://graph.microsoft.com"
    waits: frozenset[str] = frozenset()
    newest: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        """The object's name, or its id where it has none."""
        return str(self.record.get(self.entry.name) or self.identity)

    @property
    def here(self) -> str:
        """The id the object has in the tenant, or the token of the one it will get."""
        if self.live.standing != "gone":
            return self.live.id
        keeps = self.entry.restore is not None and self.entry.restore.keeps_id
        return self.identity if keeps else token(self.identity)

    @property
    def recreated(self) -> bool:
        """True when the live object is one that an earlier restore made in place of the recorded one."""
        return self.live.standing == "live" and self.live.id != self.identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that no entry can describe. `path` is below the object's own address ("/assignLicense", "" for itself), or
    whole where `whole` says so. `before` and `after` are by property or relationship of the object as a backup reads
    it: the call has had its effect when the object shows `after`.
    """

    path: str
    body: Json
    reason: str
    after: Object = field(default_factory=dict)
    before: Object = field(default_factory=dict)
    method: str = "POST"
    whole: bool = False
    api: str = ""
    link: str = ""  # the relationship whose parts `after` is about, where it is one
    danger: Danger = "low"
    needs: tuple[str, ...] = ()
    serial: str = ""
    later: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


type Gaps = list[LossGap]


def _unchanged(thing: Object) -> Object:
    return thing


def _never(situation: Situation) -> Gaps:
    return []


def _as_it_is(situation: Situation, body: Object, gaps: Gaps) -> Object:
    return body


def _freely(situation: Situation, link: str) -> LossGap | None:
    return None


def _silently(situation: Situation, link: str) -> Gaps:
    return []


def _as_recorded(situation: Situation, link: str, remaining: int) -> LossGap | None:
    return None


def _nothing_first(situation: Situation) -> Object:
    return {}


def _no_calls(situation: Situation, gaps: Gaps) -> Sequence[Call]:
    return ()


def _not_asked(situation: Situation, gaps: Gaps) -> Sequence[Call] | None:
    return None


def _part_as_it_is(situation: Situation, link: str, body: Object, gaps: Gaps) -> Object:
    return body


def _none_back(situation: Situation, step: Step) -> Sequence[Call]:
    return ()


def _harmless(situation: Situation, step: Step) -> Danger:
    return "low"


def _any(situation: Situation, name: str) -> bool:
    return True


def _no_more(situation: Situation) -> Sequence[str]:
    return ()


def _may_go(situation: Situation) -> LossGap | None:
    return None


def _no_request(situation: Situation) -> Call | None:
    return None


def _no_role(situation: Situation, step: Step) -> LossGap | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one type; each has a default that asks for nothing.

    stop         gaps that forbid every write; empty when the plan may go on
    normal       the form in which objects are compared and sent
    patch        last word on the changes to an existing object; may drop some, with a gap
    create       last word on the body of a new object
    create_notes gaps of a re-created object
    asked        calls that ask the service for a new object, which it makes in its own time under an id that nobody is
                 told: in place of the create; None where it is created like any other
    bin_notes    gaps of an object taken out of the recycle bin
    first        what has to be written at once after the recycle bin gave the object back
    before       calls sent before the changes (an enabled app role has to be disabled before it can be changed)
    calls        calls sent when the object is there and has its properties, before its links; of a new object `current`
                 is empty
    late         calls sent with the links, when all objects are there
    links        why a relationship is left alone, or None
    part         last word on the body that makes or changes a contained object of a relationship
    link_notes   gaps of a relationship to which links are added
    removal      why links may not be removed when `remaining` would be left, or None
    deletion     why the live object, which was not in the backup, may not be deleted, or None
    ended        the call that takes the live object away, where that is a request and not its deletion, or None
    role         what a step takes besides permissions (a directory role of the restorer), or None; told once a pass
    needs        permissions that every write to this one object takes besides those of its type
    reverse      calls that take back what a `call` step did, where planning the object as it was does not give any
    danger       how dangerous a step is; the greater of this and what the step says counts
    always       properties that go with every write
    apart        groups of properties that go in a call of their own, because Graph asks for more rights for them
    never_null   properties that Graph does not clear
    clears       whether Graph clears a property of this one object
    valued       properties for which empty is a value like any other, so that setting it removes nothing
    generated    properties of a new object that are made up when it is created
    together     groups of properties that are written at one time: where one has to wait, all of them do
    watched      properties that `calls` write: they are in no body and are no gap, and a change of them is a conflict
    """

    stop: Callable[[Situation], Gaps] = _never
    normal: Callable[[Object], Object] = _unchanged
    patch: Callable[[Situation, Object, Gaps], Object] = _as_it_is
    create: Callable[[Situation, Object, Gaps], Object] = _as_it_is
    create_notes: Callable[[Situation], Gaps] = _never
    asked: Callable[[Situation, Gaps], Sequence[Call] | None] = _not_asked
    bin_notes: Callable[[Situation], Gaps] = _never
    first: Callable[[Situation], Object] = _nothing_first
    before: Callable[[Situation, Gaps], Sequence[Call]] = _no_calls
    calls: Callable[[Situation, Gaps], Sequence[Call]] = _no_calls
    late: Callable[[Situation, Gaps], Sequence[Call]] = _no_calls
    links: Callable[[Situation, str], LossGap | None] = _freely
    part: Callable[[Situation, str, Object, Gaps], Object] = _part_as_it_is
    link_notes: Callable[[Situation, str], Gaps] = _silently
    removal: Callable[[Situation, str, int], LossGap | None] = _as_recorded
    deletion: Callable[[Situation], LossGap | None] = _may_go
    ended: Callable[[Situation], Call | None] = _no_request
    role: Callable[[Situation, Step], LossGap | None] = _no_role
    needs: Callable[[Situation], Sequence[str]] = _no_more
    reverse: Callable[[Situation, Step], Sequence[Call]] = _none_back
    danger: Callable[[Situation, Step], Danger] = _harmless
    always: tuple[str, ...] = ()
    apart: tuple[frozenset[str], ...] = ()
    never_null: frozenset[str] = frozenset()
    clears: Callable[[Situation, str], bool] = _any
    valued: frozenset[str] = frozenset()
    generated: Mapping[str, Json] = field(default_factory=dict)
    together: tuple[frozenset[str], ...] = ()
    watched: frozenset[str] = frozenset()


def strings(value: Json) -> list[str]:
    """The strings in an array; nothing for anything else."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def within(thing: Json, *path: str) -> Json:
    """The value at a path of nested objects, or None."""
    for key in path:
        thing = thing.get(key) if isinstance(thing, dict) else None
    return thing

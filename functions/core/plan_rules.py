"""What a type asks of its restore plan beyond its catalogue entry: the shape of the rules; pure.

A type with rules of its own has a module `plan_{…}` that makes one `Rules`; a type without gets `Rules()`. Rules never
write steps: they say why nothing may be written, bring bodies into the form Graph takes, and add gaps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from functions.catalogue.model import ObjectType
from functions.core.plan import Choice, LiveState, LossGap
from functions.core.record import Json, Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a plan follows from. `record` already carries the newest ids; `wanted` and `current` are its properties
    and those of the tenant's object, in the form of the type's `normal` rule."""

    entry: ObjectType
    choice: Choice
    record: Object
    live: LiveState
    wanted: Object
    current: Object

    @property
    def name(self) -> str:
        """The object's name, or its id where it has none."""
        return str(self.record.get(self.entry.name) or self.record.get("id"))

    @property
    def recreated(self) -> bool:
        """True when the live object is one that an earlier restore made in place of the recorded one."""
        return self.live.id != self.choice.id


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one type; each has a default that asks for nothing.

    stop         gaps that forbid every write; empty when the plan may go on
    normal       the form in which objects are compared and sent
    patch        last word on the changes to an existing object; may drop some, with a gap
    create       last word on the body of a new object
    create_notes gaps of a re-created object
    bin_notes    gaps of an object taken out of the recycle bin
    first        what has to be written at once after the recycle bin gave the object back
    links        why a relationship is left alone, or None
    link_notes   gaps of a relationship to which links are added
    removal      why links may not be removed when `remaining` would be left, or None
    always       properties that go with every write
    apart        groups of properties that go in a call of their own, because Graph asks for more rights for them
    never_null   properties that Graph does not clear
    valued       properties for which empty is a value like any other, so that setting it removes nothing
    generated    properties of a new object that are made up when it is created
    """

    stop: Callable[[Situation], Gaps] = _never
    normal: Callable[[Object], Object] = _unchanged
    patch: Callable[[Situation, Object, Gaps], Object] = _as_it_is
    create: Callable[[Situation, Object, Gaps], Object] = _as_it_is
    create_notes: Callable[[Situation], Gaps] = _never
    bin_notes: Callable[[Situation], Gaps] = _never
    first: Callable[[Situation], Object] = _nothing_first
    links: Callable[[Situation, str], LossGap | None] = _freely
    link_notes: Callable[[Situation, str], Gaps] = _silently
    removal: Callable[[Situation, str, int], LossGap | None] = _as_recorded
    always: tuple[str, ...] = ()
    apart: tuple[frozenset[str], ...] = ()
    never_null: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()
    generated: Mapping[str, Json] = field(default_factory=dict)


def strings(value: Json) -> list[str]:
    """The strings in an array; nothing for anything else."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def within(thing: Json, *path: str) -> Json:
    """The value at a path of nested objects, or None."""
    for key in path:
        thing = thing.get(key) if isinstance(thing, dict) else None
    return thing

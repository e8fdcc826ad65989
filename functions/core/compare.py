"""What differs between two records of one object, for people: by path, sets as sets, links apart; pure.

In: two decoded records. Out: differences. Absent and null are told apart here, as they are in a record.
"""

from collections import Counter
from collections.abc import Container, Iterator
from typing import NamedTuple

from functions.catalogue.model import ObjectType
from functions.core.record import EVERY, RELATIONSHIPS, Json, Object, encode

_KEYS = ("id", "keyId", "name", "skuId", "appId", "resourceAppId", "tenantId", "settingDefinitionId")
"""What tells the members of an array apart, tried in order: the first that every member has, each another."""


class Absent:
    """Stands for a property that is not there."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


class Difference(NamedTuple):
    """`path` is dotted, with `[key]` for a member of an array. Of a set, `added` and `removed` tell what changed;
    of anything else, `before` and `after`."""

    path: str
    before: Json | Absent = ABSENT
    after: Json | Absent = ABSENT
    added: tuple[Json, ...] = ()
    removed: tuple[Json, ...] = ()


class LinkDifference(NamedTuple):
    """One relationship. `changed` are objects that live inside this one and are there on both sides. `unread` is
    "before", "after" or "" and says on which side the relationship could not be read."""

    name: str
    added: tuple[Object, ...] = ()
    removed: tuple[Object, ...] = ()
    changed: tuple[Difference, ...] = ()
    unread: str = ""


def differences(before: Object, after: Object, entry: ObjectType) -> list[Difference]:
    """What differs in the properties, sorted by path."""
    apart = {RELATIONSHIPS}
    return sorted(
        _objects(_without(before, apart), _without(after, apart), entry.ordered, "", ""), key=lambda found: found.path
    )


def link_differences(before: Object, after: Object, entry: ObjectType) -> list[LinkDifference]:
    """What differs in the relationships, sorted by name."""
    left, right = _relationships(before), _relationships(after)
    in_order = {relationship.name for relationship in entry.relationships if relationship.keeps_order}
    found = []
    for name in sorted(left.keys() | right.keys()):
        if name not in left or name not in right:
            found.append(LinkDifference(name, unread="before" if name not in left else "after"))
            continue
        difference = _links(name, left[name], right[name], EVERY if name in in_order else frozenset())
        if difference.added or difference.removed or difference.changed:
            found.append(difference)
    return found


def _relationships(record: Object) -> dict[str, list[Object]]:
    held = record.get(RELATIONSHIPS)
    parts = held if isinstance(held, dict) else {}
    return {
        name: [item for item in value if isinstance(item, dict)]
        for name, value in parts.items()
        if isinstance(value, list)
    }


def _links(name: str, before: list[Object], after: list[Object], ordered: Container[str]) -> LinkDifference:
    key = _key(before, after)
    if not key:
        left, right = Counter(map(encode, before)), Counter(map(encode, after))
        return LinkDifference(name, _taken(after, right - left), _taken(before, left - right))
    old, new = {str(item[key]): item for item in before}, {str(item[key]): item for item in after}
    changed = [
        difference
        for identity in sorted(old.keys() & new.keys())
        for difference in _objects(old[identity], new[identity], ordered, f"{name}[{identity}].", "")
    ]
    return LinkDifference(
        name,
        tuple(new[identity] for identity in sorted(new.keys() - old.keys())),
        tuple(old[identity] for identity in sorted(old.keys() - new.keys())),
        tuple(changed),
    )


def _objects(before: Object, after: Object, ordered: Container[str], shown: str, plain: str) -> Iterator[Difference]:
    """`shown` is the path for people so far, `plain` the one that the catalogue knows: without members' keys."""
    for name in before.keys() | after.keys():
        left, right = before.get(name, ABSENT), after.get(name, ABSENT)
        yield from _values(left, right, ordered, shown + name, plain + name)


def _values(
    left: Json | Absent, right: Json | Absent, ordered: Container[str], shown: str, plain: str
) -> Iterator[Difference]:
    if isinstance(left, dict) and isinstance(right, dict):
        yield from _objects(left, right, ordered, f"{shown}.", f"{plain}.")
    elif isinstance(left, list) and isinstance(right, list) and plain not in ordered:
        yield from _sets(left, right, ordered, shown, plain)
    elif ABSENT in (left, right) or encode(left) != encode(right):  # 1 and true are equal in Python alone
        yield Difference(shown, left, right)


def _sets(
    before: list[Json], after: list[Json], ordered: Container[str], shown: str, plain: str
) -> Iterator[Difference]:
    left_objects = [item for item in before if isinstance(item, dict)]
    right_objects = [item for item in after if isinstance(item, dict)]
    key = ""
    if len(left_objects) == len(before) and len(right_objects) == len(after):
        key = _key(left_objects, right_objects)
    if not key:
        left, right = Counter(map(encode, before)), Counter(map(encode, after))
        added, removed = _taken(after, right - left), _taken(before, left - right)
        if added or removed:
            yield Difference(shown, added=added, removed=removed)
        return
    old, new = {str(item[key]): item for item in left_objects}, {str(item[key]): item for item in right_objects}
    for identity in sorted(old.keys() & new.keys()):
        yield from _objects(old[identity], new[identity], ordered, f"{shown}[{identity}].", f"{plain}.")
    added = tuple(new[identity] for identity in sorted(new.keys() - old.keys()))
    removed = tuple(old[identity] for identity in sorted(old.keys() - new.keys()))
    if added or removed:
        yield Difference(shown, added=added, removed=removed)


def _key(before: list[Object], after: list[Object]) -> str:
    for key in _KEYS if before and after else ():
        sides = [[item.get(key) for item in side] for side in (before, after)]
        if all(isinstance(value, str) and value for side in sides for value in side) and all(
            len(set(side)) == len(side) for side in sides
        ):
            return key
    return ""


def _taken[T: Json](items: list[T], wanted: Counter[bytes]) -> tuple[T, ...]:
    """Those of the items that are wanted, as often as they are."""
    left = Counter(wanted)
    taken = []
    for item in items:
        text = encode(item)
        if left[text] > 0:
            left[text] -= 1
            taken.append(item)
    return tuple(taken)


def _without(record: Object, names: set[str]) -> Object:
    return {name: value for name, value in record.items() if name not in names}

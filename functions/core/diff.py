"""What differs between two objects, property by property; pure.

In: two decoded objects of one type. Out: the properties whose values differ, with both values. Two values are the same
when they say the same to Graph: set-like arrays in any order, and null, absent and empty inside a value alike.
"""

from collections.abc import Collection
from copy import deepcopy
from typing import NamedTuple

from functions.catalogue.model import ObjectType
from functions.core.record import RELATIONSHIPS, Json, Object, canonical_object


class Change(NamedTuple):
    """One property: what it is and what it was or shall be. `before` and `after` are None where there is no value."""

    property: str
    before: Json
    after: Json


def shape(thing: Object, entry: ObjectType) -> Object:
    """A copy in canonical form: without volatile properties, transport annotations and relationships."""
    copy = {key: deepcopy(value) for key, value in thing.items() if key != RELATIONSHIPS}
    return canonical_object(copy, entry)


def changes(before: Object, after: Object, names: Collection[str] | None = None) -> list[Change]:
    """The properties of `after` that differ from `before`, by name; both in canonical form.

    A property that `after` does not have is not known there, and so is no change.
    """
    return [
        Change(name, before.get(name), after[name])
        for name in sorted(after)
        if (names is None or name in names) and not same(before.get(name), after[name])
    ]


def same(left: Json, right: Json) -> bool:
    """True when both values say the same."""
    return _pruned(left) == _pruned(right)


def empty(value: Json) -> bool:
    """True for null, an empty array, and an object whose every value is empty."""
    return _pruned(value) is None


def holds(wanted: Json, actual: Json) -> bool:
    """True when `actual` says everything `wanted` says; it may say more (defaults that Graph adds by itself)."""
    if isinstance(wanted, dict):
        found = actual if isinstance(actual, dict) else {}
        return all(holds(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and wanted:
        return isinstance(actual, list) and len(wanted) == len(actual) and _all_held(wanted, actual)
    return same(wanted, actual)


def _all_held(wanted: list[Json], actual: list[Json]) -> bool:
    rest = list(actual)
    for value in wanted:
        match = next((index for index, found in enumerate(rest) if holds(value, found)), None)
        if match is None:
            return False
        del rest[match]
    return True


def _pruned(value: Json) -> Json:
    if isinstance(value, dict):
        parts = {key: _pruned(part) for key, part in value.items() if not key.endswith("@odata.type")}
        kept: Object = {key: part for key, part in parts.items() if part is not None}
        kind = value.get("@odata.type")
        return {**kept, "@odata.type": kind} if kept and kind is not None else kept or None
    if isinstance(value, list):
        return [_pruned(part) for part in value] or None
    return value

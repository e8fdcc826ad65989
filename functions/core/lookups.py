"""Ids that are looked up when a call is sent, because nobody knows them when the plan is made; pure.

In: where an object will be found: the list it is in, and a property by which to tell it. Out: a text that stands in a
body for its id, and the way back. An access package names a resource by the id that its catalog has given it, and a
catalog that the same plan makes again gives new ones.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote

from functions.core.calls import tokens
from functions.core.record import Json

_LOOKUP = re.compile(r"\{find:([^{}|]+)\|(\w+)\|([^{}|]*)\}")


class Lookup(NamedTuple):
    """The object in the list at `path` (below the version root) whose `property` has this value."""

    path: str
    property: str
    value: str


def lookup(path: str, property: str, value: str) -> str:
    """What stands for the id. `path` and `value` may hold tokens of objects that the plan makes."""
    return f"{{find:{path}|{property}|{value if tokens(value) else quote(value, safe=':/')}}}"


def lookups(value: Json) -> set[Lookup]:
    """All that have to be looked up in a body in which the tokens are filled in already."""
    if isinstance(value, str):
        return {Lookup(path, name, unquote(text)) for path, name, text in _LOOKUP.findall(value)}
    if isinstance(value, dict):
        return {found for part in value.values() for found in lookups(part)}
    if isinstance(value, list):
        return {found for part in value for found in lookups(part)}
    return set()


def looked_up(value: Json, found: Mapping[Lookup, str]) -> Json:
    """A copy with the ids put in."""
    if isinstance(value, str):
        return _LOOKUP.sub(lambda match: found[Lookup(match[1], match[2], unquote(match[3]))], value)
    if isinstance(value, dict):
        return {key: looked_up(part, found) for key, part in value.items()}
    if isinstance(value, list):
        return [looked_up(part, found) for part in value]
    return value

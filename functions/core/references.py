"""The ids of other objects that stand inside a record: alone, in a path, in a rule or in a query. Pure.

In: a decoded record and its type's entry, whose `references` say where such ids stand. Out: each id with its place.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from functions.catalogue.model import ObjectType
from functions.core.record import Json, Object

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PAGE = re.compile(r"https?://\S+")  # an id in the address of a page is that of a document
NO_OBJECTS = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",  # default access, no filter, nobody
        "acacacac-9df4-4c7d-9d50-4ef0226f57a9",  # all users, as Intune writes it: a group that no list has
        "adadadad-808e-44e2-905a-0b7873a8a531",  # all devices
    }
)


class Reference(NamedTuple):
    """`place` is the dotted path it was found at, `target` the id in lower case."""

    place: str
    target: str


def references(record: Object, entry: ObjectType, *, elsewhere: bool = False) -> Iterator[Reference]:
    """Every id that the record's `references` hold, each once a place; with `elsewhere` also those that no list has to
    have."""
    for place in entry.references:
        if place in entry.elsewhere and not elsewhere:
            continue
        seen: set[str] = set()
        for text in texts(record, place):
            for target in _GUID.findall(_PAGE.sub("", text.lower())):
                if target not in NO_OBJECTS and target not in seen:
                    seen.add(target)
                    yield Reference(place, target)


def texts(thing: Json, path: str) -> Iterator[str]:
    """The strings at a dotted path, looking into every element of the arrays on the way and at its end."""
    if isinstance(thing, list):
        for item in thing:
            yield from texts(item, path)
    elif not path:
        if isinstance(thing, str):
            yield thing
    elif isinstance(thing, dict):
        head, _, rest = path.partition(".")
        # A property whose own name holds a dot, such as `@odata.type`, stands before one that is reached by steps.
        if path in thing:
            yield from texts(thing[path], "")
        elif head in thing:
            yield from texts(thing[head], rest)

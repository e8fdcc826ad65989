"""Reads tests/fixtures/graph/<key>.json: what Graph answers for a type in an invented tenant.

request        the call that lists the objects
pages          its answers, in order, as Graph sends them
               for a single object: the object itself
parents        for types read below a parent: the answers of the list of parents
details        for types read one by one: {object id: the object as its own call gives it}, but for those that the
               list gives whole
relationships  name → {"expand": answers of the expanded list, "batch": {object id: answers of its own call}}
shuffled       the objects of `pages` again, with properties and set-like arrays in another order
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from functions.catalogue.model import Relationship

FOLDER = Path(__file__).parents[2] / "fixtures" / "graph"


@cache
def fixture(key: str) -> Mapping[str, Any]:
    return json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))


def objects(key: str) -> list[Mapping[str, Any]]:
    """Every object of the fixture, whole: from its own call where the list does not give it so."""
    have = fixture(key)
    listed = [item for page in have["pages"] for item in page.get("value", [page])]
    return [have["details"].get(item["id"], item) for item in listed] if "details" in have else listed


def applies(link: Relationship, item: Mapping[str, Any]) -> bool:
    """True when the relationship is read for this object."""
    if link.only is None:
        return True
    name, wanted = link.only
    value = item.get(name)
    return bool(wanted & set(value if isinstance(value, list) else [value])) if wanted else bool(value)


def related(key: str, name: str) -> Iterator[Mapping[str, Any]]:
    """Every link or contained object of a relationship, from expanded lists and from calls of their own."""
    answers = fixture(key)["relationships"].get(name, {})
    for page in answers.get("expand", ()):
        for item in page["value"]:
            found = item.get(name, ())
            yield from [found] if isinstance(found, dict) else found
    for pages in answers.get("batch", {}).values():
        for page in pages:
            yield from page.get("value", ())


def values(thing: Any, path: str) -> Iterator[Any]:
    """What stands at a dotted path, looking into every element of the arrays on the way."""
    if isinstance(thing, list):
        for item in thing:
            yield from values(item, path)
    elif not path:
        yield thing
    elif isinstance(thing, dict):
        head = path if path in thing else path.partition(".")[0]
        if head in thing:
            yield from values(thing[head], path[len(head) + 1 :])


def present(key: str, path: str) -> bool:
    """True when the path leads somewhere in an object of the fixture, or in one of its relationships."""
    if path.startswith("@relationships."):
        _, name, rest = path.split(".", 2)
        things: Iterable[Any] = related(key, name)
        return any(True for thing in things for _ in values(thing, rest))
    return any(_leads(thing, path) for thing in objects(key))


def _leads(thing: Any, path: str) -> bool:
    if isinstance(thing, list):
        return any(_leads(item, path) for item in thing)
    if not isinstance(thing, dict):
        return False
    head, _, rest = path.partition(".")
    return path in thing or (head in thing and bool(rest) and _leads(thing[head], rest))

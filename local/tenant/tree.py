"""A path below the version root, read into a `Place`: which collection, object, navigation or function it names.

Knows paths only; whether an object is there is for others to find. A segment that is nowhere in the schema is Graph's
400, as is a cast that cannot be made.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import unquote

from local.tenant.rules import GraphFault
from local.tenant.schema import BY_PATH, KINDS, Held, Kind, LinkRule


class Shape(StrEnum):
    LIST = "list"
    ONE = "one"
    LINKED = "linked"  # /groups/{id}/members
    LINKED_ONE = "linkedOne"  # /groups/{id}/members/{id}, /users/{id}/manager
    BIN = "bin"
    BINNED = "binned"
    ANY = "any"  # /directoryObjects/{id}
    GET_BY_IDS = "getByIds"


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` and `key` name an object (or, where a link is followed, its source); `tail` is what the path ends with:
    "", "$count", "$ref", "delta" or "restore". `kinds` are the kinds a cast leaves."""

    shape: Shape
    kind: Kind | None = None
    key: str = ""
    alternate: str = ""
    link: LinkRule | None = None
    target: str = ""
    kinds: tuple[str, ...] = ()
    cast: str = ""
    tail: str = ""


ROOTS = {path.removeprefix("/"): kind for path, kind in BY_PATH.items()}
BETA_ROOTS = {**ROOTS, "administrativeUnits": KINDS["administrativeUnit"]}
BINS = {kind.deleted_path.removeprefix("/"): kind for kind in KINDS.values() if kind.deleted_path}
GENERAL_BIN = "directory/deletedItems"
CAST = re.compile(r"(?:microsoft\.graph|graph)\.(\w+)\Z")
KEYED = re.compile(r"([\w$]+)\((?:(\w+)=)?'?([^']*(?:''[^']*)*)'?\)\Z")
TAILS = ("$count", "$ref")


def unknown_segment(segment: str) -> GraphFault:
    return GraphFault(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def resolve(api: str, path: str) -> Place:
    segments = _segments(path)
    if not segments:
        raise unknown_segment("")
    if segments[0] == "directoryObjects":
        return _directory_object(segments[1:])
    for length in range(min(len(segments), 4), 0, -1):
        root = "/".join(segments[:length])
        if root in BINS:
            return _bin(BINS[root], segments[length:])
        if root == GENERAL_BIN:
            return _bin(None, segments[length:])
        kind = (BETA_ROOTS if api == "beta" else ROOTS).get(root)
        if kind is not None:
            return _below(kind, segments[length:])
    raise unknown_segment(segments[0])


def _segments(path: str) -> list[str]:
    """Segments, decoded; `users('x')` and `groups(uniqueName='x')` become two."""
    found: list[str] = []
    for part in path.strip("/").split("/"):
        segment = unquote(part)
        keyed = KEYED.match(segment)
        if keyed:
            name, alternate, value = keyed.groups()
            found += [name, f"\0{alternate or ''}\0{value.replace("''", "'")}"]
        elif segment:
            found.append(segment)
    return found


def _below(kind: Kind, rest: list[str]) -> Place:
    if not rest:
        return Place(Shape.LIST, kind, kinds=(kind.name,))
    first, *more = rest
    if first == "$count" and not more:
        return Place(Shape.LIST, kind, kinds=(kind.name,), tail="$count")
    if first in ("delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()") and not more and kind.delta:
        return Place(Shape.LIST, kind, kinds=(kind.name,), tail="delta")
    if CAST.match(first):
        cast = _cast(first, (kind.name,))
        return replace(_below(kind, more), cast=cast)
    place = Place(Shape.ONE, kind, key=first, kinds=(kind.name,))
    if first.startswith("\0"):
        _, alternate, value = first.split("\0", 2)
        if alternate and alternate not in kind.keys:
            raise unknown_segment(f"{kind.collection}({alternate}='{value}')")
        place = replace(place, key=value, alternate=alternate)
    return _of_object(kind, place, more)


def _of_object(kind: Kind, place: Place, more: list[str]) -> Place:
    if more and CAST.match(more[0]):
        _cast(more[0], (kind.name,))
        more = more[1:]
    if not more:
        return place
    name, *rest = more
    link = kind.links.get(name)
    if link is None or not (link.readable or link.writable):
        raise unknown_segment(name)
    return _linked(replace(place, shape=Shape.LINKED, link=link, kinds=link.to), link, rest)


def _linked(place: Place, link: LinkRule, rest: list[str]) -> Place:
    if link.single:
        place = replace(place, shape=Shape.LINKED_ONE)
    elif rest and rest[0] not in TAILS and not CAST.match(rest[0]):
        target = rest[0].split("\0")[-1]
        place, rest = replace(place, shape=Shape.LINKED_ONE, target=target), rest[1:]
    if rest and CAST.match(rest[0]):
        cast = _cast(rest[0], link.to)
        place, rest = replace(place, kinds=(cast,), cast=cast), rest[1:]
    if not rest:
        return place
    if rest == ["$ref"] and (link.writable or link.held is Held.STORED):
        return replace(place, tail="$ref")
    if rest == ["$count"] and place.shape is Shape.LINKED:
        return replace(place, tail="$count")
    raise unknown_segment(rest[0])


def _bin(kind: Kind | None, rest: list[str]) -> Place:
    kinds = (
        (kind.name,) if kind else tuple(k.name for k in BINS.values() if k.deleted_path.startswith(f"/{GENERAL_BIN}"))
    )
    place = Place(Shape.BIN, kind, kinds=kinds)
    if not rest:
        return place
    first, *more = rest
    if first == "$count" and not more:
        return replace(place, tail="$count")
    if kind is None and CAST.match(first):
        return _bin(KINDS[_cast(first, kinds)], more)
    place = replace(place, shape=Shape.BINNED, key=first.split("\0")[-1])
    if more and CAST.match(more[0]):
        place, more = replace(place, kinds=(_cast(more[0], kinds),)), more[1:]
    if more in (["restore"], ["microsoft.graph.restore"]):
        return replace(place, tail="restore")
    if more:
        raise unknown_segment(more[0])
    return place


def _directory_object(rest: list[str]) -> Place:
    kinds = tuple(kind.name for kind in KINDS.values() if kind.directory_object)
    if rest in (["getByIds"], ["microsoft.graph.getByIds"]):
        return Place(Shape.GET_BY_IDS, kinds=kinds)
    if len(rest) == 1:
        return Place(Shape.ANY, key=rest[0].split("\0")[-1], kinds=kinds)
    raise unknown_segment(rest[1] if len(rest) > 1 else "directoryObjects")


def _cast(segment: str, kinds: tuple[str, ...]) -> str:
    match = CAST.match(segment)
    name = match[1] if match else segment
    if name not in kinds:
        raise GraphFault(
            400, "Request_UnsupportedQuery", f"The cast '{segment}' does not name a type that can be found here."
        )
    return name

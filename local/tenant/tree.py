"""A path below the version root, read into a `Place`: which collection, object, navigation or function it names.

Knows paths only; whether an object is there is for others to find. A segment that is nowhere in the schema is Graph's
400, as is a cast that cannot be made.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import unquote

from local.tenant.actions import Action, action_at
from local.tenant.rules import GraphFault
from local.tenant.schema import BY_PATH, KINDS, Edition, Held, Kind, LinkRule


class Shape(StrEnum):
    LIST = "list"
    ONE = "one"
    LINKED = "linked"  # /groups/{id}/members
    LINKED_ONE = "linkedOne"  # /groups/{id}/members/{id}, /users/{id}/manager
    STREAM = "stream"  # /applications/{id}/logo
    BIN = "bin"
    BINNED = "binned"
    ANY = "any"  # /directoryObjects/{id}
    GET_BY_IDS = "getByIds"
    EXTENSIONS = "extensions"  # /directoryObjects/getAvailableExtensionProperties
    ACTION = "action"  # /users/{id}/assignLicense
    INLINE = "inline"  # /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}


@dataclass(frozen=True, slots=True)
class Step:
    """A link that was followed on the way to the source of the last one; `target` "" follows a single one."""

    link: LinkRule
    target: str


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` and `key` name an object (or, where a link is followed, its source, `steps` further down); a singleton has
    no `key`. `tail` is what the path ends with: "", "$count", "$ref", "delta" or "restore". `kinds` are those that a
    cast leaves. An `action` is asked of the object, or of the collection that `link` leads to, or of `kind`'s."""

    shape: Shape
    kind: Kind | None = None
    key: str = ""
    alternate: str = ""
    link: LinkRule | None = None
    target: str = ""
    kinds: tuple[str, ...] = ()
    cast: str = ""
    tail: str = ""
    steps: tuple[Step, ...] = ()
    action: Action | None = None
    inline: str = ""  # the collection whose item `target` names; without one, the collection itself

    @property
    def source(self) -> Kind | None:
        """The kind that the last link starts from."""
        return KINDS[self.steps[-1].link.to[0]] if self.steps else self.kind


ROOTS = {path.removeprefix("/"): kind for path, kind in BY_PATH.items()}
BETA_ROOTS = {**ROOTS, "administrativeUnits": KINDS["administrativeUnit"]}
DEEPEST = max(root.count("/") for root in ROOTS) + 1
BINS = {kind.deleted_path.removeprefix("/"): kind for kind in KINDS.values() if kind.deleted_path}
GENERAL_BIN = "directory/deletedItems"
CAST = re.compile(r"(?:microsoft\.graph|graph)\.(\w+)\Z")
KEYED = re.compile(r"([\w$]+)\((?:(\w+)=)?'?([^']*(?:''[^']*)*)'?\)\Z")
TAILS = ("$count", "$ref")
DELTA = ("delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()")
LONGEST_NAME = max(name.count("/") + 1 for kind in KINDS.values() for name in kind.links)


def unknown_segment(segment: str) -> GraphFault:
    return GraphFault(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def resolve(edition: Edition, path: str) -> Place:
    segments = _segments(path)
    if not segments:
        raise unknown_segment("")
    if segments[0] == "directoryObjects":
        return _directory_object(segments[1:])
    for length in range(min(len(segments), DEEPEST), 0, -1):
        root = "/".join(segments[:length])
        if root in BINS:
            return _bin(_kept_in(BINS[root], edition), segments[length:])
        if root == GENERAL_BIN:
            return _bin(None, segments[length:])
        kind = (BETA_ROOTS if edition.beta else ROOTS).get(root)
        if kind is not None:
            return _below(_known(kind, edition), segments[length:], edition)
    raise unknown_segment(segments[0])


def _kept_in(kind: Kind, edition: Edition) -> Kind:
    if edition.cloud in kind.deleted_not_in:
        raise unknown_segment("deletedItems")
    return _known(kind, edition)


def _known(kind: Kind, edition: Edition) -> Kind:
    if not kind.known(edition):
        raise unknown_segment(kind.collection)
    return kind


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


def _below(kind: Kind, rest: list[str], edition: Edition) -> Place:
    action = action_at(kind.name, rest, collection=True)
    if action is not None:
        return Place(Shape.ACTION, kind, kinds=(kind.name,), action=action)
    if kind.singleton:
        return _of_object(kind, Place(Shape.ONE, kind, kinds=(kind.name,)), rest, edition)
    if not rest:
        return Place(Shape.LIST, kind, kinds=(kind.name,))
    first, *more = rest
    if first == "$count" and not more:
        return Place(Shape.LIST, kind, kinds=(kind.name,), tail="$count")
    if first in DELTA and not more and edition.cloud in kind.delta_not_in:
        raise unknown_segment(first)
    if first in DELTA and not more and kind.delta:
        return Place(Shape.LIST, kind, kinds=(kind.name,), tail="delta")
    if CAST.match(first):
        cast = _cast(first, (kind.name,))
        return replace(_below(kind, more, edition), cast=cast)
    place = Place(Shape.ONE, kind, key=first, kinds=(kind.name,))
    if first.startswith("\0"):
        _, alternate, value = first.split("\0", 2)
        if alternate and alternate not in kind.keys:
            raise unknown_segment(f"{kind.collection}({alternate}='{value}')")
        place = replace(place, key=value, alternate=alternate)
    return _of_object(kind, place, more, edition)


def _of_object(kind: Kind, place: Place, more: list[str], edition: Edition) -> Place:
    if more and CAST.match(more[0]) and action_at(kind.name, more, collection=False) is None:
        _cast(more[0], (kind.name,))
        more = more[1:]
    action = action_at(kind.name, more, collection=False)
    if action is not None:
        return replace(place, shape=Shape.ACTION, action=action, link=None)
    if not more:
        return place
    if more[0] in kind.inline and len(more) <= 2:
        return replace(place, shape=Shape.INLINE, inline=more[0], target="".join(more[1:]).split("\0")[-1])
    link, rest = _link(kind, more)
    if link is None or not (link.readable or link.writable) or not link.known(edition):
        raise unknown_segment(more[0])
    if link.stream and rest:
        raise unknown_segment(rest[0])
    if link.stream:
        return replace(place, shape=Shape.STREAM, link=link)
    return _linked(replace(place, shape=Shape.LINKED, link=link, kinds=link.to), link, rest, edition)


def _link(kind: Kind, more: list[str]) -> tuple[LinkRule | None, list[str]]:
    """The link that the path goes on with: its name may take several segments, the longest that fits wins."""
    for length in range(min(len(more), LONGEST_NAME), 0, -1):
        link = kind.links.get("/".join(more[:length]))
        if link is not None:
            return link, more[length:]
    return None, more


def _linked(place: Place, link: LinkRule, rest: list[str], edition: Edition) -> Place:
    action = action_at(link.to[0], rest, collection=True)
    if action is not None:
        return replace(place, shape=Shape.ACTION, action=action)
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
    if link.held in (Held.CONTAINED, Held.DERIVED) and place.shape is Shape.LINKED_ONE:
        step = Step(link, place.target)
        return _of_object(KINDS[link.to[0]], replace(place, steps=(*place.steps, step), target=""), rest, edition)
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
    if rest in (["getAvailableExtensionProperties"], ["microsoft.graph.getAvailableExtensionProperties"]):
        return Place(Shape.EXTENSIONS, kinds=("extensionProperty",))
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

"""The canonical form of an object: Graph's JSON in, the record's bytes and digest out.

The same object gives the same bytes whatever order Graph chose for its properties or for the members of its set-like
arrays. Absent and null stay different, properties nobody declared stay, transport annotations go, and volatile
properties are kept apart so that they make no version. docs/format.md ("Canonical form") is the specification.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from functions.catalogue.model import CAST, ObjectType
from functions.errors import FormatError

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None
type Object = dict[str, Json]

RELATIONSHIPS = "@relationships"

_encode = msgspec.json.Encoder(order="sorted").encode
_decode_object = msgspec.json.Decoder(dict[str, object]).decode


class Canonical(NamedTuple):
    """One record: `data` is its line in the file, `digest` the SHA-256 of that; `volatile` is kept apart, or None."""

    id: str
    name: str
    data: bytes
    digest: bytes
    volatile: bytes | None


class Link(msgspec.Struct, frozen=True, gc=False):
    """One object at the other end of a relationship."""

    id: str
    type: str = msgspec.field(name="@odata.type", default="")


def canonical(
    raw: bytes | msgspec.Raw, entry: ObjectType, relationships: Mapping[str, msgspec.Raw] | None = None
) -> Canonical:
    """The record of one raw Graph object; `relationships` maps a name to what `links` or `contained` made of it.

    Raises FormatError when `raw` is not a JSON object with a string where the entry says that its id is.
    """
    try:
        thing: Object = _decode_object(raw)  # type: ignore[assignment]
    except msgspec.DecodeError as error:
        raise FormatError(f"{entry.key}: Graph returned an object that cannot be read: {error}") from error
    identity = thing.get(entry.identity) if entry.identity else entry.key
    if not isinstance(identity, str) or not identity:
        raise FormatError(f"{entry.key}: Graph returned an object without an id")
    _drop_cast(thing, entry)
    volatile = _take_apart(thing, _split(entry.volatile)) if entry.volatile else None
    settle(thing, entry.ordered)
    if relationships is not None:
        thing[RELATIONSHIPS] = relationships  # type: ignore[assignment]
    data = _encode(thing)
    name = thing.get(entry.name)
    return Canonical(
        identity,
        name if isinstance(name, str) else "",
        data,
        sha256(data).digest(),
        _encode({"id": identity, **volatile}) if volatile else None,
    )


def canonical_object(thing: Object, entry: ObjectType) -> Object:
    """The same normalisation on a decoded object (changed in place and returned), without its volatile properties."""
    _drop_cast(thing, entry)
    _take_apart(thing, _split(entry.volatile))
    settle(thing, entry.ordered)
    return thing


def _drop_cast(thing: Object, entry: ObjectType) -> None:
    """Removes a type that says no more than the address does: Graph may give it for one object and not in a list."""
    kind = entry.path.rpartition("/")[2]
    if kind.startswith(CAST) and thing.get("@odata.type") == f"#{kind}":
        del thing["@odata.type"]


def identity_of(raw: bytes | msgspec.Raw, entry: ObjectType) -> str:
    """The id of a raw Graph object: its entry says which property holds it, or that the object goes by the key.

    Raises FormatError when there is none.
    """
    return text_of(raw, entry.identity, entry) if entry.identity else entry.key


def text_of(raw: bytes | msgspec.Raw, name: str, entry: ObjectType) -> str:
    """One property that has to be text, at a tenth of the cost of decoding the object. Raises FormatError."""
    try:
        text: str = _decoder_of(name)(raw).text
    except msgspec.DecodeError as error:
        raise FormatError(f"{entry.key}: Graph returned an object that cannot be read: {error}") from error
    if not text:
        raise FormatError(f"{entry.key}: Graph returned an object without an {name}")
    return text


@cache
def _decoder_of(name: str) -> Callable[[bytes | msgspec.Raw], Any]:
    return msgspec.json.Decoder(msgspec.defstruct("Named", [("text", str)], rename={"text": name}, gc=False)).decode


_decode_link = msgspec.json.Decoder(Link).decode


def links(targets: Iterable[bytes | msgspec.Raw], default: str = "directoryObject") -> msgspec.Raw:
    """Raw objects at the other end of a relationship → `[{"id","type"}, …]`, sorted by id, each once.

    `default` is the type of those that come without one. Raises FormatError for an object without an id.
    """
    try:
        found = {link.id: link.type for link in map(_decode_link, targets)}
    except msgspec.DecodeError as error:
        raise FormatError(f"an object at the end of a relationship cannot be read: {error}") from error
    return msgspec.Raw(
        _encode([{"id": identity, "type": found[identity].rpartition(".")[2] or default} for identity in sorted(found)])
    )


class _Every:
    """Holds every path."""

    def __contains__(self, path: object) -> bool:
        return True


EVERY: Container[str] = _Every()


def contained(targets: Iterable[bytes | msgspec.Raw], *, keeps_order: bool = False) -> msgspec.Raw:
    """Raw objects that live inside another (a federated credential) → the objects themselves, sorted by id."""
    try:
        things: list[Object] = [_decode_object(target) for target in targets]  # type: ignore[misc]
    except msgspec.DecodeError as error:
        raise FormatError(f"a contained object cannot be read: {error}") from error
    for thing in things:
        settle(thing, EVERY if keeps_order else frozenset())
    return msgspec.Raw(_encode(sorted(things, key=_by_id)))


def encode(value: object) -> bytes:
    """JSON with sorted keys: the one encoding used for everything that is compared, hashed or stored."""
    return _encode(value)


def settle(thing: Object, ordered: Container[str] = frozenset()) -> None:
    """Removes transport annotations and sorts set-like arrays, in place and at every depth."""
    _settle_object(thing, ordered, "")


def _settle_object(thing: Object, ordered: Container[str], prefix: str) -> None:
    annotations = None
    for key, value in thing.items():
        kind = type(value)
        if kind is list:
            if value:
                _settle_array(value, ordered, prefix + key)  # type: ignore[arg-type]
        elif kind is dict:
            _settle_object(value, ordered, f"{prefix}{key}.")  # type: ignore[arg-type]
        if "@" in key and _is_transport(key):
            annotations = [*(annotations or ()), key]
    if annotations:
        for key in annotations:
            del thing[key]


def _settle_array(values: list[Json], ordered: Container[str], path: str) -> None:
    scalars = True
    for value in values:
        kind = type(value)
        if kind is str:
            continue
        scalars = False
        if kind is dict:
            _settle_object(value, ordered, path + ".")  # type: ignore[arg-type]
        elif kind is list:
            _settle_array(value, ordered, path)  # type: ignore[arg-type]
    if len(values) > 1 and path not in ordered:
        if scalars:
            values.sort()  # type: ignore[type-var,unused-ignore]
        else:
            values.sort(key=_encode)


def _is_transport(key: str) -> bool:
    """`@odata.context`, `members@odata.navigationLink`, `@microsoft.graph.tips` and so on; `@odata.type` is data."""
    if "@odata." in key:
        return not key.endswith("@odata.type")
    return key.startswith("@microsoft.graph.")


def _by_id(target: Object) -> tuple[str, bytes]:
    return str(target.get("id", "")), _encode(target)


@cache
def _split(paths: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Dotted paths as (first part, the rest), in a fixed order."""
    return tuple((head, rest) for head, _, rest in (path.partition(".") for path in sorted(paths)))


def _take_apart(thing: Object, paths: tuple[tuple[str, str], ...]) -> Object:
    """Removes the properties at the dotted paths and returns them in a structure of the same shape."""
    apart: Object = {}
    for head, rest in paths:
        if head not in thing:
            continue
        if not rest:
            apart[head] = thing.pop(head)
        elif fragment := _take_within(thing[head], rest):
            apart[head] = _merged(apart[head], fragment) if head in apart else fragment
    return apart


def _take_within(value: Json, path: str) -> Json:
    if isinstance(value, dict):
        return _take_apart(value, _split(frozenset((path,))))
    if isinstance(value, list):
        # Sorted by what is left, so that the parts taken away stand in the order the record's own array will have.
        parts = [(item, _take_within(item, path)) for item in value]
        if len(parts) > 1:
            for item, _ in parts:
                if isinstance(item, dict):
                    settle(item)
            parts.sort(key=lambda pair: _encode(pair[0]))
            value[:] = [item for item, _ in parts]
        fragments = [fragment for _, fragment in parts]
        return fragments if any(fragments) else None
    return None


def _merged(left: Json, right: Json) -> Json:
    if isinstance(left, dict) and isinstance(right, dict):
        return {**left, **{key: _merged(left.get(key), value) for key, value in right.items()}}
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [_merged(a, b) for a, b in zip(left, right, strict=True)]
    return right if left is None else left

"""What a typed model makes of a JSON object: what it does not know, and what it loses.

In: a JSON object and the model that the client read from it. Out: `Finding`s, each once for a type and a property:

unknown   a property that the model has no field for (it is among `additional_data`)
lost      a property with a value that the model's field does not show, or shows otherwise
subtype   an `@odata.type` for which the client took another model
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from kiota_abstractions.serialization import Parsable
from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph.generated.models.entity import Entity

from tests.typed.models import named

_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+")


@dataclass(frozen=True, order=True)
class Finding:
    """`type` is the model's class."""

    type: str
    property: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.type}.{self.property}"


def findings(raw: dict[str, Any], model: Parsable) -> Iterator[tuple[Finding, Any]]:
    """Every finding in an object and in what it holds, with the value it was seen at."""
    name = type(model).__name__
    fields = _fields(type(model))
    untyped = type(model) is Entity
    stated = raw.get("@odata.type")
    if stated is not None and not untyped and _class_of(stated) != name.lower():
        yield Finding(name, stated.removeprefix("#microsoft.graph."), "subtype"), stated
    for key, value in raw.items():
        if "@odata." in key:  # annotations of the protocol are no properties
            continue
        if key not in fields:
            assert key in model.additional_data
            if not untyped:
                yield Finding(name, _EXTENSION.sub("extension_…", key), "unknown"), value
            yield from _islands(value)
            continue
        if value is not None:
            read = getattr(model, fields[key])
            yield from _values(Finding(name, key, "lost"), value, read)


def _values(lost: Finding, value: Any, read: Any) -> Iterator[tuple[Finding, Any]]:
    if isinstance(value, dict):
        if isinstance(read, Parsable):
            yield from findings(value, read)
        else:
            yield lost, value
    elif isinstance(value, list):
        if not isinstance(read, list) or len(read) != len(value):
            yield lost, value
            return
        for one, its in zip(value, read, strict=True):
            yield from _values(lost, one, its)
    elif not _same(value, read):
        yield lost, value


def _islands(value: Any) -> Iterator[tuple[Finding, Any]]:
    """What is known again inside of what is not: an object that says a type of which there is a model."""
    if isinstance(value, list):
        for one in value:
            yield from _islands(one)
    elif isinstance(value, dict):
        model = named(value.get("@odata.type", "").removeprefix("#microsoft.graph."))
        if model is None:
            yield from _islands(list(value.values()))
        else:
            yield from findings(value, JsonParseNode(value).get_object_value(model))


def _same(value: Any, read: Any) -> bool:
    """Whether a model's value says what a JSON value says."""
    match read:
        case Enum():
            return bool(read.value.lower() == str(value).lower())
        case list():  # flags: "a,b"
            return [one.strip() for one in str(value).split(",")] == [getattr(one, "value", one) for one in read]
        case bytes():
            return base64.b64encode(read).decode() == value
        case UUID():
            return str(read) == str(value).lower()
        case datetime() | date() | time() | timedelta():
            return isinstance(value, str)
        case _:
            return type(read) in (type(value), float) and read == value


def _class_of(stated: str) -> str:
    return stated.rpartition(".")[2].lower()


@cache
def _fields(model: type[Parsable]) -> dict[str, str]:
    """A model's fields: the name in JSON → the attribute that it is read into."""
    reads = model.get_field_deserializers
    found: dict[str, str] = {}

    class Spy(model):
        """Sees which attribute is set, and sets none."""

        reading = ""

        def __setattr__(self, attribute: str, _: object) -> None:
            found[Spy.reading] = attribute

    spy = object.__new__(Spy)
    for name, read in reads(spy).items():
        Spy.reading = name
        read(_Anything())
    return found


class _Anything:
    """A parse node that answers every question."""

    def __getattr__(self, _: str) -> Any:
        return lambda *_: None

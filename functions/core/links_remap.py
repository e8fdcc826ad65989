"""Ids of other objects inside a record: where they are, and the same record with old ids replaced by new; pure.

In: a record, its catalogue entry (`references` says where ids live) and the id map. Out: a rewritten copy, and the
list of the objects it refers to. Keywords (`All`, `None`, `GuestsOrExternalUsers`) stay as they are.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import NamedTuple

from functions.catalogue.model import ObjectType
from functions.core.links import Target, is_guid, targets
from functions.core.record import RELATIONSHIPS, Json, Object

_IN_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TYPES = {"Users": "user", "Groups": "group", "Locations": "namedLocation", "ServicePrincipals": "servicePrincipal"}
_MFA_TRUSTED_IPS = "00000000-0000-0000-0000-000000000000"  # a location that exists in no list


class Reference(NamedTuple):
    """An id in a property. `type` is empty where the path does not say what kind of object it is."""

    path: str
    id: str
    type: str


def remapped(record: Object, entry: ObjectType, ids: Mapping[str, str]) -> Object:
    """A copy of the record in which every reference and every link leads to the newest id."""
    copy = deepcopy(record)
    for path in entry.references:
        _rewrite(copy, path.split("."), ids)
    relationships = copy.get(RELATIONSHIPS)
    if isinstance(relationships, dict):
        for items in relationships.values():
            for item in items if isinstance(items, list) else []:
                if isinstance(item, dict):
                    item["id"] = ids.get(str(item.get("id")), item.get("id"))
    return copy


def references(record: Object, entry: ObjectType) -> list[Reference]:
    """Every object id in the properties the entry names, in the order of the entry."""
    found: dict[Reference, None] = {}
    for path in entry.references:
        for text in _texts(record, path.split(".")):
            for identity in [text] if is_guid(text) else _IN_TEXT.findall(text):
                if identity != _MFA_TRUSTED_IPS:
                    found[Reference(path, identity, type_at(path) if is_guid(text) else "")] = None
    return list(found)


def referred(record: Object, entry: ObjectType) -> list[Target]:
    """Every object the record refers to, by property or by link, each once."""
    found = {reference.id: Target(reference.id, reference.type) for reference in references(record, entry)}
    for relationship in entry.relationships:
        for target in targets(record, relationship.name) or []:
            found.setdefault(target.id, target)
    return list(found.values())


def type_at(path: str) -> str:
    """The type of the objects whose ids live at a path, or empty where it does not say (role templates, agreements)."""
    return next((kind for ending, kind in _TYPES.items() if path.endswith(ending)), "")


def _rewrite(value: Json, path: list[str], ids: Mapping[str, str]) -> None:
    if isinstance(value, list):
        for item in value:
            _rewrite(item, path, ids)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) > 1:
            _rewrite(value[path[0]], path[1:], ids)
        else:
            value[path[0]] = _mapped(value[path[0]], ids)


def _mapped(value: Json, ids: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return _IN_TEXT.sub(lambda match: ids.get(match[0], match[0]), value)
    if isinstance(value, list):
        return list({str(item): item for item in (_mapped(item, ids) for item in value)}.values())
    return value


def _texts(value: Json, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item, path)
    elif isinstance(value, str) and not path:
        yield value
    elif isinstance(value, dict) and path:
        yield from _texts(value.get(path[0]), path[1:])

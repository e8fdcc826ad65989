"""Ids of other objects inside a record: where they are, and the same record with old ids replaced by new; pure.

In: a record, its catalogue entry (`references` says where ids live) and the id map. Out: a rewritten copy, and the
list of the objects it refers to. Keywords (`All`, `None`, `GuestsOrExternalUsers`) stay as they are.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from functions.catalogue.model import ObjectType
from functions.core.links import Target, is_guid, targets
from functions.core.record import RELATIONSHIPS, Json, Object
from functions.core.references import NO_OBJECTS

_IN_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"\{new:[^{}]*\}")
_DIRECTORY_OBJECT = "directoryObject"  # any of those that Graph looks up by id, whatever their kind
# What a path leads to, by how it ends. Ids of applications are not among them: no call looks an appId up.
_ENDS = {
    "Users": "user",
    "Groups": "group",
    "Locations": "namedLocation",
    "ServicePrincipals": "servicePrincipal",
    ".users": "user",
    ".groups": "group",
    "userId": "user",
    "groupId": "group",
    "principalId": _DIRECTORY_OBJECT,
    "usersAndGroups.targets.target": _DIRECTORY_OBJECT,
}
_PEOPLE = {"users", "groups"}
_NUMBERED = "roleScopeTag"  # goes by a small number
_KINDS = {
    "assignmentFilters": "deviceAndAppManagementAssignmentFilter",
    "groups": "group",
    "mobileApps": "mobileApp",
    "notificationMessageTemplates": "notificationMessageTemplate",
    "roleScopeTags": _NUMBERED,
    "accessPackageCatalogs": "accessPackageCatalog",
    "accessPackages": "accessPackage",
    "authenticationStrengthPolicies": "authenticationStrengthPolicy",
    "connectedOrganizations": "connectedOrganization",
    "roleDefinitions": "roleDefinition",
}


class Reference(NamedTuple):
    """An id in a property. `type` is empty where the path does not say what kind of object it is."""

    path: str
    id: str
    type: str


def remapped(record: Object, entry: ObjectType, ids: Mapping[str, str]) -> Object:
    """The record with every reference and every link leading to the newest id: the record itself where none has
    changed, else a copy of what has."""
    if not ids:
        return record
    for path in entry.references:
        record = _at(record, path, ids)  # type: ignore[assignment]
    held = record.get(RELATIONSHIPS)
    if not isinstance(held, dict):
        return record
    contained = {relationship.name for relationship in entry.relationships if relationship.contained}
    linked = {name: items if name in contained else _linked(items, ids) for name, items in held.items()}
    return record if all(linked[name] is held[name] for name in held) else {**record, RELATIONSHIPS: linked}


def remapped_at(thing: Json, path: str, ids: Mapping[str, str]) -> Json:
    """A value with the ids at one dotted path replaced; the value itself where there are none."""
    return _at(thing, path, ids)


def references(record: Object, entry: ObjectType) -> list[Reference]:
    """Every object id in the properties the entry names, in the order of the entry; not where such an id may lead out
    of the tenant, and not the ids that this plan makes anew."""
    found: dict[Reference, None] = {}
    if entry.organization and record.get(entry.organization):
        return []  # they lead into another tenant
    for path in entry.references:
        if path in entry.elsewhere:
            continue
        for text in texts(record, path):
            kind = _type_at(path, entry)
            whole = is_guid(text) or (kind == _NUMBERED and text.isdigit())
            for identity in [text] if whole else _IN_TEXT.findall(_TOKEN.sub("", text)):
                if identity not in NO_OBJECTS:
                    found[Reference(path, identity, kind if whole else "")] = None
    return list(found)


def referred(record: Object, entry: ObjectType) -> list[Target]:
    """Every object the record refers to, by property or by link, each once."""
    found = {reference.id: Target(reference.id, reference.type) for reference in references(record, entry)}
    for relationship in entry.relationships:
        for target in targets(record, relationship.name) or []:
            found.setdefault(target.id, target)
    return list(found.values())


def _type_at(path: str, entry: ObjectType) -> str:
    """The type of the objects whose ids live at a path, or empty where nothing says it (role templates, agreements)."""
    kind = next((kind for ending, kind in _ENDS.items() if path.endswith(ending)), "")
    leads = entry.leads_to.get(path, ())
    if kind or not leads:
        return kind
    if len(leads) == 1:
        return _KINDS.get(leads[0], "")
    return _DIRECTORY_OBJECT if _PEOPLE.issuperset(leads) else ""


def _linked(items: Json, ids: Mapping[str, str]) -> Json:
    if not isinstance(items, list) or not any(isinstance(item, dict) and item.get("id") in ids for item in items):
        return items
    return [{**item, "id": ids.get(str(item.get("id")), item.get("id"))} for item in items if isinstance(item, dict)]


def _at(value: Json, path: str, ids: Mapping[str, str]) -> Json:
    if not path:
        return _mapped(value, ids)
    if isinstance(value, list):
        items = [_at(item, path, ids) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    if not isinstance(value, dict):
        return value
    key, rest = (path, "") if path in value else path.partition(".")[::2]
    if key not in value:
        return value
    part = _at(value[key], rest, ids)
    return value if part is value[key] else {**value, key: part}


def _mapped(value: Json, ids: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        text = ids.get(value) or _IN_TEXT.sub(lambda match: _newest(match[0], ids), value)
        return value if text == value else text
    if isinstance(value, list):
        items = [_mapped(item, ids) for item in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return list({str(item): item for item in items}.values())
    if isinstance(value, dict):
        parts = {key: _mapped(part, ids) for key, part in value.items()}
        return value if all(parts[key] is value[key] for key in value) else parts
    return value


def _newest(identity: str, ids: Mapping[str, str]) -> str:
    return ids.get(identity) or ids.get(identity.lower(), identity)


def texts(value: Json, path: str) -> Iterator[str]:
    """The strings at a dotted path, and below it."""
    if isinstance(value, list):
        for item in value:
            yield from texts(item, path)
    elif isinstance(value, dict):
        if not path:
            for part in value.values():
                yield from texts(part, "")
        else:
            key, rest = (path, "") if path in value else path.partition(".")[::2]
            yield from texts(value.get(key), rest)
    elif isinstance(value, str) and not path:
        yield value

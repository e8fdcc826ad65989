"""What holds of a write to any kind: what has to be named, of which type it is, what the service sets, taken keys.

    opened(kind, body, directory, parent)    a new object before its kind's own rules
    changed(kind, current, body, directory)  an object after a PATCH, before its kind's own rules
    replaced(kind, current, body, directory) an object after a PUT, before its kind's own rules
    check_keys(kind, object, directory, own) refuses a key that another object has

The words of refusals that the services share are not confirmed for every kind.
"""

from collections.abc import Mapping
from typing import Any

from local.tenant.rules.body import malformed, required, settable
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request
from local.tenant.rules.references import own_values
from local.tenant.schema import KINDS, Kind, Writes

CREATED = ("createdDateTime",)
CHANGED = ("lastModifiedDateTime", "modifiedDateTime")
VERSION = "version"


def opened(kind: Kind, body: Mapping[str, Any], directory: Directory, parent: Ref | None) -> Object:
    check_type(kind, body, creating=True)
    required(kind, body, *kind.required)
    new: Object = {}
    if "id" in kind.properties and kind.properties["id"].writes is Writes.SERVER:
        new["id"] = directory.new_id()
    if kind.polymorphic:
        new["@odata.type"] = body["@odata.type"]
    new |= _stamps(kind, directory, *CREATED, *CHANGED)
    if VERSION in _served(kind, "int"):
        new[VERSION] = 1
    return new | _of_parent(kind, directory, parent) | settable(kind, body) | own_values(kind, body, directory)


def changed(kind: Kind, current: Object, body: Mapping[str, Any], directory: Directory) -> Object:
    """What is not sent stays."""
    check_type(kind, {"@odata.type": current.get("@odata.type"), **body}, creating=False, named="@odata.type" in body)
    new = {**current, **settable(kind, body), **own_values(kind, body, directory)}
    return _touched(kind, current, new, directory)


def replaced(kind: Kind, current: Object, body: Mapping[str, Any], directory: Directory) -> Object:
    """What is not sent goes, but for what only the service or the creator sets."""
    check_type(kind, {"@odata.type": current.get("@odata.type"), **body}, creating=False)
    fixed = {name for name, rule in kind.properties.items() if rule.writes is not Writes.FREE}
    required(kind, body, *(name for name in kind.required if name not in fixed))
    owned = {link.via for link in kind.links.values() if link.via in kind.properties}
    kept = {
        name: value
        for name, value in current.items()
        if name == "@odata.type"
        or name in owned
        or (name in kind.properties and kind.properties[name].writes is not Writes.FREE)
    }
    new = {**kept, **settable(kind, body), **own_values(kind, body, directory)}
    return _touched(kind, current, new, directory)


def without_echoes(kind: Kind, current: Object, body: Mapping[str, Any]) -> Object:
    """A PUT's body without what nobody may set and that it repeats as it is."""
    return {
        name: value
        for name, value in body.items()
        if name not in kind.properties
        or kind.properties[name].writes is Writes.FREE
        or _told(current.get(name, kind.properties[name].empty)) != _told(value)
    }


def _told(value: Any) -> Any:
    """A value without what it says is unset, which is stored in either way, and without the order of its lists."""
    if isinstance(value, Mapping):
        return {name: _told(value[name]) for name in sorted(value) if value[name] is not None}
    return sorted((_told(inner) for inner in value), key=repr) if isinstance(value, list) else value


def check_type(kind: Kind, body: Mapping[str, Any], *, creating: bool, named: bool = True) -> None:
    """A body of one of several types names it, and has no properties of the others; without a name (`named`) it has
    none but those that all share."""
    if not kind.polymorphic:
        return
    subtype = str(body.get("@odata.type") or "").removeprefix("#microsoft.graph.")
    if subtype not in kind.subtypes:
        if kind.bucket == "conditionalAccess":
            raise malformed()
        raise GraphFault(400, "BadRequest", f"A type name was expected, one of microsoft.graph.{kind.name}.")
    fitting = {rule.name for rule in kind.of_subtype(f"#microsoft.graph.{subtype}")}
    if not creating and not named:
        fitting -= {name for names in kind.subtypes.values() for name in names}
    for name in body:
        if name in kind.properties and name not in fitting:
            if kind.bucket == "conditionalAccess":
                raise malformed()
            raise bad_request(f"Invalid property '{name}'.")


def check_keys(kind: Kind, new: Object, directory: Directory, own: str, key: str) -> None:
    """`own` is the key the object has already, "" for a new one; `key` that under which it would be stored."""
    if not own and directory.get(kind.name, key) is not None:
        raise taken(kind.key_property or "id")
    for name in kind.keys:
        if not kind.path or name == kind.key_property or new.get(name) is None:
            continue
        if any(kind.key_of(other) != kind.key_of(new) for other in directory.find(kind.name, name, new[name])):
            raise taken(name)


def taken(name: str) -> GraphFault:
    message = f"Another object with the same value for property {name} already exists."
    details = [{"code": "ObjectConflict", "message": message, "target": name}]
    return GraphFault(409, "Request_MultipleObjectsWithSameKeyValue", message, details)


def stored_key(kind: Kind, new: Mapping[str, Any], parent: Ref | None) -> str:
    """A child whose key its creator chose, or that has none, is told apart by its parent."""
    if parent is not None and (kind.chosen_key or not kind.key_property):
        return f"{parent.id}/{kind.key_of(new)}"
    return kind.key_of(new)


def _of_parent(kind: Kind, directory: Directory, parent: Ref | None) -> Object:
    """A child that goes by its parent's key has it."""
    name = kind.key_property
    if parent is None or not name or name == "id" or KINDS[parent.kind].key_property != name:
        return {}
    return {name: (directory.get(*parent) or {}).get(name)}


def _served(kind: Kind, type: str) -> set[str]:
    return {name for name, rule in kind.properties.items() if rule.writes is Writes.SERVER and rule.type == type}


def _stamps(kind: Kind, directory: Directory, *names: str) -> Object:
    stamp = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return dict.fromkeys(_served(kind, "datetime").intersection(names), stamp)


def _touched(kind: Kind, current: Object, new: Object, directory: Directory) -> Object:
    new |= _stamps(kind, directory, *CHANGED)
    if VERSION in _served(kind, "int"):
        new[VERSION] = (current.get(VERSION) or 0) + 1
    return new

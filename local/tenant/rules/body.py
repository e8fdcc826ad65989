"""Whether a request body fits a kind's schema, before any rule of that kind is asked.

    check_body(kind, body, directory, creating)   names, who may set them, JSON types, null
    filled(type, value)                           a complex value as it is answered: what was not sent is null or []
    type_errors(kind, object)                     every place where a stored object breaks the schema (for tests)

Property faults carry the directory service's words where they are known ('Invalid property', 'Invalid value specified
for property', 'is read-only'); wrong JSON types are given the same words, which is not confirmed for every type. The
Conditional Access service answers everything of this sort with one general sentence.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from local.tenant.rules.directory import Directory, GraphFault, Object, bad_request
from local.tenant.schema import COMPLEX, Kind, Property, Shown, Writes

_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)")


def malformed() -> GraphFault:
    """What the Conditional Access service says of a body it cannot use."""
    return GraphFault(
        400, "BadRequest", "The server could not process the request because it is malformed or incorrect."
    )


def resource(kind: Kind) -> str:
    return kind.name[0].upper() + kind.name[1:]


def invalid_value(kind: Kind, name: str) -> GraphFault:
    if kind.bucket == "conditionalAccess":
        return malformed()
    return bad_request(f"Invalid value specified for property '{name}' of resource '{resource(kind)}'.")


def required(kind: Kind, body: Mapping[str, Any], *names: str) -> None:
    """Refuses a create in which one of the names is missing, null or empty text; a link may be named by its target."""
    for name in names:
        if body.get(name) in (None, "") and not body.get(f"{name}@odata.bind"):
            if kind.bucket == "conditionalAccess":
                raise malformed()
            raise bad_request(f"A value is required for property '{name}' of resource '{resource(kind)}'.")


def check_body(kind: Kind, body: Mapping[str, Any], directory: Directory, *, creating: bool) -> None:
    for name, value in body.items():
        if name == "@odata.type" or name.endswith("@odata.bind"):
            continue
        if name in kind.links and (kind.links[name].bound or (kind.links[name].told and creating)):
            continue
        rule = kind.properties.get(name)
        if rule is None:
            _check_unknown(kind, name, directory)
        elif rule.writes is Writes.SERVER or (rule.writes is Writes.CREATE and not creating):
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
        elif any(True for _ in _errors(rule, value, name)):
            raise invalid_value(kind, name)


def _check_unknown(kind: Kind, name: str, directory: Directory) -> None:
    if kind.open and _EXTENSION.fullmatch(name):
        target = resource(kind)
        known = directory.find("extensionProperty", "name", name)
        if any(target in item["targetObjects"] for item in known):
            return
        # wording not confirmed
        raise bad_request(f"The following extension properties are not available in the directory: {name}.")
    if kind.bucket == "conditionalAccess":
        raise malformed()
    raise bad_request(f"Invalid property '{name}'.")


def settable(kind: Kind, body: Mapping[str, Any]) -> Object:
    """The body's own values as they are stored: annotations dropped, complex values filled."""
    stored: Object = {}
    for name, value in body.items():
        rule = kind.properties.get(name)
        if rule is None:
            if "@odata" not in name and name not in kind.links:
                stored[name] = value
        elif rule.shown is not Shown.NEVER:
            stored[name] = filled(rule, value)
    return stored


def filled(rule: Property, value: Any) -> Any:
    fields = COMPLEX.get(rule.type)
    if fields is None or value is None:
        return value
    if rule.collection:
        return [_whole(fields, item) for item in value]
    return _whole(fields, value)


def _whole(fields: Mapping[str, Property], value: Mapping[str, Any]) -> Object:
    whole = {
        name: filled(rule, value[name]) if name in value else _unset(rule)
        for name, rule in fields.items()
        if name in value or not (rule.beta or rule.sparse)
    }
    if "@odata.type" in value:
        whole = {"@odata.type": value["@odata.type"], **whole}
    return whole


def _unset(rule: Property) -> Any:
    return False if rule.type == "bool" and not rule.nullable else rule.empty


def type_errors(kind: Kind, stored: Mapping[str, Any]) -> Iterator[str]:
    """Paths of what does not fit: unknown names, wrong types, null where none is allowed."""
    allowed = {rule.name: rule for rule in kind.of_subtype(str(stored.get("@odata.type", kind.odata_type)))}
    for name, value in stored.items():
        if name == "@odata.type" or (kind.open and _EXTENSION.fullmatch(name)):
            continue
        if name not in allowed:
            yield name
        else:
            yield from _errors(allowed[name], value, name)


def _errors(rule: Property, value: Any, path: str) -> Iterator[str]:
    if value is None:
        if not rule.nullable:
            yield path
    elif rule.collection:
        if not isinstance(value, list):
            yield path
        else:
            for at, item in enumerate(value):
                yield from _item_errors(rule, item, f"{path}[{at}]")
    else:
        yield from _item_errors(rule, value, path)


def _item_errors(rule: Property, value: Any, path: str) -> Iterator[str]:
    fields = COMPLEX.get(rule.type)
    if fields is None:
        if not _PRIMITIVE[rule.type](value):
            yield path
        return
    if not isinstance(value, dict):
        yield path
        return
    for name, field in fields.items():
        if name not in value and not _may_be_left_out(field):
            yield f"{path}.{name}"
    for name, inner in value.items():
        if name == "@odata.type":
            continue
        if name not in fields:
            yield f"{path}.{name}"
        else:
            yield from _errors(fields[name], inner, f"{path}.{name}")


def _may_be_left_out(field: Property) -> bool:
    return field.nullable or field.collection or field.type == "bool" or field.writes is Writes.SERVER


def _is_guid(value: Any) -> bool:
    if not isinstance(value, str) or len(value) != 36:
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _is_binary(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode(value, validate=True)
    except ValueError:  # not base64, or not even ASCII
        return False
    return True


def _is_datetime(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_PRIMITIVE: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "datetime": _is_datetime,
    "guid": _is_guid,
    "binary": _is_binary,
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "open": lambda value: isinstance(value, dict),
    "any": lambda value: True,
}

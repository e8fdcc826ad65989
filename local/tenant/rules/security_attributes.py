"""Values of custom security attributes: what a write changes, and what it has to say of their types.

Written sets and attributes take the place of those of the same name, null or an empty array takes one away, and what is
not named stays. Words of refusals are not confirmed.
"""

from collections.abc import Mapping
from typing import Any

from local.tenant.rules.directory import Directory, Object, bad_request

NAME = "customSecurityAttributes"
_SET = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue"
_ONE = {"String": "", "Integer": "#Int32", "Boolean": ""}
_MANY = {"String": "#Collection(String)", "Integer": "#Collection(Int32)"}
_PLAIN = {"String": str, "Integer": int, "Boolean": bool}


def merged(current: Mapping[str, Any], body: Mapping[str, Any], directory: Directory) -> Object | None:
    """All values after the write; None where nothing is left."""
    whole: Object = {name: dict(held) for name, held in (current.get(NAME) or {}).items()}
    for name, sent in body[NAME].items():
        if not isinstance(sent, dict) or sent.get("@odata.type") != _SET:
            raise _refused(name)
        held = whole.setdefault(name, {"@odata.type": _SET})
        for attribute, value in sent.items():
            if "@odata" not in attribute:
                _put(held, name, attribute, value, sent, directory)
        if set(held) == {"@odata.type"}:
            del whole[name]
    return whole or None


def _put(held: Object, name: str, attribute: str, value: Any, sent: Object, directory: Directory) -> None:
    definition = directory.get("customSecurityAttributeDefinition", f"{name}_{attribute}")
    if definition is None:
        raise _refused(f"{name}.{attribute}")
    typed = f"{attribute}@odata.type"
    held.pop(attribute, None)
    held.pop(typed, None)
    if value in (None, []):
        return
    wanted = (_MANY if definition["isCollection"] else _ONE)[definition["type"]]
    values = value if definition["isCollection"] else [value]
    plain = _PLAIN[definition["type"]]
    fitting = isinstance(values, list) and all(type(item) is plain for item in values)
    if sent.get(typed, "") != wanted or not fitting or definition["status"] != "Available":
        raise _refused(f"{name}.{attribute}")
    if wanted:
        held[typed] = wanted
    held[attribute] = value


def _refused(what: str) -> Exception:
    return bad_request(f"The custom security attribute value for '{what}' is invalid.")

"""Custom security attributes in the form in which Graph takes them: pure.

In: the property as Graph answers it, `{set: {"@odata.type", attribute: value}}`. Out: the same with the types that a
write has to name, which follow from the values; and what to write so that one becomes the other.
"""

from functions.core.plan import LossGap
from functions.core.plan_rules import Gaps, Situation
from functions.core.record import Json, Object

ATTRIBUTES = "customSecurityAttributes"
_SET = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue"


def typed(thing: Object) -> Object:
    """The object, changed in place, with its attributes in the form of `writable`."""
    if thing.get(ATTRIBUTES) is not None:
        thing[ATTRIBUTES] = writable(thing[ATTRIBUTES])
    return thing


def settle(s: Situation, body: Object, gaps: Gaps) -> None:
    """Turns the attributes in a body into the change that writes them; none, with a gap, where only what was added
    differs."""
    if ATTRIBUTES not in body:
        return
    body[ATTRIBUTES] = change(s.current.get(ATTRIBUTES), body[ATTRIBUTES], exact=s.options.mode == "exact")
    if body[ATTRIBUTES] is None:
        del body[ATTRIBUTES]
        gaps.append(
            LossGap(
                f"{s.name} keeps custom security attributes that it did not have in the backup",
                "Nothing is removed unless an exact match is asked for.",
                'Make a new plan with "match": "exact" to take them away.',
            )
        )


def writable(value: Json) -> Json:
    """With its types, whether it had any or not. Anything but an object comes back as it is."""
    if not isinstance(value, dict):
        return value
    return {name: _typed(held) for name, held in value.items() if isinstance(held, dict)}


def change(current: Json, wanted: Json, *, exact: bool) -> Json:
    """What a write has to say: what is wanted, beside what is there, or with null for what is there besides. None where
    nothing has to be written. Both in the form of `writable`."""
    there = current if isinstance(current, dict) else {}
    asked = wanted if isinstance(wanted, dict) else {}
    found: Object = {}
    for name in dict.fromkeys([*there, *asked]):
        held, wish = _values(there.get(name)), _values(asked.get(name))
        besides: Object = {key: None if exact else value for key, value in held.items() if key not in wish}
        found[name] = _typed({**besides, **wish})
    return None if all(_values(found[name]) == _values(there.get(name)) for name in found) else found


def _typed(held: Object) -> Object:
    found: Object = {"@odata.type": _SET}
    for name, value in _values(held).items():
        kind = _kind(value)
        if kind:
            found[f"{name}@odata.type"] = kind
        found[name] = value
    return found


def _kind(value: Json) -> str:
    if isinstance(value, list):
        whole = bool(value) and all(isinstance(item, int) for item in value)
        return "#Collection(Int32)" if whole else "#Collection(String)"
    return "#Int32" if isinstance(value, int) and not isinstance(value, bool) else ""


def _values(held: Json) -> Object:
    return {name: value for name, value in held.items() if "@odata" not in name} if isinstance(held, dict) else {}

"""Intune: administrative templates, whose policies and fields are objects below them; pure.

In: the values as they were and as they are. Out: the one call that adds, changes and, in `exact` mode, takes away.
Which field a value belongs to stands in the relationship `presentations` alone; without it a value has no address.
"""

from collections.abc import Sequence
from typing import Any

from functions.core.diff import same
from functions.core.plan import LossGap
from functions.core.plan_intune_assign import related
from functions.core.plan_rules import Call, Gaps, Situation, within
from functions.core.record import RELATIONSHIPS, Json, Object

VALUES = "definitionValues"
FIELDS = "presentations"
_SHOWN = ("@odata.type", "value", "values")


def calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The call that gives a template its policies, if it takes one."""
    if not s.options.follows(VALUES):
        return ()
    sides = related(s, VALUES, gaps)
    if sides is None:
        return ()
    places = _places(within(s.record, RELATIONSHIPS, FIELDS))
    current = {_definition(one): one for one in sides[1]}
    recorded = [one for one in sides[0] if _addressed(s, one, places, gaps)]
    wanted = {_definition(one): one for one in recorded}
    here = _places(list(s.live.parts.get(FIELDS, ())))
    added: list[Json] = [_sent(s, one, places, {}) for name, one in wanted.items() if name not in current]
    updated: list[Json] = [
        {"id": current[name].get("id"), **_sent(s, one, places, _by_place(current[name], here))}
        for name, one in wanted.items()
        if name in current and not same(_plain(one), _plain(current[name]))
    ]
    deleted = [name for name in current if name not in {_definition(one) for one in sides[0]}]
    if s.options.mode != "exact":
        deleted = []
    if not added and not updated and not deleted:
        return ()
    after = {name: one for name, one in current.items() if name not in deleted} | wanted
    return (
        Call(
            path="/updateDefinitionValues",
            body={"added": added, "updated": updated, "deletedIds": [current[name].get("id") for name in deleted]},
            reason="Its policies differ from the backup.",
            before={VALUES: [_plain(one) for one in current.values()]},
            after={VALUES: [_plain(one) for one in after.values()]},
            link=VALUES,
            danger="elevated" if deleted else "low",
        ),
    )


def _addressed(s: Situation, value: Object, places: dict[str, str], gaps: Gaps) -> bool:
    """True where every field of the policy can be told."""
    if all(str(one.get("id")) in places for one in _fields(value)):
        return True
    name = within(value, "definition", "displayName") or _definition(value)
    gaps.append(
        LossGap(
            f"{name} in {s.name}",
            "The run could not read which field of the policy each value belongs to.",
            "Set the policy by hand; the record has its values.",
        )
    )
    return False


def _sent(s: Situation, value: Object, places: dict[str, str], ids: dict[str, Json]) -> Object:
    definition = f"{s.graph_url}/beta/deviceManagement/groupPolicyDefinitions('{_definition(value)}')"
    fields: list[Json] = []
    for one in _fields(value):
        place = places[str(one.get("id"))]
        own: Object = {"id": ids[place]} if place in ids else {}
        shown = {name: one[name] for name in _SHOWN if name in one}
        fields.append({**own, **shown, "presentation@odata.bind": f"{definition}/presentations('{place}')"})
    return {"enabled": value.get("enabled"), "definition@odata.bind": definition, "presentationValues": fields}


def _plain(value: Object) -> Object:
    shown: list[Json] = [{name: one[name] for name in _SHOWN if name in one} for one in _fields(value)]
    return {
        "enabled": value.get("enabled"),
        "definition": {"id": _definition(value)},
        "presentationValues": shown,
    }


def _places(values: Any) -> dict[str, str]:
    """The field of each value, by the value's id."""
    found = {}
    for value in values if isinstance(values, list) else ():
        for one in _fields(value):
            place = within(one, "presentation", "id")
            if isinstance(place, str):
                found[str(one.get("id"))] = place
    return found


def _by_place(value: Object, places: dict[str, str]) -> dict[str, Json]:
    return {places[str(one.get("id"))]: one.get("id") for one in _fields(value) if str(one.get("id")) in places}


def _definition(value: Object) -> str:
    return str(within(value, "definition", "id"))


def _fields(value: Json) -> list[Object]:
    found = within(value, "presentationValues")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

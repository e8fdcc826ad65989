"""Intune: policies of the settings catalog and endpoint security intents, whose settings are objects below them; pure.

A secret comes as a token that is good for one policy alone: it is never written to another. A policy is written whole,
with all its settings, because Graph has no other way; in `add` mode the settings it has besides go along.
"""

from collections.abc import Sequence

from functions.core.diff import empty, same
from functions.core.plan import LossGap
from functions.core.plan_gaps import kept
from functions.core.plan_intune_assign import alike, related
from functions.core.plan_rules import Call, Gaps, Situation
from functions.core.record import Json, Object

SETTINGS = "settings"
SAID = frozenset({"description", "name", "priorityMetaData", "roleScopeTagIds"})
_SETTING = "#microsoft.graph.deviceManagementConfigurationSetting"
_DEFINITION = "settingDefinitionId"
_WHOLE = ("name", "description", "platforms", "technologies", "roleScopeTagIds", "templateReference")
_WITH_CHILDREN = ("choiceSettingValue", "groupSettingValue")
_SIMPLE = ("simpleSettingValue", "simpleSettingCollectionValue")
_LISTS = ("choiceSettingCollectionValue", "groupSettingCollectionValue")


def create_policy(s: Situation, body: Object, gaps: Gaps) -> Object:
    """A new policy with its settings, but for secrets."""
    sides = related(s, SETTINGS, gaps)
    if sides is None:
        return {}
    lost: list[str] = []
    body[SETTINGS] = _sent(_opened(sides[0], {}, lost))
    gaps += _secrets(s, lost)
    return body


def keep(s: Situation, body: Object, gaps: Gaps) -> Object:
    """Nothing is left for a change of its own: `policy_calls` writes all of it at once."""
    return {}


def policy_calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The call that writes an existing policy whole, where its settings or what is said of it differ."""
    if s.live.standing == "gone":
        return ()
    differing = _differing(s, gaps)
    sides = related(s, SETTINGS, gaps) if s.options.follows(SETTINGS) else None
    current = list(s.live.parts.get(SETTINGS, ()))
    if sides is None and (not differing or SETTINGS not in s.live.parts):
        return ()
    settings = _merged(s, sides[0], current, gaps) if sides else None
    moved = settings is not None and not alike(_plain(settings), _plain(current))
    if not differing and not moved:
        return ()
    chosen = settings if moved and settings is not None else [_bare(one) for one in current]
    whole: Object = {name: s.current[name] for name in _WHOLE if name in s.current}
    about: tuple[Object, Object] = (
        ({SETTINGS: _plain(current)}, {SETTINGS: _plain(chosen)})
        if moved
        else ({name: s.current.get(name) for name in differing}, differing)
    )
    return (
        Call(
            path="",
            method="PUT",
            body={**whole, **differing, SETTINGS: _sent(chosen)},
            reason="It differs from the backup; Graph takes such a policy whole.",
            before=about[0],
            after=about[1],
            link=SETTINGS if moved else "",
        ),
    )


def _differing(s: Situation, gaps: Gaps) -> Object:
    found: Object = {}
    for name in sorted(SAID):
        if name not in s.wanted or not s.options.takes(name) or same(s.wanted[name], s.current.get(name)):
            continue
        if empty(s.wanted[name]) and s.options.mode != "exact":
            gaps.append(kept(name, mode="add"))
        else:
            found[name] = s.wanted[name]
    return found


def create_intent(s: Situation, body: Object, gaps: Gaps) -> Object:
    """A new intent with its settings, but for secrets."""
    sides = related(s, SETTINGS, gaps)
    body[SETTINGS] = [] if sides is None else [_valued(one) for one in _readable(s, sides[0], gaps)]
    return body


def intent_calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The call that gives an existing intent the values of its settings."""
    if s.live.standing == "gone" or not s.options.follows(SETTINGS):
        return ()
    sides = related(s, SETTINGS, gaps)
    if sides is None:
        return ()
    there = {one.get("definitionId"): one for one in sides[1]}
    body: list[Json] = []
    after: dict[Json, Json] = {name: _valued(one) for name, one in there.items()}
    for one in _readable(s, sides[0], gaps, there):
        found = there.get(one.get("definitionId"))
        if found is None or found.get("valueJson") != one.get("valueJson"):
            body.append({**({"id": found["id"]} if found and "id" in found else {}), **_valued(one)})
            after[one.get("definitionId")] = _valued(one)
    if not body:
        return ()
    return (
        Call(
            path="/updateSettings",
            body={SETTINGS: body},
            reason="Settings differ from the backup.",
            before={SETTINGS: [_valued(one) for one in sides[1]]},
            after={SETTINGS: list(after.values())},
            link=SETTINGS,
        ),
    )


def _merged(s: Situation, recorded: list[Object], current: list[Object], gaps: Gaps) -> list[Object] | None:
    """The settings the policy shall have; None where a secret that is there would be lost by writing them."""
    lost: list[str] = []
    known = _tokens(current)
    wanted = _opened(recorded, known, lost)
    endangered = sorted({name for name in lost if name in known} | (known.keys() - _tokens(wanted).keys()))
    if s.options.mode == "exact":
        endangered = [name for name in endangered if name in _tokens(recorded)]
    else:
        defined = {_defined(one) for one in wanted}
        wanted += [_bare(one) for one in current if _defined(one) not in defined]
        endangered = sorted(known.keys() - _tokens(wanted).keys())
    if endangered:
        gaps.append(
            LossGap(
                f"The settings of {s.name} are left as they are",
                f"They are written all at once, and that would lose the secret in {', '.join(endangered)}.",
                "Put right by hand what differs; the record shows it.",
            )
        )
        return None
    gaps += _secrets(s, lost)
    return wanted


def _secrets(s: Situation, lost: Sequence[str]) -> Gaps:
    return [
        LossGap(
            f"The secret {name} of {s.name}",
            "The backup has a token in its place, which is good for the old policy alone.",
            "Enter it by hand before devices get the policy.",
        )
        for name in dict.fromkeys(lost)
    ]


def _opened(settings: Sequence[Object], known: dict[str, Json], lost: list[str]) -> list[Object]:
    """The settings without numbers, with the secrets that the policy holds; those of another policy are `lost`."""
    found = []
    for one in settings:
        instance = _instance(one.get("settingInstance"), known, lost)
        if instance is not None:
            found.append({**_bare(one), "settingInstance": instance})
    return found


def _instance(instance: Json, known: dict[str, Json], lost: list[str]) -> Json:
    if not isinstance(instance, dict):
        return instance
    found = dict(instance)
    definition = str(found.get(_DEFINITION))
    if _secret(found.get("simpleSettingValue")):
        if definition not in known or known[definition] is None:
            lost.append(definition)
            return None
        found["simpleSettingValue"] = known[definition]
    values = found.get("simpleSettingCollectionValue")
    if isinstance(values, list) and any(_secret(value) for value in values):
        lost.append(definition)
        found["simpleSettingCollectionValue"] = [value for value in values if not _secret(value)]
    for name in _WITH_CHILDREN:
        found |= {name: _children(found[name], known, lost)} if name in found else {}
    for name in _LISTS:
        held = found.get(name)
        if isinstance(held, list):
            found[name] = [_children(value, known, lost) for value in held]
    return found


def _children(value: Json, known: dict[str, Json], lost: list[str]) -> Json:
    if not isinstance(value, dict) or not isinstance(value.get("children"), list):
        return value
    children = [_instance(child, known, lost) for child in value["children"]]  # type: ignore[union-attr]
    return {**value, "children": [child for child in children if child is not None]}


def _tokens(settings: Sequence[Object]) -> dict[str, Json]:
    """The secrets that settings hold, by definition; None for one that occurs more than once."""
    found: dict[str, Json] = {}
    for definition, value in (pair for one in settings for pair in _within(one.get("settingInstance"))):
        found[definition] = None if definition in found else value
    return found


def _within(value: Json) -> list[tuple[str, Json]]:
    if isinstance(value, list):
        return [pair for item in value for pair in _within(item)]
    if not isinstance(value, dict):
        return []
    own = [value.get("simpleSettingValue"), *_items(value.get("simpleSettingCollectionValue"))]
    found: list[tuple[str, Json]] = [(str(value.get(_DEFINITION)), one) for one in own if _secret(one)]
    return found + [pair for name, part in value.items() if name not in _SIMPLE for pair in _within(part)]


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _secret(value: Json) -> bool:
    return isinstance(value, dict) and str(value.get("@odata.type", "")).endswith("SecretSettingValue")


def _defined(setting: Object) -> str:
    instance = setting.get("settingInstance")
    return str(instance.get(_DEFINITION)) if isinstance(instance, dict) else ""


def _bare(setting: Object) -> Object:
    return {"settingInstance": setting.get("settingInstance")}


def _plain(settings: Sequence[Object]) -> list[Json]:
    return [_bare(one) for one in settings]


def _sent(settings: Sequence[Object]) -> Json:
    return [{"@odata.type": _SETTING, **one} for one in settings]


def _readable(
    s: Situation, recorded: Sequence[Object], gaps: Gaps, there: dict[Json, Object] | None = None
) -> list[Object]:
    """The settings of an intent whose value is known; each other one is told, if it differs or is not there."""
    found = []
    for one in recorded:
        if one.get("valueJson") is not None:
            found.append(one)
        elif one.get("definitionId") not in (there or {}):
            gaps.append(
                LossGap(
                    f"The setting {one.get('definitionId')} of {s.name}",
                    "It is a secret, and Graph never shows its value.",
                    "Enter it again before devices get the policy.",
                )
            )
    return found


def _valued(setting: Object) -> Object:
    return {name: setting.get(name) for name in ("@odata.type", "definitionId", "valueJson")}

"""Intune: configuration profiles with encrypted values, and compliance policies with their actions; pure.

The value of an encrypted OMA-URI setting is a row of asterisks in the backup: it is never written. A new profile does
without the setting; of a profile that is there the whole list is left alone, since Graph replaces it whole.
"""

from collections.abc import Sequence
from typing import Any

from functions.core.diff import same
from functions.core.links_remap import remapped_at
from functions.core.plan import LossGap
from functions.core.plan_intune_assign import Assigned
from functions.core.plan_rules import Call, Gaps, Situation, within
from functions.core.record import Json, Object

OMA = "omaSettings"
ACTIONS = "scheduledActionsForRule"
_CONFIGURATIONS = "scheduledActionConfigurations"
_RULE = "PasswordRequired"  # the one name there is: actions are of a policy, not of a rule
_TOLD = ("actionType", "gracePeriodHours", "notificationTemplateId", "notificationMessageCCList")
_SECRETS = ("preSharedKey", "sharedSecret", "productKey", "azureOperationalInsightsWorkspaceKey")
_ON_CERTIFICATES = (
    "wifienterprise",
    "enterprisewifi",
    "vpn",
    "scep",
    "pkcs",
    "easemail",
    "gmaileas",
    "nineworkeas",
    "wired",
    "derivedcredential",
)


def profile(thing: Object) -> Object:
    """Encrypted settings without the number of their secret, which no one sets."""
    if isinstance(thing.get(OMA), list):
        thing[OMA] = [
            {name: value for name, value in one.items() if name != "secretReferenceValueId"}
            if isinstance(one, dict)
            else one
            for one in thing[OMA]  # type: ignore[union-attr]
        ]
    return thing


def patch_profile(s: Situation, body: Object, gaps: Gaps) -> Object:
    """Leaves a list of OMA-URI settings alone where one of them is encrypted."""
    if OMA not in body:
        return body
    here, recorded = _encrypted(s.current), _encrypted(s.wanted)
    if here:
        differ = [_said(one) for one in _list(s.wanted, OMA) if not any(same(one, o) for o in _list(s.current, OMA))]
        gaps.append(
            LossGap(
                f"Not written to {s.name}: {OMA}",
                f"Graph replaces the whole list, and the value of {', '.join(here)} is encrypted: nobody can read it "
                "to send it again.",
                f"Put right by hand what differs: {', '.join(differ) or 'a setting that was not in the backup'}.",
            )
        )
        return {name: value for name, value in body.items() if name != OMA}
    if not recorded:
        return body
    readable = _readable(s, gaps)
    if same(readable, s.current.get(OMA)):
        return {name: value for name, value in body.items() if name != OMA}
    return {**body, OMA: readable}


def create_profile(s: Situation, body: Object, gaps: Gaps) -> Object:
    """A new profile without its encrypted settings."""
    if _encrypted(s.wanted) and OMA in body:
        body[OMA] = _readable(s, gaps)
    return body


def profile_notes(s: Situation) -> Gaps:
    """What a new profile lacks: keys that Graph never shows, and the certificate profiles it builds on."""
    kind = str(s.wanted.get("@odata.type", "")).lower()
    gaps: Gaps = [
        LossGap(
            f"{name} of {s.name}",
            "Graph never shows it, so the backup has no value.",
            "Enter it again before devices get the profile.",
        )
        for name in _SECRETS
        if name in s.wanted and s.wanted[name] is None
    ]
    if any(word in kind for word in _ON_CERTIFICATES):
        gaps.append(
            LossGap(
                f"Which certificate profiles {s.name} builds on",
                "Graph keeps it apart from the profile, and the backup does not have it.",
                "Choose the certificate profiles again before devices get the profile.",
            )
        )
    return gaps


def compliance(thing: Object) -> Object:
    """The actions for noncompliance without ids, in the form in which Graph takes them."""
    rules = thing.get(ACTIONS)
    if isinstance(rules, list):
        thing[ACTIONS] = [
            {
                "ruleName": _RULE,
                _CONFIGURATIONS: [{name: one.get(name) for name in _TOLD} for one in _list(rule, _CONFIGURATIONS)],
            }
            for rule in rules
            if isinstance(rule, dict)
        ]
    return thing


def stop_compliance(s: Situation) -> Gaps:
    """A new policy takes exactly one action that marks a device as noncompliant."""
    blocks = [one for one in _actions(s.wanted) if one.get("actionType") == "block"]
    if s.live.standing != "gone" or len(blocks) == 1:
        return []
    return [
        LossGap(
            f"{s.name} is not created again",
            f"Graph wants exactly one action that marks a device as noncompliant, and the record has {len(blocks)}.",
            "Choose another run, or create the policy by hand.",
        )
    ]


def create_compliance(s: Situation, body: Object, gaps: Gaps) -> Object:
    """A new policy with its actions."""
    return {**body, ACTIONS: _ruled(_writable(s, gaps))}


def actions(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The call that gives an existing policy its actions; what was added stays, unless an exact match is asked for."""
    if s.live.standing == "gone" or ACTIONS not in s.wanted:
        return ()
    current = _actions(s.current)
    recorded = _writable(s, gaps)
    there = _items(remapped_at(list(current), "notificationTemplateId", s.newest))
    kept = {} if s.options.mode == "exact" else {_action(one): one for one in there}
    wanted = list({**kept, **{_action(one): one for one in recorded}}.values())
    after, before = _ruled(wanted), _ruled(current)
    if same(after, before) or not wanted:
        return ()
    return (
        Call(
            path="/scheduleActionsForRules",
            body={"deviceComplianceScheduledActionForRules": after},
            reason="The actions for noncompliance differ from the backup.",
            before={ACTIONS: before},
            after={ACTIONS: after},
        ),
    )


ASSIGNED = Assigned(also=("intent",))


def _encrypted(thing: Object) -> list[str]:
    return [_said(one) for one in _list(thing, OMA) if one.get("isEncrypted") is True]


def _readable(s: Situation, gaps: Gaps) -> Json:
    gaps.extend(
        LossGap(
            f"The value of {name} in {s.name}",
            f"It is encrypted, and Graph shows asterisks in its place among {OMA}.",
            "Add the setting by hand with its value.",
        )
        for name in _encrypted(s.wanted)
    )
    return [one for one in _list(s.wanted, OMA) if one.get("isEncrypted") is not True]


def _said(setting: Object) -> str:
    return f"{setting.get('displayName') or 'a setting'} ({setting.get('omaUri')})"


def _list(thing: Any, name: str) -> list[Object]:
    return _items(within(thing, name))


def _items(found: Json) -> list[Object]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _actions(thing: Object) -> list[Object]:
    return [one for rule in _list(thing, ACTIONS) for one in _list(rule, _CONFIGURATIONS)]


def _ruled(found: list[Object]) -> Json:
    return [{"ruleName": _RULE, _CONFIGURATIONS: list(found)}]


def _action(one: Object) -> tuple[str, str]:
    return str(one.get("actionType")), str(one.get("notificationTemplateId"))


def _writable(s: Situation, gaps: Gaps) -> list[Object]:
    """The recorded actions, without those whose message is not in the tenant."""
    found = []
    for one in _actions(s.wanted):
        named = {str(one.get("notificationTemplateId")), *map(str, _names(one.get("notificationMessageCCList")))}
        lost = sorted(named & s.live.missing)
        if lost:
            gaps.append(
                LossGap(
                    f"The action {one.get('actionType')} after {one.get('gracePeriodHours')} hours of {s.name}",
                    f"It names {', '.join(lost)}, which is not in the tenant, and no restore has re-created it.",
                    "Restore the notification template or group first, then make a new plan.",
                )
            )
        else:
            found.append(one)
    return found


def _names(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []

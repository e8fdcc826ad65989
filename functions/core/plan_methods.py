"""What restoring the policy of sign-in methods asks for beyond the catalogue: pure.

Each method has a configuration of its own, which goes by a call of its own: first what lets people in, then what keeps
them out. The last methods that everybody signs in with are never switched off, and no target is dropped because its
group is missing.
"""

from functions.core.diff import dead_in, empty, same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.plan_unknown import holds_untold, unreadable
from functions.core.record import Json, Object

_CONFIGURATIONS = "authenticationMethodConfigurations"
_EXTERNAL = "#microsoft.graph.externalAuthenticationMethodConfiguration"
# Nobody signs in with these alone for long: they reset passwords, bootstrap others, or are for those at a terminal.
_NO_WAY_IN = ("email", "temporaryaccesspass", "qrcodepin", "verifiablecredentials")


def _normal(policy: Object) -> Object:
    """Number matching is on for everybody; the setting that once said so is shown and no longer taken."""
    configurations = policy.get(_CONFIGURATIONS)
    if isinstance(configurations, list):
        for configuration in configurations:
            features = within(configuration, "featureSettings")
            if isinstance(features, dict):
                features.pop("numberMatchingRequiredState", None)
    return policy


def _stop(s: Situation) -> Gaps:
    if same(s.wanted, s.current):
        return []
    return unreadable(s, "registrationEnforcement", "policyMigrationState")


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    body.pop(_CONFIGURATIONS, None)
    campaign = body.get("registrationEnforcement")
    if lost := dead_in(campaign, s.live.missing):
        del body["registrationEnforcement"]
        gaps.append(
            LossGap(
                "The registration campaign is left as it is",
                f"It names {', '.join(lost)}, which is not in the tenant; leaving it out would change whom it asks.",
                "Restore that object first, then make a new plan.",
            )
        )
    return body


def _calls(s: Situation, gaps: Gaps) -> list[Call]:
    wanted, shown = _by_id(s.wanted.get(_CONFIGURATIONS)), _by_id(s.current.get(_CONFIGURATIONS))
    changed = {identity: one for identity, one in wanted.items() if not same(one, shown.get(identity))}
    changed = {identity: one for identity, one in changed.items() if _may(s, identity, one, shown, gaps)}
    changed = _kept_usable(s, changed, shown, gaps)
    calls = []
    for identity in sorted(changed, key=lambda identity: (not _usable(changed[identity]), identity)):
        before: list[Json] = list(shown.values())
        there, one = shown.get(identity), changed[identity]
        sent: Object = {name: value for name, value in one.items() if name != "id"}
        shown[identity] = one if there else sent  # one that is added gets an id of its own
        calls.append(
            Call(
                path=f"/{_CONFIGURATIONS}/{identity}" if there else f"/{_CONFIGURATIONS}",
                body=sent,
                reason="The configuration of the method differs from the backup.",
                method="PATCH" if there else "POST",
                before={_CONFIGURATIONS: before},
                after={_CONFIGURATIONS: list(shown.values())},
                danger=_weight(one, there or {}),
            )
        )
    return calls


def _may(s: Situation, identity: str, one: Object, shown: dict[str, Object], gaps: Gaps) -> bool:
    why = ""
    if lost := dead_in(one, s.live.missing):
        why = f"It names {', '.join(lost)}, which is not in the tenant; leaving it out would change whom it is for."
    elif holds_untold(one):
        why = "The backup holds a value that was newer than the way of reading it, and writing it would lose it."
    elif identity not in shown and one.get("@odata.type") != _EXTERNAL:
        why = "The tenant has no such method: Microsoft adds and removes them."
    if why:
        gaps.append(
            LossGap(
                f"The method {identity} is left as it is",
                why,
                "Restore what it names first, or set the method in the portal from the record.",
            )
        )
    return not why


def _kept_usable(s: Situation, changed: dict[str, Object], shown: dict[str, Object], gaps: Gaps) -> dict[str, Object]:
    """The changes without those that would leave no method that people sign in with."""
    after = {**shown, **changed}
    if any(_usable(one) for one in after.values()) or not any(_usable(one) for one in shown.values()):
        return changed
    off = sorted(identity for identity in changed if _usable(shown.get(identity, {})))
    gaps.append(
        LossGap(
            f"{', '.join(off)} stay switched on",
            "The backup has them off, or for nobody, and then no method would be left with which people sign in.",
            "Switch on another method first, see that people have registered it, then make a new plan.",
        )
    )
    return {identity: one for identity, one in changed.items() if identity not in off}


def _usable(configuration: Object) -> bool:
    """True for a method that is on for somebody and that people sign in with day by day."""
    kind = str(configuration.get("@odata.type", "")).rpartition(".")[2].lower()
    return (
        configuration.get("state") == "enabled"
        and not empty(configuration.get("includeTargets"))
        and not kind.startswith(_NO_WAY_IN)
    )


def _weight(wanted: Object, current: Object) -> Danger:
    """Whom a method lets in or keeps out weighs more than how it looks."""
    names = ("state", "includeTargets", "excludeTargets")
    return "elevated" if all(same(wanted.get(name), current.get(name)) for name in names) else "high"


def _danger(s: Situation, step: Step) -> Danger:
    return "elevated"


def _by_id(configurations: Json) -> dict[str, Object]:
    found = configurations if isinstance(configurations, list) else []
    return {str(one.get("id")): one for one in found if isinstance(one, dict)}


METHODS = Rules(
    stop=_stop,
    normal=_normal,
    patch=_patch,
    calls=_calls,
    danger=_danger,
    never_null=frozenset({_CONFIGURATIONS, "policyMigrationState", "registrationEnforcement"}),
)

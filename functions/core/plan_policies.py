"""What restoring a Conditional Access policy asks for beyond the catalogue: pure.

A policy can lock everyone out, so: one that is created again or comes out of the recycle bin is report-only, unless it
was asked for as it was recorded; no include or exclude is ever dropped because its object is missing; and no policy is
written in force that leaves no emergency account a way in.
"""

from functions.core.diff import empty, same
from functions.core.links_remap import references, remapped
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_locations import no_bin
from functions.core.plan_rules import Gaps, Rules, Situation, within
from functions.core.plan_unknown import unreadable
from functions.core.policy_reach import covered_again, lost_emergency, shut_out, shuts_out_more
from functions.core.record import Json, Object

REPORT_ONLY = "enabledForReportingButNotEnforced"
_WEIGHTY = frozenset({"conditions", "grantControls", "sessionControls", "state"})
# What v1.0 has: anything else in a policy is a preview feature, which v1.0 neither shows nor takes.
_KNOWN = {
    ("conditions",): frozenset(
        {
            "agentIdRiskLevels",
            "applications",
            "authenticationFlows",
            "clientAppTypes",
            "clientApplications",
            "deviceStates",
            "devices",
            "insiderRiskLevels",
            "locations",
            "platforms",
            "servicePrincipalRiskLevels",
            "signInRiskLevels",
            "userRiskLevels",
            "users",
        }
    ),
    ("conditions", "applications"): frozenset(
        {
            "applicationFilter",
            "excludeApplications",
            "includeApplications",
            "includeAuthenticationContextClassReferences",
            "includeUserActions",
        }
    ),
    ("grantControls",): frozenset(
        {"authenticationStrength", "builtInControls", "customAuthenticationFactors", "operator", "termsOfUse"}
    ),
    ("sessionControls",): frozenset(
        {
            "applicationEnforcedRestrictions",
            "cloudAppSecurity",
            "disableResilienceDefaults",
            "persistentBrowser",
            "secureSignInSession",
            "signInFrequency",
        }
    ),
}


_NAME_AN_ACCOUNT = (
    "If it excludes an emergency account, name that account in the setting BREAK_GLASS_IDS and make a new plan. "
    "Otherwise write it by hand with an exclusion."
)


def _normal(policy: Object) -> Object:
    policy.pop("templateId", None)  # which template a policy was made from
    conditions = policy.get("conditions")
    if isinstance(conditions, dict):
        conditions.pop("deviceStates", None)
    grant = policy.get("grantControls")
    if isinstance(grant, dict):
        strength = grant.get("authenticationStrength")
        if isinstance(strength, dict):
            policy["grantControls"] = {**grant, "authenticationStrength": {"id": strength.get("id")}, "operator": "AND"}
    session = policy.get("sessionControls")
    if isinstance(session, dict):
        if session.get("disableResilienceDefaults") is not True:
            session.pop("disableResilienceDefaults", None)
        if empty(session):
            policy["sessionControls"] = None
    return policy


def _stop(s: Situation) -> Gaps:
    if s.live.standing == "live" and not _differs(s):
        return []
    if found := unreadable(s, *_WEIGHTY):
        return found
    if preview := sorted({*_preview(s.wanted), *_preview(s.current)}):
        return [_is_preview(s, preview)]
    if s.live.standing == "live":
        return []
    if s.live.standing == "deleted" and (who := shut_out(s.current, s.safety)):
        return [_lock_out(s, who, "Create it by hand, report-only first, with an emergency account excluded.")]
    rewritten = s.live.standing == "gone" or not same(s.wanted.get("conditions"), s.current.get("conditions"))
    return _missing(s, "conditions", "grantControls") if rewritten else []


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if "state" in body:
        _settle_state(s, body, gaps)
    if lost := _missing(s, *body):
        gaps.extend(lost)
        return {}
    body = {name: _whole(value, s.current.get(name)) for name, value in body.items()}
    after: Object = {**s.current, **(_first(s) if s.live.standing == "deleted" else {}), **body}
    now = remapped(s.current, s.entry, s.newest)  # whom it excludes under an old id, it goes on to exclude
    accounts = lost_emergency(now, after, s.safety)
    if accounts and s.current.get("state") == "enabled":
        gaps.append(_unexcluded(s, accounts))
        return {}
    if who := shuts_out_more(s.current, after, s.safety):
        if "state" not in body or _in_force(s.current):
            gaps.append(_lock_out(s, who, _NAME_AN_ACCOUNT))
            return {}
        del body["state"]  # not in force it closes nothing, and the rest of it comes back
        gaps.append(_not_in_force(s, who))
        after["state"] = s.current.get("state")
    if after.get("state") == "enabled" and (covered := covered_again(now, after)):
        gaps.append(
            LossGap(
                f"{s.name} no longer excludes {', '.join(covered)}",
                "The backup does not exclude them, conditions are written whole, and the policy is in force.",
                "If somebody among them has to keep a way in, do not apply this plan; restore other properties only, "
                "or write the conditions by hand.",
            )
        )
    return body


def _settle_state(s: Situation, body: Object, gaps: Gaps) -> None:
    """Takes the state out of a change where it is not this change that sets it, or Graph would refuse it."""
    if s.live.standing == "deleted":
        body.pop("state")  # set by the first write after the recycle bin, and not touched again
    elif s.recreated and s.options.state == "reportOnly":
        del body["state"]
        gaps.append(
            LossGap(
                f"{s.name} stays {s.current.get('state')}",
                "A restore created it, and changes the state of such a policy only where that is asked for.",
                f"Check its effect in the sign-in logs, then set it to {s.wanted.get('state')} yourself.",
            )
        )
    elif body["state"] == "enabled" and s.safety.security_defaults:
        del body["state"]
        gaps.append(_defaults_on(s, str(s.current.get("state"))))


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    body["state"] = _state(s)
    conditions = body.get("conditions")
    if isinstance(conditions, dict):
        conditions.setdefault("signInRiskLevels", [])
        conditions.setdefault("userRiskLevels", [])
    return body


def _first(s: Situation) -> Object:
    state = _state(s)
    return {} if s.current.get("state") == state else {"state": state}


def _create_notes(s: Situation) -> Gaps:
    if s.wanted.get("state") != "enabled" or _state(s) == "enabled":
        return []
    if s.options.state == "asRecorded":
        if s.safety.security_defaults:
            return [_defaults_on(s, "report-only")]
        who = _closes_on(s)
        return [
            LossGap(
                f"{s.name} comes back report-only",
                f"With the state enabled it would shut out {who}, and no emergency account that is known to work is "
                "excluded.",
                "Exclude an emergency account (the setting BREAK_GLASS_IDS says which they are), check the policy's "
                "effect in the sign-in logs, then switch it on.",
            )
        ]
    return [
        LossGap(
            f"{s.name} comes back report-only",
            "Its state was enabled; a policy that is created again is put in force only where that is asked for.",
            'Check its effect in the sign-in logs, then switch it on yourself, or plan with "state": "asRecorded".',
        )
    ]


def _bin_notes(s: Situation) -> Gaps:
    gaps: Gaps = []
    if s.current.get("state") == "enabled" and _state(s) != "enabled":
        gaps.append(
            LossGap(
                f"{s.name} may be in force for a moment",
                "It lies in the recycle bin in force, and comes out as it went in; the next call makes it "
                f"{'report-only' if _state(s) == REPORT_ONLY else 'disabled'}.",
                "Apply the plan when a moment in force does no harm.",
            )
        )
    return gaps + _create_notes(s)


def _danger(s: Situation, step: Step) -> Danger:
    names = set(step.after) if isinstance(step.after, dict) else set()
    if step.action in ("update", "clearProperty") and not names & _WEIGHTY:
        return "low"
    if step.action == "create":
        return "high" if within(step.body, "state") == "enabled" else "elevated"
    return "high" if "enabled" in (s.current.get("state"), within(step.body, "state")) else "elevated"


def _state(s: Situation) -> str:
    """The state that a policy gets which is created again or comes out of the recycle bin."""
    recorded = str(s.wanted.get("state") or "disabled")
    asked = s.options.state == "asRecorded" and not s.safety.security_defaults and not _closes_on(s)
    return REPORT_ONLY if recorded == "enabled" and not asked else recorded


def _closes_on(s: Situation) -> str:
    """Whom the policy would shut out in force: as it was, and out of the bin also as it lies there, for that is what is
    in force until the next call."""
    binned = s.live.standing == "deleted"
    return shut_out(s.wanted, s.safety) or (shut_out({**s.current, "state": "enabled"}, s.safety) if binned else "")


def _differs(s: Situation) -> bool:
    return any(name in s.wanted and not same(s.wanted[name], s.current.get(name)) for name in _WEIGHTY)


def _preview(policy: Object) -> list[str]:
    found = []
    for path, known in _KNOWN.items():
        part = within(policy, *path)
        if isinstance(part, dict):
            found += [f"{'.'.join(path)}.{name}" for name in part if name not in known and not empty(part[name])]
    return found


def _whole(wanted: Json, current: Json) -> Json:
    """`wanted`, with what only `current` has emptied: Graph keeps the parts of a condition that are not sent."""
    if not (isinstance(wanted, dict) and isinstance(current, dict)):
        return wanted
    rest: Object = {key: [] if isinstance(value, list) else None for key, value in current.items()}
    return {**rest, **{key: _whole(value, current.get(key)) for key, value in wanted.items()}}


def _missing(s: Situation, *names: str) -> Gaps:
    return [
        LossGap(
            f"{s.name} is left as it is",
            f"It refers to the {reference.type or 'object'} {reference.id} ({reference.path}), which is not in the "
            "tenant and was not re-created. Leaving it out would change whom the policy covers.",
            f"Restore the {reference.type or 'object'} {reference.id} first, then make a new plan.",
        )
        for reference in references(s.record, s.entry)
        if reference.id in s.live.missing and reference.path.partition(".")[0] in names
    ]


def _lock_out(s: Situation, who: str, todo: str) -> LossGap:
    return LossGap(
        f"{s.name} is left as it is",
        f"In force it would block, or ask for what may be lacking, {who}, in every application, and no emergency "
        "account that is known to work is excluded.",
        todo,
    )


def _not_in_force(s: Situation, who: str) -> LossGap:
    return LossGap(
        f"{s.name} stays {s.current.get('state')}: its state is not written",
        f"In force it would block, or ask for what may be lacking, {who}, in every application, and no emergency "
        "account that is known to work is excluded. Its other properties come back.",
        _NAME_AN_ACCOUNT,
    )


def _in_force(policy: Object) -> bool:
    return policy.get("state") == "enabled"


def _unexcluded(s: Situation, accounts: list[str]) -> LossGap:
    return LossGap(
        f"{s.name} is left as it is",
        f"It excludes {', '.join(accounts)} now, and the backup does not: an emergency account would lose its way in.",
        "Restore other properties than the conditions, or write the conditions by hand and keep the exclusion.",
    )


def _defaults_on(s: Situation, state: str) -> LossGap:
    return LossGap(
        f"{s.name} {'comes back' if state == 'report-only' else 'stays'} {state}",
        "Security defaults are on in the tenant, and while they are Graph takes no policy with the state enabled.",
        "Switch security defaults off first, at a time when the policies take over at once.",
    )


def _is_preview(s: Situation, names: list[str]) -> LossGap:
    return LossGap(
        f"{s.name} is left as it is",
        f"It uses preview features ({', '.join(names)}). Graph takes them through its beta version alone, where "
        "properties change without notice; a restore writes policies through v1.0.",
        "Rebuild the policy by hand from its record.",
    )


CONDITIONAL_ACCESS = Rules(
    stop=_stop,
    normal=_normal,
    patch=_patch,
    create=_create,
    create_notes=_create_notes,
    bin_notes=_bin_notes,
    first=_first,
    deletion=no_bin,
    danger=_danger,
    never_null=frozenset({"displayName", "state", "conditions"}),
)

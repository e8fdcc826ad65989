"""What restoring a Conditional Access policy or a named location asks for beyond the catalogue: pure.

A policy can lock everyone out, so: a re-created one is report-only and is never switched on here; one from the recycle
bin is made report-only at once; no include or exclude is ever dropped because its object is missing; and no policy that
blocks everyone everywhere is written in force.
"""

from functions.core.diff import empty, same
from functions.core.links_remap import references
from functions.core.plan import LossGap
from functions.core.plan_rules import Gaps, Rules, Situation
from functions.core.policy_reach import covered_again, locks_out
from functions.core.record import Json, Object

REPORT_ONLY = "enabledForReportingButNotEnforced"


def _normal(policy: Object) -> Object:
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


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if s.live.standing == "deleted":
        body.pop("state", None)  # set by the first write after the recycle bin, and not touched again
    elif s.recreated and "state" in body:
        del body["state"]
        gaps.append(
            LossGap(
                f"{s.name} stays {s.current.get('state')}",
                "It is a policy that a restore created, and a restore never switches one on.",
                f"Check its effect in the sign-in logs, then set it to {s.wanted.get('state')} yourself.",
            )
        )
    if "conditions" in body and (lost := _missing(s)):
        gaps.extend(lost)
        return {}
    body = {name: _whole(value, s.current.get(name)) for name, value in body.items()}
    after: Object = {**s.current, **(_first(s) if s.live.standing == "deleted" else {}), **body}
    if locks_out(after) and not locks_out(s.current):
        gaps.append(_lock_out(s, "Restore it with the property state left out, or write it by hand with an exclusion."))
        return {}
    if after.get("state") == "enabled" and (covered := covered_again(s.current, after)):
        gaps.append(
            LossGap(
                f"{s.name} no longer excludes {', '.join(covered)}",
                "The backup does not exclude them, conditions are written whole, and the policy is in force.",
                "If an emergency account is among them, do not apply this plan; restore other properties only, "
                "or write the conditions by hand.",
            )
        )
    return body


def _stop(s: Situation) -> Gaps:
    if s.live.standing == "live":
        return []
    if s.live.standing == "deleted" and locks_out(s.current):
        return [_lock_out(s, "Create it by hand, report-only first, with an emergency account excluded.")]
    rewritten = s.live.standing == "gone" or not same(s.wanted.get("conditions"), s.current.get("conditions"))
    return _missing(s) if rewritten else []


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    body["state"] = _safe_state(s)
    conditions = body.get("conditions")
    if isinstance(conditions, dict):
        conditions.setdefault("signInRiskLevels", [])
        conditions.setdefault("userRiskLevels", [])
    return body


def _first(s: Situation) -> Object:
    state = _safe_state(s)
    return {} if s.current.get("state") == state else {"state": state}


def _create_notes(s: Situation) -> Gaps:
    if s.wanted.get("state") != "enabled":
        return []
    return [
        LossGap(
            f"{s.name} comes back report-only",
            "It was in force; a policy that is created again is never put in force by a restore.",
            "Check its effect in the sign-in logs, then switch it on yourself.",
        )
    ]


def _bin_notes(s: Situation) -> Gaps:
    gaps: Gaps = []
    if s.current.get("state") == "enabled":
        gaps.append(
            LossGap(
                f"{s.name} may be in force for a moment",
                "It lies in the recycle bin in force, and comes out as it went in; the next call makes it "
                f"{'report-only' if _safe_state(s) == REPORT_ONLY else 'disabled'}.",
                "Apply the plan when a moment in force does no harm.",
            )
        )
    return gaps + _create_notes(s)


def _whole(wanted: Json, current: Json) -> Json:
    """`wanted`, with what only `current` has emptied: Graph keeps the parts of a condition that are not sent."""
    if not (isinstance(wanted, dict) and isinstance(current, dict)):
        return wanted
    rest: Object = {key: [] if isinstance(value, list) else None for key, value in current.items()}
    return {**rest, **{key: _whole(value, current.get(key)) for key, value in wanted.items()}}


def _safe_state(s: Situation) -> str:
    return REPORT_ONLY if s.wanted.get("state") == "enabled" else str(s.wanted.get("state") or "disabled")


def _missing(s: Situation) -> Gaps:
    return [
        LossGap(
            f"{s.name} is left as it is",
            f"It refers to the {reference.type or 'object'} {reference.id} ({reference.path}), which is not in the "
            "tenant and was not re-created. Leaving it out would change whom the policy covers.",
            f"Restore the {reference.type or 'object'} {reference.id} first, then make a new plan.",
        )
        for reference in references(s.record, s.entry)
        if reference.id in s.live.missing
    ]


def _lock_out(s: Situation, todo: str) -> LossGap:
    return LossGap(
        f"{s.name} is left as it is",
        "In force it would block everyone, or every administrator, from every application.",
        todo,
    )


def _same_kind(s: Situation) -> Gaps:
    if s.live.standing == "gone" or s.wanted.get("@odata.type") == s.current.get("@odata.type"):
        return []
    return [
        LossGap(
            f"{s.name} is left as it is",
            f"It is {_kind(s.current)} now and was {_kind(s.wanted)}; Graph does not change that.",
            "Create a new location and use it in the policies that need it.",
        )
    ]


def _kind(location: Object) -> str:
    return str(location.get("@odata.type", "")).rpartition(".")[2] or "of unknown kind"


CONDITIONAL_ACCESS = Rules(
    stop=_stop,
    normal=_normal,
    patch=_patch,
    create=_create,
    create_notes=_create_notes,
    bin_notes=_bin_notes,
    first=_first,
    never_null=frozenset({"displayName", "state", "conditions"}),
)

NAMED_LOCATION = Rules(
    stop=_same_kind,
    always=("@odata.type",),
    never_null=frozenset({"displayName", "ipRanges", "countriesAndRegions", "isTrusted"}),
)

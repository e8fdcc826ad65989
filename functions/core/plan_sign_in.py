"""What restoring strengths, contexts, security defaults and certificate authorities asks for; pure.

Whatever decides how people sign in can keep them out or let strangers in, so most of it is dangerous, and security
defaults are switched on only where exactly that was asked for.
"""

from functions.core.diff import empty, same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Call, Gaps, Rules, Situation
from functions.core.plan_unknown import unreadable
from functions.core.record import Json, Object

_COMBINATIONS, _NARROWING = "allowedCombinations", "combinationConfigurations"
_COMPUTED = frozenset({"policyType", "requirementsSatisfied"})
_MADE_APART = frozenset({"createdDateTime", "id", "modifiedDateTime"})


# ---- strengths -----------------------------------------------------------------------------------------------------


def _normal_strength(strength: Object) -> Object:
    """One spelling for a combination (Graph writes `password,sms`, people `password, sms`), and without what Graph
    computes."""
    strength = {name: value for name, value in strength.items() if name not in _COMPUTED}
    narrowing = strength.get(_NARROWING)
    if isinstance(narrowing, list):
        strength[_NARROWING] = [
            {name: value for name, value in one.items() if name not in _MADE_APART}
            for one in narrowing
            if isinstance(one, dict)
        ]
    combinations = strength.get(_COMBINATIONS)
    if isinstance(combinations, list):
        spelt: list[Json] = [*sorted(str(one).replace(" ", "") for one in combinations)]
        strength[_COMBINATIONS] = spelt
    return strength


def _stop_strength(s: Situation) -> Gaps:
    names = s.entry.restore.update if s.entry.restore else frozenset()
    if s.live.standing == "live" and all(same(s.wanted.get(name), s.current.get(name)) for name in names):
        return []
    if "builtIn" in (s.record.get("policyType"), s.live.object.get("policyType")):
        return [
            LossGap(
                f"{s.name} is left as it is",
                "It is a built-in strength: Microsoft defines it, and nobody can change or create it.",
                "Nothing. If what it allows has changed, Microsoft has changed it for everybody.",
            )
        ]
    return unreadable(s, _COMBINATIONS, _NARROWING)


def _strength_body(s: Situation, body: Object, gaps: Gaps) -> Object:
    """Graph takes neither in a change, and what narrows a combination not in a new strength either."""
    body.pop(_NARROWING, None)
    if s.live.standing != "gone":
        body.pop(_COMBINATIONS, None)
    return body


def _strength_calls(s: Situation, gaps: Gaps) -> list[Call]:
    calls = []
    wanted, current = s.wanted.get(_COMBINATIONS), s.current.get(_COMBINATIONS)
    if s.live.standing == "live" and not empty(wanted) and not same(wanted, current):
        calls.append(
            Call(
                path="/updateAllowedCombinations",
                body={_COMBINATIONS: wanted},
                reason="The combinations of methods differ from the backup.",
                before={_COMBINATIONS: current},
                after={_COMBINATIONS: wanted},
            )
        )
    return [*calls, *_narrowing_calls(s, gaps)]


def _narrowing_calls(s: Situation, gaps: Gaps) -> list[Call]:
    """What narrows a combination (these keys, those issuers) is found again by the combinations it applies to."""
    wanted, shown = _narrowings(s.wanted.get(_NARROWING)), _narrowings(s.current.get(_NARROWING))
    ids = {applies: one.get("id") for applies, one in _narrowings(s.live.object.get(_NARROWING)).items()}
    calls = []
    for applies, body in wanted.items():
        there = shown.get(applies)
        if there is not None and same(body, there):
            continue
        before: list[Json] = list(shown.values())
        shown[applies] = body
        calls.append(
            Call(
                path=f"/{_NARROWING}" + (f"/{ids.get(applies)}" if there else ""),
                body=body,
                reason="What narrows the combination differs from the backup.",
                method="PATCH" if there else "POST",
                before={_NARROWING: before},
                after={_NARROWING: list(shown.values())},
            )
        )
    if extra := sorted(shown.keys() - wanted.keys()):
        gaps.append(
            LossGap(
                f"{s.name} stays narrowed for {', '.join(extra)}",
                "What narrows it was not in the backup; taking it away would let in more keys and certificates.",
                "Remove it in the portal if it should not be there.",
            )
        )
    return calls


def _narrowings(configurations: Json) -> dict[str, Object]:
    found = [one for one in configurations if isinstance(one, dict)] if isinstance(configurations, list) else []
    return {_applies(one): one for one in found}


def _applies(configuration: Object) -> str:
    combinations = configuration.get("appliesToCombinations")
    return ", ".join(sorted(str(one) for one in combinations)) if isinstance(combinations, list) else ""


def _danger_strength(s: Situation, step: Step) -> Danger:
    """The policies that name a strength ask for something else at once; a new one nobody names yet."""
    if step.action == "create" or (
        isinstance(step.after, dict) and step.after.keys() <= {"description", "displayName"}
    ):
        return "elevated"
    return "high"


# ---- contexts, security defaults ------------------------------------------------------------------------------------


def _elevated(s: Situation, step: Step) -> Danger:
    return "elevated"


def _high(s: Situation, step: Step) -> Danger:
    return "high"


def _context_body(s: Situation, body: Object, gaps: Gaps) -> Object:
    """The id stands in the address."""
    body.pop("id", None)
    return body


def _defaults(s: Situation, body: Object, gaps: Gaps) -> Object:
    """Switched on where this very property of this very object was asked for; switching off lets policies take over."""
    if body.get("isEnabled") is True and "isEnabled" not in (s.options.properties or ()):
        gaps.append(
            LossGap(
                "Security defaults stay off",
                "Switching them on changes how everybody signs in, and Graph refuses it while a Conditional Access "
                "policy is in force.",
                'Ask for it by itself: a plan of this object with "properties": ["isEnabled"].',
            )
        )
        return {}
    if body.get("isEnabled") is False:
        gaps.append(
            LossGap(
                "Security defaults are switched off",
                "They were off in the backup. From then on nothing asks for a second factor but Conditional Access, "
                "whose policies may be report-only after a restore.",
                "Have the policies ready to be switched on, or leave this object out of the plan.",
            )
        )
    return body


# ---- certificate authorities ----------------------------------------------------------------------------------------


def _links_note(s: Situation) -> Gaps:
    if s.live.standing == "live":
        return []
    return [
        LossGap(
            f"Methods scoped to {s.name} do not know the new store",
            "The configuration of certificate sign-in names stores and authorities by id and key.",
            "Restore authenticationMethodsPolicy with it, and check who may sign in with which certificates.",
        )
    ]


def _stop_legacy(s: Situation) -> Gaps:
    name = "certificateAuthorities"
    if s.live.standing != "live" or same(s.wanted.get(name), s.current.get(name)):
        return []
    return [
        LossGap(
            "The legacy list of certificate authorities is left as it is",
            "It differs from the backup. Graph changes nothing in it: it would have to be deleted first, and until it "
            "is there again nobody signs in with a certificate.",
            "Move the authorities to the PKI store, or delete the list by hand and make a new plan.",
        )
    ]


def _create_legacy(s: Situation, body: Object, gaps: Gaps) -> Object:
    """Issuer and key identifier are read from the certificate."""
    authorities = body.get("certificateAuthorities")
    if isinstance(authorities, list):
        body["certificateAuthorities"] = [
            {name: value for name, value in one.items() if name not in ("issuer", "issuerSki") and value is not None}
            for one in authorities
            if isinstance(one, dict)
        ]
    return body


STRENGTH = Rules(
    stop=_stop_strength,
    normal=_normal_strength,
    patch=_strength_body,
    create=_strength_body,
    calls=_strength_calls,
    danger=_danger_strength,
    never_null=frozenset({_COMBINATIONS, _NARROWING, "displayName"}),
)

CONTEXT = Rules(create=_context_body, danger=_elevated, never_null=frozenset({"displayName", "isAvailable"}))

SECURITY_DEFAULTS = Rules(patch=_defaults, danger=_high)

PKI = Rules(create_notes=_links_note, bin_notes=_links_note, danger=_high, never_null=frozenset({"displayName"}))

LEGACY_AUTHORITIES = Rules(stop=_stop_legacy, create=_create_legacy, danger=_high)

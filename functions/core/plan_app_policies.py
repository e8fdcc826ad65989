"""What restoring policies about applications asks for beyond the catalogue: pure.

A policy becomes the organization's default only after all policies are there, so that the one that was default in
between has stopped being it. Condition sets of a consent policy cannot be edited: missing ones are posted, what
forbids before what allows.
"""

from collections.abc import Sequence

from functions.core.diff import same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Call, Gaps, Rules, Situation
from functions.core.record import Json, Object

_DEFAULT = "isOrganizationDefault"
_SETS = ("excludes", "includes")  # in the order of writing
_BUILT_IN = "microsoft-"


def _token_patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if body.get(_DEFAULT) is True:
        body.pop(_DEFAULT)
    return body


def _token_create(s: Situation, body: Object, gaps: Gaps) -> Object:
    return {**body, _DEFAULT: False}


def _made_default(s: Situation, gaps: Gaps) -> Sequence[Call]:
    if s.wanted.get(_DEFAULT) is not True or s.current.get(_DEFAULT) is True:
        return ()
    if s.live.standing != "gone" and not s.options.takes(_DEFAULT):
        return ()
    return [
        Call(
            path="",
            method="PATCH",
            body={_DEFAULT: True},
            before={_DEFAULT: bool(s.current.get(_DEFAULT))},
            after={_DEFAULT: True},
            reason="It was the organization's default. Graph allows one of each kind.",
            danger="high",
        )
    ]


def _token_danger(s: Situation, step: Step) -> Danger:
    body: Json = step.body
    if isinstance(body, dict) and body.get(_DEFAULT) is True:
        return "high"
    everybody = s.current.get(_DEFAULT) is True
    return "high" if everybody and step.action in ("update", "clearProperty") else "elevated"


def _built_in(s: Situation) -> Gaps:
    if not s.identity.startswith(_BUILT_IN) or (s.live.standing == "live" and not _differs(s)):
        return []
    return [
        LossGap(
            f"Nothing is written to {s.name}",
            "It is one of Microsoft's own consent policies, which the service alone changes.",
            "If it differs from the backup, make a policy of your own and assign that instead.",
        )
    ]


def _differs(s: Situation) -> bool:
    return any(not same(s.current.get(name), value) for name, value in s.wanted.items())


def _consent_normal(policy: Object) -> Object:
    """Condition sets by what they say: each gets a new id whenever it is posted."""
    for name in policy.keys() & set(_SETS):
        policy[name] = sorted((_said(item) for item in _list(policy.get(name))), key=repr)
    return policy


def _conditions(s: Situation, gaps: Gaps) -> Sequence[Call]:
    calls = []
    for name in _SETS:
        if s.live.standing != "gone" and not s.options.takes(name):
            continue
        wanted, there = _list(s.wanted.get(name)), _list(s.current.get(name))
        shown: list[Json] = list(there)
        missing = [one for one in wanted if not any(same(one, other) for other in there)]
        if missing and s.live.standing != "gone" and name not in (s.options.properties or ()):
            gaps.append(_fewer_conditions(s, name, len(missing)))
            missing = []
        for item in missing:
            before, shown = shown, [*shown, item]
            calls.append(
                Call(
                    path=f"/{name}",
                    body=item,
                    before={name: before},
                    after={name: shown},
                    reason="It was part of the policy in the backup. Graph takes conditions one set at a time.",
                    danger="elevated" if name == "excludes" else "high",
                )
            )
        extra = [one for one in there if not any(same(one, other) for other in wanted)]
        if extra:
            gaps.append(_more_conditions(s, name, len(extra)))
    return calls


def _fewer_conditions(s: Situation, name: str, count: int) -> LossGap:
    effect = "allows less" if name == "includes" else "forbids less"
    return LossGap(
        f"{s.name} {effect} than in the backup: {count} fewer under {name}",
        "It decides which applications people may let in, and the backup may be older than a decision about that: it "
        "is changed only where exactly that is asked for.",
        f'Ask for it by itself: a plan of this object with "properties": ["{name}"].',
    )


def _more_conditions(s: Situation, name: str, count: int) -> LossGap:
    effect = "allows more" if name == "includes" else "forbids more"
    return LossGap(
        f"{s.name} {effect} than in the backup: {count} more under {name}",
        "Graph cannot change a set of conditions, and a restore takes none away from a policy that is in use.",
        f"Compare them with the record, then DELETE /policies/permissionGrantPolicies/{s.identity}/{name}/{{id}}.",
    )


def _said(item: Object) -> Object:
    return {name: value for name, value in item.items() if name != "id" and "@odata" not in name}


def _list(value: Json) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _careful(s: Situation, step: Step) -> Danger:
    return "elevated"


TOKEN_POLICY = Rules(
    patch=_token_patch,
    create=_token_create,
    late=_made_default,
    danger=_token_danger,
    never_null=frozenset({"definition", "displayName", _DEFAULT}),
)
CONSENT_POLICY = Rules(
    stop=_built_in,
    normal=_consent_normal,
    calls=_conditions,
    danger=_careful,
    never_null=frozenset({"displayName"}),
    watched=frozenset(_SETS),
)
APP_MANAGEMENT = Rules(
    danger=_careful,
    never_null=frozenset(
        {"applicationRestrictions", "displayName", "isEnabled", "restrictions", "servicePrincipalRestrictions"}
    ),
)
ADMIN_CONSENT = Rules(danger=_careful)

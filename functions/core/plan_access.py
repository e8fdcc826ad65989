"""What restoring the tenant-wide policies on access asks for beyond the catalogue: pure.

They decide what everybody may do, and whom other tenants may send. None of them is ever created or deleted; what is
written is what differs.
"""

from functions.core.diff import dead_in, empty, same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.plan_unknown import unreadable
from functions.core.record import Object

_PERMISSIONS, _READ_OTHERS = "defaultUserRolePermissions", "allowedToReadOtherUsers"
_CONSENT = "permissionGrantPoliciesAssigned"
_TRUST = "inboundTrust"
_SETTINGS = frozenset(
    {
        "automaticUserConsentSettings",
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "b2bDirectConnectInbound",
        "b2bDirectConnectOutbound",
        "inboundTrust",
        "tenantRestrictions",
    }
)


def _high(s: Situation, step: Step) -> Danger:
    return "high"


def _elevated(s: Situation, step: Step) -> Danger:
    return "elevated"


def _authorization(s: Situation, body: Object, gaps: Gaps) -> Object:
    """That people may not read others is never written. Where they may, that goes along: what a body leaves out might
    be taken for switched off."""
    body = _consent_kept(s, body, gaps)
    permissions, there = body.get(_PERMISSIONS), within(s.current, _PERMISSIONS)
    if not (isinstance(permissions, dict) and permissions.get(_READ_OTHERS) is False):
        return body
    rest: Object = {name: value for name, value in permissions.items() if name != _READ_OTHERS}
    if within(there, _READ_OTHERS) is not False:
        rest[_READ_OTHERS] = True
        gaps.append(
            LossGap(
                f"{_READ_OTHERS} in {_PERMISSIONS} stays on",
                "It was off in the backup. Microsoft warns against switching it off: people may no longer sign in to "
                "what looks them up.",
                "Switch it off by hand if it was on purpose.",
            )
        )
    body[_PERMISSIONS] = rest
    if isinstance(there, dict) and all(same(value, there.get(name)) for name, value in rest.items()):
        del body[_PERMISSIONS]
    return body


def _consent_kept(s: Situation, body: Object, gaps: Gaps) -> Object:
    """What people may consent to by themselves stays as it is, unless the property that says so was asked for by
    name."""
    permissions, there = body.get(_PERMISSIONS), within(s.current, _PERMISSIONS)
    now = within(there, _CONSENT)
    if not isinstance(permissions, dict) or not isinstance(there, dict) or _PERMISSIONS in (s.options.properties or ()):
        return body
    if _CONSENT not in permissions or same(permissions[_CONSENT], now):
        return body
    gaps.append(
        LossGap(
            f"{_CONSENT} in {_PERMISSIONS} stays as it is",
            "It says what people may let applications do in their name, and the backup may be older than a decision "
            "to forbid that.",
            f'Ask for it by itself: a plan of this object with "properties": ["{_PERMISSIONS}"].',
        )
    )
    kept: Object = {**permissions, _CONSENT: now}
    if all(same(value, there.get(name)) for name, value in kept.items()):
        return {name: value for name, value in body.items() if name != _PERMISSIONS}
    return {**body, _PERMISSIONS: kept}


def _untold(s: Situation) -> Gaps:
    return [] if same(s.wanted, s.current) else unreadable(s, *sorted(s.wanted))


def _directions(s: Situation, body: Object, gaps: Gaps) -> Object:
    """No target is dropped because its object is missing: whom the setting lets through would change. What is trusted
    of other tenants is written where exactly that was asked for."""
    if _TRUST in body and _TRUST not in (s.options.properties or ()):
        del body[_TRUST]
        gaps.append(
            LossGap(
                f"{_TRUST} of {s.name} is left as it is" if s.live.standing == "live" else f"{_TRUST} of {s.name}",
                "It says whose second factor and devices count here as well as one's own, so it is changed only where "
                "exactly that is asked for.",
                f'Ask for it by itself: a plan of this object with "properties": ["{_TRUST}"].',
            )
        )
    for name in sorted(body):
        if lost := dead_in(body[name], s.live.missing):
            gaps.append(_missing(s, name, lost))
            del body[name]
    return body


def _missing(s: Situation, name: str, lost: list[str]) -> LossGap:
    return LossGap(
        f"{name} of {s.name} is left as it is",
        f"It names {', '.join(lost)}, which is not in the tenant; leaving it out would change whom it is about.",
        "Restore that object first, then make a new plan.",
    )


def _default(s: Situation, body: Object, gaps: Gaps) -> Object:
    return {} if _reset(s) else _directions(s, body, gaps)


def _reset(s: Situation) -> bool:
    """True where nobody had changed the default, and somebody has since; not where that would change whom it trusts."""
    changed = s.record.get("isServiceDefault") is True and s.live.object.get("isServiceDefault") is False
    return changed and same(s.wanted.get(_TRUST), s.current.get(_TRUST))


def _reset_calls(s: Situation, gaps: Gaps) -> list[Call]:
    if not _reset(s) or s.options.properties is not None:
        return []
    return [
        Call(
            path="/resetToSystemDefault",
            body=None,
            reason="Nobody had changed the default when the backup was made.",
            before={"isServiceDefault": False},
            after={"isServiceDefault": True},
            danger="high",
        )
    ]


def _partner(s: Situation, body: Object, gaps: Gaps) -> Object:
    """A setting that is not sent follows the default; so does one that is null."""
    return {name: value for name, value in _directions(s, body, gaps).items() if not empty(value)}


AUTHORIZATION = Rules(
    stop=_untold, patch=_authorization, danger=_high, never_null=frozenset({_PERMISSIONS, "guestUserRoleId"})
)

CROSS_TENANT = Rules(stop=_untold, danger=_high, valued=frozenset({"allowedCloudEndpoints"}))

CROSS_TENANT_DEFAULT = Rules(
    stop=_untold,
    patch=_default,
    calls=_reset_calls,
    danger=_high,
    watched=frozenset({"isServiceDefault"}),
    never_null=_SETTINGS | {"invitationRedemptionIdentityProviderConfiguration"},
)

PARTNER = Rules(
    stop=_untold,
    patch=_directions,
    create=_partner,
    danger=_high,
    valued=_SETTINGS,
)

PARTNER_TEMPLATE = Rules(stop=_untold, patch=_directions, danger=_high, valued=_SETTINGS)

SYNCHRONIZATION_TEMPLATE = Rules(stop=_untold, danger=_high, valued=frozenset({"userSyncInbound"}))

SIGN_UP = Rules(stop=_untold, danger=_high)

GUESTS_LEAVING = Rules(stop=_untold, danger=_elevated)

DEVICE_REGISTRATION = Rules(stop=_untold, patch=_directions, danger=_high, never_null=frozenset({"userDeviceQuota"}))

TOKEN_VALIDATION = Rules(stop=_untold, danger=_high, never_null=frozenset({"validatingDomains"}))

"""What restoring a service principal asks for beyond the catalogue: pure.

A managed identity belongs to its Azure resource and a principal of Microsoft's to Microsoft, so little of them is
written. What the application dictates comes back with the application.
"""

from collections.abc import Sequence

from functions.core import security_attributes
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_credentials import lost_certificates, lost_secrets, with_key_there
from functions.core.plan_rules import Call, Gaps, Rules, Situation, strings
from functions.core.record import Json, Object

MICROSOFT = frozenset({"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"})
_OF_MICROSOFT = frozenset({"accountEnabled", "appId", "appRoleAssignmentRequired", security_attributes.ATTRIBUTES})
_OF_AN_IDENTITY = frozenset({security_attributes.ATTRIBUTES})
_OFF = {"accountEnabled": False, "isDisabled": True}
_HIGH = frozenset({"preferredTokenSigningKeyThumbprint", "tokenEncryptionKeyId"})
_ELEVATED = frozenset(
    {"accountEnabled", "appRoleAssignmentRequired", "loginUrl", "preferredSingleSignOnMode", "samlSingleSignOnSettings"}
)


def managed(principal: Object) -> bool:
    """True for the identity of an Azure resource."""
    return principal.get("servicePrincipalType") == "ManagedIdentity"


def of_microsoft(principal: Object) -> bool:
    """True for a principal of one of Microsoft's own applications."""
    return principal.get("appOwnerOrganizationId") in MICROSOFT


def _stop(s: Situation) -> Gaps:
    if s.live.standing == "deleted" and s.record.get("appId") != s.live.object.get("appId"):
        return [
            LossGap(
                f"{s.name} does not come back",
                "It lies in the recycle bin, and its application was deleted for good: that gets a new appId, which a "
                "service principal out of the bin has not got.",
                f"Delete it from the recycle bin (DELETE /directory/deletedItems/{s.live.id}) and make a new plan: a "
                "principal for the new appId is made then, with what the old one was granted.",
            )
        ]
    if s.live.standing == "live" or not managed(s.record):
        return []
    resource = next((name for name in strings(s.record.get("alternativeNames")) if name.startswith("/")), "")
    return [
        LossGap(
            f"The managed identity {s.name} is not made again",
            "It belongs to an Azure resource, which alone makes it and takes it away; Graph neither creates nor "
            "undeletes one.",
            f"Switch the identity on again at {resource or 'its Azure resource'}, then grant the new identity the "
            "roles and memberships that the record of the old one has.",
        )
    ]


def _normal(principal: Object) -> Object:
    return security_attributes.typed(principal)


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    security_attributes.settle(s, body, gaps)
    allowed, whose = _allowed(s)
    if allowed is not None and (dropped := sorted(body.keys() - allowed)):
        gaps.append(
            LossGap(
                f"Not written to {s.name}: {', '.join(dropped)}",
                f"{whose}, which alone sets these properties.",
                "Compare them with the record; a difference is not of your tenant's making.",
            )
        )
        body = {name: value for name, value in body.items() if name in allowed}
    if s.here == s.safety.restorer:
        switched_off = {name for name, off in _OFF.items() if body.get(name) is off}
        if switched_off:
            body = {name: value for name, value in body.items() if name not in switched_off}
            gaps.append(_own(s, "stays enabled"))
    return _keys_there(s, body, gaps)


def _keys_there(s: Situation, body: Object, gaps: Gaps) -> Object:
    body = with_key_there(s, body, gaps, "tokenEncryptionKeyId", "keyId")
    return with_key_there(s, body, gaps, "preferredTokenSigningKeyThumbprint", "customKeyIdentifier")


def _allowed(s: Situation) -> tuple[frozenset[str] | None, str]:
    source = s.record if s.live.standing == "gone" else s.live.object
    if managed(source):
        return _OF_AN_IDENTITY, "It is the identity of an Azure resource"
    if of_microsoft(source):
        return _OF_MICROSOFT, "It is a principal of Microsoft"
    return None, ""


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    if of_microsoft(s.record):
        return {name: value for name, value in body.items() if name in _OF_MICROSOFT}
    body.pop("isDisabled", None)
    return _keys_there(s, body, gaps)


def _create_notes(s: Situation) -> Gaps:
    owner = s.record.get("appOwnerOrganizationId")
    if of_microsoft(s.record) or not owner or not s.tenant or owner == s.tenant:
        return []
    return [
        LossGap(
            f"{s.name} is an application of another tenant",
            f"It is registered in the tenant {owner}: a principal for it can be made only while it exists there and "
            "lets other tenants in. Graph refuses the step otherwise.",
            "If the step fails, ask the publisher, or add the application from the gallery.",
        )
    ]


def _bin_notes(s: Situation) -> Gaps:
    return [
        LossGap(
            f"Policies attached to {s.name}",
            "The recycle bin does not keep which token, claims and sign-in policies applied to a service principal, "
            "and Conditional Access policies that target it may have dropped it.",
            "Restore the policies that name it as well. The application proxy can take a day to work again.",
        )
    ]


def _calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    if not managed(s.record) and not of_microsoft(s.record):
        gaps += lost_secrets(s)
        gaps += lost_certificates(s, "servicePrincipalKeyCredentials")
    if s.live.standing == "gone" and s.wanted.get("isDisabled") is True:
        off: Object = {"isDisabled": True}
        return [Call(path="", method="PATCH", body=off, after=off, reason="It was switched off in the backup.")]
    return ()


def _deletion(s: Situation) -> LossGap | None:
    if s.here == s.safety.restorer:
        return _own(s, "stays")
    if managed(s.live.object) or of_microsoft(s.live.object):
        _, whose = _allowed(s)
        return LossGap(f"{s.name} stays", f"{whose}.", "Remove it where it comes from, if it should go.")
    return None


def _own(s: Situation, what: str) -> LossGap:
    return LossGap(
        f"{s.name} {what}",
        "It is what this restore signs in with.",
        "Look after it by hand when no restore is running.",
    )


def _danger(s: Situation, step: Step) -> Danger:
    body: Json = step.body
    names = set(body) if isinstance(body, dict) and not step.link else set()
    # What it has been granted does not show in its record, so an owner counts as one of a privileged application.
    if step.link == "owners" or names & _HIGH:
        return "high"
    if isinstance(body, dict) and not step.link and body.get("isDisabled") is False:
        return "high"  # it was switched off since, perhaps for a reason
    if step.link == "delegatedPermissionClassifications" or names & _ELEVATED:
        return "elevated"
    return "low"


SERVICE_PRINCIPAL = Rules(
    stop=_stop,
    normal=_normal,
    patch=_patch,
    create=_create,
    create_notes=_create_notes,
    bin_notes=_bin_notes,
    calls=_calls,
    deletion=_deletion,
    danger=_danger,
    apart=(
        frozenset({security_attributes.ATTRIBUTES}),
        frozenset({"isDisabled"}),
        frozenset({"preferredTokenSigningKeyThumbprint"}),
        frozenset({"tokenEncryptionKeyId"}),
    ),
    never_null=frozenset({"accountEnabled", "appRoleAssignmentRequired"}),
)

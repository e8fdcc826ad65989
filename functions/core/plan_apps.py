"""What restoring an application registration asks for beyond the catalogue: pure.

An enabled role or scope is disabled before it changes or goes, in a call of its own. Secrets are never written, and a
certificate has a type of its own: both are named where they are missing. What may let somebody in as an application
that holds privileged permissions is dangerous.
"""

import re
from collections.abc import Sequence

from functions.core.diff import empty, same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_credentials import lost_certificates, lost_secrets, with_key_there
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.record import RELATIONSHIPS, Json, Object

# Microsoft's services of which an application permission reaches data or rights of the whole tenant
PRIVILEGED_APIS = {
    "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
    "00000002-0000-0000-c000-000000000000": "Windows Azure Active Directory",
    "00000002-0000-0ff1-ce00-000000000000": "Office 365 Exchange Online",
    "00000003-0000-0ff1-ce00-000000000000": "Office 365 SharePoint Online",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013": "Windows Azure Service Management API",
    "0000000a-0000-0000-c000-000000000000": "Microsoft Intune",
    "c161e42e-d4df-4a3d-9b42-e7a3c31f59d4": "Microsoft Intune API",
}
_LETS_IN = frozenset({"web", "spa", "publicClient", "defaultRedirectUri", "isFallbackPublicClient"})
_SENSITIVE = frozenset(
    {
        "api",
        "appRoles",
        "authenticationBehaviors",
        "groupMembershipClaims",
        "identifierUris",
        "optionalClaims",
        "requiredResourceAccess",
        "servicePrincipalLockConfiguration",
        "signInAudience",
    }
)
_EXTENSION = re.compile(r"extension_[0-9a-fA-F]{32}_")


def entries(value: Json) -> list[Object]:
    """The objects in an array; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def written(s: Situation, name: str) -> bool:
    """True where this restore changes the property of an existing object."""
    if s.live.standing == "gone" or name not in s.wanted or not s.options.takes(name):
        return False
    if empty(s.wanted[name]) and s.options.mode != "exact":
        return False
    return not same(s.current.get(name), s.wanted[name])


def _normal(app: Object) -> Object:
    """Without what the service fills in: where a role comes from, and the address of the logo."""
    for role in (*entries(app.get("appRoles")), *_scopes(app)):
        role.pop("origin", None)
    info = app.get("info")
    if isinstance(info, dict):
        info.pop("logoUrl", None)
    return app


def _scopes(app: Object) -> list[Object]:
    return entries(within(app.get("api"), "oauth2PermissionScopes"))


def _disable_first(s: Situation, gaps: Gaps) -> Sequence[Call]:
    body: Object = {}
    if written(s, "appRoles"):
        roles = _disabled(entries(s.current.get("appRoles")), entries(s.wanted.get("appRoles")))
        body |= {"appRoles": roles} if roles is not None else {}
    if written(s, "api"):
        scopes = _disabled(_scopes(s.current), _scopes(s.wanted))
        api = s.current.get("api")
        if scopes is not None and isinstance(api, dict):
            body["api"] = {**api, "oauth2PermissionScopes": scopes}
    if not body:
        return ()
    return [
        Call(
            path="",
            method="PATCH",
            body=body,
            before={name: s.current.get(name) for name in body},
            after=body,
            reason="Graph changes or removes a role or scope only while it is disabled.",
        )
    ]


def _disabled(current: list[Object], wanted: list[Object]) -> list[Json] | None:
    """The current ones with those disabled that will change or go; None where there is none."""
    later = {item.get("id"): item for item in wanted}
    found: list[Json] = []
    for item in current:
        off: Object = {**item, "isEnabled": False}
        goes = item.get("isEnabled") is True and not any(same(later.get(item.get("id")), kept) for kept in (item, off))
        found.append(off if goes else item)
    return None if found == current else found


def _calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    gaps += lost_secrets(s)
    gaps += lost_certificates(s, "applicationKeyCredentials")
    calls = list(_extensions(s))
    if s.live.standing == "gone" and s.wanted.get("isDisabled") is True:
        off: Object = {"isDisabled": True}
        calls.append(Call(path="", method="PATCH", body=off, after=off, reason="It was switched off in the backup."))
    return calls


def _extensions(s: Situation) -> Sequence[Call]:
    """The directory extensions that are missing. One is made by its short name; Graph puts the appId in front, which a
    new registration has another of, so they are told apart by what follows it. The recycle bin keeps them."""
    if s.live.standing == "deleted":
        return []
    there = list(s.live.parts.get("extensionProperties", ()))
    names = {_short(item) for item in there}
    shown: list[Json] = [_shown(item) for item in there]
    calls = []
    for item in _recorded_extensions(s):
        name = _short(item)
        if name in names:
            continue
        before, shown = shown, [*shown, _shown(item)]
        calls.append(
            Call(
                path="/extensionProperties",
                body={"name": name, **_shown(item)},
                before={"extensionProperties": before},
                after={"extensionProperties": shown},
                link="extensionProperties",
                reason="The application defined this directory extension in the backup.",
            )
        )
    return calls


def _recorded_extensions(s: Situation) -> list[Object]:
    return entries(within(s.record.get(RELATIONSHIPS), "extensionProperties"))


def _short(extension: Object) -> str:
    return _EXTENSION.sub("", str(extension.get("name")), count=1)


def _shown(extension: Object) -> Object:
    return {name: extension[name] for name in ("dataType", "isMultiValued", "targetObjects") if name in extension}


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if body.get("isDisabled") is True and _signs_in(s):
        body = {name: value for name, value in body.items() if name != "isDisabled"}
        gaps.append(
            LossGap(
                f"{s.name} stays switched on",
                "It is what this restore signs in with.",
                "Switch it off by hand when no restore is running.",
            )
        )
    return with_key_there(s, body, gaps, "tokenEncryptionKeyId", "keyId")


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    body.pop("isDisabled", None)
    return with_key_there(s, body, gaps, "tokenEncryptionKeyId", "keyId")


def _create_notes(s: Situation) -> Gaps:
    gaps: Gaps = []
    if within(s.record.get("info"), "logoUrl"):
        why = "A backup holds its address, which ended with the old application, and not the image."
        gaps.append(LossGap(f"The logo of {s.name}", why, "Upload it again: PUT /applications/{id}/logo."))
    if template := s.record.get("applicationTemplateId"):
        gaps.append(
            LossGap(
                f"What the gallery added to {s.name}",
                f"It was made from the gallery template {template}. Graph ties an application to a template only when "
                "it is made from it, so this one becomes a plain registration.",
                f"If you need the gallery's sign-on or provisioning, POST /applicationTemplates/{template}/instantiate "
                "instead, and restore the properties onto what that gives.",
            )
        )
    if within(s.record.get("verifiedPublisher"), "verifiedPublisherId"):
        why = "Microsoft verifies a publisher; nobody can write it."
        gaps.append(LossGap(f"The verified publisher of {s.name}", why, "Verify the publisher again in the portal."))
    names = [str(item.get("name")) for item in _recorded_extensions(s)]
    if names:
        gaps.append(
            LossGap(
                f"Values of the directory extensions of {s.name}, and their names",
                f"The appId is part of the names of its extensionProperties ({', '.join(sorted(names))}): they are "
                "made again under new names, and the values that objects had stay with the old ones, where nothing "
                "reads them.",
                "Write the values again under the new names, and change rules and mappings that name the old ones.",
            )
        )
    return gaps


def _bin_notes(s: Situation) -> Gaps:
    return [
        LossGap(
            f"The service principal of {s.name}",
            "It went to the recycle bin with the application, and Graph does not bring it back with it: that takes a "
            "call of its own, which this plan makes if a backup holds the service principal.",
            "If it stays away, restore it by itself: type servicePrincipals, the record with the same appId. Policies "
            "that were attached to it have to be attached again.",
        )
    ]


def _part(s: Situation, link: str, part: Object, gaps: Gaps) -> Object:
    """Extensions are made by calls of their own."""
    return {} if link == "extensionProperties" else part


def _signs_in(s: Situation) -> bool:
    """True for the application that this restore works as."""
    app_id = s.safety.restorer_app
    return bool(app_id) and str(s.live.object.get("appId")).lower() == app_id


def _deletion(s: Situation) -> LossGap | None:
    if not _signs_in(s):
        return None
    return LossGap(
        f"{s.name} stays",
        "It was not in the backup, but it is what this restore signs in with.",
        "Delete it by hand when no restore is running, if it should go.",
    )


def _danger(s: Situation, step: Step) -> Danger:
    names = set(step.body) if isinstance(step.body, dict) and not step.link else set()
    if step.link in ("owners", "federatedIdentityCredentials") or names & _LETS_IN:
        return "high" if _privileged(s) else "elevated"
    if isinstance(step.body, dict) and "isDisabled" in names and not step.body["isDisabled"]:
        return "high"  # it was switched off since, perhaps for a reason
    return "elevated" if names & _SENSITIVE else "low"


def _privileged(s: Situation) -> bool:
    """True where the application asks for a permission of its own to one of Microsoft's services."""
    asked = (*entries(s.wanted.get("requiredResourceAccess")), *entries(s.current.get("requiredResourceAccess")))
    return any(
        api.get("resourceAppId") in PRIVILEGED_APIS
        and any(access.get("type") == "Role" for access in entries(api.get("resourceAccess")))
        for api in asked
    )


APPLICATION = Rules(
    normal=_normal,
    patch=_patch,
    create=_create,
    before=_disable_first,
    calls=_calls,
    create_notes=_create_notes,
    bin_notes=_bin_notes,
    deletion=_deletion,
    part=_part,
    danger=_danger,
    apart=(frozenset({"authenticationBehaviors"}), frozenset({"isDisabled"}), frozenset({"tokenEncryptionKeyId"})),
    never_null=frozenset({"displayName", "signInAudience"}),
)

"""Conditional Access policies: what a policy must say, and that everything it names is there.

The numbers 1011, 1012 and 1040 are the service's own; the sentences for users, groups, roles and applications that do
not exist follow the pattern of 1040 without a number, which is not confirmed.
"""

from collections.abc import Iterable
from typing import Any

from local.tenant.rules.body import malformed, required
from local.tenant.rules.directory import Directory, GraphFault, Object
from local.tenant.schema import KINDS
from local.tenant.wellknown import FIRST_PARTY_APPS, MFA_TRUSTED_IPS, authentication_strength

_KIND = KINDS["conditionalAccessPolicy"]
_ENUMS = {
    "clientAppTypes": {
        "all",
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "easSupported",
        "other",
    },
    "signInRiskLevels": {"low", "medium", "high", "none"},
    "userRiskLevels": {"low", "medium", "high", "none"},
    "servicePrincipalRiskLevels": {"low", "medium", "high", "none"},
}
_CONTROLS = {
    "block",
    "mfa",
    "compliantDevice",
    "domainJoinedDevice",
    "approvedApplication",
    "compliantApplication",
    "passwordChange",
    "riskRemediation",
}
_STATES = {"enabled", "disabled", "enabledForReportingButNotEnforced"}
_APP_WORDS = {"All", "None", "Office365", "MicrosoftAdminPortals"}
_USER_WORDS = {"All", "None", "GuestsOrExternalUsers"}


def create(body: Object, new: Object, directory: Directory) -> Object:
    required(_KIND, body, "displayName", "state", "conditions")
    check_licensed(directory)
    new["createdDateTime"] = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    _check(new, directory)
    return new


def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    check_licensed(directory)
    new["modifiedDateTime"] = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    _check(new, directory)
    return new


def merged(current: Object | None, sent: Object) -> Object:
    """Conditions after a PATCH: what is not sent stays, at every depth; a list is replaced whole, null clears."""
    result = dict(current or {})
    for name, value in sent.items():
        before = result.get(name)
        result[name] = merged(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
    return result


def check_licensed(directory: Directory) -> None:
    if not directory.licensed("AAD_PREMIUM"):
        # the status and code are documented for missing licences; the sentence is not
        raise GraphFault(403, "AccessDenied", "Your tenant is not licensed for this feature.")


def _refusal(message: str) -> GraphFault:
    return GraphFault(400, "BadRequest", message)


def _check(policy: Object, directory: Directory) -> None:
    if policy["state"] not in _STATES:
        raise malformed()
    if policy["state"] == "enabled" and directory.security_defaults():
        raise _refusal(
            "Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a "
            "Conditional Access policy."
        )
    conditions = policy["conditions"]
    for name, allowed in _ENUMS.items():
        if not set(conditions.get(name) or ()) <= allowed:
            raise malformed()
    if not conditions.get("clientAppTypes"):
        raise malformed()
    _check_applications(conditions.get("applications") or {}, directory)
    _check_who(conditions, directory)
    _check_locations(conditions.get("locations") or {}, directory)
    _check_controls(policy, directory)


def _check_applications(apps: Object, directory: Directory) -> None:
    include = apps.get("includeApplications")
    others = [apps.get("includeUserActions"), apps.get("includeAuthenticationContextClassReferences")]
    if not include and not any(others) and not apps.get("applicationFilter"):
        raise _refusal(
            "1011: 'applications' condition must specify the applications to include. Try 'includeApplications' = "
            "['none'] to start with."
        )
    if include and any(others):
        raise _refusal(
            "1012: 'applications' condition cannot include both 'includeApplications' and "
            "'includeUserActions'/'includeProtectionLevels'. Please remove one of the conditions."
        )
    words = {word.casefold() for word in _APP_WORDS}
    for app_id in (*(include or ()), *(apps.get("excludeApplications") or ())):
        if app_id.casefold() in words or app_id in FIRST_PARTY_APPS:
            continue
        if not any(True for _ in directory.find("servicePrincipal", "appId", app_id)):
            raise _refusal(f"ServicePrincipal with appId {app_id} does not exist in the directory.")


def _check_who(conditions: Object, directory: Directory) -> None:
    users, clients = conditions.get("users"), conditions.get("clientApplications")
    included = users and any(
        users.get(name) for name in ("includeUsers", "includeGroups", "includeRoles", "includeGuestsOrExternalUsers")
    )
    if not included and not (
        clients and (clients.get("includeServicePrincipals") or clients.get("servicePrincipalFilter"))
    ):
        raise malformed()
    for side in ("include", "exclude"):
        who = users or {}
        _check_exist(who.get(f"{side}Users"), _USER_WORDS, "user", directory)
        _check_exist(who.get(f"{side}Groups"), set(), "group", directory)
        _check_exist(who.get(f"{side}Roles"), set(), "unifiedRoleDefinition", directory)
        _check_exist(
            (clients or {}).get(f"{side}ServicePrincipals"),
            {"ServicePrincipalsInMyTenant"},
            "servicePrincipal",
            directory,
        )


def _check_exist(ids: Iterable[str] | None, words: set[str], kind: str, directory: Directory) -> None:
    for id in ids or ():
        if id not in words and directory.get(kind, id) is None:
            name = {"unifiedRoleDefinition": "Role"}.get(kind, kind[0].upper() + kind[1:])
            raise _refusal(f"{name} with id {id} does not exist in the directory.")


def _check_locations(locations: Object, directory: Directory) -> None:
    for id in (*(locations.get("includeLocations") or ()), *(locations.get("excludeLocations") or ())):
        if id not in ("All", "AllTrusted", MFA_TRUSTED_IPS) and directory.get("namedLocation", id) is None:
            raise _refusal(f"1040: NamedLocation with id {id} does not exist in the directory.")


def _check_controls(policy: Object, directory: Directory) -> None:
    grant, session = policy.get("grantControls"), policy.get("sessionControls")
    if not grant and not any((session or {}).values()):
        raise malformed()
    if not grant:
        return
    controls = set(grant.get("builtInControls") or ())
    if grant.get("operator") not in ("AND", "OR") or not controls <= _CONTROLS:
        raise malformed()
    if "block" in controls and (len(controls) > 1 or grant.get("authenticationStrength")):
        raise malformed()
    policy["grantControls"] = {**grant, "authenticationStrength": _strength(grant, directory)}


def _strength(grant: Object, directory: Directory) -> dict[str, Any] | None:
    asked = grant.get("authenticationStrength")
    if not asked:
        if not any(grant.get(name) for name in ("builtInControls", "customAuthenticationFactors", "termsOfUse")):
            raise malformed()
        return None
    found = authentication_strength(asked.get("id") or "")
    if found is None:
        found = directory.get("authenticationStrengthPolicy", asked.get("id") or "")
    if found is None:
        raise _refusal(f"AuthenticationStrength with id {asked.get('id')} does not exist in the directory.")
    return found

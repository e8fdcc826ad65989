"""Bodies that Graph accepts; a test changes one thing and expects the refusal."""

from typing import Any

PASSWORD = {"password": "Sail-away-2026", "forceChangePasswordNextSignIn": True}


def user(**more: Any) -> dict[str, Any]:
    return {
        "accountEnabled": True,
        "displayName": "Nina Færøy",
        "mailNickname": "nina.faeroy",
        "userPrincipalName": "nina.faeroy@halden.example",
        "passwordProfile": PASSWORD,
    } | more


def group(**more: Any) -> dict[str, Any]:
    return {"displayName": "Crew", "mailEnabled": False, "mailNickname": "crew", "securityEnabled": True} | more


def unified(**more: Any) -> dict[str, Any]:
    return group(groupTypes=["Unified"], mailEnabled=True, securityEnabled=False, **more)


def dynamic(**more: Any) -> dict[str, Any]:
    rule = {"membershipRule": '(user.city -eq "Halden")', "membershipRuleProcessingState": "On"}
    return group(groupTypes=["DynamicMembership"]) | rule | more


def policy(**more: Any) -> dict[str, Any]:
    return {
        "displayName": "CA900",
        "state": "enabledForReportingButNotEnforced",
        "conditions": conditions(),
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    } | more


def conditions(**more: Any) -> dict[str, Any]:
    return {
        "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"]},
        "clientAppTypes": ["all"],
        "signInRiskLevels": [],
        "userRiskLevels": [],
    } | more


def ip_location(**more: Any) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": "Dry dock",
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/28"}],
    } | more


def country_location(**more: Any) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "displayName": "Nordics",
        "countriesAndRegions": ["NO", "SE"],
    } | more


def reference(id: str) -> str:
    return f"https://graph.microsoft.com/v1.0/directoryObjects/{id}"


CREATED: list[tuple[str, dict[str, Any]]] = [
    ("user", user()),
    ("user", user(mail="nina@halden.example", otherMails=[], usageLocation="NO", jobTitle=None)),
    ("group", group()),
    ("group", group(isAssignableToRole=True)),
    ("group", unified(visibility="HiddenMembership", resourceBehaviorOptions=["WelcomeEmailDisabled"])),
    ("group", dynamic()),
    ("application", {"displayName": "Tide tables", "web": {"redirectUris": ["https://tides.halden.example"]}}),
    (
        "administrativeUnit",
        {"displayName": "Dock", "visibility": "HiddenMembership", "isMemberManagementRestricted": True},
    ),
    ("conditionalAccessPolicy", policy()),
    ("namedLocation", ip_location()),
    ("namedLocation", country_location()),
    (
        "unifiedRoleDefinition",
        {
            "displayName": "x",
            "isEnabled": True,
            "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/create"]}],
        },
    ),
    (
        "device",
        {
            "accountEnabled": True,
            "alternativeSecurityIds": [{"type": 2, "key": "AAAA"}],
            "deviceId": "11111111-2222-4333-8444-555555555555",
            "displayName": "Kiosk",
            "operatingSystem": "Linux",
            "operatingSystemVersion": "6.8",
        },
    ),
]

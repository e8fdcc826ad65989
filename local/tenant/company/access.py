"""Named locations of both types, and Conditional Access policies that name groups, users, roles, apps and locations."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import API, DAEMON, PORTAL
from local.tenant.company.groups import BREAK_GLASS_GROUP
from local.tenant.company.items import Item, Object
from local.tenant.company.principals import own_id
from local.tenant.company.roles import PRIVILEGED_ROLE_ADMINISTRATOR, SECURITY_ADMINISTRATOR
from local.tenant.company.world import BREAK_GLASS, World
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR, MFA_TRUSTED_IPS, authentication_strength

_PHISHING_RESISTANT = "00000000-0000-0000-0000-000000000004"
OFFICES, COUNTRIES, UNUSED = range(3)


def locations(world: World) -> Iterator[Item]:
    stamps = {"createdDateTime": f"{world.day(800)}T10:00:00Z", "modifiedDateTime": f"{world.day(80)}T10:00:00Z"}
    yield Object(
        "namedLocation",
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": world.id("location", OFFICES),
            "displayName": "Halden offices",
            "isTrusted": True,
            "ipRanges": [
                {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/26"},
                {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.17/32"},
                {"@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:db8:4a1::/48"},
            ],
            **stamps,
        },
    )
    yield Object(
        "namedLocation",
        {
            "@odata.type": "#microsoft.graph.countryNamedLocation",
            "id": world.id("location", COUNTRIES),
            "displayName": "Countries we sail to",
            "countriesAndRegions": ["NO", "DE", "PL", "FR", "IE", "GR", "JP", "KR", "BR"],
            "countryLookupMethod": "clientIpAddress",
            "includeUnknownCountriesAndRegions": False,
            **stamps,
        },
    )
    yield Object(
        "namedLocation",
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": world.id("location", UNUSED),
            "displayName": "Old Cork office",
            "isTrusted": False,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/24"}],
            **stamps,
        },
    )


def policies(world: World) -> Iterator[Item]:
    saved = {"excludeUsers": [world.user(n) for n in BREAK_GLASS], "excludeGroups": [world.id(BREAK_GLASS_GROUP)]}
    plans: tuple[tuple[str, str, dict[str, Any], dict[str, Any] | None, dict[str, Any] | None], ...] = (
        (
            "CA001 Require MFA for everyone",
            "enabled",
            _conditions(_users(includeUsers=["All"], **saved), ["All"]),
            _grant("OR", "mfa"),
            None,
        ),
        (
            "CA002 Administrators: phishing-resistant only",
            "enabled",
            _conditions(
                _users(
                    includeRoles=[GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR, SECURITY_ADMINISTRATOR], **saved
                ),
                ["All"],
            ),
            _grant("AND", strength=_PHISHING_RESISTANT),
            _session(signInFrequency=_frequency(4)),
        ),
        (
            "CA003 Block sign-in from elsewhere",
            "enabled",
            _conditions(
                _users(includeUsers=["All"], **saved),
                ["All"],
                locations={
                    "includeLocations": ["All"],
                    "excludeLocations": [
                        world.id("location", OFFICES),
                        world.id("location", COUNTRIES),
                        MFA_TRUSTED_IPS,
                    ],
                },
            ),
            _grant("OR", "block"),
            None,
        ),
        (
            "CA004 Cargo Portal from managed devices",
            "enabledForReportingButNotEnforced",
            _conditions(
                _users(includeGroups=[world.id("group:all"), world.id("group:region", 0)], **saved),
                [world.id("appId", PORTAL), world.id("appId", API)],
                clientAppTypes=["browser", "mobileAppsAndDesktopClients"],
                platforms={"includePlatforms": ["all"], "excludePlatforms": ["linux"]},
            ),
            _grant("OR", "compliantDevice", "domainJoinedDevice"),
            _session(
                persistentBrowser={"isEnabled": True, "mode": "never"},
                applicationEnforcedRestrictions={"isEnabled": True},
            ),
        ),
        (
            "CA005 Guests: terms and fresh sign-in",
            "disabled",
            _conditions(
                _users(
                    includeGuestsOrExternalUsers={
                        "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bDirectConnectUser",
                        "externalTenants": {
                            "@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
                            "membershipKind": "all",
                        },
                    }
                ),
                ["Office365"],
            ),
            None,
            _session(signInFrequency=_frequency(12)),
        ),
        (
            "CA006 Registering security information",
            "enabled",
            _conditions(
                _users(includeUsers=["All"], **saved),
                [],
                actions=["urn:user:registersecurityinfo"],
                locations={"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
                userRiskLevels=["high"],
            ),
            _grant("OR", "mfa"),
            None,
        ),
        (
            "CA007 Workloads only from the offices",
            "disabled",
            _conditions(
                None,
                ["All"],
                clientApplications={
                    "includeServicePrincipals": [own_id(world, DAEMON)],
                    "excludeServicePrincipals": [],
                    "servicePrincipalFilter": None,
                },
                locations={"includeLocations": ["All"], "excludeLocations": [world.id("location", OFFICES)]},
            ),
            _grant("OR", "block"),
            None,
        ),
        (
            "CA008 Cargo manifests: strict locations (preview)",
            "enabledForReportingButNotEnforced",
            _conditions(_users(includeGroups=[world.id("group:all")], **saved), [], contexts=["c1"]),
            None,
            _session(continuousAccessEvaluation={"mode": "strictLocation"}),
        ),
    )
    for number, (name, state, conditions, grant, session) in enumerate(plans):
        yield Object(
            "conditionalAccessPolicy",
            {
                "id": world.id("policy", number),
                "templateId": None,
                "displayName": name,
                "description": None if number else "The base everything else builds on",
                "createdDateTime": f"{world.day(700 - number)}T08:00:00Z",
                "modifiedDateTime": f"{world.day(70 - number)}T08:00:00Z" if number != 4 else None,
                "state": state,
                "conditions": conditions,
                "grantControls": grant,
                "sessionControls": session,
            },
        )


def _conditions(
    users: dict[str, Any] | None,
    apps: list[str],
    *,
    actions: list[str] | None = None,
    contexts: list[str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    return {
        "applications": {
            "includeApplications": apps,
            "excludeApplications": [],
            "includeUserActions": actions or [],
            "includeAuthenticationContextClassReferences": contexts or [],
            "applicationFilter": None,
        },
        "users": users,
        "clientApplications": None,
        "clientAppTypes": ["all"],
        "devices": None,
        "locations": None,
        "platforms": None,
        "signInRiskLevels": [],
        "userRiskLevels": [],
        "servicePrincipalRiskLevels": [],
        "insiderRiskLevels": None,
        "authenticationFlows": None,
    } | more


def _users(**more: Any) -> dict[str, Any]:
    sides = ("includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles", "excludeRoles")
    empty: dict[str, Any] = {side: [] for side in sides}
    return empty | {"includeGuestsOrExternalUsers": None, "excludeGuestsOrExternalUsers": None} | more


def _grant(operator: str, *controls: str, strength: str | None = None) -> dict[str, Any]:
    return {
        "operator": operator,
        "builtInControls": list(controls),
        "customAuthenticationFactors": [],
        "termsOfUse": [],
        "authenticationStrength": authentication_strength(strength) if strength else None,
    }


def _session(**more: Any) -> dict[str, Any]:
    names = (
        "applicationEnforcedRestrictions",
        "cloudAppSecurity",
        "disableResilienceDefaults",
        "persistentBrowser",
        "secureSignInSession",
        "signInFrequency",
    )
    return dict.fromkeys(names) | more


def _frequency(hours: int) -> dict[str, Any]:
    return {
        "isEnabled": True,
        "value": hours,
        "type": "hours",
        "authenticationType": "primaryAndSecondaryAuthentication",
        "frequencyInterval": "timeBased",
    }

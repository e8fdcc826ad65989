"""Policies about applications: what may be consented to, how tokens are made, what credentials may be."""

import json
from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import API, DAEMON, PIPELINE, PORTAL, USER_READ
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.principals import own_id
from local.tenant.company.world import DEFAULT_DOMAIN, World
from local.tenant.wellknown import GRAPH_APP_ID

type Target = tuple[str, str]
_NOBODY: tuple[Target, ...] = ()


def items(world: World) -> Iterator[Item]:
    yield from _consent(world)
    yield from _tokens(world)
    yield _default_restrictions(world)
    yield from _restrictions(world)


def _consent(world: World) -> Iterator[Item]:
    yield _grant_policy(
        "microsoft-user-default-low",
        "Default User Low Risk Policy",
        "Permissions classified as low, from verified publishers or this tenant",
        [
            _conditions(world, 0, classification="low", verified=True),
            _conditions(world, 1, classification="low", tenants=[world.tenant_id]),
        ],
    )
    yield _grant_policy(
        "microsoft-company-admin",
        "Company Admin Policy",
        "What administrators may consent to",
        [_conditions(world, 2, kind="application"), _conditions(world, 3)],
    )
    only = _conditions(world, 4, permissions=[USER_READ], resource=GRAPH_APP_ID)
    except_for = _conditions(world, 5, clients=[world.id("gallery:appId", 1)])
    yield _grant_policy("halden-low-risk", "Halden: sign-in only", None, [only], [except_for])


def _grant_policy(
    id: str,
    name: str,
    description: str | None,
    includes: list[dict[str, Any]],
    excludes: list[dict[str, Any]] | None = None,
) -> Object:
    properties = {
        "id": id,
        "displayName": name,
        "description": description,
        "includes": includes,
        "excludes": excludes or [],
    }
    return Object("permissionGrantPolicy", properties)


def _conditions(
    world: World,
    number: int,
    *,
    classification: str = "all",
    kind: str = "delegated",
    resource: str = "any",
    permissions: list[str] | None = None,
    clients: list[str] | None = None,
    tenants: list[str] | None = None,
    verified: bool = False,
) -> dict[str, Any]:
    return {
        "id": world.id("grantConditions", number),
        "permissionClassification": classification,
        "permissionType": kind,
        "resourceApplication": resource,
        "permissions": permissions or ["all"],
        "clientApplicationIds": clients or ["all"],
        "clientApplicationTenantIds": tenants or ["all"],
        "clientApplicationPublisherIds": ["all"],
        "clientApplicationsFromVerifiedPublisherOnly": verified,
    }


def _tokens(world: World) -> Iterator[Item]:
    api, portal = (("application", world.id("application", number)) for number in (API, PORTAL))
    saml = ("servicePrincipal", world.id("gallery", 0))
    yield from _token_policy(
        world,
        "tokenLifetimePolicy",
        0,
        "Short tokens",
        {"Version": 1, "AccessTokenLifetime": "00:30:00"},
        (api, portal),
    )
    yield from _token_policy(
        world, "tokenLifetimePolicy", 1, "Eight hours", {"Version": 1, "AccessTokenLifetime": "08:00:00"}
    )
    signing = {
        "Version": 1,
        "SigningAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "TokenResponseSigningPolicy": "ResponseAndToken",
        "SamlTokenVersion": "2.0",
    }
    yield from _token_policy(world, "tokenIssuancePolicy", 0, "Sign response and token", signing, (saml,))
    yield from _token_policy(world, "tokenIssuancePolicy", 1, "Sign the token", signing | {"Version": 1})
    claims = {
        "Version": 1,
        "IncludeBasicClaimSet": "true",
        "ClaimsSchema": [
            {"Source": "user", "ID": "employeeid", "JwtClaimType": "employee_number"},
            {"Source": "user", "ID": "department", "JwtClaimType": "department"},
        ],
    }
    yield from _token_policy(
        world, "claimsMappingPolicy", 0, "Employee number", claims, (("servicePrincipal", own_id(world, PORTAL)), saml)
    )
    for number in range(1, max(2, world.users // 500)):
        mapped = claims | {"ClaimsSchema": [{"Source": "user", "ID": "mail", "JwtClaimType": f"mail_{number}"}]}
        yield from _token_policy(world, "claimsMappingPolicy", number, f"Claims of service {number:03d}", mapped)
    realm = {"AccelerateToFederatedDomain": True, "PreferredDomain": DEFAULT_DOMAIN}
    yield from _token_policy(
        world,
        "homeRealmDiscoveryPolicy",
        0,
        "Straight to our sign-in",
        realm,
        (("servicePrincipal", own_id(world, API)),),
    )
    yield from _token_policy(
        world,
        "homeRealmDiscoveryPolicy",
        1,
        "Other sign-in names",
        {"AlternateIdLogin": {"Enabled": True}},
        default=True,
    )


def _token_policy(
    world: World,
    kind: str,
    number: int,
    name: str,
    definition: dict[str, Any],
    targets: tuple[Target, ...] = _NOBODY,
    *,
    default: bool = False,
) -> Iterator[Item]:
    id = world.id(kind, number)
    title = kind[0].upper() + kind[1:]
    properties = {
        "id": id,
        "displayName": name,
        "definition": [json.dumps({title: definition}, separators=(",", ":"))],
        "isOrganizationDefault": default,
    }
    yield Object(kind, properties)
    for target_kind, target in targets:
        yield Link(kind, id, "appliesTo", target_kind, target)


def _restriction(kind: str, lifetime: str | None, since: str, **more: Any) -> dict[str, Any]:
    return {
        "restrictionType": kind,
        "state": "enabled",
        "maxLifetime": lifetime,
        "restrictForAppsCreatedAfterDateTime": since,
        "excludeActors": None,
    } | more


def _default_restrictions(world: World) -> Object:
    since = f"{world.day(500)}T00:00:00Z"
    exempt = {
        "customSecurityAttributes": [
            {
                "@odata.type": "#microsoft.graph.customSecurityAttributeStringValueExemption",
                "id": "Engineering_AppRole",
                "operator": "equals",
                "value": "Deployment",
            }
        ]
    }
    uri = {
        "state": "enabled",
        "restrictForAppsCreatedAfterDateTime": since,
        "excludeAppsReceivingV2Tokens": True,
        "excludeSaml": True,
        "isStateSetByMicrosoft": False,
        "excludeActors": None,
    }
    properties = {
        "id": "00000000-0000-0000-0000-000000000000",
        "displayName": "Default app management tenant policy",
        "description": "Applies to every application without a policy of its own",
        "isEnabled": True,
        "applicationRestrictions": {
            "passwordCredentials": [
                _restriction("passwordAddition", None, since, excludeActors=exempt),
                _restriction("passwordLifetime", "P180D", since),
            ],
            "keyCredentials": [_restriction("asymmetricKeyLifetime", "P365D", since)],
            "identifierUris": {"nonDefaultUriAddition": uri, "uriAdditionWithoutUniqueTenantIdentifier": None},
        },
        "servicePrincipalRestrictions": {
            "passwordCredentials": [_restriction("passwordLifetime", "P90D", since)],
            "keyCredentials": [],
        },
    }
    return Object("tenantAppManagementPolicy", properties)


def _restrictions(world: World) -> Iterator[Item]:
    for number, (name, enabled, targets) in enumerate(
        (
            ("Pipelines keep secrets for a week", True, (PIPELINE, DAEMON)),
            ("Trial without targets", False, ()),
        )
    ):
        id = world.id("appManagementPolicy", number)
        since = f"{world.day(300)}T00:00:00Z"
        properties = {
            "id": id,
            "displayName": name,
            "description": None if number else "For what deploys and exports",
            "isEnabled": enabled,
            "restrictions": {
                "passwordCredentials": [_restriction("passwordLifetime", "P7D", since)],
                "keyCredentials": [],
                "applicationRestrictions": None,
            },
        }
        yield Object("appManagementPolicy", properties)
        for target in targets:
            yield Link("appManagementPolicy", id, "appliesTo", "application", world.id("application", target))

"""Service principals (own, gallery, Microsoft's, managed identities), and what they and others were granted."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import (
    API,
    DAEMON,
    DIRECTORY_READ_ALL,
    GROUP_READ_ALL,
    ORPHAN,
    PIPELINE,
    PORTAL,
    UNOWNED,
    USER_READ,
    USER_READ_ALL,
    app_name,
    application,
    certificate,
    roles,
)
from local.tenant.company.groups import AUTOMATION
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import DEFAULT_DOMAIN, FIRST_EMPLOYEE, World
from local.tenant.wellknown import DEFAULT_APP_ROLE, FIRST_PARTY_APPS, GRAPH_APP_ID, MICROSOFT_TENANT, opaque_id

_SOMEBODY_ELSES_TENANT = "9c1f0a52-6b43-4a8e-8b7d-2f5b8a4c7d10"
_GRAPH_ROLES = (
    (USER_READ_ALL, "User.Read.All"),
    (GROUP_READ_ALL, "Group.Read.All"),
    (DIRECTORY_READ_ALL, "Directory.Read.All"),
    ("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All"),
    ("246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All"),
    ("483bed4a-2ad3-4361-a73b-c83ccdbdc53c", "RoleManagement.Read.Directory"),
)
_GRAPH_SCOPES = (
    (USER_READ, "User.Read", "User"),
    ("37f7f235-527c-4136-accd-4a02d197975b", "openid", "User"),
    ("06da0dbc-49e2-44d2-8312-53f166ab848a", "Directory.Read.All", "Admin"),
)
_GALLERY = ("Timesheet Cloud", "Harbour CRM", "Travel Desk", "Whiteboard Space")


def principals(world: World) -> Iterator[Item]:
    for app_id, name in FIRST_PARTY_APPS.items():
        yield Object("servicePrincipal", _first_party(world, app_id, name))
    for number in range(_services(world)):
        yield Object("servicePrincipal", _service(world, number))
    for number in range(world.apps):
        if number != ORPHAN:
            yield from _own(world, number)
    for number in range(world.gallery):
        yield Object("servicePrincipal", _gallery(world, number))
    for number in range(world.managed_identities):
        yield Object("servicePrincipal", _managed_identity(world, number))
    yield from _trusted_cluster(world)
    for id in (own_id(world, DAEMON), world.id("managed", 0)):
        yield Link("group", world.id(AUTOMATION), "members", "servicePrincipal", id)


def _services(world: World) -> int:
    """How many principals of Microsoft are left to reach the number that was asked for."""
    if world.service_principals is None:
        return 0
    own = len(FIRST_PARTY_APPS) + world.apps - 1 + world.gallery + world.managed_identities
    if world.service_principals < own:
        raise ValueError(f"at least {own} service principals are there; {world.service_principals} were asked for")
    return world.service_principals - own


def own_id(world: World, number: int) -> str:
    return world.id("principal", number)


def first_party_id(world: World, app_id: str) -> str:
    return world.id(f"first:{app_id}")


def _principal(id: str, app_id: str, name: str, owner: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "accountEnabled": True,
        "addIns": [],
        "alternativeNames": [],
        "appDisplayName": name,
        "appId": app_id,
        "appOwnerOrganizationId": owner,
        "appRoleAssignmentRequired": False,
        "appRoles": [],
        "displayName": name,
        "keyCredentials": [],
        "notificationEmailAddresses": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "replyUrls": [],
        "resourceSpecificApplicationPermissions": [],
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": [],
    } | more


def _first_party(world: World, app_id: str, name: str) -> dict[str, Any]:
    more: dict[str, Any] = {"signInAudience": "AzureADMultipleOrgs"}
    if app_id == GRAPH_APP_ID:
        more["appRoles"] = [
            {
                "id": id,
                "allowedMemberTypes": ["Application"],
                "description": f"Grants {value} to an application",
                "displayName": value,
                "isEnabled": True,
                "origin": "Application",
                "value": value,
            }
            for id, value in _GRAPH_ROLES
        ]
        more["oauth2PermissionScopes"] = [
            {
                "id": id,
                "adminConsentDescription": f"Grants {value}",
                "adminConsentDisplayName": value,
                "isEnabled": True,
                "origin": "Application",
                "type": type,
                "userConsentDescription": None,
                "userConsentDisplayName": None,
                "value": value,
            }
            for id, value, type in _GRAPH_SCOPES
        ]
        more["servicePrincipalNames"] = [app_id, "https://graph.microsoft.com"]
    return _principal(first_party_id(world, app_id), app_id, name, MICROSOFT_TENANT, **more)


def _service(world: World, number: int) -> dict[str, Any]:
    """One of the many that Microsoft brings along; two in five offer a permission to other applications."""
    id, app_id, name = world.id("service", number), world.id("service:appId", number), f"Microsoft Service {number:04d}"
    more: dict[str, Any] = {"signInAudience": "AzureADMultipleOrgs"}
    if number % 5 < 2:
        scope = {
            "id": world.id("service:scope", number),
            "adminConsentDescription": f"Lets an application use {name} for the signed-in user",
            "adminConsentDisplayName": f"Use {name}",
            "isEnabled": True,
            "type": "User",
            "userConsentDescription": None,
            "userConsentDisplayName": None,
            "value": "user_impersonation",
        }
        more["oauth2PermissionScopes"] = [scope]
    return _principal(id, app_id, name, MICROSOFT_TENANT, **more)


def _own(world: World, number: int) -> Iterator[Item]:
    app = application(world, number)
    id = own_id(world, number)
    web = app["web"]
    more = {
        "appDescription": app["description"],
        "appRoleAssignmentRequired": number == API,
        "appRoles": app["appRoles"],
        "homepage": web["homePageUrl"],
        "info": app["info"],
        "oauth2PermissionScopes": app["api"]["oauth2PermissionScopes"],
        "replyUrls": [*web["redirectUris"], *app["spa"]["redirectUris"], *app["publicClient"]["redirectUris"]],
        "servicePrincipalNames": [app["appId"], *app["identifierUris"]],
        "signInAudience": app["signInAudience"],
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp", *app["tags"]],
    }
    if number == API:
        kind = "#microsoft.graph.customSecurityAttributeValue"
        more["customSecurityAttributes"] = {"Cargo": {"@odata.type": kind, "HandlesCargo": True}}
    yield Object("servicePrincipal", _principal(id, app["appId"], app["displayName"], world.tenant_id, **more))
    if number == UNOWNED:
        return
    if number == PIPELINE:
        yield Link("servicePrincipal", id, "owners", "servicePrincipal", own_id(world, API))
    yield Link("servicePrincipal", id, "owners", "user", world.employee(number % world.employees))


def _gallery(world: World, number: int) -> dict[str, Any]:
    name = _GALLERY[number] if number < len(_GALLERY) else f"Gallery service {number:04d}"
    signing = certificate(world, "saml", number, "Sign")
    more: dict[str, Any] = {
        "applicationTemplateId": world.id("template", number),
        "appRoleAssignmentRequired": True,
        "keyCredentials": [signing, {**signing, "keyId": world.id("saml:verify", number), "usage": "Verify"}],
        "loginUrl": f"https://{name.split()[0].lower()}.example/login",
        "notificationEmailAddresses": [f"it@{DEFAULT_DOMAIN}"],
        "preferredSingleSignOnMode": "saml",
        "preferredTokenSigningKeyThumbprint": world.draw("saml", number).hex()[:40].upper(),
        "replyUrls": [f"https://{name.split()[0].lower()}.example/saml"],
        "samlSingleSignOnSettings": {"relayState": None},
        "signInAudience": "AzureADMultipleOrgs",
        "tags": ["WindowsAzureActiveDirectoryCustomSingleSignOnApplication"],
    }
    if number and not (number >= world.federated_from and number % 2):
        more |= {"keyCredentials": [], "preferredSingleSignOnMode": "oidc", "preferredTokenSigningKeyThumbprint": None}
    app_id = world.id("gallery:appId", number)
    return _principal(world.id("gallery", number), app_id, name, _SOMEBODY_ELSES_TENANT, **more)


def _managed_identity(world: World, number: int) -> dict[str, Any]:
    group = f"/subscriptions/{world.id('subscription')}/resourcegroups/rg-cargo"
    resource = (
        f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-{number}"
        if number % 2
        else f"{group}/providers/Microsoft.Web/sites/func-cargo-{number}"
    )
    return _principal(
        world.id("managed", number),
        world.id("managed:appId", number),
        f"id-{number}" if number % 2 else f"func-cargo-{number}",
        world.tenant_id,
        alternativeNames=[f"isExplicit={bool(number % 2)}", resource],
        servicePrincipalType="ManagedIdentity",
        signInAudience=None,
    )


def _trusted_cluster(world: World) -> Iterator[Item]:
    """A user-assigned managed identity that tokens of a cluster stand for."""
    id = world.id("managed:federated", 0)
    credential = {
        "id": id,
        "name": "cluster-cargo",
        "issuer": "https://oidc.aks.example/halden",
        "subject": "system:serviceaccount:cargo:reader",
        "audiences": ["api://AzureADTokenExchange"],
        "description": None,
    }
    yield Object("federatedIdentityCredential", credential)
    source = world.id("managed", 1)
    yield Link("servicePrincipal", source, "federatedIdentityCredentials", "federatedIdentityCredential", id)


def grants(world: World) -> Iterator[Item]:
    """App role assignments to users, groups and applications; permission grants for everyone and for one person."""
    cargo = (own_id(world, API), app_name(API))
    read, write, _ = (role["id"] for role in roles(world))
    graph = (first_party_id(world, GRAPH_APP_ID), FIRST_PARTY_APPS[GRAPH_APP_ID])
    team = (world.id("group:all"), "All employees", "Group")
    daemon = (own_id(world, DAEMON), app_name(DAEMON), "ServicePrincipal")
    yield _assignment(world, cargo, read, team)
    yield _assignment(world, cargo, write, _person(world, 1))
    yield _assignment(world, cargo, read, daemon)
    for role in (USER_READ_ALL, GROUP_READ_ALL):
        yield _assignment(world, graph, role, daemon)
    yield _assignment(world, graph, DIRECTORY_READ_ALL, (world.id("managed", 0), "func-cargo-0", "ServicePrincipal"))
    gallery = (world.id("gallery", 0), _GALLERY[0])
    for employee in range(0, world.employees, 10):
        yield _assignment(world, gallery, DEFAULT_APP_ROLE, _person(world, employee))

    for number in range(world.federated_from, world.gallery):
        sold = (world.id("gallery", number), f"Gallery service {number:04d}")
        yield _assignment(world, sold, DEFAULT_APP_ROLE, team)

    portal = own_id(world, PORTAL)
    yield _grant(portal, graph[0], None, " openid User.Read")
    yield _grant(portal, cargo[0], None, "Cargo.View")
    for employee in range(2, world.employees, 20):
        yield _grant(world.id("gallery", 1), graph[0], world.employee(employee), " User.Read openid")


def _person(world: World, employee: int) -> tuple[str, str, str]:
    return world.employee(employee), world.name(FIRST_EMPLOYEE + employee).display, "User"


def _assignment(world: World, resource: tuple[str, str], role: str, principal: tuple[str, str, str]) -> Object:
    what = f"assignment:{principal[0]}:{resource[0]}:{role}"
    properties = {
        "id": opaque_id(principal[0], world.id(what)),
        "appRoleId": role,
        "createdDateTime": world.moment(world.draw(what, 0), within=900),
        "principalDisplayName": principal[1],
        "principalId": principal[0],
        "principalType": principal[2],
        "resourceDisplayName": resource[1],
        "resourceId": resource[0],
    }
    return Object("appRoleAssignment", properties)


def _grant(client: str, resource: str, principal: str | None, scope: str) -> Object:
    ids = (client, resource, *((principal,) if principal else ()))
    properties = {
        "id": opaque_id(*ids),
        "clientId": client,
        "consentType": "Principal" if principal else "AllPrincipals",
        "principalId": principal,
        "resourceId": resource,
        "scope": scope,
    }
    return Object("oAuth2PermissionGrant", properties)

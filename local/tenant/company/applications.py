"""Application registrations: an API, a portal, a daemon with certificates, a pipeline with federated credentials,
the owner of the directory extensions, a native client, then as many line-of-business applications as the size asks for.
"""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.people import EXTENSIONS, extension_name
from local.tenant.company.world import ADMINS, DEFAULT_DOMAIN, World
from local.tenant.wellknown import GRAPH_APP_ID

API, PORTAL, DAEMON, PIPELINE, SCHEMA, NATIVE, UNOWNED, ORPHAN = range(8)
_NAMES = (
    "Cargo API",
    "Cargo Portal",
    "Nightly Export",
    "Deployment Pipeline",
    "Directory Schema",
    "Bridge Console",
    "Legacy Booking",
    "Prototype without principal",
)
USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"  # delegated User.Read of Microsoft Graph
USER_READ_ALL = "df021288-bdef-4463-88db-98f22de89214"  # application User.Read.All
GROUP_READ_ALL = "5b567255-7703-4780-807c-7be8301ae99b"
DIRECTORY_READ_ALL = "7ab1d382-f21e-4acd-a863-ba3e13f7da61"


def applications(world: World) -> Iterator[Item]:
    for number in range(world.apps):
        yield Object("application", application(world, number))
        yield from _owners(world, number)
        yield from _children(world, number)


def app_name(number: int) -> str:
    return _NAMES[number] if number < len(_NAMES) else f"Line of business {number:04d}"


def roles(world: World) -> list[dict[str, Any]]:
    """The app roles of the Cargo API."""
    return [
        {
            "id": world.id("appRole", at),
            "allowedMemberTypes": members,
            "description": f"May {value.partition('.')[2].lower()} cargo records",
            "displayName": value,
            "isEnabled": enabled,
            "origin": "Application",
            "value": value,
        }
        for at, (value, members, enabled) in enumerate(
            (
                ("Cargo.Read", ["User", "Application"], True),
                ("Cargo.Write", ["User"], True),
                ("Cargo.Retire", ["Application"], False),
            )
        )
    ]


def scopes(world: World) -> list[dict[str, Any]]:
    return [
        {
            "id": world.id("scope", at),
            "adminConsentDescription": f"Allows the app to {verb} cargo for the signed-in user",
            "adminConsentDisplayName": f"{verb.capitalize()} cargo",
            "isEnabled": True,
            "origin": "Application",
            "type": type,
            "userConsentDescription": None,
            "userConsentDisplayName": None,
            "value": f"Cargo.{verb.capitalize()}",
        }
        for at, (verb, type) in enumerate((("view", "User"), ("edit", "Admin")))
    ]


def certificate(world: World, what: str, number: int, usage: str = "Verify") -> dict[str, Any]:
    """A credential with public key bytes: as long as a certificate, DER outside, not a real one inside."""
    body = hashlib.shake_256(world.draw(what, number)).digest(796)
    der = b"\x30\x82" + len(body).to_bytes(2) + body
    thumbprint = hashlib.sha1(der, usedforsecurity=False).digest()
    return {
        "customKeyIdentifier": base64.b64encode(thumbprint).decode(),
        "displayName": f"CN={what}-{number}",
        "endDateTime": "2028-01-31T00:00:00Z",
        "key": base64.b64encode(der).decode(),
        "keyId": world.id(f"{what}:keyId", number),
        "startDateTime": f"{world.day(200)}T00:00:00Z",
        "type": "AsymmetricX509Cert",
        "usage": usage,
    }


def application(world: World, number: int) -> dict[str, Any]:
    app_id = world.id("appId", number)
    roll = world.draw("application", number)
    app: dict[str, Any] = {
        "id": world.id("application", number),
        "appId": app_id,
        "addIns": [],
        "api": _api(),
        "appRoles": [],
        "createdDateTime": world.moment(roll, within=1_500, after=20),
        "displayName": app_name(number),
        "description": None,
        "identifierUris": [],
        "info": dict.fromkeys(("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl")),
        "isFallbackPublicClient": None,
        "keyCredentials": [],
        "notes": None,
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "passwordCredentials": [],
        "publicClient": {"redirectUris": []},
        "publisherDomain": DEFAULT_DOMAIN,
        "requiredResourceAccess": [_needs(GRAPH_APP_ID, (USER_READ, "Scope"))],
        "signInAudience": "AzureADMyOrg",
        "spa": {"redirectUris": []},
        "tags": [],
        "web": _web(),
    }
    build = _SPECIAL.get(number)
    if build is not None:
        app |= build(world, app_id)
    elif number % 8 == 0 and world.service_principals is not None:
        app["keyCredentials"] = [certificate(world, "lob", number)]
    elif roll[0] % 3 == 0:
        app["passwordCredentials"] = [_secret(world, number)]
        app["web"] = _web(f"https://lob{number}.{DEFAULT_DOMAIN}/signin-oidc")
    return app


def _api(**more: Any) -> dict[str, Any]:
    return {
        "acceptMappedClaims": None,
        "knownClientApplications": [],
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
        "requestedAccessTokenVersion": None,
    } | more


def _web(*redirects: str, home: str | None = None) -> dict[str, Any]:
    return {
        "homePageUrl": home,
        "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
        "logoutUrl": None,
        "redirectUris": list(redirects),
        "redirectUriSettings": [{"uri": uri, "index": None} for uri in redirects],
    }


def _needs(resource: str, *access: tuple[str, str]) -> dict[str, Any]:
    return {"resourceAppId": resource, "resourceAccess": [{"id": id, "type": type} for id, type in access]}


def _secret(world: World, number: int) -> dict[str, Any]:
    return {
        "customKeyIdentifier": None,
        "displayName": "rotated by hand",
        "endDateTime": "2027-06-30T00:00:00Z",
        "hint": world.draw("secret", number).hex()[:3],
        "keyId": world.id("secret:keyId", number),
        "secretText": None,
        "startDateTime": f"{world.day(150)}T00:00:00Z",
    }


def _cargo_api(world: World, app_id: str) -> dict[str, Any]:
    portal = {"appId": world.id("appId", PORTAL), "delegatedPermissionIds": [scopes(world)[0]["id"]]}
    claim = {"name": "groups", "source": None, "essential": False, "additionalProperties": ["sam_account_name"]}
    return {
        "api": _api(
            oauth2PermissionScopes=scopes(world),
            preAuthorizedApplications=[portal],
            knownClientApplications=[world.id("appId", PORTAL)],
            requestedAccessTokenVersion=2,
        ),
        "appRoles": roles(world),
        "groupMembershipClaims": "SecurityGroup",
        "identifierUris": [f"api://{app_id}", f"https://cargo.{DEFAULT_DOMAIN}"],
        "optionalClaims": {"idToken": [], "accessToken": [claim], "saml2Token": []},
    }


def _portal(world: World, app_id: str) -> dict[str, Any]:
    return {
        "requiredResourceAccess": [
            _needs(GRAPH_APP_ID, (USER_READ, "Scope")),
            _needs(world.id("appId", API), (scopes(world)[0]["id"], "Scope")),
        ],
        "spa": {"redirectUris": [f"https://portal.{DEFAULT_DOMAIN}", "http://localhost:3000"]},
        "tags": ["portal", "customer-facing"],
    }


def _daemon(world: World, app_id: str) -> dict[str, Any]:
    return {
        "keyCredentials": [certificate(world, "daemon", number) for number in range(2)],
        "notes": "Exports the register every night",
        "requiredResourceAccess": [_needs(GRAPH_APP_ID, (USER_READ_ALL, "Role"), (GROUP_READ_ALL, "Role"))],
        "servicePrincipalLockConfiguration": {
            "isEnabled": True,
            "allProperties": True,
            "credentialsWithUsageSign": True,
            "credentialsWithUsageVerify": True,
            "tokenEncryptionKeyId": None,
        },
    }


def _pipeline(world: World, app_id: str) -> dict[str, Any]:
    return {"passwordCredentials": [_secret(world, PIPELINE)], "serviceManagementReference": "CHG-0042"}


def _native(world: World, app_id: str) -> dict[str, Any]:
    uris = ["https://login.microsoftonline.com/common/oauth2/nativeclient", "bridge://auth"]
    return {"isFallbackPublicClient": True, "publicClient": {"redirectUris": uris}}


def _legacy(world: World, app_id: str) -> dict[str, Any]:
    home = f"https://booking.{DEFAULT_DOMAIN}"
    return {"signInAudience": "AzureADMultipleOrgs", "web": _web(f"{home}/callback", f"{home}/silent", home=home)}


_SPECIAL = {
    API: _cargo_api,
    PORTAL: _portal,
    DAEMON: _daemon,
    PIPELINE: _pipeline,
    NATIVE: _native,
    UNOWNED: _legacy,
}


def _owners(world: World, number: int) -> Iterator[Item]:
    if number in (UNOWNED, ORPHAN):
        return
    id = world.id("application", number)
    yield Link("application", id, "owners", "user", world.employee(number % world.employees))
    if number == API:
        yield Link("application", id, "owners", "user", world.user(ADMINS[0]))


def _children(world: World, number: int) -> Iterator[Item]:
    id = world.id("application", number)
    if number == PIPELINE:
        for at, (name, issuer, subject) in enumerate(
            (
                ("main-branch", "https://token.actions.githubusercontent.com", "repo:halden/cargo:ref:refs/heads/main"),
                ("cluster", "https://oidc.aks.example/halden", "system:serviceaccount:cargo:deployer"),
                ("environments", "https://token.actions.githubusercontent.com", None),
            )
        ):
            credential = {
                "id": world.id("federated", at),
                "name": name,
                "issuer": issuer,
                "subject": subject,
                "audiences": ["api://AzureADTokenExchange"],
                "description": None if at else "Pipelines of the main branch",
            }
            if subject is None:
                credential["claimsMatchingExpression"] = {
                    "value": "claims['sub'] matches 'repo:halden/cargo:environment:*'",
                    "languageVersion": 1,
                }
            yield Object("federatedIdentityCredential", credential)
            target = world.id("federated", at)
            yield Link("application", id, "federatedIdentityCredentials", "federatedIdentityCredential", target)
    elif number == SCHEMA:
        for at, (_, data_type, targets) in enumerate(EXTENSIONS):
            extension = {
                "id": world.id("extension", at),
                "appDisplayName": app_name(SCHEMA),
                "dataType": data_type,
                "isMultiValued": False,
                "isSyncedFromOnPremises": False,
                "name": extension_name(world, at),
                "targetObjects": list(targets),
            }
            yield Object("extensionProperty", extension)
            yield Link("application", id, "extensionProperties", "extensionProperty", world.id("extension", at))

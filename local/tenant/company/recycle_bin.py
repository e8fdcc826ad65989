"""What was deleted in the last days and lies in the recycle bin: people, groups, an application with its principal, an
administrative unit. An object with a deletedDateTime is deleted; links to and from it come back with it."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import application, certificate
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import DEFAULT_DOMAIN, DEPARTMENTS, INITIAL_DOMAIN, World
from local.tenant.wellknown import security_identifier

_PEOPLE = ("Ragna Tveit", "Piet van der Meer")


def items(world: World) -> Iterator[Item]:
    yield from _users(world)
    yield from _groups(world)
    yield from _application(world)
    unit = {"id": world.id("deleted:unit"), "displayName": "Closed office", "description": "Moved to the quay"}
    yield Object("administrativeUnit", unit | _deleted(world, 12))


def _deleted(world: World, days: int) -> dict[str, str]:
    return {"deletedDateTime": f"{world.day(days)}T10:15:00Z"}


def _users(world: World) -> Iterator[Item]:
    for number in range(max(2, world.users // 500)):
        name = _PEOPLE[number] if number < len(_PEOPLE) else f"Former colleague {number:03d}"
        nickname = f"former-{number}.{name.split()[-1].lower()}"
        id = world.id("deleted:user", number)
        upn = f"{nickname}@{DEFAULT_DOMAIN}"
        created = f"{world.day(900)}T08:00:00Z"
        user: dict[str, Any] = {
            "id": id,
            "accountEnabled": number % 2 == 0,
            "createdDateTime": created,
            "department": DEPARTMENTS[number % len(DEPARTMENTS)],
            "displayName": name,
            "identities": [{"signInType": "userPrincipalName", "issuer": INITIAL_DOMAIN, "issuerAssignedId": upn}],
            "lastPasswordChangeDateTime": created,
            "mail": upn,
            "mailNickname": nickname,
            "proxyAddresses": [f"SMTP:{upn}"],
            "securityIdentifier": security_identifier(id),
            "signInSessionsValidFromDateTime": created,
            "userPrincipalName": upn,
            "userType": "Member",
        }
        yield Object("user", user | _deleted(world, 2 + number % 25))
        yield Link("user", id, "manager", "user", world.employee(0))
    yield Link("group", world.id("group:all"), "members", "user", world.id("deleted:user", 0))


def _groups(world: World) -> Iterator[Item]:
    for number, (name, unified) in enumerate((("Regatta 2025", True), ("Badge office", False))):
        id = world.id("deleted:group", number)
        nickname = name.lower().replace(" ", "-")
        mail = f"{nickname}@{DEFAULT_DOMAIN}" if unified else None
        created = f"{world.day(500)}T08:00:00Z"
        group = {
            "id": id,
            "createdDateTime": created,
            "displayName": name,
            "groupTypes": ["Unified"] if unified else [],
            "mail": mail,
            "mailEnabled": unified,
            "mailNickname": nickname,
            "proxyAddresses": [f"SMTP:{mail}"] if mail else [],
            "renewedDateTime": created,
            "securityEnabled": not unified,
            "securityIdentifier": security_identifier(id),
            "visibility": "Private" if unified else None,
        }
        yield Object("group", group | _deleted(world, 5 + number))
        yield Link("group", id, "members", "user", world.employee(1))
        yield Link("group", id, "owners", "user", world.employee(2))


def _application(world: World) -> Iterator[Item]:
    """Deleted together: the principal goes with its application."""
    app = application(world, world.apps) | {
        "id": world.id("deleted:application"),
        "appId": world.id("deleted:appId"),
        "displayName": "Cargo Portal (trial)",
        "keyCredentials": [certificate(world, "deleted", 0)],
    }
    yield Object("application", app | _deleted(world, 8))
    yield Link("application", app["id"], "owners", "user", world.employee(1))
    principal = {
        "id": world.id("deleted:principal"),
        "accountEnabled": True,
        "appDisplayName": app["displayName"],
        "appId": app["appId"],
        "appOwnerOrganizationId": world.tenant_id,
        "appRoleAssignmentRequired": False,
        "displayName": app["displayName"],
        "servicePrincipalNames": [app["appId"]],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
    }
    yield Object("servicePrincipal", principal | _deleted(world, 8))

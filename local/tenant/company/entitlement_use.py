"""Who uses entitlement management: people with packages, partner organizations with sponsors, and who runs catalogs."""

from collections.abc import Iterator

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import ADMINS, FIRST_EMPLOYEE, World

CATALOG_OWNER, CATALOG_READER = "ae79f266-94d4-4dab-b730-feca7e132178", "44272f93-9762-48e8-af59-1b5351b1d6b3"
OPERATIONS, PARTNERS = 1, 2  # catalogs by number; 0 is the built-in one


def use(world: World, packages: int) -> Iterator[Item]:
    """Comes after the catalogs, packages and policies it names."""
    yield from _assignments(world, packages)
    yield from _organizations(world)
    yield from _roles(world)


def _assignments(world: World, packages: int) -> Iterator[Item]:
    for number in range(3 + world.users // 5):
        employee = number % world.employees
        package = number % packages
        expired = number % 7 == 2
        start = world.moment(world.draw("accessAssignment", number), within=200, after=5)
        end = f"{world.now.year + 1}-06-30T00:00:00Z"
        assignment = {
            "id": world.id("accessAssignment", number),
            "state": "expired" if expired else "delivered",
            "status": "ExpiredNotificationTriggered" if expired else "Delivered",
            "expiredDateTime": f"{world.day(2)}T04:00:00Z" if expired else None,
            "schedule": {
                "startDateTime": start,
                "recurrence": None,
                "expiration": {"type": "afterDateTime", "endDateTime": end, "duration": None},
            },
            "accessPackageId": world.id("accessPackage", package),
            "assignmentPolicyId": world.id("assignmentPolicy", package),
        }
        yield Object("accessPackageAssignment", assignment)
        subject = {
            "id": world.id("subject", number),
            "objectId": world.employee(employee),
            "displayName": world.name(FIRST_EMPLOYEE + employee).display,
            "email": None,
            "principalName": None,
            "onPremisesSecurityIdentifier": None,
            "subjectType": "user",
            "subjectLifecycle": "notGoverned",
        }
        yield Object("accessPackageSubject", subject)
        yield Link("accessPackageAssignment", assignment["id"], "target", "accessPackageSubject", subject["id"])


def _organizations(world: World) -> Iterator[Item]:
    partners = (
        ("Fjord Partner", "azureActiveDirectoryTenant", {"tenantId": world.id("partnerTenant")}, "configured"),
        ("Quayside Audit", "domainIdentitySource", {"domainName": "quayside-audit.example"}, "proposed"),
    )
    for number, (name, sort, source, state) in enumerate(partners):
        id = world.id("connected", number)
        made = world.moment(world.draw("connected", number), within=700, after=40)
        organization = {
            "id": id,
            "displayName": name,
            "description": None if number else "Runs the ferries",
            "identitySources": [{"@odata.type": f"#microsoft.graph.{sort}", "displayName": name, **source}],
            "state": state,
            "createdDateTime": made,
            "modifiedDateTime": made,
        }
        yield Object("connectedOrganization", organization)
        if number == 0:
            yield Link("connectedOrganization", id, "internalSponsors", "user", world.employee(1))
            yield Link("connectedOrganization", id, "internalSponsors", "group", world.id("group:team", 0))
            yield Link("connectedOrganization", id, "externalSponsors", "user", world.guest(0))


def _roles(world: World) -> Iterator[Item]:
    for number, (principal, role, catalog) in enumerate(
        (
            (world.user(ADMINS[1]), CATALOG_OWNER, OPERATIONS),
            (world.employee(2), CATALOG_OWNER, PARTNERS),
            (world.id("group:team", 0), CATALOG_READER, OPERATIONS),
        )
    ):
        assignment = {
            "id": world.id("entitlementRole", number),
            "principalId": principal,
            "roleDefinitionId": role,
            "directoryScopeId": None,
            "appScopeId": f"/AccessPackageCatalog/{world.id('catalog', catalog)}",
            "condition": None,
            "principalOrganizationId": None,
        }
        yield Object("entitlementRoleAssignment", assignment)

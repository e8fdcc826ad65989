"""Entitlement management: catalogs with resources, and access packages over them with their policies."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import API, PORTAL, app_name, roles
from local.tenant.company.entitlement_policies import policy
from local.tenant.company.entitlement_use import CATALOG_OWNER, CATALOG_READER, OPERATIONS, PARTNERS, use
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.principals import own_id
from local.tenant.company.world import World

_CATALOGS = (
    ("General", "serviceDefault", "Built-in catalog.", False),
    ("Harbour operations", "userManaged", "Access that people on the quay ask for", False),
    ("Partners", "userManaged", None, True),
)
GENERAL = 0
RESOURCES = 3  # a group, an application and a site in every catalog but the first
_PACKAGES = (
    ("Cargo Portal for the quay", OPERATIONS),
    ("Fleet reports", OPERATIONS),
    ("Partner workspace", PARTNERS),
    ("Retired: paper manifests", OPERATIONS),
)


def items(world: World) -> Iterator[Item]:
    yield Object("entitlementManagementSettings", _settings())
    for id, name in ((CATALOG_OWNER, "Catalog owner"), (CATALOG_READER, "Catalog reader")):
        yield Object("entitlementRoleDefinition", _role_definition(id, name))
    for number in range(len(_CATALOGS)):
        yield from _catalog(world, number)
    for number in range(packages(world)):
        yield from _package(world, number)
    yield from _incompatible(world)
    for number in range(packages(world)):
        yield from policy(world, number, catalog_of(number))
    yield from use(world, packages(world))


def packages(world: World) -> int:
    return len(_PACKAGES) + world.users // 400


def catalog_of(package: int) -> int:
    return _PACKAGES[package][1] if package < len(_PACKAGES) else OPERATIONS


def package_name(package: int) -> str:
    return _PACKAGES[package][0] if package < len(_PACKAGES) else f"Project access {package:03d}"


def _stamps(world: World, what: str, number: int) -> dict[str, str]:
    made = world.moment(world.draw(what, number), within=700, after=40)
    return {"createdDateTime": made, "modifiedDateTime": made}


def _settings() -> dict[str, Any]:
    return {
        "id": "singleton",
        "externalUserLifecycleAction": "blockSignInAndDelete",
        "durationUntilExternalUserDeletedAfterBlocked": "P30D",
    }


def _role_definition(id: str, name: str) -> dict[str, Any]:
    actions = [
        "microsoft.entitlementManagement/allEntities/allTasks"
        if id == CATALOG_OWNER
        else "microsoft.entitlementManagement/allEntities/read"
    ]
    return {
        "id": id,
        "displayName": name,
        "description": f"{name} of an access package catalog",
        "isBuiltIn": True,
        "isEnabled": True,
        "resourceScopes": [],
        "rolePermissions": [{"allowedResourceActions": actions, "excludedResourceActions": [], "condition": None}],
        "templateId": id,
        "version": "1.0",
    }


def _catalog(world: World, number: int) -> Iterator[Item]:
    name, sort, description, external = _CATALOGS[number]
    id = world.id("catalog", number)
    catalog = {
        "id": id,
        "displayName": name,
        "description": description,
        "catalogType": sort,
        "state": "published",
        "isExternallyVisible": external,
    }
    yield Object("accessPackageCatalog", catalog | _stamps(world, "catalog", number))
    if number == GENERAL:
        return
    for at in range(RESOURCES):
        yield from _resource(world, number, at)
    yield Object("customCalloutExtension", extension(world, number))
    yield Link(
        "accessPackageCatalog", id, "customWorkflowExtensions", "customCalloutExtension", world.id("callout", number)
    )


def extension(world: World, catalog: int) -> dict[str, Any]:
    made = world.moment(world.draw("callout", catalog), within=300, after=20)
    return {
        "@odata.type": "#microsoft.graph.accessPackageAssignmentRequestWorkflowExtension",
        "id": world.id("callout", catalog),
        "displayName": f"Tell the service desk ({_CATALOGS[catalog][0]})",
        "description": None,
        "createdDateTime": made,
        "lastModifiedDateTime": made,
        "endpointConfiguration": {
            "@odata.type": "#microsoft.graph.logicAppTriggerEndpointConfiguration",
            "subscriptionId": world.id("subscription"),
            "resourceGroupName": "rg-governance",
            "logicAppWorkflowName": f"ask-{catalog}",
            "url": None,
        },
        "authenticationConfiguration": {"@odata.type": "#microsoft.graph.azureAdPopTokenAuthentication"},
        "clientConfiguration": {"maximumRetries": 1, "timeoutInMilliseconds": 1000},
        "callbackConfiguration": {"timeoutDuration": "PT1H"},
    }


def _resource(world: World, catalog: int, at: int) -> Iterator[Item]:
    """A resource with its roles and its root scope; ids of roles and scopes are the catalog's own."""
    number = catalog * RESOURCES + at
    id, system, origin, name, held = _origin(world, catalog, at)
    resource = {
        "id": id,
        "displayName": name,
        "description": None,
        "originId": origin,
        "originSystem": system,
        "attributes": [],
    }
    yield Object("accessPackageResource", resource | _stamps(world, "resource", number))
    yield Link("accessPackageCatalog", world.id("catalog", catalog), "resources", "accessPackageResource", id)
    for place, (role, role_origin) in enumerate(held):
        role_id = world.id(f"resourceRole:{place}", number)
        yield Object(
            "accessPackageResourceRole",
            {"id": role_id, "displayName": role, "description": None, "originId": role_origin, "originSystem": system},
        )
        yield Link("accessPackageResource", id, "roles", "accessPackageResourceRole", role_id)
    scope = world.id("resourceScope", number)
    yield Object(
        "accessPackageResourceScope",
        {
            "id": scope,
            "displayName": "Root",
            "description": "Root Scope",
            "originId": origin,
            "originSystem": system,
            "isRootScope": True,
        },
    )
    yield Link("accessPackageResource", id, "scopes", "accessPackageResourceScope", scope)


def _origin(world: World, catalog: int, at: int) -> tuple[str, str, str, str, list[tuple[str, str]]]:
    id = world.id("resource", catalog * RESOURCES + at)
    if at == 0:
        group = world.id("group:guests") if catalog == PARTNERS else world.id("group:team", 0)
        return (
            id,
            "AadGroup",
            group,
            f"Group of {_CATALOGS[catalog][0]}",
            [
                ("Member", f"Member_{group}"),
                ("Owner", f"Owner_{group}"),
            ],
        )
    if at == 1:
        app = PORTAL if catalog == PARTNERS else API
        held = [(role["displayName"], role["id"]) for role in roles(world)] if app == API else []
        return (
            id,
            "AadApplication",
            own_id(world, app),
            app_name(app),
            held or [("Default Access", "0" * 8 + "-0000-0000-0000-000000000000")],
        )
    site = f"https://haldenshipping.sharepoint.example/sites/{catalog}"
    return id, "SharePointOnline", site, f"Site {catalog}", [("Visitors", "4"), ("Members", "5")]


def _package(world: World, number: int) -> Iterator[Item]:
    catalog = catalog_of(number)
    id = world.id("accessPackage", number)
    package = {
        "id": id,
        "displayName": package_name(number),
        "description": f"For {package_name(number)}" if number % 2 == 0 else None,
        "isHidden": number == 3,
        "catalogId": world.id("catalog", catalog),
    }
    yield Object("accessPackage", package | _stamps(world, "accessPackage", number))
    for at in range(RESOURCES if number == 0 else 1):
        place = catalog * RESOURCES + at
        role, scope = world.id("resourceRole:0", place), world.id("resourceScope", place)
        held = {
            "id": f"{role}_{scope}",
            "createdDateTime": f"{world.day(30)}T10:00:00Z",
            "roleId": role,
            "scopeId": scope,
        }
        key = f"{id}/{held['id']}"
        yield Object("accessPackageResourceRoleScope", held, key)
        yield Link("accessPackage", id, "resourceRoleScopes", "accessPackageResourceRoleScope", key)


def _incompatible(world: World) -> Iterator[Item]:
    first, second = world.id("accessPackage", 0), world.id("accessPackage", 1)
    yield Link("accessPackage", first, "incompatibleAccessPackages", "accessPackage", second)
    yield Link("accessPackage", first, "incompatibleGroups", "group", world.id("group:guests"))

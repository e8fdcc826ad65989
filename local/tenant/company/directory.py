"""Further parts of the directory: contacts, settings of single groups, classified permissions, provisioning, remote
desktop, sign-in methods, and what lies in the recycle bin."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company import recycle_bin, sign_in_methods
from local.tenant.company.applications import API, USER_READ, scopes
from local.tenant.company.groups import has_settings, projects
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.principals import first_party_id, own_id
from local.tenant.company.world import DEFAULT_DOMAIN, World
from local.tenant.wellknown import GRAPH_APP_ID, WINDOWS_CLOUD_LOGIN, opaque_id

GUEST_TEMPLATE = "08d542b9-071f-4e16-94b0-74abb372e3d9"  # Group.Unified.Guest, the one that single groups may override
_HARBOURS = ("Bergen", "Gdynia", "Rotterdam", "Leith", "Busan")
_NEVER = "0001-01-01T00:00:00Z"


def items(world: World) -> Iterator[Item]:
    yield from _contacts(world)
    yield from _group_settings(world)
    yield from _classifications(world)
    yield from _provisioning(world)
    yield from _remote_desktop(world)
    yield from sign_in_methods.items(world)
    yield from recycle_bin.items(world)


def _contacts(world: World) -> Iterator[Item]:
    """Pilots and agents whom people write to; the first is synchronised and the boss of the others."""
    for number in range(max(3, world.users // 200)):
        harbour = _HARBOURS[number % len(_HARBOURS)]
        nickname = f"pilot-{harbour.lower()}-{number}"
        mail = f"{nickname}@pilots.example"
        contact: dict[str, Any] = {
            "id": world.id("contact", number),
            "addresses": [
                {
                    "city": harbour,
                    "countryOrRegion": None,
                    "officeLocation": "Pilot station",
                    "postalCode": f"{10_000 + number}",
                    "state": None,
                    "street": "Quay 1",
                }
            ],
            "companyName": f"Pilots of {harbour}",
            "displayName": f"Pilot station {harbour} {number}",
            "mail": mail,
            "mailNickname": nickname,
            "onPremisesProvisioningErrors": [],
            "phones": [{"number": f"+47 5500 {number:04d}", "type": "business", "language": None, "region": None}],
            "proxyAddresses": [f"SMTP:{mail}"],
        }
        if number == 0:
            contact |= {
                "onPremisesSyncEnabled": True,
                "onPremisesLastSyncDateTime": f"{world.day(0)}T00:12:00Z",
                "givenName": "Solveig",
                "surname": "Havn",
                "jobTitle": "Head of pilots",
            }
        yield Object("orgContact", contact)
        if number:
            yield Link("orgContact", contact["id"], "manager", "orgContact", world.id("contact", 0))
    yield Link("group", world.id("group:dl"), "members", "orgContact", world.id("contact", 1))


def _group_settings(world: World) -> Iterator[Item]:
    """Groups that say otherwise than the tenant whether guests may be added."""
    groups = [("group:guests", 0, "true"), ("group:department", 0, "false")]
    groups += [("group:department", 3, "false")] if world.users >= 1_000 else []
    groups += [("group:project", number, "false") for number in range(projects(world)) if has_settings(number)]
    for at, (what, number, allowed) in enumerate(groups):
        setting = {
            "id": world.id("groupSetting", at),
            "displayName": "Group.Unified.Guest",
            "templateId": GUEST_TEMPLATE,
            "values": [{"name": "AllowToAddGuests", "value": allowed}],
        }
        yield Object("groupSettingOverride", setting)
        yield Link("group", world.id(what, number), "settings", "groupSettingOverride", setting["id"])


def _classifications(world: World) -> Iterator[Item]:
    view = scopes(world)[0]
    plans = (
        (first_party_id(world, GRAPH_APP_ID), USER_READ, "User.Read", "low"),
        (own_id(world, API), view["id"], view["value"], "medium"),
    )
    for principal, permission, name, classification in plans:
        found = {
            "id": opaque_id(permission, world.id(f"classification:{principal}")),
            "classification": classification,
            "permissionId": permission,
            "permissionName": name,
        }
        kind = "delegatedPermissionClassification"
        yield Object(kind, found)
        yield Link("servicePrincipal", principal, "delegatedPermissionClassifications", kind, found["id"])


def _provisioning(world: World) -> Iterator[Item]:
    """Every second gallery application gets its accounts from here; the first job is in quarantine."""
    for number in range(0, world.gallery, 2):
        template = "cargoTimesheetOutDelta" if number == 0 else "scim"
        id = f"{template}.{world.tenant_id.replace('-', '')}.{world.id('job', number)}"
        job = {
            "id": id,
            "templateId": template,
            "schedule": {"expiration": None, "interval": "PT40M", "state": "Active"},
            "status": _status(world, number),
            "synchronizationJobSettings": [{"name": "AzureIngestionAttributeOptimization", "value": "False"}],
        }
        yield Object("synchronizationJob", job)
        yield Link("servicePrincipal", world.id("gallery", number), "synchronization/jobs", "synchronizationJob", id)
        schema = _schema(world, number)
        yield Object("synchronizationSchema", schema)
        yield Link("synchronizationJob", id, "schema", "synchronizationSchema", schema["id"])


def _status(world: World, number: int) -> dict[str, Any]:
    run = {
        "activityIdentifier": world.id("job:run", number),
        "countEntitled": 12,
        "countEntitledForProvisioning": 12,
        "countEscrowed": 1,
        "countEscrowedRaw": 1,
        "countExported": 3,
        "countExports": 3,
        "countImported": 12,
        "countImportedDeltas": 2,
        "countImportedReferenceDeltas": 0,
        "error": None,
        "state": "EntryLevelErrors",
        "timeBegan": f"{world.day(0)}T01:20:00Z",
        "timeEnded": f"{world.day(0)}T01:21:30Z",
    }
    quarantine = {
        "currentBegan": f"{world.day(2)}T01:20:00Z",
        "nextAttempt": f"{world.day(0)}T07:20:00Z",
        "reason": "EncounteredEscrowProportionThreshold",
        "seriesBegan": f"{world.day(2)}T01:20:00Z",
        "seriesCount": 4,
    }
    return {
        "code": "Active" if number else "Quarantine",
        "countSuccessiveCompleteFailures": 0 if number else 4,
        "escrowsPruned": False,
        "lastExecution": run,
        "lastSuccessfulExecution": run if number else None,
        "lastSuccessfulExecutionWithExports": None,
        "progress": [],
        "quarantine": None if number else quarantine,
        "steadyStateFirstAchievedTime": f"{world.day(90)}T00:00:00Z" if number else _NEVER,
        "steadyStateLastAchievedTime": f"{world.day(0)}T01:21:30Z" if number else _NEVER,
        "synchronizedEntryCountByType": [{"key": "User", "value": 12}],
        "troubleshootingUrl": None,
    }


def _schema(world: World, number: int) -> dict[str, Any]:
    mapping = {
        "attributeMappings": [
            {
                "defaultValue": None,
                "exportMissingReferences": False,
                "flowBehavior": "FlowWhenChanged",
                "flowType": "Always",
                "matchingPriority": priority,
                "source": {"expression": f"[{name}]", "name": name, "parameters": [], "type": "Attribute"},
                "targetAttributeName": target,
            }
            for name, target, priority in (
                ("userPrincipalName", "userName", 1),
                ("displayName", "displayName", 0),
                ("mail", 'emails[type eq "work"].value', 0),
            )
        ],
        "enabled": True,
        "flowTypes": "Add, Update, Delete",
        "metadata": [],
        "name": "Provision users",
        "scope": None,
        "sourceObjectName": "User",
        "targetObjectName": "User",
    }
    return {
        "id": world.id("job:schema", number),
        "directories": [
            {"id": world.id(f"job:directory:{side}", number), "name": side, "objects": [], "readOnly": side == "Source"}
            for side in ("Source", "Target")
        ],
        "synchronizationRules": [
            {
                "containerFilter": None,
                "editable": True,
                "groupFilter": None,
                "id": world.id("job:rule", number),
                "metadata": [],
                "name": "USER_TO_USER",
                "objectMappings": [mapping],
                "priority": 1,
                "sourceDirectoryName": "Source",
                "targetDirectoryName": "Target",
            }
        ],
        "version": f"v1.{number}",
    }


def _remote_desktop(world: World) -> Iterator[Item]:
    principal = first_party_id(world, WINDOWS_CLOUD_LOGIN)
    configuration = world.id("remoteDesktop")
    kind = "remoteDesktopSecurityConfiguration"
    yield Object(kind, {"id": configuration, "isRemoteDesktopProtocolEnabled": True})
    yield Link("servicePrincipal", principal, kind, kind, configuration)
    group = world.id("group:dyn-devices")
    target = f"{configuration}/{group}"
    name = "Dynamic: company Windows devices"
    yield Object("targetDeviceGroup", {"id": group, "displayName": name}, target)
    yield Link(kind, configuration, "targetDeviceGroups", "targetDeviceGroup", target)
    client = world.id("appId", API)
    approved = f"{configuration}/{client}"
    yield Object("approvedClientApp", {"id": client, "displayName": f"Bridge of {DEFAULT_DOMAIN}"}, approved)
    yield Link(kind, configuration, "approvedClientApps", "approvedClientApp", approved)

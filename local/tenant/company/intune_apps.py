"""What the company has of Intune's app management: apps of every sort, their protection and their configuration."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from local.tenant.company.intune import DEFAULT_TAG, assignments, child, stamps, tags
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import COMPANY, DEFAULT_DOMAIN, World

_ICON = base64.b64encode(bytes.fromhex("89504e470d0a1a0a") + b"halden").decode()
_STORE = "https://apps.store.example"
_SORTS = 6


def items(world: World) -> Iterator[Item]:
    for number, name in enumerate(("Productivity", "Fleet")):
        category = {"id": world.id("intune:app-category", number), "displayName": name}
        moment = stamps(world, "intune:app-category", number)["lastModifiedDateTime"]
        yield Object("mobileAppCategory", category | {"lastModifiedDateTime": moment})
    count = max(2 * _SORTS + 1, min(world.users // 100, 300))
    for number in range(count):
        yield from _app(world, number)
    yield from _protections(world)
    yield from _configurations(world)


def _app(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:app", number)
    app: dict[str, Any] = {
        "id": id,
        "description": f"For the people on board, edition {number}",
        "publisher": COMPANY,
        "largeIcon": {"type": "image/png", "value": _ICON} if number % 3 != 2 else None,
        "isFeatured": number == 0,
        "owner": "",
        "developer": "",
        "notes": "",
        "uploadState": 1,
        "publishingState": "published",
        "isAssigned": number % 7 != 5,
        "roleScopeTagIds": tags(number),
        "dependentAppCount": 1 if number == 0 else 0,
        "supersedingAppCount": 1 if number == 0 else 0,
        "supersededAppCount": 1 if number == 2 * _SORTS else 0,
    }
    yield Object("mobileApp", app | stamps(world, "intune:app", number) | _sort(world, number))
    settings: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.win32LobAppAssignmentSettings",
        "notifications": "showAll",
        "installTimeSettings": None,
        "restartSettings": None,
        "deliveryOptimizationPriority": "notConfigured",
    }
    more = {
        "intent": ("required", "available", "uninstall")[number % 3],
        "settings": settings if number % _SORTS == 0 else None,
        "source": "direct",
        "sourceId": id,
    }
    yield from assignments(world, "mobileApp", id, "mobileAppAssignment", number, more)
    if number % 2 == 0:
        category = world.id("intune:app-category", number // 2 % 2)
        yield Link("mobileApp", id, "categories", "mobileAppCategory", category)
    if number == 0:
        yield from _relationships(world, id)


def _sort(world: World, number: int) -> dict[str, Any]:
    """What makes it the sort of app it is."""
    return (_win32, _store, _licensed, _built_in, _package, _link)[number % _SORTS](world, number)


def _win32(world: World, number: int) -> dict[str, Any]:
    rule = {
        "@odata.type": "#microsoft.graph.win32LobAppFileSystemRule",
        "ruleType": "detection",
        "path": "%ProgramFiles%\\Halden",
        "fileOrFolderName": f"log{number}.exe",
        "operationType": "exists",
        "operator": "notConfigured",
        "comparisonValue": None,
        "check32BitOn64System": False,
    }
    detection = {
        "@odata.type": "#microsoft.graph.win32LobAppFileSystemDetection",
        "path": rule["path"],
        "fileOrFolderName": rule["fileOrFolderName"],
        "detectionType": "exists",
        "operator": "notConfigured",
        "detectionValue": None,
        "check32BitOn64System": False,
    }
    return {
        "@odata.type": "#microsoft.graph.win32LobApp",
        "displayName": f"Ship's log {number}",
        "applicableArchitectures": "x64",
        "committedContentVersion": "1",
        "detectionRules": [detection],
        "fileName": f"shipslog{number}.intunewin",
        "installCommandLine": f"shipslog{number}.exe /quiet",
        "installExperience": {"runAsAccount": "system", "deviceRestartBehavior": "suppress"},
        "returnCodes": [{"returnCode": 0, "type": "success"}, {"returnCode": 3010, "type": "softReboot"}],
        "rules": [rule],
        "setupFilePath": f"shipslog{number}.exe",
        "size": 48_213_504 + number,
        "uninstallCommandLine": f"shipslog{number}.exe /uninstall",
    }


def _store(world: World, number: int) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.iosStoreApp",
        "displayName": f"Tide tables {number}",
        "appStoreUrl": f"{_STORE}/tides/{number}",
        "bundleId": f"example.tides{number}",
        "minimumSupportedOperatingSystem": {"v8_0": False, "v15_0": True},
    }


def _licensed(world: World, number: int) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.iosVppApp",
        "displayName": f"Harbour charts {number}",
        "bundleId": f"example.charts{number}",
        "totalLicenseCount": 200,
        "usedLicenseCount": 17 + number,
        "vppTokenId": world.id("intune:vpp"),
        "vppTokenOrganizationName": COMPANY,
    }


def _built_in(world: World, number: int) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.managedIOSStoreApp",
        "displayName": f"Mail for phones {number}",
        "publisher": "Microsoft Corporation",
        "appAvailability": "global",
        "appStoreUrl": f"{_STORE}/mail/{number}",
        "bundleId": f"example.mail{number}",
    }


def _package(world: World, number: int) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.winGetApp",
        "displayName": f"Terminal {number}",
        "packageIdentifier": f"9NBLGGH{number:05d}",
        "installExperience": {"runAsAccount": "system"},
    }


def _link(world: World, number: int) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.webApp",
        "displayName": f"Canteen menu {number}",
        "appUrl": f"https://canteen{number}.{DEFAULT_DOMAIN}",
        "useManagedBrowser": False,
    }


def _relationships(world: World, id: str) -> Iterator[Item]:
    """It needs one other Windows app, and replaces another."""
    for kind, own in (
        ("mobileAppDependency", {"dependencyType": "autoInstall"}),
        ("mobileAppSupersedence", {"supersedenceType": "update"}),
    ):
        target = world.id("intune:app", _SORTS if kind.endswith("Dependency") else 2 * _SORTS)
        related = {
            "@odata.type": f"#microsoft.graph.{kind}",
            "id": f"{id}_{target}",
            "targetId": target,
            "targetDisplayName": "Ship's log",
            "targetType": "child",
        }
        yield from child("mobileApp", id, "relationships", "mobileAppRelationship", related | own)


def _policy(world: World, what: str, number: int, letter: str) -> dict[str, Any]:
    """What every policy for apps has. The ids begin with a letter, and the version is a tag of the stored document."""
    return {
        "id": f"{letter}_{world.id(what, number)}",
        "isAssigned": True,
        "roleScopeTagIds": [DEFAULT_TAG],
        "version": f'"{world.draw(what, number)[:6].hex()}"',
        **stamps(world, what, number),
    }


def _protections(world: World) -> Iterator[Item]:
    common: dict[str, Any] = {
        "allowedInboundDataTransferSources": "allApps",
        "allowedOutboundClipboardSharingLevel": "managedAppsWithPasteIn",
        "allowedOutboundDataTransferDestinations": "managedApps",
        "deployedAppCount": 2,
        "periodOfflineBeforeAccessCheck": "PT12H",
        "periodOfflineBeforeWipeIsEnforced": "P90D",
    }
    mobile = common | {
        "allowedDataStorageLocations": ["oneDriveForBusiness", "sharePoint"],
        "appGroupType": "selectedPublicApps",
        "dataBackupBlocked": True,
        "maximumPinRetries": 5,
        "minimumPinLength": 6,
        "organizationalCredentialsRequired": False,
        "pinCharacterSet": "numeric",
        "pinRequired": True,
        "saveAsBlocked": True,
    }
    sorts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (
            "iosManagedAppProtection",
            "iOS",
            mobile
            | {
                "appDataEncryptionType": "whenDeviceLocked",
                "exemptedAppProtocols": [{"name": "Default", "value": "tel;mailto"}],
            },
        ),
        ("androidManagedAppProtection", "Android", mobile | {"encryptAppData": True, "screenCaptureBlocked": True}),
        (
            "windowsManagedAppProtection",
            "Windows",
            common | {"maximumAllowedDeviceThreatLevel": "notConfigured", "printBlocked": False},
        ),
    )
    for at, (kind, system, own) in enumerate(sorts):
        for number in range(2):
            policy = _policy(world, f"intune:{kind}", number, "T")
            policy["displayName"] = f"{system} - own devices" if number == 0 else f"{system} - guests' devices"
            yield Object(kind, policy | own)
            yield from _targets(world, kind, policy["id"], at + number, system)
    yield from _information_protection(world)


def _targets(world: World, kind: str, id: str, number: int, system: str) -> Iterator[Item]:
    """To whom the policy goes, and for which apps."""
    more = {"source": "direct", "sourceId": "00000000-0000-0000-0000-000000000000"}
    yield from assignments(world, kind, id, "targetedManagedAppPolicyAssignment", number, more)
    for place, name in enumerate(("mail", "files")):
        key = "bundleId" if system == "iOS" else "packageId" if system == "Android" else "windowsAppId"
        identifier = {"@odata.type": f"#microsoft.graph.{system.lower()}MobileAppIdentifier", key: f"example.{name}"}
        app = {"id": f"example.{name}.{system.lower()}", "mobileAppIdentifier": identifier, "version": str(41 + place)}
        yield from child(kind, id, "apps", "managedMobileApp", app, f"{id}/{app['id']}")


def _information_protection(world: World) -> Iterator[Item]:
    kind = "mdmWindowsInformationProtectionPolicy"
    policy = _policy(world, "intune:wip", 0, "M") | {
        "displayName": "Windows - work data",
        "azureRightsManagementServicesAllowed": False,
        "enforcementLevel": "encryptAndAuditOnly",
        "enterpriseDomain": DEFAULT_DOMAIN,
        "enterpriseIPRanges": [
            {
                "displayName": "Offices",
                "ranges": [
                    {
                        "@odata.type": "#microsoft.graph.iPv4Range",
                        "lowerAddress": "192.0.2.0",
                        "upperAddress": "192.0.2.255",
                    }
                ],
            }
        ],
        "iconsVisible": True,
        "protectedApps": [
            {
                "@odata.type": "#microsoft.graph.windowsInformationProtectionDesktopApp",
                "displayName": "Ship's log",
                "publisherName": "O=HALDEN SHIPPING",
                "productName": "*",
                "binaryName": "log.exe",
                "binaryVersionLow": "*",
                "binaryVersionHigh": "*",
                "denied": False,
            }
        ],
        "revokeOnUnenrollDisabled": False,
    }
    id = policy["id"]
    yield Object(kind, policy)
    yield from assignments(world, kind, id, "targetedManagedAppPolicyAssignment", 0)
    for number, link in enumerate(("protectedAppLockerFiles", "exemptAppLockerFiles")):
        file = {
            "id": world.id("intune:app-locker", number),
            "displayName": ("Office", "Viewers")[number],
            "file": base64.b64encode(b"<RuleCollection Type='Exe'/>").decode(),
            "fileHash": world.draw("intune:app-locker", number).hex(),
            "version": "1",
        }
        yield from child(kind, id, link, "windowsInformationProtectionAppLockerFile", file)


def _configurations(world: World) -> Iterator[Item]:
    for number in range(2):
        policy = _policy(world, "intune:app-configuration", number, "A") | {
            "displayName": ("Mail - signature", "Browser - start page")[number],
            "appGroupType": "selectedPublicApps",
            "customSettings": [{"name": "example.signature", "value": "on"}, {"name": "example.page", "value": ""}],
            "deployedAppCount": 2,
            "targetedAppManagementLevels": "unspecified",
        }
        yield Object("targetedManagedAppConfiguration", policy)
        yield from _targets(world, "targetedManagedAppConfiguration", policy["id"], number, "iOS")
    for number in range(2):
        yield from _device_configuration(world, number)


def _device_configuration(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:device-app-configuration", number)
    own: tuple[dict[str, Any], ...] = (
        {
            "@odata.type": "#microsoft.graph.iosMobileAppConfiguration",
            "displayName": "Charts - phones",
            "targetedMobileApps": [world.id("intune:app", 2)],
            "settings": [
                {"appConfigKey": "harbour", "appConfigKeyType": "stringType", "appConfigKeyValue": "Halden"},
                {"appConfigKey": "depth", "appConfigKeyType": "integerType", "appConfigKeyValue": "12"},
            ],
        },
        {
            "@odata.type": "#microsoft.graph.androidManagedStoreAppConfiguration",
            "displayName": "Mail - Android",
            "description": "Work profile",
            "targetedMobileApps": [world.id("intune:app", 3)],
            "appSupportsOemConfig": False,
            "packageId": "app:example.mail",
            "payloadJson": base64.b64encode(
                json.dumps({"kind": "androidenterprise#managedConfiguration"}).encode()
            ).decode(),
            "permissionActions": [{"permission": "android.permission.CAMERA", "action": "autoDeny"}],
            "profileApplicability": "androidWorkProfile",
        },
    )
    common = {"id": id, "roleScopeTagIds": tags(number), "version": 1 + number}
    moments = stamps(world, "intune:device-app-configuration", number)
    yield Object("managedDeviceMobileAppConfiguration", common | moments | own[number])
    kind = "managedDeviceMobileAppConfigurationAssignment"
    yield from assignments(world, "managedDeviceMobileAppConfiguration", id, kind, number)

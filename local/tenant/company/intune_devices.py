"""What the company has of Intune's device management: scripts, enrolment, filters, tags, roles, messages, devices.

What it configures on devices is in `intune_policies`.
"""

import base64
from collections.abc import Iterator
from typing import Any

from local.tenant.company import intune_policies
from local.tenant.company.devices import device_id, device_name
from local.tenant.company.intune import DEFAULT_TAG, assignments, child, stamps, tags
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import COMPANY, FIRST_EMPLOYEE, World

# Ids of the built-in roles are Microsoft's own; the actions are a small part of theirs.
_HELP_DESK = "9e0cc482-82df-4ab2-a24c-0c23a3f52e1e"
_BUILT_IN_ROLES = {
    "0bd113fe-6be5-400c-a28f-ae5553f9c0be": ("Policy and Profile manager", ("DeviceConfigurations_Assign",)),
    _HELP_DESK: ("Help Desk Operator", ("RemoteTasks_Wipe", "ManagedDevices_Read")),
    "c1d9fcbb-cba5-40b0-bf6b-527006585f4b": ("Application Manager", ("MobileApps_Assign", "MobileApps_Create")),
}
_FILTERS = (
    ("Company Windows devices", "windows10AndLater", '(device.deviceOwnership -eq "Corporate")'),
    ("Phones of the crew", "iOS", '(device.enrollmentProfileName -startsWith "Crew")'),
)
# System, version, agent and model of the devices that `devices` makes, by the remainder of their number.
_MANAGED = {
    0: ("Windows", "10.0.26100.2314", "mdm", "Contrail", "Slate 14"),
    1: ("Windows", "10.0.22631.4460", "configurationManagerClientMdm", "Contrail", "Tower 5"),
    4: ("macOS", "15.1 (24B83)", "mdm", "Apple", "MacBookPro18,3"),
}


def items(world: World) -> Iterator[Item]:
    yield from _tags(world)
    yield from _filters(world)
    yield from intune_policies.items(world)
    for number in range(max(2, min(world.users // 500, 25))):
        yield from _scripts(world, number)
    yield from _enrollment(world)
    yield from _roles(world)
    yield from _messages(world)
    yield from _devices(world)


def _text(script: str) -> str:
    return base64.b64encode(script.encode()).decode()


def _tags(world: World) -> Iterator[Item]:
    for number, name in enumerate(("Default", "Nordics", "Asia")):
        tag = {"id": str(number), "displayName": name, "description": f"Devices in {name}", "isBuiltIn": number == 0}
        yield Object("roleScopeTag", tag)
        if number:
            assignment = {
                "id": f"{number}_{world.id('group:region', number)}",
                "target": {
                    "@odata.type": "#microsoft.graph.groupAssignmentTarget",
                    "deviceAndAppManagementAssignmentFilterId": None,
                    "deviceAndAppManagementAssignmentFilterType": "none",
                    "groupId": world.id("group:region", number),
                },
            }
            yield from child("roleScopeTag", str(number), "assignments", "roleScopeTagAutoAssignment", assignment)


def _filters(world: World) -> Iterator[Item]:
    for number, (name, platform, rule) in enumerate(_FILTERS):
        properties = {
            "id": world.id("intune:filter", number),
            "displayName": name,
            "platform": platform,
            "rule": rule,
            "assignmentFilterManagementType": "devices",
            "roleScopeTags": tags(number),
        }
        yield Object("deviceAndAppManagementAssignmentFilter", properties | stamps(world, "intune:filter", number))


def _scripts(world: World, number: int) -> Iterator[Item]:
    """One for Windows, one for the Mac and one pair that detects and repairs."""
    id = world.id("intune:script", number)
    script: dict[str, Any] = {
        "id": id,
        "displayName": f"Map the drives of the yard {number}",
        "fileName": f"Map-Drives{number}.ps1",
        "scriptContent": _text(f"New-PSDrive -Name Y -Root '\\\\yard{number}\\share'"),
        "runAsAccount": "user",
        "enforceSignatureCheck": False,
        "runAs32Bit": False,
        "roleScopeTagIds": tags(number),
    }
    yield Object("deviceManagementScript", script | stamps(world, "intune:script", number))
    yield from assignments(world, "deviceManagementScript", id, "deviceManagementScriptAssignment", number)

    id = world.id("intune:shell", number)
    shell: dict[str, Any] = {
        "id": id,
        "displayName": f"Dock of the Mac {number}",
        "fileName": f"dock{number}.sh",
        "scriptContent": _text(f"#!/bin/zsh\ndefaults write com.apple.dock tilesize {30 + number}\n"),
        "runAsAccount": "system",
        "blockExecutionNotifications": True,
        "executionFrequency": "P1D",
        "retryCount": 3,
        "roleScopeTagIds": tags(number + 1),
    }
    yield Object("deviceShellScript", shell | stamps(world, "intune:shell", number))
    yield from assignments(world, "deviceShellScript", id, "deviceManagementScriptAssignment", number + 1)
    yield from _remediation(world, number)


def _remediation(world: World, number: int) -> Iterator[Item]:
    """Number 0 is one that Microsoft ships: its scripts are not shown."""
    id = world.id("intune:health", number)
    shipped = number == 0
    script: dict[str, Any] = {
        "id": id,
        "displayName": "Restart stopped Office C2R svc" if shipped else f"Stale certificates {number}",
        "publisher": "Microsoft" if shipped else COMPANY,
        "version": "1.1" if shipped else "1",
        "detectionScriptContent": None if shipped else _text("if (Test-Path cert:\\stale) { exit 1 }"),
        "remediationScriptContent": None if shipped else _text("Remove-Item cert:\\stale"),
        "runAsAccount": "system",
        "enforceSignatureCheck": False,
        "runAs32Bit": True,
        "roleScopeTagIds": [DEFAULT_TAG],
        "isGlobalScript": shipped,
        "highestAvailableVersion": "1.2" if shipped else None,
        "deviceHealthScriptType": "deviceHealthScript",
    }
    yield Object("deviceHealthScript", script | stamps(world, "intune:health", number))
    more = {
        "runRemediationScript": True,
        "runSchedule": {
            "@odata.type": "#microsoft.graph.deviceHealthScriptDailySchedule",
            "interval": 1,
            "useUtc": False,
            "time": "09:00:00.0000000",
        },
    }
    yield from assignments(world, "deviceHealthScript", id, "deviceHealthScriptAssignment", number + 2, more)


def _enrollment(world: World) -> Iterator[Item]:
    restriction = {
        "platformBlocked": False,
        "personalDeviceEnrollmentBlocked": True,
        "osMinimumVersion": "",
        "osMaximumVersion": "",
        "blockedManufacturers": [],
        "blockedSkus": [],
    }
    plans: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("DefaultLimit", "limit", "deviceEnrollmentLimitConfiguration", {"limit": 5}),
        (
            "DefaultPlatformRestrictions",
            "platformRestrictions",
            "deviceEnrollmentPlatformRestrictionsConfiguration",
            {"androidRestriction": restriction | {"platformBlocked": True}, "iosRestriction": restriction},
        ),
        (
            "SinglePlatformRestriction",
            "singlePlatformRestriction",
            "deviceEnrollmentPlatformRestrictionConfiguration",
            {"platformType": "windows", "platformRestriction": restriction},
        ),
        (
            "Windows10EnrollmentCompletionPageConfiguration",
            "windows10EnrollmentCompletionPageConfiguration",
            "windows10EnrollmentCompletionPageConfiguration",
            {
                "showInstallationProgress": True,
                "installProgressTimeoutInMinutes": 60,
                "selectedMobileAppIds": [world.id("intune:app", 0), world.id("intune:app", 1)],
            },
        ),
    )
    for number, (suffix, type_, kind, own) in enumerate(plans):
        default = suffix.startswith("Default")
        id = f"{world.id('intune:enrollment', number)}_{suffix}"
        properties = {
            "@odata.type": f"#microsoft.graph.{kind}",
            "id": id,
            "displayName": "All users and all devices" if default else f"Enrolment - {type_}",
            "priority": 0 if default else 1,
            "version": 0 if default else 3,
            "roleScopeTagIds": [] if default else [DEFAULT_TAG],
            "deviceEnrollmentConfigurationType": type_,
        }
        yield Object("deviceEnrollmentConfiguration", properties | stamps(world, "intune:enrollment", number) | own)
        if not default:
            more = {"source": "direct", "sourceId": id}
            kind = "enrollmentConfigurationAssignment"
            yield from assignments(world, "deviceEnrollmentConfiguration", id, kind, number, more)
    yield from _autopilot(world)


def _autopilot(world: World) -> Iterator[Item]:
    for number, kind in enumerate(("azureAD", "activeDirectory")):
        id = world.id("intune:autopilot", number)
        experience = {"userType": "standard", "deviceUsageType": "singleUser"}
        profile: dict[str, Any] = {
            "@odata.type": f"#microsoft.graph.{kind}WindowsAutopilotDeploymentProfile",
            "id": id,
            "displayName": ("Laptops from the shop", "Workstations of the yard")[number],
            "language": "os-default",
            "locale": "os-default",
            "deviceNameTemplate": "HAL-%SERIAL%" if number == 0 else "",
            "deviceType": "windowsPc",
            "enableWhiteGlove": False,
            "preprovisioningAllowed": False,
            "extractHardwareHash": True,
            "hardwareHashExtractionEnabled": True,
            "outOfBoxExperienceSetting": {"privacySettingsHidden": True, "eulaHidden": True, **experience},
            "outOfBoxExperienceSettings": {"hidePrivacySettings": True, "hideEULA": True, **experience},
            "roleScopeTagIds": [DEFAULT_TAG],
        }
        if number:
            profile["hybridAzureADJoinSkipConnectivityCheck"] = True
        yield Object("windowsAutopilotDeploymentProfile", profile | stamps(world, "intune:autopilot", number))
        more = {"source": "direct", "sourceId": id}
        kind = "windowsAutopilotDeploymentProfileAssignment"
        yield from assignments(world, "windowsAutopilotDeploymentProfile", id, kind, number, more)


def _roles(world: World) -> Iterator[Item]:
    custom = world.id("intune:role")
    roles = {**_BUILT_IN_ROLES, custom: ("Cargo Device Desk", ("RemoteTasks_RebootNow", "ManagedDevices_Read"))}
    for id, (name, actions) in roles.items():
        allowed = [f"Microsoft.Intune_{action}" for action in actions]
        resources = [{"allowedResourceActions": allowed, "notAllowedResourceActions": []}]
        permissions = [{"actions": allowed, "resourceActions": resources}]
        definition = {
            "@odata.type": "#microsoft.graph.deviceAndAppManagementRoleDefinition",
            "id": id,
            "displayName": name,
            "description": f"May look after {name.lower()}",
            "isBuiltIn": id != custom,
            "isBuiltInRoleDefinition": id != custom,
            "permissions": permissions,
            "rolePermissions": permissions,
            "roleScopeTagIds": [DEFAULT_TAG] if id == custom else [],
        }
        yield Object("roleDefinition", definition)
    for number, (name, role) in enumerate((("Desk of the harbour", custom), ("Help desk", _HELP_DESK))):
        id = world.id("intune:role-assignment", number)
        assignment: dict[str, Any] = {
            "id": id,
            "displayName": name,
            "description": None if number else "People on the quay",
            "members": [world.id("group:department", number)],
            "resourceScopes": [] if number else [world.id("group:dyn-devices"), world.id("group:automation")],
            "scopeMembers": [] if number else [world.id("group:dyn-devices"), world.id("group:automation")],
            "scopeType": "allDevicesAndLicensedUsers" if number else "resourceScope",
            "roleScopeTagIds": [DEFAULT_TAG],
        }
        kind = "deviceAndAppManagementRoleAssignment"
        yield Object(kind, assignment | {"roleDefinitionId": role})
        below = {name: assignment[name] for name in ("id", "displayName", "description", "resourceScopes")}
        below["@odata.type"] = f"#microsoft.graph.{kind}"
        yield from child("roleDefinition", role, "roleAssignments", "roleAssignment", below)


def _messages(world: World) -> Iterator[Item]:
    for number, name in enumerate(("Device needs attention", "Device will be retired")):
        id = world.id("intune:message", number)
        changed = stamps(world, "intune:message", number)["lastModifiedDateTime"]
        template = {
            "id": id,
            "displayName": name,
            "brandingOptions": "includeCompanyLogo,includeCompanyName",
            "defaultLocale": "en-us",
            "lastModifiedDateTime": changed,
            "roleScopeTagIds": [DEFAULT_TAG],
        }
        yield Object("notificationMessageTemplate", template)
        for locale, subject in (("en-us", name), ("nb-no", "Enheten trenger tilsyn"))[: 2 - number]:
            message = {
                "id": f"{id}_{locale}",
                "isDefault": locale == "en-us",
                "lastModifiedDateTime": changed,
                "locale": locale,
                "messageTemplate": f"{subject}: https://help.halden.example",
                "subject": subject,
            }
            yield from child(
                "notificationMessageTemplate",
                id,
                "localizedNotificationMessages",
                "localizedNotificationMessage",
                message,
            )
        yield from _terms(world, number)
        category = {"id": world.id("intune:category", number), "displayName": ("Bridge", "Office")[number]}
        yield Object("deviceCategory", category | {"roleScopeTagIds": [DEFAULT_TAG]})


def _terms(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:terms", number)
    moments = stamps(world, "intune:terms", number)
    terms = {
        "id": id,
        "displayName": ("Use of company devices", "Use of own devices")[number],
        "title": "Terms of use",
        "bodyText": "The device is looked after by Halden Shipping.",
        "acceptanceStatement": "I agree",
        "modifiedDateTime": moments["lastModifiedDateTime"],
        "roleScopeTagIds": [DEFAULT_TAG],
        "version": 1 + number,
    }
    yield Object("termsAndConditions", terms | moments)
    yield from assignments(world, "termsAndConditions", id, "termsAndConditionsAssignment", number)


def _devices(world: World) -> Iterator[Item]:
    """The devices that are managed, as `devices` has them: the same number is the same machine."""
    for number in range(world.devices):
        if number % 5 not in _MANAGED:
            continue
        id = world.id("intune:device", number)
        yield Object("managedDevice", _device(world, id, number))
        owner = world.employee(number * 2 % world.employees)
        yield Link("managedDevice", id, "users", "user", owner)
        category = world.id("intune:category", number % 2)
        yield Link("managedDevice", id, "deviceCategory", "deviceCategory", category)


def _device(world: World, id: str, number: int) -> dict[str, Any]:
    system, version, agent, maker, model = _MANAGED[number % 5]
    roll = world.draw("intune:device", number)
    owner = FIRST_EMPLOYEE + number * 2 % world.employees
    person = world.name(owner)
    return {
        "id": id,
        "azureADDeviceId": device_id(world, number),
        "azureADRegistered": True,
        "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59Z",
        "complianceState": "noncompliant" if roll[17] % 10 == 0 else "compliant",
        "deviceCategoryDisplayName": ("Bridge", "Office")[number % 2],
        "deviceEnrollmentType": "windowsAzureADJoin" if system == "Windows" else "appleBulkWithUser",
        "deviceName": device_name(world, number),
        "deviceRegistrationState": "registered",
        "easActivated": False,
        "easActivationDateTime": "0001-01-01T00:00:00Z",
        "emailAddress": f"{person.login}@halden.example",
        "enrolledDateTime": world.moment(roll, within=1_200, after=60),
        "enrollmentProfileName": "",
        "exchangeLastSuccessfulSyncDateTime": "0001-01-01T00:00:00Z",
        "freeStorageSpaceInBytes": int.from_bytes(roll[:4]) * 64,
        "isEncrypted": True,
        "isSupervised": system == "macOS",
        "jailBroken": "Unknown",
        "lastSyncDateTime": world.moment(roll, within=3, after=0),
        "managedDeviceName": f"{person.login}_{system}_{number}",
        "managedDeviceOwnerType": "company",
        "managementAgent": agent,
        "managementCertificateExpirationDate": "2027-03-01T00:00:00Z",
        "manufacturer": maker,
        "model": model,
        "notes": "Spare in the harbour office" if number == 0 else None,
        "operatingSystem": system,
        "osVersion": version,
        "partnerReportedThreatState": "unknown",
        "roleScopeTagIds": tags(number),
        "serialNumber": roll[4:9].hex().upper(),
        "totalStorageSpaceInBytes": 512_000_000_000,
        "userDisplayName": person.display,
        "userId": world.user(owner),
        "userPrincipalName": f"{person.login}@halden.example",
        "usersLoggedOn": [{"userId": world.user(owner), "lastLogOnDateTime": world.moment(roll, within=3, after=0)}],
        "wiFiMacAddress": roll[9:15].hex().upper(),
    }

"""What the company has Intune configure on devices: profiles, compliance, catalog policies, intents, ADMX templates."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from local.tenant.company.intune import assignments, child, stamps, tags
from local.tenant.company.items import Item, Object
from local.tenant.company.world import World

_NOBODY = "00000000-0000-0000-0000-000000000000"
_RULE_PLACE = 3
_PREFIX = "device_vendor_msft_policy_config"
_PAYLOAD = base64.b64encode(b"<?xml version='1.0'?><plist version='1.0'><dict/></plist>").decode()
_TEMPLATE_POLICIES = ("Allow users to contact the supplier for feedback", "Set the home page", "Sites to open at start")


def items(world: World) -> Iterator[Item]:
    for number in range(max(4, min(world.users // 250, 60))):
        yield from _configuration(world, number)
    for number in range(max(2, min(world.users // 1_000, 20))):
        yield from _compliance(world, number)
    for number in range(2):
        yield from _reusable(world, number)
    for number in range(max(3, min(world.users // 200, 80))):
        yield from _catalog(world, number)
    for number in range(2):
        yield from _intent(world, number)
    yield from _definitions(world)
    for number in range(max(2, min(world.users // 1_000, 15))):
        yield from _templates(world, number)


def _configuration(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:configuration", number)
    own: tuple[dict[str, Any], ...] = (
        {
            "@odata.type": "#microsoft.graph.windows10CustomConfiguration",
            "displayName": f"Windows - bridge terminals {number}",
            "omaSettings": [
                {
                    "@odata.type": "#microsoft.graph.omaSettingString",
                    "displayName": "Second: name of the fleet",
                    "description": None,
                    "omaUri": "./Vendor/MSFT/Policy/Config/Fleet/Name",
                    "isEncrypted": True,
                    "secretReferenceValueId": f"{world.id('intune:oma', number)}_{id}",
                    "value": "****",
                },
                {
                    "@odata.type": "#microsoft.graph.omaSettingInteger",
                    "displayName": "First: lock after minutes",
                    "description": "Counted on the bridge",
                    "omaUri": "./Vendor/MSFT/DMClient/Lock",
                    "isEncrypted": False,
                    "secretReferenceValueId": None,
                    "value": 15,
                },
            ],
        },
        {
            "@odata.type": "#microsoft.graph.windowsUpdateForBusinessConfiguration",
            "displayName": f"Windows - update ring {number}",
            "automaticUpdateMode": "autoInstallAtMaintenanceTime",
            "businessReadyUpdatesOnly": "userDefined",
            "driversExcluded": False,
            "featureUpdatesDeferralPeriodInDays": 30,
            "qualityUpdatesDeferralPeriodInDays": number % 15,
            "installationSchedule": {
                "@odata.type": "#microsoft.graph.windowsUpdateActiveHoursInstall",
                "activeHoursStart": "06:00:00.0000000",
                "activeHoursEnd": "22:00:00.0000000",
            },
        },
        {
            "@odata.type": "#microsoft.graph.macOSCustomConfiguration",
            "displayName": f"Mac - certificates of the yard {number}",
            "payloadName": "Yard certificates",
            "payloadFileName": "yard.mobileconfig",
            "payload": _PAYLOAD,
        },
        {
            "@odata.type": "#microsoft.graph.iosWiFiConfiguration",
            "displayName": f"iOS - quay network {number}",
            "networkName": "Quay",
            "ssid": "HALDEN-QUAY",
            "connectAutomatically": True,
            "wiFiSecurityType": "wpa2Personal",
        },
    )
    common = {"id": id, "roleScopeTagIds": tags(number), "supportsScopeTags": True, "version": 1 + number % 6}
    yield Object("deviceConfiguration", common | stamps(world, "intune:configuration", number) | own[number % 4])
    more = {"source": "direct", "sourceId": id, "intent": "apply"}
    yield from assignments(world, "deviceConfiguration", id, "deviceConfigurationAssignment", number, more)


def _compliance(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:compliance", number)
    own: tuple[dict[str, Any], ...] = (
        {
            "@odata.type": "#microsoft.graph.windows10CompliancePolicy",
            "displayName": f"Compliance - Windows {number}",
            "bitLockerEnabled": True,
            "osMinimumVersion": "10.0.22631",
            "passwordRequired": True,
            "passwordMinimumLength": 8,
        },
        {
            "@odata.type": "#microsoft.graph.iosCompliancePolicy",
            "displayName": f"Compliance - iPhone {number}",
            "description": "Phones of the crew",
            "osMinimumVersion": "17.0",
            "passcodeRequired": True,
            "passcodeMinimumLength": 6,
            "securityBlockJailbrokenDevices": True,
        },
    )
    common = {"id": id, "roleScopeTagIds": tags(number), "version": 1 + number % 3}
    yield Object("deviceCompliancePolicy", common | stamps(world, "intune:compliance", number) | own[number % 2])
    more = {"source": "direct", "sourceId": id}
    yield from assignments(world, "deviceCompliancePolicy", id, "deviceCompliancePolicyAssignment", number, more)
    rule = world.id("intune:rule", number)
    yield from child(
        "deviceCompliancePolicy",
        id,
        "scheduledActionsForRule",
        "deviceComplianceScheduledActionForRule",
        {"id": rule, "ruleName": None},
    )
    for step, (action, hours) in enumerate((("block", 0), ("notification", 24), ("retire", 720))[: 2 + number % 2]):
        told = action == "notification"
        item = {
            "id": world.id("intune:action", number * 3 + step),
            "actionType": action,
            "gracePeriodHours": hours,
            "notificationTemplateId": world.id("intune:message") if told else _NOBODY,
            "notificationMessageCCList": [world.id("group:tier0"), world.id("group:automation")] if told else [],
        }
        yield from child(
            "deviceComplianceScheduledActionForRule",
            rule,
            "scheduledActionConfigurations",
            "deviceComplianceActionItem",
            item,
        )


def _reusable(world: World, number: int) -> Iterator[Item]:
    definition = "vendor_msft_firewall_mdmstore_dynamickeywords_addresses_{id}"
    keyword = {
        "settingDefinitionId": f"{definition}_keyword",
        "settingInstanceTemplateReference": None,
        "@odata.type": "#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance",
        "simpleSettingValue": {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationStringSettingValue",
            "settingValueTemplateReference": None,
            "value": ("ports.halden.example", "weather.halden.example")[number],
        },
    }
    properties: dict[str, Any] = {
        "id": world.id("intune:reusable", number),
        "displayName": ("Port authorities", "Weather services")[number],
        "referencingConfigurationPolicyCount": 1 - number,
        "settingDefinitionId": definition,
        "settingInstance": {
            "@odata.type": "#microsoft.graph.deviceManagementConfigurationGroupSettingCollectionInstance",
            "settingDefinitionId": definition,
            "settingInstanceTemplateReference": None,
            "groupSettingCollectionValue": [{"settingValueTemplateReference": None, "children": [keyword]}],
        },
        "version": 2 + number,
    }
    yield Object("deviceManagementReusablePolicySetting", properties | stamps(world, "intune:reusable", number))


def _catalog(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:catalog", number)
    count = 3 + number % 20
    template = number % 3 == 1
    policy: dict[str, Any] = {
        "id": id,
        "name": ("Edge - start pages", "Firewall - offices", "Microsoft 365 - macros")[number % 3] + f" {number}",
        "isAssigned": number % 7 != 5,
        "disableEntraGroupPolicyAssignment": False,
        "platforms": "windows10",
        "technologies": "mdm,microsoftSense" if template else "mdm",
        "roleScopeTagIds": tags(number),
        "settingCount": count,
        "templateReference": {
            "templateId": "19c8aa67-f286-4861-9aa0-f23541d31680_1" if template else "",
            "templateFamily": "endpointSecurityFirewall" if template else "none",
            "templateDisplayName": "Windows Firewall Rules" if template else None,
            "templateDisplayVersion": "Version 1" if template else None,
        },
    }
    yield Object("deviceManagementConfigurationPolicy", policy | stamps(world, "intune:catalog", number))
    kind = "deviceManagementConfigurationPolicyAssignment"
    more = {"source": "direct", "sourceId": id}
    yield from assignments(world, "deviceManagementConfigurationPolicy", id, kind, number, more)
    for place in range(count):
        rule = template and place == _RULE_PLACE
        instance = _firewall_rule(world) if rule else _setting(number, place)
        setting = {"id": str(place), "settingInstance": instance}
        yield from child(
            "deviceManagementConfigurationPolicy",
            id,
            "settings",
            "deviceManagementConfigurationSetting",
            setting,
            f"{id}/{place}",
        )


def _setting(number: int, place: int) -> dict[str, Any]:
    definition = f"{_PREFIX}_halden{number % 3}_setting{place}"
    head: dict[str, Any] = {"settingDefinitionId": definition, "settingInstanceTemplateReference": None}
    kind = "#microsoft.graph.deviceManagementConfiguration"
    if place % 3 == 0:
        value: dict[str, Any] = {"settingValueTemplateReference": None, "value": f"{definition}_1", "children": []}
        return {"@odata.type": f"{kind}ChoiceSettingInstance", **head, "choiceSettingValue": value}
    if place % 3 == 1:
        secret = {
            "@odata.type": f"{kind}SecretSettingValue",
            "settingValueTemplateReference": None,
            "value": f"token-{number}-{place}",
            "valueState": "encryptedValueToken",
        }
        return {"@odata.type": f"{kind}SimpleSettingInstance", **head, "simpleSettingValue": secret}
    pages = [
        {"@odata.type": f"{kind}StringSettingValue", "settingValueTemplateReference": None, "value": page}
        for page in ("https://start.halden.example", "https://crew.halden.example")
    ]
    return {"@odata.type": f"{kind}SimpleSettingCollectionInstance", **head, "simpleSettingCollectionValue": pages}


def _firewall_rule(world: World) -> dict[str, Any]:
    """A rule whose remote addresses are a reusable settings group."""
    kind = "#microsoft.graph.deviceManagementConfiguration"
    definition = "vendor_msft_firewall_mdmstore_firewallrules_{firewallrulename}"
    group = {
        "@odata.type": f"{kind}ReferenceSettingValue",
        "settingValueTemplateReference": None,
        "value": world.id("intune:reusable"),
    }
    addresses = {
        "@odata.type": f"{kind}SimpleSettingCollectionInstance",
        "settingDefinitionId": f"{definition}_remoteaddressdynamickeywords",
        "settingInstanceTemplateReference": None,
        "simpleSettingCollectionValue": [group],
    }
    return {
        "@odata.type": f"{kind}GroupSettingCollectionInstance",
        "settingDefinitionId": definition,
        "settingInstanceTemplateReference": None,
        "groupSettingCollectionValue": [{"settingValueTemplateReference": None, "children": [addresses]}],
    }


def _intent(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:intent", number)
    yield Object(
        "deviceManagementIntent",
        {
            "id": id,
            "displayName": ("Baseline - bridge terminals", "BitLocker - laptops")[number],
            "description": "" if number else "From before the settings catalog",
            "isAssigned": True,
            "isMigratingToConfigurationPolicy": False,
            "lastModifiedDateTime": stamps(world, "intune:intent", number)["lastModifiedDateTime"],
            "roleScopeTagIds": tags(number),
            "templateId": "034ccd46-190c-4afc-adf1-ad7cc11262eb",
        },
    )
    yield from assignments(world, "deviceManagementIntent", id, "deviceManagementIntentAssignment", number)
    values: tuple[tuple[str, Any], ...] = (
        ("Boolean", True),
        ("Integer", 14),
        ("String", "block"),
        ("Complex", [{"name": "recovery", "days": 30}]),
    )
    for place, (kind, value) in enumerate(values):
        setting = {
            "@odata.type": f"#microsoft.graph.deviceManagement{kind}SettingInstance",
            "id": world.id("intune:intent-setting", number * 4 + place),
            "definitionId": f"deviceConfiguration--windows10EndpointProtectionConfiguration_halden{place}",
            "valueJson": json.dumps(value),
        }
        yield from child("deviceManagementIntent", id, "settings", "deviceManagementSettingInstance", setting)


def _definitions(world: World) -> Iterator[Item]:
    for number, name in enumerate(_TEMPLATE_POLICIES):
        yield Object(
            "groupPolicyDefinition",
            {
                "id": world.id("intune:definition", number),
                "categoryPath": "\\Browser\\Start",
                "classType": ("user", "machine")[number % 2],
                "displayName": name,
                "groupPolicyCategoryId": world.id("intune:admx-category"),
                "hasRelatedDefinitions": False,
                "lastModifiedDateTime": "2023-02-13T00:00:00Z",
                "minDeviceCspVersion": "5.0",
                "minUserCspVersion": "5.0",
                "policyType": "admxBacked",
                "supportedOn": "Windows 10 or later",
                "version": "1.0",
            },
        )
        yield from child(
            "groupPolicyDefinition",
            world.id("intune:definition", number),
            "presentations",
            "groupPolicyPresentation",
            {
                "id": world.id("intune:presentation", number),
                "label": name,
                "lastModifiedDateTime": "2023-02-13T00:00:00Z",
            },
        )


def _templates(world: World, number: int) -> Iterator[Item]:
    id = world.id("intune:templates", number)
    moments = stamps(world, "intune:templates", number)
    policy = {
        "id": id,
        "displayName": f"Templates - browser {number}",
        "policyConfigurationIngestionType": "builtIn",
        "roleScopeTagIds": tags(number),
    }
    yield Object("groupPolicyConfiguration", policy | moments)
    more = {"lastModifiedDateTime": moments["lastModifiedDateTime"]}
    yield from assignments(world, "groupPolicyConfiguration", id, "groupPolicyConfigurationAssignment", number, more)
    for place in range(3):
        value = world.id("intune:definition-value", number * 3 + place)
        set_at = {"id": value, "configurationType": "policy", "enabled": place != 2, **moments}
        definition = {"definitionId": world.id("intune:definition", place)}
        yield from child(
            "groupPolicyConfiguration", id, "definitionValues", "groupPolicyDefinitionValue", set_at | definition
        )
        if place:
            yield from _presented(world, value, number * 3 + place, place, moments)


def _presented(world: World, value: str, number: int, place: int, moments: dict[str, str]) -> Iterator[Item]:
    pages = ["https://start.halden.example", "https://crew.halden.example"]
    shown: dict[str, Any] = (
        {"@odata.type": "#microsoft.graph.groupPolicyPresentationValueText", "value": pages[0]}
        if place == 1
        else {"@odata.type": "#microsoft.graph.groupPolicyPresentationValueMultiText", "values": pages}
    )
    presentation = world.id("intune:presentation", place)
    properties = {"id": world.id("intune:presented", number), "presentationId": presentation, **moments, **shown}
    yield from child(
        "groupPolicyDefinitionValue", value, "presentationValues", "groupPolicyPresentationValue", properties
    )

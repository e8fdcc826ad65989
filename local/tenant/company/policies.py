"""What the company has of tenant-wide policies."""

import json
from collections.abc import Iterator
from typing import Any

from local.tenant.company import app_policies, cross_tenant
from local.tenant.company.items import Item, Object
from local.tenant.company.world import DEFAULT_DOMAIN, SECOND_DOMAIN, World

_RESTRICTED_GUEST = "2af84b1e-32c8-42b7-82bc-daa82404023b"
_UNIFIED_TEMPLATE = "62375ab9-6b52-47ed-826b-58e47e0e304b"
_UNIFIED = {
    "EnableMIPLabels": ("System.Boolean", "false"),
    "CustomBlockedWordsList": ("System.String", ""),
    "EnableMSStandardBlockedWords": ("System.Boolean", "false"),
    "ClassificationDescriptions": ("System.String", ""),
    "DefaultClassification": ("System.String", ""),
    "PrefixSuffixNamingRequirement": ("System.String", ""),
    "AllowGuestsToBeGroupOwner": ("System.Boolean", "false"),
    "AllowGuestsToAccessGroups": ("System.Boolean", "true"),
    "GuestUsageGuidelinesUrl": ("System.String", ""),
    "GroupCreationAllowedGroupId": ("System.Guid", ""),
    "AllowToAddGuests": ("System.Boolean", "true"),
    "UsageGuidelinesUrl": ("System.String", ""),
    "ClassificationList": ("System.String", ""),
    "EnableGroupCreation": ("System.Boolean", "true"),
}
_TEMPLATES = (
    (_UNIFIED_TEMPLATE, "Group.Unified", _UNIFIED),
    ("08d542b9-071f-4e16-94b0-74abb372e3d9", "Group.Unified.Guest", {"AllowToAddGuests": ("System.Boolean", "true")}),
    (
        "80661d51-be2f-4d46-9713-98a2fcaec5bc",
        "Prohibited Names Settings",
        {
            "CustomBlockedSubStringsList": ("System.String", ""),
            "CustomBlockedWholeWordsList": ("System.String", ""),
        },
    ),
)


def items(world: World) -> Iterator[Item]:
    yield _authorization()
    yield from cross_tenant.items(world)
    yield _admin_consent(world)
    yield from app_policies.items(world)
    yield _idle_timeout(world)
    yield from _sign_up()
    yield _device_registration(world)
    yield _token_validation(world)
    yield from _groups(world)


def _authorization() -> Object:
    properties = {
        "id": "authorizationPolicy",
        "displayName": "Authorization Policy",
        "description": "What people and guests may do unasked",
        "allowInvitesFrom": "adminsAndGuestInviters",
        "allowedToSignUpEmailBasedSubscriptions": False,
        "allowedToUseSSPR": True,
        "allowEmailVerifiedUsersToJoinOrganization": False,
        "allowUserConsentForRiskyApps": None,
        "blockMsolPowerShell": True,
        "guestUserRoleId": _RESTRICTED_GUEST,
        "defaultUserRolePermissions": {
            "allowedToCreateApps": False,
            "allowedToCreateSecurityGroups": False,
            "allowedToCreateTenants": False,
            "allowedToReadBitlockerKeysForOwnedDevice": True,
            "allowedToReadOtherUsers": True,
            "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.halden-low-risk"],
        },
    }
    return Object("authorizationPolicy", properties)


def _admin_consent(world: World) -> Object:
    reviewers = [f"/users/{world.employee(1)}", f"/groups/{world.id('group:tier0')}/transitiveMembers"]
    properties = {
        "isEnabled": True,
        "notifyReviewers": True,
        "remindersEnabled": True,
        "requestDurationInDays": 30,
        "version": 4,
        "reviewers": [{"query": query, "queryType": "MicrosoftGraph", "queryRoot": None} for query in reviewers],
    }
    return Object("adminConsentRequestPolicy", properties)


def _idle_timeout(world: World) -> Object:
    rule = {"ActivityBasedTimeoutPolicy": {"Version": 1, "ApplicationPolicies": [
        {"ApplicationId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "WebSessionIdleTimeout": "00:30:00"},
        {"ApplicationId": "default", "WebSessionIdleTimeout": "02:00:00"},
    ]}}  # fmt: skip
    properties = {
        "id": world.id("idleTimeout"),
        "displayName": "Idle for two hours",
        "definition": [json.dumps(rule)],
        "isOrganizationDefault": True,
    }
    return Object("activityBasedTimeoutPolicy", properties)


def _sign_up() -> Iterator[Item]:
    yield Object(
        "authenticationFlowsPolicy",
        {
            "id": "authenticationFlowsPolicy",
            "displayName": "Authentication flows policy",
            "description": "Whether outsiders may sign themselves up",
            "selfServiceSignUp": {"isEnabled": True},
        },
    )
    yield Object(
        "externalIdentitiesPolicy",
        {
            "id": "externalIdentityPolicy",
            "displayName": "External Identities Policy",
            "description": None,
            "allowExternalIdentitiesToLeave": True,
            "allowDeletedIdentitiesDataRemoval": False,
        },
    )


def _device_registration(world: World) -> Object:
    everybody = {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"}
    properties = {
        "id": "deviceRegistrationPolicy",
        "displayName": "Device Registration Policy",
        "description": "Who may register and join devices, and how many",
        "userDeviceQuota": 20,
        "multiFactorAuthConfiguration": "notRequired",
        "azureADRegistration": {"isAdminConfigurable": False, "allowedToRegister": everybody},
        "azureADJoin": {
            "isAdminConfigurable": True,
            "allowedToJoin": {
                "@odata.type": "#microsoft.graph.enumeratedDeviceRegistrationMembership",
                "users": [world.employee(3), world.employee(1)],
                "groups": [world.id("group:all")],
            },
            "localAdmins": {
                "enableGlobalAdmins": True,
                "registeringUsers": {"@odata.type": "#microsoft.graph.noDeviceRegistrationMembership"},
            },
        },
        "localAdminPassword": {"isEnabled": True},
    }
    return Object("deviceRegistrationPolicy", properties)


def _token_validation(world: World) -> Object:
    domains = {
        "@odata.type": "#microsoft.graph.enumeratedDomains",
        "rootDomains": "enumerated",
        "domainNames": [SECOND_DOMAIN, DEFAULT_DOMAIN],
    }
    properties = {"id": world.id("federatedTokenValidation"), "validatingDomains": domains}
    return Object("federatedTokenValidationPolicy", properties)


def _groups(world: World) -> Iterator[Item]:
    changed: dict[str, str] = {
        "EnableMIPLabels": "true",
        "CustomBlockedWordsList": "payroll,board",
        "PrefixSuffixNamingRequirement": "HS-[GroupName]",
        "GroupCreationAllowedGroupId": world.id("group:all"),
        "EnableGroupCreation": "false",
    }
    values = {name: changed.get(name, default) for name, (_, default) in _UNIFIED.items()}
    yield _setting(world, 0, "Group.Unified", _UNIFIED_TEMPLATE, values)
    yield _setting(world, 1, _TEMPLATES[2][1], _TEMPLATES[2][0], dict.fromkeys(_TEMPLATES[2][2], "admin"))
    for id, name, known in _TEMPLATES:
        yield Object("groupSettingTemplate", _template(id, name, known))
    lifecycle = {
        "id": world.id("groupLifecycle"),
        "groupLifetimeInDays": 365,
        "managedGroupTypes": "Selected",
        "alternateNotificationEmails": f"it@{DEFAULT_DOMAIN}",
    }
    yield Object("groupLifecyclePolicy", lifecycle)


def _setting(world: World, number: int, name: str, template: str, values: dict[str, str]) -> Object:
    properties = {
        "id": world.id("groupSetting", number),
        "displayName": name,
        "templateId": template,
        "values": [{"name": key, "value": value} for key, value in values.items()],
    }
    return Object("groupSetting", properties)


def _template(id: str, name: str, known: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": id,
        "displayName": name,
        "description": f"Settings called {name}",
        "values": [
            {"name": key, "type": kind, "defaultValue": default, "description": f"{key} of {name}"}
            for key, (kind, default) in known.items()
        ],
    }

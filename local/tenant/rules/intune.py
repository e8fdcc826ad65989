"""Intune: what may be written of its kinds, and what the service makes of it.

Most of its refusals are 400 with little said; the words here are not confirmed. What is documented: a compliance policy
has exactly one action that blocks; built-in roles, tags and scripts are Microsoft's; the value of an encrypted setting
is never shown again, and its token is good for the policy it came from alone.
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from local.tenant.rules.directory import Directory, GraphFault, Object, Ref
from local.tenant.rules.kinds import Rules

MASK = "****"
_SUFFIXES = {
    "deviceEnrollmentLimitConfiguration": ("Limit", "limit"),
    "deviceEnrollmentPlatformRestrictionConfiguration": ("SinglePlatformRestriction", "singlePlatformRestriction"),
    "deviceEnrollmentPlatformRestrictionsConfiguration": ("PlatformRestrictions", "platformRestrictions"),
    "windows10EnrollmentCompletionPageConfiguration": (
        "Windows10EnrollmentCompletionPageConfiguration",
        "windows10EnrollmentCompletionPageConfiguration",
    ),
}
_FILES = frozenset({"win32LobApp"})
_OUT_OF_BOX = {
    "hidePrivacySettings": "privacySettingsHidden",
    "hideEULA": "eulaHidden",
    "userType": "userType",
    "deviceUsageType": "deviceUsageType",
    "skipKeyboardSelectionPage": "keyboardSelectionPageSkipped",
    "hideEscapeLink": "escapeLinkHidden",
}


def refused(message: str) -> GraphFault:
    return GraphFault(400, "BadRequest", message)


def check_tags(tags: Any, directory: Directory) -> None:
    for tag in tags or ():
        if directory.get("roleScopeTag", str(tag)) is None:
            raise refused(f"Role scope tag {tag} does not exist.")


def _tagged(sent: Mapping[str, Any], new: Object, directory: Directory) -> Object:
    """A new object without tags has the default one."""
    check_tags(sent.get("roleScopeTagIds"), directory)
    if not new.get("roleScopeTagIds"):
        new["roleScopeTagIds"] = ["0"]
    return new


def _retag(body: Mapping[str, Any], new: Object, directory: Directory, name: str = "roleScopeTagIds") -> None:
    """An object whose tags are taken away has the default one again."""
    check_tags(body.get(name), directory)
    if name in body and not body[name]:
        new[name] = ["0"]


def _create(*more: Callable[[Object, Object, Directory], None]) -> Callable[[Object, Object, Directory], Object]:
    def create(body: Object, new: Object, directory: Directory) -> Object:
        new = _tagged(body, new, directory)
        for one in more:
            one(body, new, directory)
        return new

    return create


def _update(
    *more: Callable[[Object, Object, Directory], None],
) -> Callable[[Object, Object, Object, Directory], Object]:
    def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
        _retag(body, new, directory)
        for one in more:
            one(body, new, directory)
        return new

    return update


def _both(*more: Callable[[Object, Object, Directory], None]) -> Rules:
    return Rules(create=_create(*more), update=_update(*more))


def _oma(body: Object, new: Object, directory: Directory) -> None:
    for setting in body.get("omaSettings") or ():
        if setting.get("isEncrypted") and setting.get("value") == MASK:
            raise refused("The value of an encrypted setting cannot be a mask.")
        if setting.get("isEncrypted"):
            secret = f"{directory.new_id()}_{new['id']}"
            setting |= {"value": MASK, "secretReferenceValueId": secret}
    if "omaSettings" in body:
        new["omaSettings"] = body["omaSettings"]
    new.setdefault("supportsScopeTags", True)


def _unassigned(body: Object, new: Object, directory: Directory) -> None:
    new.setdefault("isAssigned", False)


def _catalog(body: Object, new: Object, directory: Directory) -> None:
    new.setdefault("isAssigned", False)
    new.setdefault("disableEntraGroupPolicyAssignment", False)
    new["roleScopeTagIds"] = new.get("roleScopeTagIds") or ["0"]  # a PUT may leave them out
    new.setdefault(
        "templateReference",
        {"templateId": "", "templateFamily": "none", "templateDisplayName": None, "templateDisplayVersion": None},
    )


def _setting(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """A setting of a catalog policy goes by its number; a secret that comes in the open is kept as a token."""
    place = len(directory.links(*parent, "settings"))
    new["id"] = str(place)
    for value in secrets(new.get("settingInstance")):
        if value.get("valueState") == "notEncrypted":
            token = sha256(f"{parent.id}{place}{value.get('value')}".encode()).hexdigest()
            value |= {"value": token, "valueState": "encryptedValueToken"}
    return new


def secrets(value: Any) -> Iterator[Object]:
    """The secrets inside a setting of a catalog policy."""
    if isinstance(value, list):
        for item in value:
            yield from secrets(item)
    elif isinstance(value, dict):
        if str(value.get("@odata.type", "")).endswith("SecretSettingValue"):
            yield value
        for part in value.values():
            yield from secrets(part)


def _intent(body: Object, new: Object, directory: Directory) -> None:
    new.setdefault("isAssigned", False)
    new.setdefault("isMigratingToConfigurationPolicy", False)


def _template(body: Object, new: Object, directory: Directory) -> None:
    new.setdefault("policyConfigurationIngestionType", "builtIn")


def _definition_value(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    new.setdefault("configurationType", "policy")
    return new


def _reusable(body: Object, new: Object, directory: Directory) -> Object:
    new.setdefault("referencingConfigurationPolicyCount", 0)
    return new


def _tag(body: Object, new: Object, directory: Directory) -> Object:
    numbers = (int(one["id"]) for one in directory.find("roleScopeTag", "isBuiltIn", False))
    return new | {"id": str(1 + max(numbers, default=0)), "isBuiltIn": False}


def _not_built_in(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _keep(current)
    _retag(body, new, directory)
    return _role(new)


def _keep(current: Object) -> None:
    if current.get("isBuiltIn") or current.get("isGlobalScript"):
        raise refused("Built-in objects cannot be modified.")


def _not_kept(current: Object, directory: Directory) -> None:
    _keep(current)


def _filter(body: Object, new: Object, directory: Directory) -> Object:
    check_tags(body.get("roleScopeTags"), directory)
    if not new.get("roleScopeTags"):
        new["roleScopeTags"] = ["0"]
    new.setdefault("assignmentFilterManagementType", "devices")
    return new


def _change_filter(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _retag(body, new, directory, "roleScopeTags")
    return new


def _health(body: Object, new: Object, directory: Directory) -> None:
    new |= {"isGlobalScript": False, "version": "1", "deviceHealthScriptType": "deviceHealthScript"}


def _change_health(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _keep(current)
    _retag(body, new, directory)
    return new


def _enrolment(body: Object, new: Object, directory: Directory) -> Object:
    """A new configuration comes last among its kind."""
    suffix, type_ = _SUFFIXES[str(new["@odata.type"]).rpartition(".")[2]]
    others = directory.find("deviceEnrollmentConfiguration", "deviceEnrollmentConfigurationType", type_)
    last = max((one.get("priority") or 0 for one in others), default=0)
    new = _tagged(body, new, directory)
    return new | {
        "id": f"{new['id']}_{suffix}",
        "priority": last + 1,
        "version": 1,
        "deviceEnrollmentConfigurationType": type_,
    }


def _not_default(current: Object, directory: Directory) -> None:
    if current.get("priority") == 0:
        raise refused("The default enrollment configuration cannot be deleted.")


def _autopilot(body: Object, new: Object, directory: Directory) -> None:
    """The names of before May 2024 say the same as those that took their place."""
    new["language"] = new.get("locale")
    new["enableWhiteGlove"] = new.setdefault("preprovisioningAllowed", False)
    new["extractHardwareHash"] = new.setdefault("hardwareHashExtractionEnabled", False)
    new.setdefault("deviceType", "windowsPc")
    setting = new.get("outOfBoxExperienceSetting")
    if isinstance(setting, dict):
        new["outOfBoxExperienceSettings"] = {old: setting[name] for old, name in _OUT_OF_BOX.items() if name in setting}


def _create_role(body: Object, new: Object, directory: Directory) -> Object:
    return _role(_tagged(body, new, directory) | {"isBuiltIn": False, "isBuiltInRoleDefinition": False})


def _role(new: Object) -> Object:
    """`actions` repeats what the resource actions allow, and `permissions` repeats it all."""
    if "rolePermissions" not in new:
        return new
    held = [
        {
            **permission,
            "actions": [
                name for one in permission.get("resourceActions") or () for name in one["allowedResourceActions"]
            ],
        }
        for permission in new["rolePermissions"]
    ]
    return new | {"rolePermissions": held, "permissions": held}


def _role_assignment(body: Object, new: Object, directory: Directory) -> Object:
    for group in (*(new.get("members") or ()), *(new.get("resourceScopes") or ())):
        if directory.get("group", str(group)) is None:
            raise refused(f"Group {group} does not exist.")
    new.setdefault("scopeType", "resourceScope")
    check_tags(body.get("roleScopeTagIds"), directory)
    return new


def _change_role_assignment(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if new.get("roleDefinitionId") != current.get("roleDefinitionId"):
        raise refused("The role definition of an assignment cannot be changed.")
    return _role_assignment(body, new, directory)


def _message(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    if any(
        (directory.get(*one) or {}).get("locale") == new["locale"]
        for one in directory.links(*parent, "localizedNotificationMessages")
    ):
        raise refused(f"A message in {new['locale']} already exists.")
    return new | {"id": f"{parent.id}_{new['locale']}", "isDefault": new.get("isDefault", False)}


def _change_message(current: Object, body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    if new.get("locale") != current.get("locale"):
        raise refused("The locale of a message cannot be changed.")
    return new


def _terms(body: Object, new: Object, directory: Directory) -> None:
    new["modifiedDateTime"] = new["lastModifiedDateTime"]


def _app(body: Object, new: Object, directory: Directory) -> None:
    """An app that is a file has none yet."""
    if "uploadState" in new:
        return
    published = str(new["@odata.type"]).rpartition(".")[2] not in _FILES
    new |= {"isAssigned": False, "uploadState": int(published)}
    new["publishingState"] = "published" if published else "notPublished"
    new |= dict.fromkeys(("dependentAppCount", "supersedingAppCount", "supersededAppCount"), 0)


def _lettered(letter: str) -> Callable[[Object, Object, Directory], Object]:
    """Policies for apps go by a letter and a GUID."""

    def create(body: Object, new: Object, directory: Directory) -> Object:
        new = _tagged(body, new, directory)
        new |= {"id": f"{letter}_{new['id']}", "isAssigned": False, "version": _etag(directory)}
        if letter != "M":
            new["deployedAppCount"] = 0
        return new

    return create


def _retagged(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _retag(body, new, directory)
    return new | {"version": _etag(directory)}


def _etag(directory: Directory) -> str:
    return f'"{directory.new_id()[:12]}"'


def _managed(letter: str) -> Rules:
    return Rules(create=_lettered(letter), update=_retagged)


def _target_app(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """An app that a policy is for goes by its package and its system."""
    identifier = new["mobileAppIdentifier"]
    package = next((str(value) for name, value in identifier.items() if name != "@odata.type"), "")
    system = str(identifier.get("@odata.type", "")).rpartition(".")[2].removesuffix("MobileAppIdentifier")
    if not package or not system:
        raise refused("The app identifier is not valid.")
    return new | {"id": f"{package}.{system}", "version": "1"}


def _app_configuration(body: Object, new: Object, directory: Directory) -> None:
    for app in new.get("targetedMobileApps") or ():
        if directory.get("mobileApp", str(app)) is None:
            raise refused(f"Mobile app {app} does not exist.")
    if str(new["@odata.type"]).endswith("androidManagedStoreAppConfiguration"):
        new.setdefault("appSupportsOemConfig", False)


def _relation(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    target = directory.get("mobileApp", str(new["targetId"]))
    if target is None:
        raise refused(f"Mobile app {new['targetId']} does not exist.")
    return new | {
        "id": f"{parent.id}_{new['targetId']}",
        "targetDisplayName": target.get("displayName"),
        "targetType": "child",
    }


def _assignment(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """Whom it goes to has to be there, and so has the filter it goes through."""
    target = new["target"]
    kind = str(target.get("@odata.type", "")).rpartition(".")[2]
    group, through = target.get("groupId"), target.get("deviceAndAppManagementAssignmentFilterId")
    if not kind.endswith("AssignmentTarget") or ("roup" in kind) is not bool(group):
        raise refused("The target of the assignment is not valid.")
    if group and directory.get("group", str(group)) is None:
        raise refused(f"Group {group} does not exist.")
    if through and directory.get("deviceAndAppManagementAssignmentFilter", str(through)) is None:
        raise refused(f"Assignment filter {through} does not exist.")
    target.setdefault("deviceAndAppManagementAssignmentFilterId", None)
    target.setdefault("deviceAndAppManagementAssignmentFilterType", "none")
    return new | {"id": f"{parent.id}_{group or kind}"}


ASSIGNMENTS = (
    "deviceConfigurationAssignment",
    "deviceCompliancePolicyAssignment",
    "deviceManagementConfigurationPolicyAssignment",
    "deviceManagementIntentAssignment",
    "groupPolicyConfigurationAssignment",
    "deviceManagementScriptAssignment",
    "deviceHealthScriptAssignment",
    "enrollmentConfigurationAssignment",
    "windowsAutopilotDeploymentProfileAssignment",
    "roleScopeTagAutoAssignment",
    "termsAndConditionsAssignment",
    "mobileAppAssignment",
    "targetedManagedAppPolicyAssignment",
    "managedDeviceMobileAppConfigurationAssignment",
)

RULES: Mapping[str, Rules] = {
    **{kind: Rules(create_child=_assignment) for kind in ASSIGNMENTS},
    "deviceConfiguration": _both(_oma),
    "deviceCompliancePolicy": _both(),
    "deviceManagementConfigurationPolicy": _both(_catalog),
    "deviceManagementConfigurationSetting": Rules(create_child=_setting),
    "deviceManagementIntent": _both(_intent),
    "groupPolicyConfiguration": _both(_template),
    "groupPolicyDefinitionValue": Rules(create_child=_definition_value),
    "deviceManagementReusablePolicySetting": Rules(create=_reusable),
    "deviceAndAppManagementAssignmentFilter": Rules(create=_filter, update=_change_filter),
    "roleScopeTag": Rules(create=_tag, update=_not_built_in, delete=_not_kept),
    "deviceManagementScript": _both(),
    "deviceShellScript": _both(),
    "deviceHealthScript": Rules(create=_create(_health), update=_change_health, delete=_not_kept),
    "deviceEnrollmentConfiguration": Rules(create=_enrolment, update=_update(), delete=_not_default),
    "windowsAutopilotDeploymentProfile": _both(_autopilot),
    "roleDefinition": Rules(create=_create_role, update=_not_built_in, delete=_not_kept),
    "deviceAndAppManagementRoleAssignment": Rules(create=_role_assignment, update=_change_role_assignment),
    "notificationMessageTemplate": _both(),
    "localizedNotificationMessage": Rules(create_child=_message, update_child=_change_message),
    "termsAndConditions": _both(_terms),
    "deviceCategory": _both(),
    "mobileApp": _both(_app),
    "mobileAppRelationship": Rules(create_child=_relation),
    "managedMobileApp": Rules(create_child=_target_app),
    "iosManagedAppProtection": _managed("T"),
    "androidManagedAppProtection": _managed("T"),
    "windowsManagedAppProtection": _managed("T"),
    "mdmWindowsInformationProtectionPolicy": _managed("M"),
    "targetedManagedAppConfiguration": _managed("A"),
    "managedDeviceMobileAppConfiguration": _both(_app_configuration),
}

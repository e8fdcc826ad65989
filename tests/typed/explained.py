"""What the typed client's v1.0 does not know of the catalogue's types, and why that is right: no mistake of the
emulated tenant or of the fixtures.

`UNKNOWN`, `LOST` and `SUBTYPES` are reason → the client's model → names. `WITHOUT_MODEL` is a type of Graph's metadata
→ reason, `REFUSED` a key of the catalogue → reason.
"""

from collections.abc import Mapping

from tests.typed.compare import Finding

type Table = Mapping[str, Mapping[str, str]]

_BETA = "read from /beta, which has more than v1.0"
_SENT = "v1.0 sends it, and its metadata does not declare it"
_OPEN = "an open type: the names are data"
_EXTENSION = "the value of a directory extension, whose name is the tenant's own"
_RESERVED = "an enumeration member that is a word of Python: the model's member has another name and is not found"
_EMPTY = "an empty text for an enumeration that has no such member, as in Microsoft's own example"
_FLAGS = "each member is a set of flags, 'password,sms'; the model takes the members of a list for single flags"

_FILTER = "deviceAndAppManagementAssignmentFilterId deviceAndAppManagementAssignmentFilterType"
_RULES = (
    "deviceManagementApplicabilityRuleDeviceMode deviceManagementApplicabilityRuleOsEdition "
    "deviceManagementApplicabilityRuleOsVersion roleScopeTagIds supportsScopeTags"
)
_SOURCE = "source sourceId"
_ENROLLMENT = "deviceEnrollmentConfigurationType roleScopeTagIds"
_APP = "dependentAppCount isAssigned roleScopeTagIds supersededAppCount supersedingAppCount uploadState"

UNKNOWN: Table = {
    _BETA: {
        "AllDevicesAssignmentTarget": _FILTER,
        "AllLicensedUsersAssignmentTarget": _FILTER,
        "AndroidManagedAppProtection": "appGroupType approvedKeyboards roleScopeTagIds",
        "ConditionalAccessSessionControls": "continuousAccessEvaluation",
        "Device": "extensionAttributes",
        "DeviceAndAppManagementRoleAssignment": "roleScopeTagIds scopeMembers scopeType",
        "DeviceAndAppManagementRoleDefinition": "isBuiltInRoleDefinition permissions roleScopeTagIds",
        "DeviceCategory": "roleScopeTagIds",
        "DeviceCompliancePolicyAssignment": _SOURCE,
        "DeviceConfiguration": f"{_RULES} connectAutomatically networkName preSharedKey ssid wiFiSecurityType",
        "DeviceConfigurationAssignment": f"intent {_SOURCE}",
        "DeviceEnrollmentConfiguration": f"{_ENROLLMENT} platformRestriction platformType",
        "DeviceEnrollmentLimitConfiguration": _ENROLLMENT,
        "DeviceEnrollmentPlatformRestriction": "blockedManufacturers blockedSkus",
        "DeviceEnrollmentPlatformRestrictionsConfiguration": _ENROLLMENT,
        "EnrollmentConfigurationAssignment": _SOURCE,
        "ExclusionGroupAssignmentTarget": _FILTER,
        "FederatedIdentityCredential": "claimsMatchingExpression",
        "GroupAssignmentTarget": _FILTER,
        "IosCompliancePolicy": "roleScopeTagIds",
        "IosManagedAppProtection": "appGroupType exemptedAppProtocols roleScopeTagIds",
        "IosMobileAppConfiguration": "roleScopeTagIds",
        "IosStoreApp": _APP,
        "IosVppApp": f"{_APP} vppTokenId",
        "MacOSCustomConfiguration": _RULES,
        "ManagedDevice": "roleScopeTagIds usersLoggedOn",
        "ManagedDeviceMobileAppConfiguration": (
            "appSupportsOemConfig packageId payloadJson permissionActions profileApplicability roleScopeTagIds"
        ),
        "ManagedIOSStoreApp": _APP,
        "MdmWindowsInformationProtectionPolicy": "roleScopeTagIds",
        "MobileApp": f"{_APP} installExperience manifestHash packageIdentifier",
        "MobileAppAssignment": _SOURCE,
        "MobileAppRelationship": "dependencyType supersedenceType targetType",
        "NotificationMessageTemplate": "description",
        "OmaSettingInteger": "isEncrypted secretReferenceValueId",
        "OmaSettingString": "isEncrypted secretReferenceValueId",
        "RolePermission": "actions",
        "TargetedManagedAppConfiguration": "appGroupType roleScopeTagIds targetedAppManagementLevels",
        "TargetedManagedAppPolicyAssignment": _SOURCE,
        "TermsAndConditions": "modifiedDateTime roleScopeTagIds",
        "WebApp": _APP,
        "Win32LobApp": f"{_APP} detectionRules requirementRules",
        "Windows10CompliancePolicy": "roleScopeTagIds",
        "Windows10CustomConfiguration": _RULES,
        "Windows10EnrollmentCompletionPageConfiguration": (
            f"{_ENROLLMENT} installProgressTimeoutInMinutes selectedMobileAppIds showInstallationProgress"
        ),
        "WindowsAutopilotDeploymentProfile": (
            "assignments enableWhiteGlove enrollmentStatusScreenSettings extractHardwareHash "
            "hybridAzureADJoinSkipConnectivityCheck language outOfBoxExperienceSettings"
        ),
        "WindowsUpdateForBusinessConfiguration": _RULES,
    },
    _SENT: {
        "AppConsentRequest": "consentType",
        "AuthenticationConditionsApplications": "includeAllApplications",
        "AuthenticationMethodsRegistrationCampaign": "enforceRegistrationAfterAllowedSnoozes",
        "Identity": "mail userPrincipalName",  # of who asks for consent
        "Organization": "directorySizeQuota isMultipleDataLocationsForServicesEnabled",
        "UnifiedRoleAssignment": "resourceScope",  # the former name of directoryScopeId
        "UserIdentity": "homeTenantId homeTenantName type userType",  # of who did something, or made a review
    },
    _OPEN: {
        "CustomSecurityAttributeValue": "Cargo Clearance Crew HandlesCargo Vessels",  # attribute sets, and attributes
        "DetailsInfo": "ReportableIdentifier ServicePrincipalDisplayName ServicePrincipalId",
    },
    _EXTENSION: dict.fromkeys(("AdministrativeUnit", "Device", "Group", "User"), "extension_…"),
}

LOST: Table = {
    _EMPTY: {"UserRegistrationDetails": "userPreferredMethodForSecondaryAuthentication"},
    _FLAGS: {"AuthenticationStrengthPolicy": "allowedCombinations"},
    _RESERVED: {"ManagedIOSStoreApp": "appAvailability", "ProvisioningStep": "provisioningStepType"},
}

SUBTYPES: Table = {
    _BETA: {
        "DeviceConfiguration": "iosWiFiConfiguration",
        "DeviceEnrollmentConfiguration": "deviceEnrollmentPlatformRestrictionConfiguration",
        "ManagedDeviceMobileAppConfiguration": "androidManagedStoreAppConfiguration",
        "MobileApp": "winGetApp",
        "MobileAppRelationship": "mobileAppDependency mobileAppSupersedence",
        "WindowsAutopilotDeploymentProfile": (
            "activeDirectoryWindowsAutopilotDeploymentProfile azureADWindowsAutopilotDeploymentProfile"
        ),
    },
}

WITHOUT_MODEL = dict.fromkeys(
    (
        "deviceAndAppManagementAssignmentFilter",
        "deviceHealthScript",
        "deviceManagementConfigurationPolicy",
        "deviceManagementConfigurationSetting",
        "deviceManagementIntent",
        "deviceManagementIntentAssignment",
        "deviceManagementReusablePolicySetting",
        "deviceManagementScript",
        "deviceManagementSettingInstance",
        "deviceShellScript",
        "externalIdentitiesPolicy",
        "groupPolicyConfiguration",
        "groupPolicyDefinitionValue",
        "roleScopeTag",
        "roleScopeTagAutoAssignment",
        "strongAuthenticationRequirements",
        "windowsManagedAppProtection",
    ),
    "only in /beta",
)

_DELEGATED = "no application may read it; its fixture alone is read"

REFUSED = {
    "deletedConditionalAccessPolicies": _DELEGATED,
    "deletedNamedLocations": _DELEGATED,
    "termsOfUseAgreements": _DELEGATED,
}


def explained() -> dict[Finding, str]:
    """Every finding that is as it should be, with its reason."""
    tables: dict[str, Table] = {"unknown": UNKNOWN, "lost": LOST, "subtype": SUBTYPES}
    return {
        Finding(model, name, kind): reason
        for kind, table in tables.items()
        for reason, models in table.items()
        for model, names in models.items()
        for name in names.split()
    }

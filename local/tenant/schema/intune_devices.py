"""Kinds of Intune's device management: scripts, enrolment, filters, scope tags, roles, messages and the devices.

What is configured on devices is in `intune_policies`.
"""

from local.tenant.schema import intune_policies
from local.tenant.schema.intune import (
    CONFIGURATION,
    DEVICES,
    RBAC,
    SCRIPTS,
    SERVICE,
    assigned,
    assignment,
    child,
    held,
    intune,
)
from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table

DEVICE_SCRIPT = intune(
    name="deviceManagementScript",
    collection="deviceManagementScripts",
    path="/deviceManagement/deviceManagementScripts",
    beta=True,
    reads=SCRIPTS,
    writes_with=SCRIPTS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "fileName",
        "scriptContent",
    ),
    properties=table("""
        id guid ro
        displayName string
        description string?
        scriptContent binary detail
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        runAsAccount string
        enforceSignatureCheck bool
        fileName string
        roleScopeTagIds string[] set
        runAs32Bit bool
    """),
    links=links(assigned("deviceManagementScriptAssignment")),
)

SHELL_SCRIPT = intune(
    name="deviceShellScript",
    collection="deviceShellScripts",
    path="/deviceManagement/deviceShellScripts",
    beta=True,
    reads=SCRIPTS,
    writes_with=SCRIPTS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "fileName",
        "scriptContent",
    ),
    properties=table("""
        id guid ro
        displayName string
        description string?
        scriptContent binary detail
        blockExecutionNotifications bool
        createdDateTime datetime ro
        executionFrequency string
        fileName string
        lastModifiedDateTime datetime ro
        retryCount int
        roleScopeTagIds string[] set
        runAsAccount string
    """),
    links=links(assigned("deviceManagementScriptAssignment")),
)

HEALTH_SCRIPT = intune(
    name="deviceHealthScript",
    collection="deviceHealthScripts",
    path="/deviceManagement/deviceHealthScripts",
    beta=True,
    reads=SCRIPTS,
    writes_with=SCRIPTS[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "detectionScriptContent",
    ),
    properties=table("""
        id guid ro
        displayName string
        description string?
        publisher string
        version string ro
        detectionScriptContent binary? detail
        remediationScriptContent binary? detail
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        runAsAccount string
        enforceSignatureCheck bool
        runAs32Bit bool
        roleScopeTagIds string[] set
        isGlobalScript bool ro
        highestAvailableVersion string? ro
        deviceHealthScriptType string ro
        detectionScriptParameters open[]
        remediationScriptParameters open[]
    """),
    links=links(assigned("deviceHealthScriptAssignment")),
)

ENROLLMENT_CONFIGURATION = intune(
    name="deviceEnrollmentConfiguration",
    collection="deviceEnrollmentConfigurations",
    path="/deviceManagement/deviceEnrollmentConfigurations",
    beta=True,
    reads=SERVICE,
    writes_with=SERVICE[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    subtypes={
        "deviceEnrollmentLimitConfiguration": ("limit",),
        "deviceEnrollmentPlatformRestrictionConfiguration": ("platformRestriction", "platformType"),
        "deviceEnrollmentPlatformRestrictionsConfiguration": ("androidRestriction", "iosRestriction"),
        "windows10EnrollmentCompletionPageConfiguration": (
            "installProgressTimeoutInMinutes",
            "selectedMobileAppIds",
            "showInstallationProgress",
        ),
    },
    properties=table("""
        id string ro
        displayName string
        description string?
        priority int ro
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        version int ro
        roleScopeTagIds string[] set
        deviceEnrollmentConfigurationType string ro
        limit int
        platformRestriction open?
        platformType string create
        androidRestriction open?
        iosRestriction open?
        installProgressTimeoutInMinutes int
        selectedMobileAppIds string[] set
        showInstallationProgress bool
    """),
    links=links(assigned("enrollmentConfigurationAssignment")),
)

AUTOPILOT_PROFILE = intune(
    name="windowsAutopilotDeploymentProfile",
    collection="windowsAutopilotDeploymentProfiles",
    path="/deviceManagement/windowsAutopilotDeploymentProfiles",
    beta=True,
    reads=SERVICE,
    writes_with=SERVICE[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    subtypes={
        "azureADWindowsAutopilotDeploymentProfile": (),
        "activeDirectoryWindowsAutopilotDeploymentProfile": ("hybridAzureADJoinSkipConnectivityCheck",),
    },
    properties=table("""
        id guid ro
        displayName string
        description string?
        language string? ro
        locale string?
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        deviceNameTemplate string?
        deviceType string
        enableWhiteGlove bool ro
        enrollmentStatusScreenSettings open?
        extractHardwareHash bool ro
        hardwareHashExtractionEnabled bool
        managementServiceAppId string?
        outOfBoxExperienceSetting open?
        outOfBoxExperienceSettings open? ro
        preprovisioningAllowed bool
        roleScopeTagIds string[] set
        hybridAzureADJoinSkipConnectivityCheck bool
    """),
    links=links(assigned("windowsAutopilotDeploymentProfileAssignment")),
)

ASSIGNMENT_FILTER = intune(
    name="deviceAndAppManagementAssignmentFilter",
    collection="assignmentFilters",
    path="/deviceManagement/assignmentFilters",
    beta=True,
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "platform",
        "rule",
    ),
    properties=table("""
        id guid ro
        displayName string
        description string?
        platform string create
        rule string
        assignmentFilterManagementType string create
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        payloads open[] set ro
        roleScopeTags string[] set
    """),
)

SCOPE_TAG = intune(
    name="roleScopeTag",
    collection="roleScopeTags",
    path="/deviceManagement/roleScopeTags",
    beta=True,
    reads=RBAC,
    writes_with=RBAC[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table("""
        id string ro
        displayName string
        description string?
        isBuiltIn bool ro
    """),
    links=links(assigned("roleScopeTagAutoAssignment")),
)

# The list of assignments does not say which role they are of; the one below a role does not say who their members are.
ROLE_DEFINITION = intune(
    name="roleDefinition",
    collection="roleDefinitions",
    path="/deviceManagement/roleDefinitions",
    reads=RBAC,
    writes_with=RBAC[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "rolePermissions",
    ),
    subtypes={"deviceAndAppManagementRoleDefinition": ()},
    properties=table("""
        id guid ro
        displayName string
        description string?
        isBuiltIn bool ro
        isBuiltInRoleDefinition bool ro beta
        permissions open[] ro set beta
        rolePermissions open[] set
        roleScopeTagIds string[] set beta
    """),
    links=links(held("roleAssignments", "roleAssignment")),
)

ASSIGNMENT_OF_ROLE = child(
    name="roleAssignment",
    collection="roleAssignments",
    reads=RBAC,
    writes_with=RBAC[1:],
    methods=frozenset(set()),
    subtypes={"deviceAndAppManagementRoleAssignment": ("members",)},
    properties=table("""
        id guid ro
        displayName string
        description string?
        members string[]
        resourceScopes string[] set
    """),
)

ROLE_ASSIGNMENT = intune(
    name="deviceAndAppManagementRoleAssignment",
    collection="roleAssignments",
    path="/deviceManagement/roleAssignments",
    reads=RBAC,
    writes_with=RBAC[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "members",
        "roleDefinition",
    ),
    properties=table("""
        id guid ro
        displayName string
        description string?
        members string[] set
        resourceScopes string[] set
        scopeMembers string[] set beta
        scopeType string beta
        roleScopeTagIds string[] set beta
        roleDefinitionId guid never
    """),
    links=links(
        LinkRule(
            name="roleDefinition",
            to=("roleDefinition",),
            single=True,
            held=Held.OWN,
            via="roleDefinitionId",
            bound=True,
        )
    ),
)

MESSAGE_TEMPLATE = intune(
    name="notificationMessageTemplate",
    collection="notificationMessageTemplates",
    path="/deviceManagement/notificationMessageTemplates",
    reads=SERVICE,
    writes_with=SERVICE[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table("""
        id guid ro
        displayName string
        brandingOptions string
        defaultLocale string
        description string? beta
        lastModifiedDateTime datetime ro
        roleScopeTagIds string[] set
    """),
    links=links(held("localizedNotificationMessages", "localizedNotificationMessage")),
)

LOCALIZED_MESSAGE = child(
    name="localizedNotificationMessage",
    collection="localizedNotificationMessages",
    reads=SERVICE,
    writes_with=SERVICE[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "locale",
        "messageTemplate",
        "subject",
    ),
    properties=table("""
        id string ro
        isDefault bool
        lastModifiedDateTime datetime ro
        locale string
        messageTemplate string
        subject string
    """),
)

TERMS = intune(
    name="termsAndConditions",
    collection="termsAndConditions",
    path="/deviceManagement/termsAndConditions",
    reads=SERVICE,
    writes_with=SERVICE[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "acceptanceStatement",
        "bodyText",
        "displayName",
        "title",
    ),
    properties=table("""
        id guid ro
        acceptanceStatement string
        bodyText string
        createdDateTime datetime ro
        description string?
        displayName string
        lastModifiedDateTime datetime ro
        modifiedDateTime datetime ro beta
        roleScopeTagIds string[] set beta
        title string
        version int ro
    """),
    links=links(assigned("termsAndConditionsAssignment")),
)

CATEGORY = intune(
    name="deviceCategory",
    collection="deviceCategories",
    path="/deviceManagement/deviceCategories",
    reads=(*CONFIGURATION, *DEVICES),
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table("""
        id guid ro
        displayName string
        description string?
        roleScopeTagIds string[] set beta
    """),
)

MANAGED_DEVICE = intune(
    name="managedDevice",
    collection="managedDevices",
    path="/deviceManagement/managedDevices",
    reads=DEVICES,
    properties=table("""
        id guid ro
        azureADDeviceId string ro
        azureADRegistered bool? ro
        complianceGracePeriodExpirationDateTime datetime ro volatile
        complianceState string ro
        deviceActionResults open[] ro set
        deviceCategoryDisplayName string ro
        deviceEnrollmentType string ro
        deviceHealthAttestationState open? ro
        deviceName string ro
        deviceRegistrationState string ro
        easActivated bool ro
        easActivationDateTime datetime ro volatile
        emailAddress string ro
        enrolledDateTime datetime ro
        enrollmentProfileName string? ro
        exchangeLastSuccessfulSyncDateTime datetime ro volatile
        freeStorageSpaceInBytes int ro
        imei string? ro
        isEncrypted bool ro
        isSupervised bool ro
        jailBroken string ro
        lastSyncDateTime datetime ro volatile
        managedDeviceName string
        managedDeviceOwnerType string
        managementAgent string ro
        managementCertificateExpirationDate datetime ro
        manufacturer string ro
        model string ro
        notes string? detail
        operatingSystem string ro
        osVersion string ro
        partnerReportedThreatState string ro
        phoneNumber string? ro
        roleScopeTagIds string[] detail set beta
        serialNumber string ro
        totalStorageSpaceInBytes int ro
        userDisplayName string ro
        userId string ro
        userPrincipalName string ro
        usersLoggedOn open[] ro set beta
        wiFiMacAddress string? ro
    """),
    links=links(
        LinkRule(name="deviceCategory", to=("deviceCategory",), single=True),
        LinkRule(name="users", to=("user",), held=Held.STORED),
    ),
)

KINDS: tuple[Kind, ...] = (
    *intune_policies.KINDS,
    DEVICE_SCRIPT,
    SHELL_SCRIPT,
    assignment("deviceManagementScriptAssignment"),
    HEALTH_SCRIPT,
    assignment("deviceHealthScriptAssignment", "runRemediationScript bool\nrunSchedule open?"),
    ENROLLMENT_CONFIGURATION,
    assignment("enrollmentConfigurationAssignment", "source string\nsourceId string?"),
    AUTOPILOT_PROFILE,
    assignment(
        "windowsAutopilotDeploymentProfileAssignment",
        "source string\nsourceId string?",
        methods=frozenset({"POST", "DELETE"}),
        writes_with=SERVICE[1:],
    ),
    ASSIGNMENT_FILTER,
    SCOPE_TAG,
    assignment("roleScopeTagAutoAssignment"),
    ROLE_DEFINITION,
    ASSIGNMENT_OF_ROLE,
    ROLE_ASSIGNMENT,
    MESSAGE_TEMPLATE,
    LOCALIZED_MESSAGE,
    TERMS,
    assignment("termsAndConditionsAssignment", methods=frozenset({"POST", "DELETE"}), writes_with=SERVICE[1:]),
    CATEGORY,
    MANAGED_DEVICE,
)

"""Kinds of what Intune configures on devices: profiles, compliance, the settings catalog, intents, ADMX templates.

Most subtypes of deviceConfiguration are only under beta, so the kind is modelled there alone; each subtype has some of
its properties. The values of encrypted OMA settings are never shown; a secret of the settings catalog is a token.
"""

from local.tenant.schema.intune import CONFIGURATION, assigned, assignment, child, held, intune
from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table

DEVICE_CONFIGURATION = intune(
    name="deviceConfiguration",
    collection="deviceConfigurations",
    path="/deviceManagement/deviceConfigurations",
    beta=True,
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    subtypes={
        "windows10CustomConfiguration": ("omaSettings",),
        "windowsUpdateForBusinessConfiguration": (
            "automaticUpdateMode",
            "businessReadyUpdatesOnly",
            "driversExcluded",
            "featureUpdatesDeferralPeriodInDays",
            "installationSchedule",
            "qualityUpdatesDeferralPeriodInDays",
        ),
        "macOSCustomConfiguration": ("payload", "payloadFileName", "payloadName"),
        "iosWiFiConfiguration": ("connectAutomatically", "networkName", "preSharedKey", "ssid", "wiFiSecurityType"),
    },
    properties=table("""
        id guid ro
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        displayName string
        description string?
        version int ro
        roleScopeTagIds string[] set
        supportsScopeTags bool ro
        deviceManagementApplicabilityRuleDeviceMode open?
        deviceManagementApplicabilityRuleOsEdition open?
        deviceManagementApplicabilityRuleOsVersion open?
        omaSettings open[]
        automaticUpdateMode string
        businessReadyUpdatesOnly string
        driversExcluded bool
        featureUpdatesDeferralPeriodInDays int
        installationSchedule open?
        qualityUpdatesDeferralPeriodInDays int
        payload binary
        payloadFileName string
        payloadName string
        connectAutomatically bool
        networkName string
        preSharedKey string?
        ssid string
        wiFiSecurityType string
    """),
    links=links(assigned("deviceConfigurationAssignment")),
)

DEVICE_COMPLIANCE_POLICY = intune(
    name="deviceCompliancePolicy",
    collection="deviceCompliancePolicies",
    path="/deviceManagement/deviceCompliancePolicies",
    beta=True,
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    subtypes={
        "windows10CompliancePolicy": ("bitLockerEnabled", "passwordMinimumLength", "passwordRequired"),
        "iosCompliancePolicy": ("passcodeMinimumLength", "passcodeRequired", "securityBlockJailbrokenDevices"),
    },
    properties=table("""
        id guid ro
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        displayName string
        description string?
        version int ro
        roleScopeTagIds string[] set
        bitLockerEnabled bool
        osMaximumVersion string?
        osMinimumVersion string?
        passwordMinimumLength int?
        passwordRequired bool
        passcodeMinimumLength int?
        passcodeRequired bool
        securityBlockJailbrokenDevices bool
    """),
    links=links(
        assigned("deviceCompliancePolicyAssignment"),
        held("scheduledActionsForRule", "deviceComplianceScheduledActionForRule", deep=True),
    ),
)

SCHEDULED_ACTION = child(
    name="deviceComplianceScheduledActionForRule",
    collection="scheduledActionsForRule",
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST"}),
    properties=table("""
        id guid ro
        ruleName string?
    """),
    links=links(held("scheduledActionConfigurations", "deviceComplianceActionItem", deep=True)),
)

ACTION_ITEM = child(
    name="deviceComplianceActionItem",
    collection="scheduledActionConfigurations",
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST"}),
    required=("actionType",),
    properties=table("""
        id guid ro
        actionType string
        gracePeriodHours int
        notificationTemplateId string?
        notificationMessageCCList string[] set
    """),
)

CONFIGURATION_POLICY = intune(
    name="deviceManagementConfigurationPolicy",
    collection="configurationPolicies",
    path="/deviceManagement/configurationPolicies",
    beta=True,
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "PUT", "DELETE"}),
    required=(
        "name",
        "platforms",
        "technologies",
    ),
    shows_updates=False,
    properties=table("""
        id guid ro
        name string
        description string?
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        creationSource string? ro
        disableEntraGroupPolicyAssignment bool ro
        isAssigned bool ro
        platforms string create
        priorityMetaData open?
        roleScopeTagIds string[] set
        settingCount int ro
        technologies string create
        templateReference open? create
    """),
    links=links(
        assigned("deviceManagementConfigurationPolicyAssignment"),
        held("settings", "deviceManagementConfigurationSetting", deep=True),
    ),
)

# Its id is a number that begins again in each policy.
CONFIGURATION_SETTING = child(
    name="deviceManagementConfigurationSetting",
    collection="settings",
    keys=("id",),
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST"}),
    required=("settingInstance",),
    properties=table("""
        id string create
        settingInstance open
    """),
)

REUSABLE_SETTING = intune(
    name="deviceManagementReusablePolicySetting",
    collection="reusablePolicySettings",
    path="/deviceManagement/reusablePolicySettings",
    beta=True,
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "settingDefinitionId",
        "settingInstance",
    ),
    properties=table("""
        id guid ro
        displayName string
        description string?
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        referencingConfigurationPolicyCount int ro
        settingDefinitionId string
        settingInstance open
        version int ro
    """),
)

INTENT = intune(
    name="deviceManagementIntent",
    collection="intents",
    path="/deviceManagement/intents",
    beta=True,
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=(
        "displayName",
        "templateId",
    ),
    properties=table("""
        id guid ro
        displayName string
        description string?
        isAssigned bool ro
        isMigratingToConfigurationPolicy bool? ro
        lastModifiedDateTime datetime ro
        roleScopeTagIds string[] set
        templateId string? create
    """),
    links=links(
        assigned("deviceManagementIntentAssignment"),
        held("settings", "deviceManagementSettingInstance", deep=True),
    ),
)

INTENT_SETTING = child(
    name="deviceManagementSettingInstance",
    collection="settings",
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST"}),
    required=("definitionId",),
    subtypes={
        "deviceManagementBooleanSettingInstance": (),
        "deviceManagementIntegerSettingInstance": (),
        "deviceManagementStringSettingInstance": (),
        "deviceManagementComplexSettingInstance": (),
    },
    properties=table("""
        id guid ro
        definitionId string
        valueJson string?
    """),
)

GROUP_POLICY_CONFIGURATION = intune(
    name="groupPolicyConfiguration",
    collection="groupPolicyConfigurations",
    path="/deviceManagement/groupPolicyConfigurations",
    beta=True,
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("displayName",),
    properties=table("""
        id guid ro
        displayName string
        description string?
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        policyConfigurationIngestionType string ro
        roleScopeTagIds string[] set
    """),
    links=links(
        assigned("groupPolicyConfigurationAssignment"),
        held("definitionValues", "groupPolicyDefinitionValue"),
    ),
)

DEFINITION_VALUE = child(
    name="groupPolicyDefinitionValue",
    collection="definitionValues",
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("definition",),
    properties=table("""
        id guid ro
        configurationType string
        createdDateTime datetime ro
        enabled bool
        lastModifiedDateTime datetime ro
        definitionId guid never
    """),
    links=links(
        LinkRule(
            name="definition",
            to=("groupPolicyDefinition",),
            single=True,
            held=Held.OWN,
            via="definitionId",
            bound=True,
        ),
        held("presentationValues", "groupPolicyPresentationValue", deep=True),
    ),
)

DEFINITION = intune(
    name="groupPolicyDefinition",
    collection="groupPolicyDefinitions",
    path="/deviceManagement/groupPolicyDefinitions",
    beta=True,
    reads=CONFIGURATION,
    properties=table("""
        id guid ro
        categoryPath string
        classType string
        displayName string
        explainText string?
        groupPolicyCategoryId guid
        hasRelatedDefinitions bool
        lastModifiedDateTime datetime ro
        minDeviceCspVersion string
        minUserCspVersion string
        policyType string
        supportedOn string?
        version string
    """),
    links=links(held("presentations", "groupPolicyPresentation")),
)

PRESENTATION_VALUE = child(
    name="groupPolicyPresentationValue",
    collection="presentationValues",
    reads=CONFIGURATION,
    writes_with=CONFIGURATION[1:],
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("presentation",),
    subtypes={
        "groupPolicyPresentationValueText": ("value",),
        "groupPolicyPresentationValueBoolean": ("value",),
        "groupPolicyPresentationValueMultiText": ("values",),
    },
    properties=table("""
        id guid ro
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        value any
        values string[]
        presentationId guid never
    """),
    links=links(
        LinkRule(
            name="presentation",
            to=("groupPolicyPresentation",),
            single=True,
            held=Held.OWN,
            via="presentationId",
            bound=True,
        ),
    ),
)

PRESENTATION = child(
    name="groupPolicyPresentation",
    collection="presentations",
    reads=CONFIGURATION,
    properties=table("""
        id guid ro
        label string
        lastModifiedDateTime datetime ro
    """),
)

KINDS: tuple[Kind, ...] = (
    DEVICE_CONFIGURATION,
    assignment("deviceConfigurationAssignment", "source string\nsourceId string?\nintent string"),
    DEVICE_COMPLIANCE_POLICY,
    assignment("deviceCompliancePolicyAssignment", "source string\nsourceId string?"),
    SCHEDULED_ACTION,
    ACTION_ITEM,
    CONFIGURATION_POLICY,
    assignment("deviceManagementConfigurationPolicyAssignment", "source string\nsourceId string?"),
    CONFIGURATION_SETTING,
    REUSABLE_SETTING,
    INTENT,
    assignment("deviceManagementIntentAssignment"),
    INTENT_SETTING,
    GROUP_POLICY_CONFIGURATION,
    assignment("groupPolicyConfigurationAssignment", "lastModifiedDateTime datetime ro"),
    DEFINITION_VALUE,
    DEFINITION,
    PRESENTATION_VALUE,
    PRESENTATION,
)

"""Intune: what it configures on devices. Profiles, compliance, the settings catalog, intents, ADMX templates."""

from functions.catalogue.intune import CONFIGURATION, TARGETED, TARGETS, below, intune, tolerated
from functions.catalogue.model import ObjectType, Outcome, Tolerated

_TOLERATES = tolerated(CONFIGURATION)
_STAMPS = frozenset({"createdDateTime", "id", "lastModifiedDateTime"})
_TOO_DEEP = Tolerated(
    status=400,
    text="MaxExpansionDepth",
    outcome=Outcome.UNAVAILABLE,
    remedy="Graph does not say here which field of a template a value belongs to; note it from the portal if needed.",
)

DEVICE_CONFIGURATIONS = intune(
    key="deviceConfigurations",
    title="Intune device configuration profiles",
    path="/deviceManagement/deviceConfigurations",
    expand=("assignments",),
    natural_keys=("@odata.type", "displayName"),
    read_scopes=(CONFIGURATION,),
    tolerates=_TOLERATES,
    volatile=frozenset({"version"}),
    ordered=frozenset({"omaSettings"}),
    read_only=_STAMPS | {"supportsScopeTags"},
    references=TARGETS,
    depends_on=TARGETED,
    notes=(
        "Each kind of profile (@odata.type) has properties of its own. Values of encrypted OMA-URI settings come as "
        "asterisks and pre-shared keys and passwords as null: reading them takes a permission to write, or cannot be "
        "done. Which certificate profile a Wi-Fi, VPN or SCEP profile builds on is not read: Graph keeps it apart "
        "from the profile. The version counter makes no version of the record."
    ),
)

DEVICE_COMPLIANCE_POLICIES = intune(
    key="deviceCompliancePolicies",
    title="Intune compliance policies",
    path="/deviceManagement/deviceCompliancePolicies",
    expand=("assignments", "scheduledActionsForRule($expand=scheduledActionConfigurations)"),
    natural_keys=("@odata.type", "displayName"),
    read_scopes=(CONFIGURATION,),
    tolerates=_TOLERATES,
    volatile=frozenset({"version"}),
    read_only=_STAMPS,
    references=(
        *TARGETS,
        "scheduledActionsForRule.scheduledActionConfigurations.notificationMessageCCList",
        "scheduledActionsForRule.scheduledActionConfigurations.notificationTemplateId",
    ),
    depends_on=(*TARGETED, "notificationMessageTemplates"),
    notes=(
        "With the actions for noncompliance, without which a policy cannot be created. Linux policies and custom "
        "compliance scripts are other collections, which are not read."
    ),
)

CONFIGURATION_POLICIES = intune(
    key="configurationPolicies",
    title="Intune settings catalog policies",
    path="/deviceManagement/configurationPolicies",
    expand=("assignments",),
    relationships=(
        below(
            name="settings",
            keeps_order=True,
            read_scopes=(CONFIGURATION,),
            notes="Every setting with its value; id is its number within the policy.",
        ),
    ),
    name="name",
    natural_keys=("name", "platforms", "technologies"),
    read_scopes=(CONFIGURATION,),
    tolerates=_TOLERATES,
    read_only=_STAMPS
    | {"creationSource", "disableEntraGroupPolicyAssignment", "isAssigned", "settingCount", "templateReference"},
    references=TARGETS,
    depends_on=(*TARGETED, "reusablePolicySettings"),
    notes=(
        "Also endpoint security policies: templateReference says which kind. A secret comes as a token that is good "
        "for this tenant alone and for no other policy; enter it again where a policy is created anew. Only "
        "beta has them."
    ),
)

INTENTS = intune(
    key="intents",
    title="Intune endpoint security intents and baselines",
    path="/deviceManagement/intents",
    relationships=(
        below(
            name="assignments",
            read_scopes=(CONFIGURATION,),
            notes="To which groups, users or devices it goes.",
        ),
        below(
            name="settings",
            read_scopes=(CONFIGURATION,),
            notes="Every setting; valueJson is its value as JSON text, and null for a secret.",
        ),
    ),
    natural_keys=("displayName", "templateId"),
    read_scopes=(CONFIGURATION,),
    tolerates=_TOLERATES,
    read_only=frozenset({"id", "isAssigned", "isMigratingToConfigurationPolicy", "lastModifiedDateTime", "templateId"}),
    references=tuple(f"@relationships.{place}" for place in TARGETS),
    depends_on=TARGETED,
    notes="Security baselines and endpoint security policies from before the settings catalog. Only beta has them.",
)

GROUP_POLICY_CONFIGURATIONS = intune(
    key="groupPolicyConfigurations",
    title="Intune administrative templates",
    path="/deviceManagement/groupPolicyConfigurations",
    expand=("assignments",),
    relationships=(
        below(
            name="definitionValues",
            expand=("definition", "presentationValues"),
            keeps_order=True,
            read_scopes=(CONFIGURATION,),
            notes="Every policy that is set: on or off, which one it is, and the values of its fields.",
        ),
        below(
            name="presentations",
            path="definitionValues",
            expand=("presentationValues($expand=presentation)",),
            read_scopes=(CONFIGURATION,),
            notes=(
                "The same policies with the field that each value belongs to. Some tools report that Graph refuses to "
                "look this deep, others that it does not: where it refuses, this is a gap, and definitionValues is "
                "whole."
            ),
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(CONFIGURATION,),
    tolerates=(*_TOLERATES, _TOO_DEEP),
    read_only=_STAMPS | {"policyConfigurationIngestionType"},
    references=TARGETS,
    depends_on=TARGETED,
    notes=(
        "The definitions are Microsoft's or come from imported ADMX files; imported files themselves are not read. "
        "Only beta has them."
    ),
)

REUSABLE_POLICY_SETTINGS = intune(
    key="reusablePolicySettings",
    title="Intune reusable settings groups",
    path="/deviceManagement/reusablePolicySettings",
    natural_keys=("displayName", "settingDefinitionId"),
    read_scopes=(CONFIGURATION,),
    tolerates=_TOLERATES,
    volatile=frozenset({"referencingConfigurationPolicyCount", "version"}),
    ordered=frozenset({"settingInstance.groupSettingCollectionValue"}),
    read_only=_STAMPS,
    notes=(
        "Parts that several settings catalog policies share, such as lists of addresses for the firewall. A policy "
        "that uses one holds its id among its settings. Only beta has them."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    DEVICE_CONFIGURATIONS,
    DEVICE_COMPLIANCE_POLICIES,
    CONFIGURATION_POLICIES,
    INTENTS,
    GROUP_POLICY_CONFIGURATIONS,
    REUSABLE_POLICY_SETTINGS,
)

"""Intune: what it configures on devices. Profiles, compliance, the settings catalog, intents, ADMX templates."""

from functions.catalogue.intune import (
    BELOW,
    CONFIGURATION,
    KIND,
    REPORTS,
    TAGS,
    TARGETED,
    TARGETS,
    TO_BELOW,
    TO_TARGETS,
    below,
    intune,
    tolerated,
    written,
)
from functions.catalogue.intune_profiles_android import ANDROID
from functions.catalogue.intune_profiles_apple import APPLE
from functions.catalogue.intune_profiles_windows import WINDOWS
from functions.catalogue.intune_properties import COMPLIANCE, names
from functions.catalogue.model import Lost, ObjectType, Outcome, Tolerated

_TOLERATES = tolerated(CONFIGURATION)
_STAMPS = frozenset({"createdDateTime", "id", "lastModifiedDateTime"})
_TOO_DEEP = Tolerated(
    status=400,
    text="MaxExpansionDepth",
    outcome=Outcome.UNAVAILABLE,
    remedy="Graph does not say here which field of a template a value belongs to; note it from the portal if needed.",
)

_SECRETS = Lost(
    what="Pre-shared keys, passwords and encrypted OMA-URI values",
    why="Graph never shows them to a reader, so the backup has an empty value or asterisks.",
    todo="Enter them again; the plan names each setting that had one.",
    planned=False,
)
_CERTIFICATES = Lost(
    what="Which certificate profile a Wi-Fi, VPN, e-mail or SCEP profile builds on",
    why="Graph keeps it apart from the profile, and the backup does not have it.",
    todo="Choose the certificate profiles again before devices get the profile.",
    planned=False,
)
_TOKENS = Lost(
    what="Secrets among the settings of a policy that is created anew",
    why="The backup holds a token in their place, which is good for the old policy alone.",
    todo="Enter them again; the plan names each of these settings.",
    planned=False,
)

# Where the rules of a firewall, or of device control, name reusable settings groups.
_REUSED = (
    "@relationships.settings.settingInstance.groupSettingCollectionValue.children.simpleSettingCollectionValue.value"
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
    read_only=_STAMPS
    | {
        "applyOnlyToWindows81",
        "applyOnlyToWindowsPhone81",
        "featureUpdatesPauseStartDate",
        "preSharedKeyIsSet",
        "qualityUpdatesPauseStartDate",
        "supportsScopeTags",
    },
    references=TARGETS,
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceManagement/deviceConfigurations",
        CONFIGURATION,
        names(ANDROID, APPLE, WINDOWS),
        create=frozenset({KIND}),
        required=frozenset({KIND, "displayName"}),
        lost=(REPORTS, _SECRETS, _CERTIFICATES),
    ),
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
    leads_to={
        **TO_TARGETS,
        "scheduledActionsForRule.scheduledActionConfigurations.notificationMessageCCList": ("groups",),
        "scheduledActionsForRule.scheduledActionConfigurations.notificationTemplateId": (
            "notificationMessageTemplates",
        ),
    },
    depends_on=(*TARGETED, "notificationMessageTemplates"),
    restore=written(
        "/deviceManagement/deviceCompliancePolicies",
        CONFIGURATION,
        names(COMPLIANCE),
        create=frozenset({KIND, "scheduledActionsForRule"}),
        required=frozenset({KIND, "displayName"}),
    ),
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
            restorable=True,
            read_scopes=(CONFIGURATION,),
            notes="Every setting with its value; id is its number within the policy.",
        ),
    ),
    name="name",
    natural_keys=("name", "platforms", "technologies"),
    read_scopes=(CONFIGURATION,),
    tolerates=_TOLERATES,
    read_only=_STAMPS | {"creationSource", "disableEntraGroupPolicyAssignment", "isAssigned", "settingCount"},
    references=(*TARGETS, _REUSED),
    leads_to=TO_TARGETS,
    elsewhere=frozenset({_REUSED}),  # other lists among settings hold ids that are no objects of Graph
    depends_on=(*TARGETED, "reusablePolicySettings"),
    restore=written(
        "/deviceManagement/configurationPolicies",
        CONFIGURATION,
        frozenset({"description", "name", "priorityMetaData", TAGS}),
        create=frozenset({"platforms", "technologies", "templateReference"}),
        required=frozenset({"name", "platforms", "technologies"}),
        method="PUT",
        lost=(REPORTS, _TOKENS),
    ),
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
            restorable=True,
            read_scopes=(CONFIGURATION,),
            notes="To which groups, users or devices it goes.",
        ),
        below(
            name="settings",
            restorable=True,
            read_scopes=(CONFIGURATION,),
            notes="Every setting; valueJson is its value as JSON text, and null for a secret.",
        ),
    ),
    natural_keys=("displayName", "templateId"),
    read_scopes=(CONFIGURATION,),
    tolerates=_TOLERATES,
    read_only=frozenset({"id", "isAssigned", "isMigratingToConfigurationPolicy", "lastModifiedDateTime"}),
    references=(*BELOW, TAGS),
    leads_to=TO_BELOW,
    depends_on=TARGETED,
    restore=written(
        "/deviceManagement/intents",
        CONFIGURATION,
        frozenset({"description", "displayName", TAGS}),
        create=frozenset({"templateId"}),
        required=frozenset({"displayName", "templateId"}),
        lost=(REPORTS, _SECRETS),
    ),
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
            restorable=True,
            keeps_order=True,
            read_scopes=(CONFIGURATION,),
            notes="Every policy that is set: on or off, which one it is, and the values of its fields.",
        ),
        below(
            name="presentations",
            path="definitionValues",
            expand=("presentationValues($expand=presentation)",),
            restorable=True,
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceManagement/groupPolicyConfigurations",
        CONFIGURATION,
        frozenset({"description", "displayName", TAGS}),
        lost=(
            REPORTS,
            Lost(
                what="Policies from imported ADMX files",
                why="Their definitions get other ids when the files are imported again, and the files are not read.",
                todo="Import the files first; set what the plan could not by hand.",
                planned=False,
            ),
        ),
    ),
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
    restore=written(
        "/deviceManagement/reusablePolicySettings",
        CONFIGURATION,
        frozenset({"description", "displayName", "settingInstance"}),
        create=frozenset({"settingDefinitionId"}),
        required=frozenset({"displayName", "settingDefinitionId", "settingInstance"}),
        lost=(
            Lost(
                what="That policies use the group",
                why="They hold the old id among their settings.",
                todo="Restore the policies too: their settings then name the new group.",
            ),
        ),
    ),
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

"""Intune: filters, scope tags, scripts, enrolment, roles, messages, terms and the devices themselves.

What is configured on devices is in `intune_policies`, and comes first among the entries here.
"""

from functions.catalogue import intune_policies
from functions.catalogue.intune import (
    CONFIGURATION,
    DEVICES,
    NUMBER_ID,
    RBAC,
    SCRIPTS,
    SERVICE,
    SUFFIXED_ID,
    TARGETED,
    TARGETS,
    below,
    intune,
    tolerated,
)
from functions.catalogue.model import ObjectType, Preset, Read

_STAMPS = frozenset({"createdDateTime", "id", "lastModifiedDateTime"})
_SCRIPT_NOTES = (
    "The text of the script (base64) comes with a single object alone, so each is read by itself, with its "
    "assignments. An older permission, DeviceManagementConfiguration.Read.All, may be asked for as well where the "
    "change of permissions has not arrived; other types of Intune need it anyway. Only beta has them."
)

ASSIGNMENT_FILTERS = intune(
    key="assignmentFilters",
    title="Intune assignment filters",
    path="/deviceManagement/assignmentFilters",
    natural_keys=("displayName", "platform"),
    read_scopes=(CONFIGURATION,),
    tolerates=tolerated(CONFIGURATION),
    volatile=frozenset({"payloads"}),
    read_only=_STAMPS,
    depends_on=("roleScopeTags",),
    notes="payloads lists what uses a filter: it moves when others are assigned, so it makes no version. Beta only.",
)

ROLE_SCOPE_TAGS = intune(
    key="roleScopeTags",
    title="Intune scope tags",
    path="/deviceManagement/roleScopeTags",
    id_pattern=NUMBER_ID,
    relationships=(
        below(
            name="assignments",
            read_scopes=(RBAC,),
            notes="Groups whose devices get the tag by themselves.",
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(RBAC,),
    tolerates=tolerated(RBAC),
    read_only=frozenset({"id", "isBuiltIn"}),
    references=("@relationships.assignments.target.groupId",),
    depends_on=("groups",),
    notes=(
        "Ids are small numbers, 0 is Default; other objects name tags by them in roleScopeTagIds. A tag that is "
        "created anew gets another number. Only beta has them."
    ),
)

DEVICE_MANAGEMENT_SCRIPTS = intune(
    key="deviceManagementScripts",
    title="Intune PowerShell scripts",
    path="/deviceManagement/deviceManagementScripts",
    read=Read.EACH,
    select=("id",),
    expand=("assignments",),
    natural_keys=("displayName", "fileName"),
    read_scopes=(SCRIPTS,),
    tolerates=tolerated(SCRIPTS),
    read_only=_STAMPS,
    references=TARGETS,
    depends_on=TARGETED,
    notes=_SCRIPT_NOTES,
)

DEVICE_SHELL_SCRIPTS = intune(
    key="deviceShellScripts",
    title="Intune shell scripts",
    path="/deviceManagement/deviceShellScripts",
    read=Read.EACH,
    select=("id",),
    expand=("assignments",),
    natural_keys=("displayName", "fileName"),
    read_scopes=(SCRIPTS,),
    tolerates=tolerated(SCRIPTS),
    read_only=_STAMPS,
    references=TARGETS,
    depends_on=TARGETED,
    notes=_SCRIPT_NOTES,
)

DEVICE_HEALTH_SCRIPTS = intune(
    key="deviceHealthScripts",
    title="Intune remediation scripts",
    path="/deviceManagement/deviceHealthScripts",
    read=Read.EACH,
    select=("id",),
    expand=("assignments",),
    natural_keys=("displayName", "publisher"),
    read_scopes=(SCRIPTS,),
    tolerates=tolerated(SCRIPTS),
    volatile=frozenset({"highestAvailableVersion"}),
    ordered=frozenset({"detectionScriptParameters", "remediationScriptParameters"}),
    read_only=_STAMPS | {"deviceHealthScriptType", "isGlobalScript", "version"},
    references=TARGETS,
    depends_on=TARGETED,
    notes=f"Scripts that Microsoft ships (isGlobalScript) come without their text. {_SCRIPT_NOTES}",
)

DEVICE_ENROLLMENT_CONFIGURATIONS = intune(
    key="deviceEnrollmentConfigurations",
    title="Intune enrolment restrictions and status pages",
    path="/deviceManagement/deviceEnrollmentConfigurations",
    expand=("assignments",),
    id_pattern=SUFFIXED_ID,
    natural_keys=("@odata.type", "deviceEnrollmentConfigurationType", "displayName"),
    read_scopes=(SERVICE,),
    tolerates=tolerated(SERVICE),
    volatile=frozenset({"version"}),
    read_only=_STAMPS | {"deviceEnrollmentConfigurationType"},
    references=(*TARGETS, "selectedMobileAppIds"),
    depends_on=(*TARGETED, "mobileApps"),
    notes=(
        "Limits, platform restrictions, Windows Hello for Business and the enrolment status page. Priority 0 is the "
        "default for everybody: it cannot be deleted or created, and goes to everybody without an assignment."
    ),
)

WINDOWS_AUTOPILOT_DEPLOYMENT_PROFILES = intune(
    key="windowsAutopilotDeploymentProfiles",
    title="Windows Autopilot deployment profiles",
    path="/deviceManagement/windowsAutopilotDeploymentProfiles",
    expand=("assignments",),
    natural_keys=("displayName",),
    read_scopes=(SERVICE,),
    tolerates=tolerated(SERVICE),
    read_only=_STAMPS,
    references=TARGETS,
    depends_on=TARGETED,
    notes="The devices that are registered for Autopilot are not read. Only beta has the profiles.",
)

INTUNE_ROLE_DEFINITIONS = intune(
    key="intuneRoleDefinitions",
    title="Intune role definitions",
    path="/deviceManagement/roleDefinitions",
    relationships=(
        below(
            name="roleAssignments",
            read_scopes=(RBAC,),
            notes=(
                "Which assignments are of the role, the only place where Graph says so. Their members come empty here; "
                "intuneRoleAssignments has them."
            ),
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(RBAC,),
    tolerates=tolerated(RBAC),
    read_only=frozenset({"id", "isBuiltIn", "isBuiltInRoleDefinition"}),
    depends_on=("roleScopeTags",),
    notes="Built-in and custom roles in one list. They are Intune's own, apart from the roles of the directory.",
)

INTUNE_ROLE_ASSIGNMENTS = intune(
    key="intuneRoleAssignments",
    title="Intune role assignments",
    path="/deviceManagement/roleAssignments",
    natural_keys=("displayName",),
    read_scopes=(RBAC,),
    tolerates=tolerated(RBAC),
    read_only=frozenset({"id"}),
    references=("members", "resourceScopes", "scopeMembers"),
    depends_on=("groups", "roleScopeTags", "intuneRoleDefinitions"),
    notes=(
        "Who holds a role (members) over whom (resourceScopes). Which role it is does not stand in the assignment: "
        "it is under roleAssignments of intuneRoleDefinitions. The list is not asked to expand the role, because "
        "Graph then leaves out scopeType and scope tags."
    ),
)

NOTIFICATION_MESSAGE_TEMPLATES = intune(
    key="notificationMessageTemplates",
    title="Intune notification templates",
    path="/deviceManagement/notificationMessageTemplates",
    expand=("localizedNotificationMessages",),
    natural_keys=("displayName",),
    read_scopes=(SERVICE,),
    tolerates=tolerated(SERVICE),
    read_only=frozenset({"id", "lastModifiedDateTime"}),
    depends_on=("roleScopeTags",),
    notes="Messages to people whose device does not comply, in each of their languages.",
)

TERMS_AND_CONDITIONS = intune(
    key="termsAndConditions",
    title="Intune terms and conditions",
    path="/deviceManagement/termsAndConditions",
    relationships=(
        below(
            name="assignments",
            read_scopes=(SERVICE,),
            notes="Who has to accept them.",
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(SERVICE,),
    tolerates=tolerated(SERVICE),
    read_only=_STAMPS | {"modifiedDateTime", "version"},
    references=("@relationships.assignments.target.groupId",),
    depends_on=("groups", "roleScopeTags"),
    notes=(
        "Who has accepted them is not read. version is what people have accepted, so it stays in the record: a new "
        "one asks everybody again."
    ),
)

DEVICE_CATEGORIES = intune(
    key="deviceCategories",
    title="Intune device categories",
    path="/deviceManagement/deviceCategories",
    natural_keys=("displayName",),
    read_scopes=(CONFIGURATION,),
    tolerates=tolerated(CONFIGURATION),
    read_only=frozenset({"id"}),
    depends_on=("roleScopeTags",),
    notes="The names from which people choose when they enrol a device; dynamic groups may build on them.",
)

MANAGED_DEVICES = intune(
    key="managedDevices",
    title="Intune managed devices",
    path="/deviceManagement/managedDevices",
    aliases=("azureADDeviceId",),
    name="deviceName",
    read_scopes=(DEVICES,),
    preset=Preset.EVERYTHING,
    tolerates=tolerated(DEVICES),
    volatile=frozenset(
        {
            "complianceGracePeriodExpirationDateTime",
            "deviceActionResults",
            "deviceHealthAttestationState",
            "easActivationDateTime",
            "exchangeLastSuccessfulSyncDateTime",
            "freeStorageSpaceInBytes",
            "lastSyncDateTime",
            "managementCertificateExpirationDate",
            "notes",  # this and the scope tags are empty in a list, whatever they are
            "roleScopeTagIds",
            "usersLoggedOn",
        }
    ),
    references=("userId",),
    depends_on=("users",),
    unrestored="a device comes back by enrolling it again; the record says what it was and whose.",
    notes=(
        "An inventory. Stamps of the last sync, free storage and what else moves by itself make no version; compliance "
        "and the version of the system do. Notes, scope tags and details of the hardware come with a single device "
        "alone and are not read. Keys that unlock a device are not read either."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    *intune_policies.ENTRIES,
    ASSIGNMENT_FILTERS,
    ROLE_SCOPE_TAGS,
    DEVICE_MANAGEMENT_SCRIPTS,
    DEVICE_SHELL_SCRIPTS,
    DEVICE_HEALTH_SCRIPTS,
    DEVICE_ENROLLMENT_CONFIGURATIONS,
    WINDOWS_AUTOPILOT_DEPLOYMENT_PROFILES,
    INTUNE_ROLE_DEFINITIONS,
    INTUNE_ROLE_ASSIGNMENTS,
    NOTIFICATION_MESSAGE_TEMPLATES,
    TERMS_AND_CONDITIONS,
    DEVICE_CATEGORIES,
    MANAGED_DEVICES,
)

"""Intune: filters, scope tags, scripts, enrolment, roles, messages, terms and the devices themselves.

What is configured on devices is in `intune_policies`, and comes first among the entries here.
"""

from functions.catalogue import intune_policies
from functions.catalogue.intune import (
    CONFIGURATION,
    DEVICES,
    KIND,
    NUMBER_ID,
    RBAC,
    SCRIPTS,
    SERVICE,
    SUFFIXED_ID,
    TAGS,
    TARGETED,
    TARGETS,
    TO_TAGS,
    TO_TARGETS,
    below,
    intune,
    tolerated,
    written,
)
from functions.catalogue.intune_properties import AUTOPILOT, ENROLMENT, names
from functions.catalogue.model import Fetch, Lost, ObjectType, Part, Preset, Read, Relationship

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
    references=("roleScopeTags",),
    leads_to={"roleScopeTags": ("roleScopeTags",)},
    depends_on=("roleScopeTags",),
    restore=written(
        "/deviceManagement/assignmentFilters",
        CONFIGURATION,
        frozenset({"description", "displayName", "roleScopeTags", "rule"}),
        create=frozenset({"assignmentFilterManagementType", "platform"}),
        required=frozenset({"displayName", "platform", "rule"}),
        lost=(
            Lost(
                what="That assignments use the filter",
                why="They hold the old id, and Intune drops a filter from assignments when it is deleted.",
                todo="Restore what was assigned through it too: the assignments then name the new filter.",
            ),
        ),
    ),
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
            restorable=True,
            read_scopes=(RBAC,),
            notes="Groups whose devices get the tag by themselves.",
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(RBAC,),
    tolerates=tolerated(RBAC),
    read_only=frozenset({"id", "isBuiltIn"}),
    references=("@relationships.assignments.target.groupId",),
    leads_to={"@relationships.assignments.target.groupId": ("groups",)},
    depends_on=("groups",),
    restore=written(
        "/deviceManagement/roleScopeTags",
        RBAC,
        frozenset({"description", "displayName"}),
        lost=(
            Lost(
                what="The number of the tag",
                why="Intune counts on: a tag that is created anew gets another number.",
                todo="Restore what carried the tag too: it then carries the new one.",
            ),
        ),
    ),
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceManagement/deviceManagementScripts",
        SCRIPTS,
        frozenset(
            {
                "description",
                "displayName",
                "enforceSignatureCheck",
                "fileName",
                TAGS,
                "runAs32Bit",
                "runAsAccount",
                "scriptContent",
            }
        ),
        required=frozenset({"displayName", "fileName", "scriptContent"}),
    ),
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceManagement/deviceShellScripts",
        SCRIPTS,
        frozenset(
            {
                "blockExecutionNotifications",
                "description",
                "displayName",
                "executionFrequency",
                "fileName",
                "retryCount",
                TAGS,
                "runAsAccount",
                "scriptContent",
            }
        ),
        required=frozenset({"displayName", "fileName", "scriptContent"}),
    ),
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
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceManagement/deviceHealthScripts",
        SCRIPTS,
        frozenset(
            {
                "description",
                "detectionScriptContent",
                "detectionScriptParameters",
                "displayName",
                "enforceSignatureCheck",
                "publisher",
                "remediationScriptContent",
                "remediationScriptParameters",
                TAGS,
                "runAs32Bit",
                "runAsAccount",
            }
        ),
        required=frozenset({"detectionScriptContent", "displayName"}),
    ),
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
    leads_to={**TO_TARGETS, "selectedMobileAppIds": ("mobileApps",)},
    depends_on=(*TARGETED, "mobileApps"),
    restore=written(
        "/deviceManagement/deviceEnrollmentConfigurations",
        SERVICE,
        names(ENROLMENT) - {"platformType", "priority"},
        create=frozenset({KIND, "platformType"}),
        required=frozenset({KIND, "displayName"}),
        lost=(
            Lost(
                what="The priority among configurations of its kind",
                why="A new one comes last, and moving it up moves the others down.",
                todo="Check the order when the plan has been applied.",
            ),
        ),
    ),
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
    read_only=_STAMPS | {"enableWhiteGlove", "extractHardwareHash", "language", "outOfBoxExperienceSettings"},
    references=TARGETS,
    leads_to=TO_TARGETS,
    depends_on=TARGETED,
    restore=written(
        "/deviceManagement/windowsAutopilotDeploymentProfiles",
        SERVICE,
        names(AUTOPILOT),
        create=frozenset({KIND}),
        required=frozenset({KIND, "displayName"}),
        lost=(
            Lost(
                what="Devices that had the profile",
                why="Which profile a registered device has follows from its groups, and is worked out anew.",
                todo="Wait until the devices show the new profile before you reset one.",
            ),
            Lost(
                what="The domain join configuration of a profile for hybrid join",
                why="Graph keeps it apart from the profile, and the backup does not have it.",
                todo="Check that a domain join profile is assigned to the same devices.",
                planned=False,
            ),
        ),
    ),
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
    read_only=frozenset({"id", "isBuiltIn", "isBuiltInRoleDefinition", "permissions"}),
    references=(TAGS,),
    leads_to=TO_TAGS,
    depends_on=("roleScopeTags",),
    restore=written(
        "/deviceManagement/roleDefinitions",
        RBAC,
        frozenset({"description", "displayName", "rolePermissions", TAGS}),
        create=frozenset({KIND}),
        required=frozenset({"displayName", "rolePermissions"}),
        lost=(
            Lost(
                what="Who holds the role",
                why="Its assignments went with it.",
                todo="Restore the assignments of intuneRoleAssignments too.",
            ),
        ),
    ),
    notes="Built-in and custom roles in one list. They are Intune's own, apart from the roles of the directory.",
)

INTUNE_ROLE_ASSIGNMENTS = intune(
    key="intuneRoleAssignments",
    title="Intune role assignments",
    path="/deviceManagement/roleAssignments",
    relationships=(
        Relationship(
            name="roleDefinition",
            fetch=Fetch.BATCH,
            single=True,
            api="beta",
            type="deviceAndAppManagementRoleDefinition",
            read_scopes=(RBAC,),
            notes="Which role it gives.",
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(RBAC,),
    tolerates=tolerated(RBAC),
    read_only=frozenset({"id"}),
    references=("members", "resourceScopes", "scopeMembers", TAGS),
    leads_to={"members": ("groups",), "resourceScopes": ("groups",), "scopeMembers": ("groups",), **TO_TAGS},
    depends_on=("groups", "roleScopeTags", "intuneRoleDefinitions"),
    restore=written(
        "/deviceManagement/roleAssignments",
        RBAC,
        frozenset({"description", "displayName", "members", "resourceScopes", "scopeMembers", "scopeType", TAGS}),
        create=frozenset({KIND}),
        required=frozenset({"displayName", "members"}),
        lost=(
            Lost(
                what="Which role an assignment gives, where the backup is older than this",
                why="Earlier versions did not keep it with the assignment.",
                todo="Choose a newer run, or create the assignment by hand below its role.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Who holds a role (members) over whom (resourceScopes). Which role it is does not stand in the assignment, so "
        "it is asked for besides. The list is not asked to expand the role, because Graph then leaves out scopeType "
        "and scope tags."
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
    references=(TAGS,),
    leads_to=TO_TAGS,
    depends_on=("roleScopeTags",),
    restore=written(
        "/deviceManagement/notificationMessageTemplates",
        SERVICE,
        frozenset(
            {
                "brandingOptions",
                "defaultLocale",
                "description",
                "displayName",
                TAGS,
            }
        ),
        lost=(
            Lost(
                what="That compliance policies send the message",
                why="They hold the old id of the template.",
                todo="Restore the compliance policies too: their actions then name the new template.",
            ),
        ),
    ),
    notes="Messages to people whose device does not comply, in each of their languages.",
)

TERMS_AND_CONDITIONS = intune(
    key="termsAndConditions",
    title="Intune terms and conditions",
    path="/deviceManagement/termsAndConditions",
    relationships=(
        below(
            name="assignments",
            restorable=True,
            part=Part(
                keys=("target",),
                create=frozenset({"target"}),
                required=frozenset({"target"}),
                method="",
                removable=True,
            ),
            read_scopes=(SERVICE,),
            notes="Who has to accept them.",
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(SERVICE,),
    tolerates=tolerated(SERVICE),
    read_only=_STAMPS | {"modifiedDateTime", "version"},
    references=("@relationships.assignments.target.groupId", TAGS),
    leads_to={"@relationships.assignments.target.groupId": ("groups",), **TO_TAGS},
    depends_on=("groups", "roleScopeTags"),
    restore=written(
        "/deviceManagement/termsAndConditions",
        SERVICE,
        frozenset({"acceptanceStatement", "bodyText", "description", "displayName", "title", TAGS}),
        required=frozenset({"acceptanceStatement", "bodyText", "displayName", "title"}),
        lost=(
            Lost(
                what="Who has accepted the terms",
                why="Intune keeps it with the id of the old object.",
                todo="Everybody is asked again when a device checks in.",
            ),
        ),
    ),
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
    references=(TAGS,),
    leads_to=TO_TAGS,
    depends_on=("roleScopeTags",),
    restore=written(
        "/deviceManagement/deviceCategories",
        CONFIGURATION,
        frozenset({"description", "displayName", TAGS}),
        lost=(
            Lost(
                what="The category of each device",
                why="Devices lost it when the category was deleted.",
                todo="Set it again; the records of managedDevices say which device had it.",
            ),
        ),
    ),
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

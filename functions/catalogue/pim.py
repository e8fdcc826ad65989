"""Privileged Identity Management: who is eligible or assigned for roles and groups, and under which rules.

Schedules are what an administrator set; what is in force at the moment follows from them. The groups under management
are listed on beta, and everything of a group is read by its id, because Graph wants each list narrowed to one group.
"""

from functions.catalogue.licences import P2
from functions.catalogue.model import OPAQUE_ID, Deletes, Lost, ObjectType, Preset, Read, Restore, Stage, Tolerated
from functions.catalogue.refusals import absent, refused, unlicensed

_ELIGIBILITY = "RoleEligibilitySchedule.Read.Directory"
_ASSIGNMENT = "RoleAssignmentSchedule.Read.Directory"
_POLICY = "RoleManagement.Read.Directory"  # reads role policies as well, and the roles themselves need it anyway
_GROUPS = "PrivilegedAccess.Read.AzureADGroup"  # lists the groups under management
_GROUP_ELIGIBILITY = "PrivilegedEligibilitySchedule.Read.AzureADGroup"
_GROUP_ASSIGNMENT = "PrivilegedAssignmentSchedule.Read.AzureADGroup"
_GROUP_POLICY = "RoleManagementPolicy.Read.AzureADGroup"

_MANAGED = "/identityGovernance/privilegedAccess/group"
_OF_ROLES = "scopeId eq '/' and scopeType eq 'DirectoryRole'"
_OF_GROUP = "scopeId eq '{parent}' and scopeType eq 'Group'"

_PRINCIPALS = ("users", "groups", "servicePrincipals")
_SCOPES = (*_PRINCIPALS, "devices", "applications", "administrativeUnits")
_LEADS_TO = {
    "appScopeId": _SCOPES,
    "directoryScopeId": _SCOPES,
    "principalId": _PRINCIPALS,
    "roleDefinitionId": ("roleDefinitions",),
}
_SERVICE_SET = frozenset({"createdDateTime", "createdUsing", "id", "memberType", "modifiedDateTime", "status"})
_POLICY_SET = frozenset(
    {
        "description",
        "displayName",
        "id",
        "isOrganizationDefault",
        "lastModifiedBy",
        "lastModifiedDateTime",
        "scopeId",
        "scopeType",
    }
)
_APPROVERS = tuple(
    f"rules.setting.approvalStages.{approvers}.{id}"
    for approvers in ("escalationApprovers", "primaryApprovers")
    for id in ("groupId", "userId")
)
_RULES = (
    "Approval, expiry, enablement, notification and authentication context rules come inside the policy. displayName "
    "only repeats the kind of scope"
)
# Sent as a request to assign, whose answer names the schedule. A schedule has no call of its own to change or end it:
# that is asked for by another request, which the rules of the type make.
_ASKED = frozenset({"principalId", "scheduleInfo"})
_OF_ROLE = _ASKED | {"appScopeId", "directoryScopeId", "roleDefinitionId"}
_OF_GROUPS = _ASKED | {"accessId", "groupId"}
_SCHEDULES_LOST = (
    Lost(
        what="Requests, approvals and the history of activations",
        why="They are a log of what happened, which nobody can write again.",
        todo="Nothing: the audit log and the backup keep it.",
        planned=False,
    ),
    Lost(
        what="Assignments and eligibility that ended meanwhile",
        why="Their time is over; giving it again would be more than the backup says.",
        todo="Assign them anew if they are still needed.",
        planned=False,
    ),
    Lost(
        what="Roles and memberships that somebody had activated",
        why="Each lasts a few hours and was asked for by that person.",
        todo="Nothing: whoever is eligible activates again.",
        planned=False,
    ),
)
_RULES_LOST = (
    Lost(
        what="Rules, where Graph takes them from signed-in administrators only",
        why="The documentation gives no application permission for writing rules. Applications have been seen to write "
        "them with the one named here, so a restore tries; a refusal is told with the step.",
        todo="Set the rules that were refused in the portal, from the record.",
        planned=False,
    ),
)
_UNLISTED = (
    "Which groups are under management is listed on beta only; a group that was never brought under management has "
    "nothing here."
)


def _tolerates(*scopes: str) -> tuple[Tolerated, ...]:
    return (*unlicensed(), *refused(*scopes), *absent())


ROLE_ELIGIBILITY_SCHEDULES = ObjectType(
    key="roleEligibilitySchedules",
    title="Eligible role assignments",
    path="/roleManagement/directory/roleEligibilitySchedules",
    preset=Preset.ESSENTIAL,
    id_pattern=OPAQUE_ID,
    name="principalId",
    natural_keys=("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"),
    read_scopes=(_ELIGIBILITY,),
    licence=P2,
    tolerates=_tolerates(_ELIGIBILITY),
    read_only=_SERVICE_SET,
    references=("appScopeId", "directoryScopeId", "principalId", "roleDefinitionId"),
    leads_to=_LEADS_TO,
    depends_on=(*_PRINCIPALS, "applications", "administrativeUnits", "roleDefinitions"),
    restore=Restore(
        collection="/roleManagement/directory/roleEligibilityScheduleRequests",
        create=_OF_ROLE,
        update=frozenset({"scheduleInfo"}),
        required=frozenset({"principalId", "roleDefinitionId", "scheduleInfo"}),
        stage=Stage.ROLES,
        unique=True,
        deletes=Deletes.REQUEST,
        follows=("principalId", "directoryScopeId"),
        write_scopes=("RoleEligibilitySchedule.ReadWrite.Directory",),
        lost=_SCHEDULES_LOST,
    ),
    notes=(
        "Who may activate which role. Requests are not read: their list takes a permission to write. What is in force "
        "at the moment (instances) follows from the schedules and is not read."
    ),
)

ROLE_ASSIGNMENT_SCHEDULES = ObjectType(
    key="roleAssignmentSchedules",
    title="Role assignments with their schedule",
    path="/roleManagement/directory/roleAssignmentSchedules",
    preset=Preset.ESSENTIAL,
    id_pattern=OPAQUE_ID,
    name="principalId",
    # An activated role stands beside the standing assignment of the same role.
    natural_keys=("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId", "assignmentType"),
    read_scopes=(_ASSIGNMENT,),
    licence=P2,
    tolerates=_tolerates(_ASSIGNMENT),
    # Microsoft's examples show the moment of the call as the start of an assignment that was made outside of PIM.
    volatile=frozenset({"scheduleInfo.startDateTime"}),
    read_only=_SERVICE_SET | {"assignmentType"},
    references=("appScopeId", "directoryScopeId", "principalId", "roleDefinitionId"),
    leads_to=_LEADS_TO,
    depends_on=(*_PRINCIPALS, "applications", "administrativeUnits", "roleDefinitions"),
    restore=Restore(
        collection="/roleManagement/directory/roleAssignmentScheduleRequests",
        create=_OF_ROLE,
        update=frozenset({"scheduleInfo"}),
        required=frozenset({"principalId", "roleDefinitionId", "scheduleInfo"}),
        stage=Stage.ROLES,
        unique=True,
        deletes=Deletes.REQUEST,
        follows=("principalId", "directoryScopeId"),
        write_scopes=("RoleAssignmentSchedule.ReadWrite.Directory",),
        lost=_SCHEDULES_LOST,
    ),
    notes=(
        "assignmentType tells standing assignments (Assigned) from roles somebody has activated for a few hours "
        "(Activated), which come and go between runs. The start is kept apart: for assignments made outside of PIM it "
        "seems to be the moment of reading."
    ),
)

ROLE_MANAGEMENT_POLICIES = ObjectType(
    key="roleManagementPolicies",
    title="Rules for activating and assigning roles",
    path="/policies/roleManagementPolicies",
    filter=_OF_ROLES,
    expand=("rules",),
    id_pattern=OPAQUE_ID,
    name="id",
    read_scopes=(_POLICY,),
    licence=P2,
    tolerates=_tolerates(_POLICY),
    ordered=frozenset({"rules.setting.approvalStages"}),
    read_only=_POLICY_SET,
    references=_APPROVERS,
    leads_to=dict.fromkeys(_APPROVERS, ("users", "groups")),
    depends_on=("users", "groups", "roleDefinitions"),
    restore=Restore(
        collection="/policies/roleManagementPolicies",
        create=frozenset(),
        update=frozenset({"rules"}),
        stage=Stage.ROLES,
        write_scopes=("RoleManagementPolicy.ReadWrite.Directory",),
        lost=_RULES_LOST,
    ),
    notes=f"{_RULES}; which role a policy is for is said by roleManagementPolicyAssignments.",
)

ROLE_MANAGEMENT_POLICY_ASSIGNMENTS = ObjectType(
    key="roleManagementPolicyAssignments",
    title="Which rules hold for which role",
    path="/policies/roleManagementPolicyAssignments",
    filter=_OF_ROLES,
    id_pattern=OPAQUE_ID,
    name="roleDefinitionId",
    natural_keys=("roleDefinitionId", "scopeId", "scopeType"),
    read_scopes=(_POLICY,),
    licence=P2,
    tolerates=_tolerates(_POLICY),
    read_only=frozenset({"id", "policyId", "roleDefinitionId", "scopeId", "scopeType"}),
    references=("roleDefinitionId",),  # policyId holds the tenant's id and a number of its own, none of them an object
    leads_to={"roleDefinitionId": ("roleDefinitions",)},
    depends_on=("roleDefinitions", "roleManagementPolicies"),
    unrestored="nothing can be written: Graph makes one for every role and never moves it to another policy.",
    notes="One for each role, built-in or custom. policyId is the id of a record in roleManagementPolicies.",
)

GROUP_ELIGIBILITY_SCHEDULES = ObjectType(
    key="groupEligibilitySchedules",
    title="Eligible members and owners of groups",
    read=Read.CHILDREN,
    parent=f"{_MANAGED}/resources",
    parent_api="beta",
    path=f"{_MANAGED}/eligibilitySchedules",
    filter="groupId eq '{parent}'",
    id_pattern=OPAQUE_ID,
    name="principalId",
    natural_keys=("groupId", "principalId", "accessId"),
    read_scopes=(_GROUPS, _GROUP_ELIGIBILITY),
    licence=P2,
    tolerates=_tolerates(_GROUPS, _GROUP_ELIGIBILITY),
    read_only=_SERVICE_SET,
    references=("groupId", "principalId"),
    depends_on=_PRINCIPALS,
    restore=Restore(
        collection="/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests",
        create=_OF_GROUPS,
        update=frozenset({"scheduleInfo"}),
        required=frozenset({"accessId", "groupId", "principalId", "scheduleInfo"}),
        stage=Stage.ROLES,
        unique=True,
        deletes=Deletes.REQUEST,
        follows=("groupId", "principalId"),
        write_scopes=("PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",),
        lost=_SCHEDULES_LOST,
    ),
    notes=f"accessId says whether it is membership or ownership. {_UNLISTED}",
)

GROUP_ASSIGNMENT_SCHEDULES = ObjectType(
    key="groupAssignmentSchedules",
    title="Members and owners of groups under management",
    read=Read.CHILDREN,
    parent=f"{_MANAGED}/resources",
    parent_api="beta",
    path=f"{_MANAGED}/assignmentSchedules",
    filter="groupId eq '{parent}'",
    id_pattern=OPAQUE_ID,
    name="principalId",
    natural_keys=("groupId", "principalId", "accessId", "assignmentType"),
    read_scopes=(_GROUPS, _GROUP_ASSIGNMENT),
    licence=P2,
    tolerates=_tolerates(_GROUPS, _GROUP_ASSIGNMENT),
    read_only=_SERVICE_SET | {"assignmentType"},
    references=("groupId", "principalId"),
    depends_on=_PRINCIPALS,
    restore=Restore(
        collection="/identityGovernance/privilegedAccess/group/assignmentScheduleRequests",
        create=_OF_GROUPS,
        update=frozenset({"scheduleInfo"}),
        required=frozenset({"accessId", "groupId", "principalId", "scheduleInfo"}),
        stage=Stage.ROLES,
        unique=True,
        deletes=Deletes.REQUEST,
        follows=("groupId", "principalId"),
        write_scopes=("PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",),
        lost=_SCHEDULES_LOST,
    ),
    notes=f"As members and owners of the group itself show, with the time they have. {_UNLISTED}",
)

GROUP_ROLE_MANAGEMENT_POLICIES = ObjectType(
    key="groupRoleManagementPolicies",
    title="Rules for activating membership and ownership of groups",
    read=Read.CHILDREN,
    parent=f"{_MANAGED}/resources",
    parent_api="beta",
    path="/policies/roleManagementPolicies",
    filter=_OF_GROUP,
    expand=("rules",),
    id_pattern=OPAQUE_ID,
    name="id",
    read_scopes=(_GROUPS, _GROUP_POLICY),
    licence=P2,
    tolerates=_tolerates(_GROUPS, _GROUP_POLICY),
    ordered=frozenset({"rules.setting.approvalStages"}),
    read_only=_POLICY_SET,
    references=("scopeId", *_APPROVERS),
    depends_on=("users", "groups"),
    restore=Restore(
        collection="/policies/roleManagementPolicies",
        create=frozenset(),
        update=frozenset({"rules"}),
        stage=Stage.ROLES,
        write_scopes=("RoleManagementPolicy.ReadWrite.AzureADGroup",),
        lost=_RULES_LOST,
    ),
    notes=f"{_RULES}; scopeId is the group, groupRoleManagementPolicyAssignments tells member from owner. {_UNLISTED}",
)

GROUP_ROLE_MANAGEMENT_POLICY_ASSIGNMENTS = ObjectType(
    key="groupRoleManagementPolicyAssignments",
    title="Which rules hold for members and owners of a group",
    read=Read.CHILDREN,
    parent=f"{_MANAGED}/resources",
    parent_api="beta",
    path="/policies/roleManagementPolicyAssignments",
    filter=_OF_GROUP,
    id_pattern=OPAQUE_ID,
    name="roleDefinitionId",
    natural_keys=("roleDefinitionId", "scopeId", "scopeType"),
    read_scopes=(_GROUPS, _GROUP_POLICY),
    licence=P2,
    tolerates=_tolerates(_GROUPS, _GROUP_POLICY),
    read_only=frozenset({"id", "policyId", "roleDefinitionId", "scopeId", "scopeType"}),
    references=("scopeId",),
    leads_to={"scopeId": ("groups",)},
    depends_on=("groups", "groupRoleManagementPolicies"),
    unrestored="nothing can be written: Graph makes one for members and one for owners of each group under management.",
    notes=f"roleDefinitionId is the word member or owner. {_UNLISTED}",
)

ENTRIES: tuple[ObjectType, ...] = (
    ROLE_ELIGIBILITY_SCHEDULES,
    ROLE_ASSIGNMENT_SCHEDULES,
    ROLE_MANAGEMENT_POLICIES,
    ROLE_MANAGEMENT_POLICY_ASSIGNMENTS,
    GROUP_ELIGIBILITY_SCHEDULES,
    GROUP_ASSIGNMENT_SCHEDULES,
    GROUP_ROLE_MANAGEMENT_POLICIES,
    GROUP_ROLE_MANAGEMENT_POLICY_ASSIGNMENTS,
)

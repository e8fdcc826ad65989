"""Kinds of Privileged Identity Management: schedules for directory roles and for groups, and the policies over them.

A list of policies, policy assignments or group schedules has to name its scope in $filter. A rule's id repeats in every
policy, so rules are stored under the policy's key.
"""

from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table, types

_PLANS = frozenset({"AAD_PREMIUM_P2", "Entra_Identity_Governance"})
_QUERY = frozenset({"$select", "$expand", "$filter"})  # no page size is documented for any of these lists
_ROLE_READERS = ("RoleManagement.Read.Directory", "RoleManagement.Read.All")
_OF_ROLES = ("RoleManagementPolicy.Read.Directory", *_ROLE_READERS)
_OF_GROUPS = ("RoleManagementPolicy.Read.AzureADGroup",)
# A list takes the permission of what its policies are for; a single policy is given to whoever holds either.
_BY_SCOPE = (
    ("scopeType", "Directory", _OF_ROLES),
    ("scopeType", "DirectoryRole", _OF_ROLES),
    ("scopeType", "Group", _OF_GROUPS),
)
_SCOPE = frozenset({"scopeId", "scopeType"})
_GROUPS = "/identityGovernance/privilegedAccess/group"

COMPLEX = types(
    {
        "recurrencePattern": """
            type string?
            interval int
            month int?
            dayOfMonth int?
            daysOfWeek string[] set
            firstDayOfWeek string?
            index string?""",
        "recurrenceRange": """
            type string?
            numberOfOccurrences int?
            recurrenceTimeZone string?
            startDate string?
            endDate string?""",
        "patternedRecurrence": """
            pattern recurrencePattern?
            range recurrenceRange?""",
        "expirationPattern": """
            type string?
            endDateTime datetime?
            duration string?""",
        "requestSchedule": """
            startDateTime datetime?
            recurrence patternedRecurrence?
            expiration expirationPattern?""",
        "policyModifier": """
            id string?
            displayName string?""",
        "ruleTarget": """
            caller string?
            operations string[] set
            level string?
            inheritableSettings string[] set
            enforcedSettings string[] set""",
        "subjectSet": """
            userId string?
            groupId string?
            connectedOrganizationId string?
            managerLevel int?
            membershipRule string?
            description string?""",
        "approvalStage": """
            approvalStageTimeOutInDays int?
            isApproverJustificationRequired bool?
            escalationTimeInMinutes int?
            isEscalationEnabled bool?
            primaryApprovers subjectSet[] set
            escalationApprovers subjectSet[] set""",
        "approvalSettings": """
            isApprovalRequired bool?
            isApprovalRequiredForExtension bool?
            isRequestorJustificationRequired bool?
            approvalMode string?
            approvalStages approvalStage[]""",
    }
)

_PRINCIPAL = LinkRule(
    name="principal", to=("user", "group", "servicePrincipal"), single=True, held=Held.OWN, via="principalId"
)
_ROLE_SCHEDULE = """
    id string ro
    principalId string
    roleDefinitionId string
    directoryScopeId string?
    appScopeId string?
    createdUsing string? ro
    createdDateTime datetime? ro
    modifiedDateTime datetime? ro
    status string ro
    memberType string ro
"""
_ROLE_LINKS = (
    _PRINCIPAL,
    LinkRule(name="roleDefinition", to=("unifiedRoleDefinition",), single=True, held=Held.OWN, via="roleDefinitionId"),
)

ROLE_ELIGIBILITY_SCHEDULE = Kind(
    name="unifiedRoleEligibilitySchedule",
    collection="roleEligibilitySchedules",
    path="/roleManagement/directory/roleEligibilitySchedules",
    query=_QUERY,
    methods=frozenset(),
    reads=("RoleEligibilitySchedule.Read.Directory", *_ROLE_READERS),
    licence=_PLANS,
    refuses="pim",
    properties=table(_ROLE_SCHEDULE + "scheduleInfo requestSchedule"),
    links=links(*_ROLE_LINKS),
)

ROLE_ASSIGNMENT_SCHEDULE = Kind(
    name="unifiedRoleAssignmentSchedule",
    collection="roleAssignmentSchedules",
    path="/roleManagement/directory/roleAssignmentSchedules",
    query=_QUERY,
    methods=frozenset(),
    reads=("RoleAssignmentSchedule.Read.Directory", *_ROLE_READERS),
    licence=_PLANS,
    refuses="pim",
    # the documentation's own examples have a start in the hour of the call for a role that was assigned outside of PIM
    properties=table(_ROLE_SCHEDULE + "assignmentType string ro\nscheduleInfo requestSchedule volatile"),
    links=links(*_ROLE_LINKS, LinkRule(name="activatedUsing", to=("unifiedRoleEligibilitySchedule",), single=True)),
)

ROLE_MANAGEMENT_POLICY = Kind(
    name="unifiedRoleManagementPolicy",
    collection="roleManagementPolicies",
    path="/policies/roleManagementPolicies",
    query=_QUERY,
    methods=frozenset(),
    reads=(*_OF_ROLES, *_OF_GROUPS),
    licence=_PLANS,
    refuses="pim",
    reads_by=_BY_SCOPE,
    filters=(_SCOPE,),
    properties=table("""
        id string ro
        displayName string
        description string?
        isOrganizationDefault bool
        scopeId string
        scopeType string
        lastModifiedDateTime datetime? ro
        lastModifiedBy policyModifier? ro
    """),
    links=links(LinkRule(name="rules", to=("unifiedRoleManagementPolicyRule",), held=Held.CONTAINED)),
)

ROLE_MANAGEMENT_POLICY_RULE = Kind(
    name="unifiedRoleManagementPolicyRule",
    collection="rules",
    path="",
    parents=("/policies/roleManagementPolicies/{id}/rules",),
    query=frozenset({"$select", "$filter"}),
    methods=frozenset({"PATCH"}),
    reads=(*_OF_ROLES, *_OF_GROUPS),
    # The documentation names permissions of signed-in administrators alone; tools write with those of applications.
    writes_with=(
        "RoleManagementPolicy.ReadWrite.Directory",
        "RoleManagement.ReadWrite.Directory",
        "RoleManagementPolicy.ReadWrite.AzureADGroup",
    ),
    licence=_PLANS,
    refuses="pim",
    subtypes={
        "unifiedRoleManagementPolicyExpirationRule": ("isExpirationRequired", "maximumDuration"),
        "unifiedRoleManagementPolicyEnablementRule": ("enabledRules",),
        "unifiedRoleManagementPolicyApprovalRule": ("setting",),
        "unifiedRoleManagementPolicyAuthenticationContextRule": ("isEnabled", "claimValue"),
        "unifiedRoleManagementPolicyNotificationRule": (
            "notificationType",
            "recipientType",
            "notificationLevel",
            "isDefaultRecipientsEnabled",
            "notificationRecipients",
        ),
    },
    properties=table("""
        id string ro
        target ruleTarget?
        isExpirationRequired bool?
        maximumDuration string?
        enabledRules string[] set
        setting approvalSettings?
        isEnabled bool?
        claimValue string?
        notificationType string?
        recipientType string?
        notificationLevel string?
        isDefaultRecipientsEnabled bool?
        notificationRecipients string[] set
    """),
)

ROLE_MANAGEMENT_POLICY_ASSIGNMENT = Kind(
    name="unifiedRoleManagementPolicyAssignment",
    collection="roleManagementPolicyAssignments",
    path="/policies/roleManagementPolicyAssignments",
    query=_QUERY,
    methods=frozenset(),
    reads=(*_OF_ROLES, *_OF_GROUPS),
    licence=_PLANS,
    refuses="pim",
    reads_by=_BY_SCOPE,
    filters=(_SCOPE,),
    properties=table("""
        id string ro
        policyId string
        roleDefinitionId string?
        scopeId string
        scopeType string
    """),
    links=links(
        LinkRule(name="policy", to=("unifiedRoleManagementPolicy",), single=True, held=Held.OWN, via="policyId")
    ),
)

GROUP_RESOURCE = Kind(
    name="groupResource",
    collection="resources",
    path=f"{_GROUPS}/resources",
    query=frozenset({"$select", "$filter"}),
    methods=frozenset(),
    beta=True,
    reads=("PrivilegedAccess.Read.AzureADGroup",),
    licence=_PLANS,
    refuses="pim",
    properties=table("id guid ro"),  # the id of the group itself
)

_GROUP_SCHEDULE = """
    id string ro
    groupId string
    principalId string
    accessId string
    memberType string ro
    createdUsing string? ro
    createdDateTime datetime? ro
    modifiedDateTime datetime? ro
    status string ro
    scheduleInfo requestSchedule
"""
_GROUP_LINKS = (_PRINCIPAL, LinkRule(name="group", to=("group",), single=True, held=Held.OWN, via="groupId"))
_ONE_GROUP_OR_PRINCIPAL = (frozenset({"groupId"}), frozenset({"principalId"}))

GROUP_ELIGIBILITY_SCHEDULE = Kind(
    name="privilegedAccessGroupEligibilitySchedule",
    collection="eligibilitySchedules",
    path=f"{_GROUPS}/eligibilitySchedules",
    query=_QUERY,
    methods=frozenset(),
    reads=("PrivilegedEligibilitySchedule.Read.AzureADGroup",),
    licence=_PLANS,
    refuses="pim",
    filters=_ONE_GROUP_OR_PRINCIPAL,
    properties=table(_GROUP_SCHEDULE),
    links=links(*_GROUP_LINKS),
)

GROUP_ASSIGNMENT_SCHEDULE = Kind(
    name="privilegedAccessGroupAssignmentSchedule",
    collection="assignmentSchedules",
    path=f"{_GROUPS}/assignmentSchedules",
    query=_QUERY,
    methods=frozenset(),
    reads=("PrivilegedAssignmentSchedule.Read.AzureADGroup",),
    licence=_PLANS,
    refuses="pim",
    filters=_ONE_GROUP_OR_PRINCIPAL,
    properties=table(_GROUP_SCHEDULE + "assignmentType string ro"),
    links=links(*_GROUP_LINKS),
)


_REQUEST = """
    id string ro
    action string
    createdDateTime datetime? ro
    isValidationOnly bool?
    justification string?
    principalId string
    scheduleInfo requestSchedule?
    status string ro
    targetScheduleId string?
"""
_OF_ROLE = _REQUEST + "roleDefinitionId string\ndirectoryScopeId string?\nappScopeId string?"
_OF_GROUP = _REQUEST + "groupId string\naccessId string"


def _request(name: str, path: str, properties: str, *permissions: str) -> Kind:
    """What an administrator asks for; listing it takes the permission to ask."""
    return Kind(
        name=name,
        collection=path.rpartition("/")[2],
        path=path,
        query=frozenset({"$select", "$filter"}),
        methods=frozenset({"POST"}),
        reads=permissions,
        writes_with=permissions,
        required=("action", "principalId"),
        licence=_PLANS,
        refuses="pim",
        properties=table(properties),
    )


ROLE_ELIGIBILITY_REQUEST = _request(
    "unifiedRoleEligibilityScheduleRequest",
    "/roleManagement/directory/roleEligibilityScheduleRequests",
    _OF_ROLE,
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "RoleManagement.ReadWrite.Directory",
)
ROLE_ASSIGNMENT_REQUEST = _request(
    "unifiedRoleAssignmentScheduleRequest",
    "/roleManagement/directory/roleAssignmentScheduleRequests",
    _OF_ROLE,
    "RoleAssignmentSchedule.ReadWrite.Directory",
    "RoleManagement.ReadWrite.Directory",
)
GROUP_ELIGIBILITY_REQUEST = _request(
    "privilegedAccessGroupEligibilityScheduleRequest",
    f"{_GROUPS}/eligibilityScheduleRequests",
    _OF_GROUP,
    "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
)
GROUP_ASSIGNMENT_REQUEST = _request(
    "privilegedAccessGroupAssignmentScheduleRequest",
    f"{_GROUPS}/assignmentScheduleRequests",
    _OF_GROUP,
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
)

KINDS = (
    ROLE_ELIGIBILITY_REQUEST,
    ROLE_ASSIGNMENT_REQUEST,
    GROUP_ELIGIBILITY_REQUEST,
    GROUP_ASSIGNMENT_REQUEST,
    ROLE_ELIGIBILITY_SCHEDULE,
    ROLE_ASSIGNMENT_SCHEDULE,
    ROLE_MANAGEMENT_POLICY,
    ROLE_MANAGEMENT_POLICY_RULE,
    ROLE_MANAGEMENT_POLICY_ASSIGNMENT,
    GROUP_RESOURCE,
    GROUP_ELIGIBILITY_SCHEDULE,
    GROUP_ASSIGNMENT_SCHEDULE,
)

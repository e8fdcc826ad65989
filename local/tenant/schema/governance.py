"""Kinds of identity governance: entitlement management, access reviews, lifecycle workflows, terms of use, consent."""

from local.tenant.schema import entitlement, governance_types
from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table

COMPLEX = governance_types.COMPLEX

_BASE = "/identityGovernance"
_P2 = frozenset({"AAD_PREMIUM_P2", "Entra_Identity_Governance"})
_GOVERNANCE = frozenset({"Entra_Identity_Governance"})

ACCESS_REVIEW_DEFINITION = Kind(
    name="accessReviewScheduleDefinition",
    collection="definitions",
    path=f"{_BASE}/accessReviews/definitions",
    query=frozenset({"$select", "$filter", "$top", "$skip", "$orderby", "$count"}),
    methods=frozenset({"POST", "PUT", "DELETE"}),
    required=("displayName", "scope", "settings"),
    writes_with=("AccessReview.ReadWrite.All",),
    reads=("AccessReview.Read.All",),
    licence=_P2,
    refuses="governance",
    properties=table("""
        id guid ro
        displayName string
        descriptionForAdmins string?
        descriptionForReviewers string?
        status string ro volatile
        createdBy userIdentity? ro
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        scope reviewScope? create
        instanceEnumerationScope reviewScope? create
        reviewers accessReviewerScope[] set
        fallbackReviewers accessReviewerScope[] set
        additionalNotificationRecipients reviewNotification[] set
        stageSettings reviewStage[] create
        settings reviewSettings?
    """),
)

_WORKFLOW = """
    id guid ro
    category string create
    displayName string
    description string?
    isEnabled bool
    isSchedulingEnabled bool
    createdDateTime datetime ro
    lastModifiedDateTime datetime ro
    version int ro
    deletedDateTime datetime? ro detail
    nextScheduleRunDateTime datetime? ro detail volatile
    executionConditions executionConditions? detail create
    tasks workflowTask[] detail create
    createdBy userStub? ro detail
    lastModifiedBy userStub? ro detail
"""

WORKFLOW = Kind(
    name="identityGovernance.workflow",
    collection="workflows",
    path=f"{_BASE}/lifecycleWorkflows/workflows",
    query=frozenset({"$select", "$search", "$orderby", "$filter"}),
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("category", "displayName", "executionConditions", "tasks"),
    writes_with=("LifecycleWorkflows-Workflow.ReadWrite.All", "LifecycleWorkflows.ReadWrite.All"),
    soft_delete=True,
    deleted_path=f"{_BASE}/lifecycleWorkflows/deletedItems/workflows",
    reads=("LifecycleWorkflows-Workflow.Read.All", "LifecycleWorkflows.Read.All"),
    licence=_GOVERNANCE,
    refuses="governance",
    properties=table(_WORKFLOW),
)

CUSTOM_TASK_EXTENSION = Kind(
    name="identityGovernance.customTaskExtension",
    collection="customTaskExtensions",
    path=f"{_BASE}/lifecycleWorkflows/customTaskExtensions",
    query=frozenset({"$select", "$search", "$orderby", "$filter"}),
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("authenticationConfiguration", "displayName", "endpointConfiguration"),
    writes_with=("LifecycleWorkflows-CustomExt.ReadWrite.All", "LifecycleWorkflows.ReadWrite.All"),
    reads=("LifecycleWorkflows-CustomExt.Read.All", "LifecycleWorkflows.Read.All"),
    licence=_GOVERNANCE,
    refuses="governance",
    properties=table("""
        id guid ro
        displayName string
        description string?
        createdDateTime datetime ro
        lastModifiedDateTime datetime ro
        endpointConfiguration extensionEndpoint?
        authenticationConfiguration extensionAuthentication?
        clientConfiguration extensionClient?
        callbackConfiguration extensionCallback?
        replyMode string?
    """),
)

LIFECYCLE_SETTINGS = Kind(
    name="identityGovernance.lifecycleManagementSettings",
    collection="settings",
    path=f"{_BASE}/lifecycleWorkflows/settings",
    singleton=True,
    query=frozenset({"$select"}),
    methods=frozenset({"PATCH"}),
    writes_with=("LifecycleWorkflows.ReadWrite.All",),
    key_property="",
    reads=("LifecycleWorkflows.Read.All",),
    licence=_GOVERNANCE,
    refuses="governance",
    properties=table("""
        workflowScheduleIntervalInHours int
        emailSettings emailSettings?
    """),
)

AGREEMENT = Kind(
    name="agreement",
    collection="agreements",
    path=f"{_BASE}/termsOfUse/agreements",
    query=frozenset({"$select", "$filter", "$top"}),
    methods=frozenset(),
    reads=("Agreement.Read.All",),
    delegated=True,
    licence=frozenset({"AAD_PREMIUM", "AAD_PREMIUM_P2"}),
    properties=table("""
        id guid ro
        displayName string
        isPerDeviceAcceptanceRequired bool
        isViewingBeforeAcceptanceRequired bool
        termsExpiration termsExpiration?
        userReacceptRequiredFrequency string?
    """),
)

APP_CONSENT_REQUEST = Kind(
    name="appConsentRequest",
    collection="appConsentRequests",
    path=f"{_BASE}/appConsent/appConsentRequests",
    query=frozenset({"$select", "$skip", "$top", "$filter", "$orderby"}),
    methods=frozenset(),
    reads=("ConsentRequest.Read.All",),
    properties=table("""
        id guid ro
        appId string
        appDisplayName string
        consentType string? ro
        pendingScopes consentScope[] set
    """),
    links=links(LinkRule(name="userConsentRequests", to=("userConsentRequest",), held=Held.CONTAINED)),
)

USER_CONSENT_REQUEST = Kind(
    name="userConsentRequest",
    collection="userConsentRequests",
    path="",
    parents=(f"{_BASE}/appConsent/appConsentRequests/{{id}}/userConsentRequests",),
    query=frozenset({"$select", "$skip", "$top", "$filter", "$orderby"}),
    methods=frozenset(),
    properties=table("""
        id guid ro
        reason string?
        status string ro
        createdDateTime datetime ro
        completedDateTime datetime? ro
        createdBy consentRequestor? ro
        approvalId string? ro
        customData string? ro
    """),
)

KINDS = (
    *entitlement.KINDS,
    ACCESS_REVIEW_DEFINITION,
    WORKFLOW,
    CUSTOM_TASK_EXTENSION,
    LIFECYCLE_SETTINGS,
    AGREEMENT,
    APP_CONSENT_REQUEST,
    USER_CONSENT_REQUEST,
)

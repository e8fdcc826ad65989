"""Identity governance: entitlement management, access reviews, lifecycle workflows, terms of use, consent requests."""

from functions.catalogue import entitlement
from functions.catalogue.licences import GOVERNANCE, P1, P2
from functions.catalogue.model import (
    NAME_ID,
    Deletes,
    Fetch,
    Lost,
    ObjectType,
    Outcome,
    Preset,
    Read,
    Relationship,
    Restore,
    Stage,
    Tolerated,
)
from functions.catalogue.refusals import absent, refused, unlicensed

_REVIEWS = "AccessReview.Read.All"
_LIFECYCLE = "LifecycleWorkflows.Read.All"  # the settings take it, and it covers workflows and extensions as well
_TERMS = "Agreement.Read.All"
_CONSENT = "ConsentRequest.Read.All"
_WORKFLOWS = "/identityGovernance/lifecycleWorkflows"
_LIFECYCLE_TOLERATES = (*unlicensed(), *refused(_LIFECYCLE), *absent())
_WORKFLOW_READ_ONLY = frozenset(
    {"createdBy", "createdDateTime", "deletedDateTime", "id", "lastModifiedBy", "lastModifiedDateTime", "version"}
)
_REVIEW = frozenset(
    {
        "additionalNotificationRecipients",
        "descriptionForAdmins",
        "descriptionForReviewers",
        "displayName",
        "fallbackReviewers",
        "reviewers",
        "settings",
    }
)
_WORKFLOW = frozenset({"description", "displayName", "isEnabled", "isSchedulingEnabled"})
_TASK_EXTENSION = frozenset(
    {
        "authenticationConfiguration",
        "callbackConfiguration",
        "clientConfiguration",
        "description",
        "displayName",
        "endpointConfiguration",
        "replyMode",
    }
)

ACCESS_REVIEW_DEFINITIONS = ObjectType(
    key="accessReviewDefinitions",
    title="Access reviews",
    path="/identityGovernance/accessReviews/definitions",
    page_size=100,
    natural_keys=("displayName",),
    read_scopes=(_REVIEWS,),
    licence=P2,
    tolerates=(*unlicensed(), *refused(_REVIEWS), *absent()),
    volatile=frozenset({"status"}),
    ordered=frozenset({"stageSettings"}),
    read_only=frozenset({"createdBy", "createdDateTime", "id", "lastModifiedDateTime"}),
    references=(
        "additionalNotificationRecipients.notificationRecipientScope.query",
        "fallbackReviewers.query",
        "instanceEnumerationScope.query",
        "reviewers.query",
        "scope.principalScopes.query",
        "scope.query",
        "scope.resourceScopes.query",
        "stageSettings.reviewers.query",
    ),
    depends_on=(
        "users",
        "groups",
        "servicePrincipals",
        "roleDefinitions",
        "accessPackageCatalogs",
        "accessPackages",
        "accessPackageAssignmentPolicies",
    ),
    restore=Restore(
        collection="/identityGovernance/accessReviews/definitions",
        create=_REVIEW | {"instanceEnumerationScope", "scope", "stageSettings"},
        update=_REVIEW,
        required=frozenset({"displayName", "scope", "settings"}),
        method="PUT",
        stage=Stage.ASSIGNED,
        write_scopes=("AccessReview.ReadWrite.All",),
        lost=(
            Lost(
                what="Decisions, and the rounds that ran",
                why="They are history. A series that is created again begins anew, and its reviewers are asked again; "
                "a change of a series counts from its next round on.",
                todo="Look when the first round starts, and tell the reviewers.",
            ),
        ),
    ),
    notes=(
        "The series, not what was decided: instances, decisions and history reports are not read. Scopes and reviewers "
        "are Graph queries, with ids inside them. status follows the running instance and is kept apart."
    ),
)

LIFECYCLE_WORKFLOWS = ObjectType(
    key="lifecycleWorkflows",
    title="Lifecycle workflows",
    read=Read.EACH,
    path=f"{_WORKFLOWS}/workflows",
    natural_keys=("displayName",),
    read_scopes=(_LIFECYCLE,),
    licence=GOVERNANCE,
    bin="deletedLifecycleWorkflows",
    tolerates=_LIFECYCLE_TOLERATES,
    volatile=frozenset({"nextScheduleRunDateTime"}),
    read_only=_WORKFLOW_READ_ONLY,
    references=("tasks.arguments.value",),
    depends_on=(
        "users",
        "groups",
        "subscribedSkus",
        "accessPackages",
        "accessPackageAssignmentPolicies",
        "lifecycleCustomTaskExtensions",
    ),
    restore=Restore(
        collection=f"{_WORKFLOWS}/workflows",
        create=_WORKFLOW | {"category", "executionConditions", "tasks"},
        update=_WORKFLOW,
        required=frozenset({"category", "displayName", "executionConditions", "tasks"}),
        stage=Stage.ASSIGNED,
        undelete=f"{_WORKFLOWS}/deletedItems/workflows/{{id}}/restore",
        deleted=f"{_WORKFLOWS}/deletedItems/workflows/{{id}}",
        deletes=Deletes.SOFT,
        write_scopes=("LifecycleWorkflows-Workflow.ReadWrite.All",),
        lost=(
            Lost(
                what="Earlier versions of the workflow, and its runs",
                why="A workflow that is created again begins with version 1 and no history.",
                todo="Nothing; the audit log keeps the runs.",
            ),
        ),
    ),
    notes=(
        "The list leaves out tasks and conditions, so each workflow is read by itself. executionSequence gives the "
        "order of tasks, whose arguments hold ids of groups, teams, packages and extensions. Runs and reports are not "
        "read, nor is administrationScopeTargets: which administrative units' administrators may manage a workflow."
    ),
)

DELETED_LIFECYCLE_WORKFLOWS = ObjectType(
    key="deletedLifecycleWorkflows",
    title="Deleted lifecycle workflows",
    read=Read.EACH,
    path=f"{_WORKFLOWS}/deletedItems/workflows",
    read_scopes=(_LIFECYCLE,),
    licence=GOVERNANCE,
    tolerates=_LIFECYCLE_TOLERATES,
    volatile=frozenset({"nextScheduleRunDateTime"}),
    read_only=_WORKFLOW_READ_ONLY,
    unrestored="a workflow in the recycle bin is brought back by undeleting it, from the type it belongs to.",
    notes="The recycle bin of workflows, which Microsoft may empty after 30 days.",
)

LIFECYCLE_CUSTOM_TASK_EXTENSIONS = ObjectType(
    key="lifecycleCustomTaskExtensions",
    title="Custom task extensions of lifecycle workflows",
    path=f"{_WORKFLOWS}/customTaskExtensions",
    natural_keys=("displayName",),
    read_scopes=(_LIFECYCLE,),
    licence=GOVERNANCE,
    tolerates=_LIFECYCLE_TOLERATES,
    read_only=frozenset({"createdDateTime", "id", "lastModifiedDateTime"}),
    references=("authenticationConfiguration.resourceId",),
    depends_on=("applications", "servicePrincipals"),
    restore=Restore(
        collection=f"{_WORKFLOWS}/customTaskExtensions",
        create=_TASK_EXTENSION,
        update=_TASK_EXTENSION,
        required=frozenset({"authenticationConfiguration", "displayName", "endpointConfiguration"}),
        stage=Stage.ACCESS,
        write_scopes=("LifecycleWorkflows-CustomExt.ReadWrite.All",),
        lost=(
            Lost(
                what="That the logic app trusts the extension",
                why="The logic app lies in an Azure subscription and keeps a list of its own of who may call it.",
                todo="Give the restorer the role Logic App Contributor there before applying, and look at the logic "
                "app's authorization policy afterwards.",
            ),
        ),
    ),
    notes="Logic apps that a task calls. The logic app itself lies in an Azure subscription and is not read.",
)

LIFECYCLE_MANAGEMENT_SETTINGS = ObjectType(
    key="lifecycleManagementSettings",
    title="Lifecycle workflow settings",
    read=Read.ONE,
    path=f"{_WORKFLOWS}/settings",
    identity="",
    id_pattern=NAME_ID,
    read_scopes=(_LIFECYCLE,),
    licence=GOVERNANCE,
    tolerates=_LIFECYCLE_TOLERATES,
    restore=Restore(
        collection=f"{_WORKFLOWS}/settings",
        create=frozenset(),
        update=frozenset({"emailSettings", "workflowScheduleIntervalInHours"}),
        stage=Stage.POLICIES,
        write_scopes=("LifecycleWorkflows.ReadWrite.All",),
        lost=(
            Lost(
                what="Runs that were left out or came too early",
                why="The schedule counts from the moment it is written.",
                todo="Run the workflow on demand for whom it missed.",
                planned=False,
            ),
        ),
    ),
    notes="How often workflows run, and from which domain their mail comes.",
)

TERMS_OF_USE_AGREEMENTS = ObjectType(
    key="termsOfUseAgreements",
    title="Terms of use",
    path="/identityGovernance/termsOfUse/agreements",
    relationships=(
        Relationship(
            name="file",
            fetch=Fetch.BATCH,
            single=True,
            contained=True,
            read_scopes=(_TERMS,),
            notes="Name and language of the default document, not the document itself.",
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(_TERMS,),
    licence=P1,
    preset=Preset.EVERYTHING,
    tolerates=(
        *unlicensed(),
        Tolerated(
            status=403,
            outcome=Outcome.REFUSED,
            remedy=(
                f"Microsoft documents this list for signed-in people only. {_TERMS} can be granted to an application "
                "and may be enough; while Graph refuses it, keep the documents elsewhere and leave the type out."
            ),
        ),
        *absent(),
    ),
    read_only=frozenset({"id"}),
    unrestored="no application may write terms of use; an administrator uploads them again, and everyone accepts anew.",
    notes=(
        "Whether an application may read it is unverified: Microsoft's map of permissions has it for signed-in people "
        "only. Acceptances are not read. Conditional Access policies name agreements by id."
    ),
)

APP_CONSENT_REQUESTS = ObjectType(
    key="appConsentRequests",
    title="Requests for admin consent",
    path="/identityGovernance/appConsent/appConsentRequests",
    relationships=(
        Relationship(
            name="userConsentRequests",
            fetch=Fetch.BATCH,
            contained=True,
            read_scopes=(_CONSENT,),
            notes="Who asked, when and why.",
        ),
    ),
    name="appDisplayName",
    natural_keys=("appId",),
    read_scopes=(_CONSENT,),
    preset=Preset.EVERYTHING,
    tolerates=(*refused(_CONSENT), *absent()),
    # appId is no reference: people ask for apps that the tenant does not have yet
    read_only=frozenset({"appDisplayName", "appId", "consentType", "id", "pendingScopes", "userConsentRequests"}),
    unrestored="a request is made by the person who needs the app and cannot be made for them.",
    notes="What people wait for; a request goes when it is decided or expires.",
)

ENTRIES: tuple[ObjectType, ...] = (
    *entitlement.ENTRIES,
    ACCESS_REVIEW_DEFINITIONS,
    LIFECYCLE_WORKFLOWS,
    DELETED_LIFECYCLE_WORKFLOWS,
    LIFECYCLE_CUSTOM_TASK_EXTENSIONS,
    LIFECYCLE_MANAGEMENT_SETTINGS,
    TERMS_OF_USE_AGREEMENTS,
    APP_CONSENT_REQUESTS,
)

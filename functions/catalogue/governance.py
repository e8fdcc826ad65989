"""Identity governance: entitlement management, access reviews, lifecycle workflows, terms of use, consent requests."""

from functions.catalogue import entitlement
from functions.catalogue.licences import GOVERNANCE, P1, P2
from functions.catalogue.model import NAME_ID, Fetch, ObjectType, Outcome, Preset, Read, Relationship, Tolerated
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
    unrestored="this release does not write reviews; create the series again from scope, reviewers and settings.",
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
    unrestored="this release does not write workflows; undelete it in its recycle bin, or create it from the record.",
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
    unrestored="this release does not empty or undo this bin; undelete the workflow in the portal within 30 days.",
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
    unrestored="this release does not write extensions; create it again for its logic app, then name it in the tasks.",
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
    unrestored="this release does not write the settings; set interval and sender by hand from the record.",
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

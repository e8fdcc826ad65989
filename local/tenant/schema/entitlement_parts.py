"""Kinds of entitlement management below others: a catalog's resources, a package's roles, a policy's questions.

They are read with the permission and the licence of what they lie under.
"""

from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table

_BASE = "/identityGovernance/entitlementManagement"
_WRITERS = ("EntitlementManagement.ReadWrite.All",)
_QUERY = frozenset({"$select", "$expand", "$filter", "$top"})
_PLAIN = frozenset({"$select", "$filter"})

RESOURCE = Kind(
    name="accessPackageResource",
    collection="resources",
    path="",
    parents=(f"{_BASE}/catalogs/{{id}}/resources",),
    query=_QUERY,
    methods=frozenset(),
    properties=table("""
        id guid ro
        displayName string
        description string?
        originId string
        originSystem string
        createdDateTime datetime? ro
        modifiedDateTime datetime? ro
        attributes resourceAttribute[] set
    """),
    links=links(
        LinkRule(name="roles", to=("accessPackageResourceRole",), held=Held.CONTAINED),
        LinkRule(name="scopes", to=("accessPackageResourceScope",), held=Held.CONTAINED),
    ),
)

_RESOURCE_PARTS = f"{_BASE}/catalogs/{{id}}/resources/{{id}}"

RESOURCE_ROLE = Kind(
    name="accessPackageResourceRole",
    collection="roles",
    path="",
    parents=(f"{_RESOURCE_PARTS}/roles",),
    query=_PLAIN,
    methods=frozenset(),
    properties=table("""
        id guid ro
        displayName string
        description string?
        originId string
        originSystem string
    """),
)

RESOURCE_SCOPE = Kind(
    name="accessPackageResourceScope",
    collection="scopes",
    path="",
    parents=(f"{_RESOURCE_PARTS}/scopes",),
    query=_PLAIN,
    methods=frozenset(),
    properties=table("""
        id guid ro
        displayName string
        description string?
        originId string
        originSystem string
        isRootScope bool
    """),
)

WORKFLOW_EXTENSION = Kind(
    name="customCalloutExtension",
    collection="customWorkflowExtensions",
    path="",
    parents=(f"{_BASE}/catalogs/{{id}}/customWorkflowExtensions",),
    query=_PLAIN,
    methods=frozenset({"POST", "PUT", "DELETE"}),
    shows_updates=True,
    required=("authenticationConfiguration", "displayName", "endpointConfiguration"),
    subtypes={
        "accessPackageAssignmentRequestWorkflowExtension": ("callbackConfiguration",),
        "accessPackageAssignmentWorkflowExtension": (),
    },
    writes_with=_WRITERS,
    properties=table("""
        id guid ro
        displayName string
        description string?
        createdDateTime datetime? ro
        lastModifiedDateTime datetime? ro
        endpointConfiguration extensionEndpoint?
        authenticationConfiguration extensionAuthentication?
        clientConfiguration extensionClient?
        callbackConfiguration extensionCallback?
    """),
)

RESOURCE_ROLE_SCOPE = Kind(
    name="accessPackageResourceRoleScope",
    collection="resourceRoleScopes",
    path="",
    parents=(f"{_BASE}/accessPackages/{{id}}/resourceRoleScopes",),
    keys=("id",),
    query=_QUERY,
    methods=frozenset({"POST", "DELETE"}),
    required=("role", "scope"),
    writes_with=_WRITERS,
    properties=table("""
        id string create
        createdDateTime datetime? ro
        roleId guid never ro
        scopeId guid never ro
    """),
    links=links(
        LinkRule(name="role", to=("accessPackageResourceRole",), single=True, held=Held.OWN, via="roleId", told=True),
        LinkRule(
            name="scope", to=("accessPackageResourceScope",), single=True, held=Held.OWN, via="scopeId", told=True
        ),
    ),
)

QUESTION = Kind(
    name="accessPackageQuestion",
    collection="questions",
    path="",
    parents=(f"{_BASE}/assignmentPolicies/{{id}}/questions",),
    query=_PLAIN,
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("text",),
    subtypes={
        "accessPackageTextInputQuestion": ("isSingleLineQuestion", "regexPattern"),
        "accessPackageMultipleChoiceQuestion": ("choices", "isMultipleSelectionAllowed"),
    },
    writes_with=_WRITERS,
    properties=table("""
        id guid ro
        isAnswerEditable bool?
        isRequired bool
        localizations localizedText[] set
        sequence int
        text string
        isSingleLineQuestion bool
        regexPattern string?
        choices answerChoice[]
        isMultipleSelectionAllowed bool
    """),
)

STAGE_SETTING = Kind(
    name="customExtensionStageSetting",
    collection="customExtensionStageSettings",
    path="",
    parents=(f"{_BASE}/assignmentPolicies/{{id}}/customExtensionStageSettings",),
    query=_QUERY,
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    required=("customExtension", "stage"),
    writes_with=_WRITERS,
    properties=table("""
        id guid ro
        stage string
        customExtensionId guid? never
    """),
    links=links(
        LinkRule(
            name="customExtension",
            to=("customCalloutExtension",),
            single=True,
            held=Held.OWN,
            via="customExtensionId",
            bound=True,
        )
    ),
)

SUBJECT = Kind(
    name="accessPackageSubject",
    collection="target",
    path="",
    parents=(f"{_BASE}/assignments/{{id}}/target",),
    query=_PLAIN,
    methods=frozenset(),
    properties=table("""
        id guid ro
        objectId string?
        displayName string?
        email string?
        principalName string?
        onPremisesSecurityIdentifier string?
        subjectType string?
        subjectLifecycle string?
    """),
)

KINDS = (
    RESOURCE,
    RESOURCE_ROLE,
    RESOURCE_SCOPE,
    WORKFLOW_EXTENSION,
    RESOURCE_ROLE_SCOPE,
    QUESTION,
    STAGE_SETTING,
    SUBJECT,
)

"""Kinds of entitlement management: catalogs, access packages, their policies and assignments, connected organisations.

What lies below them, such as the resources of a catalog, is in `entitlement_parts`.
"""

from local.tenant.schema import entitlement_parts
from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table

_BASE = "/identityGovernance/entitlementManagement"
_ROLES = "/roleManagement/entitlementManagement"
_PLANS = frozenset({"AAD_PREMIUM_P2", "Entra_Identity_Governance"})
_READERS = ("EntitlementManagement.Read.All",)
_WRITERS = ("EntitlementManagement.ReadWrite.All",)
_WRITTEN = frozenset({"POST", "PATCH", "DELETE"})
_QUERY = frozenset({"$select", "$expand", "$filter", "$top"})
_PLAIN = frozenset({"$select", "$filter"})

ENTITLEMENT_ROLE_DEFINITION = Kind(
    name="entitlementRoleDefinition",
    collection="roleDefinitions",
    path=f"{_ROLES}/roleDefinitions",
    query=_QUERY,
    methods=frozenset(),
    reads=(*_READERS, "RoleManagement.Read.All"),
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        description string?
        displayName string
        isBuiltIn bool ro
        isEnabled bool
        resourceScopes string[] ro set
        rolePermissions rolePermission[]
        templateId guid?
        version string?
    """),
)

ENTITLEMENT_ROLE_ASSIGNMENT = Kind(
    name="entitlementRoleAssignment",
    collection="roleAssignments",
    path=f"{_ROLES}/roleAssignments",
    query=_QUERY,
    methods=frozenset({"POST", "DELETE"}),
    required=("appScopeId", "principalId", "roleDefinitionId"),
    writes_with=_WRITERS,
    reads=(*_READERS, "RoleManagement.Read.All"),
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id string ro
        principalId string
        roleDefinitionId string
        directoryScopeId string?
        appScopeId string?
        condition string?
        principalOrganizationId string? ro
    """),
    links=links(
        LinkRule(
            name="principal", to=("user", "group", "servicePrincipal"), single=True, held=Held.OWN, via="principalId"
        ),
        LinkRule(
            name="roleDefinition",
            to=("entitlementRoleDefinition",),
            single=True,
            held=Held.OWN,
            via="roleDefinitionId",
        ),
    ),
)

CATALOG = Kind(
    name="accessPackageCatalog",
    collection="catalogs",
    path=f"{_BASE}/catalogs",
    query=_QUERY,
    methods=_WRITTEN,
    required=("displayName",),
    writes_with=_WRITERS,
    reads=_READERS,
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        displayName string
        description string?
        catalogType string ro
        state string
        isExternallyVisible bool
        createdDateTime datetime ro
        modifiedDateTime datetime ro
    """),
    links=links(
        LinkRule(name="resources", to=("accessPackageResource",), held=Held.CONTAINED),
        LinkRule(name="customWorkflowExtensions", to=("customCalloutExtension",), held=Held.CONTAINED),
        LinkRule(name="accessPackages", to=("accessPackage",), held=Held.DERIVED, via="catalogId"),
    ),
)

ACCESS_PACKAGE = Kind(
    name="accessPackage",
    collection="accessPackages",
    path=f"{_BASE}/accessPackages",
    query=_QUERY,
    methods=_WRITTEN,
    required=("catalog", "displayName"),
    writes_with=_WRITERS,
    reads=_READERS,
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        displayName string
        description string?
        isHidden bool
        createdDateTime datetime ro
        modifiedDateTime datetime ro
        catalogId guid never
    """),
    links=links(
        LinkRule(name="catalog", to=("accessPackageCatalog",), single=True, held=Held.OWN, via="catalogId", bound=True),
        LinkRule(name="resourceRoleScopes", to=("accessPackageResourceRoleScope",), held=Held.CONTAINED),
        LinkRule(name="incompatibleAccessPackages", to=("accessPackage",), writable=True),
        LinkRule(name="incompatibleGroups", to=("group",), writable=True),
        LinkRule(
            name="accessPackagesIncompatibleWith",
            to=("accessPackage",),
            held=Held.INVERSE,
            via="incompatibleAccessPackages",
        ),
        LinkRule(
            name="assignmentPolicies", to=("accessPackageAssignmentPolicy",), held=Held.DERIVED, via="accessPackageId"
        ),
    ),
)

ASSIGNMENT_POLICY = Kind(
    name="accessPackageAssignmentPolicy",
    collection="assignmentPolicies",
    path=f"{_BASE}/assignmentPolicies",
    query=_QUERY,
    methods=frozenset({"POST", "PUT", "DELETE"}),
    shows_updates=True,
    required=("accessPackage", "displayName"),
    writes_with=_WRITERS,
    reads=_READERS,
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        displayName string
        description string?
        allowedTargetScope string
        specificAllowedTargets subjectSet[] set
        automaticRequestSettings automaticRequestSettings?
        expiration expirationPattern?
        requestorSettings packageRequestorSettings?
        requestApprovalSettings packageApprovalSettings?
        reviewSettings packageReviewSettings?
        notificationSettings packageNotificationSettings?
        createdDateTime datetime ro
        modifiedDateTime datetime ro
        accessPackageId guid never
        catalogId guid never
    """),
    links=links(
        LinkRule(
            name="accessPackage", to=("accessPackage",), single=True, held=Held.OWN, via="accessPackageId", bound=True
        ),
        LinkRule(name="catalog", to=("accessPackageCatalog",), single=True, held=Held.OWN, via="catalogId"),
        LinkRule(name="questions", to=("accessPackageQuestion",), held=Held.CONTAINED, deep=True),
        LinkRule(
            name="customExtensionStageSettings", to=("customExtensionStageSetting",), held=Held.CONTAINED, deep=True
        ),
    ),
)

ASSIGNMENT = Kind(
    name="accessPackageAssignment",
    collection="assignments",
    path=f"{_BASE}/assignments",
    query=_QUERY,
    methods=frozenset(),
    reads=_READERS,
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        state string ro
        status string? ro
        expiredDateTime datetime? ro
        schedule requestSchedule? ro
        accessPackageId guid never
        assignmentPolicyId guid never
    """),
    links=links(
        LinkRule(name="accessPackage", to=("accessPackage",), single=True, held=Held.OWN, via="accessPackageId"),
        LinkRule(
            name="assignmentPolicy",
            to=("accessPackageAssignmentPolicy",),
            single=True,
            held=Held.OWN,
            via="assignmentPolicyId",
        ),
        LinkRule(name="target", to=("accessPackageSubject",), single=True, held=Held.CONTAINED),
    ),
)

CONNECTED_ORGANIZATION = Kind(
    name="connectedOrganization",
    collection="connectedOrganizations",
    path=f"{_BASE}/connectedOrganizations",
    query=_PLAIN,
    methods=_WRITTEN,
    shows_updates=True,  # 202 in the documentation
    required=("displayName", "identitySources"),
    writes_with=_WRITERS,
    reads=_READERS,
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        displayName string
        description string?
        identitySources identitySource[] set
        state string
        createdDateTime datetime ro
        modifiedDateTime datetime ro
    """),
    links=links(
        LinkRule(name="internalSponsors", to=("user", "group"), expand=False, writable=True),
        LinkRule(name="externalSponsors", to=("user", "group"), expand=False, writable=True),
    ),
)

ENTITLEMENT_SETTINGS = Kind(
    name="entitlementManagementSettings",
    collection="settings",
    path=f"{_BASE}/settings",
    singleton=True,
    query=frozenset(),
    methods=frozenset({"PATCH"}),
    writes_with=_WRITERS,
    reads=_READERS,
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id string ro
        externalUserLifecycleAction string
        durationUntilExternalUserDeletedAfterBlocked string?
    """),
)

RESOURCE_REQUEST = Kind(
    name="accessPackageResourceRequest",
    collection="resourceRequests",
    path=f"{_BASE}/resourceRequests",
    query=frozenset(),
    methods=frozenset({"POST"}),
    reads=_READERS,
    writes_with=_WRITERS,
    required=("catalog", "requestType", "resource"),
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        requestType string create
        state string ro
        createdDateTime datetime ro
        resource open create
        catalog open create
    """),
)

ASSIGNMENT_REQUEST = Kind(
    name="accessPackageAssignmentRequest",
    collection="assignmentRequests",
    path=f"{_BASE}/assignmentRequests",
    query=frozenset(),
    methods=frozenset({"POST"}),
    reads=_READERS,
    writes_with=_WRITERS,
    required=("assignment", "requestType"),
    licence=_PLANS,
    refuses="entitlement",
    properties=table("""
        id guid ro
        requestType string create
        state string ro
        status string ro
        createdDateTime datetime ro
        justification string? create
        schedule requestSchedule? create
        assignment open create
    """),
)

KINDS = (
    *entitlement_parts.KINDS,
    RESOURCE_REQUEST,
    ASSIGNMENT_REQUEST,
    ENTITLEMENT_ROLE_DEFINITION,
    ENTITLEMENT_ROLE_ASSIGNMENT,
    CATALOG,
    ACCESS_PACKAGE,
    ASSIGNMENT_POLICY,
    ASSIGNMENT,
    CONNECTED_ORGANIZATION,
    ENTITLEMENT_SETTINGS,
)

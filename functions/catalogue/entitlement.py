"""Entitlement management: catalogs, access packages, who may ask for them, who has them, and the partners they are for.

Expansions stay one level deep: Graph has been seen to refuse, and to cut short, what is nested deeper in a list. What
lies further down is read below the object itself.
"""

from functions.catalogue.licences import P2
from functions.catalogue.model import NAME_ID, Fetch, ObjectType, Preset, Read, Relationship
from functions.catalogue.refusals import absent, refused, unlicensed

_SCOPE = "EntitlementManagement.Read.All"
_BASE = "/identityGovernance/entitlementManagement"
_ROLES = "/roleManagement/entitlementManagement"
_TOLERATES = (*unlicensed(), *refused(_SCOPE), *absent())
_STAMPS = frozenset({"createdDateTime", "id", "modifiedDateTime"})
_PRINCIPALS = ("users", "groups", "servicePrincipals")
_RESOURCES = ("groups", "servicePrincipals", "roleDefinitions")  # sites go by their address


def _below(name: str, *expand: str, notes: str = "", keeps_order: bool = False) -> Relationship:
    """What an object contains, read below it and kept whole."""
    return Relationship(
        name=name,
        fetch=Fetch.BATCH,
        contained=True,
        expand=expand,
        keeps_order=keeps_order,
        read_scopes=(_SCOPE,),
        notes=notes,
    )


def _links(name: str, type: str = "directoryObject", notes: str = "") -> Relationship:
    return Relationship(name=name, fetch=Fetch.BATCH, type=type, read_scopes=(_SCOPE,), notes=notes)


def _people(*places: str) -> tuple[str, ...]:
    """Where a set of approvers, reviewers or targets names a user or a group."""
    return tuple(f"{place}.{id}" for place in places for id in ("groupId", "userId"))


ENTITLEMENT_ROLE_DEFINITIONS = ObjectType(
    key="entitlementRoleDefinitions",
    title="Entitlement management roles",
    path=f"{_ROLES}/roleDefinitions",
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    read_only=frozenset({"id", "isBuiltIn", "resourceScopes", "templateId", "version"}),
    unrestored="these roles are Microsoft's own and always there.",
    notes="Catalog owner, catalog reader, access package manager and the others that a catalog can give.",
)

ENTITLEMENT_ROLE_ASSIGNMENTS = ObjectType(
    key="entitlementRoleAssignments",
    title="Entitlement management role assignments",
    path=f"{_ROLES}/roleAssignments",
    name="principalId",
    natural_keys=("principalId", "roleDefinitionId", "appScopeId"),
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    read_only=frozenset({"condition", "id", "principalOrganizationId"}),
    references=("appScopeId", "principalId", "roleDefinitionId"),
    organization="principalOrganizationId",
    depends_on=(*_PRINCIPALS, "accessPackageCatalogs", "entitlementRoleDefinitions"),
    unrestored="this release does not write assignments; post principalId, roleDefinitionId and appScopeId again.",
    notes="Who runs which catalog: appScopeId is a path that ends in the catalog's id.",
)

ACCESS_PACKAGE_CATALOGS = ObjectType(
    key="accessPackageCatalogs",
    title="Access package catalogs",
    path=f"{_BASE}/catalogs",
    relationships=(
        _below("resources", "roles", "scopes", notes="Groups, applications and sites that packages may give."),
        _below("customWorkflowExtensions", notes="Logic apps that a request can call."),
    ),
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    read_only=_STAMPS | {"catalogType"},
    references=("@relationships.resources.originId",),
    leads_to={"@relationships.resources.originId": _RESOURCES},
    depends_on=("groups", "applications", "servicePrincipals", "roleDefinitions"),
    unrestored="this release does not write catalogs; create it again, then add its resources one request at a time.",
    notes=(
        "A resource's originId is the id of a group or service principal, or the address of a site. Resources, roles "
        "and scopes have ids of the catalog's own: added again, they get new ones."
    ),
)

ACCESS_PACKAGES = ObjectType(
    key="accessPackages",
    title="Access packages",
    path=f"{_BASE}/accessPackages",
    expand=("catalog",),
    relationships=(
        _below("resourceRoleScopes", "role", "scope", notes="What somebody gets who is given the package."),
        _links("incompatibleAccessPackages", "accessPackage", notes="Nobody may have both."),
        _links("incompatibleGroups", "group", notes="Nobody in these groups may have the package."),
    ),
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    # The catalog comes along whole: without this, a change to it would change every package in it.
    volatile=frozenset({"catalog.description", "catalog.modifiedDateTime"}),
    read_only=_STAMPS | {"catalog"},
    # role.originId is left out: a role of an application goes by the id of its app role, which is no object of its own
    references=("@relationships.resourceRoleScopes.scope.originId", "catalog.id"),
    leads_to={
        "@relationships.resourceRoleScopes.scope.originId": _RESOURCES,
        "catalog.id": ("accessPackageCatalogs",),
    },
    depends_on=("groups", "servicePrincipals", "roleDefinitions", "accessPackageCatalogs"),
    unrestored="this release does not write packages; create it in its catalog, then add its roles and its policies.",
    notes=(
        "The roles a package gives are read package by package: inside the list they have been seen cut short. The "
        "opposite direction of incompatible packages follows from the other records and is not read."
    ),
)

ACCESS_PACKAGE_ASSIGNMENT_POLICIES = ObjectType(
    key="accessPackageAssignmentPolicies",
    title="Access package assignment policies",
    path=f"{_BASE}/assignmentPolicies",
    expand=("accessPackage", "catalog"),
    relationships=(
        # the answers to choose from are shown in the order they come
        _below("questions", notes="What people are asked; sequence gives the order.", keeps_order=True),
        _below("customExtensionStageSettings", "customExtension", notes="Which logic app is called at which stage."),
    ),
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    volatile=frozenset(
        {
            "accessPackage.description",
            "accessPackage.modifiedDateTime",
            "catalog.description",
            "catalog.modifiedDateTime",
        }
    ),
    ordered=frozenset({"requestApprovalSettings.stages"}),
    read_only=_STAMPS | {"accessPackage", "catalog"},
    references=(
        *_people(
            "requestApprovalSettings.stages.escalationApprovers",
            "requestApprovalSettings.stages.fallbackEscalationApprovers",
            "requestApprovalSettings.stages.fallbackPrimaryApprovers",
            "requestApprovalSettings.stages.primaryApprovers",
            "requestorSettings.onBehalfRequestors",
            "reviewSettings.fallbackReviewers",
            "reviewSettings.primaryReviewers",
            "specificAllowedTargets",
        ),
        "accessPackage.id",
        "catalog.id",
        "specificAllowedTargets.connectedOrganizationId",
    ),
    leads_to={
        "accessPackage.id": ("accessPackages",),
        "catalog.id": ("accessPackageCatalogs",),
        "specificAllowedTargets.connectedOrganizationId": ("connectedOrganizations",),
    },
    depends_on=("users", "groups", "accessPackages", "accessPackageCatalogs", "connectedOrganizations"),
    unrestored="this release does not write policies; create it again for its package from the record.",
    notes=(
        "Who may ask for a package, who approves, how long it lasts, who reviews it. Questions and custom extensions "
        "are navigations of their own; where Graph refuses them, the policy is kept and the gap is named. Whether a "
        "policy still accepts requests shows on beta only."
    ),
)

ACCESS_PACKAGE_ASSIGNMENTS = ObjectType(
    key="accessPackageAssignments",
    title="Access package assignments",
    path=f"{_BASE}/assignments",
    expand=("accessPackage", "assignmentPolicy", "target"),
    name="id",
    read_scopes=(_SCOPE,),
    licence=P2,
    preset=Preset.EVERYTHING,
    tolerates=_TOLERATES,
    volatile=frozenset(
        {
            "accessPackage.description",
            "accessPackage.modifiedDateTime",
            "assignmentPolicy.description",
            "assignmentPolicy.modifiedDateTime",
            "status",
        }
    ),
    ordered=frozenset({"assignmentPolicy.requestApprovalSettings.stages"}),
    read_only=frozenset({"accessPackage", "assignmentPolicy", "expiredDateTime", "id", "state", "status", "target"}),
    references=("accessPackage.id", "assignmentPolicy.id", "target.objectId"),
    # An assignment that has expired outlives its package, its policy and the person who had it.
    elsewhere=frozenset({"accessPackage.id", "assignmentPolicy.id", "target.objectId"}),
    depends_on=("users", "servicePrincipals", "accessPackages", "accessPackageAssignmentPolicies"),
    unrestored="this release does not write assignments; request each by adminAdd for its package, policy and target.",
    notes=(
        "Who has which package, expired assignments included, so the list grows with every year. status moves by "
        "itself and is kept apart; state makes versions."
    ),
)

CONNECTED_ORGANIZATIONS = ObjectType(
    key="connectedOrganizations",
    title="Connected organizations",
    path=f"{_BASE}/connectedOrganizations",
    relationships=(
        _links("internalSponsors", notes="People or groups here who approve for the partner."),
        _links("externalSponsors", notes="People or groups of the partner who do."),
    ),
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    read_only=_STAMPS,
    depends_on=("users", "groups"),
    unrestored="this release does not write organizations; create it from identitySources, then add its sponsors.",
    notes="Partners whose people may ask for access packages, by tenant, domain or federation.",
)

ENTITLEMENT_MANAGEMENT_SETTINGS = ObjectType(
    key="entitlementManagementSettings",
    title="Entitlement management settings",
    read=Read.ONE,
    path=f"{_BASE}/settings",
    identity="",
    id_pattern=NAME_ID,
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    read_only=frozenset({"id"}),
    unrestored="this release does not write the settings; change the two values by hand from the record.",
    notes="What happens to a guest who loses the last package, and when.",
)

ENTRIES: tuple[ObjectType, ...] = (
    ENTITLEMENT_ROLE_DEFINITIONS,
    ENTITLEMENT_ROLE_ASSIGNMENTS,
    ACCESS_PACKAGE_CATALOGS,
    ACCESS_PACKAGES,
    ACCESS_PACKAGE_ASSIGNMENT_POLICIES,
    ACCESS_PACKAGE_ASSIGNMENTS,
    CONNECTED_ORGANIZATIONS,
    ENTITLEMENT_MANAGEMENT_SETTINGS,
)

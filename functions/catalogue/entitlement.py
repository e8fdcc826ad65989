"""Entitlement management: catalogs, access packages, who may ask for them, who has them, and the partners they are for.

Expansions stay one level deep: Graph has been seen to refuse, and to cut short, what is nested deeper in a list. What
lies further down is read below the object itself.
"""

from functions.catalogue.licences import P2
from functions.catalogue.model import (
    NAME_ID,
    Deletes,
    Fetch,
    Lost,
    ObjectType,
    Part,
    Preset,
    Read,
    Relationship,
    Restore,
    Stage,
)
from functions.catalogue.refusals import absent, refused, unlicensed

_SCOPE = "EntitlementManagement.Read.All"
_BASE = "/identityGovernance/entitlementManagement"
_ROLES = "/roleManagement/entitlementManagement"
_TOLERATES = (*unlicensed(), *refused(_SCOPE), *absent())
_STAMPS = frozenset({"createdDateTime", "id", "modifiedDateTime"})
_PRINCIPALS = ("users", "groups", "servicePrincipals")
_RESOURCES = ("groups", "servicePrincipals", "roleDefinitions")  # sites go by their address
_WRITE = ("EntitlementManagement.ReadWrite.All",)
_CATALOG = frozenset({"description", "displayName", "isExternallyVisible", "state"})
_PACKAGE = frozenset({"description", "displayName", "isHidden"})
_POLICY = frozenset(
    {
        "allowedTargetScope",
        "automaticRequestSettings",
        "description",
        "displayName",
        "expiration",
        "notificationSettings",
        "requestApprovalSettings",
        "requestorSettings",
        "reviewSettings",
        "specificAllowedTargets",
    }
)
_ORGANIZATION = frozenset({"description", "displayName", "identitySources", "state"})
_EXTENSION = frozenset(
    {
        "@odata.type",
        "authenticationConfiguration",
        "callbackConfiguration",
        "clientConfiguration",
        "description",
        "displayName",
        "endpointConfiguration",
    }
)
_QUESTION = frozenset(
    {
        "@odata.type",
        "choices",
        "isAnswerEditable",
        "isMultipleSelectionAllowed",
        "isRequired",
        "isSingleLineQuestion",
        "localizations",
        "regexPattern",
        "sequence",
        "text",
    }
)


def _below(
    name: str,
    *expand: str,
    notes: str = "",
    keeps_order: bool = False,
    part: Part | None = None,
) -> Relationship:
    """What an object contains, read below it and kept whole."""
    return Relationship(
        name=name,
        fetch=Fetch.BATCH,
        contained=True,
        expand=expand,
        keeps_order=keeps_order,
        restorable=True,
        part=part,
        read_scopes=(_SCOPE,),
        notes=notes,
    )


def _links(name: str, type: str = "directoryObject", notes: str = "") -> Relationship:
    return Relationship(name=name, fetch=Fetch.BATCH, type=type, restorable=True, read_scopes=(_SCOPE,), notes=notes)


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
    read_only=frozenset({"condition", "directoryScopeId", "id", "principalOrganizationId"}),
    references=("appScopeId", "principalId", "roleDefinitionId"),
    organization="principalOrganizationId",
    depends_on=(*_PRINCIPALS, "accessPackageCatalogs", "entitlementRoleDefinitions"),
    restore=Restore(
        collection=f"{_ROLES}/roleAssignments",
        create=frozenset({"appScopeId", "principalId", "roleDefinitionId"}),
        update=frozenset(),
        required=frozenset({"appScopeId", "principalId", "roleDefinitionId"}),
        method="",
        stage=Stage.ASSIGNED,
        deletes=Deletes.LINK,
        unique=True,
        follows=("principalId", "appScopeId"),
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="Who gave the role, and when",
                why="It is history, and nobody can write it.",
                todo="Nothing; the audit log keeps it.",
                planned=False,
            ),
        ),
    ),
    notes="Who runs which catalog: appScopeId is a path that ends in the catalog's id.",
)

ACCESS_PACKAGE_CATALOGS = ObjectType(
    key="accessPackageCatalogs",
    title="Access package catalogs",
    path=f"{_BASE}/catalogs",
    relationships=(
        _below("resources", "roles", "scopes", notes="Groups, applications and sites that packages may give."),
        _below(
            "customWorkflowExtensions",
            notes="Logic apps that a request can call.",
            part=Part(
                keys=("displayName",),
                create=_EXTENSION,
                update=_EXTENSION,
                required=frozenset({"authenticationConfiguration", "displayName", "endpointConfiguration"}),
                method="PUT",
            ),
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=(_SCOPE,),
    licence=P2,
    tolerates=_TOLERATES,
    read_only=_STAMPS | {"catalogType"},
    references=("@relationships.resources.originId",),
    leads_to={"@relationships.resources.originId": _RESOURCES},
    depends_on=("groups", "applications", "servicePrincipals", "roleDefinitions"),
    restore=Restore(
        collection=f"{_BASE}/catalogs",
        create=_CATALOG,
        update=_CATALOG,
        required=frozenset({"displayName"}),
        stage=Stage.ACCESS,
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="The ids of the catalog's resources, roles and logic apps",
                why="They are the catalog's own, and new ones are given to what is added again.",
                todo="Nothing in the directory: packages that a restore makes name the new ones.",
                planned=False,
            ),
        ),
    ),
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
    read_only=_STAMPS,
    references=(
        "@relationships.resourceRoleScopes.role.originId",
        "@relationships.resourceRoleScopes.scope.originId",
        "catalog.id",
    ),
    # A role of an application goes by the id of its app role, which is no object of its own.
    elsewhere=frozenset({"@relationships.resourceRoleScopes.role.originId"}),
    leads_to={
        "@relationships.resourceRoleScopes.scope.originId": _RESOURCES,
        "catalog.id": ("accessPackageCatalogs",),
    },
    depends_on=("groups", "servicePrincipals", "roleDefinitions", "accessPackageCatalogs"),
    restore=Restore(
        collection=f"{_BASE}/accessPackages",
        create=_PACKAGE | {"catalog"},
        update=_PACKAGE,
        required=frozenset({"displayName"}),
        stage=Stage.ASSIGNED,
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="The address where people ask for the package",
                why="It ends in the package's id, and a package that is made again has a new one.",
                todo="Give people the new address; its policies and assignments are types of their own.",
            ),
        ),
    ),
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
        _below(
            "questions",
            notes="What people are asked; sequence gives the order. That one can be written by itself follows from the "
            "metadata; no page describes it.",
            keeps_order=True,
            part=Part(
                keys=("text",),
                create=_QUESTION,
                update=_QUESTION - {"text"},
                required=frozenset({"text"}),
                removable=True,
            ),
        ),
        _below(
            "customExtensionStageSettings",
            "customExtension",
            notes="Which logic app is called at which stage. That one can be written by itself follows from the "
            "metadata; no page describes it.",
        ),
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
    read_only=_STAMPS | {"catalog"},
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
    restore=Restore(
        collection=f"{_BASE}/assignmentPolicies",
        create=_POLICY | {"accessPackage"},
        update=_POLICY,
        required=frozenset({"displayName"}),
        method="PUT",
        stage=Stage.ASSIGNED,
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="Requests that were under way",
                why="They are asked under one policy, and a new one knows nothing of them.",
                todo="Ask the people to request the package again.",
            ),
        ),
    ),
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
    restore=Restore(
        collection=f"{_BASE}/assignmentRequests",  # a request names the rest: package, policy and target
        create=frozenset({"schedule"}),
        required=frozenset({"schedule"}),
        update=frozenset(),
        method="",
        stage=Stage.ASSIGNED,
        follows=("target.objectId", "accessPackage.id"),
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="Assignments that had expired, and the answers to questions",
                why="They are history: only what was delivered is asked for again.",
                todo="Nothing; the backup keeps them.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection=f"{_BASE}/connectedOrganizations",
        create=_ORGANIZATION,
        update=_ORGANIZATION,
        required=frozenset({"displayName", "identitySources"}),
        stage=Stage.ACCESS,
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="Which organization a guest came from",
                why="The service keeps it with the guest and does not move it to an organization that is made again.",
                todo="Nothing for guests who stay; new ones are counted with the new organization.",
                planned=False,
            ),
        ),
    ),
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
    restore=Restore(
        collection=f"{_BASE}/settings",
        create=frozenset(),
        update=frozenset({"durationUntilExternalUserDeletedAfterBlocked", "externalUserLifecycleAction"}),
        stage=Stage.POLICIES,
        write_scopes=_WRITE,
        lost=(
            Lost(
                what="Guests that were blocked or deleted under another setting",
                why="A setting says what will be done, not what has been.",
                todo="Look for deleted guests in the recycle bin of users, within 30 days.",
                planned=False,
            ),
        ),
    ),
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

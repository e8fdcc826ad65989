"""Directory roles: their definitions, built-in and custom, and who holds them."""

from functions.catalogue.model import OPAQUE_ID, ObjectType, Preset
from functions.catalogue.refusals import absent, refused

_SCOPE = "RoleManagement.Read.Directory"
_SCOPES = ("users", "groups", "devices", "applications", "servicePrincipals", "administrativeUnits")

ROLE_DEFINITIONS = ObjectType(
    key="roleDefinitions",
    title="Directory role definitions",
    path="/roleManagement/directory/roleDefinitions",
    preset=Preset.ESSENTIAL,
    aliases=("templateId",),
    natural_keys=("templateId",),
    read_scopes=(_SCOPE,),
    tolerates=(*refused(_SCOPE), *absent()),
    read_only=frozenset({"id", "inheritsPermissionsFrom", "isBuiltIn", "resourceScopes"}),
    unrestored="this release does not write roles; create a custom role again from rolePermissions in the record.",
    notes=(
        "Built-in and custom roles come in one list; custom ones need Entra ID P1. isPrivileged exists on beta only. "
        "Which built-in role another one inherits from is not read: Microsoft decides it. No page size is documented, "
        "so none is sent."
    ),
)

ROLE_ASSIGNMENTS = ObjectType(
    key="roleAssignments",
    title="Directory role assignments",
    path="/roleManagement/directory/roleAssignments",
    preset=Preset.ESSENTIAL,
    id_pattern=OPAQUE_ID,
    name="principalId",
    natural_keys=("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"),
    read_scopes=(_SCOPE,),
    tolerates=(*refused(_SCOPE), *absent()),
    read_only=frozenset({"condition", "id", "principalOrganizationId", "resourceScope"}),
    references=("appScopeId", "directoryScopeId", "principalId", "roleDefinitionId"),
    leads_to={
        "appScopeId": _SCOPES,
        "directoryScopeId": _SCOPES,
        "principalId": ("users", "groups", "servicePrincipals"),
        "roleDefinitionId": ("roleDefinitions",),
    },
    organization="principalOrganizationId",  # a partner who administers this tenant holds roles under ids of its own
    depends_on=("users", "groups", "applications", "servicePrincipals", "administrativeUnits", "roleDefinitions"),
    unrestored="this release does not write assignments; post principal, role and scope of the record again.",
    notes=(
        "The list also holds assignments that PIM has activated for the moment, so one may come and go between runs; "
        "eligibility is a type of its own. directoryScopeId is a path: / for the tenant, otherwise it ends in the id "
        "of the unit or object. Read without $select, because Graph sends more than it documents. Roles held by a "
        "partner of another tenant (principalOrganizationId) are read and their ids not looked up here. "
        "directoryRoles, the older list of built-in roles in use and their members, says nothing more and is not read. "
        "Roles of Exchange, Defender and Cloud PC, which only beta lists, are not read; those of entitlement "
        "management and Intune are types of their own."
    ),
)

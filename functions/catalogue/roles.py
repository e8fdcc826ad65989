"""Directory roles: their definitions, built-in and custom, and who holds them."""

from functions.catalogue.model import OPAQUE_ID, Deletes, Lost, ObjectType, Preset, Restore, Stage
from functions.catalogue.refusals import absent, refused

_SCOPE = "RoleManagement.Read.Directory"
_WRITE = "RoleManagement.ReadWrite.Directory"
_DEFINITION = frozenset({"description", "displayName", "isEnabled", "rolePermissions", "version"})
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
    restore=Restore(
        collection="/roleManagement/directory/roleDefinitions",
        # A new custom role takes the template id it is given for its id, so that what named it goes on naming it. That
        # is told of the service, not documented: the new id is read from the answer and mapped.
        create=_DEFINITION | {"templateId"},
        update=_DEFINITION,
        required=frozenset({"displayName", "isEnabled", "rolePermissions"}),
        stage=Stage.DEFINITIONS,
        undelete="/roleManagement/directory/deletedItems/roleDefinitions/{id}/restore",
        deleted="/roleManagement/directory/deletedItems/roleDefinitions/{id}",
        # Only the global cloud keeps a deleted role, and nothing in a role tells which cloud it is in.
        deletes=Deletes.NO,
        unique=True,
        keeps_id=True,
        write_scopes=(_WRITE,),
        lost=(
            Lost(
                what="Built-in roles",
                why="Microsoft defines them, and they cannot be changed.",
                todo="Nothing: they are in every tenant. Who holds them is restored as role assignments.",
                planned=False,
            ),
        ),
    ),
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
    # After the schedules, so that an assignment made by one comes back with its end.
    depends_on=(
        "users",
        "groups",
        "applications",
        "servicePrincipals",
        "administrativeUnits",
        "roleDefinitions",
        "roleAssignmentSchedules",
    ),
    restore=Restore(
        collection="/roleManagement/directory/roleAssignments",
        create=frozenset({"appScopeId", "directoryScopeId", "principalId", "roleDefinitionId"}),
        update=frozenset(),
        required=frozenset({"principalId", "roleDefinitionId"}),
        method="",
        stage=Stage.ROLES,
        deletes=Deletes.LINK,
        unique=True,
        follows=("principalId", "directoryScopeId"),
        write_scopes=(_WRITE,),
        lost=(
            Lost(
                what="The id of an assignment",
                why="An assignment that is made again gets a new id; nothing in the directory names it.",
                todo="Nothing.",
                planned=False,
            ),
            Lost(
                what="Roles held by partners of another tenant",
                why="They hold them under ids of their own tenant, through a relationship that is set up elsewhere.",
                todo="Ask the partner to renew the relationship of delegated administration.",
                planned=False,
            ),
        ),
    ),
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

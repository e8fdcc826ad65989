"""Who may use what: app role assignments and delegated permission grants."""

from functions.catalogue.model import OPAQUE_ID, Deletes, Lost, ObjectType, Preset, Read, Restore, Stage
from functions.catalogue.refusals import absent, refused

APP_ROLE_ASSIGNMENTS = ObjectType(
    key="appRoleAssignments",
    title="App role assignments",
    path="/servicePrincipals/{parent}/appRoleAssignedTo",
    preset=Preset.ESSENTIAL,
    read=Read.CHILDREN,
    parent="/servicePrincipals",
    page_size=999,  # as for the other directory lists; no page states it
    id_pattern=OPAQUE_ID,
    name="principalDisplayName",
    natural_keys=("principalId", "resourceId", "appRoleId"),
    read_scopes=("Application.Read.All",),
    tolerates=refused("Application.Read.All"),
    read_only=frozenset(
        {
            "createdDateTime",
            "deletedDateTime",
            "id",
            "principalDisplayName",
            "principalType",
            "resourceDisplayName",
        }
    ),
    references=("principalId", "resourceId"),
    depends_on=("users", "groups", "servicePrincipals"),
    restore=Restore(
        collection="/servicePrincipals/{resourceId}/appRoleAssignedTo",
        create=frozenset({"appRoleId", "principalId", "resourceId"}),
        update=frozenset(),
        required=frozenset({"appRoleId", "principalId", "resourceId"}),
        method="",
        stage=Stage.GRANTS,
        deletes=Deletes.LINK,
        unique=True,
        follows=("principalId", "resourceId"),
        write_scopes=("AppRoleAssignment.ReadWrite.All", "Application.Read.All"),
        lost=(
            Lost(
                what="When the role was assigned",
                why="Graph stamps each assignment with the moment it is made.",
                todo="The record holds the old date; nothing depends on it.",
            ),
        ),
    ),
    notes=(
        "Read from the resource side, which covers users, groups and apps in one sweep; the assignments listed under a "
        "user, group or client are the same ones. The role id of all zeros is default access."
    ),
)

OAUTH2_PERMISSION_GRANTS = ObjectType(
    key="oauth2PermissionGrants",
    title="Delegated permission grants",
    path="/oauth2PermissionGrants",
    preset=Preset.ESSENTIAL,
    id_pattern=OPAQUE_ID,
    name="scope",
    natural_keys=("clientId", "resourceId", "consentType", "principalId"),
    read_scopes=("Directory.Read.All",),
    tolerates=(*refused("Directory.Read.All"), *absent()),
    read_only=frozenset({"id"}),
    references=("clientId", "resourceId", "principalId"),
    depends_on=("users", "servicePrincipals"),
    restore=Restore(
        collection="/oauth2PermissionGrants",
        create=frozenset({"clientId", "consentType", "principalId", "resourceId", "scope"}),
        update=frozenset({"scope"}),
        required=frozenset({"clientId", "consentType", "resourceId", "scope"}),
        stage=Stage.GRANTS,
        deletes=Deletes.LINK,
        unique=True,
        follows=("clientId", "resourceId", "principalId"),
        write_scopes=("DelegatedPermissionGrant.ReadWrite.All",),
        lost=(
            Lost(
                what="Who consented, and when",
                why="Graph keeps no such thing with a grant, and the audit log has the restorer as who gave it now.",
                todo="Look in the audit log of the time for the consent itself.",
            ),
        ),
    ),
    notes=(
        "No narrower permission than Directory.Read.All is accepted for this list. No page size is documented, so none "
        "is sent. A grant has no name of its own: its scopes stand in."
    ),
)

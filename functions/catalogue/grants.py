"""Who may use what: app role assignments and delegated permission grants."""

from functions.catalogue.model import OPAQUE_ID, ObjectType, Preset, Read
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
    unrestored="this release does not write assignments; post principalId, resourceId and appRoleId again.",
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
    unrestored="this release does not write grants; post clientId, resourceId, consentType and scope again.",
    notes=(
        "No narrower permission than Directory.Read.All is accepted for this list. No page size is documented, so none "
        "is sent. A grant has no name of its own: its scopes stand in."
    ),
)

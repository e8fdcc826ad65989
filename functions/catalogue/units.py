"""Administrative units, with their members and the administrators scoped to them."""

from functions.catalogue.model import HIDDEN_MEMBERS, Fetch, ObjectType, Preset, Relationship
from functions.catalogue.refusals import absent, refused

_SELECT = (
    "id",
    "deletedDateTime",
    "description",
    "displayName",
    "isMemberManagementRestricted",
    "membershipRule",
    "membershipRuleProcessingState",
    "membershipType",
    "visibility",
)

ADMINISTRATIVE_UNITS = ObjectType(
    key="administrativeUnits",
    title="Administrative units",
    path="/directory/administrativeUnits",
    select=_SELECT,
    extension_values="AdministrativeUnit",
    relationships=(
        Relationship(
            name="members",
            fetch=Fetch.BATCH,
            hidden=HIDDEN_MEMBERS,
            read_scopes=("AdministrativeUnit.Read.All", "Member.Read.Hidden"),
        ),
        Relationship(
            name="scopedRoleMembers",
            fetch=Fetch.BATCH,
            contained=True,
            select=(),
            read_scopes=("RoleManagement.Read.Directory",),
        ),
    ),
    natural_keys=("displayName",),
    read_scopes=("AdministrativeUnit.Read.All",),
    preset=Preset.ESSENTIAL,
    bin="deletedAdministrativeUnits",
    tolerates=(*refused("AdministrativeUnit.Read.All"), *absent()),
    read_only=frozenset({"deletedDateTime", "id"}),
    references=("@relationships.scopedRoleMembers.roleMemberInfo.id", "membershipRule"),
    leads_to={
        "@relationships.scopedRoleMembers.roleMemberInfo.id": ("users", "groups", "servicePrincipals"),
        "membershipRule": ("users", "groups", "devices", "servicePrincipals", "subscribedSkus"),
    },
    depends_on=("users", "groups", "devices"),
    unrestored="this release does not write units; undelete it in the recycle bin within 30 days of its deletion, or "
    "create it again from the record and add its members.",
    notes=(
        "Values of directory extensions are read. No page size is documented, so none is sent. The scoped "
        "administrators are also in roleAssignments, where they are restored from. Whether a unit restricts "
        "management of its members is fixed when it is created. Dynamic units need Entra ID P1. Open "
        "extensions are not read: they come only with $expand, and China does not have them."
    ),
)

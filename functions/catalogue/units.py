"""Administrative units, with their members and the administrators scoped to them."""

from functions.catalogue.model import (
    HIDDEN_MEMBERS,
    Deletes,
    Fetch,
    Lost,
    ObjectType,
    Preset,
    Relationship,
    Restore,
    Stage,
)
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

_UPDATE = frozenset(
    {"description", "displayName", "membershipRule", "membershipRuleProcessingState", "membershipType", "visibility"}
)

_LOST = (
    Lost(
        what="Members of a dynamic unit",
        why="Entra ID computes them from the rule and refuses to have them written.",
        todo="Check the rule for ids of deleted objects; the members return when it is evaluated.",
        planned=False,
    ),
    Lost(
        what="Whether a live unit restricts the management of its members",
        why="It is fixed when the unit is created.",
        todo="Only a new unit can have the other value.",
        planned=False,
    ),
    Lost(
        what="The administrators of a unit, when roleAssignments is not restored with it",
        why="What a unit shows as scopedRoleMembers are role assignments with the unit as their scope: they are "
        "written once, as roleAssignments.",
        todo="Restore the role assignments that name the unit.",
        planned=False,
    ),
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
            restorable=True,
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
    restore=Restore(
        collection="/directory/administrativeUnits",
        create=_UPDATE | {"isMemberManagementRestricted"},
        update=_UPDATE,
        required=frozenset({"displayName"}),
        stage=Stage.GROUPS,
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/{id}",
        deletes=Deletes.SOFT,
        write_scopes=("AdministrativeUnit.ReadWrite.All",),
        lost=_LOST,
    ),
    notes=(
        "Values of directory extensions are read. No page size is documented, so none is sent. The scoped "
        "administrators are also in roleAssignments, where they are restored from. Whether a unit restricts "
        "management of its members is fixed when it is created. Dynamic units need Entra ID P1. To delete a unit or "
        "take members out of it, the restorer also needs the directory role Privileged Role Administrator. Open "
        "extensions are not read: they come only with $expand, and China does not have them."
    ),
)

"""Administrative units, with their members and the administrators scoped to them."""

from functions.catalogue.model import Fetch, ObjectType, Relationship
from functions.catalogue.refusals import absent, refused

ADMINISTRATIVE_UNITS = ObjectType(
    key="administrativeUnits",
    title="Administrative units",
    path="/directory/administrativeUnits",
    relationships=(
        Relationship(
            name="members", fetch=Fetch.BATCH, read_scopes=("AdministrativeUnit.Read.All", "Member.Read.Hidden")
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
    tolerates=(*refused("AdministrativeUnit.Read.All"), *absent()),
    read_only=frozenset({"deletedDateTime", "id"}),
    references=("@relationships.scopedRoleMembers.roleMemberInfo.id",),
    depends_on=("users", "groups", "devices"),
    notes=(
        "Read without $select: a plain read leaves nothing out, and values of directory extensions come with it. The "
        "scoped administrators are also in roleAssignments, where they are restored from. Whether a unit restricts "
        "management of its members is fixed when it is created. Dynamic units need Entra ID P1."
    ),
)

"""An administrator of a unit, in both places where the service shows it: below the unit, and among role assignments.

In: one of the two, made or taken away. Out: the other follows.
"""

from local.tenant.objects import Json, Row
from local.tenant.tenant import Tenant
from local.tenant.wellknown import directory_role_id, opaque_id

SCOPED, ASSIGNMENT = "scopedRoleMembership", "unifiedRoleAssignment"
_SCOPE = "/administrativeUnits/"


def membership_made(tenant: Tenant, row: Row) -> None:
    """Below a unit: a role assignment with the unit as its scope."""
    scoped = row.object()
    built_in = tenant.directory.find("unifiedRoleDefinition", "isBuiltIn", True)
    role = next(one["id"] for one in built_in if directory_role_id(tenant.id, one["id"]) == scoped["roleId"])
    assignment: Json = {
        "id": opaque_id(role, scoped["roleMemberInfo"]["id"], tenant.directory.new_id()),
        "principalId": scoped["roleMemberInfo"]["id"],
        "principalOrganizationId": tenant.id,
        "roleDefinitionId": role,
        "directoryScopeId": _SCOPE + scoped["administrativeUnitId"],
    }
    tenant.ledger.create(ASSIGNMENT, assignment["id"], assignment)


def membership_gone(tenant: Tenant, row: Row) -> None:
    scoped = row.object()
    scope = _SCOPE + scoped["administrativeUnitId"]
    for one in list(tenant.directory.find(ASSIGNMENT, "principalId", scoped["roleMemberInfo"]["id"])):
        if one.get("directoryScopeId") == scope and _role(tenant, one) == scoped["roleId"]:
            tenant.ledger.purge(ASSIGNMENT, one["id"])


def assignment_made(tenant: Tenant, row: Row) -> None:
    """With a unit as its scope: an administrator below the unit."""
    key, scoped = _membership(tenant, row.object())
    if key and tenant.objects.row(SCOPED, key) is None:
        tenant.ledger.create(SCOPED, key, scoped)


def assignment_gone(tenant: Tenant, row: Row) -> None:
    key, _ = _membership(tenant, row.object())
    if key and tenant.objects.row(SCOPED, key) is not None:
        tenant.ledger.purge(SCOPED, key)


def _membership(tenant: Tenant, assignment: Json) -> tuple[str, Json]:
    scope, principal = str(assignment.get("directoryScopeId") or ""), assignment["principalId"]
    if not scope.startswith(_SCOPE):
        return "", {}
    unit, role = scope.removeprefix(_SCOPE), _role(tenant, assignment)
    held = tenant.objects.any_kind(principal, ("user", "group", "servicePrincipal"))
    name = held.object().get("displayName") if held else None
    key = opaque_id(role, unit, principal)
    info = {"id": principal, "displayName": name}
    return key, {"id": key, "administrativeUnitId": unit, "roleId": role, "roleMemberInfo": info}


def _role(tenant: Tenant, assignment: Json) -> str:
    return directory_role_id(tenant.id, assignment["roleDefinitionId"])

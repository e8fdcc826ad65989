"""Directory roles: custom definitions, assignments, and members scoped to an administrative unit."""

from local.tenant.rules.body import invalid_value, required
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, not_found
from local.tenant.rules.references import any_object
from local.tenant.schema import KINDS
from local.tenant.wellknown import directory_role_id, opaque_id

_DEFINITION = KINDS["unifiedRoleDefinition"]
_ASSIGNMENT = KINDS["unifiedRoleAssignment"]
_SCOPED = KINDS["scopedRoleMembership"]
_CONFLICT = "A conflicting object with one or more of the specified property values is present in the directory."


def create_definition(body: Object, new: Object, directory: Directory) -> Object:
    required(_DEFINITION, body, "displayName", "isEnabled", "rolePermissions")
    if not directory.licensed("AAD_PREMIUM"):
        # custom roles need P1; the refusal is written as for other premium features, not confirmed here
        raise GraphFault(400, "AadPremiumLicenseRequired", "The tenant needs a Microsoft Entra ID P1 license.")
    _check_permissions(body)
    new["id"] = new["templateId"] = body.get("templateId") or new["id"]
    if directory.get("unifiedRoleDefinition", new["id"]) is not None:
        raise bad_request(_CONFLICT)
    return {**new, "isBuiltIn": False, "resourceScopes": ["/"]}


def update_definition(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _check_custom(current)
    if "rolePermissions" in body:
        _check_permissions(body)
    return new


def delete_definition(current: Object, directory: Directory) -> None:
    _check_custom(current)


def _check_custom(current: Object) -> None:
    if current.get("isBuiltIn"):
        raise bad_request("Built-in role definitions cannot be changed or deleted.")  # wording not confirmed


def _check_permissions(body: Object) -> None:
    actions = [action for entry in body["rolePermissions"] for action in entry.get("allowedResourceActions") or ()]
    if not actions or not all(action.startswith("microsoft.") for action in actions):
        raise invalid_value(_DEFINITION, "rolePermissions")


def create_assignment(body: Object, new: Object, directory: Directory) -> Object:
    required(_ASSIGNMENT, body, "principalId", "roleDefinitionId")
    if bool(body.get("directoryScopeId")) == bool(body.get("appScopeId")):
        raise invalid_value(_ASSIGNMENT, "directoryScopeId")
    if directory.get("unifiedRoleDefinition", body["roleDefinitionId"]) is None:
        raise not_found(body["roleDefinitionId"])
    principal = any_object(directory, body["principalId"], ("user", "group", "servicePrincipal"))
    if principal is None:
        raise not_found(body["principalId"])
    if principal.kind == "group" and not (directory.get(*principal) or {}).get("isAssignableToRole"):
        # wording not confirmed
        raise bad_request("Only a group that is assignable to roles can be assigned a role.")
    _check_scope(body.get("directoryScopeId"), directory)
    for other in directory.find("unifiedRoleAssignment", "principalId", principal.id):
        if all(other.get(name) == body.get(name) for name in ("roleDefinitionId", "directoryScopeId", "appScopeId")):
            raise bad_request(_CONFLICT)
    return {
        "appScopeId": None,
        "condition": None,
        **new,
        "id": opaque_id(body["roleDefinitionId"], principal.id, directory.new_id()),
        "principalOrganizationId": directory.tenant_id(),
    }


def _check_scope(scope: str | None, directory: Directory) -> None:
    if scope is None or scope == "/":
        return
    *unit, id = scope.removeprefix("/").split("/")
    kinds = ("administrativeUnit",) if unit == ["administrativeUnits"] else ("application", "servicePrincipal", "group")
    if unit not in ([], ["administrativeUnits"]) or any_object(directory, id, kinds) is None:
        raise not_found(id)


def create_scoped(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    required(_SCOPED, body, "roleId", "roleMemberInfo")
    unit = directory.get("administrativeUnit", parent.id)
    if unit is None:
        raise not_found(parent.id)
    templates = (item["id"] for item in directory.find("unifiedRoleDefinition", "isBuiltIn", True))
    if body["roleId"] not in {directory_role_id(directory.tenant_id(), id) for id in templates}:
        raise not_found(body["roleId"])
    member = body["roleMemberInfo"].get("id", "")
    principal = any_object(directory, member, ("user", "group", "servicePrincipal"))
    if principal is None:
        raise not_found(member)
    for other in directory.find("scopedRoleMembership", "administrativeUnitId", parent.id):
        if (other["roleId"], other["roleMemberInfo"]["id"]) == (body["roleId"], member):
            raise bad_request(_CONFLICT)
    return {
        "id": opaque_id(body["roleId"], parent.id, member),
        "administrativeUnitId": parent.id,
        "roleId": body["roleId"],
        "roleMemberInfo": {"id": member, "displayName": (directory.get(*principal) or {}).get("displayName")},
    }

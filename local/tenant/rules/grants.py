"""What applications may do: app role assignments and delegated permission grants."""

from local.tenant.rules.body import invalid_value, required
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, not_found
from local.tenant.rules.references import any_object
from local.tenant.schema import KINDS
from local.tenant.wellknown import DEFAULT_APP_ROLE, opaque_id

_ASSIGNMENT = KINDS["appRoleAssignment"]
_GRANT = KINDS["oAuth2PermissionGrant"]
_TYPES = {"user": "User", "group": "Group", "servicePrincipal": "ServicePrincipal"}
_MEMBER_TYPE = {"user": "User", "group": "User", "servicePrincipal": "Application"}


def create_assignment(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    required(_ASSIGNMENT, body, "principalId", "resourceId", "appRoleId")
    if parent.id not in (body["resourceId"], body["principalId"]):
        raise bad_request("Not a valid reference update")
    resource = directory.get("servicePrincipal", body["resourceId"])
    if resource is None:
        raise not_found(body["resourceId"])
    principal = any_object(directory, body["principalId"], tuple(_TYPES))
    if principal is None:
        raise bad_request("Not a valid reference update")
    _check_role(resource, principal, body["appRoleId"])
    for other in directory.find("appRoleAssignment", "principalId", principal.id):
        if (other["resourceId"], other["appRoleId"]) == (body["resourceId"], body["appRoleId"]):
            raise bad_request("Permission being assigned already exists on the object")
    held = directory.get(*principal) or {}
    return {
        **new,
        "id": opaque_id(principal.id, directory.new_id()),
        "createdDateTime": directory.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "principalDisplayName": held.get("displayName"),
        "principalType": _TYPES[principal.kind],
        "resourceDisplayName": resource.get("displayName"),
    }


def _check_role(resource: Object, principal: Ref, role_id: str) -> None:
    if role_id == DEFAULT_APP_ROLE:
        return
    wanted = _MEMBER_TYPE[principal.kind]
    roles = resource.get("appRoles") or ()
    if not any(role["id"] == role_id and wanted in role["allowedMemberTypes"] for role in roles):
        name = resource.get("displayName")
        raise bad_request(f"Permission being assigned was not found on application '{name}'.")  # not confirmed


def assignment_missing() -> GraphFault:
    """What a DELETE of an app role assignment that is not there is told."""
    return bad_request("EntitlementGrant being updated or deleted is not found.")


def create_grant(body: Object, new: Object, directory: Directory) -> Object:
    required(_GRANT, body, "clientId", "consentType", "resourceId")
    consent, principal = body["consentType"], body.get("principalId")
    if consent not in ("AllPrincipals", "Principal"):
        raise invalid_value(_GRANT, "consentType")
    if (consent == "Principal") != bool(principal):
        raise invalid_value(_GRANT, "principalId")
    for kind, id in (
        ("servicePrincipal", body["clientId"]),
        ("servicePrincipal", body["resourceId"]),
        ("user", principal),
    ):
        if id and directory.get(kind, id) is None:
            raise not_found(id)
    for other in directory.find("oAuth2PermissionGrant", "clientId", body["clientId"]):
        if (other["resourceId"], other.get("principalId")) == (body["resourceId"], principal):
            raise GraphFault(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
    ids = (body["clientId"], body["resourceId"], *((principal,) if principal else ()))
    return {"scope": "", "principalId": None, **new, "id": opaque_id(*ids)}

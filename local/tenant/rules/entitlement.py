"""Entitlement management: catalogs, packages with the roles they give, policies, and requests for resources and people.

Words of refusals are not confirmed, unless a comment says so.
"""

from typing import Any

from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, not_found
from local.tenant.rules.references import any_object

ORIGINS = {"AadGroup": ("group",), "AadApplication": ("servicePrincipal",), "DirectoryRole": ("unifiedRoleDefinition",)}
PRINCIPALS = ("user", "group", "servicePrincipal")


def missing_here(code: str, message: str) -> GraphFault:
    return GraphFault(400, code, message)


def new_catalog(body: Object, new: Object, directory: Directory) -> Object:
    return {"state": "published", "isExternallyVisible": False, **new, "catalogType": "userManaged"}


def remove_catalog(current: Object, directory: Directory) -> None:
    if current.get("catalogType") == "serviceDefault":
        raise bad_request("The built-in catalog cannot be deleted.")
    if any(True for _ in directory.find("accessPackage", "catalogId", current["id"])):
        raise bad_request("A catalog that has access packages cannot be deleted.")


def new_package(body: Object, new: Object, directory: Directory) -> Object:
    return {"isHidden": False, **new}


def remove_package(current: Object, directory: Directory) -> None:
    """That a package which somebody has cannot be deleted is documented."""
    held = directory.find("accessPackageAssignment", "accessPackageId", current["id"])
    if any(assignment.get("state") != "expired" for assignment in held):
        raise bad_request("An access package that has assignments cannot be deleted.")


def new_policy(body: Object, new: Object, directory: Directory) -> Object:
    package = directory.get("accessPackage", new["accessPackageId"]) or {}
    _check_people(new, directory)
    return {"allowedTargetScope": "notSpecified", **new, "catalogId": package.get("catalogId")}


def change_policy(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if new.get("accessPackageId") != current.get("accessPackageId"):
        raise bad_request("A policy cannot be moved to another access package.")
    _check_people(new, directory)
    return {"allowedTargetScope": "notSpecified", **new, "catalogId": current.get("catalogId")}


def _check_people(policy: Object, directory: Directory) -> None:
    """Approvers, reviewers and targets have to be there."""
    for name, kind in (("userId", "user"), ("groupId", "group"), ("connectedOrganizationId", "connectedOrganization")):
        for id in _named(policy, name):
            if directory.get(kind, id) is None:
                raise not_found(id)


def _named(value: Any, name: str) -> list[str]:
    if isinstance(value, dict):
        own = [value[name]] if isinstance(value.get(name), str) else []
        return own + [id for part in value.values() for id in _named(part, name)]
    if isinstance(value, list):
        return [id for part in value for id in _named(part, name)]
    return []


def new_role_scope(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """The resource has to be in the package's catalog, and is named by the id it has there."""
    package = directory.get("accessPackage", parent.id) or {}
    resources = directory.links("accessPackageCatalog", str(package.get("catalogId")), "resources")
    if not isinstance(body["role"], dict) or not isinstance(body["scope"], dict):
        raise bad_request("A role and a scope of a resource are given as objects.")
    resource = str((body["role"].get("resource") or {}).get("id"))
    if resource not in {id for _, id in resources}:
        raise missing_here("ResourceNotFoundInCatalog", f"The resource '{resource}' is not in the package's catalog.")
    role = _below(directory, resource, "roles", body["role"])
    scope = _below(directory, resource, "scopes", body["scope"])
    id = f"{role['id']}_{scope['id']}"
    if directory.get("accessPackageResourceRoleScope", f"{parent.id}/{id}") is not None:
        raise missing_here("ResourceRoleScopeAlreadyExists", "The access package has this role already.")
    return {
        "id": id,
        "createdDateTime": new.get("createdDateTime"),
        "roleId": role["id"],
        "scopeId": scope["id"],
    }


def _below(directory: Directory, resource: str, link: str, named: Object) -> Object:
    for kind, id in directory.links("accessPackageResource", resource, link):
        found = directory.get(kind, id) or {}
        if named.get("originId") == found.get("originId") and named.get("id", id) == id:
            return found
    raise missing_here("InvalidOrigin", f"The resource has no such one among its {link}: {named.get('originId')}.")


def new_extension(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    for _, id in directory.links("accessPackageCatalog", parent.id, "customWorkflowExtensions"):
        other = directory.get("customCalloutExtension", id) or {}
        if other.get("displayName") == new.get("displayName"):
            raise missing_here("CustomExtensionAlreadyExists", "The catalog has an extension of this name already.")
    return new


def new_resource_request(body: Object, new: Object, directory: Directory) -> Object:
    if body["requestType"] != "adminAdd":
        raise bad_request("Only requests of the type adminAdd are emulated.")
    catalog = str(body["catalog"].get("id"))
    if directory.get("accessPackageCatalog", catalog) is None:
        raise not_found(catalog)
    system, origin = str(body["resource"].get("originSystem")), str(body["resource"].get("originId"))
    if system in ORIGINS:
        if any_object(directory, origin, ORIGINS[system]) is None:
            raise not_found(origin)
    elif system != "SharePointOnline":
        raise bad_request("Invalid value specified for property 'originSystem'.")
    for _, id in directory.links("accessPackageCatalog", catalog, "resources"):
        if (directory.get("accessPackageResource", id) or {}).get("originId") == origin:
            raise missing_here("ResourceAlreadyOnboarded", "The resource is in the catalog already.")
    return {**new, "state": "delivered"}


def new_assignment_request(body: Object, new: Object, directory: Directory) -> Object:
    asked, kind = body["assignment"], body["requestType"].lower()
    if kind == "adminremove":
        if directory.get("accessPackageAssignment", str(asked.get("id"))) is None:
            raise not_found(str(asked.get("id")))
        return {**new, "state": "submitted", "status": "Accepted"}
    if kind != "adminadd":
        raise bad_request("Only requests of the types adminAdd and adminRemove are emulated.")
    policy = directory.get("accessPackageAssignmentPolicy", str(asked.get("assignmentPolicyId")))
    package, target = str(asked.get("accessPackageId")), str(asked.get("targetId"))
    if policy is None or policy.get("accessPackageId") != package or directory.get("accessPackage", package) is None:
        raise missing_here("PolicyNotFound", "The policy is not one of the access package.")
    if any_object(directory, target, ("user", "servicePrincipal")) is None:
        raise not_found(target)
    for held in directory.find("accessPackageAssignment", "accessPackageId", package):
        if held.get("state") == "delivered" and target in _subjects(directory, held["id"]):
            raise missing_here("ExistingGrant", "The target has an assignment of this access package already.")
    return {**new, "state": "submitted", "status": "Accepted"}


def _subjects(directory: Directory, assignment: str) -> set[str]:
    linked = directory.links("accessPackageAssignment", assignment, "target")
    return {str((directory.get(kind, id) or {}).get("objectId")) for kind, id in linked}


def new_role_assignment(body: Object, new: Object, directory: Directory) -> Object:
    if directory.get("entitlementRoleDefinition", body["roleDefinitionId"]) is None:
        raise not_found(body["roleDefinitionId"])
    if any_object(directory, body["principalId"], PRINCIPALS) is None:
        raise not_found(body["principalId"])
    catalog = body["appScopeId"].removeprefix("/AccessPackageCatalog/")
    if directory.get("accessPackageCatalog", catalog) is None:
        raise not_found(body["appScopeId"])
    for other in directory.find("entitlementRoleAssignment", "principalId", body["principalId"]):
        if all(other.get(name) == body[name] for name in ("appScopeId", "roleDefinitionId")):
            raise GraphFault(400, "RoleAssignmentExists", "The Role assignment already exists.")  # as elsewhere
    return {"directoryScopeId": None, "condition": None, **new, "principalOrganizationId": None}


def new_organization(body: Object, new: Object, directory: Directory) -> Object:
    """That a new organization takes one identity source is documented."""
    if len(body["identitySources"] or ()) != 1:
        raise bad_request("A connected organization is created with one identity source.")
    return {"state": "proposed", **new}

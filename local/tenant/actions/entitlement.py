"""What the services behind entitlement management do by themselves: requests that are delivered.

The real services take minutes; here the answer to a request is late enough for what it led to.
"""

from collections.abc import Mapping

from local.tenant.actions.model import Effects
from local.tenant.change import obliterate
from local.tenant.objects import Json, Row
from local.tenant.tenant import Tenant

_ROLES = {"AadGroup": ("Member", "Owner"), "SharePointOnline": ("Visitors", "Members")}
_SITE = {"Visitors": "4", "Members": "5"}
_DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"


def _make(tenant: Tenant, kind: str, properties: Json) -> str:
    tenant.ledger.create(kind, properties["id"], {k: v for k, v in properties.items() if v is not None})
    return str(properties["id"])


def add_resource(tenant: Tenant, row: Row) -> None:
    """A resource with its roles and its root scope, under ids that the catalog gives them."""
    request = row.object()
    catalog, asked = request["catalog"]["id"], request["resource"]
    system, origin = asked["originSystem"], asked["originId"]
    made = request["createdDateTime"]
    stamps = {"createdDateTime": made, "modifiedDateTime": made}
    directory = tenant.directory
    source = next((found for kind in _KINDS.get(system, ()) if (found := directory.get(kind, origin))), {})
    common = {"originSystem": system, "description": None}
    resource = _make(
        tenant,
        "accessPackageResource",
        {
            **common,
            **stamps,
            "id": directory.new_id(),
            "displayName": asked.get("displayName") or source.get("displayName") or origin,
            "originId": origin,
            "attributes": [],
        },
    )
    tenant.ledger.link(("accessPackageCatalog", catalog), "resources", ("accessPackageResource", resource))
    for name, role_origin in _roles(system, origin, source):
        role = {**common, "id": directory.new_id(), "displayName": name, "originId": role_origin}
        id = _make(tenant, "accessPackageResourceRole", role)
        tenant.ledger.link(("accessPackageResource", resource), "roles", ("accessPackageResourceRole", id))
    root = {**common, "id": directory.new_id(), "displayName": "Root", "description": "Root Scope", "originId": origin}
    id = _make(tenant, "accessPackageResourceScope", {**root, "isRootScope": True})
    tenant.ledger.link(("accessPackageResource", resource), "scopes", ("accessPackageResourceScope", id))


_KINDS = {"AadGroup": ("group",), "AadApplication": ("servicePrincipal",), "DirectoryRole": ("unifiedRoleDefinition",)}


def _roles(system: str, origin: str, source: Json) -> list[tuple[str, str]]:
    if system == "AadGroup":
        return [(name, f"{name}_{origin}") for name in _ROLES[system]]
    if system == "SharePointOnline":
        return [(name, _SITE[name]) for name in _ROLES[system]]
    roles = [(role["displayName"], role["id"]) for role in source.get("appRoles") or ()]
    return roles or [("Default Access", _DEFAULT_ACCESS)]


def deliver(tenant: Tenant, row: Row) -> None:
    """An assignment and the subject it is for; or the end of one, which really stays for a while as expired."""
    request, directory = row.object(), tenant.directory
    asked = request["assignment"]
    if request["requestType"].lower() == "adminremove":
        ended = tenant.objects.row("accessPackageAssignment", asked["id"])
        if ended is not None:
            obliterate(tenant, ended)
        return
    target = asked["targetId"]
    user = directory.get("user", target)
    person = user or directory.get("servicePrincipal", target) or {}
    given = (request.get("schedule") or {}).get("expiration")
    schedule = {
        "startDateTime": request["createdDateTime"],
        "recurrence": None,
        "expiration": given or {"type": "noExpiration", "endDateTime": None, "duration": None},
    }
    assignment = _make(
        tenant,
        "accessPackageAssignment",
        {
            "id": directory.new_id(),
            "state": "delivered",
            "status": "Delivered",
            "schedule": schedule,
            "accessPackageId": asked["accessPackageId"],
            "assignmentPolicyId": asked["assignmentPolicyId"],
        },
    )
    subject = _make(
        tenant,
        "accessPackageSubject",
        {
            "id": directory.new_id(),
            "objectId": target,
            "displayName": person.get("displayName"),
            "subjectType": "user" if user else "servicePrincipal",
            "subjectLifecycle": "notGoverned",
        },
    )
    tenant.ledger.link(("accessPackageAssignment", assignment), "target", ("accessPackageSubject", subject))


EFFECTS: Mapping[str, Effects] = {
    "accessPackageResourceRequest": Effects(created=add_resource),
    "accessPackageAssignmentRequest": Effects(created=deliver),
}

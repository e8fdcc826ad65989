"""Create, update, delete and restore: the checks all kinds share, then those of the kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.tenant.rules import (
    applications,
    conditional_access,
    grants,
    groups,
    locations,
    principals,
    roles,
    units,
    users,
)
from local.tenant.rules.body import check_body, settable
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, not_found
from local.tenant.rules.references import bound_links
from local.tenant.schema import KINDS

type Create = Callable[[Object, Object, Directory], Object]
type CreateChild = Callable[[Object, Object, Directory, Ref], Object]
type Update = Callable[[Object, Object, Object, Directory], Object]
type UpdateChild = Callable[[Object, Object, Object, Directory, Ref], Object]


@dataclass(frozen=True, slots=True)
class _Rules:
    create: Create | None = None
    create_child: CreateChild | None = None
    update: Update | None = None
    update_child: UpdateChild | None = None
    delete: Callable[[Object, Directory], None] | None = None
    restore: Callable[[Object, Mapping[str, Any], Object, Directory], Object] | None = None


_RULES = {
    "user": _Rules(create=users.create, update=users.update, delete=users.delete, restore=users.restore),
    "group": _Rules(create=groups.create, update=groups.update, delete=groups.delete, restore=groups.restore),
    "application": _Rules(create=applications.create, update=applications.update, restore=applications.restore),
    "servicePrincipal": _Rules(create=principals.create, update=principals.update, restore=principals.restore),
    "federatedIdentityCredential": _Rules(
        create_child=applications.create_federated, update_child=applications.update_federated
    ),
    "extensionProperty": _Rules(create_child=applications.create_extension),
    "appRoleAssignment": _Rules(create_child=grants.create_assignment),
    "oAuth2PermissionGrant": _Rules(create=grants.create_grant),
    "unifiedRoleDefinition": _Rules(
        create=roles.create_definition, update=roles.update_definition, delete=roles.delete_definition
    ),
    "unifiedRoleAssignment": _Rules(create=roles.create_assignment),
    "scopedRoleMembership": _Rules(create_child=roles.create_scoped),
    "conditionalAccessPolicy": _Rules(create=conditional_access.create, update=conditional_access.update),
    "namedLocation": _Rules(create=locations.create, update=locations.update, delete=locations.delete),
    "administrativeUnit": _Rules(create=units.create_unit, update=units.update_unit),
    "device": _Rules(create=units.create_device, update=units.update_device),
    "organization": _Rules(update=units.update_organization),
}


def check_create(kind: str, body: Mapping[str, Any], directory: Directory, *, parent: Ref | None = None) -> Object:
    _check_method(kind, "POST")
    sent = dict(body)
    check_body(KINDS[kind], sent, directory, creating=True)
    bound_links(kind, sent, directory)
    new = {"id": directory.new_id(), **settable(KINDS[kind], sent)}
    rules = _RULES[kind]
    if rules.create_child is not None:
        if parent is None:
            raise bad_request(f"{KINDS[kind].collection} are created under their parent.")
        return rules.create_child(sent, new, directory, parent)
    assert rules.create is not None
    return rules.create(sent, new, directory)


def check_update(
    kind: str, current: Object, body: Mapping[str, Any], directory: Directory, *, parent: Ref | None = None
) -> Object:
    """What is not sent stays. A complex value replaces the old one whole, except in a policy's conditions."""
    _check_method(kind, "PATCH")
    sent = dict(body)
    if kind == "conditionalAccessPolicy" and isinstance(sent.get("conditions"), dict):
        sent["conditions"] = conditional_access.merged(current.get("conditions"), sent["conditions"])
    check_body(KINDS[kind], sent, directory, creating=False)
    bound_links(kind, sent, directory)
    new = {**current, **settable(KINDS[kind], sent)}
    rules = _RULES[kind]
    if rules.update_child is not None:
        if parent is None:
            raise not_found(current["id"])
        return rules.update_child(current, sent, new, directory, parent)
    return rules.update(current, sent, new, directory) if rules.update else new


def check_delete(kind: str, current: Object, directory: Directory) -> None:
    _check_method(kind, "DELETE")
    rule = _RULES[kind].delete
    if rule is not None:
        rule(current, directory)


def check_restore(kind: str, deleted: Object, directory: Directory, body: Mapping[str, Any] | None = None) -> Object:
    """`deleted` is the object as it was when it was deleted, not as the recycle bin shows it."""
    new = {name: value for name, value in deleted.items() if name != "deletedDateTime"}
    rule = _RULES[kind].restore
    return rule(deleted, body or {}, new, directory) if rule else new


def _check_method(kind: str, method: str) -> None:
    if method not in KINDS[kind].methods:
        raise GraphFault(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")

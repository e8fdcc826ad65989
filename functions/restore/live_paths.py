"""Where a restore reads an object: addresses from a catalogue entry and what its record says of where it lies; pure."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from functions.backup.addresses import collection, query
from functions.catalogue.model import ObjectType, Read
from functions.core.calls import tokens
from functions.core.record import Json, Object

ORIGIN_UNKNOWN = ""
"""Stands for the collection of an object below one that is not there yet."""

LISTED_WHOLE = {
    "namedLocation": "namedLocations",
    "administrativeUnit": "administrativeUnits",
    "accessPackageCatalog": "accessPackageCatalogs",
    "accessPackage": "accessPackages",
    "connectedOrganization": "connectedOrganizations",
    "deviceAndAppManagementAssignmentFilter": "assignmentFilters",
    "deviceAndAppManagementRoleDefinition": "intuneRoleDefinitions",
    "mobileApp": "mobileApps",
    "notificationMessageTemplate": "notificationMessageTemplates",
    "roleScopeTag": "roleScopeTags",
    "authenticationStrengthPolicy": "authenticationStrengthPolicies",
    "roleDefinition": "roleDefinitions",
}
"""Kinds whose ids a record may name and that no call tells by id: a list of them is short."""

_PLACE = re.compile(r"\{(\w+)\}")
_OF_PARENT = re.compile(r"(\w+) eq '\{parent\}'")
# First natural keys by which Graph's pages say that a list may be filtered with `eq`; other lists are read whole.
_FILTERS = {
    "users": "userPrincipalName",
    "groups": "displayName",
    "applications": "displayName",
    "servicePrincipals": "appId",
    "devices": "deviceId",
    "administrativeUnits": "displayName",
    "oauth2PermissionGrants": "clientId",
}


def parent_property(entry: ObjectType) -> str:
    """The property of a record that says below which parent it lies; "" where it lies below none."""
    if "{parent}" in entry.path and entry.restore is not None:
        pairs = zip(entry.path.split("/"), entry.restore.collection.split("/"), strict=False)
        return next((made[1:-1] for read, made in pairs if read == "{parent}" and made.startswith("{")), "")
    found = _OF_PARENT.search(entry.filter)
    return found[1] if found else ""


def record_path(entry: ObjectType, record: Object) -> dict[str, str]:
    """What of a record says where it lies: what fills the "{property}" of its collection, and its parent."""
    names = set(_PLACE.findall(entry.restore.collection if entry.restore else "")) - {"tenant"} | {
        parent_property(entry)
    }
    return {name: value for name in names if isinstance(value := record.get(name), str) and value}


def origin_of(entry: ObjectType, tenant: str, path: Mapping[str, str]) -> str:
    """The collection to read an object from, ORIGIN_UNKNOWN where nothing can lie there yet."""
    parent = ""
    if entry.read is Read.CHILDREN and "{parent}" in entry.path:
        parent = path.get(parent_property(entry), "")
        if not parent or tokens(parent):
            return ORIGIN_UNKNOWN
    return collection(entry, tenant, parent)


def in_directory_bin(shape: ObjectType) -> bool:
    """True for a type that is a recycle bin of the directory itself."""
    return shape.path.startswith("/directory/deletedItems/")


def bin_url(entry: ObjectType, identity: str, cloud: str) -> str:
    """The object in a recycle bin that no type lists. Without the cast the directory's bin knows only what every object
    has."""
    template = entry.restore.deleted if entry.restore else ""
    if template == "/directory/deletedItems/{id}":
        template += f"/microsoft.graph.{entry.key.removesuffix('s')}"
    return template.replace("{id}", quote(identity, safe="")) + query(entry.select_in(cloud))


def filtered(entry: ObjectType, values: Object, path: Mapping[str, str]) -> str:
    """The `$filter` with which the objects that may share natural keys are listed; "" where the list is short."""
    name = _FILTERS.get(entry.key)
    if name and name in entry.natural_keys and values.get(name):
        return f"{name} eq '{_literal(values[name])}'"
    parent = parent_property(entry)
    return entry.filter.replace("{parent}", _literal(path.get(parent, ""))) if parent else entry.filter


def _literal(value: Json) -> str:
    return str(value).replace("'", "''")

"""The catalogue: every object type Lifeboat knows, as data. `TYPES` by key, in the order people see them.

Adding a type is one entry in a family module, its line here, and a fixture.
"""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from types import MappingProxyType

from functions.catalogue import (
    attributes,
    authentication,
    device_secrets,
    directory,
    external,
    governance,
    intune_apps,
    intune_devices,
    logs,
    pim,
    policies,
    tenant_wide,
)
from functions.catalogue.applications import APPLICATIONS, SERVICE_PRINCIPALS
from functions.catalogue.conditional_access import CONDITIONAL_ACCESS_POLICIES, NAMED_LOCATIONS
from functions.catalogue.devices import DEVICES
from functions.catalogue.grants import APP_ROLE_ASSIGNMENTS, OAUTH2_PERMISSION_GRANTS
from functions.catalogue.groups import GROUPS
from functions.catalogue.model import ObjectType
from functions.catalogue.organization import ORGANIZATION
from functions.catalogue.roles import ROLE_ASSIGNMENTS, ROLE_DEFINITIONS
from functions.catalogue.units import ADMINISTRATIVE_UNITS
from functions.catalogue.users import USERS
from functions.errors import CallerError

ENTRIES: tuple[ObjectType, ...] = (
    ORGANIZATION,
    USERS,
    GROUPS,
    APPLICATIONS,
    SERVICE_PRINCIPALS,
    APP_ROLE_ASSIGNMENTS,
    OAUTH2_PERMISSION_GRANTS,
    ADMINISTRATIVE_UNITS,
    DEVICES,
    ROLE_DEFINITIONS,
    ROLE_ASSIGNMENTS,
    CONDITIONAL_ACCESS_POLICIES,
    NAMED_LOCATIONS,
    *authentication.ENTRIES,
    *policies.ENTRIES,
    *pim.ENTRIES,
    *governance.ENTRIES,
    *tenant_wide.ENTRIES,
    *external.ENTRIES,
    *attributes.ENTRIES,
    *directory.ENTRIES,
    *intune_devices.ENTRIES,
    *intune_apps.ENTRIES,
    *device_secrets.ENTRIES,
    *logs.ENTRIES,
)

TYPES: Mapping[str, ObjectType] = MappingProxyType({entry.key: entry for entry in ENTRIES})


def type_named(key: str) -> ObjectType:
    """The entry of a type. Raises CallerError 404 unknownType for a key that is not in the catalogue."""
    try:
        return TYPES[key]
    except KeyError:
        raise CallerError(
            404, "unknownType", "There is no such object type.", remedy=f"Use one of: {', '.join(TYPES)}."
        ) from None


def restore_order() -> tuple[str, ...]:
    """The keys in the order of restoring: what a type depends on comes before it, otherwise as in `TYPES`."""
    graph = TopologicalSorter({entry.key: entry.depends_on for entry in ENTRIES})
    graph.prepare()
    order: list[str] = []
    while graph.is_active():
        ready = sorted(graph.get_ready(), key=list(TYPES).index)
        order += ready
        graph.done(*ready)
    return tuple(order)

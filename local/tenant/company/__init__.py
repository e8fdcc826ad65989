"""A believable company: an emulated tenant's objects and links, streamed, the same for the same arguments.

In: how many users, a seed, the tenant's id, the moment it is now. Out: `Object`s and `Link`s, each link after both its
ends. Nothing is kept between items, so 200,000 users take no more memory than 20; and at 20 there is already one of
every kind and every unusual case (`tests/tenant_rules` lists them).
"""

from collections.abc import Iterator
from datetime import datetime

from local.tenant.company import (
    access,
    applications,
    attributes,
    authentication,
    device_secrets,
    devices,
    directory,
    external,
    governance,
    groups,
    intune_apps,
    intune_devices,
    logs,
    organization,
    people,
    pim,
    policies,
    principals,
    roles,
    tenant_wide,
    units,
)
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import Sizes, World

_FAMILIES = (
    authentication,
    policies,
    pim,
    governance,
    tenant_wide,
    external,
    attributes,
    directory,
    intune_devices,
    intune_apps,
    device_secrets,
    logs,
)

__all__ = ["Item", "Link", "Object", "Sizes", "company"]


def company(size: int | Sizes, seed: int, tenant_id: str, now: datetime) -> Iterator[Item]:
    """`size` is the number of users, or more than that.

    At least 20 users, guests and accounts that are not people included; fewer raise ValueError, as do fewer groups or
    service principals than a company of so many users has.
    """
    world = World(size if isinstance(size, Sizes) else Sizes(size), seed, tenant_id, now)
    yield from organization.organization(world)
    yield from roles.role_definitions(world)
    yield from people.users(world)
    yield from devices.devices(world)
    yield from groups.groups(world)
    yield from applications.applications(world)
    yield from principals.principals(world)
    yield from principals.grants(world)
    yield from units.units(world)
    yield from roles.role_assignments(world)
    yield from access.locations(world)
    yield from access.policies(world)
    for family in _FAMILIES:
        yield from family.items(world)

"""Administrative units: assigned, dynamic, hidden and restricted, with members of every kind and scoped roles."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.people import ASSET, RESTRICTED, extension_name
from local.tenant.company.roles import HELPDESK_ADMINISTRATOR, USER_ADMINISTRATOR, assignment
from local.tenant.company.world import DEPARTMENTS, FIRST_EMPLOYEE, World
from local.tenant.wellknown import directory_role_id, opaque_id

HARBOUR, DYNAMIC, HIDDEN, LOCKED = range(4)


def units(world: World) -> Iterator[Item]:
    plans: tuple[tuple[str, dict[str, Any]], ...] = (
        (
            "Harbour offices",
            {"description": "People, groups and devices on the quay", extension_name(world, ASSET): "QUAY-1"},
        ),
        (
            f"Dynamic {DEPARTMENTS[1]}",
            {
                "membershipType": "Dynamic",
                "membershipRule": f'(user.department -eq "{DEPARTMENTS[1]}")',
                "membershipRuleProcessingState": "On",
            },
        ),
        ("Works council", {"visibility": "HiddenMembership"}),
        ("Protected accounts", {"isMemberManagementRestricted": True}),
    )
    for number, (name, more) in enumerate(plans):
        unit = {"id": world.id("unit", number), "displayName": name, "isMemberManagementRestricted": False}
        yield Object("administrativeUnit", unit | more)
    yield from _members(world)
    yield from _scoped(world)


def _members(world: World) -> Iterator[Link]:
    harbour = world.id("unit", HARBOUR)
    for employee in range(0, min(world.employees, 1_000), 3):
        yield Link("administrativeUnit", harbour, "members", "user", world.employee(employee))
    yield Link("administrativeUnit", harbour, "members", "group", world.id("group:team", 0))
    yield Link("administrativeUnit", harbour, "members", "device", world.id("device", 0))
    for employee in range(min(world.employees, 2_000)):
        if world.department(employee) == 1:
            yield Link("administrativeUnit", world.id("unit", DYNAMIC), "members", "user", world.employee(employee))
    yield Link("administrativeUnit", world.id("unit", HIDDEN), "members", "user", world.employee(5))
    yield Link("administrativeUnit", world.id("unit", LOCKED), "members", "user", world.employee(RESTRICTED))


def _scoped(world: World) -> Iterator[Item]:
    """Each scoped role is seen twice, as the service shows it: below the unit, and among all role assignments."""
    for number, role, employee in ((HARBOUR, HELPDESK_ADMINISTRATOR, 2), (LOCKED, USER_ADMINISTRATOR, 3)):
        unit, member = world.id("unit", number), world.employee(employee)
        role_id = directory_role_id(world.tenant_id, role)
        membership = {
            "id": opaque_id(role_id, unit, member),
            "administrativeUnitId": unit,
            "roleId": role_id,
            "roleMemberInfo": {"id": member, "displayName": world.name(FIRST_EMPLOYEE + employee).display},
        }
        yield Object("scopedRoleMembership", membership)
        yield assignment(world, member, role, f"/administrativeUnits/{unit}")

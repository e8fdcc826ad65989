"""Privileged Identity Management: who is eligible or assigned for roles and groups, and the policies over each of them.

Role assignments that were made directly have a schedule as well, as the service shows them; a few people are eligible,
and one of them has activated a role. Groups under management are the role-assignable one and some teams.
"""

from collections.abc import Iterator
from typing import Any

from local.tenant.company import roles
from local.tenant.company.groups import ROLE_ASSIGNABLE
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.pim_rules import rules
from local.tenant.company.units import HARBOUR
from local.tenant.company.world import ADMINS, World
from local.tenant.wellknown import opaque_id

_NEVER = {"type": "noExpiration", "endDateTime": None, "duration": None}


def items(world: World) -> Iterator[Item]:
    yield from _eligible(world)
    yield from _assigned(world)
    for role in (*roles.BUILT_IN, world.id("customRole", 0)):
        yield from _policy(world, f"DirectoryRole_{world.tenant_id}_{world.id('rolePolicy:' + role)}", "/", role)
    for number, group in enumerate(_groups(world)):
        yield from _group(world, number, group)


def _groups(world: World) -> Iterator[str]:
    """The role-assignable group and one team for each 500 users."""
    yield world.id(ROLE_ASSIGNABLE)
    for team in range(min(world.teams, 1 + world.users // 500)):
        yield world.id("group:team", team)


def _schedule(world: World, what: str, number: int, expiration: dict[str, Any]) -> dict[str, Any]:
    """What every schedule has; it was made by a request of the same id."""
    id = world.id(what, number)
    start = world.moment(world.draw(what, number), within=300, after=10)
    return {
        "id": id,
        "createdUsing": id,
        "createdDateTime": start,
        "modifiedDateTime": None,
        "status": "Provisioned",
        "memberType": "Direct",
        "scheduleInfo": {"startDateTime": start, "recurrence": None, "expiration": expiration},
    }


def _until(world: World, month: int) -> dict[str, Any]:
    """An expiration on the first of a month of next year."""
    end = f"{world.now.year + 1}-{month:02d}-01T00:00:00Z"
    return {"type": "afterDateTime", "endDateTime": end, "duration": None}


def _role(principal: str, role: str, scope: str = "/") -> dict[str, Any]:
    return {"principalId": principal, "roleDefinitionId": role, "directoryScopeId": scope, "appScopeId": None}


def _eligible(world: World) -> Iterator[Item]:
    plans = [
        (_role(world.user(ADMINS[0]), roles.SECURITY_ADMINISTRATOR), _NEVER),
        (_role(world.user(ADMINS[1]), roles.USER_ADMINISTRATOR), _until(world, 3)),
        (_role(world.id(ROLE_ASSIGNABLE), roles.APPLICATION_ADMINISTRATOR), _until(world, 6)),
        (
            _role(
                world.employee(2),
                roles.HELPDESK_ADMINISTRATOR,
                f"/administrativeUnits/{world.id('unit', HARBOUR)}",
            ),
            _NEVER,
        ),
    ]
    for number in range(world.users // 250):
        plans.append((_role(world.employee(number % world.employees), roles.HELPDESK_ADMINISTRATOR), _until(world, 1)))
    for number, (whose, expiration) in enumerate(plans):
        schedule = _schedule(world, "roleEligibility", number, expiration)
        yield Object("unifiedRoleEligibilitySchedule", schedule | whose)


def _assigned(world: World) -> Iterator[Item]:
    """Assignments made outside of PIM have a schedule that nobody requested, under the assignment's sort of id."""
    standing = (item for item in roles.role_assignments(world) if isinstance(item, Object))
    for number, assignment in enumerate(standing):
        held = assignment.properties
        schedule = _schedule(world, "roleAssignmentSchedule", number, _NEVER) | _role(
            held["principalId"], held["roleDefinitionId"], held["directoryScopeId"]
        )
        schedule |= {"createdUsing": None, "createdDateTime": None, "assignmentType": "Assigned"}
        schedule["id"] = f"{opaque_id(held['roleDefinitionId'], held['principalId'], schedule['id'])}-1"
        yield Object("unifiedRoleAssignmentSchedule", schedule)
    activated = _schedule(
        world,
        "activated",
        0,
        {"type": "afterDuration", "endDateTime": f"{world.day(0)}T23:00:00Z", "duration": "PT8H"},
    )
    activated |= _role(world.user(ADMINS[1]), roles.USER_ADMINISTRATOR) | {"assignmentType": "Activated"}
    yield Object("unifiedRoleAssignmentSchedule", activated)
    yield Link(
        "unifiedRoleAssignmentSchedule",
        activated["id"],
        "activatedUsing",
        "unifiedRoleEligibilitySchedule",
        world.id("roleEligibility", 1),
    )


def _policy(world: World, id: str, scope: str, role: str) -> Iterator[Item]:
    """A policy with its rules, and the assignment that says which role it is for."""
    kind = "DirectoryRole" if scope == "/" else "Group"
    guarded = role in (roles.GLOBAL_ADMINISTRATOR, roles.PRIVILEGED_ROLE_ADMINISTRATOR, "owner")
    policy = {
        "id": id,
        "displayName": kind,
        "description": kind,
        "isOrganizationDefault": False,
        "scopeId": scope,
        "scopeType": kind,
        "lastModifiedDateTime": f"{world.day(120)}T09:30:00Z" if guarded else None,
        "lastModifiedBy": {"id": None, "displayName": "Emergency access 1" if guarded else None},
    }
    yield Object("unifiedRoleManagementPolicy", policy)
    for rule in rules(world, guarded=guarded):
        key = f"{id}/{rule['id']}"
        yield Object("unifiedRoleManagementPolicyRule", rule, key)
        yield Link("unifiedRoleManagementPolicy", id, "rules", "unifiedRoleManagementPolicyRule", key)
    assignment = {"id": f"{id}_{role}", "policyId": id, "roleDefinitionId": role, "scopeId": scope, "scopeType": kind}
    yield Object("unifiedRoleManagementPolicyAssignment", assignment)


def _group(world: World, number: int, group: str) -> Iterator[Item]:
    yield Object("groupResource", {"id": group})
    for access in ("member", "owner"):
        yield from _policy(world, f"Group_{group}_{world.id(f'groupPolicy:{access}', number)}", group, access)
    for at, access in enumerate(("member", "member", "owner")):
        schedule = _schedule(world, f"groupEligibility:{at}", number, _NEVER if at else _until(world, 2))
        yield Object(
            "privilegedAccessGroupEligibilitySchedule",
            _of_group(schedule, group, world.employee((number * 3 + at) % world.employees), access),
        )
    schedule = _schedule(world, "groupAssignment", number, _NEVER)
    held = _of_group(schedule, group, world.user(ADMINS[0]), "member") | {"assignmentType": "assigned"}
    yield Object("privilegedAccessGroupAssignmentSchedule", held)


def _of_group(schedule: dict[str, Any], group: str, principal: str, access: str) -> dict[str, Any]:
    return schedule | {
        "id": f"{group}_{access}_{schedule['id']}",
        "groupId": group,
        "principalId": principal,
        "accessId": access,
        "memberType": "direct",
    }

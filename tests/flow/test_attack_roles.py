"""Attempts to have a restore give more power than the backup shows: a role that was held for an hour, for good."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from functions.core.way_in import GLOBAL_ADMINISTRATOR
from tests.flow.planning_world import World, open_world

ROLES = "/v1.0/roleManagement/directory"
BACKED_UP = ("users", "roleDefinitions", "roleAssignments", "roleAssignmentSchedules", "roleEligibilitySchedules")


@pytest.fixture(scope="module")
async def shared(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data: Path = tmp_path_factory.mktemp("attack-roles")
    async with open_world(azurite, data) as world:
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    yield shared
    await shared.tenant.calm()


async def assigned(world: World, principal: str) -> list[dict[str, Any]]:
    found = await world.call("GET", f"{ROLES}/roleAssignments?$filter=principalId eq '{principal}'")
    return list(found["value"])


async def scheduled(world: World, principal: str, expiration: dict[str, str]) -> None:
    body = {
        "action": "adminAssign",
        "justification": "for the test",
        "principalId": principal,
        "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        "directoryScopeId": "/",
        "scheduleInfo": {"startDateTime": "2026-11-22T00:00:00Z", "expiration": expiration},
    }
    await world.call("POST", f"{ROLES}/roleAssignmentScheduleRequests", body)
    if not await assigned(world, principal):  # Graph lists who holds a role by a schedule as well
        plain = {key: body[key] for key in ("principalId", "roleDefinitionId", "directoryScopeId")}
        await world.call("POST", f"{ROLES}/roleAssignments", plain)


async def taken_away(world: World, principal: str) -> list[str]:
    ids = []
    for one in await assigned(world, principal):
        ids.append(str(one["id"]))
        await world.call("DELETE", f"{ROLES}/roleAssignments/{one['id']}")
    return ids


@pytest.mark.parametrize("listed", [False, True])
async def test_a_role_that_was_held_for_a_while_does_not_come_back_for_good(world: World, listed: bool) -> None:
    for_good, for_a_while = await world.user(f"good-{listed}"), await world.user(f"while-{listed}")
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
    await scheduled(world, for_good, {"type": "noExpiration"})
    await scheduled(world, for_a_while, {"type": "afterDateTime", "endDateTime": "2099-01-01T00:00:00Z"})
    await world.backup(*BACKED_UP)
    ids = [await taken_away(world, principal) for principal in (for_good, for_a_while)]
    assert all(ids)
    objects = [{"type": "roleAssignments", "id": one} for some in ids for one in some]
    asked = {"type": "roleAssignments", "all": True} if listed else {"objects": objects}
    plan = await world.plan(**asked)
    made = {
        step.body["principalId"]
        for item in await world.items(plan)
        for step in item.steps
        if step.action == "create" and isinstance(step.body, dict)
    }
    assert for_good in made
    assert for_a_while not in made
    told = [gap for item in await world.items(plan) for gap in item.gaps if for_a_while in gap.what]
    assert "for good" in told[0].why


async def test_it_does_not_come_back_for_good_with_its_holder_either(world: World) -> None:
    """The account is purged, its role goes with it, and both are healed in one plan."""
    holder = await world.user("holder-for-a-while")
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
    await scheduled(world, holder, {"type": "afterDateTime", "endDateTime": "2099-01-01T00:00:00Z"})
    await world.backup(*BACKED_UP)
    await taken_away(world, holder)
    await world.purge("users", holder)
    plan = await world.plan(type="users", id=holder)
    steps = [(item.type, step.action) for item in await world.items(plan) for step in item.steps]
    assert ("users", "create") in steps
    assert ("roleAssignments", "create") not in steps

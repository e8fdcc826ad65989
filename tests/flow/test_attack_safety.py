"""Who counts as a way in: not who holds the role for a while, and nobody where it cannot be read who is in which
group."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from functions.core.plan_rules import Safety
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from functions.restore.safety import Guard
from tests.flow.planning_world import World, open_world

ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"
REQUESTS = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"


@pytest.fixture(scope="module")
async def shared(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data: Path = tmp_path_factory.mktemp("attack")
    async with open_world(azurite, data) as world:
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    yield shared
    await shared.tenant.calm()


async def facts(world: World, *break_glass: str) -> Safety:
    settings = replace(world.settings, break_glass=frozenset(break_glass))
    return await Guard(world.client, world.restorer, settings, "").asked()


async def scheduled(world: World, principal: str, expiration: dict[str, str]) -> None:
    body = {
        "action": "adminAssign",
        "justification": "for the test",
        "principalId": principal,
        "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        "directoryScopeId": "/",
        "scheduleInfo": {"startDateTime": "2026-11-22T00:00:00Z", "expiration": expiration},
    }
    await world.call("POST", REQUESTS, body)


async def test_an_emergency_account_holds_its_role_for_good(world: World) -> None:
    lasting, passing = await world.user("bg-lasting"), await world.user("bg-passing")
    await scheduled(world, lasting, {"type": "noExpiration"})
    await scheduled(world, passing, {"type": "afterDateTime", "endDateTime": "2099-01-01T00:00:00Z"})
    known = await facts(world, lasting, passing)
    assert {lasting, passing} <= known.administrators.keys()
    assert known.break_glass == {lasting}


async def test_an_emergency_account_that_is_no_administrator_disabled_synced_or_gone_counts_for_nothing(
    world: World,
) -> None:
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
    nobody, asleep, deleted = [await world.user(f"bg-{how}") for how in ("nobody", "asleep", "deleted")]
    for principal in (asleep, deleted):
        body = {"principalId": principal, "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"}
        await world.call("POST", ASSIGNMENTS, body)
    await world.call("PATCH", f"/v1.0/users/{asleep}", {"accountEnabled": False})
    await world.call("DELETE", f"/v1.0/users/{deleted}")
    assert (await facts(world, nobody, asleep, deleted)).break_glass == frozenset()


async def test_where_groups_cannot_be_read_no_administrator_is_known(world: World) -> None:
    """A policy may reach every administrator through a group that nobody sees."""
    someone = await world.user("in-an-unseen-group")
    body = {"principalId": someone, "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"}
    await world.call("POST", ASSIGNMENTS, body)
    assert (await facts(world)).administrators
    await world.tenant.fault(do="refuse", path=f"/users/{someone}/memberOf")
    known = await facts(world, someone)
    assert not known.administrators
    assert not known.break_glass


async def test_an_emergency_account_that_is_synchronised_is_no_way_in(world: World) -> None:
    """It goes when the connection or the directory at the other end does."""
    people = (await world.call("GET", "/v1.0/users?$select=id,onPremisesSyncEnabled,accountEnabled&$top=100"))["value"]
    synced = next(one["id"] for one in people if one["onPremisesSyncEnabled"] and one["accountEnabled"])
    body = {"principalId": synced, "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"}
    await world.call("POST", ASSIGNMENTS, body)
    known = await facts(world, synced)
    assert synced in known.administrators
    assert known.break_glass == frozenset()

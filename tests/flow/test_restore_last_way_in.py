"""Whatever a plan says, the last Global Administrator who can sign in keeps the role: each way to take it is closed."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import pytest

from functions.core.plan import Action, Item, Step
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from tests.flow.restore_world import World

ASSIGNMENTS = "/roleManagement/directory/roleAssignments"


async def assignments(world: World) -> list[dict[str, Any]]:
    where = f"$filter=roleDefinitionId eq '{GLOBAL_ADMINISTRATOR}'"
    found = await world.call("GET", f"/v1.0{ASSIGNMENTS}?{where}")
    return [one for one in found["value"] if one["directoryScopeId"] == "/"]


async def holders(world: World) -> set[str]:
    """The enabled users who hold the role by themselves or through a group."""
    found: set[str] = set()
    for one in await assignments(world):
        user = await world.call("GET", f"/v1.0/users/{one['principalId']}?$select=id,accountEnabled", ok=False)
        if user is not None:
            found |= {user["id"]} if user["accountEnabled"] else set()
            continue
        members = await world.call("GET", f"/v1.0/groups/{one['principalId']}/members", ok=False)
        for member in members["value"] if members else ():
            account = await world.call("GET", f"/v1.0/users/{member['id']}?$select=id,accountEnabled", ok=False)
            found |= {member["id"]} if account and account["accountEnabled"] else set()
    return found


@pytest.fixture
async def two(world: World) -> AsyncIterator[list[str]]:
    """Just two administrators: one by an assignment, one through a group. Afterwards those of before are back."""
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
    first, second = await world.user(f"way-in-a{len(world.runs)}"), await world.user(f"way-in-b{len(world.runs)}")
    await world.backup()
    group = await world.group(f"Way in {len(world.runs)}", [second], isAssignableToRole=True)
    before = await assignments(world)
    mine = [await _assign(world, principal) for principal in (first, group)]
    for one in before:
        await world.call("DELETE", f"/v1.0{ASSIGNMENTS}/{one['id']}")
    assert await holders(world) == {first, second}
    yield [first, second, group, *mine]
    await world.call("DELETE", "/_admin/faults")
    there = {one["principalId"] for one in await assignments(world)}
    for one in before:
        if one["principalId"] not in there:
            await _assign(world, one["principalId"])


async def _assign(world: World, principal: str) -> str:
    body = {"principalId": principal, "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"}
    return str((await world.call("POST", f"/v1.0{ASSIGNMENTS}", body))["id"])


def item(key: str, identity: str, action: Action, method: str, path: str, **step: Any) -> Item:
    return Item(
        number=0,
        stage=1,
        type=key,
        object_id=identity,
        live_id=identity,
        name=identity,
        run="2026-11-22T020000Z",
        standing="live",
        steps=(Step(id="0.1", action=action, method=method, path=path, reason="asked for", **step),),
    )


def unassigned(identity: str) -> Item:
    return item("roleAssignments", identity, "delete", "DELETE", f"{ASSIGNMENTS}/{identity}")


def disabled(identity: str) -> Item:
    body = {"accountEnabled": False}
    path = f"/users/{identity}"
    return item("users", identity, "update", "PATCH", path, body=body, before={"accountEnabled": True}, after=body)


def left(group: str, member: str) -> Item:
    path = f"/groups/{group}/members/{member}/$ref"
    return item("groups", group, "removeLink", "DELETE", path, link="members", targets=(member,))


async def applied(world: World, items: Sequence[Item]) -> list[str]:
    view = await world.apply(await world.keep(items))
    return [step["outcome"] for step in view["steps"]]


async def test_of_all_assignments_one_stays(world: World, two: list[str]):
    _, _, _, of_user, of_group = two
    outcomes = await applied(world, [unassigned(of_user), unassigned(of_group)])
    assert sorted(outcomes) == ["done", "failed"]
    assert await holders(world)


async def test_the_last_account_is_not_disabled_nor_taken_out_of_its_group(world: World, two: list[str]):
    first, second, group, *_ = two
    outcomes = await applied(world, [disabled(first), disabled(second), left(group, second)])
    assert outcomes.count("done") >= 1
    assert "failed" in outcomes
    assert await holders(world)


async def test_a_group_that_holds_the_role_is_not_deleted_when_nobody_else_is_left(world: World, two: list[str]):
    _, _, group, of_user, _ = two
    assert await applied(world, [unassigned(of_user)]) == ["done"]
    gone = item("groups", group, "delete", "DELETE", f"/groups/{group}")
    assert await applied(world, [gone]) == ["failed"]
    assert await holders(world)


async def test_a_replica_that_still_shows_what_was_taken_away_does_not_let_the_last_one_go(
    world: World, two: list[str]
):
    _, _, _, of_user, of_group = two
    await world.call("PATCH", "/_admin/switches", {"lag": {"reads": 3}})
    outcomes = await applied(world, [unassigned(of_user), unassigned(of_group)])
    await world.call("PATCH", "/_admin/switches", {"lag": {"reads": 0}})
    assert "failed" in outcomes
    assert await holders(world)


async def test_others_may_go(world: World, two: list[str]):
    ann = await world.user(f"may-go-{len(world.runs)}-{two[0][:4]}")
    assert await applied(world, [disabled(ann)]) == ["done"]


@pytest.mark.parametrize(("state", "outcome"), [("enabled", "failed"), ("enabledForReportingButNotEnforced", "done")])
async def test_a_policy_in_force_that_shuts_everybody_out_is_not_sent(world: World, state: str, outcome: str):
    body = {
        "displayName": f"Shut out {state}",
        "state": state,
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }
    path = "/identity/conditionalAccess/policies"
    made = item("conditionalAccessPolicies", "00000000-0000-4000-8000-0000000000ca", "create", "POST", path, body=body)
    before = await world.mark()
    assert await applied(world, [msgspec.structs.replace(made, standing="gone", live_id="")]) == [outcome]
    assert len(await world.writes(before)) == (outcome == "done")

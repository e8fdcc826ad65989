"""What a plan says beforehand: permissions that lack, tenants that do not belong together, what nobody may see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from functions.catalogue import TYPES
from functions.catalogue.permissions import read_permissions
from functions.core.plan_rules import Safety
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from functions.errors import PlanNotApplicable
from functions.graph.factory import reader, restorer
from functions.restore.safety import Guard
from functions.settings import Secret
from tests.flow.company_world import token_with
from tests.flow.planning_world import World, open_world

CA = "/v1.0/identity/conditionalAccess/policies"


@pytest.fixture(scope="module")
async def shared(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data: Path = tmp_path_factory.mktemp("guards")
    async with open_world(azurite, data) as world:
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    yield shared
    await shared.tenant.calm()


async def changed_user(world: World, name: str) -> str:
    person = await world.user(name, jobTitle="Baker")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    return person


@pytest.mark.parametrize(("roles", "held"), [(["User.ReadWrite.All", "User.DeleteRestore.All"], True), ([], False)])
async def test_the_permissions_of_the_restorer_are_checked(world: World, roles: list[str], *, held: bool) -> None:
    person = await changed_user(world, f"permitted-{held}")
    token = Secret(token_with(roles))
    world.restorer, before = restorer(replace(world.settings, graph_token=token), pace=0.0), world.restorer
    try:
        plan = await world.plan(type="users", id=person)
    finally:
        await world.restorer.aclose()
        world.restorer = before
    assert plan.needs
    assert {need.held for need in plan.needs} == {held}
    told = [gap for gap in plan.gaps if "does not hold" in gap.why]
    assert bool(told) is not held
    assert held or "User.ReadWrite.All" in told[0].why


async def test_a_token_that_does_not_say_is_not_judged(world: World) -> None:
    person = await changed_user(world, "not-judged")
    plan = await world.plan(type="users", id=person)
    assert {need.held for need in plan.needs} == {None}
    assert not plan.gaps


async def test_nothing_is_planned_where_graph_answers_for_another_tenant(world: World) -> None:
    person = await changed_user(world, "elsewhere")
    right = world.settings
    world.settings = replace(right, tenant_id="00000000-0000-4000-8000-00000000feed")
    try:
        with pytest.raises(PlanNotApplicable, match="another tenant"):
            await world.plan(type="users", id=person)
    finally:
        world.settings = right


async def test_records_of_another_tenant_are_matched_by_name(azurite: str, world: World, tmp_path: Path) -> None:
    """The records of one tenant, planned into another: the same names are the same objects, the rest is new."""
    async with open_world(azurite, tmp_path, seed=6) as other:
        known = await other.user("in-both", jobTitle="Baker")
        only_there = await other.user("only-there")
        await other.link("users", known, "manager", only_there)
        manifest = await other.backup()
        here = f"in-both@{other.domain}"
        made = await world.user("in-both-here", jobTitle="Bakker")
        await world.call("PATCH", f"/v1.0/users/{made}", {"userPrincipalName": here}, ok=False)
        same_name = (await world.call("GET", f"/v1.0/users/{made}"))["userPrincipalName"] == here
        request = {
            "objects": [{"type": "users", "id": known}, {"type": "users", "id": only_there}],
            "run": manifest.run_id,
            "sourceTenant": other.tenant.tenant_id,
        }
        with pytest.raises(PlanNotApplicable, match="records are of tenant"):
            await world.plan(**request)
        plan = await world.plan(**request, crossTenant=True)
        items = {item.object_id: item for item in await world.items(plan) if item.scope == "object"}
        assert plan.source_tenant == other.tenant.tenant_id
        assert (items[known].standing, items[known].live_id) == (("live", made) if same_name else ("gone", ""))
        assert items[only_there].standing == "gone"
        linked = {t for item in await world.items(plan) for step in item.steps for t in step.targets if step.link}
        assert linked <= {f"{{new:{only_there}}}"}  # an id of the other tenant never stands in a call


async def test_what_the_reader_may_not_see_is_left_as_it_is(world: World) -> None:
    person = await world.user("attributes-unseen")
    leave = "2030-01-01T00:00:00Z"
    await world.call("PATCH", f"/v1.0/users/{person}", {"employeeLeaveDateTime": leave}, ok=False)
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    granted = read_permissions([TYPES["users"]]).keys() - {"User-LifeCycleInfo.Read.All"}
    token = Secret(token_with(granted))
    await world.tenant.switch(revoked=["User-LifeCycleInfo.Read.All"])
    world.client, before = reader(replace(world.settings), pace=0.0), world.client
    try:
        plan = await world.plan(type="users", id=person)
    finally:
        await world.client.aclose()
        world.client = before
    del token
    [item, *_] = await world.items(plan)
    assert not [step for step in item.steps if "employeeLeaveDateTime" in (step.body or {})]
    assert any("employeeLeaveDateTime" in gap.what for gap in item.gaps)


async def test_an_object_deleted_long_ago_is_planned_from_its_last_record(world: World) -> None:
    person = await world.user("long-gone", jobTitle="Baker")
    held = await world.backup()
    await world.purge("users", person)
    await world.backup()
    await world.backup()
    plan = await world.plan(type="users", id=person)
    first = (await world.items(plan))[0]
    assert (first.standing, first.run, first.name) == ("gone", held.run_id, "long-gone")


async def test_only_what_is_named_among_unknown_objects_is_said_to_be_unknown(world: World) -> None:
    person = await changed_user(world, "among-unknown")
    nobody = "00000000-0000-4000-8000-00000000dead"
    plan = await world.plan(objects=[{"type": "users", "id": person}, {"type": "users", "id": nobody}])
    assert [item.object_id for item in await world.items(plan)] == [person]
    assert any(nobody in gap.why for gap in plan.gaps)


async def facts(world: World, caller: str = "", break_glass: frozenset[str] = frozenset()) -> Safety:
    settings = replace(world.settings, break_glass=break_glass)
    return await Guard(world.client, world.restorer, settings, caller).asked()


async def test_who_could_be_shut_out(world: World) -> None:
    direct, through, asleep = [await world.user(f"admin-{how}") for how in ("direct", "through", "asleep")]
    await world.call("PATCH", f"/v1.0/users/{asleep}", {"accountEnabled": False})
    group = str(
        (
            await world.call(
                "POST",
                "/v1.0/groups",
                {
                    "displayName": "admins",
                    "mailEnabled": False,
                    "mailNickname": "admins",
                    "securityEnabled": True,
                    "isAssignableToRole": True,
                },
            )
        )["id"]
    )
    await world.link("groups", group, "members", through)
    for principal in (direct, group, asleep):
        await world.call(
            "POST",
            "/v1.0/roleManagement/directory/roleAssignments",
            {"principalId": principal, "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"},
        )
    known = await facts(world, caller=through, break_glass=frozenset({direct, asleep}))
    assert {direct, through} <= known.administrators.keys()
    assert asleep not in known.administrators
    assert known.break_glass == {direct}
    assert {group, GLOBAL_ADMINISTRATOR} <= known.administrators[through]
    assert group in known.caller_holds
    assert known.security_defaults is not None


async def test_administrators_that_cannot_be_read_are_not_guessed(world: World) -> None:
    await world.tenant.fault(do="refuse", path="/roleManagement/directory/roleAssignments")
    await world.tenant.fault(do="refuse", path="/roleManagement/directory/roleAssignmentSchedules")
    assert not (await facts(world)).administrators

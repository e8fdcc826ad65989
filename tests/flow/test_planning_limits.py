"""What a plan says beforehand of the tenant's limits: licences, administrators, extensions under other names."""

from typing import Any

from functions.core.plan import Plan
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from functions.restore.privileged import Privileged
from tests.flow.restore_world import World

V1 = "/v1.0"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"


async def told(world: World, plan: Plan) -> str:
    gaps = [*plan.gaps, *(gap for item in await world.items(plan) for gap in item.gaps)]
    return " | ".join(f"{gap.what}: {gap.why}" for gap in gaps)


async def refuse(world: World, path: str) -> None:
    await world.call("POST", "/_admin/faults", {"do": "refuse", "path": path})


async def skus(world: World) -> list[dict[str, Any]]:
    found = (await world.call("GET", f"{V1}/subscribedSkus"))["value"]
    return [one for one in found if one["prepaidUnits"]["enabled"] > one["consumedUnits"]]


async def test_who_is_privileged_is_read_from_roles_and_from_groups_that_can_hold_them(world: World):
    plain, above, middle, member, owner = [await world.user(f"ranked-{number}") for number in range(5)]
    for who, role in ((above, GLOBAL_ADMINISTRATOR), (middle, USER_ADMINISTRATOR)):
        body = {"principalId": who, "roleDefinitionId": role, "directoryScopeId": "/"}
        await world.call("POST", f"{V1}/roleManagement/directory/roleAssignments", body)
    await world.group("ranked", [member], [owner], isAssignableToRole=True)
    ranks = await Privileged(world.reader).ranks() or {}
    assert plain not in ranks
    assert {who: ranks[who] for who in (above, middle, member, owner)} == {
        above: "high",
        middle: "middle",
        member: "high",
        owner: "high",
    }


async def test_an_administrator_is_named_in_the_plan_and_where_nobody_can_tell_the_plan_says_so(world: World):
    person = await world.user("owner-of-roles", mobilePhone="+47 1")
    await world.backup("users")
    await world.call("PATCH", f"{V1}/users/{person}", {"mobilePhone": "+47 2"})
    await world.group("role-owners", [], [person], isAssignableToRole=True)
    assert "Privileged Authentication Administrator" in await told(world, await world.plan("users", person))
    await refuse(world, "/groups")
    plan = await world.plan("users", person)
    assert "Which accounts are administrators is not known" in [gap.what for gap in plan.gaps]


async def test_accounts_out_of_the_bin_may_have_been_administrators(world: World):
    person = await world.user("binned-perhaps")
    await world.backup("users")
    await world.call("DELETE", f"{V1}/users/{person}")
    plan = await world.plan("users", person)
    assert any("perhaps administrators" in gap.what for gap in plan.gaps)


async def test_licences_that_the_tenant_does_not_have_are_no_part_of_the_call(world: World):
    first, second = (await skus(world))[:2]
    person = await world.user("licensed-once", usageLocation="NO")
    add = [{"skuId": one["skuId"], "disabledPlans": []} for one in (first, second)]
    await world.call("POST", f"{V1}/users/{person}/assignLicense", {"addLicenses": add, "removeLicenses": []})
    await world.backup("users")
    both = [one["skuId"] for one in (first, second)]
    await world.call("POST", f"{V1}/users/{person}/assignLicense", {"addLicenses": [], "removeLicenses": both})
    (step,) = await world.steps(await world.plan("users", person))
    assert {one["skuId"] for one in step.body["addLicenses"]} == set(both)
    await refuse(world, "/subscribedSkus")
    plan = await world.plan("users", person)
    assert "licences are still there is not known" in await told(world, plan)
    assert len(await world.steps(plan)) == 1


async def test_values_of_an_extension_follow_its_application_to_its_new_app_id(world: World):
    app = await world.call("POST", f"{V1}/applications", {"displayName": "Berths"})
    defined = {"name": "berth", "dataType": "String", "targetObjects": ["User"]}
    old = (await world.call("POST", f"{V1}/applications/{app['id']}/extensionProperties", defined))["name"]
    person = await world.user("berthed", **{old: "A-7"})
    await world.backup("users", "applications")
    await world.purge("applications", app["id"])

    both = await world.plan_of([("applications", app["id"]), ("users", person)])
    await world.purge("users", person)
    assert "the appId that it gets" in await told(
        world, await world.plan_of([("applications", app["id"]), ("users", person)])
    )
    assert both.steps
    await world.restore("applications", app["id"])
    view = await world.restore("users", person)
    assert {step["outcome"] for step in view["steps"]} == {"done"}, view["steps"]
    names = await world.call("GET", f"{V1}/applications?$filter=displayName eq 'Berths'&$select=id,appId")
    new = f"extension_{names['value'][0]['appId'].replace('-', '')}_berth"
    assert new != old
    held = await world.call("GET", f"{V1}/users/{view['liveId']}?$select=id,{new}")
    assert held[new] == "A-7"


async def test_the_state_of_multifactor_authentication_of_a_person_comes_back(world: World):
    people = (await world.call("GET", f"{V1}/users?$select=id"))["value"]
    paths = [f"/beta/users/{one['id']}/authentication/requirements" for one in people]
    path = next(one for one, there in [(one, await world.call("GET", one, ok=False)) for one in paths] if there)
    person = path.split("/")[3]
    await world.call("PATCH", path, {"perUserMfaState": "enforced"})
    await world.backup("userAuthenticationMethods")
    await world.call("PATCH", path, {"perUserMfaState": "disabled"})
    view = await world.restore("userAuthenticationMethods", person)
    (step,) = view["steps"]
    assert (step["method"], step["path"], step["outcome"]) == (
        "PATCH",
        f"/users/{person}/authentication/requirements",
        "done",
    )
    assert (await world.call("GET", path))["perUserMfaState"] == "enforced"

"""Attempts on a restore that is on its way: a stranger under the name of a lost administrator, a plan that no longer
fits the tenant, and a way in that closes between planning and applying."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from functions.clock import utc_now
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from functions.errors import GraphError, LifeboatError, PlanNotApplicable
from functions.restore.passwords import issue_passwords
from functions.restore.start import retry
from tests.flow.restore_plans import kept
from tests.flow.restore_world import ADMIN, CA, World
from tests.flow.test_restore_last_way_in import ASSIGNMENTS, applied, holders, item, left, two, unassigned

__all__ = ["two"]
POLICY = "/identity/conditionalAccess/policies"


def policy(name: str, **users: object) -> dict[str, Any]:
    return {
        "displayName": name,
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], **users},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }


async def administrator(world: World, principal: str) -> None:
    body = {"principalId": principal, "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"}
    await world.call("POST", f"/v1.0{ASSIGNMENTS}", body)


async def test_a_stranger_with_the_name_of_a_lost_administrator_gets_nothing_of_theirs(world: World):
    """Whoever may make accounts could take the name of one that is gone, and wait for a restore."""
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
    name = f"lost-admin-{len(world.runs)}"
    lost = await world.user(name)
    group = await world.group(f"Of {name}", [lost], [lost], isAssignableToRole=True)
    await administrator(world, lost)
    await world.backup("users", "groups", "roleDefinitions", "roleAssignments")
    await world.purge("users", lost)
    stranger = await world.user(name)
    for scope in ({"key": "users", "identity": lost}, {}):
        if scope:
            plan = await world.plan(**scope)
        else:
            plan = await world.plan_scope(tenant=True, types=("users", "groups", "roleAssignments"))
        items = await world.items(plan)
        assert not any(stranger in str(msgspec.to_builtins(one.steps)) for one in items)
        assert any(stranger in gap.why for one in items for gap in one.gaps)
    with pytest.raises(PlanNotApplicable, match="no steps"):
        await world.apply(await world.plan("users", lost))
    assert stranger not in await world.ids(group, "members")
    held = await world.call("GET", f"/v1.0{ASSIGNMENTS}?$filter=principalId eq '{stranger}'")
    assert held["value"] == []
    assert await world.stores.ids.resolve([lost]) == {lost: lost}


async def test_an_emergency_account_that_went_to_sleep_after_planning_keeps_no_policy_open(world: World):
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
    emergency = await world.user(f"emergency-{len(world.runs)}")
    await administrator(world, emergency)
    before, world.settings = world.settings, replace(world.settings, break_glass=frozenset({emergency}))
    try:
        made = await world.call("POST", f"{CA}/policies", policy("All but one", excludeUsers=[emergency]))
        await world.backup()
        await world.call("PATCH", f"{CA}/policies/{made['id']}", {"state": "disabled"})
        plan = await world.plan("conditionalAccessPolicies", made["id"])
        assert [step.body for step in await world.steps(plan)] == [{"state": "enabled"}]
        await world.call("PATCH", f"/v1.0/users/{emergency}", {"accountEnabled": False})
        view = await world.apply(plan)
        assert [step["outcome"] for step in view["steps"]] == ["failed"]
        assert (await world.call("GET", f"{CA}/policies/{made['id']}"))["state"] == "disabled"
        await world.call("PATCH", f"/v1.0/users/{emergency}", {"accountEnabled": True})
        await retry(world.durable, world.stores, plan.plan_id, utc_now, lifetime=3600)
        assert (await world.walk(plan, again=True)).done
        assert (await world.call("GET", f"{CA}/policies/{made['id']}"))["state"] == "enabled"
    finally:
        world.settings = before
        await world.call("DELETE", f"{CA}/policies/{made['id']}")


async def test_a_policy_that_is_harmless_alone_is_not_sent_after_another_has_widened_it(world: World):
    """Two changes of one policy, each made when the other was not there: what counts is what comes out."""
    made = await world.call("POST", f"{CA}/policies", {**policy("Narrow"), "state": "disabled"})
    path = f"{POLICY}/{made['id']}"
    step = {"body": {"state": "enabled"}, "before": {"state": "disabled"}, "after": {"state": "enabled"}}
    on = item("conditionalAccessPolicies", made["id"], "update", "PATCH", path, **step)
    try:
        assert await applied(world, [on]) == ["failed"]
        assert (await world.call("GET", f"{CA}/policies/{made['id']}"))["state"] == "disabled"
    finally:
        await world.call("DELETE", f"{CA}/policies/{made['id']}")


async def test_the_last_one_is_not_taken_out_of_a_group_under_management_either(world: World, two: list[str]):
    _, second, group, of_user, _ = two
    assert await applied(world, [unassigned(of_user)]) == ["done"]
    body = {
        "action": "adminRemove",
        "groupId": group,
        "principalId": second,
        "accessId": "member",
        "justification": "x",
    }
    path = "/identityGovernance/privilegedAccess/group/assignmentScheduleRequests"
    before = await world.mark()
    gone = item("groupAssignmentSchedules", f"{group}_member_{second}", "delete", "POST", path, body=body)
    assert await applied(world, [gone]) == ["failed"]
    assert not await world.writes(before)
    assert await holders(world)


async def test_the_last_one_is_not_taken_out_of_the_group_that_holds_the_role(world: World, two: list[str]):
    _, second, group, of_user, _ = two
    assert await applied(world, [unassigned(of_user)]) == ["done"]
    before = await world.mark()
    assert await applied(world, [left(group, second)]) == ["failed"]
    assert not await world.writes(before)


async def test_a_policy_for_a_group_is_looked_at_with_those_whom_the_same_plan_put_into_it(
    world: World,
    two: list[str],
):
    """Members that come back do no harm, nor does a policy for a group without administrators; both do."""
    first, second, *_ = two
    blocked = await world.group(f"Blocked {len(world.runs)}")
    body = policy("For a group", includeUsers=[], includeGroups=[blocked])
    made = await world.call("POST", f"{CA}/policies", {**body, "state": "disabled"})
    links = {"@odata.id": f"{world.settings.graph_url}/v1.0/directoryObjects/"}
    into = [
        item(
            "groups",
            blocked,
            "addLinks",
            "POST",
            f"/groups/{blocked}/members/$ref",
            link="members",
            targets=(who,),
            body={"@odata.id": links["@odata.id"] + who},
            after={"members": [{"id": who, "type": "user"}]},
        )
        for who in (first, second)
    ]
    on = {"body": {"state": "enabled"}, "before": {"state": "disabled"}, "after": {"state": "enabled"}}
    switch = item("conditionalAccessPolicies", made["id"], "update", "PATCH", f"{POLICY}/{made['id']}", **on)
    try:
        outcomes = await applied(world, [*into, msgspec.structs.replace(switch, stage=2)])
        assert outcomes == ["done", "done", "failed"]
        assert (await world.call("GET", f"{CA}/policies/{made['id']}"))["state"] == "disabled"
    finally:
        await world.call("DELETE", f"{CA}/policies/{made['id']}")


async def test_the_plan_of_one_tenant_writes_nothing_into_another(world: World):
    ann = await world.user(f"elsewhere-{len(world.runs)}")
    elsewhere = replace(world.settings, tenant_id="00000000-0000-4000-8000-00000000feed")
    body = {"jobTitle": "Thief"}
    change = item("users", ann, "update", "PATCH", f"/users/{ann}", body=body, before={"jobTitle": None}, after=body)
    plan = await kept([change], world.stores, elsewhere, ADMIN)
    await world.claim(plan)
    before = await world.mark()
    with pytest.raises(PlanNotApplicable, match="another"):
        await world.walk(plan)
    assert not await world.writes(before)


@pytest.mark.parametrize("what", ["members", "owners"])
async def test_links_that_changed_since_the_plan_stop_it_though_no_property_did(world: World, what: str):
    ann, bob, eve = [await world.user(f"{who}-{what}-{len(world.runs)}") for who in ("ann", "bob", "eve")]
    group = await world.group(f"Moved {what} {len(world.runs)}", [ann, bob], [ann, bob])
    await world.backup()
    await world.call("DELETE", f"/v1.0/groups/{group}/{what}/{bob}/$ref")
    plan = await world.plan("groups", group, mode="exact")
    await world.link(group, what, eve)
    before = await world.mark()
    view = await world.apply(plan)
    assert {step["outcome"] for step in view["steps"]} == {"conflict"}
    assert not await world.writes(before)


async def test_a_plan_that_was_applied_or_called_off_is_not_applied_again(world: World):
    ann = await world.user(f"again-{len(world.runs)}", jobTitle="Baker")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Thief"})
    plan = await world.plan("users", ann)
    await world.apply(plan)
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Miller"})
    before = await world.mark()
    for again in (world.claim(plan), retry(world.durable, world.stores, plan.plan_id, utc_now, lifetime=3600)):
        with pytest.raises(PlanNotApplicable):
            await again
    assert (await world.walk(plan, again=True)).done
    assert not await world.writes(before)


async def test_nobody_gets_a_password_by_somebody_elses_plan_or_for_an_account_that_was_there(world: World):
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Global Administrator"]})
    ann = await world.user(f"not-mine-{len(world.runs)}")
    there = await world.user(f"was-there-{len(world.runs)}", jobTitle="Baker")
    await world.backup()
    await world.purge("users", ann)
    await world.call("PATCH", f"/v1.0/users/{there}", {"jobTitle": "Thief"})
    plan = await world.plan_of([("users", ann), ("users", there)])
    await world.apply(plan)
    for stranger in ("", "somebody", ADMIN.upper(), f"{ADMIN} "):
        with pytest.raises(LifeboatError):
            await issue_passwords(plan.plan_id, stranger, stores=world.stores, restorer=world.restorer, clock=utc_now)
    issued = await issue_passwords(plan.plan_id, ADMIN, stores=world.stores, restorer=world.restorer, clock=utc_now)
    assert there not in {one["id"] for one in issued.passwords}
    assert len(issued.passwords) == 1


async def test_a_refused_password_stands_in_no_error(world: World):
    ann = await world.user(f"refused-{len(world.runs)}")
    await world.backup()
    await world.purge("users", ann)
    plan = await world.plan("users", ann)
    await world.apply(plan)
    await world.call("POST", "/_admin/faults", {"do": "refuse", "method": "PATCH", "path": "/users/"})
    before = await world.mark()
    with pytest.raises(GraphError) as refused:
        await issue_passwords(plan.plan_id, ADMIN, stores=world.stores, restorer=world.restorer, clock=utc_now)
    sent = [write["body"] for write in await world.writes(before)]
    passwords = [msgspec.json.decode(body)["passwordProfile"]["password"] for body in sent if "password" in body]
    told = f"{refused.value!r} {refused.value} {refused.value.remedy} {await world.view(plan)}"
    assert not any(password in told for password in passwords)

"""A plan of many objects: stages follow each other, what an object was given anew is put in where it is named, and
what goes wrong with one does not hold up the others."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from functions.clock import utc_now
from functions.errors import GraphRejected, PlanNotApplicable
from functions.restore import start
from functions.restore.passwords import Issued, issue_passwords
from functions.restore.quota import Quota
from functions.restore.settle import Settle
from tests.flow.restore_world import ADMIN, World


def fault(do: str, method: str, path: str, **more: object) -> dict[str, object]:
    return {"do": do, "method": method, "path": path, **more}


def made(view: dict[str, Any], old: str) -> str:
    """The id that an object has after a plan."""
    return next(str(item["liveId"]) for item in view["items"] if item["objectId"] == old and item["liveId"])


async def crew(world: World, name: str, count: int = 4) -> tuple[list[str], str, str]:
    """People, a group of them, and a group of that group that one of them owns: backed up, and gone for good."""
    people = [await world.user(f"{name}-{number}", jobTitle="Engineer") for number in range(count)]
    inner = await world.group(f"{name} inner", people)
    outer = await world.group(f"{name} outer", [inner], [people[0]])
    await world.backup()
    for person in people:
        await world.purge("users", person)
    for group in (inner, outer):
        await world.purge("groups", group)
    return people, inner, outer


def things(people: Sequence[str], *groups: str) -> list[tuple[str, str]]:
    return [*(("users", one) for one in people), *(("groups", one) for one in groups)]


async def test_people_and_their_groups_come_back_tied_to_each_other_by_one_plan(world: World):
    people, inner, outer = await crew(world, "tied")
    plan = await world.plan_of(things(people, inner, outer))
    before = await world.mark()
    view = await world.apply(plan)
    assert view["state"] == "applied", view["error"]
    assert await world.ids(made(view, inner), "members") == {made(view, one) for one in people}
    assert await world.ids(made(view, outer), "members") == {made(view, inner)}
    assert await world.ids(made(view, outer), "owners") == {made(view, people[0])}
    assert not await world.differences("groups", inner)
    assert not await world.differences("groups", outer)
    writes = await world.writes(before)
    assert len(writes) == plan.steps
    assert not any("{new:" in write["path"] + write["body"] for write in writes)
    assert view["progress"]["done"] == plan.steps
    assert view["progress"]["itemsEnded"] == plan.items


async def test_what_waits_for_an_object_that_was_not_made_is_skipped_by_name_and_the_rest_is_done(world: World):
    people, inner, outer = await crew(world, "waiting")
    plan = await world.plan_of(things(people, inner, outer))
    refusal = fault("status", "POST", "/groups$", status=403, code="Authorization_RequestDenied", calls=[1])
    await world.call("POST", "/_admin/faults", refusal)
    view = await world.apply(plan, quota=Quota(1_000_000, 1))
    assert view["state"] == "partial"
    lost = next(one for one in (inner, outer) if not any(i["objectId"] == one and i["liveId"] for i in view["items"]))
    kept = outer if lost == inner else inner
    skipped = [step for step in view["steps"] if step["outcome"] == "skipped"]
    assert skipped
    assert all(lost in step["why"] or "not brought back" in step["why"] for step in skipped)
    assert all(made(view, one) for one in people)
    assert made(view, kept)


async def test_a_retry_does_what_failed_and_nothing_twice(world: World):
    people, inner, outer = await crew(world, "again")
    plan = await world.plan_of(things(people, inner, outer))
    refusal = fault("status", "POST", "/(users|groups)$", status=403, code="Authorization_RequestDenied", calls=[2, 5])
    await world.call("POST", "/_admin/faults", refusal)
    before = await world.mark()
    assert (await world.apply(plan))["state"] == "partial"
    await world.call("DELETE", "/_admin/faults")
    await start.retry(world.durable, world.stores, plan.plan_id, utc_now, lifetime=3600)
    assert (await world.walk(plan, again=True)).state == "applied"
    view = await world.view(plan)
    assert (view["progress"]["done"], view["progress"]["failed"], view["progress"]["skipped"]) == (plan.steps, 0, 0)
    assert await world.ids(made(view, inner), "members") == {made(view, one) for one in people}
    assert await world.ids(made(view, outer), "members") == {made(view, inner)}
    done = Counter(
        f"{write['method']} {write['path']} {re.sub('"password":"[^"]*"', '', write['body'])}"
        for write in await world.writes(before)
        if 200 <= write["status"] < 300
    )
    assert max(done.values()) == 1
    with pytest.raises(PlanNotApplicable):
        await start.retry(world.durable, world.stores, plan.plan_id, utc_now, lifetime=3600)


async def test_a_conflict_stops_one_object_with_its_links_and_needs_a_new_plan(world: World):
    ann, ben = await world.user("moved-ann", jobTitle="Engineer"), await world.user("moved-ben", jobTitle="Engineer")
    groups = [await world.group(f"Moved {number}", [ann, ben], description="before") for number in range(2)]
    await world.backup()
    for group in groups:
        await world.call("PATCH", f"/v1.0/groups/{group}", {"description": "after"})
        await world.call("DELETE", f"/v1.0/groups/{group}/members/{ann}/$ref")
    plan = await world.plan_of(things((), *groups))
    await world.call("PATCH", f"/v1.0/groups/{groups[0]}", {"displayName": "Somebody else's"})
    view = await world.apply(plan)
    assert view["state"] == "partial"
    outcomes = {
        group: [step["outcome"] for item in view["items"] if item["objectId"] == group for step in item["steps"]]
        for group in groups
    }
    assert outcomes == {groups[0]: ["conflict", "skipped"], groups[1]: ["done", "done"]}
    assert await world.ids(groups[0], "members") == {ben}
    assert await world.ids(groups[1], "members") == {ann, ben}


async def test_what_comes_out_of_the_bin_is_no_conflict_for_the_groups_it_is_in(world: World):
    ann, ben = await world.user("bin-ann"), await world.user("bin-ben")
    group = await world.group("With the binned", [ann, ben])
    await world.backup()
    await world.call("DELETE", f"/v1.0/groups/{group}/members/{ben}/$ref")
    await world.call("DELETE", f"/v1.0/users/{ann}")
    view = await world.apply(await world.plan_of(things([ann], group)))
    assert view["state"] == "applied", view["steps"]
    assert await world.ids(group, "members") == {ann, ben}


async def test_a_plan_is_stopped_between_two_steps_and_goes_on_when_it_is_retried(world: World):
    people = [await world.user(f"stopped-{number}", jobTitle="Engineer", mobilePhone="1") for number in range(3)]
    await world.backup()
    for one in people:
        await world.call("PATCH", f"/v1.0/users/{one}", {"jobTitle": "Clerk", "mobilePhone": "2"})
    plan = await world.plan_of(things(people))
    with pytest.raises(PlanNotApplicable):
        await start.cancel(world.durable, world.stores, plan.plan_id, ADMIN, utc_now)
    await world.claim(plan)
    world.durable.running.add(world.durable.started[-1])
    await world.walk(plan, budget=0.0)
    row = await start.cancel(world.durable, world.stores, plan.plan_id, ADMIN, utc_now)
    assert (row.state.value, row.cancel) == ("applying", ADMIN)
    assert (await world.walk(plan, again=True)).state == "cancelled"
    world.durable.running.clear()
    view = await world.view(plan)
    assert {step["outcome"] for step in view["steps"]} == {"done", "pending"}
    assert (await world.walk(plan, again=True)).state == "cancelled"  # delivered once more, it does nothing
    await start.retry(world.durable, world.stores, plan.plan_id, utc_now, lifetime=3600)
    assert (await world.walk(plan, again=True)).state == "applied"


async def test_items_of_a_stage_wait_for_their_replicas_side_by_side(world: World):
    people = [await world.user(f"slow-{number}", jobTitle="Engineer") for number in range(40)]
    await world.backup()
    for one in people:
        await world.call("PATCH", f"/v1.0/users/{one}", {"jobTitle": "Clerk"})
    waits = 0

    async def sleep(seconds: float) -> None:
        nonlocal waits
        waits += 1
        await asyncio.sleep(0.05)

    plan = await world.plan_of(things(people))
    started = utc_now()
    view = await world.apply(plan, settle=Settle(interval=5, reads=5, sleep=sleep))
    assert view["state"] == "applied"
    assert waits >= 40 * 4
    assert (utc_now() - started).total_seconds() < 40 * 4 * 0.05  # one after another it would take that long


async def test_the_passwords_of_many_come_a_hundred_at_a_time_and_each_once(world: World):
    people = [await world.user(f"many-{number}") for number in range(5)]
    await world.backup()
    for one in people:
        await world.purge("users", one)
    plan = await world.plan_of(things(people))
    view = await world.apply(plan)
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["User Administrator"]})
    found: list[dict[str, str]] = []
    lefts = []
    for _ in range(3):
        issued = await issue_passwords(
            plan.plan_id, ADMIN, stores=world.stores, restorer=world.restorer, clock=utc_now, most=2
        )
        found += issued.passwords
        lefts.append(issued.left)
    assert lefts == [3, 1, 0]
    assert sorted(one["id"] for one in found) == sorted(made(view, one) for one in people)
    assert len({one["password"] for one in found}) == 5


async def test_a_plan_that_names_another_tenant_is_not_applied(world: World):
    ann = await world.user("other-tenant", jobTitle="Engineer")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    items = await world.items(await world.plan("users", ann))
    elsewhere = replace(world, settings=replace(world.settings, tenant_id="99999999-0000-4000-8000-000000000000"))
    plan = await elsewhere.keep(items)
    await world.claim(plan)
    before = await world.mark()
    with pytest.raises(PlanNotApplicable):
        await world.walk(plan)
    assert await world.writes(before) == []


async def test_members_that_cannot_go_out_in_one_call_go_one_by_one_and_each_is_told(world: World):
    people = [await world.user(f"one-by-one-{number}") for number in range(4)]
    group = await world.group("One by one", people)
    await world.backup()
    for one in people:
        await world.call("DELETE", f"/v1.0/groups/{group}/members/{one}/$ref")
    plan = await world.plan("groups", group)
    (step,) = await world.steps(plan)
    assert (step.method, len(step.targets)) == ("PATCH", 4)
    refusal = fault("status", "PATCH", f"/groups/{group}$", status=400, code="Request_BadRequest")
    await world.call("POST", "/_admin/faults", refusal)
    denied = fault("status", "POST", r"/members/\$ref$", status=403, code="Authorization_RequestDenied", calls=[2])
    await world.call("POST", "/_admin/faults", denied)
    view = await world.apply(plan)
    assert view["state"] == "failed"
    (shown,) = view["steps"]
    ((lost, told),) = shown["links"].items()
    assert told["graphCode"] == "Authorization_RequestDenied"
    assert await world.ids(group, "members") == set(people) - {lost}


async def test_one_account_whose_password_is_refused_does_not_hold_up_the_others(world: World):
    people = [await world.user(f"refused-{number}") for number in range(4)]
    await world.backup()
    for one in people:
        await world.purge("users", one)
    plan = await world.plan_of(things(people))
    view = await world.apply(plan)
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["User Administrator"]})
    stuck = next(item["liveId"] for item in view["items"] if item["type"] == "users")
    await world.call("POST", "/_admin/faults", fault("status", "PATCH", f"/users/{stuck}", status=403))
    first = await asked_for_two(world, plan)
    second = await asked_for_two(world, plan)
    assert [first.left, second.left] == [3, 1]
    assert len(first.passwords) + len(second.passwords) == 3
    assert stuck not in {one["id"] for one in (*first.passwords, *second.passwords)}
    with pytest.raises(GraphRejected) as refused:
        await asked_for_two(world, plan)
    assert "User Administrator" in refused.value.remedy


async def asked_for_two(world: World, plan: Any) -> Issued:
    return await issue_passwords(
        plan.plan_id, ADMIN, stores=world.stores, restorer=world.restorer, clock=utc_now, most=2
    )

"""An applied plan yields one that reverses it: what it changed, tied, made, and took out of the bin."""

import uuid

import msgspec
import pytest

from functions.clock import iso, utc_now
from functions.core.plan import Item, Plan
from functions.errors import PlanNotApplicable
from functions.restore import planning
from functions.restore.undo import undo_plan
from functions.storage.plans import PlanRow
from tests.flow.restore_world import ADMIN, World


async def undone(world: World, plan: Plan) -> Plan:
    row = PlanRow(plan_id=str(uuid.uuid4()), created_by=ADMIN, created_at=iso(utc_now()))
    tools = planning.Tools(
        stores=world.stores, reader=world.reader, restorer=world.restorer, settings=world.settings, clock=utc_now
    )
    return await undo_plan(plan.plan_id, row, tools)


async def test_what_a_plan_did_is_undone_by_another(world: World):
    ann, ben, carl = [await world.user(f"undo-{name}", jobTitle="Engineer") for name in ("ann", "ben", "carl")]
    group = await world.group("Undone", [ann, ben], description="as it was")
    gone = await world.group("Undone and gone", [ann])
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    await world.call("PATCH", f"/v1.0/groups/{group}", {"description": "as it is"})
    await world.call("DELETE", f"/v1.0/groups/{group}/members/{ben}/$ref")
    await world.link(group, "members", carl)
    await world.call("DELETE", f"/v1.0/users/{carl}")
    await world.purge("groups", gone)

    plan = await world.plan_of([("users", ann), ("users", carl), ("groups", group), ("groups", gone)], mode="add")
    view = await world.apply(plan)
    assert view["state"] == "applied", view["error"]
    made = next(item["liveId"] for item in view["items"] if item["objectId"] == gone and item["liveId"])
    assert await world.ids(group, "members") == {ann, ben, carl}

    mark = await world.mark()
    back = await undone(world, plan)
    assert await world.writes(mark) == []
    assert back.undoes == plan.plan_id
    view = await world.apply(back)
    assert view["state"] == "applied", view["steps"]
    assert (await world.call("GET", f"/v1.0/users/{ann}?$select=jobTitle"))["jobTitle"] == "Clerk"
    assert (await world.call("GET", f"/v1.0/groups/{group}"))["description"] == "as it is"
    assert await world.ids(group, "members") == {ann}
    assert await world.call("GET", f"/v1.0/users/{carl}", ok=False) is None
    assert await world.call("GET", f"/v1.0/groups/{made}", ok=False) is None
    assert await world.call("GET", f"/v1.0/directory/deletedItems/{carl}") is not None
    assert await world.call("GET", f"/v1.0/directory/deletedItems/{made}") is not None


async def test_what_was_given_a_new_id_does_not_name_the_old_one_again(world: World):
    """Nothing is there under the old one, and Graph mostly refuses it. Nobody has touched it since, either."""
    inner = await world.group("Undone inner")
    rule = f"user.memberof -any (group.objectId -in ['{inner}'])"
    outer = await world.group(
        "Undone outer",
        groupTypes=["DynamicMembership"],
        membershipRule=rule,
        membershipRuleProcessingState="On",
    )
    await world.backup()
    await world.purge("groups", inner)
    plan = await world.plan("groups", inner)
    view = await world.apply(plan)
    new = next(item["liveId"] for item in view["items"] if item["objectId"] == inner)
    ruled = (await world.call("GET", f"/v1.0/groups/{outer}?$select=membershipRule"))["membershipRule"]
    assert ruled == rule.replace(inner, new)

    back = await undone(world, plan)
    gaps = [gap for item in await world.items(back) for gap in item.gaps]
    assert [gap.what for gap in gaps] == ["Not written to Undone outer: membershipRule"]
    assert inner in gaps[0].why
    view = await world.apply(back)
    assert view["state"] == "applied", view["steps"]
    assert (await world.call("GET", f"/v1.0/groups/{outer}?$select=membershipRule"))["membershipRule"] == ruled


async def test_a_link_that_was_there_before_is_not_taken_away_by_undoing(world: World):
    ann, ben = await world.user("kept-ann"), await world.user("kept-ben")
    group = await world.group("Kept links", [ann, ben])
    await world.backup()
    for one in (ann, ben):
        await world.call("DELETE", f"/v1.0/groups/{group}/members/{one}/$ref")
    items = await world.items(await world.plan("groups", group))
    await world.link(group, "members", ben)  # by somebody else, after the plan was made
    plan = await world.keep([_without_digest(item) for item in items])
    assert (await world.apply(plan))["state"] == "applied"
    assert await world.ids(group, "members") == {ann, ben}
    assert (await world.apply(await undone(world, plan)))["state"] == "applied"
    assert await world.ids(group, "members") == {ben}


async def test_a_plan_that_was_not_applied_cannot_be_undone(world: World):
    ann = await world.user("not-applied", jobTitle="Engineer")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    plan = await world.plan("users", ann)
    with pytest.raises(PlanNotApplicable):
        await undone(world, plan)


def _without_digest(item: Item) -> Item:
    return msgspec.structs.replace(item, digest="")

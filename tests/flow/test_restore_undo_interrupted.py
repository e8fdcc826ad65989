"""Undoing a plan that did not go smoothly: what it did counts as done, whatever happened around it."""

from typing import Any

import pytest

from functions.clock import utc_now
from functions.restore import start
from tests.flow.restore_world import ADMIN, World
from tests.flow.test_restore_faults import Deadly, Killed
from tests.flow.test_restore_many import fault
from tests.flow.test_restore_undo import undone


async def lost_members(world: World, name: str, count: int) -> tuple[str, list[str], Any]:
    people = [await world.user(f"{name}-{number}") for number in range(count)]
    group = await world.group(name, people)
    await world.backup()
    for one in people:
        await world.call("DELETE", f"/v1.0/groups/{group}/members/{one}/$ref")
    return group, people, await world.plan("groups", group)


@pytest.mark.parametrize("count", [1, 3])
async def test_a_link_whose_call_was_interrupted_is_taken_back(world: World, count: int):
    group, people, plan = await lost_members(world, f"interrupted{count}", count)
    await world.claim(plan)
    killed: set[str] = set()
    for _ in range(2 * count):
        with pytest.raises(Killed):
            await world.walk(plan, restorer=Deadly(world.restorer, killed))
        if any(moment.startswith("after") for moment in killed):
            break
    assert (await world.walk(plan, again=True)).state == "applied"
    assert await world.ids(group, "members") == set(people)
    await world.apply(await undone(world, plan))
    assert await world.ids(group, "members") == set()


class Deafening:
    """A Graph client after whose writes an object cannot be read any more."""

    def __init__(self, world: World, path: str) -> None:
        self._world, self._path = world, path

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.restorer, name)

    async def send(self, method: str, path: str, **named: Any) -> Any:
        reply = await self._world.restorer.send(method, path, **named)
        await self._world.call("POST", "/_admin/faults", fault("status", "GET", self._path, status=403, code="Denied"))
        return reply


@pytest.mark.parametrize("count", [1, 3])
async def test_links_that_could_not_be_read_back_are_taken_back(world: World, count: int):
    group, people, plan = await lost_members(world, f"unread{count}", count)
    assert (await world.apply(plan, restorer=Deafening(world, f"/groups/{group}")))["state"] == "failed"
    await world.call("DELETE", "/_admin/faults")
    assert await world.ids(group, "members") == set(people)
    await world.apply(await undone(world, plan))
    assert await world.ids(group, "members") == set()


async def test_a_value_and_an_object_that_could_not_be_read_back_are_taken_back(world: World):
    ann = await world.user("unread-value", jobTitle="Engineer")
    group = await world.group("Unread object")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    await world.purge("groups", group)
    plan = await world.plan_of([("users", ann), ("groups", group)])
    deaf = Deafening(world, f"/(users/{ann}|groups/(?!{group})[0-9a-f-]{{36}})")
    view = await world.apply(plan, restorer=deaf)
    assert {step["outcome"] for step in view["steps"]} == {"failed"}
    await world.call("DELETE", "/_admin/faults")
    made = next(item["liveId"] for item in view["items"] if item["objectId"] == group)
    assert await world.call("GET", f"/v1.0/groups/{made}") is not None
    await world.apply(await undone(world, plan))
    assert (await world.call("GET", f"/v1.0/users/{ann}?$select=jobTitle"))["jobTitle"] == "Clerk"
    assert await world.call("GET", f"/v1.0/groups/{made}", ok=False) is None


async def test_a_step_that_was_interrupted_and_never_looked_at_again_is_told(world: World):
    people = [await world.user(f"interrupted-{number}", jobTitle="Engineer", mobilePhone="1") for number in range(2)]
    await world.backup()
    for one in people:
        await world.call("PATCH", f"/v1.0/users/{one}", {"jobTitle": "Clerk"})
    plan = await world.plan_of([("users", one) for one in people])
    await world.claim(plan)
    assert (await world.walk(plan, budget=0.0)).taken == 1
    with pytest.raises(Killed):
        await world.walk(plan, again=True, restorer=Deadly(world.restorer, set()))
    await start.cancel(world.durable, world.stores, plan.plan_id, ADMIN, utc_now)
    left = next(item for item in (await world.view(plan))["items"] if item["steps"][0]["outcome"] == "running")
    [gap] = [gap for gap in (await undone(world, plan)).gaps if "interrupted" in gap.what]
    assert (gap.what[0], left["name"] in gap.why) == ("1", True)

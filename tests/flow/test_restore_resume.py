"""A plan that is worked on in several calls: where one stops, the next goes on; nothing is left out or done twice."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from functions.errors import RowConflict, StoreError
from functions.restore import apply
from functions.restore.apply_end import apply_or_end
from tests.flow.restore_world import World
from tests.flow.test_restore_faults import succeeded


class Slow:
    """A Graph client whose writes to one object take a while; `sent` counts those that have been answered."""

    def __init__(self, inner: Any, identity: str) -> None:
        self._inner, self._identity, self.sent = inner, identity, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def send(self, method: str, path: str, **named: Any) -> Any:
        if self._identity in path:
            await asyncio.sleep(0.5)
        reply = await self._inner.send(method, path, **named)
        self.sent += 1
        return reply


async def test_an_item_that_stops_half_way_is_not_counted_among_those_that_have_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(apply, "_IN_FLIGHT", 2)
    people = [await world.user(f"half-way-{number}", jobTitle="Engineer", mobilePhone="1") for number in range(4)]
    await world.backup()
    for one in people:
        await world.call("PATCH", f"/v1.0/users/{one}", {"jobTitle": "Clerk", "mobilePhone": "2"})
    plan = await world.plan_of([("users", one) for one in people])
    second = (await world.items(plan))[1].object_id
    await world.claim(plan)
    slow = Slow(world.restorer, second)
    stopped = await world.walk(plan, budget=0.5, tick=lambda: float(slow.sent), restorer=slow)
    assert (stopped.done, stopped.ended) == (False, 0)
    assert (await world.walk(plan, again=True)).state == "applied"
    assert {step["outcome"] for step in (await world.view(plan))["steps"]} == {"done"}


async def test_what_went_wrong_before_is_known_to_all_items_that_are_taken_up_together(world: World):
    """Each of them asks at once whether its object had moved; none is sent before that is known."""
    members = [await world.user(f"member-of-moved-{number}") for number in range(2)]
    groups = [await world.group(f"Moved meanwhile {number}", members, description="before") for number in range(3)]
    await world.backup()
    for group in groups:
        await world.call("PATCH", f"/v1.0/groups/{group}", {"description": "after"})
        await world.call("DELETE", f"/v1.0/groups/{group}/members/{members[0]}/$ref")
    plan = await world.plan_of([("groups", group) for group in groups])
    for group in groups:
        await world.call("PATCH", f"/v1.0/groups/{group}", {"displayName": "Somebody else's"})
    await world.claim(plan)
    items = await world.items(plan)
    links = min(item.stage for item in items if item.scope == "links")

    taken = apply.take

    async def dies_before_links(item: Any, bench: Any, *rest: Any) -> bool:
        if item.stage >= links:
            await bench.journal.flush()
            raise StoreError("the process is gone")
        return await taken(item, bench, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apply, "take", dies_before_links)
        with pytest.raises(StoreError):
            await world.walk(plan)
    assert (await world.walk(plan, again=True)).done
    shown = (await world.view(plan))["items"]
    outcomes = {(item["pass"], step["outcome"]) for item in shown for step in item["steps"]}
    assert outcomes == {("object", "conflict"), ("links", "skipped")}
    for group in groups:
        assert await world.ids(group, "members") == {members[1]}


@pytest.mark.parametrize("after", [0.0, 0.15, 0.4])
async def test_the_same_call_delivered_twice_at_once_does_nothing_twice(
    world: World, after: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(apply, "_IN_FLIGHT", 1)
    people = [await world.user(f"twice-{after}-{number}", jobTitle="Engineer") for number in range(3)]
    groups = [await world.group(f"Twice {after} {number}", people, people[:1]) for number in range(6)]
    await world.backup()
    for group in groups:
        await world.purge("groups", group)
    plan = await world.plan_of([("groups", group) for group in groups])
    await world.claim(plan)
    before = await world.mark()

    async def other() -> Any:
        await asyncio.sleep(after)
        return await world.walk(plan)

    walks = await asyncio.gather(world.walk(plan), other(), return_exceptions=True)
    assert all(isinstance(walk, RowConflict) or walk.done for walk in walks), walks  # type: ignore[union-attr]
    last = await world.walk(plan, again=True)
    assert (last.state, last.taken, last.failed) == ("applied", plan.steps, 0)
    done = succeeded(await world.writes(before))
    assert (len(done), max(done.values())) == (plan.steps, 1)
    view = await world.view(plan)
    assert view["progress"]["done"] == plan.steps
    for group in groups:
        assert not await world.differences("groups", group)


@pytest.mark.parametrize("what", ["altered", "gone", "another tenant"])
async def test_a_plan_that_nothing_can_bring_any_further_ends_and_says_why(world: World, what: str):
    ann = await world.user(f"hopeless-{what.replace(' ', '-')}", jobTitle="Engineer", mobilePhone="1")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    items = await world.items(await world.plan("users", ann))
    other = replace(world, settings=replace(world.settings, tenant_id="99999999-0000-4000-8000-000000000000"))
    plan = await (other if what == "another tenant" else world).keep(items * 60, page=30)  # too long for its row
    if what != "another tenant":
        head = f"{(await world.stores.plans.get(plan.plan_id)).folder}head.json"
        text = await world.stores.work.get(head)
        await world.stores.work.delete(head)
        if what == "altered":
            await world.stores.work.put(head, text.replace(b"a", b"b"), content_type="application/json")
    await world.claim(plan)
    before = await world.mark()
    for _ in range(2):
        ended = await apply_or_end(plan.plan_id, world.tools())
        assert (ended.done, ended.state, ended.taken) == (True, "failed", 0)
    assert (await world.stores.plans.get(plan.plan_id)).error
    assert await world.writes(before) == []

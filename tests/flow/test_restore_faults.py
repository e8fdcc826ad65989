"""What goes wrong between plan and tenant: objects that moved, processes that died, answers that were lost, replicas
that lag. The tenant's own trail of writes says what was really done."""

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from functions.errors import StoreError
from functions.restore.settle import Settle
from functions.storage.restores import StepOutcome
from tests.flow.restore_world import World


class Killed(BaseException):
    """The process is gone: nothing that handles errors may see it."""


class Mortal:
    """Stores that kill the process at each of their writes once, by turns before and after the write."""

    def __init__(self, inner: Any, method: str, killed: set[str]) -> None:
        self._inner, self._method, self._killed = inner, method, killed

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._deadly(found) if name == self._method else found

    def _deadly(self, write: Any) -> Any:
        async def call(*arguments: Any, **named: Any) -> Any:
            rows = arguments[1] if self._method == "write" else arguments
            told = [(getattr(row, "item", ""), getattr(row, "step", ""), getattr(row, "outcome", "")) for row in rows]
            self._die(f"before {self._method} {told}")
            done = await write(*arguments, **named)
            self._die(f"after {self._method} {told}")
            return done

        return call

    def _die(self, moment: str) -> None:
        if moment not in self._killed:
            self._killed.add(moment)
            raise Killed


class Deadly:
    """A Graph client that lets the process die at each call that writes: before it is sent, or when it has been."""

    def __init__(self, inner: Any, killed: set[str]) -> None:
        self._inner, self._killed = inner, killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def send(self, method: str, path: str, **named: Any) -> Any:
        what = f"{method} {path} {json.dumps(_without_password(named.get('body')))}"
        for moment in ("before", "after"):
            if f"{moment} {what}" not in self._killed:
                self._killed.add(f"{moment} {what}")
                if moment == "after":
                    await self._inner.send(method, path, **named)
                raise Killed
        return await self._inner.send(method, path, **named)


def _without_password(body: Any) -> Any:
    return {key: value for key, value in body.items() if key != "passwordProfile"} if isinstance(body, dict) else body


async def walk_and_die(world: World, plan: Any) -> int:
    """Applies a plan through as many deaths as there are writes of the journal and of the id map, and twice as many as
    there are calls; returns how many there were."""
    killed: set[str] = set()
    stores = replace(
        world.stores,
        restores=Mortal(world.stores.restores, "write", killed),
        ids=Mortal(world.stores.ids, "put", killed),
    )
    await world.claim(plan)
    while True:
        try:
            walked = await world.walk(plan, stores=stores, restorer=Deadly(world.restorer, killed))
        except Killed:
            continue
        if walked.done:
            return len(killed)


def succeeded(writes: list[dict[str, Any]]) -> Counter[str]:
    """How often each write was done, by method, path and body without what differs by chance."""
    return Counter(
        f"{write['method']} {write['path']} {re.sub('"password":"[^"]*"', '', write['body'])}"
        for write in writes
        if write["status"] < 300
    )


def refused(writes: list[dict[str, Any]]) -> list[str]:
    return [f"{write['method']} {write['path']}" for write in writes if write["status"] >= 300]


async def test_killed_at_every_write_of_the_journal_nothing_is_done_twice(world: World):
    people = [await world.user(f"survivor{number}") for number in range(3)]
    group = await world.group("Survivors", people, people[:1])
    gone = await world.user("phoenix", jobTitle="Engineer")
    binned = await world.user("lazarus", jobTitle="Engineer", mobilePhone="1")
    moved = await world.group("Moved", people)
    await world.backup()
    await world.purge("groups", group)
    await world.purge("users", gone)
    await world.call("PATCH", f"/v1.0/users/{binned}", {"jobTitle": "Clerk", "mobilePhone": "2"})
    await world.call("DELETE", f"/v1.0/users/{binned}")
    await world.call("DELETE", f"/v1.0/groups/{moved}/members/{people[0]}/$ref")
    await world.link(moved, "members", await world.user("stranger"))
    await world.call("PATCH", f"/v1.0/groups/{moved}", {"description": "moved", "displayName": "Away"})

    for key, identity, mode in (
        ("groups", group, "add"),
        ("users", gone, "add"),
        ("users", binned, "add"),
        ("groups", moved, "exact"),
    ):
        plan = await world.plan(key, identity, mode=mode)
        before = await world.mark()
        deaths = await walk_and_die(world, plan)
        view = await world.view(plan)
        assert view["state"] == "applied", view["error"]
        assert deaths >= 4 * plan.steps
        writes = await world.writes(before)
        assert len(writes) == plan.steps
        assert refused(writes) == []
        assert max(succeeded(writes).values()) == 1
        assert (await world.plan(key, identity, mode=mode)).steps == 0


async def test_the_answer_to_a_creation_is_lost_and_the_object_is_found_again(world: World):
    group = await world.group("Lost answer")
    await world.backup()
    await world.purge("groups", group)
    plan = await world.plan("groups", group)
    await world.call("POST", "/_admin/faults", _fault("drop", "POST", "/groups$", when="after", times=1))
    before = await world.mark()
    view = await world.apply(plan)
    assert view["state"] == "applied", view["error"]
    assert len([write for write in await world.writes(before) if write["path"] == "/v1.0/groups"]) == 1
    named = await world.call("GET", "/v1.0/groups?$filter=displayName eq 'Lost answer'")
    assert [item["id"] for item in named["value"]] == [view["liveId"]]


async def test_a_creation_that_never_arrived_is_sent_once_more(world: World):
    group = await world.group("Never arrived")
    await world.backup()
    await world.purge("groups", group)
    await world.group("Never arrived")  # somebody's own group of the same name is not ours
    plan = await world.plan("groups", group)
    await world.call("POST", "/_admin/faults", _fault("drop", "POST", "/groups$", times=1))
    view = await world.apply(plan)
    assert view["state"] == "applied", view["error"]
    named = await world.call("GET", "/v1.0/groups?$filter=displayName eq 'Never arrived'")
    assert len(named["value"]) == 2


@pytest.mark.parametrize("how", ["property", "link", "deleted"])
async def test_an_object_that_moved_since_the_plan_is_left_alone(world: World, how: str):
    ann, ben = await world.user(f"mover-{how}"), await world.user(f"witness-{how}")
    group = await world.group(f"Moving {how}", [ann], description="before")
    await world.backup()
    await world.call("PATCH", f"/v1.0/groups/{group}", {"description": "after"})
    plan = await world.plan("groups", group)
    assert plan.steps == 1
    if how == "property":
        await world.call("PATCH", f"/v1.0/groups/{group}", {"visibility": "Public"})
    elif how == "link":
        await world.link(group, "members", ben)
    else:
        await world.call("DELETE", f"/v1.0/groups/{group}")
    before = await world.mark()
    view = await world.apply(plan)
    assert (view["state"], view["steps"][0]["outcome"]) == ("failed", "conflict")
    assert view["steps"][0]["error"]["code"] == "liveObjectMoved"
    assert await world.writes(before) == []


async def test_an_object_that_came_back_by_itself_is_not_created_again(world: World):
    ann = await world.user("returner")
    await world.backup()
    await world.call("DELETE", f"/v1.0/users/{ann}")
    plan = await world.plan("users", ann)
    await world.call("POST", f"/v1.0/directory/deletedItems/{ann}/restore")
    before = await world.mark()
    view = await world.apply(plan)
    assert view["steps"][0]["outcome"] == "conflict"
    assert await world.writes(before) == []


async def test_lagging_replicas_are_waited_for(world: World):
    ann = await world.user("lagger", jobTitle="Engineer")
    group = await world.group("Lagging", [ann], [ann])
    gone = await world.group("Lagging and gone", [ann], [ann])
    await world.backup()
    await world.purge("groups", gone)
    await world.call("DELETE", f"/v1.0/groups/{group}/members/{ann}/$ref")
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    plans = [await world.plan("users", ann), await world.plan("groups", group), await world.plan("groups", gone)]
    await world.call("PATCH", "/_admin/switches", {"lag": {"reads": 4, "writes": True}})
    for plan in plans:
        before = await world.mark()
        view = await world.apply(plan)
        assert view["state"] == "applied", view["error"]
        assert max(succeeded(await world.writes(before)).values()) == 1
    hits = (await world.call("GET", "/_admin/switches"))["hits"]
    assert hits["lag"] > 0


async def test_a_write_that_cannot_be_seen_is_not_called_done(world: World):
    ann = await world.user("unseen", jobTitle="Engineer")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    plan = await world.plan("users", ann)
    await world.call("PATCH", "/_admin/switches", {"lag": {"reads": 1000}})
    view = await world.apply(plan, settle=Settle(interval=0, reads=2, tries=5))
    assert view["state"] == "failed"
    assert view["steps"][0]["error"]["code"] == "writeUnverified"


async def test_nothing_is_removed_when_what_was_missing_could_not_be_added(world: World):
    ann, ben, carl = [await world.user(f"adder{number}") for number in range(3)]
    group = await world.group("Half", [ann, ben])
    await world.backup()
    await world.call("DELETE", f"/v1.0/groups/{group}/members/{ann}/$ref")
    await world.link(group, "members", carl)
    plan = await world.plan("groups", group, mode="exact")
    fault = _fault("status", "PATCH|POST", r"/groups/", status=403, code="Authorization_RequestDenied")
    await world.call("POST", "/_admin/faults", fault)
    view = await world.apply(plan)
    assert [step["outcome"] for step in view["steps"]] == ["failed", "skipped"]
    assert view["state"] == "failed"
    assert view["steps"][0]["error"]["graphCode"] == "Authorization_RequestDenied"
    assert await world.ids(group, "members") == {ben, carl}


async def test_a_refused_creation_leaves_the_rest_undone(world: World):
    ann = await world.user("member-of-nothing")
    group = await world.group("Refused", [ann])
    await world.backup()
    await world.purge("groups", group)
    plan = await world.plan("groups", group)
    await world.call("POST", "/_admin/faults", _fault("status", "POST", "/groups$", status=403, code="Denied"))
    view = await world.apply(plan)
    assert [step["outcome"] for step in view["steps"]] == ["failed", "skipped"]
    assert (view["state"], view["liveId"]) == ("failed", "")


async def test_a_short_budget_is_a_stop_and_not_an_end(world: World):
    ann = await world.user("patient", jobTitle="Engineer", mobilePhone="1")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk", "mobilePhone": "2"})
    plan = await world.plan("users", ann)
    await world.claim(plan)
    ticks = iter(range(1000))
    first = await world.walk(plan, budget=0.5, tick=lambda: float(next(ticks)))
    assert (first.done, first.taken, first.steps) == (False, 1, 2)
    second = await world.walk(plan, again=True)
    assert (second.done, second.state) == (True, "applied")
    assert (await world.walk(plan)).state == "applied"  # delivered once more, it does nothing


async def test_storage_that_fails_ends_the_call_and_not_the_plan(world: World):
    ann = await world.user("stored", jobTitle="Engineer")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    plan = await world.plan("users", ann)
    await world.claim(plan)

    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(world.stores.restores, name)

        async def write(self, plan_id: str, rows: Any, tally: Any, **named: Any) -> None:
            if any(row.outcome is StepOutcome.DONE for row in rows):
                raise StoreError("the disk is full")
            await world.stores.restores.write(plan_id, rows, tally, **named)

    before = await world.mark()
    with pytest.raises(StoreError):
        await world.walk(plan, stores=replace(world.stores, restores=Full()))
    assert (await world.walk(plan)).state == "applied"
    assert len(await world.writes(before)) == 1


def _fault(do: str, method: str, path: str, **more: object) -> dict[str, object]:
    return {"do": do, "method": method, "path": path, **more}

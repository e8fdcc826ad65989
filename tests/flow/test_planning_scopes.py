"""Every scope of a restore: which objects come into the plan, in which order, and what is said of the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from functions.errors import CallerError, PlanNotApplicable
from tests.flow.planning_world import World, open_world


@pytest.fixture(scope="module")
async def shared(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data: Path = tmp_path_factory.mktemp("scopes")
    async with open_world(azurite, data) as world:
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    yield shared
    await shared.tenant.calm()


async def test_one_object_that_was_changed(world: World) -> None:
    person = await world.user("changed-one", jobTitle="Baker")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    plan = await world.plan(type="users", id=person)
    [item] = await world.items(plan)
    assert [(step.action, step.body) for step in item.steps] == [("update", {"jobTitle": "Baker"})]
    [count] = plan.counts
    assert (count.type, count.updated, count.steps) == ("users", 1, 1)
    assert {need.permission for need in plan.needs} >= {"User.ReadWrite.All"}
    assert plan.estimate.writes == 1


async def test_one_object_costs_few_storage_requests(world: World) -> None:
    person = await world.user("cheap-one", jobTitle="Baker")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    plan = await world.plan(type="users", id=person)
    row = await world.stores.plans.get(plan.plan_id)
    assert row.inline
    assert not row.folder


async def test_an_object_in_the_bin_is_undeleted(world: World) -> None:
    person = await world.user("binned-one")
    await world.backup()
    await world.call("DELETE", f"/v1.0/users/{person}")
    plan = await world.plan(type="users", id=person)
    [item, *_] = await world.items(plan)
    assert item.standing == "deleted"
    assert item.steps[0].action == "restoreDeleted"
    assert plan.counts[0].undeleted == 1


async def test_a_purged_object_is_made_anew_and_named_again(world: World) -> None:
    person = await world.user("purged-one")
    group = await world.group("names-purged", [person])
    await world.backup()
    await world.purge("users", person)
    await world.backup()
    plan = await world.plan(type="users", id=person)
    first, second = await world.items(plan)
    assert first.steps[0].action == "create"
    assert (second.type, second.object_id, second.origin) == ("groups", group, "reference")
    assert [step.targets for step in second.steps] == [(f"{{new:{person}}}",)]
    assert second.stage > first.stage


@pytest.mark.parametrize("references", ["none", ("users",)])
async def test_references_are_the_callers_choice(world: World, references: object) -> None:
    person = await world.user(f"choice-{len(str(references))}")
    await world.group(f"choice-group-{len(str(references))}", [person])
    await world.backup()
    await world.purge("users", person)
    plan = await world.plan(type="users", id=person, references=references)
    assert [item.type for item in await world.items(plan)] == ["users"]


async def test_objects_that_name_each_other_are_each_planned_once(world: World) -> None:
    boss = await world.user("boss-of-pair")
    worker = await world.user("worker-of-pair")
    await world.link("users", worker, "manager", boss)
    group = await world.group("group-of-pair", [boss, worker])
    await world.backup()
    for one in (boss, worker):
        await world.purge("users", one)
    await world.call("DELETE", f"/v1.0/groups/{group}")
    await world.call("DELETE", f"/v1.0/directory/deletedItems/{group}")
    objects = [{"type": "users", "id": boss}, {"type": "users", "id": worker}, {"type": "groups", "id": group}]
    plan = await world.plan(objects=objects)
    items = await world.items(plan)
    assert len({(item.type, item.object_id, item.scope) for item in items}) == len(items)
    assert {item.object_id for item in items} == {boss, worker, group}
    linked = {target for item in items if item.scope == "links" for step in item.steps for target in step.targets}
    assert linked == {f"{{new:{boss}}}", f"{{new:{worker}}}"}
    assert [item.stage for item in items] == sorted(item.stage for item in items)
    assert [step.id for item in items for step in item.steps] == [
        f"{item.number}.{place}" for item in items for place in range(1, len(item.steps) + 1)
    ]


async def test_an_object_that_an_earlier_restore_made_is_found_by_the_id_map(world: World) -> None:
    from functions.clock import iso, utc_now
    from functions.storage.idmap import IdRow

    old = await world.user("mapped-one", jobTitle="Baker")
    await world.backup()
    await world.purge("users", old)
    new = await world.user("mapped-one", jobTitle="Bakker")
    await world.stores.ids.put(IdRow(old_id=old, new_id=new, type="users", plan_id="p", at=iso(utc_now())))
    plan = await world.plan(type="users", id=old)
    item = (await world.items(plan))[0]
    assert (item.standing, item.live_id) == ("live", new)


async def test_everything_of_a_type(world: World) -> None:
    people = [await world.user(f"all-{n}", jobTitle="Baker") for n in range(3)]
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{people[0]}", {"jobTitle": "Bakker"})
    await world.call("DELETE", f"/v1.0/users/{people[1]}")
    await world.purge("users", people[2])
    plan = await world.plan(type="users", all=True)
    items = {item.object_id: item for item in await world.items(plan) if item.scope == "object"}
    assert [items[one].standing for one in people] == ["live", "deleted", "gone"]
    count = next(count for count in plan.counts if count.type == "users")
    assert (count.updated, count.undeleted, count.created) >= (1, 1, 1)


async def test_what_changed_between_two_runs(world: World) -> None:
    changed, gone = await world.user("between-changed", jobTitle="Baker"), await world.user("between-gone")
    before = await world.backup()
    await world.call("PATCH", f"/v1.0/users/{changed}", {"jobTitle": "Bakker"})
    await world.purge("users", gone)
    added = await world.user("between-added")
    after = await world.backup()
    between = {"from": before.run_id, "to": after.run_id}
    plan = await world.plan(changes=between)
    items = await world.items(plan)
    assert {item.object_id for item in items if item.type == "users"} == {changed, gone}
    assert any("stay" in gap.what for gap in plan.gaps)
    exact = await world.plan(changes=between, match="exact", deleteAdded=True)
    deleted = [item.object_id for item in await world.items(exact) if item.scope == "deletion"]
    assert deleted == [added]


async def test_a_whole_tenant_deletes_nothing_unasked(world: World) -> None:
    await world.backup()
    added = await world.user("added-since")
    plain = await world.plan(tenant=True)
    assert not [step for item in await world.items(plain) for step in item.steps if step.action == "delete"]
    exact = await world.plan(tenant=True, match="exact", deleteAdded=True, types=["users"])
    assert [item.object_id for item in await world.items(exact) if item.scope == "deletion"] == [added]


async def test_types_that_no_backup_holds_are_named(world: World) -> None:
    await world.backup()
    plan = await world.plan(tenant=True)
    [gap] = [gap for gap in plan.gaps if gap.what.endswith("nothing is planned")]
    assert "Named locations" in gap.what
    assert "Users" not in gap.what


async def test_a_list_of_an_earlier_run_is_told(world: World) -> None:
    person = await world.user("read-before", jobTitle="Baker")
    await world.backup("users", "groups")
    await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    await world.backup("groups")
    plan = await world.plan(tenant=True, types=["users", "groups"])
    [gap] = [gap for gap in plan.gaps if gap.what.endswith("an older list is taken")]
    assert gap.what.startswith("Users:")
    steps = [step for item in await world.items(plan) if item.object_id == person for step in item.steps]
    assert [step.body for step in steps] == [{"jobTitle": "Baker"}]


async def test_records_of_another_tenant_take_a_word(world: World) -> None:
    person = await world.user("other-tenant")
    await world.backup()
    with pytest.raises(PlanNotApplicable, match="records are of tenant"):
        await world.plan(type="users", id=person, sourceTenant="00000000-0000-4000-8000-000000000000")


async def test_an_object_that_no_run_holds(world: World) -> None:
    await world.backup()
    with pytest.raises(CallerError, match="No backup"):
        await world.plan(type="users", id="00000000-0000-4000-8000-00000000dead")


@pytest.mark.parametrize("standing", ["live", "deleted"])
async def test_planning_one_object_takes_five_storage_requests(world: World, standing: str) -> None:
    person = await world.user(f"counted-{standing}", jobTitle="Baker")
    await world.backup()
    if standing == "live":
        await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    else:
        await world.call("DELETE", f"/v1.0/users/{person}")
    async with storage_requests(world) as asked:
        await world.plan(type="users", id=person)
    assert len(asked) <= 5, asked


@asynccontextmanager
async def storage_requests(world: World) -> AsyncIterator[list[str]]:
    """Every request that goes to storage meanwhile, noted where the two SDKs hand them to the network."""
    asked: list[str] = []
    original = aiohttp.ClientSession._request

    async def noted(self: aiohttp.ClientSession, method: str, url: Any, **more: Any) -> Any:
        asked.append(f"{method} {url}")
        return await original(self, method, url, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiohttp.ClientSession, "_request", noted)
        yield asked


async def test_many_that_name_a_purged_object_are_not_asked_for_one_by_one(world: World) -> None:
    """A hundred groups named her: they are read together, and each is planned as if it had been asked for."""
    person = await world.user("named-by-a-hundred")
    groups = [await world.group(f"hundred-{number}", [person]) for number in range(100)]
    await world.backup()
    await world.purge("users", person)
    before = world.client.usage.requests
    plan = await world.plan(type="users", id=person)
    asked = world.client.usage.requests - before
    healed = {item.object_id: item for item in await world.items(plan) if item.origin == "reference"}
    assert set(groups) <= healed.keys()
    assert all(item.steps[0].targets == (f"{{new:{person}}}",) for item in healed.values())
    assert asked < 60


async def test_what_names_an_object_in_the_plan_is_not_offered_beside_it(world: World) -> None:
    """The group is part of the plan, alive and changed: it is healed by its own record, once."""
    person = await world.user("named-inside")
    group = await world.group("names-inside", [person])
    await world.backup()
    await world.purge("users", person)
    await world.call("PATCH", f"/v1.0/groups/{group}", {"description": "changed since"})
    objects = [{"type": "users", "id": person}, {"type": "groups", "id": group}]
    items = await world.items(await world.plan(objects=objects))
    assert {item.origin for item in items} == {"chosen"}
    added = [step.targets for item in items for step in item.steps if step.link == "members"]
    assert added == [(f"{{new:{person}}}",)]


@pytest.mark.parametrize("between", [True, False])
async def test_an_assignment_that_was_added_is_deleted_below_its_resource(world: World, *, between: bool) -> None:
    """Such objects have no address of their own: what they hang on is in the record, or in what was read."""
    keys = ("servicePrincipals", "appRoleAssignments", "users")
    person = await world.user(f"assigned-{between}")
    before = await world.backup(*keys)
    resource = next(
        one["id"]
        for one in (await world.call("GET", "/v1.0/servicePrincipals?$select=id,appRoles"))["value"]
        if not one["appRoles"]
    )
    body = {"principalId": person, "resourceId": resource, "appRoleId": "00000000-0000-0000-0000-000000000000"}
    made = (await world.call("POST", f"/v1.0/servicePrincipals/{resource}/appRoleAssignedTo", body))["id"]
    exact = {"match": "exact", "deleteAdded": True}
    if between:
        after = await world.backup(*keys)
        plan = await world.plan(changes={"from": before.run_id, "to": after.run_id}, **exact)
    else:
        plan = await world.plan(type="appRoleAssignments", all=True, **exact)
    deleted = [item for item in await world.items(plan) if item.scope == "deletion" and item.object_id == made]
    assert [step.path for item in deleted for step in item.steps] == [
        f"/servicePrincipals/{resource}/appRoleAssignedTo/{made}"
    ]

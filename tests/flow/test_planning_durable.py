"""Plans that take longer than a caller waits: made whole or not at all, whatever happens on the way."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from azure.functions import HttpRequest

from functions.api.endpoint import Host, serve
from functions.api.table import CALLS
from functions.clock import utc_now
from functions.core.plan import Plan
from functions.errors import PlanNotApplicable
from functions.restore import plan_flow
from functions.services import Services
from functions.storage.plans import Draft, PlanRow, Plans, PlanState
from tests.flow.planning_world import World, open_world


@pytest.fixture(scope="module")
async def shared(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data: Path = tmp_path_factory.mktemp("durable")
    async with open_world(azurite, data, users=60) as world:
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    yield shared
    await shared.tenant.calm()


class Starter:
    """A Durable client that only notes what it was asked to start."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: Any) -> str:
        assert orchestration_function_name == plan_flow.ORCHESTRATION
        self.started.append(client_input)
        return instance_id


async def call(
    world: World, name: str, body: object = None, *, durable: Any = None, plan: str = "", query: str = ""
) -> tuple[int, dict[str, Any]]:
    """One call of the API, past all of its checks."""
    entry = CALLS[name]
    parts = {part: plan for part in entry.parts}
    services = Services(world.settings, world.stores)
    services._clients.update(reader=world.client, restorer=world.restorer)

    async def opened() -> Services:
        return services

    request = HttpRequest(
        entry.method,
        f"http://127.0.0.1/api/{entry.route.format(**parts)}?{query}",
        headers={"Content-Type": "application/json"},
        params={},
        route_params=parts,
        body=json.dumps(body).encode() if body is not None else b"",
    )
    response = await serve(entry, request, durable, Host(settings=lambda: world.settings, services=opened))
    return response.status_code, json.loads(response.get_body())


async def asked(world: World, body: dict[str, Any]) -> str:
    """A large plan that is asked for; its id."""
    starter = Starter()
    status, answer = await call(world, "make_plan", body, durable=starter)
    assert status == 202, answer
    assert [one["planId"] for one in starter.started] == [answer["planId"]]
    return str(answer["planId"])


async def state(world: World, plan: str) -> dict[str, Any]:
    status, answer = await call(world, "show_plan", plan=plan)
    assert status == 200, answer
    return answer


async def test_a_large_plan_is_asked_for_made_and_paged(world: World) -> None:
    await world.backup()
    edited = [str(user["id"]) for user in (await world.call("GET", "/v1.0/users?$select=id"))["value"][:30]]
    for one in edited:
        await world.call("PATCH", f"/v1.0/users/{one}", {"jobTitle": "Edited"}, ok=False)
    plan = await asked(world, {"type": "users", "all": True})
    waiting = await state(world, plan)
    assert (waiting["state"], waiting["planning"]) == ("planning", {"done": 0, "objects": 0})
    assert await plan_flow.planned(plan, "", world.tools, last=False) == "planned"
    shown = await state(world, plan)
    assert (shown["state"], shown["scope"], shown["pages"]) == ("planned", "users: all", 1)
    assert "steps" not in shown
    assert shown["hash"]
    [count] = [one for one in shown["counts"] if one["type"] == "users"]
    assert count["updated"] > 0
    status, page = await call(world, "list_plan_items", plan=plan, query="page=1&type=users&outcome=pending")
    assert status == 200
    assert page["items"]
    assert all(item["steps"] for item in page["items"])
    assert (await call(world, "list_plan_items", plan=plan, query="page=2"))[1]["code"] == "unknownPage"
    listed = (await call(world, "list_plans", query="top=1"))[1]
    assert [one["planId"] for one in listed["plans"]] == [plan]


async def test_a_small_plan_shows_its_steps_at_once(world: World) -> None:
    person = await world.user("shown-at-once", jobTitle="Baker")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    status, plan = await call(world, "make_plan", {"type": "users", "id": person})
    assert status == 201
    assert (plan["state"], plan["standing"], plan["objectId"]) == ("planned", "live", person)
    assert [(step["action"], step["body"]) for step in plan["steps"]] == [("update", {"jobTitle": "Baker"})]
    assert plan["estimate"]["writes"] == 1


class Dying(Plans):
    """The process ends after the pages and the head, before the row."""

    async def keep(self, row: PlanRow, head: Plan, draft: Draft, *, begun: bool) -> PlanRow:
        await draft.spill()
        await draft.put(f"{draft.folder}head.json", b"{}")
        raise RuntimeError("killed")


async def test_a_process_that_ends_before_the_row_leaves_no_plan(world: World) -> None:
    await world.backup()
    plan = await asked(world, {"type": "users", "all": True})
    stores = world.stores
    dying = Dying(stores.tables, stores.blobs, world.tenant.tenant_id, utc_now)
    with pytest.raises(RuntimeError):
        await plan_flow.planned(plan, "", replace(world.tools, stores=replace(stores, plans=dying)), last=False)
    assert (await state(world, plan))["state"] == "planning"
    with pytest.raises(PlanNotApplicable):
        await stores.plans.head(plan)
    assert await plan_flow.planned(plan, "", world.tools, last=False) == "planned"
    assert (await state(world, plan))["items"]
    # A second delivery of the same activity finds it made.
    kept = await stores.plans.get(plan)
    assert await plan_flow.planned(plan, "", world.tools, last=False) == "planned"
    assert await stores.plans.get(plan) == kept


async def test_a_refusal_fails_the_plan_with_its_reason(world: World) -> None:
    await world.backup()
    plan = await asked(world, {"type": "users", "all": True})
    await world.tenant.fault(do="refuse", path="/users")
    assert await plan_flow.planned(plan, "", world.tools, last=False) == "failed"
    shown = await state(world, plan)
    assert (shown["state"], shown["error"][:13]) == ("failed", "graphRejected")
    assert shown["items"] == []


async def test_what_passes_is_tried_again_until_the_last_time(world: World) -> None:
    await world.backup()
    plan = await asked(world, {"type": "users", "all": True})
    await world.tenant.fault(do="status", status=503, code="serviceNotAvailable", path="/organization")
    quick = replace(world.tools, reader=world.impatient)
    assert await plan_flow.planned(plan, "", quick, last=False) == ""
    assert (await state(world, plan))["state"] == "planning"
    assert await plan_flow.planned(plan, "", quick, last=True) == "failed"


async def test_an_object_that_changes_while_it_is_planned_is_planned_as_it_was_seen(world: World) -> None:
    person = await world.user("moves-meanwhile", jobTitle="Baker")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Bakker"})
    stop = asyncio.Event()

    async def meddle() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            await world.call("PATCH", f"/v1.0/users/{person}", {"jobTitle": f"Bakker {number}"})

    meddling = asyncio.create_task(meddle())
    plans = [await world.plan(type="users", id=person) for _ in range(3)]
    stop.set()
    await meddling
    digests = set()
    for plan in plans:
        [item] = await world.items(plan)
        assert item.steps[0].body == {"jobTitle": "Baker"}
        assert item.steps[0].before["jobTitle"].startswith("Bakker")
        digests.add(item.digest)
    assert len(digests) == len(plans)  # each says which state it was made for


async def test_few_objects_that_very_many_name_are_planned_by_the_orchestration(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await world.user("named-by-many")
    for number in range(3):
        await world.group(f"names-many-{number}", [person])
    await world.backup()
    await world.purge("users", person)
    monkeypatch.setattr("functions.api.plans.FEW_REFERRERS", 2)
    plan = await asked(world, {"type": "users", "id": person})
    assert await plan_flow.planned(plan, "", world.tools, last=False) == "planned"
    assert len([item for item in (await state(world, plan))["items"] if item["origin"] == "reference"]) == 3


async def test_a_plan_whose_making_was_broken_off_is_told_as_failed(world: World) -> None:
    await world.backup()
    plan = await asked(world, {"type": "users", "all": True})
    patient = world.settings
    world.settings = replace(patient, plan_lifetime=0.0)
    try:
        shown = await state(world, plan)
    finally:
        world.settings = patient
    assert shown["state"] == PlanState.FAILED
    assert "broken off" in shown["error"]

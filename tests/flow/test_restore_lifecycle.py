"""A plan's life: kept, claimed once, expired, resumed; and the passwords that nobody keeps."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from functions.clock import utc_now
from functions.errors import CallerError, GraphRejected, PlanExpired, PlanNotApplicable
from functions.restore import start
from functions.restore.flow import instance_id
from functions.restore.passwords import Issued, issue_passwords
from tests.flow.restore_world import ADMIN, World


async def changed_user(world: World, name: str) -> Any:
    ann = await world.user(name, jobTitle="Engineer")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    return await world.plan("users", ann)


async def test_a_plan_is_applied_once(world: World):
    plan = await changed_user(world, "once")
    assert (await world.apply(plan))["state"] == "applied"
    assert world.durable.started[-1] == instance_id(plan.plan_id, (await world.stores.plans.get(plan.plan_id)).claim)
    with pytest.raises(PlanNotApplicable):
        await world.claim(plan)


async def test_a_plan_expires(world: World):
    plan = await changed_user(world, "expiring")

    def later() -> Any:
        return utc_now() + timedelta(seconds=world.settings.plan_lifetime + 1)

    for _ in range(2):
        with pytest.raises(PlanExpired):
            await start.start(world.durable, world.stores, plan.plan_id, ADMIN, later)
    assert (await world.view(plan))["state"] == "expired"
    assert (await world.view(plan))["steps"][0]["outcome"] == "pending"


async def test_a_plan_whose_process_died_after_the_claim_is_taken_up_by_anybody_who_may(world: World):
    plan = await changed_user(world, "restarted")
    await world.claim(plan)
    world.durable.running.add(world.durable.started[-1])
    with pytest.raises(PlanNotApplicable):
        await start.start(world.durable, world.stores, plan.plan_id, "somebody else", utc_now)
    world.durable.running.clear()
    await start.start(world.durable, world.stores, plan.plan_id, "somebody else", utc_now)
    assert (await world.walk(plan, again=True)).state == "applied"
    assert (await world.stores.plans.get(plan.plan_id)).claimed_by == ADMIN


async def test_an_unknown_plan_is_told(world: World):
    unknown = "00000000-0000-4000-8000-00000000dead"
    with pytest.raises(CallerError) as plan:
        await start.start(world.durable, world.stores, unknown, ADMIN, utc_now)
    assert (plan.value.status, plan.value.slug) == (404, "unknownPlan")


async def test_a_temporary_password_is_shown_once_and_kept_nowhere(world: World, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["User Administrator"]})
    ann = await world.user("fresh")
    await world.backup()
    await world.purge("users", ann)
    plan = await world.plan("users", ann)
    with pytest.raises(PlanNotApplicable):
        await passwords(world, plan)
    before = await world.mark()
    view = await world.apply(plan)
    assert any(f"/api/restore/plans/{plan.plan_id}/passwords" in gap["todo"] for gap in view["gaps"]), view["gaps"]

    with pytest.raises(CallerError) as other:
        await passwords(world, plan, "somebody else")
    assert other.value.status == 403
    await world.call(
        "POST", "/_admin/faults", {"do": "status", "method": "PATCH", "path": "/users/", "status": 403, "times": 1}
    )
    with pytest.raises(GraphRejected):
        await passwords(world, plan)
    (issued,) = (await passwords(world, plan)).passwords
    assert (issued["id"], issued["userPrincipalName"]) == (view["liveId"], f"fresh@{world.domain}")
    with pytest.raises(CallerError) as again:
        await passwords(world, plan)
    assert (again.value.status, again.value.slug) == (409, "passwordsAlreadyIssued")

    sent = [json.loads(write["body"])["passwordProfile"] for write in await world.writes(before)]
    assert len({profile["password"] for profile in sent}) == 3
    assert sent[-1] == {"password": issued["password"], "forceChangePasswordNextSignIn": True}
    kept = [json.dumps(await world.view(plan)), str(await world.stores.plans.get(plan.plan_id)), caplog.text]
    kept += [str(row) for row in await world.stores.restores.journal(plan.plan_id, 1, plan.items)]
    kept.append(str(await world.stores.restores.passwords(plan.plan_id)))
    for profile in sent:
        assert not any(profile["password"] in text for text in kept)


async def test_a_plan_that_created_nobody_issues_no_password(world: World):
    plan = await changed_user(world, "notnew")
    await world.apply(plan)
    with pytest.raises(PlanNotApplicable):
        await passwords(world, plan)


async def passwords(world: World, plan: Any, caller: str = ADMIN) -> Issued:
    return await issue_passwords(plan.plan_id, caller, stores=world.stores, restorer=world.restorer, clock=utc_now)

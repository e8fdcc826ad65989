"""Ways in which a restore could write more than was planned, or say less than it did: each is closed."""

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions.clock import utc_now
from functions.core.plan import Plan
from functions.errors import IntegrityError, PlanNotApplicable
from functions.restore.passwords import issue_passwords
from functions.storage.plans import PlanState
from functions.storage.restores import StepOutcome
from tests.flow.restore_world import ADMIN, CA, World


class Killed(BaseException):
    """The process is gone."""


class Stops:
    """A store that lets the process die once, just after a call that `when` recognises."""

    def __init__(self, inner: Any, method: str, when: Any = lambda *_: True) -> None:
        self._inner, self._method, self._when, self.dead = inner, method, when, False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        async def call(*arguments: Any, **named: Any) -> Any:
            done = await found(*arguments, **named)
            if not self.dead and self._when(*arguments):
                self.dead = True
                raise Killed
            return done

        return call


def fault(do: str, method: str, path: str, **more: object) -> dict[str, object]:
    return {"do": do, "method": method, "path": path, **more}


async def drifted_user(world: World, name: str) -> Plan:
    """A plan of two calls: an ordinary one, and one for what needs higher rights."""
    ann = await world.user(name, jobTitle="Engineer", mobilePhone="1")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk", "mobilePhone": "2"})
    plan = await world.plan("users", ann)
    assert plan.steps == 2
    return plan


async def live_id(world: World, plan: Plan) -> str:
    return (await world.items(plan))[0].live_id


@pytest.mark.parametrize("why", ["moved", "unread"])
async def test_a_plan_stopped_before_its_first_write_stays_stopped_when_the_process_dies(world: World, why: str):
    plan = await drifted_user(world, f"stopped-{why}")
    if why == "moved":
        await world.call("PATCH", f"/v1.0/users/{await live_id(world, plan)}", {"jobTitle": "Captain"})
    else:
        refusal = fault("status", "GET", "/users/", status=403, code="Authorization_RequestDenied", times=1)
        await world.call("POST", "/_admin/faults", refusal)
    await world.claim(plan)
    before = await world.mark()
    dying = Stops(world.stores.restores, "write")
    with pytest.raises(Killed):
        await world.walk(plan, stores=replace(world.stores, restores=dying))
    assert (await world.walk(plan)).state == "failed"
    assert await world.writes(before) == []


async def test_two_plans_for_one_object_that_is_gone_create_it_once(world: World):
    group = await world.group("Planned twice")
    await world.backup()
    await world.purge("groups", group)
    first, second = await world.plan("groups", group), await world.plan("groups", group)
    made = (await world.apply(first))["liveId"]
    view = await world.apply(second)
    assert [step["outcome"] for step in view["steps"]] == ["conflict"]
    named = await world.call("GET", "/v1.0/groups?$filter=displayName eq 'Planned twice'")
    assert [item["id"] for item in named["value"]] == [made]
    assert (await world.stores.ids.resolve([group]))[group] == made


async def test_of_two_plans_for_one_object_at_the_same_time_the_second_leaves_it_alone(world: World):
    plan = await drifted_user(world, "contended")
    other = await world.plan("users", (await world.items(plan))[0].live_id)
    await world.claim(plan)
    await world.claim(other)  # each object is looked at by itself, so no plan waits for another
    assert (await world.walk(plan)).state == "applied"
    before = await world.mark()
    assert (await world.walk(other)).state == "failed"
    assert {step["outcome"] for step in (await world.view(other))["steps"]} == {"conflict"}
    assert await world.writes(before) == []


async def test_a_created_object_is_known_even_if_reading_it_back_fails(world: World):
    ann = await world.user("readback")
    group = await world.group("Read back", [ann])
    await world.backup()
    await world.purge("groups", group)
    plan = await world.plan("groups", group)
    unreadable = fault("status", "GET", rf"/groups/(?!{group})[0-9a-f-]{{36}}\?", status=403, code="Denied")
    await world.call("POST", "/_admin/faults", unreadable)
    await world.claim(plan)
    await world.walk(plan)
    await world.call("DELETE", "/_admin/faults")
    view = await world.view(plan)
    assert view["steps"][0]["outcome"] == "failed"
    assert view["liveId"] == (await world.stores.ids.resolve([group]))[group]


async def binned_policy(world: World, name: str, *, keep: bool = False) -> str:
    person = f"{name.replace(' ', '-')}-{keep}".lower()
    policy = {
        "displayName": name,
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": [await world.user(person)]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }
    made = str((await world.call("POST", f"{CA}/policies", policy))["id"])
    if not keep:
        await world.backup()
        await world.call("DELETE", f"{CA}/policies/{made}")
    return made


async def test_a_policy_whose_undelete_got_no_answer_is_still_made_report_only(world: World):
    await world.call("PATCH", "/_admin/switches", {"caRestore": "supported"})
    policy = await binned_policy(world, "Answer lost")
    plan = await world.plan("conditionalAccessPolicies", policy)
    assert (await world.items(plan))[0].standing == "deleted"
    # The first call is carried out, and neither it nor its repetitions are answered.
    await world.call("POST", "/_admin/faults", fault("drop", "POST", "/restore$", when="after", calls=[1]))
    await world.call(
        "POST", "/_admin/faults", fault("status", "POST", "/restore$", status=503, calls=list(range(2, 20)))
    )
    view = await world.apply(plan)
    assert (await world.call("GET", f"{CA}/policies/{policy}"))["state"] == "enabledForReportingButNotEnforced"
    assert view["state"] == "applied", view["error"]


async def test_a_plan_of_gaps_alone_is_not_called_applied(world: World):
    ann = await world.user("not-chosen", jobTitle="Engineer")
    await world.backup()
    await world.purge("users", ann)
    nothing = msgspec.structs.replace((await world.items(await world.plan("users", ann)))[0], steps=())
    plan = await world.keep([nothing])
    assert (await world.items(plan))[0].gaps
    assert plan.steps == 0
    with pytest.raises(PlanNotApplicable):
        await world.claim(plan)
    assert (await world.view(plan))["state"] == "planned"


async def test_a_plan_for_an_object_that_is_as_it_was_is_applied_without_a_write(world: World):
    ann = await world.user("nothing-to-do")
    await world.backup()
    plan = await world.plan("users", ann)
    assert (plan.steps, plan.gaps) == (0, ())
    assert (await world.apply(plan))["state"] == "applied"


@pytest.mark.parametrize("what", ["head", "page"])
async def test_a_plan_that_was_altered_is_not_applied(world: World, what: str):
    ann = await world.user(f"altered-{what}", jobTitle="Engineer", mobilePhone="1")
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    items = await world.items(await world.plan("users", ann))
    plan = await world.keep(items * 60, page=30)  # too long for its row
    row = await world.stores.plans.get(plan.plan_id)
    name = f"{row.folder}head.json" if what == "head" else f"{row.folder}00002.json.gz"
    text = await world.stores.work.get(name)
    altered = text.replace(b"expiresAt", b"expiresat") if what == "head" else gzip.compress(b"[]")
    await world.stores.work.delete(name)
    await world.stores.work.put(name, altered, content_type="application/json")
    await world.claim(plan)
    before = await world.mark()
    with pytest.raises(IntegrityError):
        await world.walk(plan)
    assert what == "page" or await world.writes(before) == []
    assert (await world.stores.plans.get(plan.plan_id)).state is PlanState.APPLYING


@pytest.mark.parametrize("natural", ["alike", "other"])
async def test_an_interrupted_creation_takes_nobody_elses_object_for_its_own(world: World, natural: str):
    ann = await world.user(f"adopted-{natural}")
    name = f"Adopted {natural}"
    group = await world.group(name, [ann], description="Ours")
    await world.backup()
    await world.purge("groups", group)
    plan = await world.plan("groups", group)
    await world.claim(plan)
    dying = Stops(
        world.stores.restores, "write", lambda _, rows, tally: any(row.outcome is StepOutcome.RUNNING for row in rows)
    )
    with pytest.raises(Killed):
        await world.walk(plan, stores=replace(world.stores, restores=dying))
    theirs = await world.group(name, description="Ours" if natural == "alike" else "Made by hand meanwhile")
    before = await world.mark()
    await world.walk(plan)
    view = await world.view(plan)
    if natural == "alike":
        assert view["liveId"] == theirs  # nothing tells it from what was to be created
        return
    assert view["steps"][0]["error"]["code"] == "writeUnverified"
    assert await world.writes(before) == []
    assert theirs not in (await world.stores.ids.resolve([group])).values()


async def test_a_value_that_somebody_changed_while_the_plan_is_applied_is_left_alone(world: World):
    plan = await drifted_user(world, "overtaken")
    await world.claim(plan)
    ticks = iter(range(1000))
    assert (await world.walk(plan, budget=0.5, tick=lambda: float(next(ticks)))).taken == 1
    await world.call("PATCH", f"/v1.0/users/{await live_id(world, plan)}", {"mobilePhone": "3"})
    before = await world.mark()
    await world.walk(plan)
    view = await world.view(plan)
    assert [step["outcome"] for step in view["steps"]] == ["done", "conflict"]
    assert view["state"] == "partial"
    assert await world.writes(before) == []


async def test_passwords_can_be_asked_for_only_soon_after_the_restore(world: World):
    ann = await world.user("promoted")
    await world.backup()
    await world.purge("users", ann)
    plan = await world.plan("users", ann)
    await world.apply(plan)
    before = await world.mark()
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["User Administrator"]})

    async def asked(after: timedelta) -> Any:
        clock = lambda: utc_now() + after  # noqa: E731
        return await issue_passwords(plan.plan_id, ADMIN, stores=world.stores, restorer=world.restorer, clock=clock)

    with pytest.raises(PlanNotApplicable):
        await asked(timedelta(hours=25))
    assert await world.writes(before) == []
    assert len((await asked(timedelta(hours=23))).passwords) == 1


async def test_a_rule_that_names_an_object_follows_it(world: World):
    team = await world.group("Rule target")
    rule = {
        "groupTypes": ["DynamicMembership"],
        "membershipRule": f"user.memberof -any (group.objectId -in ['{team}'])",
        "membershipRuleProcessingState": "On",
    }
    dynamic = await world.group("Ruled", **rule)
    await world.backup()
    await world.purge("groups", team)
    await world.purge("groups", dynamic)
    made = (await world.apply(await world.plan("groups", team)))["liveId"]
    plan = await world.plan("groups", dynamic)
    rule = (await world.steps(plan))[0].body["membershipRule"]
    assert made in rule
    assert team not in rule

"""Objects that were changed, deleted or deleted for good come back, through storage, Graph and the journal."""

import pytest

from functions.restore.settle import Settle
from tests.flow.restore_world import CA, World


def outcomes(view):
    return [(step["action"], step["outcome"]) for step in view["steps"]]


async def test_a_changed_user_gets_its_values_and_its_manager_back(world: World):
    boss, other = await world.user("olga"), await world.user("otto")
    ann = await world.user("anna", jobTitle="Engineer", department="Cranes", businessPhones=["+49 30 111"])
    ref = {"@odata.id": f"{world.settings.graph_url}/v1.0/users/{boss}"}
    await world.call("PUT", f"/v1.0/users/{ann}/manager/$ref", ref)
    await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk", "businessPhones": [], "city": "Kiel"})
    ref = {"@odata.id": f"{world.settings.graph_url}/v1.0/users/{other}"}
    await world.call("PUT", f"/v1.0/users/{ann}/manager/$ref", ref)

    view = await world.apply(await world.plan("users", ann))
    assert view["state"] == "applied"
    assert outcomes(view) == [("update", "done"), ("update", "done"), ("setLink", "done")]
    assert any("city" in gap["what"] for gap in view["gaps"])
    now = await world.call("GET", f"/v1.0/users/{ann}?$select=jobTitle,businessPhones,city")
    assert (now["jobTitle"], now["businessPhones"], now["city"]) == ("Engineer", ["+49 30 111"], "Kiel")
    assert (await world.call("GET", f"/v1.0/users/{ann}/manager"))["id"] == boss
    assert (await world.plan("users", ann)).steps == 0

    exact = await world.apply(await world.plan("users", ann, mode="exact"))
    assert outcomes(exact) == [("clearProperty", "done")]
    assert (await world.call("GET", f"/v1.0/users/{ann}?$select=city"))["city"] is None


async def test_a_soft_deleted_user_comes_back_with_its_id_and_its_groups(world: World):
    ben = await world.user("benno", jobTitle="Engineer")
    group = await world.group("Benno's", [ben])
    run = await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ben}", {"jobTitle": "Clerk"})
    await world.call("DELETE", f"/v1.0/users/{ben}")
    await world.backup()  # a run that found the user gone does not stand in the way of its last record

    plan = await world.plan("users", ben, properties=frozenset({"jobTitle"}), run=run)
    assert [step.action for step in await world.steps(plan)] == ["restoreDeleted", "update"]
    assert (await world.items(plan))[0].standing == "deleted"
    view = await world.apply(plan)
    assert outcomes(view) == [("restoreDeleted", "done"), ("update", "done")]
    assert (view["state"], view["liveId"]) == ("applied", ben)
    now = await world.call("GET", f"/v1.0/users/{ben}?$select=jobTitle,userPrincipalName")
    assert now["jobTitle"] == "Engineer"
    assert now["userPrincipalName"] == f"benno@{world.domain}"
    assert ben in await world.ids(group, "members")


async def test_what_was_deleted_for_good_is_created_again_and_remembered(world: World):
    carl, dora, eve = [await world.user(name) for name in ("carl", "dora", "eve")]
    group = await world.group("Carl's", [carl, dora, eve], [dora], description="Who works with Carl")
    await world.backup()
    await world.purge("users", carl)
    await world.purge("groups", group)

    view = await world.apply(await world.plan("users", carl))
    assert view["state"] == "applied", view["error"]
    new_carl = view["liveId"]
    assert new_carl != carl
    assert (await world.stores.ids.resolve([carl]))[carl] == new_carl

    await world.purge(
        "users", eve
    )  # gone, and never re-created: a gap for each link to it, and nothing else is held up
    plan = await world.plan("groups", group)
    assert any(eve in gap.what for item in await world.items(plan) for gap in item.gaps)
    view = await world.apply(plan)
    assert view["state"] == "applied", view["error"]
    new_group = view["liveId"]
    assert await world.ids(new_group, "members") == {new_carl, dora}
    assert await world.ids(new_group, "owners") == {dora}
    now = await world.call("GET", f"/v1.0/groups/{new_group}")
    assert (now["displayName"], now["description"], now["mailEnabled"]) == ("Carl's", "Who works with Carl", False)

    again = await world.plan("groups", group)  # under its old id, by the id map
    assert ((await world.items(again))[0].live_id, again.steps) == (new_group, 0)


async def test_a_policy_deleted_for_good_comes_back_report_only_with_the_new_ids(world: World):
    before = await world.mark()
    fay = await world.user("fay")
    group = await world.group("Emergency", [fay])
    location = await world.call(
        "POST",
        f"{CA}/namedLocations",
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "displayName": "Harbour office",
            "isTrusted": True,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}],
        },
    )
    policy = await world.call(
        "POST",
        f"{CA}/policies",
        {
            "displayName": "MFA outside",
            "state": "enabled",
            "conditions": {
                "clientAppTypes": ["all"],
                "applications": {"includeApplications": ["All"]},
                "users": {"includeUsers": ["All"], "excludeGroups": [group], "excludeUsers": [fay]},
                "locations": {"includeLocations": ["All"], "excludeLocations": [location["id"]]},
                "signInRiskLevels": [],
                "userRiskLevels": [],
            },
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
        },
    )
    await world.backup()
    await world.call("DELETE", f"{CA}/policies/{policy['id']}")
    await world.call("PATCH", f"{CA}/namedLocations/{location['id']}", _untrusted())
    await world.call("DELETE", f"{CA}/namedLocations/{location['id']}")
    await world.purge("groups", group)

    stopped = await world.plan("conditionalAccessPolicies", policy["id"])
    assert stopped.steps == 0
    assert {
        word
        for item in await world.items(stopped)
        for gap in item.gaps
        for word in (group, location["id"])
        if word in gap.why
    } == {
        group,
        location["id"],
    }

    new_group = (await world.apply(await world.plan("groups", group)))["liveId"]
    found = await world.apply(await world.plan("namedLocations", location["id"]))
    assert found["state"] == "applied", found["error"]
    view = await world.apply(await world.plan("conditionalAccessPolicies", policy["id"]))
    assert view["state"] == "applied", view["error"]
    now = await world.call("GET", f"{CA}/policies/{view['liveId']}")
    assert now["state"] == "enabledForReportingButNotEnforced"
    assert now["conditions"]["users"]["excludeGroups"] == [new_group]
    assert now["conditions"]["users"]["excludeUsers"] == [fay]
    assert now["conditions"]["locations"]["excludeLocations"] == [found["liveId"]]
    assert [write["status"] for write in await world.writes(before) if '"state":"enabled"' in write["body"]] == [201]


async def test_a_policy_from_the_bin_is_not_in_force_for_longer_than_one_call(world: World):
    await world.call("PATCH", "/_admin/switches", {"caRestore": "supported"})
    body = _policy("From the bin", "enabled")
    body["conditions"]["users"] = {"includeUsers": [await world.user("binned-policy")]}
    policy = await world.call("POST", f"{CA}/policies", body)
    await world.backup()
    await world.call("DELETE", f"{CA}/policies/{policy['id']}")
    before = await world.mark()

    plan = await world.plan("conditionalAccessPolicies", policy["id"])
    assert plan.steps == 2, [gap for item in await world.items(plan) for gap in item.gaps]
    await world.claim(plan)
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(len(await world.writes(before)))

    ticks = iter(range(1000))
    settle = Settle(interval=0, reads=3, sleep=sleep)
    progress = await world.walk(plan, settle=settle, budget=1.0, tick=lambda: float(next(ticks)))
    assert (progress.state, progress.taken) == ("applied", 2)  # the budget was used up, and the second call made
    assert 1 not in waits  # never waited between the two
    view = await world.view(plan)
    assert view["liveId"] == policy["id"]
    written = await world.writes(before)
    assert [write["method"] for write in written] == ["POST", "PATCH"]
    assert "enabledForReportingButNotEnforced" in written[1]["body"]
    now = await world.call("GET", f"{CA}/policies/{policy['id']}")
    assert now["state"] == "enabledForReportingButNotEnforced"


async def test_an_edited_policy_and_location_are_what_they_were(world: World):
    policy = await world.call("POST", f"{CA}/policies", _policy("Edited", "disabled"))
    body = {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "displayName": "Where we work",
        "countriesAndRegions": ["DE", "PL"],
        "includeUnknownCountriesAndRegions": False,
    }
    location = await world.call("POST", f"{CA}/namedLocations", body)
    await world.backup()
    edited = {"conditions": {"users": {"includeUsers": ["All"], "excludeUsers": [await world.user("mallory")]}}}
    await world.call("PATCH", f"{CA}/policies/{policy['id']}", edited)
    await world.call(
        "PATCH", f"{CA}/namedLocations/{location['id']}", {**body, "countriesAndRegions": ["DE", "PL", "RU"]}
    )
    for key, thing in (("conditionalAccessPolicies", policy), ("namedLocations", location)):
        view = await world.apply(await world.plan(key, thing["id"]))
        assert view["state"] == "applied", view["error"]
        assert outcomes(view) == [("update", "done")]
        assert (await world.plan(key, thing["id"], mode="exact")).steps == 0
    now = await world.call("GET", f"{CA}/policies/{policy['id']}")
    assert now["conditions"]["users"]["excludeUsers"] == []


@pytest.mark.parametrize("deleted", ["live", "bin"])
async def test_members_come_back_and_only_exact_removes(world: World, deleted: str):
    ann, ben, carl = [await world.user(f"{name}-{deleted}") for name in ("ina", "jan", "kim")]
    group = await world.group(f"Quay {deleted}", [ann, ben], [ann])
    await world.backup()
    await world.call("DELETE", f"/v1.0/groups/{group}/members/{ann}/$ref")
    await world.link(group, "members", carl)
    if deleted == "bin":
        await world.call("DELETE", f"/v1.0/groups/{group}")
    view = await world.apply(await world.plan("groups", group))
    assert view["state"] == "applied", view["error"]
    assert await world.ids(group, "members") == {ann, ben, carl}
    plan = await world.plan("groups", group, mode="exact")
    assert [step.path for step in await world.steps(plan)] == [f"/groups/{group}/members/{carl}/$ref"]
    view = await world.apply(plan)
    assert outcomes(view) == [("removeLink", "done")]
    assert await world.ids(group, "members") == {ann, ben}
    assert (await world.call("GET", f"/v1.0/users/{carl}"))["id"] == carl  # the link went, not the person


def _untrusted():
    return {"@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": False}


def _policy(name: str, state: str):
    return {
        "displayName": name,
        "state": state,
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"]},
            "signInRiskLevels": [],
            "userRiskLevels": [],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }

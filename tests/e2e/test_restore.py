"""Objects that were damaged come back over HTTP: what the plan shows is what the tenant's own trail of writes has."""

from typing import Any

import pytest

from tests.e2e.stage import Json, Stage

_ACCESS = "/v1.0/identity/conditionalAccess"


def _calls(plan: Json) -> list[tuple[str, str]]:
    """The calls that a plan names, with the id of what it made."""
    token = f"{{new:{plan['objectId']}}}"
    return [(step["method"], step["path"].replace(token, plan["liveId"])) for step in plan["steps"]]


def _sent(stage: Stage, mark: int) -> list[tuple[str, str]]:
    """The writes behind a mark that reached the tenant; each was carried out."""
    writes = stage.writes(mark)
    assert all(200 <= one["status"] < 300 for one in writes), writes
    return [(one["method"], one["path"].removeprefix("/v1.0")) for one in writes]


def _planned_and_applied(stage: Stage, key: str, identity: str, **choice: Any) -> Json:
    """Plans, sees that nothing was written, applies, and sees that just the plan was."""
    mark = stage.mark()
    plan = stage.plan(key, identity, **choice)
    assert stage.mark() == mark, "a plan writes nothing"
    assert plan["state"] == "planned"
    assert {step["outcome"] for step in plan["steps"]} == {"pending"}
    done = stage.apply(plan)
    assert done["state"] == "applied", done
    assert {step["outcome"] for step in done["steps"]} == {"done"}
    assert _sent(stage, mark) == _calls(done)
    for before, after in zip(plan["steps"], done["steps"], strict=True):
        assert [before[name] for name in ("method", "path", "body")] == [
            after[name] for name in ("method", "path", "body")
        ]
    return done


def test_a_changed_user_gets_back_what_differs_and_nothing_else(stage: Stage) -> None:
    boss = stage.user("restore-boss")
    user = stage.user("restore-changed", jobTitle="Archivist", department="Maps")
    stage.admin("PUT", f"/v1.0/users/{user}/manager/$ref", {"@odata.id": f"{stage.tenant_url}/v1.0/users/{boss}"})
    run = stage.backup("users")
    stage.admin("PATCH", f"/v1.0/users/{user}", {"jobTitle": "Intern", "officeLocation": "Cellar"})
    stage.admin("DELETE", f"/v1.0/users/{user}/manager/$ref")
    stage.backup("users")
    done = _planned_and_applied(stage, "users", user, run=run)
    assert done["standing"] == "live"
    now = stage.admin("GET", f"/v1.0/users/{user}?$select=jobTitle,department,officeLocation")
    assert (now["jobTitle"], now["department"]) == ("Archivist", "Maps")
    assert now["officeLocation"] == "Cellar", "what was not there is taken away only when an exact match is asked for"
    assert stage.admin("GET", f"/v1.0/users/{user}/manager")["id"] == boss
    exact = _planned_and_applied(stage, "users", user, run=run, match="exact")
    assert [step["action"] for step in exact["steps"]] == ["clearProperty"]
    assert stage.admin("GET", f"/v1.0/users/{user}?$select=officeLocation")["officeLocation"] is None


def test_a_deleted_user_comes_out_of_the_recycle_bin_with_its_id(stage: Stage) -> None:
    user = stage.user("restore-binned")
    stage.backup("users")
    stage.admin("DELETE", f"/v1.0/users/{user}")
    stage.backup("users")
    done = _planned_and_applied(stage, "users", user)
    assert (done["standing"], done["liveId"]) == ("deleted", user)
    assert done["steps"][0]["action"] == "restoreDeleted"
    assert stage.admin("GET", f"/v1.0/users/{user}")["displayName"] == "restore-binned"


def test_a_user_deleted_for_good_is_created_again_and_its_group_follows(stage: Stage) -> None:
    user, other = stage.user("restore-gone", jobTitle="Pilot"), stage.user("restore-other")
    group = stage.group("restore-crew", (user, other))
    stage.backup("users", "groups")
    stage.purge("users", user)
    stage.backup("users", "groups")
    made = _planned_and_applied(stage, "users", user)["liveId"]
    assert made != user
    assert stage.admin("GET", f"/v1.0/users/{made}")["jobTitle"] == "Pilot"
    assert stage.linked(f"/v1.0/groups/{group}/members") == {made, other}, "what named the old one names the new one"
    first = stage.get(f"objects/groups/{group}/versions")["versions"][-1]["runId"]
    assert stage.plan("groups", group, run=first)["steps"] == []


def test_a_password_is_shown_once_and_stored_nowhere(stage: Stage) -> None:
    user = stage.user("restore-password")
    stage.backup("users")
    stage.purge("users", user)
    done = _planned_and_applied(stage, "users", user)
    issue = f"restore/plans/{done['planId']}/passwords"
    stage.switch(callerRoles=["User Administrator"])
    issued = stage.call("POST", issue)
    assert issued.status_code == 200, issued.text
    (one,) = issued.json()["passwords"]
    assert one["id"] == done["liveId"]
    again = stage.call("POST", issue)
    assert (again.status_code, again.json()["code"]) == (409, "passwordsAlreadyIssued")
    password = one["password"].encode()
    for name in stage.vault.names():
        if "_plans" in name:
            assert password not in stage.vault.blob(name)
    for table in ("Restores", "Audit", "IdMap"):
        where = f"PartitionKey ge '{stage.tenant_id}' and PartitionKey lt '{stage.tenant_id}}}'"
        assert one["password"] not in str(stage.vault.rows(table, where))
    assert password not in (stage.data / "host.log").read_bytes()


def test_a_group_deleted_for_good_comes_back_with_members_and_owners(stage: Stage) -> None:
    one, two, three = (stage.user(f"restore-member-{number}") for number in range(3))
    group = stage.group("restore-group", (one, two, three))
    stage.admin("POST", f"/v1.0/groups/{group}/owners/$ref", {"@odata.id": f"{stage.tenant_url}/v1.0/users/{two}"})
    stage.backup("groups")
    stage.purge("groups", group)
    stage.backup("groups")
    done = _planned_and_applied(stage, "groups", group)
    assert done["standing"] == "gone"
    assert done["gaps"]
    assert stage.linked(f"/v1.0/groups/{done['liveId']}/members") == {one, two, three}
    assert stage.linked(f"/v1.0/groups/{done['liveId']}/owners") == {two}
    assert stage.plan("groups", group)["steps"] == [], "there is nothing left to do"


def test_members_are_put_back_and_only_an_exact_match_takes_others_away(stage: Stage) -> None:
    one, two, guest = (stage.user(f"restore-exact-{number}") for number in range(3))
    group = stage.group("restore-exact", (one, two))
    run = stage.backup("groups")
    stage.admin("DELETE", f"/v1.0/groups/{group}/members/{one}/$ref")
    stage.admin("POST", f"/v1.0/groups/{group}/members/$ref", {"@odata.id": f"{stage.tenant_url}/v1.0/users/{guest}"})
    _planned_and_applied(stage, "groups", group, run=run, relationships=["members"])
    assert stage.linked(f"/v1.0/groups/{group}/members") == {one, two, guest}
    done = _planned_and_applied(stage, "groups", group, run=run, relationships=["members"], match="exact")
    assert [(step["action"], step["method"]) for step in done["steps"]] == [("removeLink", "DELETE")]
    assert stage.linked(f"/v1.0/groups/{group}/members") == {one, two}


def test_a_named_location_is_changed_back_and_created_again(stage: Stage) -> None:
    body = {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": "Restore harbour",
        "isTrusted": False,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}],
    }
    location = stage.admin("POST", f"{_ACCESS}/namedLocations", body)["id"]
    run = stage.backup("namedLocations")
    changed = {"@odata.type": body["@odata.type"], "displayName": "Renamed"}
    stage.admin("PATCH", f"{_ACCESS}/namedLocations/{location}", changed)
    _planned_and_applied(stage, "namedLocations", location, run=run)
    assert stage.admin("GET", f"{_ACCESS}/namedLocations/{location}")["displayName"] == "Restore harbour"
    stage.admin("DELETE", f"{_ACCESS}/namedLocations/{location}")
    stage.backup("namedLocations")
    done = _planned_and_applied(stage, "namedLocations", location, run=run)
    now = stage.admin("GET", f"{_ACCESS}/namedLocations/{done['liveId']}")
    assert (now["displayName"], now["ipRanges"][0]["cidrAddress"]) == ("Restore harbour", "203.0.113.0/24")


def test_a_policy_is_changed_back_and_comes_back_report_only(stage: Stage) -> None:
    members = (stage.user("restore-ca-user"),)
    group = stage.group("restore-ca-group", members)
    body = {
        "displayName": "Restore: MFA for the crew",
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeGroups": [group]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }
    policy = stage.admin("POST", f"{_ACCESS}/policies", body)["id"]
    run = stage.backup("conditionalAccessPolicies", "groups")
    stage.admin(
        "PATCH", f"{_ACCESS}/policies/{policy}", {"grantControls": {"operator": "OR", "builtInControls": ["block"]}}
    )
    _planned_and_applied(stage, "conditionalAccessPolicies", policy, run=run)
    now = stage.admin("GET", f"{_ACCESS}/policies/{policy}")
    assert (now["grantControls"]["builtInControls"], now["state"]) == (["mfa"], "enabled")
    stage.admin("DELETE", f"{_ACCESS}/policies/{policy}")
    done = _planned_and_applied(stage, "conditionalAccessPolicies", policy, run=run)
    now = stage.admin("GET", f"{_ACCESS}/policies/{done['liveId']}")
    assert now["state"] == "enabledForReportingButNotEnforced"
    assert now["conditions"]["users"]["includeGroups"] == [group]
    assert any("report" in gap["what"] + gap["why"] + gap["todo"] for gap in done["gaps"])


@pytest.mark.parametrize("moved", ["jobTitle", "department"])
def test_a_plan_stops_when_the_object_has_moved_and_is_applied_once(stage: Stage, moved: str) -> None:
    user = stage.user(f"restore-moved-{moved}", jobTitle="Cook")
    stage.backup("users")
    stage.admin("PATCH", f"/v1.0/users/{user}", {"jobTitle": "Clerk"})
    plan = stage.plan("users", user)
    stage.admin("PATCH", f"/v1.0/users/{user}", {moved: "Captain"})
    mark = stage.mark()
    stopped = stage.apply(plan)
    assert stopped["state"] == "failed"
    assert stopped["steps"][0]["outcome"] == "conflict"
    assert stopped["steps"][0]["error"]["code"] == "liveObjectMoved"
    assert stage.mark() == mark, "nothing was written"
    again = stage.call("POST", f"restore/plans/{plan['planId']}/apply")
    assert (again.status_code, again.json()["code"]) == (409, "planNotApplicable")
    _planned_and_applied(stage, "users", user)
    assert stage.admin("GET", f"/v1.0/users/{user}?$select=jobTitle")["jobTitle"] == "Cook"


def test_a_change_made_while_a_plan_is_applied_is_left_alone(stage: Stage) -> None:
    user = stage.user("restore-meanwhile", jobTitle="Cook", businessPhones=["+43 1 5550101"])
    stage.backup("users")
    stage.admin("PATCH", f"/v1.0/users/{user}", {"jobTitle": "Clerk", "businessPhones": []})
    plan = stage.plan("users", user)
    first, second = plan["steps"]
    hold = stage.graph.hold("PATCH", user, when="after")
    assert stage.call("POST", f"restore/plans/{plan['planId']}/apply").status_code == 202
    hold.wait()
    (theirs,) = second["after"]
    value = {"jobTitle": "Captain", "businessPhones": ["+43 1 5550199"]}[theirs]
    stage.admin("PATCH", f"/v1.0/users/{user}", {theirs: value})
    hold.release()
    ended = stage.applied(plan)
    assert ended["state"] == "partial"
    assert [step["outcome"] for step in ended["steps"]] == ["done", "conflict"]
    now = stage.admin("GET", f"/v1.0/users/{user}?$select=jobTitle,businessPhones")
    assert now[theirs] == value
    assert {name: now[name] for name in first["after"]} == first["after"]


def test_a_plan_is_undone_by_another_and_cannot_be_stopped_or_retried_once_it_is_whole(stage: Stage) -> None:
    user = stage.user("restore-undone", jobTitle="Pilot")
    stage.backup("users")
    stage.admin("PATCH", f"/v1.0/users/{user}", {"jobTitle": "Clerk"})
    done = _planned_and_applied(stage, "users", user)
    for verb in ("cancel", "retry"):
        refused = stage.call("POST", f"restore/plans/{done['planId']}/{verb}")
        assert (refused.status_code, refused.json()["code"]) == (409, "planNotApplicable")
    mark = stage.mark()
    made = stage.call("POST", f"restore/plans/{done['planId']}/undo")
    assert made.status_code == 201, made.text
    assert stage.mark() == mark, "a plan writes nothing"
    back = stage.get(f"restore/plans/{made.json()['planId']}")
    assert (back["state"], back["undoes"]) == ("planned", done["planId"])
    assert stage.apply(back)["state"] == "applied"
    assert stage.admin("GET", f"/v1.0/users/{user}?$select=jobTitle")["jobTitle"] == "Clerk"

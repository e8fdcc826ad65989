"""Read and empty, refused, unlicensed and failed are different things; a list that moves gives each object once."""

from typing import Any

import pytest

from tests.e2e.conftest import MakeStage
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_no_change, assert_whole, same_records


def test_a_refused_type_names_the_permission_and_keeps_what_was_backed_up(stage: Stage) -> None:
    before = stage.backup("users", "groups")
    stage.fault("refuse", "/users")
    run = stage.backup("users", "groups")
    result = stage.outcome(run, "users")
    assert result["outcome"] == "refused"
    assert {gap["code"] for gap in result["gaps"]} == {"permissionMissing"}
    assert all("User.Read.All" in gap["remedy"] for gap in result["gaps"])
    manifest = assert_whole(stage.vault, run)
    assert manifest["bases"]["users"] == before
    assert_no_change(stage.vault, run)
    stage.calm()
    after = stage.backup("users")
    assert_no_change(stage.vault, after)
    same_records(stage.vault, before, after, ("users",))


def test_a_type_the_licence_lacks_is_unlicensed(stage: Stage) -> None:
    stage.fault("unlicensed", "/identity/conditionalAccess/")
    run = stage.backup("conditionalAccessPolicies", "organization")
    result = stage.outcome(run, "conditionalAccessPolicies")
    assert result["outcome"] == "unlicensed"
    (gap,) = result["gaps"]
    assert gap["code"] == "licenceMissing"
    assert "Entra ID P1" in gap["remedy"]
    assert_whole(stage.vault, run)
    assert_no_change(stage.vault, run)


def test_a_refused_relationship_leaves_the_objects_and_is_named(stage: Stage) -> None:
    stage.fault("refuse", r"/administrativeUnits/[^/]*/scopedRoleMembers")
    run = stage.backup("administrativeUnits")
    result = stage.outcome(run, "administrativeUnits")
    assert result["outcome"] == "partial"
    assert [gap["code"] for gap in result["gaps"]] == ["permissionMissing"]
    assert "scopedRoleMembers" in result["gaps"][0]["message"]
    assert_whole(stage.vault, run)
    records = stage.vault.records(run, "administrativeUnits").values()
    assert records
    assert all(b'"members"' in line and b'"scopedRoleMembers"' not in line for line in records)


def test_an_emptied_type_is_read_and_its_objects_are_deleted(new_stage: MakeStage) -> None:
    stage = new_stage(users=20)
    before = stage.backup("oauth2PermissionGrants")
    grants = set(stage.vault.records(before, "oauth2PermissionGrants"))
    assert grants
    for grant in grants:
        stage.admin("DELETE", f"/v1.0/oauth2PermissionGrants/{grant}")
    run = stage.backup("oauth2PermissionGrants")
    result = stage.outcome(run, "oauth2PermissionGrants")
    assert (result["outcome"], result["objects"], result["deleted"]) == ("read", 0, len(grants))
    assert_whole(stage.vault, run)
    assert stage.vault.lines(f"{run}/oauth2PermissionGrants.json.gz") == []
    assert stage.vault.changes(run) == {("oauth2PermissionGrants", grant, "deleted") for grant in grants}
    assert stage.names("oauth2PermissionGrants", deleted="false") == {}
    assert stage.names("oauth2PermissionGrants", deleted="true").keys() == grants
    still = stage.backup("oauth2PermissionGrants")
    assert stage.outcome(still, "oauth2PermissionGrants")["outcome"] == "read"
    assert_no_change(stage.vault, still)


def test_created_changed_renamed_and_deleted_objects_are_told_apart(stage: Stage) -> None:
    kept, renamed, gone = stage.user("kept"), stage.user("renamed"), stage.user("gone")
    before = stage.backup("users")
    stage.admin("PATCH", f"/v1.0/users/{kept}", {"jobTitle": "Archivist"})
    stage.admin("PATCH", f"/v1.0/users/{renamed}", {"displayName": "anew"})
    stage.admin("DELETE", f"/v1.0/users/{gone}")
    created = stage.user("created")
    run = stage.backup("users")
    assert stage.vault.changes(run) == {
        ("users", kept, "updated"),
        ("users", renamed, "updated"),
        ("users", gone, "deleted"),
        ("users", created, "created"),
    }
    assert_whole(stage.vault, run)
    assert stage.names("users", name="anew").keys() == {renamed}
    assert stage.names("users", name="renamed") == {}
    assert stage.names("users", name="gone", deleted="true")[gone]["deletedRunId"] == run
    versions = stage.get(f"objects/users/{gone}/versions")["versions"]
    assert [(one["runId"], one["change"]) for one in versions] == [(run, "deleted"), (before, "created")]
    assert stage.get(f"objects/users/{gone}")["deleted"] is True
    assert stage.get(f"objects/users/{gone}", run=before)["deleted"] is False
    stage.admin("POST", f"/v1.0/directory/deletedItems/{gone}/restore")
    again = stage.backup("users")
    assert stage.vault.changes(again) == {("users", gone, "created")}
    assert stage.names("users", name="gone")[gone]["deleted"] is False
    assert stage.names("users", name="gone", deleted="true") == {}


@pytest.mark.parametrize("fault", [{"do": "duplicate"}, {"do": "emptyPage", "times": 2}], ids=lambda fault: fault["do"])
def test_repeated_objects_and_empty_pages_change_nothing(stage: Stage, fault: dict[str, Any]) -> None:
    before = stage.backup("users")
    stage.switch(maxPage=9)
    rule = stage.fault(path=r"/users\?\$select=id,businessPhones", **fault)
    run = stage.backup("users")
    assert stage.hits(rule) >= 2
    assert_whole(stage.vault, run)
    assert_no_change(stage.vault, run)
    same_records(stage.vault, before, run, ("users",))


def test_objects_that_change_while_they_are_listed_are_each_there_once(stage: Stage) -> None:
    changed, gone = stage.user("changed-meanwhile"), stage.user("gone-meanwhile")
    before = stage.backup("users")
    stage.switch(maxPage=9)
    rule = stage.fault(
        "interleave",
        r"/users\?\$select=id,businessPhones",
        calls=[2],
        requests=[
            {"method": "PATCH", "path": f"/v1.0/users/{changed}", "body": {"jobTitle": "Moved on"}},
            {"method": "DELETE", "path": f"/v1.0/users/{gone}"},
        ],
    )
    run = stage.backup("users")
    assert stage.hits(rule) == 1
    assert_whole(stage.vault, run)
    assert stage.vault.changes(run) <= {("users", changed, "updated"), ("users", gone, "deleted")}
    stage.calm()
    after = stage.backup("users")
    assert_whole(stage.vault, after)
    assert gone not in stage.vault.records(after, "users")
    assert b"Moved on" in stage.vault.records(after, "users")[changed]
    both = stage.vault.changes(run) | stage.vault.changes(after)
    assert both == {("users", changed, "updated"), ("users", gone, "deleted")}
    assert not stage.vault.changes(run) & stage.vault.changes(after)
    assert changed in stage.vault.records(before, "users")

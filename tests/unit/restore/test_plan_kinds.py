"""One plan for every kind of object: single ones, those that keep their id, those that are never changed, and so on."""

from dataclasses import replace

from functions.catalogue.model import Deletes
from functions.core.calls import token
from functions.core.plan import LiveState
from functions.core.plan_make import deletion_item
from tests.unit.restore.entries import ANN, BOB, CAT, FRAME, GROUPS, ME, NEW, USERS, calls, group, live, planned, user
from tests.unit.restore.kinds import (
    APPLICATIONS,
    ASSIGNMENTS,
    BRANDING,
    CONSENT,
    CONTEXTS,
    PRINCIPALS,
    SETS,
    SETTINGS,
)

GRANT = {
    "id": "aGVsbG8td29ybGQ",
    "principalId": ANN,
    "principalDisplayName": "Ann",
    "resourceId": BOB,
    "appRoleId": CAT,
    "createdDateTime": "2024-01-01T00:00:00Z",
}


def test_a_single_object_is_changed_at_its_own_address_and_never_made():
    record = {"id": "authorizationPolicy", "allowInvitesFrom": "none", "displayName": "x"}
    there = LiveState(id="authorizationPolicy", standing="live", object={**record, "allowInvitesFrom": "everyone"})
    (step,) = planned(SETTINGS, record, there).steps
    assert (step.method, step.path) == ("PATCH", "/policies/authorizationPolicy")
    assert step.body == {"allowInvitesFrom": "none"}
    assert step.needs == ("Policy.ReadWrite.Authorization",)
    unset = planned(SETTINGS, record, LiveState(id="authorizationPolicy", standing="gone"))
    assert [step.action for step in unset.steps] == ["update"]


def test_a_single_object_that_goes_by_its_type_lies_below_the_tenant():
    record = {"id": "whatever", "signInPageText": "Hello"}
    (step,) = planned(BRANDING, record, LiveState(id="whatever", standing="live", object={})).steps
    assert step.path == f"/organization/{FRAME.tenant}/branding"


def test_put_sends_everything_there_is_and_shows_what_changes():
    record = {"isEnabled": True, "notifyReviewers": True, "version": 3}
    there = {"isEnabled": False, "notifyReviewers": True, "requestDurationInDays": 30, "version": 4}
    (step,) = planned(CONSENT, record, LiveState(id="adminConsentRequestPolicy", standing="live", object=there)).steps
    assert step.method == "PUT"
    assert step.body == {"isEnabled": True, "notifyReviewers": True, "requestDurationInDays": 30}
    assert (step.before, step.after) == ({"isEnabled": False}, {"isEnabled": True})


def test_put_with_a_lost_reference_is_left_alone():
    reviewers = [{"query": f"/users/{ANN}", "queryType": "MicrosoftGraph"}]
    record = {"isEnabled": True, "reviewers": reviewers}
    there = LiveState(
        id="x", standing="live", object={"isEnabled": False, "reviewers": reviewers}, missing=frozenset({ANN})
    )
    made = planned(CONSENT, record, there)
    assert made.steps == ()
    assert ANN in made.gaps[0].why


def test_an_object_that_keeps_its_id_is_made_with_it_and_loses_none():
    made = planned(SETS, {"id": "Engineering", "description": "x"}, LiveState(id="Engineering", standing="gone"))
    (step,) = made.steps
    assert (step.method, step.path) == ("POST", "/directory/attributeSets")
    assert step.body == {"id": "Engineering", "description": "x"}
    assert made.gaps == ()


def test_a_patch_makes_what_is_made_at_its_own_address():
    record = {"id": "c3", "displayName": "Pay", "isAvailable": True}
    (step,) = planned(CONTEXTS, record, LiveState(id="c3", standing="gone")).steps
    assert (step.action, step.method) == ("create", "PATCH")
    assert step.path == "/identity/conditionalAccess/authenticationContextClassReferences/c3"
    assert step.headers == {}


def test_a_unique_name_makes_the_creation_repeatable():
    record = {"id": ME, "appId": NEW, "displayName": "Payroll", "uniqueName": "payroll"}
    step = planned(APPLICATIONS, record, LiveState(id=ME, standing="gone")).steps[0]
    assert (step.action, step.method, step.path) == ("create", "PATCH", "/applications(uniqueName='payroll')")
    assert step.headers == {"Prefer": "create-if-missing"}
    assert "uniqueName" not in step.body
    for name in (None, "", "a/b", "it's) or ('"):
        step = planned(APPLICATIONS, {**record, "uniqueName": name}, LiveState(id=ME, standing="gone")).steps[0]
        assert (step.method, step.path) == ("POST", "/applications")


def test_a_principal_is_made_for_the_application_that_the_plan_makes():
    record = {"id": ME, "appId": NEW}
    made_at = replace(FRAME, made={NEW: 1})
    made = planned(PRINCIPALS, record, LiveState(id=ME, standing="gone"), ids={NEW: token(NEW)}, frame=made_at)
    assert made.steps[0].path == f"/servicePrincipals(appId='{token(NEW)}')"
    assert made.steps[0].body == {}
    assert made.steps[0].after == {"appId": token(NEW)}


def test_what_others_called_a_purged_object_by_is_kept_with_the_item():
    record = {"id": ME, "appId": NEW, "displayName": "Payroll"}
    made = planned(APPLICATIONS, record, LiveState(id=ME, standing="gone"), ids={NEW: token(NEW)})
    assert made["object"].aliases == {"appId": NEW}
    assert made["object"].live_id == ""


def test_an_assignment_is_made_below_its_newest_parent():
    made = planned(ASSIGNMENTS, GRANT, LiveState(id=GRANT["id"], standing="gone"), ids={BOB: token(BOB), ANN: NEW})
    (step,) = made.steps
    assert (step.method, step.path) == ("POST", f"/servicePrincipals/{token(BOB)}/appRoleAssignedTo")
    assert step.body == {"principalId": NEW, "resourceId": token(BOB), "appRoleId": CAT}
    assert made["object"].record_path == {"resourceId": token(BOB)}
    assert made.gaps == ()


def test_an_object_whose_parent_is_lost_is_not_made():
    state = LiveState(id=GRANT["id"], standing="gone", missing=frozenset({BOB}))
    made = planned(ASSIGNMENTS, GRANT, state)
    assert made.steps == ()
    assert BOB in made.gaps[0].why
    lacking = {key: value for key, value in GRANT.items() if key != "resourceId"}
    made = planned(ASSIGNMENTS, lacking, LiveState(id=GRANT["id"], standing="gone"))
    assert made.steps == ()
    assert "resourceId" in made.gaps[0].why


def test_what_cannot_be_changed_is_a_gap_and_only_on_request_deleted_and_made_again():
    there = LiveState(id="bGl2ZS1pZA", standing="live", object={**GRANT, "id": "bGl2ZS1pZA", "appRoleId": NEW})
    for options in ({}, {"mode": "exact"}, {"delete_added": True}):
        made = planned(ASSIGNMENTS, GRANT, there, **options)
        assert made.steps == ()
        assert "appRoleId" in made.gaps[0].why
    made = planned(ASSIGNMENTS, GRANT, there, mode="exact", delete_added=True)
    path = f"/servicePrincipals/{BOB}/appRoleAssignedTo"
    assert calls(made) == [("DELETE", f"{path}/bGl2ZS1pZA"), ("POST", path)]
    assert made.steps[0].danger == "high"
    kept = replace(ASSIGNMENTS, restore=replace(ASSIGNMENTS.restore, deletes=Deletes.NO))
    assert planned(kept, GRANT, there, mode="exact", delete_added=True).steps == ()


def test_a_twin_with_the_same_keys_is_the_object():
    there = LiveState(id="bGl2ZS1pZA", standing="live", object={**GRANT, "id": "bGl2ZS1pZA"})
    made = planned(ASSIGNMENTS, GRANT, there)
    assert made.steps == ()
    assert (made["object"].object_id, made["object"].live_id) == (GRANT["id"], "bGl2ZS1pZA")


def test_the_permission_a_property_takes_is_named():
    there = live(user(jobTitle="x", employeeLeaveDateTime="2030"), manager=(ANN,))
    first, second = planned(USERS, user(employeeLeaveDateTime="2031"), there).steps
    assert first.needs == ("User.ReadWrite.All",)
    assert second.needs == ("User.ReadWrite.All", "User-LifeCycleInfo.ReadWrite.All")


def test_writes_that_must_not_overlap_carry_their_lock():
    record = {"id": ME, "appId": NEW, "displayName": "Payroll"}
    assert planned(APPLICATIONS, record, LiveState(id=ME, standing="gone")).steps[0].serial == "applications"


def test_what_lies_in_a_bin_that_gives_nothing_back_is_made_again():
    fixed = replace(GROUPS, restore=replace(GROUPS.restore, undelete=""))
    state = LiveState(id=ME, standing="deleted", object=group())
    assert [step.action for step in planned(fixed, group(), state).steps] == ["create"]


def test_an_added_object_is_deleted_only_where_that_is_not_for_good():
    there = LiveState(id=NEW, standing="live", object={"id": NEW, "displayName": "A"})
    item = deletion_item(there, APPLICATIONS, FRAME)
    assert [(step.method, step.path, step.danger) for step in item.steps] == [
        ("DELETE", f"/applications/{NEW}", "high")
    ]
    assert (item.scope, item.origin, item.object_id) == ("deletion", "added", NEW)
    hard = replace(APPLICATIONS, restore=replace(APPLICATIONS.restore, deletes=Deletes.NO))
    item = deletion_item(there, hard, FRAME)
    assert item.steps == ()
    assert "for good" in item.gaps[0].why


def test_stages_follow_the_order_of_types_and_turn_round_for_what_is_removed():
    record = group((BOB,))
    there = live(group(displayName="x"), members=(CAT,))
    made = planned(GROUPS, record, there, mode="exact")
    stages = {item.scope: item.stage for item in made.items}
    users = planned(USERS, user(), live(user(jobTitle="x")), mode="exact")
    later = {item.scope: item.stage for item in users.items}
    assert later["object"] < stages["object"] < later["links"] < stages["links"] < stages["removals"]
    deletions = [deletion_item(there, GROUPS, FRAME).stage, deletion_item(live(user()), USERS, FRAME).stage]
    assert stages["removals"] < deletions[0] < deletions[1]


def test_only_the_first_pass_that_writes_carries_the_digest():
    links_alone = planned(GROUPS, group((BOB,)), live(group()))
    assert links_alone["links"].digest != ""
    both = planned(GROUPS, group((BOB,)), live(group(displayName="x")))
    assert both["object"].digest != ""
    assert both["links"].digest == ""

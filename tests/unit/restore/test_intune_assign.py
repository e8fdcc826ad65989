"""Whom Intune objects are assigned to: one call for all of them, and nobody reached who was not before."""

import pytest

from functions.catalogue import TYPES
from functions.core.calls import token
from functions.core.plan_draft import stage_of
from tests.unit.restore.intune import FILTER, GROUP, OTHER, groups_in, planned, steps, to, told

SCRIPT = {
    "displayName": "Map drives",
    "fileName": "map.ps1",
    "scriptContent": "ZWNobw==",
    "runAsAccount": "user",
}


def script(*assignments, **more):
    return {**SCRIPT, "assignments": list(assignments), **more}


@pytest.mark.parametrize(
    ("key", "envelope"),
    [
        ("deviceManagementScripts", "deviceManagementScriptAssignments"),
        ("deviceShellScripts", "deviceManagementScriptAssignments"),
    ],
)
def test_a_new_object_is_assigned_when_all_others_are_there(key, envelope):
    found = planned(key, script(to(GROUP, through=FILTER)))
    create, assign = steps(found)
    assert "assignments" not in create.body
    assert (assign.method, assign.path.rpartition("/")[2]) == ("POST", "assign")
    assert [item.scope for item in found] == ["object", "links"]
    assert found[1].stage == stage_of(TYPES[key], "links") > found[0].stage
    assert groups_in(assign, envelope) == [GROUP]
    assert assign.body[envelope][0]["target"]["deviceAndAppManagementAssignmentFilterId"] == FILTER
    assert {"id", "source", "sourceId"} & assign.body[envelope][0].keys() == set()


def test_add_keeps_whom_somebody_added_and_exact_does_not():
    here = script(to(OTHER))
    (add,) = steps(planned("deviceManagementScripts", script(to(GROUP)), here))
    assert sorted(groups_in(add, "deviceManagementScriptAssignments")) == [GROUP, OTHER]
    assert add.danger == "elevated"  # as every write of a script is
    (exact,) = steps(planned("deviceManagementScripts", script(to(GROUP)), here, mode="exact"))
    assert groups_in(exact, "deviceManagementScriptAssignments") == [GROUP]


def test_the_recorded_filter_of_a_group_counts():
    (step,) = steps(planned("deviceManagementScripts", script(to(GROUP, through=FILTER)), script(to(GROUP))))
    (only,) = step.body["deviceManagementScriptAssignments"]
    assert only["target"]["deviceAndAppManagementAssignmentFilterType"] == "include"


def test_equal_assignments_in_another_order_are_left_alone():
    assert steps(planned("deviceManagementScripts", script(to(GROUP), to()), script(to(), to(GROUP)))) == []


def test_no_filter_said_in_other_words_is_no_difference():
    bare = to(GROUP)
    bare["target"] = {name: value for name, value in bare["target"].items() if "Filter" not in name}
    nobody = to(GROUP)
    nobody["target"]["deviceAndAppManagementAssignmentFilterId"] = "00000000-0000-0000-0000-000000000000"
    for one in (bare, nobody):
        assert steps(planned("deviceManagementScripts", script(one), script(to(GROUP)))) == []


def test_all_devices_and_all_users_are_not_taken_for_each_other():
    everybody = to()
    everybody["target"]["@odata.type"] = "#microsoft.graph.allLicensedUsersAssignmentTarget"
    for assignment in (everybody, to()):
        del assignment["target"]["deviceAndAppManagementAssignmentFilterType"]
    (step,) = steps(planned("deviceManagementScripts", script(everybody), script(to()), mode="exact"))
    (only,) = step.body["deviceManagementScriptAssignments"]
    assert only["target"]["@odata.type"].endswith("allLicensedUsersAssignmentTarget")


def test_a_missing_exclusion_keeps_the_object_from_being_assigned_at_all():
    found = planned("deviceManagementScripts", script(to(), to(GROUP, exclude=True)), script(), missing={GROUP})
    assert steps(found) == []
    assert "is not assigned" in told(found)
    assert GROUP in told(found)


@pytest.mark.parametrize("lost", [GROUP, FILTER])
def test_a_missing_group_or_filter_costs_that_assignment_alone(lost):
    found = planned("deviceManagementScripts", script(to(OTHER), to(GROUP, through=FILTER)), script(), missing={lost})
    (step,) = steps(found)
    assert groups_in(step, "deviceManagementScriptAssignments") == [OTHER]
    assert lost in told(found)


def test_what_was_made_anew_takes_the_place_of_the_old_one():
    ids = {GROUP: OTHER}
    (step,) = steps(planned("deviceManagementScripts", script(to(GROUP)), script(to(GROUP)), ids=ids))
    assert groups_in(step, "deviceManagementScriptAssignments") == [OTHER]


def test_a_group_that_the_plan_makes_is_waited_for():
    (step,) = steps(planned("deviceManagementScripts", script(to(GROUP)), script(), ids={GROUP: token(GROUP)}))
    assert groups_in(step, "deviceManagementScriptAssignments") == [token(GROUP)]


def test_what_a_policy_set_assigns_is_not_assigned_again():
    assert steps(planned("deviceManagementScripts", script(to(GROUP, source="policySets")), script())) == []


def test_a_restore_of_one_property_assigns_nothing():
    found = planned("deviceManagementScripts", script(to(GROUP)), script(), properties=frozenset({"displayName"}))
    assert steps(found) == []


def test_an_intent_is_assigned_by_the_relationship_it_was_read_from():
    intent = {
        "displayName": "BitLocker",
        "templateId": "t",
        "@relationships": {"assignments": [to(GROUP)], "settings": []},
    }
    bare = {**intent, "@relationships": {"assignments": [], "settings": []}}
    (step,) = steps(planned("intents", intent, bare))
    assert (step.link, groups_in(step)) == ("assignments", [GROUP])
    unread = {name: value for name, value in intent.items() if name != "@relationships"}
    found = planned("intents", intent, unread)
    assert steps(found) == []
    assert "could not be read in the tenant" in told(found)


def test_autopilot_profiles_are_assigned_one_at_a_time():
    profile = {"@odata.type": "#microsoft.graph.azureADWindowsAutopilotDeploymentProfile", "displayName": "Shop"}
    record = {**profile, "assignments": [to(GROUP), to(OTHER)]}
    one, two = steps(planned("windowsAutopilotDeploymentProfiles", record, {**profile, "assignments": []}))
    assert [step.path.rpartition("/")[2] for step in (one, two)] == ["assignments", "assignments"]
    assert len(two.after["assignments"]) == 2
    extra = planned("windowsAutopilotDeploymentProfiles", {**profile, "assignments": []}, record, mode="exact")
    assert steps(extra) == []
    assert "were not in the backup" in told(extra)


def test_scope_tags_lead_to_the_number_they_have_now():
    record = script(roleScopeTagIds=["1", "0"])
    (step,) = steps(planned("deviceManagementScripts", record, script(roleScopeTagIds=["0"]), ids={"1": "7"}))
    assert sorted(step.body["roleScopeTagIds"]) == ["0", "7"]

"""What a plan says, object by object: no doubles, only records, live objects and plans."""

from dataclasses import replace

import pytest

from functions.core.calls import token
from functions.core.plan import LiveState, dump, load_page
from functions.core.plan_make import numbered
from functions.errors import FormatError, PlanNotApplicable
from tests.unit.restore.entries import (
    ANN,
    BOB,
    CAT,
    GONE,
    GROUPS,
    LOCATIONS,
    ME,
    NEW,
    USERS,
    binned,
    calls,
    group,
    live,
    location,
    planned,
    user,
)

REF = "https://graph.microsoft.com/v1.0/directoryObjects/"


@pytest.mark.parametrize(
    ("entry", "record", "links"),
    [(USERS, user(), {"manager": (ANN,)}), (GROUPS, group((BOB,), (ANN,)), {"members": (BOB,), "owners": (ANN,)})],
)
@pytest.mark.parametrize("mode", ["add", "exact"])
def test_equal_objects_give_an_empty_plan(entry, record, links, mode):
    made = planned(entry, record, live(record, **links), mode=mode)
    assert made.steps == ()
    assert made.gaps == ()


def test_live_user_gets_one_patch_of_what_differs_with_both_values():
    made = planned(USERS, user(), live(user(jobTitle="Clerk", department="Sales"), manager=(ANN,)))
    (step,) = made.steps
    assert (step.action, step.method, step.path) == ("update", "PATCH", f"/users/{ME}")
    assert step.body == {"jobTitle": "Engineer"}
    assert step.before == {"jobTitle": "Clerk"}
    assert step.after == {"jobTitle": "Engineer"}


def test_add_keeps_a_value_the_backup_did_not_have_and_says_so():
    made = planned(USERS, user(), live(user(department="Sales"), manager=(ANN,)))
    assert made.steps == ()
    (gap,) = made.gaps
    assert "department" in gap.what


def test_exact_clears_each_property_in_a_step_of_its_own():
    there = live(user(department="Sales", businessPhones=["1"], employeeOrgData={"costCenter": "7"}), manager=(ANN,))
    made = planned(USERS, user(businessPhones=[], employeeOrgData=None), there, mode="exact")
    assert [(step.action, step.body) for step in made.steps] == [
        ("clearProperty", {"businessPhones": []}),
        ("clearProperty", {"department": None}),
        ("clearProperty", {"employeeOrgData": None}),
    ]


def test_what_graph_does_not_clear_is_a_gap_even_in_exact():
    made = planned(USERS, user(usageLocation=None), live(user(usageLocation="DE"), manager=(ANN,)), mode="exact")
    assert made.steps == ()
    assert "usageLocation" in made.gaps[0].what


def test_sensitive_properties_go_in_a_call_of_their_own():
    there = live(user(jobTitle="Clerk", mobilePhone="0"), manager=(ANN,))
    made = planned(USERS, user(mobilePhone="1"), there)
    assert [step.body for step in made.steps] == [{"jobTitle": "Engineer"}, {"mobilePhone": "1"}]


def test_only_chosen_properties_are_written_and_no_links():
    there = live(user(jobTitle="Clerk", displayName="A"), manager=(BOB,))
    made = planned(USERS, user(), there, properties=frozenset({"jobTitle"}))
    assert [step.body for step in made.steps] == [{"jobTitle": "Engineer"}]


def test_only_chosen_relationships_are_written_and_no_properties():
    there = live(group((BOB,), (ANN,), displayName="Old"))
    made = planned(GROUPS, group((BOB,), (ANN,)), there, relationships=frozenset({"owners"}))
    assert calls(made) == [("POST", f"/groups/{ME}/owners/$ref")]


def test_a_restore_never_disables_a_working_account():
    made = planned(USERS, user(accountEnabled=False), live(user(), manager=(ANN,)), mode="exact")
    assert made.steps == ()
    assert "enabled" in made.gaps[0].what


def test_an_account_from_the_bin_comes_back_as_disabled_as_it_was():
    made = planned(USERS, user(accountEnabled=False), binned(user()))
    assert made.steps[1].body == {"accountEnabled": False}


def test_a_read_only_difference_is_a_gap_and_never_in_a_body():
    record = user(assignedPlans=[{"service": CAT}], createdDateTime="2020-01-01T00:00:00Z")
    made = planned(USERS, record, live(user(assignedPlans=[], createdDateTime=None), manager=(ANN,)))
    assert made.steps == ()
    (gap,) = made.gaps
    assert gap.what == "Not written: assignedPlans"


def test_the_manager_is_set_through_ref_and_replaces_another():
    made = planned(USERS, user(), live(user(), manager=(BOB,)))
    (step,) = made.steps
    assert (step.method, step.path, step.body) == ("PUT", f"/users/{ME}/manager/$ref", {"@odata.id": REF + ANN})
    assert step.before == {"manager": [{"id": BOB, "type": "user"}]}
    assert step.after == {"manager": [{"id": ANN, "type": "user"}]}
    assert step.targets == (ANN,)


def test_exact_removes_a_manager_the_backup_did_not_have_and_add_does_not():
    record = user(**{"@relationships": {"manager": []}})
    assert planned(USERS, record, live(user(), manager=(BOB,))).steps == ()
    made = planned(USERS, record, live(user(), manager=(BOB,)), mode="exact")
    assert calls(made) == [("DELETE", f"/users/{ME}/manager/$ref")]


def test_members_add_puts_back_and_exact_also_removes_one_step_each_after_the_additions():
    there = live(group(), members=(CAT,), owners=(ANN,))
    record = group((BOB, NEW), (ANN,))
    (add,) = planned(GROUPS, record, there).steps
    assert (add.method, add.path) == ("PATCH", f"/groups/{ME}")
    assert add.body == {"members@odata.bind": [REF + BOB, REF + NEW]}
    assert add.targets == (BOB, NEW)
    made = planned(GROUPS, record, there, mode="exact")
    assert [item.scope for item in made.items] == ["object", "links", "removals"]
    assert calls(made)[-1] == ("DELETE", f"/groups/{ME}/members/{CAT}/$ref")
    assert len(made.steps) == 2


def test_links_follow_the_id_map_and_a_vanished_target_is_a_gap_of_its_own():
    state = replace(live(group()), missing=frozenset({CAT}))
    made = planned(GROUPS, group((BOB, CAT)), state, ids={BOB: NEW})
    assert [step.body for step in made.steps] == [{"members@odata.bind": [REF + NEW]}]
    (gap,) = made.gaps
    assert CAT in gap.what


def test_a_relationship_the_backup_could_not_read_removes_nothing():
    record = group((), (ANN,))
    del record["@relationships"]["members"]
    made = planned(GROUPS, record, live(group(), members=(BOB, CAT), owners=(ANN,)), mode="exact")
    assert made.steps == ()
    assert "members" in made.gaps[0].what


def test_putting_somebody_into_a_role_group_is_pointed_out():
    made = planned(GROUPS, group((BOB,), isAssignableToRole=True), live(group(isAssignableToRole=True)))
    assert len(made.steps) == 1
    assert any("directory roles" in gap.what for gap in made.gaps)
    assert planned(GROUPS, group((BOB,)), live(group())).gaps == ()


@pytest.mark.parametrize("link", ["members", "owners"])
def test_the_last_member_or_owner_of_a_role_group_is_not_removed(link):
    there = live(group(isAssignableToRole=True), **{link: (BOB,)})
    made = planned(GROUPS, group(isAssignableToRole=True), there, mode="exact")
    assert made.steps == ()
    assert link in made.gaps[0].what


def test_the_last_member_of_a_plain_group_may_go():
    made = planned(GROUPS, group(), live(group(), members=(BOB,)), mode="exact")
    assert len(made.steps) == 1


def test_a_user_in_the_bin_is_undeleted_then_patched_then_linked():
    lying = user(userPrincipalName=ME.replace("-", "") + "ada@birchline.example", jobTitle="Clerk")
    made = planned(USERS, user(), binned(lying))
    assert [(step.action, step.path) for step in made.steps] == [
        ("restoreDeleted", f"/directory/deletedItems/{ME}/restore"),
        ("update", f"/users/{ME}"),
        ("setLink", f"/users/{ME}/manager/$ref"),
    ]
    assert made.steps[1].body == {"jobTitle": "Engineer"}


def test_a_gone_user_is_created_with_a_password_that_no_plan_holds():
    record = user(
        assignedPlans=[{"service": CAT}],
        employeeLeaveDateTime="2030-01-01T00:00:00Z",
        identities=[{"signInType": "userPrincipalName", "issuer": "x", "issuerAssignedId": "ada@birchline.example"}],
    )
    made = planned(USERS, record, GONE)
    create, later, manager = made.steps
    assert (create.method, create.path, create.generated) == ("POST", "/users", ("passwordProfile",))
    assert create.body["passwordProfile"] == {"forceChangePasswordNextSignIn": True}
    assert "identities" not in create.body
    assert "department" not in create.body
    assert later.path == f"/users/{token(ME)}"
    assert later.body == {"employeeLeaveDateTime": "2030-01-01T00:00:00Z"}
    assert manager.path == f"/users/{token(ME)}/manager/$ref"
    whats = [gap.what for gap in made.gaps]
    assert "The password" in whats
    assert "Sign-in methods" in whats
    assert "Not written: assignedPlans" in whats
    assert any("/passwords" in gap.todo for gap in made.gaps)


def test_a_create_of_chosen_properties_still_has_what_graph_requires():
    made = planned(USERS, user(), GONE, properties=frozenset({"jobTitle"}))
    assert set(made.steps[0].body) == {
        "accountEnabled",
        "displayName",
        "mailNickname",
        "userPrincipalName",
        "jobTitle",
        "passwordProfile",
    }


def test_a_record_without_a_required_property_is_not_created():
    made = planned(GROUPS, group(displayName=None), GONE)
    assert made.steps == ()
    assert "displayName" in made.gaps[0].why


def test_an_object_rebuilt_by_hand_is_named_before_there_are_two():
    assert not any("another" in gap.what for gap in planned(GROUPS, group(), GONE).gaps)
    (gap,) = [gap for gap in planned(GROUPS, group(), replace(GONE, twins=(BOB,))).gaps if "another" in gap.what]
    assert BOB in gap.why


def test_a_taken_user_principal_name_stops_the_plan():
    for state in (replace(GONE, twins=(BOB,)), replace(binned(user()), twins=(BOB,))):
        made = planned(USERS, user(), state)
        assert made.steps == ()
        assert BOB in made.gaps[0].why


@pytest.mark.parametrize(
    ("entry", "record", "state"),
    [
        (USERS, user(onPremisesSyncEnabled=True), GONE),
        (USERS, user(), live(user(onPremisesSyncEnabled=True, jobTitle="Clerk"))),
        (USERS, user(userPrincipalName="ada_x.example#EXT#@birchline.example"), GONE),
        (USERS, user(externalUserState="Accepted"), GONE),
        (GROUPS, group(onPremisesSyncEnabled=True), GONE),
        (GROUPS, group(mailEnabled=True), GONE),
        (GROUPS, group(), live(group(mailEnabled=True, securityEnabled=False, displayName="DL"))),
        (LOCATIONS, location(), live(location(**{"@odata.type": "#microsoft.graph.countryNamedLocation"}))),
    ],
)
def test_what_graph_refuses_is_a_gap_with_a_todo_and_no_step(entry, record, state):
    made = planned(entry, record, state)
    assert made.steps == ()
    assert made.gaps
    assert all(gap.what and gap.why and gap.todo for gap in made.gaps)


def test_a_gone_group_is_created_with_its_rule_and_false_values_and_no_members():
    rule = f'user.memberof -any (group.objectId -in ["{BOB}"])'
    record = group(
        (ANN,), groupTypes=["DynamicMembership"], membershipRule=rule, membershipRuleProcessingState="Paused"
    )
    made = planned(GROUPS, record, GONE, ids={BOB: NEW})
    (create,) = made.steps
    assert create.body["mailEnabled"] is False
    assert create.body["membershipRule"] == rule.replace(BOB, NEW)
    assert create.body["membershipRuleProcessingState"] == "Paused"
    assert any("dynamic" in gap.why for gap in made.gaps)


def test_a_gone_role_group_is_created_without_visibility():
    made = planned(GROUPS, group(isAssignableToRole=True, visibility="Private"), GONE)
    assert made.steps[0].body["isAssignableToRole"] is True
    assert "visibility" not in made.steps[0].body


def test_links_of_a_gone_group_go_to_the_new_object():
    made = planned(GROUPS, group((BOB,), (ANN,)), GONE)
    assert calls(made) == [
        ("POST", "/groups"),
        ("PATCH", f"/groups/{token(ME)}"),
        ("POST", f"/groups/{token(ME)}/owners/$ref"),
    ]


def test_a_group_made_dynamic_becomes_assigned_again_with_its_members():
    there = live(group(groupTypes=["DynamicMembership"], membershipRule="x", membershipRuleProcessingState="On"))
    made = planned(GROUPS, group((BOB,)), there)
    update, member = made.steps
    assert update.body == {"groupTypes": [], "membershipRule": None, "membershipRuleProcessingState": None}
    assert (member.action, member.path) == ("addLinks", f"/groups/{ME}")


def test_making_a_group_dynamic_again_throws_members_out_so_only_exact_does_it():
    dynamic = group(groupTypes=["DynamicMembership"], membershipRule="x", membershipRuleProcessingState="On")
    made = planned(GROUPS, dynamic, live(group(), members=(BOB,)))
    assert made.steps == ()
    assert any("exact" in gap.todo for gap in made.gaps)
    made = planned(GROUPS, dynamic, live(group(), members=(BOB,)), mode="exact")
    assert made.steps[0].body["groupTypes"] == ["DynamicMembership"]


def test_a_changed_creation_only_property_is_a_gap():
    made = planned(GROUPS, group(isAssignableToRole=True), live(group()))
    assert made.steps == ()
    assert "isAssignableToRole" in made.gaps[0].why


def test_a_location_patch_names_its_type():
    made = planned(LOCATIONS, location(), live(location(displayName="HQ", isTrusted=False)))
    (step,) = made.steps
    assert step.body == {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": "Head office",
        "isTrusted": True,
    }
    assert planned(LOCATIONS, location(), GONE).steps[0].body["@odata.type"] == "#microsoft.graph.ipNamedLocation"


def test_the_digest_moves_with_writable_values_links_and_standing_but_not_with_stamps():
    def digest(state):
        return planned(GROUPS, group(), state)["object"].digest

    first = digest(live(group(), members=(BOB,)))
    assert digest(live(group(renewedDateTime="now"), members=(BOB,))) == first
    others = [
        live(group(description="x"), members=(BOB,)),
        live(group(), members=(BOB, CAT)),
        binned(group()),
        GONE,
    ]
    assert len({first, *(digest(state) for state in others)}) == 5


def test_items_survive_storage():
    made = numbered(planned(GROUPS, group((BOB,), (ANN,)), GONE).items, 7)
    data = dump(made)
    assert load_page(data) == made
    assert [item.number for item in made] == [7, 8]
    assert [step.id for step in made[1].steps] == ["8.1", "8.2"]
    with pytest.raises(FormatError):
        load_page(b"{}")


def test_a_stored_plan_with_a_deleting_call_cannot_be_loaded():
    made = planned(GROUPS, group(), live(group(), members=(BOB,)), mode="exact")
    with pytest.raises(PlanNotApplicable):
        load_page(dump(made.items).replace(b"/$ref", b""))


def test_a_type_that_cannot_be_restored_says_so():
    with pytest.raises(PlanNotApplicable):
        planned(replace(USERS, restore=None), user(), GONE)


def test_a_later_plan_finds_the_object_under_its_new_id():
    state = LiveState(id=NEW, standing="live", object={**user(jobTitle="Clerk"), "id": NEW}, links={})
    made = planned(USERS, user(), state, ids={ME: NEW})
    assert {step.path.split("/")[2] for step in made.steps} == {NEW}

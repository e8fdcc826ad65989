"""Privileged Identity Management: a schedule comes back with its own end or not at all; rules keep their approvers."""

import pytest

from functions.catalogue import TYPES
from functions.core.plan import LiveState, Options
from functions.core.plan_heal import healing_items
from functions.core.plan_make import deletion_item, items
from functions.core.plan_rules import Safety
from functions.core.plan_undo import Done, undo_items
from functions.core.record import Object
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from tests.unit.restore.entries import ANN, CAT, FRAME, Made, guid

GROUP, ROLE = guid(20), "729827e3-9c14-49f7-bb1b-9608f156bbb8"
FOREVER = {"type": "noExpiration", "endDateTime": None, "duration": None}
LATER = "2027-03-01T00:00:00Z"  # the plans are made on 2026-11-22 at three in the morning
REQUESTS = "/roleManagement/directory/roleEligibilityScheduleRequests"


def until(end: str, kind: str = "afterDateTime") -> Object:
    return {"type": kind, "endDateTime": end, "duration": None}


def schedule(expiration: Object, start: str = "2026-01-01T00:00:00Z", **more: object) -> Object:
    return {
        "id": guid(30),
        "principalId": CAT,
        "roleDefinitionId": ROLE,
        "directoryScopeId": "/",
        "appScopeId": None,
        "createdUsing": guid(30),
        "memberType": "Direct",
        "status": "Provisioned",
        "scheduleInfo": {"startDateTime": start, "recurrence": None, "expiration": expiration},
        **more,
    }  # type: ignore[return-value]


def planned(record: Object, now: Object | None = None, key: str = "roleEligibilitySchedules", *missing: str) -> Made:
    standing = "live" if now is not None else "gone"
    state = LiveState(id=str(record["id"]), standing=standing, object=now or {}, missing=frozenset(missing))  # type: ignore[arg-type]
    return Made(items(record, state, Options(), TYPES[key], {}, FRAME))


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        (FOREVER, {"type": "noExpiration"}),
        (until(LATER), {"type": "afterDateTime", "endDateTime": LATER}),
        (until(LATER, "afterDuration"), {"type": "afterDateTime", "endDateTime": LATER}),
    ],
)
def test_it_is_asked_for_from_now_until_the_end_it_had(recorded, asked):
    (step,) = planned(schedule(recorded)).steps
    assert (step.method, step.path) == ("POST", REQUESTS)
    assert step.body["action"] == "adminAssign"
    assert step.body["scheduleInfo"] == {"startDateTime": FRAME.now, "expiration": asked}
    assert step.body["directoryScopeId"] == "/"
    assert "appScopeId" not in step.body
    assert step.danger == "high"


def test_one_that_begins_later_begins_then():
    (step,) = planned(schedule(until(LATER), start="2027-01-01T00:00:00Z")).steps
    assert step.body["scheduleInfo"]["startDateTime"] == "2027-01-01T00:00:00Z"


@pytest.mark.parametrize("end", ["2026-11-22T02:59:00Z", "2026-11-22T03:04:00Z", "2025-01-01T00:00:00Z"])
def test_one_whose_time_is_over_is_not_given_again(end):
    made = planned(schedule(until(end)))
    assert made.steps == ()
    assert "over" in made.gaps[0].why


@pytest.mark.parametrize(
    ("key", "more", "word"),
    [
        ("roleAssignmentSchedules", {"assignmentType": "Activated"}, "activated"),
        ("groupAssignmentSchedules", {"assignmentType": "activated"}, "activated"),
        ("roleEligibilitySchedules", {"memberType": "Group"}, "group"),
        ("roleAssignmentSchedules", {"assignmentType": "Assigned", "createdUsing": None}, "without a schedule"),
    ],
)
def test_what_nobody_assigned_is_not_assigned(key, more, word):
    record = schedule(FOREVER, **more)
    if key.startswith("group"):
        record = {**record, "groupId": GROUP, "accessId": "member"}
    made = planned(record, None, key)
    assert made.steps == ()
    assert word in made.gaps[0].why


@pytest.mark.parametrize("lost", [CAT, ROLE])
def test_without_a_principal_or_a_role_nothing_is_asked_for(lost):
    made = planned(schedule(FOREVER), None, "roleEligibilitySchedules", lost)
    assert made.steps == ()
    assert lost in made.gaps[0].what


def test_another_end_is_asked_for_by_an_update():
    (step,) = planned(schedule(until(LATER)), schedule(FOREVER)).steps
    assert (step.method, step.path) == ("POST", REQUESTS)
    assert step.body["action"] == "adminUpdate"
    assert step.body["targetScheduleId"] == guid(30)
    assert step.body["scheduleInfo"]["expiration"] == {"type": "afterDateTime", "endDateTime": LATER}
    assert step.after == {"scheduleInfo": {"expiration": {"type": "afterDateTime", "endDateTime": LATER}}}


def test_an_end_that_is_over_ends_nothing():
    made = planned(schedule(until("2026-01-01T00:00:00Z")), schedule(FOREVER))
    assert made.steps == ()
    assert "keeps the end" in made.gaps[0].what


def test_an_equal_schedule_is_left_alone():
    made = planned(schedule(until(LATER)), schedule(until(LATER, "afterDuration"), start="2026-11-22T02:00:00Z"))
    assert (made.steps, made.gaps) == ((), ())


# ---- rules


def approval(*approvers: str, required: bool = True) -> Object:
    return {
        "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyApprovalRule",
        "id": "Approval_EndUser_Assignment",
        "setting": {
            "isApprovalRequired": required,
            "approvalStages": [
                {
                    "primaryApprovers": [
                        {"@odata.type": "#microsoft.graph.singleUser", "userId": one} for one in approvers
                    ]
                }
            ],
        },
    }  # type: ignore[return-value]


def expiration(limit: str) -> Object:
    return {
        "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule",
        "id": "Expiration_EndUser_Assignment",
        "isExpirationRequired": True,
        "maximumDuration": limit,
    }


def policy(*rules: Object) -> Object:
    return {"id": "DirectoryRole_x_y", "displayName": "DirectoryRole", "rules": [*rules]}


def rules(record: Object, now: Object | None, *missing: str) -> Made:
    return planned(record, now, "roleManagementPolicies", *missing)


def test_each_rule_that_differs_goes_by_a_call_of_its_own():
    record, now = policy(expiration("PT4H"), approval(ANN)), policy(expiration("PT24H"), approval(CAT))
    first, second = rules(record, now).steps
    assert first.method == "PATCH"
    assert first.path == "/policies/roleManagementPolicies/DirectoryRole_x_y/rules/Approval_EndUser_Assignment"
    assert second.body == {name: value for name, value in expiration("PT4H").items() if name != "id"}
    assert first.after == {"rules": [approval(ANN), expiration("PT24H")]}
    assert second.after == {"rules": [approval(ANN), expiration("PT4H")]}
    assert first.danger == second.danger == "high"


@pytest.mark.parametrize(
    ("wanted", "missing", "word"),
    [
        (approval(ANN), ANN, ANN),
        (approval(), "", "for ever"),
        ({**expiration("PT4H"), "id": "Another"}, "", "no such rule"),
    ],
)
def test_a_rule_that_would_lock_or_let_in_is_left_alone(wanted, missing, word):
    made = rules(policy(wanted, expiration("PT4H")), policy(approval(CAT), expiration("PT9H")), missing)
    assert [step.path.rpartition("/")[2] for step in made.steps] == ["Expiration_EndUser_Assignment"]
    assert word in made.gaps[0].why
    assert made.steps[0].after == {"rules": [approval(CAT), expiration("PT4H")]}  # as it is, not as it was


def test_no_policy_is_made():
    made = rules(policy(expiration("PT4H")), None)
    assert made.steps == ()
    assert "do not come back" in made.gaps[0].what


# ---- after a principal was made anew


@pytest.mark.parametrize("key", ["roleEligibilitySchedules", "roleAssignmentSchedules"])
def test_a_schedule_that_went_along_with_its_principal_is_asked_for_again(key):
    record = schedule(until(LATER), assignmentType="Assigned")
    state = LiveState(id=guid(30), standing="gone", missing=frozenset({CAT}))
    new = {CAT: f"{{new:{CAT}}}"}
    (item,) = healing_items(record, state, TYPES[key], ["principalId"], Options(), new, FRAME)
    (step,) = item.steps
    assert step.body["principalId"] == f"{{new:{CAT}}}"
    assert step.body["scheduleInfo"]["expiration"]["endDateTime"] == LATER


# ---- what was added since

ADMINISTRATORS = Safety(
    administrators={ANN: frozenset({GLOBAL_ADMINISTRATOR, GROUP}), CAT: frozenset({GLOBAL_ADMINISTRATOR})},
    break_glass=frozenset({ANN}),
    restorer=guid(22),
)


def ended(key: str, thing: Object, safety: Safety = ADMINISTRATORS):
    state = LiveState(id=str(thing["id"]), standing="live", object=thing)
    return deletion_item(state, TYPES[key], FRAME, safety)


def of_group(principal: str, **more: object) -> Object:
    return schedule(FOREVER, groupId=GROUP, accessId="member", memberType="direct", principalId=principal, **more) | {
        "roleDefinitionId": None,
        "directoryScopeId": None,
    }


@pytest.mark.parametrize(
    ("key", "thing", "asked"),
    [
        (
            "roleEligibilitySchedules",
            schedule(FOREVER),
            {"principalId": CAT, "roleDefinitionId": ROLE, "directoryScopeId": "/"},
        ),
        (
            "roleAssignmentSchedules",
            schedule(FOREVER, assignmentType="Assigned", directoryScopeId=None, appScopeId="/x"),
            {"principalId": CAT, "roleDefinitionId": ROLE, "appScopeId": "/x"},
        ),
        (
            "groupEligibilitySchedules",
            of_group(CAT),
            {"principalId": CAT, "groupId": GROUP, "accessId": "member"},
        ),
        (
            "groupAssignmentSchedules",
            of_group(CAT, assignmentType="assigned"),
            {"principalId": CAT, "groupId": GROUP, "accessId": "member"},
        ),
    ],
)
def test_what_was_added_ends_by_a_request_and_never_by_its_deletion(key, thing, asked):
    (step,) = ended(key, thing).steps
    assert (step.action, step.method, step.path) == ("delete", "POST", TYPES[key].restore.collection)
    assert step.body == {"action": "adminRemove", "justification": "Restored from a backup", **asked}
    assert step.before["principalId"] == CAT
    assert step.danger == "high"


@pytest.mark.parametrize(
    ("key", "thing", "word"),
    [
        ("roleEligibilitySchedules", schedule(FOREVER, principalId=ANN), "emergency"),
        ("roleAssignmentSchedules", schedule(FOREVER, principalId=guid(22), assignmentType="Assigned"), "restores"),
        (
            "roleAssignmentSchedules",
            schedule(FOREVER, principalId=GROUP, roleDefinitionId=GLOBAL_ADMINISTRATOR, assignmentType="Assigned"),
            "can be administered",
        ),
        ("roleAssignmentSchedules", schedule(FOREVER, assignmentType="Activated"), "within hours"),
        ("roleEligibilitySchedules", schedule(FOREVER, memberType="Group"), "through a group"),
        ("roleAssignmentSchedules", schedule(FOREVER, assignmentType="Assigned", createdUsing=None), "without a sch"),
        (
            "roleAssignmentSchedules",
            schedule(FOREVER, assignmentType="Assigned", createdDateTime="2026-11-22T02:57:00Z"),
            "ActiveDurationTooShort",
        ),
        ("groupAssignmentSchedules", of_group(ANN, assignmentType="assigned"), "emergency"),
        ("groupAssignmentSchedules", of_group(guid(22), assignmentType="assigned"), "restores"),
    ],
)
def test_what_may_not_end_stays_with_a_word(key, thing, word):
    item = ended(key, thing)
    assert item.steps == ()
    assert word in item.gaps[0].why


def test_nobody_is_taken_out_of_the_group_that_keeps_them_in():
    nobody_named = Safety(administrators={CAT: frozenset({GLOBAL_ADMINISTRATOR, GROUP})})
    for safety in (nobody_named, Safety()):
        item = ended("groupAssignmentSchedules", of_group(CAT, assignmentType="assigned"), safety)
        assert item.steps == ()
        assert "administ" in item.gaps[0].why.lower()


def test_a_request_that_was_given_is_taken_back_by_another():
    (made,) = planned(schedule(FOREVER)).items
    there = LiveState(id=guid(40), standing="live", object={**schedule(FOREVER), "id": guid(40)})
    done = {made.steps[0].id: Done()}
    (item,) = undo_items(made, done, there, TYPES["roleEligibilitySchedules"], {}, FRAME, ADMINISTRATORS)
    assert item.steps[0].body["action"] == "adminRemove"
    gone = LiveState(id=guid(40), standing="gone")
    (again,) = undo_items(
        item, {item.steps[0].id: Done()}, gone, TYPES["roleEligibilitySchedules"], {}, FRAME, ADMINISTRATORS
    )
    assert again.steps[0].body["action"] == "adminAssign"

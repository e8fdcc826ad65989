"""Roles: only what was recorded comes back, and emergency accounts and the restorer keep theirs."""

from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.plan import Item, LiveState, Options
from functions.core.plan_make import Frame, deletion_item, items
from functions.core.plan_rules import Safety
from functions.core.record import Object
from functions.core.way_in import GLOBAL_ADMINISTRATOR, keepers, last_way_in, protected
from tests.unit.restore.entries import ANN, BOB, CAT, FRAME, ME, NEW, Made, guid

READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
GROUP, UNIT, RESTORER = guid(20), guid(21), guid(22)
SAFETY = Safety(
    administrators={
        ANN: frozenset({GLOBAL_ADMINISTRATOR, GROUP}),
        BOB: frozenset({GLOBAL_ADMINISTRATOR}),
        CAT: frozenset({GLOBAL_ADMINISTRATOR}),
    },
    break_glass=frozenset({ANN}),
    caller=BOB,
    restorer=RESTORER,
)
ASSIGNMENTS, DEFINITIONS = TYPES["roleAssignments"], TYPES["roleDefinitions"]
LONG_ID = "lAPpYvVpN0KRkAEhdxReEJ_aJqI-1"


def assignment(principal: str = CAT, role: str = HELPDESK, scope: str | None = "/", **more: object) -> Object:
    return {
        "id": LONG_ID,
        "principalId": principal,
        "roleDefinitionId": role,
        "directoryScopeId": scope,
        "appScopeId": None,
        "principalOrganizationId": FRAME.tenant,
        **more,
    }  # type: ignore[return-value]


def role(**more: object) -> Object:
    return {
        "id": ME,
        "templateId": ME,
        "displayName": "Cargo desk",
        "description": None,
        "isBuiltIn": False,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/basic/update"], "condition": None}],
        "version": None,
        **more,
    }  # type: ignore[return-value]


def gone(record: Object, *missing: str) -> LiveState:
    return LiveState(id=str(record["id"]), standing="gone", missing=frozenset(missing))


def planned(
    key: str, record: Object, state: LiveState, safety: Safety = SAFETY, frame: Frame = FRAME, **ids: str
) -> Made:
    return Made(items(record, state, Options(), TYPES[key], ids, frame, safety))


def deleted(key: str, thing: Object, safety: Safety = SAFETY) -> Item:
    state = LiveState(id=str(thing["id"]), standing="live", object=thing)
    return deletion_item(state, TYPES[key], FRAME, safety)


# ---- the last way in


def test_the_caller_and_the_emergency_accounts_keep_what_they_have():
    assert keepers(SAFETY) == {ANN, BOB}
    assert keepers(replace(SAFETY, caller=guid(30))) == {ANN}
    assert keepers(replace(SAFETY, caller="", break_glass=frozenset({guid(30)}))) == {ANN}  # the first, always the same
    assert keepers(Safety()) == frozenset()


@pytest.mark.parametrize(
    ("principal", "safety", "goes"),
    [
        (CAT, SAFETY, True),
        (ANN, SAFETY, False),
        (BOB, SAFETY, False),
        (GROUP, SAFETY, False),  # through it the emergency account holds the role
        (RESTORER, SAFETY, False),
        (guid(31), SAFETY, True),  # a group or an account that keeps nobody in
        (CAT, Safety(), False),  # nobody knows who is left
        (CAT, Safety(administrators={CAT: frozenset({GLOBAL_ADMINISTRATOR})}), False),  # the last one
    ],
)
def test_a_global_administrator_goes_only_where_somebody_stays(principal, safety, goes):
    item = deleted("roleAssignments", assignment(principal, GLOBAL_ADMINISTRATOR), safety)
    assert bool(item.steps) is goes
    assert bool(item.gaps) is not goes
    assert all(step.danger == "high" for step in item.steps)


def test_all_removals_of_one_plan_together_leave_somebody():
    """Each is planned for itself; what they take away together must not be everything."""
    safety = replace(SAFETY, break_glass=frozenset(), caller="")
    items_ = [deleted("roleAssignments", assignment(who, GLOBAL_ADMINISTRATOR), safety) for who in (ANN, BOB, CAT)]
    assert [bool(item.steps) for item in items_].count(False) == 1


@pytest.mark.parametrize("key", ["roleAssignments", "roleAssignmentSchedules", "roleEligibilitySchedules"])
def test_emergency_accounts_and_the_restorer_keep_every_role(key):
    for who in (ANN, RESTORER):
        item = deleted(key, assignment(who))
        assert item.steps == ()
        assert "stays" in item.gaps[0].what


def test_other_roles_of_others_may_go():
    (step,) = deleted("roleAssignments", assignment(CAT)).steps
    assert (step.method, step.path) == ("DELETE", f"/roleManagement/directory/roleAssignments/{LONG_ID}")


def test_words():
    assert "emergency" in protected(SAFETY, ANN)
    assert "restores" in protected(SAFETY, RESTORER)
    assert protected(SAFETY, CAT) == protected(Safety(), "") == ""
    assert last_way_in(SAFETY, CAT) == ""


# ---- assignments


@pytest.mark.parametrize(("of", "danger"), [(READERS, "elevated"), (HELPDESK, "high"), (guid(40), "high")])
def test_a_gone_assignment_is_made_again_as_it_was(of, danger):
    record = assignment(CAT, of, f"/administrativeUnits/{UNIT}")
    made = planned("roleAssignments", record, gone(record))
    (step,) = made.steps
    assert (step.method, step.path) == ("POST", "/roleManagement/directory/roleAssignments")
    assert step.body == {
        "principalId": CAT,
        "roleDefinitionId": of,
        "directoryScopeId": f"/administrativeUnits/{UNIT}",
    }
    assert step.danger == danger
    assert any("roleAssignmentSchedules" in gap.todo for gap in made.gaps)


@pytest.mark.parametrize("lost", [CAT, HELPDESK, UNIT])
def test_an_assignment_without_one_of_its_ends_is_not_made(lost):
    record = assignment(scope=f"/administrativeUnits/{UNIT}")
    made = planned("roleAssignments", record, gone(record, lost))
    assert made.steps == ()
    assert lost in made.gaps[0].what


def test_new_ids_and_those_to_come_are_put_into_the_scope():
    record = assignment(scope=f"/administrativeUnits/{UNIT}")
    state = gone(record, UNIT, CAT)
    (step,) = planned("roleAssignments", record, state, **{UNIT: f"{{new:{UNIT}}}", CAT: NEW}).steps
    assert step.body["directoryScopeId"] == f"/administrativeUnits/{{new:{UNIT}}}"
    assert step.body["principalId"] == NEW


def test_an_application_scope_goes_alone():
    record = assignment(scope=None, appScopeId="/")
    (step,) = planned("roleAssignments", record, gone(record)).steps
    assert "directoryScopeId" not in step.body
    assert step.body["appScopeId"] == "/"


def test_what_a_partner_holds_is_not_given_to_somebody_here():
    record = assignment(principalOrganizationId=guid(41))
    made = planned("roleAssignments", record, gone(record))
    assert made.steps == ()
    assert guid(41) in made.gaps[0].why


# ---- definitions


def test_a_gone_custom_role_asks_for_its_id():
    made = planned("roleDefinitions", role(), gone(role()))
    (step,) = made.steps
    assert step.body == {
        "displayName": "Cargo desk",
        "isEnabled": True,
        "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/basic/update"]}],
        "templateId": ME,
    }
    assert made.gaps == ()


@pytest.mark.parametrize("standing", ["live", "gone"])
def test_built_in_roles_are_not_written(standing):
    record = role(isBuiltIn=True)
    now = role(isBuiltIn=True, description="Microsoft's new words") if standing == "live" else {}
    made = planned("roleDefinitions", record, LiveState(id=ME, standing=standing, object=now))
    assert made.steps == ()
    assert [gap.what for gap in made.gaps] == ["Cargo desk is left as it is"]
    same = planned("roleDefinitions", record, LiveState(id=ME, standing="live", object=record))
    assert (same.steps, same.gaps) == ((), ())


def test_a_custom_role_that_was_added_stays():
    item = deleted("roleDefinitions", role())
    assert item.steps == ()
    assert "for good" in item.gaps[0].why

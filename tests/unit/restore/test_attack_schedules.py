"""Attempts to have a schedule give more than the backup shows, or end what keeps the tenant open."""

from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.plan import LiveState, Options
from functions.core.plan_make import deletion_item, items
from functions.core.plan_rules import Safety
from functions.core.record import Object
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from tests.unit.restore.entries import ANN, BOB, CAT, FRAME, ME, Made, guid

FOREVER = {"type": "noExpiration", "endDateTime": None, "duration": None}
LATER = "2027-03-01T00:00:00Z"  # the plans are made on 2026-11-22 at three in the morning
UNTIL = {"type": "afterDateTime", "endDateTime": LATER, "duration": None}
SAFETY = Safety(
    administrators={ANN: frozenset({GLOBAL_ADMINISTRATOR, ME}), CAT: frozenset({GLOBAL_ADMINISTRATOR})},
    break_glass=frozenset({ANN}),
    caller=CAT,
)
KEYS = ("roleEligibilitySchedules", "roleAssignmentSchedules")


def schedule(expiration: object, principal: str = BOB, **more: object) -> Object:
    info = {"startDateTime": "2026-11-20T00:00:00Z", "recurrence": None, "expiration": expiration}
    return {
        "id": guid(30),
        "principalId": principal,
        "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        "directoryScopeId": "/",
        "createdUsing": guid(30),
        "assignmentType": "Assigned",
        "memberType": "Direct",
        "scheduleInfo": info,
        **more,
    }  # type: ignore[return-value]


def of_group(expiration: object, principal: str) -> Object:
    rest = {name: value for name, value in schedule(expiration, principal).items() if name != "roleDefinitionId"}
    return {**rest, "groupId": ME, "accessId": "member"}


def planned(record: Object, now: Object | None = None, key: str = KEYS[1], safety: Safety = SAFETY) -> Made:
    state = LiveState(id=guid(30), standing="live" if now is not None else "gone", object=now or {})
    return Made(items(record, state, Options(mode="exact"), TYPES[key], {}, FRAME, safety))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("recorded", "end"),
    [
        ({"type": "afterDuration", "endDateTime": None, "duration": "P180D"}, "2027-05-19T00:00:00Z"),
        ({"type": "afterDuration", "endDateTime": None, "duration": "P2DT10H"}, "2026-11-22T10:00:00Z"),
        ({"type": "noExpiration", "endDateTime": LATER, "duration": None}, LATER),
        ({"type": "notSpecified", "endDateTime": LATER}, LATER),
        ({"endDateTime": LATER}, LATER),
        ({"type": "notSpecified", "duration": "P3D"}, "2026-11-23T00:00:00Z"),
    ],
)
def test_what_had_an_end_gets_that_end_and_no_later_one(key, recorded, end):
    made = planned(schedule(recorded), key=key)
    if "endDateTime" not in recorded or not recorded["endDateTime"]:
        # A backup leaves out when an active assignment began, because it moves; so nobody can tell when it ends.
        assert bool(made.steps) is (key == KEYS[0])
        if key == KEYS[1]:
            return
    (step,) = made.steps
    assert step.body["scheduleInfo"]["expiration"] == {"type": "afterDateTime", "endDateTime": end}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "record",
    [
        schedule({"type": "afterDuration", "endDateTime": None, "duration": "P1Y"}),
        schedule({"type": "afterDuration", "duration": "P"}),
        schedule({"type": "afterDuration", "duration": "a while"}),
        schedule(FOREVER, scheduleInfo=None),
        {name: value for name, value in schedule(FOREVER).items() if name != "scheduleInfo"},
        schedule({"type": "afterDuration", "endDateTime": None, "duration": "P1D"}),  # it is over
    ],
)
def test_what_nobody_knows_the_end_of_is_not_given_again(key, record):
    made = planned(record, key=key)
    assert made.steps == ()
    assert made.gaps


@pytest.mark.parametrize("principal", [ANN, CAT])
def test_who_keeps_the_tenant_open_gets_no_end(principal):
    """The backup is of a day on which the role was to end; since then it has been given for good."""
    made = planned(schedule(UNTIL, principal), schedule(FOREVER, principal))
    assert made.steps == ()
    assert any(principal in gap.what for gap in made.gaps)
    assert planned(schedule(UNTIL, BOB), schedule(FOREVER, BOB)).steps
    assert planned(schedule(FOREVER, principal), schedule(UNTIL, principal)).steps


def test_nobody_gets_an_end_where_the_administrators_are_not_known():
    assert planned(schedule(UNTIL), schedule(FOREVER), safety=Safety(break_glass=frozenset({ANN}))).steps == ()


def test_nor_who_does_so_through_a_group():
    key = "groupAssignmentSchedules"
    assert planned(of_group(UNTIL, ANN), of_group(FOREVER, ANN), key).steps == ()
    assert planned(of_group(UNTIL, BOB), of_group(FOREVER, BOB), key).steps


@pytest.mark.parametrize(("key", "of"), [(KEYS[1], schedule), ("groupAssignmentSchedules", of_group)])
def test_their_schedules_are_not_ended_as_added_ones_either(key, of):
    for principal, ended in ((ANN, False), (BOB, True)):
        there = LiveState(id=guid(30), standing="live", object=of(FOREVER, principal))
        assert bool(deletion_item(there, TYPES[key], FRAME, SAFETY).steps) is ended
    unknown = replace(SAFETY, administrators={})
    there = LiveState(id=guid(30), standing="live", object=of(FOREVER, BOB))
    assert not deletion_item(there, TYPES[key], FRAME, unknown).steps

"""Members of what follows a rule are never written, whenever it begins to; of what stops following one they are."""

from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.plan_rules import Safety
from functions.core.record import RELATIONSHIPS, Object
from tests.unit.restore.entries import ANN, BOB, ME, group, live, planned

GROUPS, UNITS = TYPES["groups"], TYPES["administrativeUnits"]
RULE = {"membershipRule": "x", "membershipRuleProcessingState": "On"}


def of(key: str, dynamic: bool, *members: str) -> Object:
    own: Object = {RELATIONSHIPS: {"members": [{"id": one, "type": "user"} for one in members], "owners": []}}
    if key == "groups":
        return {**group(), **own, "groupTypes": ["DynamicMembership"] if dynamic else [], **(RULE if dynamic else {})}
    kind = {"membershipType": "Dynamic", **RULE} if dynamic else {}
    return {"id": ME, "displayName": "U", **kind, RELATIONSHIPS: {"members": own[RELATIONSHIPS]["members"]}}


def added(key: str, before: bool, now: bool, standing: str, mode: str, **more: object) -> bool:
    """Whether the plan adds the members of the record to what is `now` dynamic, and was `before`."""
    there = {name: value for name, value in of(key, now).items() if name != RELATIONSHIPS}
    state = replace(live(there, members=(), owners=()), standing=standing)
    made = planned(TYPES[key], of(key, before, ANN, BOB), state, mode=mode, **more)
    return any(step.link == "members" for step in made.steps)


@pytest.mark.parametrize("key", ["groups", "administrativeUnits"])
@pytest.mark.parametrize("standing", ["live", "deleted"])
@pytest.mark.parametrize("mode", ["add", "exact"])
def test_members_are_written_only_where_no_rule_gives_them(key: str, standing: str, mode: str):
    assert added(key, False, False, standing, mode)
    assert not added(key, True, True, standing, mode)
    assert added(key, False, True, standing, mode), "it is made an assigned one first"
    assert added(key, True, False, standing, mode) == (mode != "exact"), "exact makes it a dynamic one first"


def test_a_group_that_is_kept_as_it_is_for_an_emergency_account_takes_members():
    held = Safety(administrators={ANN: frozenset({ME})}, break_glass=frozenset({ANN}))
    assert added("groups", True, False, "live", "exact", safety=held)

"""Attempts to close the last way in through groups: to take the emergency account out of the group for which policies
leave it out, by an exact match, by a rule, by a group within a group, by an undo."""

from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.links import Target
from functions.core.plan import LiveState, Options
from functions.core.plan_make import deletion_item, items
from functions.core.plan_rules import Safety
from functions.core.plan_undo import Done, undo_items
from functions.core.record import RELATIONSHIPS, Object
from tests.unit.restore.entries import ANN, BOB, CAT, FRAME, ME, NEW, Made, guid

GROUPS = TYPES["groups"]
INNER, RESTORER = guid(71), guid(72)
# Ann's is the emergency account, in the group and through another one in it; Cat asks; Bob is an administrator.
SAFETY = Safety(
    administrators={ANN: frozenset({ME, INNER}), CAT: frozenset({ME}), BOB: frozenset({ME})},
    break_glass=frozenset({ANN}),
    caller=CAT,
    restorer=RESTORER,
)


def group(*members: str, **more: object) -> Object:
    held = [{"id": one, "type": "user"} for one in sorted(members)]
    return {
        "id": ME,
        "displayName": "Left out of policies",
        "mailEnabled": False,
        "mailNickname": "out",
        "securityEnabled": True,
        "groupTypes": [],
        **more,
        RELATIONSHIPS: {"members": held, "owners": []},
    }


def there(thing: Object) -> LiveState:
    held = thing[RELATIONSHIPS]
    assert isinstance(held, dict)
    links = {name: tuple(Target(one["id"], one["type"]) for one in some) for name, some in held.items()}  # type: ignore[union-attr, index, arg-type]
    return LiveState(id=ME, standing="live", object=thing, links=links)  # type: ignore[arg-type]


def planned(record: Object, now: Object, safety: Safety = SAFETY, mode: str = "exact") -> Made:
    return Made(items(record, there(now), Options(mode=mode), GROUPS, {}, FRAME, safety))  # type: ignore[arg-type]


def removed(made: Made) -> set[str]:
    return {target for step in made.steps if step.action == "removeLink" for target in step.targets}


def test_an_exact_match_takes_others_out_but_not_the_emergency_account_nor_the_restorer():
    made = planned(group(NEW), group(NEW, ANN, BOB, RESTORER))
    assert removed(made) == {BOB}
    assert {word for gap in made.gaps for word in (ANN, RESTORER) if word in gap.what} == {ANN, RESTORER}


def test_a_group_through_which_it_is_a_member_stays_as_well():
    assert removed(planned(group(NEW), group(NEW, INNER, BOB))) == {BOB}
    assert removed(planned(group(NEW), group(NEW, INNER, BOB), replace(SAFETY, break_glass=frozenset()))) == {
        INNER,
        BOB,
    }


def test_from_a_group_that_holds_roles_those_are_not_taken_through_whom_the_tenant_is_administered():
    """Whoever is left may be disabled or unable to sign in."""
    roles = {"isAssignableToRole": True}
    assert removed(planned(group(NEW, **roles), group(NEW, ANN, BOB, CAT, **roles))) == {BOB}
    nobody_known = replace(SAFETY, break_glass=frozenset(), caller="")
    kept = min(nobody_known.administrators)
    assert removed(planned(group(NEW, **roles), group(NEW, ANN, BOB, CAT, **roles), nobody_known)) == {
        ANN,
        BOB,
        CAT,
    } - {kept}


@pytest.mark.parametrize(
    "now", [group(ANN), group(ANN, membershipRule="user.a -eq 1", groupTypes=["DynamicMembership"])]
)
def test_no_rule_throws_it_out(now: Object):
    dynamic = group(membershipRule="user.b -eq 2", membershipRuleProcessingState="On", groupTypes=["DynamicMembership"])
    made = planned(dynamic, now)
    assert not any(isinstance(step.body, dict) and "membershipRule" in step.body for step in made.steps)
    assert any("emergency account" in gap.why for gap in made.gaps)
    nobody = replace(SAFETY, break_glass=frozenset())
    written = [step.body for step in planned(dynamic, now, nobody).steps]
    assert any(isinstance(body, dict) and body.get("membershipRule") == "user.b -eq 2" for body in written)


def test_an_undo_of_its_addition_does_not_take_it_out():
    before, after = group(NEW), group(NEW, ANN, BOB)
    done = planned(after, before, mode="add")
    taken = {step.id: Done() for step in done.steps}
    found = undo_items(done.items[-1], taken, there(after), GROUPS, {}, FRAME, SAFETY)
    assert {target for item in found for step in item.steps for target in step.targets} == {BOB}


def test_the_group_itself_is_not_deleted():
    assert not deletion_item(there(group(ANN)), GROUPS, FRAME, SAFETY).steps


@pytest.mark.parametrize("link", ["members", "owners"])
def test_who_is_put_into_a_group_that_gives_roles_is_dangerous_and_takes_the_right_to_give_roles(link: str):
    """Whoever owns it can put anybody into it."""
    for gives_roles in (True, False):
        bare = group(isAssignableToRole=gives_roles)
        held = {"members": [], "owners": [], link: [{"id": BOB, "type": "user"}]}
        made = planned({**bare, RELATIONSHIPS: held}, bare)  # type: ignore[dict-item]
        steps = [step for step in made.steps if step.link == link]
        assert steps
        assert {step.danger == "high" for step in steps} == {gives_roles}
        assert {"RoleManagement.ReadWrite.Directory" in step.needs for step in steps} == {gives_roles}
        assert any("directory roles" in gap.what for gap in made.gaps) is gives_roles

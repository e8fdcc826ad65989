"""What named a lost object is made to name the new one, and nothing else about it is touched."""

from dataclasses import replace

import pytest

from functions.catalogue.model import Deletes
from functions.core.calls import token
from functions.core.links import Target
from functions.core.plan import LiveState, Options
from functions.core.plan_heal import healing_items
from tests.unit.restore.entries import (
    ANN,
    BOB,
    CAT,
    FRAME,
    GROUPS,
    ME,
    NEW,
    POLICIES,
    USERS,
    Made,
    group,
    live,
    policy,
    user,
)
from tests.unit.restore.kinds import APPLICATIONS, ASSIGNMENTS

IDS = {BOB: token(BOB)}
MEMBERS = "@relationships.members"


def healed(entry, record, state, *paths, ids=IDS, options=None, lost=()):
    return Made(healing_items(record, state, entry, paths, options or Options(), ids, FRAME, lost=lost))


def test_a_group_gets_the_new_member_and_nothing_else():
    there = live(group(description="changed since"), members=(ANN,))
    made = healed(GROUPS, group((ANN, BOB, CAT)), there, MEMBERS)
    (step,) = made.steps
    assert step.targets == (token(BOB),)
    assert step.body == {"members@odata.bind": [f"{FRAME.graph_url}/v1.0/directoryObjects/{token(BOB)}"]}
    (item,) = made.items
    assert (item.origin, item.scope, item.object_id) == ("reference", "links", ME)
    assert item.digest != ""


def test_a_manager_is_put_back_unless_there_is_another_now():
    record = user(**{"@relationships": {"manager": [{"id": BOB, "type": "user"}]}})
    (step,) = healed(USERS, record, live(user(), manager=()), "@relationships.manager").steps
    assert step.targets == (token(BOB),)
    made = healed(USERS, record, live(user(), manager=(CAT,)), "@relationships.manager")
    assert made.steps == ()
    assert "manager" in made.gaps[0].what


def test_a_policy_that_still_names_the_old_id_names_the_new_and_keeps_its_later_changes():
    record = policy(users={"includeUsers": [ANN], "excludeGroups": [BOB]})
    there = policy("disabled", users={"includeUsers": [CAT], "excludeGroups": [BOB]})
    (step,) = healed(POLICIES, record, live(there), "conditions.users.excludeGroups").steps
    assert set(step.body) == {"conditions"}
    assert step.body["conditions"]["users"]["excludeGroups"] == [token(BOB)]
    assert step.body["conditions"]["users"]["includeUsers"] == [CAT]


def test_what_the_service_took_out_of_an_array_comes_back():
    record = policy(users={"includeUsers": ["All"], "excludeGroups": [BOB]})
    there = policy(users={"includeUsers": ["All"], "excludeUsers": [CAT], "excludeGroups": []})
    (step,) = healed(POLICIES, record, live(there), "conditions.users.excludeGroups").steps
    assert step.body["conditions"]["users"]["excludeGroups"] == [token(BOB)]
    assert step.body["conditions"]["users"]["excludeUsers"] == [CAT]


def test_a_rule_is_rewritten_where_it_still_names_the_old_id():
    rule = f'memberOf -any (group.objectId -in ["{BOB}"]) -and x'
    dynamic = {"groupTypes": ["DynamicMembership"], "membershipRuleProcessingState": "On"}
    there = live(group(**dynamic, membershipRule=rule + " -or y"))
    (step,) = healed(GROUPS, group(**dynamic, membershipRule=rule), there, "membershipRule").steps
    assert step.body["membershipRule"] == rule.replace(BOB, token(BOB)) + " -or y"
    there = live(group(**dynamic, membershipRule="something else"))
    made = healed(GROUPS, group(**dynamic, membershipRule=rule), there, "membershipRule")
    assert made.steps == ()
    assert "membershipRule" in made.gaps[0].what


def test_an_element_of_an_array_of_objects_comes_back_whole():
    entry = replace(APPLICATIONS, elsewhere=frozenset())
    access = {"resourceAppId": BOB, "resourceAccess": [{"id": ANN, "type": "Role"}]}
    record = {"id": ME, "displayName": "A", "requiredResourceAccess": [access]}
    other = {"resourceAppId": CAT, "resourceAccess": []}
    there = LiveState(id=ME, standing="live", object={**record, "requiredResourceAccess": [other]})
    (step,) = healed(entry, record, there, "requiredResourceAccess.resourceAppId").steps
    assert sorted(step.body["requiredResourceAccess"], key=str) == sorted(
        [other, {**access, "resourceAppId": token(BOB)}], key=str
    )
    standing = LiveState(id=ME, standing="live", object=record)
    (step,) = healed(entry, record, standing, "requiredResourceAccess.resourceAppId").steps
    assert step.body["requiredResourceAccess"] == [{**access, "resourceAppId": token(BOB)}]


def test_a_part_that_named_it_comes_back():
    path = "@relationships.federatedIdentityCredentials.subject"
    entry = replace(APPLICATIONS, references=(path,))
    named = {"id": "c1", "name": "n", "issuer": "i", "subject": f"repo:{BOB}"}
    record = {"id": ME, "displayName": "A", "@relationships": {"federatedIdentityCredentials": [named]}}
    there = LiveState(id=ME, standing="live", object=record, parts={"federatedIdentityCredentials": ()})
    (step,) = healed(entry, record, there, path).steps
    assert (step.action, step.body["subject"]) == ("addPart", f"repo:{token(BOB)}")
    dangling = replace(there, parts={"federatedIdentityCredentials": (named,)})
    (step,) = healed(entry, record, dangling, path).steps
    assert (step.action, step.body) == ("changePart", {"subject": f"repo:{token(BOB)}"})


def test_what_was_mapped_long_ago_is_not_put_back():
    made = healed(GROUPS, group((ANN, BOB)), live(group()), MEMBERS, ids={**IDS, ANN: NEW})
    assert [step.targets for step in made.steps] == [(token(BOB),)]


def test_what_an_earlier_restore_made_anew_is_put_back_where_that_is_asked_for():
    record, there = group((ANN, BOB)), live(group())
    assert healed(GROUPS, record, there, MEMBERS, ids={BOB: NEW}).items == []
    assert [step.targets for step in healed(GROUPS, record, there, MEMBERS, ids={BOB: NEW}, lost={BOB}).steps] == [
        (NEW,)
    ]
    named = policy(users={"includeUsers": ["All"], "excludeGroups": [BOB]})
    place = "conditions.users.excludeGroups"
    (step,) = healed(POLICIES, named, live(named), place, ids={BOB: NEW}, lost={BOB}).steps
    assert step.body["conditions"]["users"]["excludeGroups"] == [NEW]
    done = policy(users={"includeUsers": ["All"], "excludeGroups": [NEW]})
    assert healed(POLICIES, named, live(done), place, ids={BOB: NEW}, lost={BOB}).items == []


def test_an_assignment_that_went_along_is_made_again():
    record = {"id": "b2xkLWdyYW50", "principalId": BOB, "resourceId": ANN, "appRoleId": CAT}
    gone = LiveState(id=record["id"], standing="gone")
    (step,) = healed(ASSIGNMENTS, record, gone, "principalId").steps
    assert (step.action, step.body["principalId"]) == ("create", token(BOB))
    assert healed(ASSIGNMENTS, record, gone, "principalId").items[0].origin == "reference"
    other = replace(ASSIGNMENTS, restore=replace(ASSIGNMENTS.restore, follows=("resourceId",)))
    made = healed(other, record, gone, "principalId")
    assert made.steps == ()
    assert made.gaps
    schedule = replace(ASSIGNMENTS, restore=replace(ASSIGNMENTS.restore, deletes=Deletes.NO))
    assert [step.action for step in healed(schedule, record, gone, "principalId").steps] == ["create"]


@pytest.mark.parametrize("standing", ["gone", "deleted"])
def test_a_referrer_that_is_not_there_is_told(standing):
    made = healed(GROUPS, group((BOB,)), LiveState(id=ME, standing=standing), MEMBERS)
    assert made.steps == ()
    (gap,) = made.gaps
    assert "Restore it too" in gap.todo


def test_a_type_that_cannot_be_written_says_what_to_do():
    entry = replace(GROUPS, restore=None, unrestored="write it by hand.")
    made = healed(entry, group((BOB,)), live(group()), MEMBERS)
    assert made.steps == ()
    assert "write it by hand." in made.gaps[0].todo


def test_the_caller_chooses_what_is_put_right():
    for chosen, offered in (
        (None, True),
        ({"groups"}, True),
        ({f"groups/{ME}"}, True),
        ({"users"}, False),
        (set(), False),
    ):
        options = Options(references=None if chosen is None else frozenset(chosen))
        made = healed(GROUPS, group((BOB,)), live(group()), MEMBERS, options=options)
        assert bool(made.steps) == offered


def test_the_rules_of_the_type_hold_here_too():
    synced = live(group(onPremisesSyncEnabled=True))
    made = healed(GROUPS, group((BOB,)), synced, MEMBERS)
    assert made.steps == ()
    assert "synchronised" in made.gaps[0].why


def test_nothing_is_planned_where_the_new_id_stands_already():
    there = LiveState(id=ME, standing="live", object=group(), links={"members": (Target(token(BOB), "user"),)})
    assert healed(GROUPS, group((BOB,)), there, MEMBERS).items == []
    assert healed(GROUPS, group((BOB,)), live(group(), members=(BOB,)), "description").items == []

"""Ids that nobody knows yet, and ids that are known to be dead: where they stand in a plan, and where they never do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.calls import filled, token, tokens
from functions.core.diff import dead_in
from functions.core.links_remap import referred, remapped
from functions.core.plan import LiveState
from functions.core.plan_draft import stage_of
from functions.core.record import encode
from functions.errors import PlanNotApplicable
from tests.unit.restore.entries import (
    ANN,
    BOB,
    CAT,
    FRAME,
    GONE,
    GROUPS,
    ME,
    NEW,
    POLICIES,
    USERS,
    group,
    live,
    planned,
    policy,
    user,
)
from tests.unit.restore.kinds import APPLICATIONS

RULE = f'user.memberof -any (group.objectId -in ["{BOB}"])'
DYNAMIC = {"groupTypes": ["DynamicMembership"], "membershipRule": RULE, "membershipRuleProcessingState": "On"}


def test_ids_are_replaced_inside_texts_lists_and_objects_and_nowhere_else():
    entry = replace(GROUPS, references=("membershipRule", "settings.values", "extra"))
    record = group((BOB,), description=BOB, membershipRule=RULE, settings={"values": [{"v": [BOB]}, {"v": f"x/{BOB}"}]})
    record["extra"] = {"a": {"b": BOB}}
    found = remapped(record, entry, {BOB: token(BOB)})
    assert found["membershipRule"] == RULE.replace(BOB, token(BOB))
    assert found["settings"] == {"values": [{"v": [token(BOB)]}, {"v": f"x/{token(BOB)}"}]}
    assert found["extra"] == {"a": {"b": token(BOB)}}
    assert found["description"] == BOB
    assert found["@relationships"]["members"] == [{"id": token(BOB), "type": "user"}]


def test_a_record_that_names_nothing_new_is_not_copied_and_never_changed():
    record = group((BOB,), membershipRule=RULE)
    before = encode(record)
    assert remapped(record, GROUPS, {CAT: NEW}) is record
    remapped(record, GROUPS, {BOB: NEW})
    assert encode(record) == before


def test_two_old_ids_of_one_object_become_one():
    record = policy(users={"includeUsers": [ANN, BOB], "excludeUsers": []})
    found = remapped(record, POLICIES, {ANN: NEW, BOB: NEW})
    assert found["conditions"]["users"]["includeUsers"] == [NEW]


def test_an_object_that_the_plan_makes_is_not_missing():
    record = remapped(group((BOB,), membershipRule=RULE), GROUPS, {BOB: token(BOB)})
    assert [target.id for target in referred(record, GROUPS)] == [token(BOB)]
    assert dead_in([token(BOB), {"x": [f"a {token(BOB)}"]}], {BOB}) == []
    assert dead_in({"x": [f"a {BOB}"]}, {BOB}) == [BOB]


def test_a_gone_dynamic_group_whose_rule_names_a_later_one_starts_assigned():
    made = planned(GROUPS, group(**DYNAMIC), GONE, ids={BOB: token(BOB)})
    create, convert = made.steps
    assert create.action == "create"
    assert create.body["groupTypes"] == []
    assert "membershipRule" not in create.body
    assert convert in made["links"].steps
    assert convert.body == {
        "groupTypes": ["DynamicMembership"],
        "membershipRule": RULE.replace(BOB, token(BOB)),
        "membershipRuleProcessingState": "On",
    }


def test_a_rule_that_names_what_is_made_earlier_is_written_at_once():
    frame = replace(FRAME, made={BOB: stage_of(USERS)})
    made = planned(GROUPS, group(**DYNAMIC), GONE, ids={BOB: token(BOB)}, frame=frame)
    (create,) = made.steps
    assert create.body["membershipRule"] == RULE.replace(BOB, token(BOB))
    assert create.body["groupTypes"] == ["DynamicMembership"]


def test_an_application_that_names_itself_is_told_its_new_id_when_it_has_one():
    app = {"id": ME, "appId": NEW, "displayName": "Payroll", "identifierUris": [f"api://{NEW}", "https://x.example"]}
    made = planned(APPLICATIONS, app, GONE, ids={ME: token(ME), NEW: token(NEW)})
    create, later = made.steps
    assert "identifierUris" not in create.body
    assert later in made["links"].steps
    assert (later.action, later.path) == ("update", f"/applications/{token(ME)}")
    assert sorted(later.body["identifierUris"]) == sorted([f"api://{token(NEW)}", "https://x.example"])


def test_a_change_of_a_live_object_waits_too():
    there = live(group(**{**DYNAMIC, "membershipRule": "x"}))
    made = planned(GROUPS, group(**DYNAMIC), there, ids={BOB: token(BOB)})
    assert [item.scope for item in made.items if item.steps] == ["links"]


def test_a_policy_comes_after_all_it_names_and_is_made_in_one():
    frame = replace(FRAME, made={ANN: stage_of(USERS), BOB: stage_of(GROUPS)})
    made = planned(POLICIES, policy(), GONE, ids={ANN: token(ANN), BOB: token(BOB)}, frame=frame)
    users = made.steps[0].body["conditions"]["users"]
    assert (users["excludeUsers"], users["excludeGroups"]) == ([token(ANN)], [token(BOB)])


def test_a_property_that_names_a_dead_object_is_left_and_told():
    state = replace(live(group(**{**DYNAMIC, "membershipRule": "x"}, description="y")), missing=frozenset({BOB}))
    made = planned(GROUPS, group(**DYNAMIC), state)
    assert [step.body for step in made.steps] == [{"description": "Who works at the harbour"}]
    (gap,) = made.gaps
    assert "membershipRule" in gap.what
    assert BOB in gap.why


def test_what_a_dead_object_would_be_required_for_is_not_made():
    needed = replace(GROUPS, restore=replace(GROUPS.restore, required=frozenset({"membershipRule"})))
    made = planned(needed, group(**DYNAMIC), replace(GONE, missing=frozenset({BOB})))
    assert made.steps == ()
    assert any(BOB in gap.why for gap in made.gaps)


IDS = st.sampled_from([ANN, BOB, CAT, NEW])
MISSING = st.frozensets(IDS)
OBJECTS = st.one_of(
    st.builds(
        lambda rule, who: (GROUPS, group(tuple(who), membershipRule=rule)), IDS.map(lambda i: f"x {i}"), st.sets(IDS)
    ),
    st.builds(lambda who: (USERS, user(**{"@relationships": {"manager": [{"id": who, "type": "user"}]}})), IDS),
    st.builds(
        lambda who: (POLICIES, policy(users={"includeUsers": ["All"], "excludeUsers": who})), st.lists(IDS, unique=True)
    ),
    st.builds(
        lambda uri, app: (
            APPLICATIONS,
            {
                "id": ME,
                "appId": guid_like(app),
                "displayName": "A",
                "identifierUris": [f"api://{uri}"],
                "requiredResourceAccess": [{"resourceAppId": app}],
                "@relationships": {
                    "owners": [{"id": uri, "type": "user"}],
                    "federatedIdentityCredentials": [{"name": "a", "issuer": "i", "subject": f"repo:{uri}"}],
                },
            },
        ),
        IDS,
        IDS,
    ),
)


def guid_like(text):
    return text[::-1].replace("-", "0")[:8] + "-0000-4000-8000-000000000000"


@given(OBJECTS, MISSING, st.booleans(), st.sampled_from(["add", "exact"]), st.dictionaries(IDS, IDS.map(token)))
def test_no_call_ever_names_a_dead_object(pair, missing, gone, mode, ids):
    entry, record = pair
    missing -= ids.keys()
    bare = {"id": ME, "displayName": "other"}
    parts = {relationship.name: () for relationship in entry.relationships if relationship.contained}
    state = (
        LiveState(id=ME, standing="gone", missing=missing)
        if gone
        else LiveState(id=ME, standing="live", object=bare, missing=missing, parts=parts)
    )
    made = planned(entry, record, state, ids=ids, mode=mode)
    for step in made.steps:
        text = encode([step.path, step.body]).decode()
        for old in tokens([step.path, step.body]):
            text = text.replace(token(old), "")
        assert not [dead for dead in missing if dead in text]


def test_tokens_are_filled_everywhere_and_an_unknown_one_is_refused():
    body = {"a": [f"x{token(ANN)}y", {"b": token(BOB)}], "c": 1}
    assert tokens(body) == {ANN, BOB}
    assert filled(body, {ANN: "1", BOB: "2"}) == {"a": ["x1y", {"b": "2"}], "c": 1}
    with pytest.raises(PlanNotApplicable):
        filled(body, {ANN: "1"})

"""Differences and sameness of objects, and the law that applying a plan's PATCHes makes the object what it was."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from functions.core.diff import changes, empty, holds, same, shape
from functions.core.plan_registry import RULES
from tests.unit.restore.entries import ANN, BOB, CAT, ENTRIES, USERS, group, live, location, planned, policy, user

WORDS = st.sampled_from(["a", "b", "Größe", "日本", ""])
MAYBE = st.none() | WORDS
SETS = st.lists(st.sampled_from(["1", "2", "3"]), unique=True, max_size=3)
PEOPLE = st.lists(st.sampled_from([ANN, BOB, CAT]), unique=True, max_size=3)

USER_OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "jobTitle": MAYBE,
        "department": MAYBE,
        "businessPhones": SETS,
        "otherMails": SETS,
        "employeeOrgData": st.none() | st.fixed_dictionaries({"costCenter": MAYBE, "division": MAYBE}),
        "createdDateTime": WORDS,
        "assignedPlans": SETS,
        "onSomething": WORDS,
    },
).map(lambda more: user(**more))
GROUP_OBJECTS = st.builds(
    group,
    description=MAYBE,
    displayName=st.sampled_from(["a", "b"]),
    groupTypes=st.sampled_from([[], ["Unified"], ["DynamicMembership"]]),
    membershipRule=st.sampled_from([None, "rule"]),
    mail=MAYBE,
)
POLICY_OBJECTS = st.builds(
    policy,
    state=st.sampled_from(["enabled", "disabled"]),
    users=st.builds(lambda people: {"includeUsers": ["All"], "excludeUsers": people}, PEOPLE),
    clientAppTypes=SETS,
)
LOCATION_OBJECTS = st.builds(
    location, displayName=st.sampled_from(["a", "b"]), isTrusted=st.booleans(), createdDateTime=MAYBE
)
PAIRS = st.one_of(
    st.tuples(st.just(key), things, things)
    for key, things in (
        ("users", USER_OBJECTS),
        ("groups", GROUP_OBJECTS),
        ("conditionalAccessPolicies", POLICY_OBJECTS),
        ("namedLocations", LOCATION_OBJECTS),
    )
)


def after(thing, made):
    changed = deepcopy(thing)
    for step in made.steps:
        if step.method == "PATCH":
            changed |= {name: value for name, value in step.body.items() if not name.endswith("@odata.bind")}
    return changed


@given(PAIRS)
def test_applying_the_patches_makes_every_writable_property_what_it_was(pair):
    key, record, there = pair
    entry, rules = ENTRIES[key], RULES[key]
    made = planned(entry, record, live(there), mode="exact")
    result = after(there, made)
    excused = {name for gap in made.gaps for name in entry.restore.update if name in gap.what + gap.why + gap.todo}
    if any("stays" in gap.what for gap in made.gaps):
        excused |= {"groupTypes", "membershipRule", "membershipRuleProcessingState"}
    if any("left as it is" in gap.what for gap in made.gaps):
        excused |= entry.restore.update
    left = changes(rules.normal(shape(result, entry)), rules.normal(shape(record, entry)))
    assert {change.property for change in left} & entry.restore.update <= excused


@given(PAIRS, st.sampled_from(["add", "exact"]))
def test_no_body_holds_what_may_not_be_written(pair, mode):
    key, record, there = pair
    entry = ENTRIES[key]
    for step in planned(entry, record, live(there), mode=mode).steps:
        assert set(step.body or {}) <= entry.restore.update | {"@odata.type", "@odata.id", "members@odata.bind"}


@given(PAIRS)
def test_add_only_ever_gives_values(pair):
    key, record, there = pair
    entry = ENTRIES[key]
    for step in planned(entry, record, live(there)).steps:
        assert step.method != "DELETE"
        assert step.action != "clearProperty"


@given(PAIRS)
def test_a_second_plan_after_applying_has_no_property_step(pair):
    key, record, there = pair
    entry = ENTRIES[key]
    result = after(there, planned(entry, record, live(there), mode="exact"))
    again = planned(entry, record, live(result), mode="exact")
    assert [step for step in again.steps if step.action in ("update", "clearProperty")] == []


def test_set_like_arrays_and_empty_values_are_the_same_in_any_form():
    left = shape({"a": [{"x": 1, "y": None}, {"x": 2}], "b": [], "c": {"d": None}}, USERS)
    right = shape({"c": None, "a": [{"x": 2, "z": []}, {"x": 1}]}, USERS)
    assert same(left["a"], shape({"a": [{"x": 1}, {"x": 2}]}, USERS)["a"])
    assert changes(left, right) == []
    assert empty({"d": []})


def test_a_property_the_wanted_object_lacks_is_no_change():
    assert changes({"a": 1, "b": 2}, {"a": 1}) == []


def test_volatile_properties_are_no_change():
    record, there = user(signInActivity={"x": 1}), user(signInActivity={"x": 2})
    assert changes(shape(there, USERS), shape(record, USERS)) == []


def test_holds_lets_graph_add_but_not_lose():
    wanted = {"users": {"includeUsers": ["b", "a"]}, "state": "disabled", "note": None}
    actual = {"users": {"includeUsers": ["a", "b"], "excludeUsers": []}, "state": "disabled", "id": "1"}
    assert holds(wanted, actual)
    assert not holds(wanted, {**actual, "state": "enabled"})
    assert not holds({"a": ["x"]}, {"a": ["x", "y"]})
    assert not holds({"a": None}, {"a": "x"})
    assert holds({"r": [{"c": 1}, {"c": 2}]}, {"r": [{"c": 2, "t": 0}, {"c": 1}]})

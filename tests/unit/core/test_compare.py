"""What differs between two records: by path, sets as sets, members by what tells them apart, links on their own."""

from functions.catalogue.model import Fetch, ObjectType, Relationship
from functions.core.compare import ABSENT, Difference, LinkDifference, differences, link_differences

POLICIES = ObjectType(
    key="policies",
    title="Policies",
    path="/policies",
    ordered=frozenset({"definition"}),
    relationships=(Relationship(name="settings", fetch=Fetch.BATCH, contained=True, keeps_order=True),),
)


def found(before, after):
    return differences({"id": "a", **before}, {"id": "a", **after}, POLICIES)


def test_the_same_record_has_no_differences():
    record = {"name": "A", "tags": ["x", "y"], "rules": [{"id": "1", "on": True}], "empty": None}
    assert found(record, dict(record)) == []


def test_values_are_told_by_path_down_to_the_leaf():
    assert found({"a": {"b": {"c": 1}}, "x": 1}, {"a": {"b": {"c": 2}}, "x": 1}) == [Difference("a.b.c", 1, 2)]


def test_absent_and_null_are_not_the_same():
    assert found({"a": None}, {}) == [Difference("a", None, ABSENT)]
    assert found({}, {"a": None}) == [Difference("a", ABSENT, None)]


def test_one_and_true_are_not_the_same():
    assert [(d.path, d.after is True) for d in found({"a": {"b": 1}}, {"a": {"b": True}})] == [("a.b", True)]


def test_a_set_tells_what_came_and_went():
    assert found({"tags": ["x", "y", "y"]}, {"tags": ["y", "z"]}) == [
        Difference("tags", added=("z",), removed=("x", "y"))
    ]
    assert found({"tags": ["x", "y"]}, {"tags": ["y", "x"]}) == []


def test_an_ordered_array_is_shown_whole():
    assert found({"definition": ["a", "b"]}, {"definition": ["b", "a"]}) == [
        Difference("definition", ["a", "b"], ["b", "a"])
    ]


def test_members_with_a_key_are_followed_inside():
    before = [{"id": "one", "max": "P1D", "target": {"ops": ["all"]}}, {"id": "two", "max": "P2D"}]
    after = [{"id": "two", "max": "P2D"}, {"id": "one", "max": "P7D", "target": {"ops": ["all", "add"]}}]
    assert found({"rules": before}, {"rules": after}) == [
        Difference("rules[one].max", "P1D", "P7D"),
        Difference("rules[one].target.ops", added=("add",)),
    ]


def test_members_that_came_and_went_are_shown_whole():
    old, new = {"id": "one", "max": 1}, {"id": "two", "max": 2}
    kept = {"id": "kept", "max": 3}
    assert found({"rules": [old, kept]}, {"rules": [kept, new]}) == [Difference("rules", added=(new,), removed=(old,))]


def test_members_that_share_a_key_are_compared_as_they_are():
    before, after = [{"id": "x", "n": 1}, {"id": "x", "n": 2}], [{"id": "x", "n": 1}, {"id": "x", "n": 3}]
    assert found({"rules": before}, {"rules": after}) == [
        Difference("rules", added=({"id": "x", "n": 3},), removed=({"id": "x", "n": 2},))
    ]


def test_another_kind_of_value_is_a_change_of_the_whole():
    assert found({"a": [1]}, {"a": {"b": 1}}) == [Difference("a", [1], {"b": 1})]
    assert found({"a": [{"id": "x"}]}, {"a": []}) == [Difference("a", removed=({"id": "x"},))]


def links(before, after):
    return link_differences({"id": "a", "@relationships": before}, {"id": "a", "@relationships": after}, POLICIES)


def test_links_are_compared_by_id():
    anna, bert = {"id": "anna", "type": "user"}, {"id": "bert", "type": "user"}
    assert links({"members": [anna], "owners": [anna]}, {"members": [bert], "owners": [anna]}) == [
        LinkDifference("members", added=(bert,), removed=(anna,))
    ]


def test_objects_inside_are_followed():
    assert links({"creds": [{"id": "c", "subject": "a"}]}, {"creds": [{"id": "c", "subject": "b"}]}) == [
        LinkDifference("creds", changed=(Difference("creds[c].subject", "a", "b"),))
    ]


def test_the_order_inside_objects_counts_where_their_relationship_keeps_it():
    before, after = ({"id": "s", "steps": {"values": values}} for values in (["a", "b"], ["b", "a"]))
    assert links({"settings": [before]}, {"settings": [after]}) == [
        LinkDifference("settings", changed=(Difference("settings[s].steps.values", ["a", "b"], ["b", "a"]),))
    ]
    assert links({"creds": [before]}, {"creds": [after]}) == []


def test_a_relationship_that_was_not_read_says_nothing():
    anna = {"id": "anna", "type": "user"}
    assert links({"members": [anna]}, {}) == [LinkDifference("members", unread="after")]
    assert links({}, {"members": [anna]}) == [LinkDifference("members", unread="before")]


def test_relationships_are_no_properties():
    assert found({"@relationships": {"members": []}}, {"@relationships": {"members": [{"id": "x"}]}}) == []

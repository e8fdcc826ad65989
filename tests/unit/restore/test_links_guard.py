"""No call a restore can make deletes an object through a link: there DELETE exists with `/$ref` only."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.catalogue import TYPES
from functions.catalogue.model import Deletes, Read
from functions.core.calls import check_call, token
from functions.core.links import Target, link_changes, ref_path
from functions.core.plan import Step
from functions.errors import PlanNotApplicable
from tests.unit.restore.entries import ANN, GROUPS, ME, USERS, group, live, planned, user

_PIECES = st.sampled_from(
    [
        "",
        "/",
        "/users",
        "/groups",
        "/members",
        "/owners",
        "/microsoft.graph.user",
        "/directory/administrativeUnits",
        f"/{ME}",
        f"/{ANN}",
        f"/{token(ME)}",
        "/$ref",
        "/restore",
        "/..",
        "?x=1",
    ]
)
LINKED = [
    (entry, relationship.name)
    for entry in TYPES.values()
    if entry.restore is not None
    for relationship in entry.relationships
    if not relationship.contained
]


def test_a_link_path_ends_with_ref():
    assert ref_path(f"/groups/{ME}", "members", ANN) == f"/groups/{ME}/members/{ANN}/$ref"
    assert ref_path(f"/groups/{token(ME)}", "members") == f"/groups/{token(ME)}/members/$ref"
    assert ref_path(f"/groups/{ME}", "members", token(ANN)) == f"/groups/{ME}/members/{token(ANN)}/$ref"


@pytest.mark.parametrize(
    ("source", "link", "target"),
    [
        ("/groups", "members", ANN + "?"),
        (f"/groups/{ME}", "members/..", ANN),
        (f"/groups/{ME}", "members", "a/b"),
        (f"/groups/{ME}", "members", f"{ANN}/$ref?"),
        (f"/groups/{ME}", "members", ".."),
        (f"/groups/{ME}", f"members/{ANN}", ""),
        (f"/groups/{ME}", "", ""),
        ("groups", "members", ANN),
        ("", "", ""),
    ],
)
def test_a_link_path_takes_ids_and_names_only(source, link, target):
    with pytest.raises(PlanNotApplicable):
        ref_path(source, link, target)


@given(st.lists(_PIECES, max_size=6).map("".join), st.sampled_from(["DELETE", "PATCH", "POST", "PUT"]))
def test_nothing_is_sent_to_the_object_at_the_other_end_of_a_link(path, method):
    try:
        step = Step(id="1", action="removeLink", method=method, path=path, reason="")
    except PlanNotApplicable:
        return
    bare = step.path.removesuffix("/$ref")
    assert step.path != bare or not re.search(r"/(members|owners)(/[^/]+)?$", bare)
    if method == "DELETE" and step.path == bare:
        collection = bare.rpartition("/")[0]
        assert collection in {entry.restore.collection for entry in TYPES.values() if entry.restore}


@pytest.mark.parametrize(("entry", "link"), LINKED, ids=lambda item: getattr(item, "key", item))
def test_no_link_of_any_type_can_be_deleted_without_ref(entry, link):
    address = re.sub(r"\{\w+\}", ME, entry.restore.collection)
    address += "" if entry.read is Read.ONE else f"/{ME}"
    with pytest.raises(PlanNotApplicable):
        check_call("DELETE", f"{address}/{link}/{ANN}")


@pytest.mark.parametrize("entry", [entry for entry in TYPES.values() if entry.restore], ids=lambda entry: entry.key)
def test_an_object_can_be_deleted_only_where_its_entry_says_so(entry):
    address = re.sub(r"\{\w+\}", ME, entry.restore.collection) + f"/{ANN}"
    never = (Deletes.NO, Deletes.REQUEST)
    if entry.restore.deletes in never:
        others = {
            other.restore.collection for other in TYPES.values() if other.restore and other.restore.deletes not in never
        }
        if entry.restore.collection not in others:
            with pytest.raises(PlanNotApplicable):
                check_call("DELETE", address)
    else:
        check_call("DELETE", address)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", f"/groups/{ME}/members/{ANN}"),
        ("DELETE", f"/groups/{ME}/members/{ANN}/$ref?x"),
        ("DELETE", f"/directory/administrativeUnits/{ME}/members/{ANN}"),
        ("DELETE", f"/directory/deletedItems/{ME}"),
        ("DELETE", f"/directoryObjects/{ME}"),
        ("DELETE", f"/organization/{ME}"),
        ("DELETE", "/users"),
        ("PATCH", f"/groups/{ME}/members/{ANN}"),
        ("POST", f"/groups/{ME}/members/{ANN}"),
        ("POST", f"/directory/administrativeUnits/{ME}/members"),
        ("PATCH", f"/users/{ME}/manager"),
        ("PATCH", f"/users/{ME}/../{ANN}"),
        ("POST", "/users?x=1"),
        ("GET", "/users"),
        ("delete", f"/groups/{ME}/members/{ANN}/$ref"),
    ],
)
def test_calls_a_restore_never_makes_are_refused(method, path):
    with pytest.raises(PlanNotApplicable):
        check_call(method, path)


@given(st.text(alphabet="ab/.$?#%{}:-_ é", min_size=1, max_size=12))
def test_an_id_out_of_a_record_cannot_leave_its_place_in_a_path(strange):
    record = {**group((strange,)), "id": ME}
    try:
        made = planned(GROUPS, record, live(group()), mode="exact")
        gone = planned(GROUPS, group(), live(group(), members=(strange,)), mode="exact")
    except PlanNotApplicable:
        return
    for step in (*made.steps, *gone.steps):
        assert step.path.count("/") == (5 if step.method == "DELETE" else 2)
        assert step.method != "DELETE" or step.path.endswith("/$ref")


def test_only_exact_names_links_to_remove():
    wanted, there = [Target(ME)], [Target(ANN)]
    assert link_changes(wanted, there, "add") == ([Target(ME)], [])
    assert link_changes(wanted, there, "exact") == ([Target(ME)], [Target(ANN)])


def test_a_restore_of_one_type_deletes_no_object_of_another():
    unlinked = replace(USERS, restore=replace(USERS.restore, deletes=Deletes.NO))
    made = planned(unlinked, user(**{"@relationships": {"manager": []}}), live(user(), manager=(ANN,)), mode="exact")
    assert [(step.method, step.path) for step in made.steps] == [("DELETE", f"/users/{ME}/manager/$ref")]

"""No call a restore can make deletes an object: DELETE exists with `/$ref` only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.links import NEW_ID, Target, check_call, link_changes, ref_path
from functions.core.plan import Step
from functions.errors import PlanNotApplicable
from tests.unit.restore.entries import ANN, ME

_PIECES = st.sampled_from(
    [
        "",
        "/",
        "/users",
        "/groups",
        "/members",
        "/owners",
        f"/{ME}",
        f"/{ANN}",
        f"/{NEW_ID}",
        "/$ref",
        "/restore",
        "?x=1",
    ]
)


def test_a_link_path_ends_with_ref():
    assert ref_path("/groups", ME, "members", ANN) == f"/groups/{ME}/members/{ANN}/$ref"
    assert ref_path("/groups", NEW_ID, "members") == f"/groups/{NEW_ID}/members/$ref"


@pytest.mark.parametrize(
    ("source", "link", "target"),
    [
        ("x", "members", ANN),
        (ME, "members/..", ANN),
        (ME, "members", "a/b"),
        (ME, "members", f"{ANN}/$ref?"),
        ("", "", ""),
    ],
)
def test_a_link_path_takes_ids_and_names_only(source, link, target):
    with pytest.raises(PlanNotApplicable):
        ref_path("/groups", source, link, target)


@given(st.lists(_PIECES, max_size=6).map("".join))
def test_no_delete_without_ref_can_be_built(path):
    try:
        step = Step(id="1", action="removeLink", method="DELETE", path=path, reason="")
    except PlanNotApplicable:
        return
    assert step.path.endswith("/$ref")
    assert f"/members/{ANN}" not in step.path.removesuffix(f"/members/{ANN}/$ref")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", f"/users/{ME}"),
        ("DELETE", f"/groups/{ME}/members/{ANN}"),
        ("DELETE", f"/groups/{ME}/members/{ANN}/$ref?x"),
        ("DELETE", f"/directory/deletedItems/{ME}"),
        ("PATCH", f"/groups/{ME}/members/{ANN}"),
        ("POST", f"/groups/{ME}/members/{ANN}"),
        ("POST", f"/users/{ME}/revokeSignInSessions"),
        ("GET", "/users"),
        ("delete", f"/groups/{ME}/members/{ANN}/$ref"),
    ],
)
def test_calls_a_restore_never_makes_are_refused(method, path):
    with pytest.raises(PlanNotApplicable):
        check_call(method, path)


def test_only_exact_names_links_to_remove():
    wanted, there = [Target(ME)], [Target(ANN)]
    assert link_changes(wanted, there, "add") == ([Target(ME)], [])
    assert link_changes(wanted, there, "exact") == ([Target(ME)], [Target(ANN)])

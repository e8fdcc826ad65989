"""The demo proves nothing unless its comparison finds what is wrong: each case here has one thing that is."""

import pytest

from local.demo_proof import Difference, differences
from local.demo_token import granted, token

USER, AGAIN, GROUP = "user-1", "user-2", "group-1"
PLAN = {
    "objectId": USER,
    "gaps": [
        {"what": f"The id {USER}"},
        {"what": "Sign-in methods: MFA registrations, passkeys, Windows Hello, the Authenticator app"},
    ],
}


def thing(links=None, **properties):
    return {"object": properties, "links": links or {}}


def before():
    return {
        ("user", USER): thing(id=USER, displayName="Ada", jobTitle="Engineer"),
        ("group", GROUP): thing(id=GROUP, displayName="Legal", links={"members": [USER, "user-9"]}),
        ("authenticationMethod", f"{USER}/m"): thing(id="m"),
        ("signIn", "s"): thing(id="s", userId=USER),
    }


def after():
    """As it is when all went well: the user has a new id, and history still tells of the old one."""
    return {
        ("user", AGAIN): thing(id=AGAIN, displayName="Ada", jobTitle="Engineer"),
        ("group", GROUP): thing(id=GROUP, displayName="Legal", links={"members": ["user-9", AGAIN]}),
        ("signIn", "s"): thing(id="s", userId=USER),
    }


def unnamed(after) -> list[Difference]:
    return [found for found in differences(before(), after, {USER: AGAIN}, [PLAN]) if not found.reason]


def test_a_new_id_and_what_a_plan_names_are_told_with_its_words():
    found = differences(before(), after(), {USER: AGAIN}, [PLAN])
    assert [(one.what, one.reason) for one in found] == [
        ("has a new id", f"The id {USER}"),
        ("is gone", "Sign-in methods"),
    ]


@pytest.mark.parametrize(
    ("kind", "identity", "what"), [("user", AGAIN, "is gone"), ("group", GROUP, "is gone"), ("signIn", "s", "is gone")]
)
def test_what_did_not_come_back_is_found(kind: str, identity: str, what: str):
    state = after()
    del state[kind, identity]
    assert [found.what for found in unnamed(state)] == [what]


def test_a_member_that_is_missing_is_found():
    state = after()
    state["group", GROUP]["links"]["members"] = ["user-9"]
    assert [found.what for found in unnamed(state)] == ["links members"]


def test_an_old_id_that_stayed_in_a_live_object_is_found():
    state = after()
    state["group", GROUP]["links"]["members"] = ["user-9", USER]
    assert [found.what for found in unnamed(state)] == ["links members"]


def test_a_value_that_no_plan_named_is_found():
    state = after()
    state["user", AGAIN]["object"]["jobTitle"] = "Clerk"
    assert [found.what for found in unnamed(state)] == ["jobTitle"]


def test_history_that_was_rewritten_is_found():
    state = after()
    state["signIn", "s"]["object"]["userId"] = AGAIN
    assert [found.what for found in unnamed(state)] == ["userId"]


def test_what_nobody_asked_for_is_found():
    state = after()
    state["user", "user-3"] = thing(id="user-3", displayName="Eve")
    assert [found.what for found in unnamed(state)] == ["is new"]


def test_the_token_has_the_permissions_of_the_page_but_the_forgotten():
    page = "| Permission | Reads |\n|---|---|\n| `User.Read.All` | users |\n| `User-Life.Read.All` | users/x |\n"
    assert granted(page, ["User.Read.All"]) == ["User-Life.Read.All"]
    with pytest.raises(ValueError, match=r"Group\.Read\.All"):
        granted(page, ["Group.Read.All"])


def test_both_sides_read_the_same_permissions_from_the_token():
    from functions.graph.roles import roles_of
    from local.tenant.access import roles_of as roles_in_the_tenant

    made = token(["User.Read.All", "Group.Read.All"])
    assert roles_of(made) == roles_in_the_tenant(made) == {"User.Read.All", "Group.Read.All"}


@pytest.mark.parametrize(("sku", "named"), [("E5", True), ("E3", False)])
def test_what_the_service_makes_of_licences_counts_only_where_they_are_the_same(sku: str, named: bool):
    first, second = before(), after()
    first["user", USER]["object"] |= {
        "assignedLicenses": [{"skuId": "E5"}],
        "licenseAssignmentStates": [{"skuId": "E5", "lastUpdatedDateTime": "2026-01-01T00:00:00Z"}],
    }
    second["user", AGAIN]["object"] |= {
        "assignedLicenses": [{"skuId": sku}],
        "licenseAssignmentStates": [{"skuId": sku, "lastUpdatedDateTime": "2026-11-22T00:00:00Z"}],
    }
    found = {one.what: one.reason for one in differences(first, second, {USER: AGAIN}, [PLAN])}
    assert bool(found["licenseAssignmentStates"]) is named
    assert found.get("assignedLicenses", "the same") == ("the same" if named else "")

"""A scope in a few words, as the list of plans shows it."""

import pytest

from functions.restore.scope import Between, One, PlanRequest


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (PlanRequest(type="users", id="a"), "users/a"),
        (PlanRequest(objects=(One("users", "a"), One("groups", "b"))), "2 objects"),
        (PlanRequest(type="users", all=True), "users: all"),
        (PlanRequest(changes=Between("r1")), "changes r1 to newest"),
        (PlanRequest(changes=Between("r1", "r2", ("users", "groups"))), "changes r1 to r2: users, groups"),
        (PlanRequest(tenant=True), "tenant"),
        (PlanRequest(tenant=True, types=("users",)), "tenant: users"),
    ],
)
def test_a_scope_says_what_it_is_of(request_: PlanRequest, words: str):
    assert request_.words() == words

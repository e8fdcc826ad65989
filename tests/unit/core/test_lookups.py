"""Ids that are looked up when a call is sent: what stands for them in a plan, and what is made of it."""

from functions.core.calls import filled, token, tokens
from functions.core.lookups import Lookup, looked_up, lookup, lookups

LIST = "/identityGovernance/entitlementManagement/catalogs/11111111-2222-3333-4444-555555555555/resources"


def test_a_text_stands_for_an_id_until_it_is_known():
    body = {"role": {"resource": {"id": lookup(LIST, "originId", "https://a.example/sites/1")}}, "same": [1, None]}
    wanted = Lookup(LIST, "originId", "https://a.example/sites/1")
    assert lookups(body) == {wanted}
    assert looked_up(body, {wanted: "abc"}) == {"role": {"resource": {"id": "abc"}}, "same": [1, None]}


def test_a_name_may_hold_any_letter():
    name = "Tell {all} | of «them», 100 %"
    text = lookup(LIST, "displayName", name)
    assert lookups(text) == {Lookup(LIST, "displayName", name)}
    assert looked_up(text, {Lookup(LIST, "displayName", name): "x"}) == "x"


def test_a_call_waits_for_what_the_lookup_names():
    path = LIST.replace("11111111-2222-3333-4444-555555555555", token("old"))
    body = {"id": lookup(path, "originId", token("group"))}
    assert tokens(body) == {"old", "group"}
    there = filled(body, {"old": "new", "group": "g2"})
    assert lookups(there) == {Lookup(path.replace(token("old"), "new"), "originId", "g2")}


def test_a_body_without_lookups_stays_as_it_is():
    body = {"displayName": "find: nothing", "values": ["{find}", "{new:x}"]}
    assert lookups(body) == set()
    assert looked_up(body, {}) == body

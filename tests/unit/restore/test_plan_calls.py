"""Calls that no entry can describe: where they stand in a plan, what they take, and when there are none."""

from dataclasses import replace

import pytest

from functions.core import plan_items, plan_make
from functions.core.calls import token
from functions.core.plan_rules import Call, Rules
from tests.unit.restore.entries import ANN, BOB, GONE, GROUPS, ME, group, live, planned

LICENCE = Call(
    path="/assignLicense",
    body={"addLicenses": [ANN]},
    reason="Its licences differ.",
    before={"assignedLicenses": []},
    after={"assignedLicenses": [ANN]},
    needs=("LicenseAssignment.ReadWrite.All",),
    serial="licences",
    danger="elevated",
)


@pytest.fixture
def rules(monkeypatch):
    """Puts other rules in place of those of the type."""

    def put(**hooks):
        for module in (plan_make, plan_items):
            monkeypatch.setattr(module, "rules_of", lambda key: Rules(**hooks))

    return put


def test_a_call_goes_below_the_object_with_its_own_lock_and_permissions(rules):
    rules(calls=lambda situation, gaps: [LICENCE])
    (step,) = planned(GROUPS, group(), live(group())).steps
    assert (step.action, step.method, step.path) == ("call", "POST", f"/groups/{ME}/assignLicense")
    assert step.needs == ("Group.ReadWrite.All", "LicenseAssignment.ReadWrite.All")
    assert (step.serial, step.danger) == ("licences", "elevated")
    assert (step.before, step.after) == ({"assignedLicenses": []}, {"assignedLicenses": [ANN]})


def test_calls_come_before_after_and_with_the_links(rules):
    def call(name):
        return [Call(path=f"/{name}", body=None, reason="")]

    rules(
        before=lambda situation, gaps: call("first"),
        calls=lambda situation, gaps: call("then"),
        late=lambda situation, gaps: call("late"),
    )
    made = planned(GROUPS, group((BOB,)), live(group(displayName="x")))
    assert [step.path.rpartition("/")[2] for step in made["object"].steps] == ["first", ME, "then"]
    assert [step.path.rpartition("/")[2] for step in made["links"].steps] == ["late", ME]
    gone = planned(GROUPS, group(), GONE)
    assert [step.path.rpartition("/")[2] for step in gone.steps] == ["groups", "then", "late"]


def test_a_call_of_another_address_is_sent_there(rules):
    rules(calls=lambda situation, gaps: [replace(LICENCE, path=f"/policies/x/{situation.here}", whole=True)])
    assert planned(GROUPS, group(), GONE).steps[-1].path == f"/policies/x/{token(ME)}"


def test_a_call_about_what_was_not_chosen_is_not_made(rules):
    rules(calls=lambda situation, gaps: [LICENCE])
    there = live(group())
    assert planned(GROUPS, group(), there, properties=frozenset({"displayName"})).steps == ()
    assert planned(GROUPS, group(), there, relationships=frozenset({"members"})).steps == ()
    assert len(planned(GROUPS, group(), there, properties=frozenset({"assignedLicenses"})).steps) == 1
    rules(calls=lambda situation, gaps: [replace(LICENCE, after={"members": []})])
    assert planned(GROUPS, group(), there, properties=frozenset({"members"})).steps == ()
    assert len(planned(GROUPS, group(), there, relationships=frozenset({"members"})).steps) == 1


def test_a_call_that_names_a_dead_object_is_a_gap(rules):
    rules(calls=lambda situation, gaps: [LICENCE])
    made = planned(GROUPS, group(), replace(live(group()), missing=frozenset({ANN})))
    assert made.steps == ()
    assert ANN in made.gaps[0].why


def test_a_call_that_names_what_is_made_no_earlier_goes_with_the_links(rules):
    rules(calls=lambda situation, gaps: [replace(LICENCE, body={"x": token(BOB)})])
    made = planned(GROUPS, group(), live(group()))
    assert [item.scope for item in made.items if item.steps] == ["links"]


def test_an_object_that_is_asked_for_is_not_created_and_has_no_links(rules):
    rules(asked=lambda situation, gaps: [replace(LICENCE, path="/requests", whole=True, later=True)])
    made = planned(GROUPS, group((BOB,)), GONE, properties=frozenset({"description"}))
    (step,) = made.steps
    assert (step.action, step.path, step.later) == ("call", "/requests", True)


def test_what_calls_write_is_watched_and_no_gap(rules):
    entry = replace(GROUPS, read_only=GROUPS.read_only | {"assignedLicenses"})
    record, there = group(assignedLicenses=[ANN]), live(group(assignedLicenses=[]))
    rules()
    unwatched = planned(entry, record, there)
    assert "assignedLicenses" in unwatched.gaps[0].what
    rules(watched=frozenset({"assignedLicenses"}))
    watched = planned(entry, record, there)
    assert watched.gaps == ()
    changed = planned(entry, record, live(group(assignedLicenses=[BOB])))
    assert changed["object"].digest != watched["object"].digest

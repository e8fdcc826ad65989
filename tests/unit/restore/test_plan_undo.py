"""An undoing plan takes back what was done, and nothing that somebody has done since."""

from dataclasses import replace

import msgspec
import pytest

from functions.catalogue.model import Deletes
from functions.core import plan_make
from functions.core.calls import filled, token
from functions.core.links import Target
from functions.core.plan import LiveState
from functions.core.plan_make import deletion_item, digest_of, numbered
from functions.core.plan_registry import RULES
from functions.core.plan_rules import Call
from functions.core.plan_undo import Done, leaving, undo_items
from tests.unit.restore.entries import (
    ANN,
    BOB,
    CAT,
    FRAME,
    GONE,
    GROUPS,
    ME,
    NEW,
    USERS,
    Made,
    binned,
    calls,
    group,
    live,
    planned,
    user,
)
from tests.unit.restore.kinds import APPLICATIONS, ASSIGNMENTS, SETS

NAME = "federatedIdentityCredentials"


def undone(made, state, entry, *, ids=None, done=None, gone=frozenset()):
    found = []
    for item in numbered(made.items, 1):
        steps = {step.id: Done() for step in item.steps} if done is None else done
        found += undo_items(item, steps, state, entry, ids or {}, FRAME, gone=gone)
    return Made(sorted(found, key=lambda item: item.stage))


def applied(state, made, ids=None):
    """The object after the plan: properties, links, parts."""
    thing, links, parts = dict(state.object), dict(state.links), {key: list(v) for key, v in state.parts.items()}
    for step in made.steps:
        if step.action in ("update", "clearProperty"):
            thing |= filled(step.after, ids or {})
        there = {target.id: target for target in links.get(step.link, ())}
        if step.action in ("addLinks", "setLink"):
            there = {} if step.action == "setLink" else there
            there |= {target: Target(target, "user") for target in step.targets}
        elif step.action == "removeLink":
            there = {key: target for key, target in there.items() if key not in step.targets}
        elif step.action == "addPart":
            parts.setdefault(step.link, []).append({"id": "made", **step.after})
        elif step.action == "changePart":
            parts[step.link] = [p | step.after if p["id"] == step.part else p for p in parts[step.link]]
        elif step.action == "removePart":
            parts[step.link] = [part for part in parts[step.link] if part["id"] != step.part]
        if step.link:
            links[step.link] = tuple(there.values())
    return replace(state, object=thing, links=links, parts={key: tuple(found) for key, found in parts.items()})


def test_properties_get_the_value_they_had():
    before = live(user(jobTitle="Clerk", mobilePhone="0"), manager=(ANN,))
    made = planned(USERS, user(mobilePhone="1"), before)
    back = undone(made, applied(before, made), USERS)
    assert [step.body for step in back.steps] == [{"jobTitle": "Clerk"}, {"mobilePhone": "0"}]


def test_what_had_no_value_is_cleared_and_what_cannot_be_is_told():
    before = live(user(jobTitle=None, usageLocation=None), manager=(ANN,))
    made = planned(USERS, user(usageLocation="DE"), before)
    back = undone(made, applied(before, made), USERS)
    assert [(step.action, step.body) for step in back.steps] == [("clearProperty", {"jobTitle": None})]
    assert any("usageLocation" in gap.what for gap in back.gaps)


def test_what_somebody_changed_since_is_left():
    before = live(user(jobTitle="Clerk"), manager=(ANN,))
    made = planned(USERS, user(), before)
    back = undone(made, live(user(jobTitle="Director"), manager=(ANN,)), USERS)
    assert back.steps == ()
    assert "jobTitle" in back.gaps[0].what
    assert undone(made, before, USERS).items == []


def test_only_links_that_were_really_added_are_taken_away():
    before = live(group(), members=(CAT,))
    made = planned(GROUPS, group((ANN, BOB, CAT)), before)
    after = applied(before, made)
    step = next(step for item in numbered(made.items, 1) for step in item.steps)
    back = undone(made, after, GROUPS, done={step.id: Done(targets=(BOB,))})
    assert calls(back) == [("DELETE", f"/groups/{ME}/members/{BOB}/$ref")]
    assert sorted(calls(undone(made, after, GROUPS))) == [
        ("DELETE", f"/groups/{ME}/members/{ANN}/$ref"),
        ("DELETE", f"/groups/{ME}/members/{BOB}/$ref"),
    ]
    assert undone(made, before, GROUPS).steps == ()
    assert undone(made, after, GROUPS, done={}).items == []


def test_links_to_what_the_undoing_deletes_go_by_themselves():
    before = live(group())
    made = planned(GROUPS, group((ANN, BOB)), before, ids={BOB: token(BOB)})
    after = LiveState(
        id=ME, standing="live", object=group(), links={"members": (Target(ANN, "user"), Target(NEW, "user"))}
    )
    back = undone(made, after, GROUPS, ids={BOB: NEW}, gone=frozenset({NEW}))
    assert calls(back) == [("DELETE", f"/groups/{ME}/members/{ANN}/$ref")]


def test_removed_links_come_back():
    before = live(group(), members=(ANN, BOB))
    made = planned(GROUPS, group((ANN,)), before, mode="exact")
    back = undone(made, applied(before, made), GROUPS)
    (step,) = back.steps
    assert (step.action, step.targets) == ("addLinks", (BOB,))


@pytest.mark.parametrize("held", [(), (BOB,)])
def test_a_manager_goes_back_to_who_it_was(held):
    before = live(user(), manager=held)
    made = planned(USERS, user(), before)
    back = undone(made, applied(before, made), USERS)
    method = "PUT" if held else "DELETE"
    assert calls(back) == [(method, f"/users/{ME}/manager/$ref")]
    assert not held or back.steps[0].targets == held


def test_parts_are_taken_back_one_by_one():
    kept = {"id": "c1", "name": "deploy", "issuer": "i", "subject": "b"}
    extra = {"id": "c2", "name": "extra", "issuer": "i", "subject": "x"}
    app = {"id": ME, "displayName": "A"}
    record = {
        **app,
        "@relationships": {
            NAME: [{**kept, "subject": "a"}, {"id": "c3", "name": "new", "issuer": "i", "subject": "n"}]
        },
    }
    before = LiveState(id=ME, standing="live", object=app, parts={NAME: (kept, extra)})
    made = planned(APPLICATIONS, record, before, mode="exact")
    back = undone(made, applied(before, made), APPLICATIONS)
    done = [(step.action, step.body, step.part) for step in back.steps]
    assert ("changePart", {"subject": "b"}, "c1") in done
    assert ("removePart", None, "made") in done
    assert [body["name"] for action, body, _ in done if action == "addPart"] == ["extra"]


def test_what_was_made_is_deleted_softly_or_said_to_stay():
    made = planned(APPLICATIONS, {"id": ME, "displayName": "A"}, GONE)
    there = LiveState(id=NEW, standing="live", object={"id": NEW, "displayName": "A"})
    back = undone(made, there, APPLICATIONS, ids={ME: NEW})
    assert calls(back) == [("DELETE", f"/applications/{NEW}")]
    assert back.steps[0].danger == "high"
    made = planned(SETS, {"id": "Eng"}, LiveState(id="Eng", standing="gone"))
    back = undone(made, LiveState(id="Eng", standing="live", object={"id": "Eng"}), SETS)
    assert back.steps == ()
    assert "for good" in back.gaps[0].why


def test_an_object_that_is_deleted_needs_nothing_else_taken_back():
    made = planned(APPLICATIONS, {"id": ME, "displayName": "A"}, binned({"id": ME, "displayName": "B"}))
    item = numbered(made.items, 1)[0]
    done = {step.id: Done() for step in item.steps}
    assert [step.action for step in item.steps] == ["restoreDeleted", "update"]
    assert leaving(item, done, APPLICATIONS)
    assert not leaving(item, {}, APPLICATIONS)
    kept = replace(APPLICATIONS, restore=replace(APPLICATIONS.restore, deletes=Deletes.NO))
    assert not leaving(item, done, kept)
    there = live({"id": ME, "displayName": "A"})
    assert calls(undone(made, there, APPLICATIONS)) == [("DELETE", f"/applications/{ME}")]


def test_a_deleted_object_comes_out_of_the_bin_and_an_assignment_is_made_again():
    lying = {"id": ME, "displayName": "A"}
    item = deletion(APPLICATIONS, lying)
    back = undone(Made([item]), binned(lying), APPLICATIONS)
    assert [step.action for step in back.steps] == ["restoreDeleted"]
    grant = {"id": "Z3JhbnQ", "principalId": ANN, "resourceId": BOB, "appRoleId": CAT}
    item = deletion(ASSIGNMENTS, grant)
    back = undone(Made([item]), LiveState(id="Z3JhbnQ", standing="gone"), ASSIGNMENTS)
    (step,) = back.steps
    assert step.body == {"principalId": ANN, "resourceId": BOB, "appRoleId": CAT}
    item = deletion(APPLICATIONS, lying)
    back = undone(Made([item]), LiveState(id=ME, standing="gone"), APPLICATIONS)
    assert back.steps == ()
    assert "bin" in back.gaps[0].why


def deletion(entry, thing):
    return deletion_item(LiveState(id=thing["id"], standing="live", object=thing), entry, FRAME)


def test_the_order_is_turned_round_and_the_passes_stay_in_theirs():
    before = live(group(displayName="x"), members=(CAT,))
    made = planned(GROUPS, group((BOB,)), before, mode="exact")
    back = undone(made, applied(before, made), GROUPS)
    assert [step.action for step in back.steps] == ["addLinks", "removeLink", "update"]


def test_the_digest_is_of_the_object_as_it_is_now():
    before = live(user(jobTitle="Clerk"), manager=(ANN,))
    made = planned(USERS, user(), before)
    after = applied(before, made)
    item = undone(made, after, USERS).items[0]
    assert item.digest == digest_of(after, USERS, item.followed)


def test_the_rules_of_the_type_hold_here_too():
    before = live(group())
    made = planned(GROUPS, group((BOB,)), before)
    synced = applied(live(group(onPremisesSyncEnabled=True)), made)
    back = undone(made, synced, GROUPS)
    assert back.steps == ()
    assert "synchronised" in back.gaps[0].why


def test_a_call_that_nothing_takes_back_is_told():
    before = live(user(), manager=(ANN,))
    made = planned(USERS, user(jobTitle="x"), before)
    step = msgspec.structs.replace(made.steps[0], action="call", path=f"/users/{ME}/assignLicense", before=None)
    made = Made([msgspec.structs.replace(made.items[0], steps=(step,))])
    back = undone(made, before, USERS)
    assert back.steps == ()
    assert "by hand" in back.gaps[0].todo


def test_a_call_is_taken_back_by_the_one_its_type_names(monkeypatch):
    def back(situation, step):
        return [Call(path="/assignLicense", body={"removeLicenses": step.body["addLicenses"]}, reason="Undone.")]

    monkeypatch.setattr(plan_make, "rules_of", lambda key: replace(RULES[key], reverse=back))
    before = live(user(), manager=(ANN,))
    made = planned(USERS, user(jobTitle="x"), before)
    body = {"addLicenses": ["a"]}
    step = msgspec.structs.replace(
        made.steps[0], action="call", path=f"/users/{ME}/assignLicense", body=body, after=None
    )
    made = Made([msgspec.structs.replace(made.items[0], steps=(step,))])
    (step,) = undone(made, before, USERS).steps
    assert (step.action, step.body) == ("call", {"removeLicenses": ["a"]})


def test_what_a_call_did_and_somebody_changed_since_is_left():
    before = live(user(), manager=(ANN,))
    made = planned(USERS, user(jobTitle="x"), before)
    step = msgspec.structs.replace(made.steps[0], action="call", path=f"/users/{ME}/x", after={"jobTitle": "y"})
    made = Made([msgspec.structs.replace(made.items[0], steps=(step,))])
    back = undone(made, before, USERS)
    assert back.steps == ()
    assert "jobTitle" in back.gaps[0].what


def test_a_call_that_made_way_for_a_change_is_taken_back_with_it():
    before = live(user(jobTitle="Clerk"), manager=(ANN,))
    made = planned(USERS, user(), before)
    change = msgspec.structs.replace(made.steps[0], before={"jobTitle": "made way"})
    call = msgspec.structs.replace(
        change, action="call", before={"jobTitle": "Clerk"}, after={"jobTitle": "made way"}, path=f"/users/{ME}"
    )
    made = Made([msgspec.structs.replace(made.items[0], steps=(call, change))])
    back = undone(made, applied(before, Made(made.items[:1])), USERS)
    assert [step.body for step in back.steps] == [{"jobTitle": "Clerk"}]


def test_licences_that_were_given_are_taken_away_again():
    states = [{"skuId": BOB, "assignedByGroup": None, "disabledPlans": []}]
    given = {"licenseAssignmentStates": states, "assignedLicenses": [{"skuId": BOB, "disabledPlans": []}]}
    before = live(user(licenseAssignmentStates=[], assignedLicenses=[], usageLocation="DE"), manager=(ANN,))
    made = planned(USERS, user(usageLocation="DE", **given), before)
    assert [step.path for step in made.steps] == [f"/users/{ME}/assignLicense"]
    there = live(user(usageLocation="DE", **given), manager=(ANN,))
    (step,) = undone(made, there, USERS).steps
    assert step.body == {"addLicenses": [], "removeLicenses": [BOB]}
    assert step.serial == "licences"

"""What plans say and leave alone of users, groups, units and devices, by the entries of the catalogue."""

from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.links import Target
from functions.core.plan import LiveState
from functions.core.plan_licences import licences_back
from functions.core.plan_make import deletion_item
from functions.core.plan_rules import Safety, Situation
from functions.core.record import RELATIONSHIPS
from tests.unit.restore import entries
from tests.unit.restore.entries import ANN, BOB, FRAME, GONE, ME, group, guid, live, planned

USERS, GROUPS, UNITS, DEVICES = (TYPES[key] for key in ("users", "groups", "administrativeUnits", "devices"))
ADMINS = Safety(administrators={ANN: frozenset({BOB})}, break_glass=frozenset({ANN}), caller=BOB)
OWN = {"signInType": "userPrincipalName", "issuer": "x.example", "issuerAssignedId": "me@x.example"}
OUTSIDE = {"signInType": "federated", "issuer": "idp.example", "issuerAssignedId": "1"}


def user(**more: object):
    """Somebody without a manager."""
    return {**entries.user(**more), RELATIONSHIPS: {"manager": [], "sponsors": []}}


def told(made) -> str:
    return " | ".join(f"{gap.what} {gap.why} {gap.todo}" for gap in made.gaps)


def bodies(made) -> list[object]:
    return [step.body for step in made.steps]


def test_an_account_that_works_is_never_disabled_and_one_that_was_disabled_is_told_before_it_is_enabled():
    made = planned(USERS, user(accountEnabled=False), live(user(accountEnabled=True)), mode="exact")
    assert made.steps == ()
    assert "stays enabled" in told(made)
    made = planned(USERS, user(accountEnabled=True), live(user(accountEnabled=False)))
    assert [(step.body, step.danger) for step in made.steps] == [({"accountEnabled": True}, "elevated")]
    assert "is enabled again" in told(made)


def test_each_sensitive_property_goes_alone():
    record = user(mobilePhone="1", businessPhones=["2"], otherMails=["a@x.example"], jobTitle="Pilot")
    made = planned(USERS, record, live(user(jobTitle="x")))
    assert [sorted(body) for body in bodies(made)] == [["jobTitle"], ["businessPhones", "mobilePhone"], ["otherMails"]]


def test_an_administrator_is_told_to_take_a_role_only_where_it_is_asked_for():
    sensitive = planned(USERS, user(mobilePhone="1"), live({**user(), "id": ANN}), safety=ADMINS)
    assert "Privileged Authentication Administrator" in told(sensitive)
    plain = planned(USERS, user(jobTitle="1"), live({**user(), "id": ANN}), safety=ADMINS)
    assert "Privileged Authentication Administrator" not in told(plain)
    cleared = planned(USERS, user(mobilePhone=None), live({**user(mobilePhone="1"), "id": ANN}), safety=ADMINS)
    assert "Privileged Authentication Administrator" not in told(cleared)
    cleared = planned(
        USERS, user(mobilePhone=None), live({**user(mobilePhone="1"), "id": ANN}), safety=ADMINS, mode="exact"
    )
    assert "Privileged Authentication Administrator" in told(cleared)


def test_a_synced_account_is_written_what_the_cloud_masters():
    synced = {"onPremisesSyncEnabled": True}
    record = user(jobTitle="Pilot", usageLocation="NO", department=None, **synced)
    made = planned(USERS, record, live(user(jobTitle="x", usageLocation="SE", department="y", **synced)), mode="exact")
    assert bodies(made) == [{"usageLocation": "NO"}]
    assert "Not written to" in told(made)
    assert "department keeps its value" in told(made)
    assert planned(USERS, record, GONE).steps == ()


def test_identities_are_sent_whole_with_the_one_that_follows_from_the_name():
    made = planned(USERS, user(identities=[OWN, OUTSIDE]), live(user(identities=[OWN])))
    (step,) = made.steps
    assert (step.body, step.danger) == ({"identities": [OWN, OUTSIDE]}, "high")
    assert "User.ManageIdentities.All" in step.needs
    assert planned(USERS, user(identities=[OWN]), live(user(identities=[OWN, OUTSIDE]))).steps == ()
    (step,) = planned(USERS, user(identities=[OWN]), live(user(identities=[OWN, OUTSIDE])), mode="exact").steps
    assert step.body == {"identities": [OWN]}


def state(sku: str, by: str | None = None, off: tuple[str, ...] = ()) -> dict[str, object]:
    return {"skuId": sku, "assignedByGroup": by, "disabledPlans": [*off]}


def licensed(*states: dict[str, object], **more: object):
    assigned = [{"skuId": one["skuId"], "disabledPlans": one["disabledPlans"]} for one in states]
    return user(assignedLicenses=assigned, licenseAssignmentStates=[*states], usageLocation="NO", **more)


def test_all_licences_go_in_one_call_and_those_of_a_group_in_none():
    record = licensed(state("a"), state("b", off=("p",)), state("c", by=BOB))
    (step,) = planned(USERS, record, live(licensed(state("a"), state("d")))).steps
    assert step.body == {"addLicenses": [{"skuId": "b", "disabledPlans": ["p"]}], "removeLicenses": []}
    assert (step.serial, {one["skuId"] for one in step.after["assignedLicenses"]}) == ("licences", {"a", "b", "d"})
    made = planned(USERS, record, live(licensed(state("a"), state("d"))), mode="exact")
    assert made.steps[0].body["removeLicenses"] == ["d"]
    assert "from a group: c" in told(made)
    assert planned(USERS, record, live(record)).steps == ()


def test_licences_are_not_asked_for_without_a_usage_location():
    record = {**licensed(state("a")), "usageLocation": None}
    made = planned(USERS, record, live(user(licenseAssignmentStates=[], assignedLicenses=[], usageLocation=None)))
    assert made.steps == ()
    assert "usage location" in told(made)


def test_a_licence_call_is_taken_back_by_one_of_its_kind():
    there = live(licensed(state("a", off=("p",)), state("d")))
    (step,) = planned(USERS, licensed(state("a"), state("b")), there, mode="exact").steps
    blank = Situation(
        entry=USERS,
        options=None,
        identity=ME,
        record={},
        live=there,
        wanted={},
        current={},  # type: ignore[arg-type]
    )
    (call,) = licences_back(blank, step)
    assert call.body == {
        "addLicenses": [{"skuId": "a", "disabledPlans": ["p"]}, {"skuId": "d", "disabledPlans": []}],
        "removeLicenses": ["b"],
    }


@pytest.mark.parametrize(
    ("person", "safety", "more"),
    [
        (ANN, ADMINS, {}),
        (BOB, ADMINS, {}),
        (ME, Safety(administrators={ME: frozenset()}), {}),
        (ME, Safety(), {}),
        (ME, ADMINS, {"onPremisesSyncEnabled": True}),
    ],
    ids=["emergency account", "caller", "administrator", "administrators not known", "synced"],
)
def test_who_is_never_deleted(person, safety, more):
    item = deletion_item(live({**user(**more), "id": person}), USERS, FRAME, safety)
    assert item.steps == ()
    assert "stays" in item.gaps[0].what
    assert deletion_item(live(user()), USERS, FRAME, ADMINS).steps != ()


def test_which_groups_and_units_are_never_deleted():
    for more in (
        {"isAssignableToRole": True},
        {"onPremisesSyncEnabled": True},
        {"mailEnabled": True, "groupTypes": []},
    ):
        assert deletion_item(live(group(**more)), GROUPS, FRAME, ADMINS).steps == ()
    assert deletion_item(live({**group(), "id": BOB}), GROUPS, FRAME, ADMINS).steps == ()
    assert deletion_item(live(group()), GROUPS, FRAME, ADMINS).steps != ()
    unit = {"id": ME, "displayName": "U", "isMemberManagementRestricted": True}
    assert deletion_item(live(unit), UNITS, FRAME, ADMINS).steps == ()
    assert deletion_item(live({**unit, "isMemberManagementRestricted": False}), UNITS, FRAME, ADMINS).steps != ()


def test_more_owners_than_a_group_may_have_are_told():
    owners = tuple(guid(number) for number in range(100, 160))
    others = tuple(guid(number) for number in range(200, 250))
    made = planned(GROUPS, group((), owners), live(group(), owners=others, members=()))
    assert "more than 100 owners" in told(made)


def test_a_unit_that_was_dynamic_keeps_its_members_unless_an_exact_match_is_asked_for():
    rule = {"membershipType": "Dynamic", "membershipRule": "x", "membershipRuleProcessingState": "On"}
    unit = {"id": ME, "displayName": "U", RELATIONSHIPS: {"members": []}}
    made = planned(UNITS, {**unit, **rule}, live({"id": ME, "displayName": "U"}))
    assert made.steps == ()
    assert "keeps its assigned members" in told(made)
    (step,) = planned(UNITS, {**unit, **rule}, live({"id": ME, "displayName": "U"}), mode="exact").steps
    assert step.body == rule


def test_members_of_a_dynamic_unit_are_not_written():
    record = {
        "id": ME,
        "displayName": "U",
        "membershipType": "Dynamic",
        "membershipRule": "x",
        RELATIONSHIPS: {"members": [{"id": ANN, "type": "user"}]},
    }
    made = planned(UNITS, record, GONE)
    assert [step.action for step in made.steps] == ["create"]
    assert made.steps[0].body["membershipRuleProcessingState"] == "On"
    assert "follow from its rule" in told(made)


def test_a_device_is_never_made_and_never_disabled():
    device = {"id": ME, "displayName": "D", "accountEnabled": True}
    assert planned(DEVICES, device, GONE).steps == ()
    made = planned(DEVICES, {**device, "accountEnabled": False}, live(device))
    assert made.steps == ()
    assert "stays enabled" in told(made)
    (step,) = planned(DEVICES, device, live({**device, "accountEnabled": False})).steps
    assert (step.body, step.danger) == ({"accountEnabled": True}, "elevated")


def test_what_a_restricted_unit_protects_is_told():
    made = planned(USERS, user(jobTitle="a"), live({**user(jobTitle="b"), "isManagementRestricted": True}))
    assert "restricted management" in told(made)
    known = LiveState(
        id=ME,
        standing="live",
        object={**group(), "isManagementRestricted": True},
        links={"members": (Target(ANN, "user"),), "owners": ()},
    )
    assert "restricted management" in told(planned(GROUPS, group((BOB,)), known))


def test_what_only_a_role_of_the_restorer_lets_through_is_told_with_the_unit():
    unit = {"id": ME, "displayName": "Deck", RELATIONSHIPS: {"members": [{"id": ANN, "type": "user"}]}}
    there = LiveState(id=ME, standing="live", object=unit, links={"members": (Target(BOB, "user"),)})
    added = planned(UNITS, unit, there)
    assert "Privileged Role Administrator" not in told(added)
    made = planned(UNITS, unit, there, mode="exact")
    (gap,) = made["removals"].gaps
    assert "Privileged Role Administrator" in gap.todo
    assert [gap.what for gap in deletion_item(there, UNITS, FRAME).gaps] == ["Deck is deleted"]


def test_members_that_a_live_unit_will_protect_are_told():
    links = {RELATIONSHIPS: {"members": [{"id": ANN, "type": "user"}]}}
    unit = {"id": ME, "displayName": "Deck", "isMemberManagementRestricted": True, **links}
    there = LiveState(id=ME, standing="live", object=unit, links={"members": ()})
    assert "are protected as soon as" in told(planned(UNITS, unit, there))
    plain = {**unit, "isMemberManagementRestricted": False}
    assert planned(UNITS, plain, LiveState(id=ME, standing="live", object=plain, links={"members": ()})).gaps == ()


@pytest.mark.parametrize(("rank", "role"), [("high", "Privileged Authentication"), ("middle", "User")])
def test_accounts_of_administrators_name_the_role_that_the_restorer_lacks(rank, role):
    safety = Safety(administrators={BOB: frozenset()}, ranks={ME: rank})
    for made in (
        planned(USERS, user(mobilePhone="1"), live(user()), safety=safety),
        planned(USERS, user(), replace(live(user()), standing="deleted"), safety=safety),
        deletion_item(live(user()), USERS, FRAME, safety),
    ):
        assert made.steps
        assert f"directory role {role} Administrator" in told(made)
    assert "directory role" not in told(planned(USERS, user(jobTitle="1"), live(user()), safety=safety))
    assert "directory role" not in told(planned(USERS, user(mobilePhone="1"), live(user())))


def test_licences_that_cannot_be_had_are_left_out_and_told():
    record, there = licensed(state("a"), state("b"), state("c")), live(licensed(state("a", off=("p",))))
    units = {"a": 0, "b": 0, "d": 5}
    made = planned(USERS, record, there, frame=replace(FRAME, units=units))
    assert made.steps[0].body["addLicenses"] == [{"skuId": "a", "disabledPlans": []}]  # it has a unit already
    assert [one["skuId"] for one in made.steps[0].after["assignedLicenses"]] == ["a"]
    assert "does not get back: c" in told(made)
    assert "without a free unit: b" in told(made)
    known = planned(USERS, record, there, frame=replace(FRAME, units=dict.fromkeys("abc", 1)))
    assert [one["skuId"] for one in known.steps[0].body["addLicenses"]] == ["a", "b", "c"]
    assert known.gaps == ()


def test_a_group_may_have_licences_without_a_unit_for_every_member():
    given = [{"skuId": one, "disabledPlans": []} for one in "bc"]
    there = live(group(assignedLicenses=[]))
    made = planned(GROUPS, group(assignedLicenses=given), there, frame=replace(FRAME, units={"b": 0}))
    assert [one["skuId"] for one in made.steps[0].body["addLicenses"]] == ["b"]
    assert "its members have none" in told(made)


@pytest.mark.parametrize(("wanted", "sent"), [("Deck crew", "Deck crew"), (None, None), ("", None)])
def test_a_new_microsoft_365_group_is_given_its_description_again(wanted, sent):
    record = group(groupTypes=["Unified"], mailEnabled=True, description=wanted)
    made = planned(GROUPS, record, GONE)
    assert [step.body for step in made["links"].steps] == [{"description": sent}]
    assert ("perhaps" in told(made)) is (not wanted)
    assert [step.action for step in planned(GROUPS, group(description=wanted), GONE).steps] == ["create"]

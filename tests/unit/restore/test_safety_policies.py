"""Conditional Access: no policy is put in force that leaves nobody a way in, and none is switched on unasked."""

from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.plan import LiveState, Options
from functions.core.plan_make import deletion_item, items
from functions.core.plan_rules import Safety
from functions.core.record import Object
from tests.unit.restore.entries import ANN, BOB, CAT, FRAME, GONE, NEW, POLICIES, Made, binned, live, policy

REPORT_ONLY = "enabledForReportingButNotEnforced"
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
GROUP, OTHER = NEW, "00000000-0000-4000-8000-0000000000aa"
BLOCK = {"operator": "OR", "builtInControls": ["block"]}
MFA = {"operator": "OR", "builtInControls": ["mfa"]}
DEVICE = {"operator": "OR", "builtInControls": ["compliantDevice", "domainJoinedDevice"]}
STRENGTH = {"operator": "AND", "builtInControls": [], "authenticationStrength": {"id": OTHER}}
TERMS = {"operator": "OR", "builtInControls": [], "termsOfUse": [OTHER]}
# Ann's is the emergency account, in a group of its own; Cat is another administrator; Bob asks for the restore.
SAFETY = Safety(
    administrators={ANN: frozenset({GLOBAL, GROUP}), CAT: frozenset({GLOBAL})},
    break_glass=frozenset({ANN}),
    caller=BOB,
    caller_holds=frozenset({OTHER}),
)
NO_EMERGENCY = replace(SAFETY, break_glass=frozenset())
UNKNOWN = Safety(break_glass=frozenset({ANN}), caller=BOB)


def planned(record: Object, there: LiveState, safety: Safety = SAFETY, asked: str = "reportOnly") -> Made:
    return Made(items(record, there, Options(state=asked), POLICIES, {}, FRAME, safety))  # type: ignore[arg-type]


def everyone(**excluded: list[str]) -> Object:
    return {"includeUsers": ["All"], "excludeUsers": [], "excludeGroups": [], "excludeRoles": [], **excluded}  # type: ignore[dict-item]


def switched_on(record: Object, **more: object) -> tuple[object, ...]:
    """The bodies sent for a policy that is off in the tenant and was on in the backup."""
    made = planned(record, live({**record, "state": "disabled"}), **more)  # type: ignore[arg-type]
    return tuple(step.body for step in made.steps)


ON = ({"state": "enabled"},)


@pytest.mark.parametrize("grant", [BLOCK, MFA, DEVICE, STRENGTH, TERMS], ids=["block", "mfa", "device", "str", "terms"])
@pytest.mark.parametrize(
    ("excluded", "sent"),
    [
        ({}, ()),
        ({"excludeUsers": [CAT]}, ()),  # an administrator, but no emergency account
        ({"excludeUsers": [OTHER]}, ()),
        ({"excludeUsers": [ANN]}, ON),
        ({"excludeGroups": [GROUP]}, ON),
        ({"excludeRoles": [GLOBAL]}, ON),
    ],
)
def test_a_policy_for_everyone_is_put_in_force_where_an_emergency_account_is_left_out(grant, excluded, sent):
    assert switched_on(policy("enabled", everyone(**excluded), grant)) == sent


@pytest.mark.parametrize(
    "safety",
    [
        NO_EMERGENCY,  # none is named in the settings
        UNKNOWN,  # nobody knows whether it works
        replace(SAFETY, administrators={CAT: frozenset({GLOBAL})}),  # it is disabled, synced, gone, or no administrator
    ],
)
def test_an_emergency_account_that_is_not_known_to_work_is_no_way_in(safety):
    assert switched_on(policy("enabled", everyone(excludeUsers=[ANN]), MFA), safety=safety) == ()


@pytest.mark.parametrize(
    "users",
    [
        {"includeUsers": [], "includeRoles": [GLOBAL]},
        {"includeUsers": [ANN, CAT]},
        {"includeUsers": [CAT], "includeGroups": [GROUP]},
    ],
)
def test_every_administrator_named_by_itself_by_group_or_by_role_is_everybody(users):
    assert switched_on(policy("enabled", users, BLOCK)) == ()
    assert switched_on(policy("enabled", {**users, "excludeUsers": [ANN]}, BLOCK)) == ON


def test_the_one_who_asks_is_not_shut_out_unless_an_emergency_account_keeps_a_way_in():
    mine = {"includeUsers": [], "includeGroups": [OTHER]}
    assert switched_on(policy("enabled", mine, BLOCK), safety=NO_EMERGENCY) == ()
    assert switched_on(policy("enabled", mine, BLOCK)) == ON
    assert switched_on(policy("enabled", {"includeGroups": [ME_NOT]}, BLOCK), safety=NO_EMERGENCY) == ON


ME_NOT = "00000000-0000-4000-8000-0000000000bb"


def test_the_portals_are_everywhere_for_whoever_administers():
    record = policy("enabled", everyone(), BLOCK, applications={"includeApplications": ["MicrosoftAdminPortals"]})
    assert switched_on(record) == ()
    elsewhere = policy("enabled", everyone(), BLOCK, applications={"includeApplications": ["Office365"]})
    assert switched_on(elsewhere) == ON


@pytest.mark.parametrize("safety", [SAFETY, UNKNOWN])
@pytest.mark.parametrize("excluded", [{"excludeUsers": [ANN]}, {"excludeUsers": [ANN], "excludeGroups": [GROUP]}])
def test_an_emergency_account_is_never_taken_out_of_the_exclusions(safety, excluded):
    there = policy("enabled", everyone(**excluded), MFA)
    made = planned(policy("enabled", everyone(), MFA), live(there), safety=safety)
    assert made.steps == ()
    assert any(ANN in gap.why or "emergency" in gap.why for gap in made.gaps)


def test_one_of_two_emergency_accounts_is_not_taken_out_either():
    two = replace(SAFETY, break_glass=frozenset({ANN, CAT}))
    there = policy("enabled", everyone(excludeUsers=[ANN, CAT]), MFA)
    made = planned(policy("enabled", everyone(excludeUsers=[CAT]), MFA), live(there), safety=two)
    assert made.steps == ()
    assert ANN in made.gaps[0].why


def test_an_exclusion_that_stands_in_another_way_is_still_there():
    there = policy("enabled", everyone(excludeUsers=[ANN]), MFA)
    made = planned(policy("enabled", everyone(excludeGroups=[GROUP]), MFA), live(there), safety=SAFETY)
    assert [set(step.body) for step in made.steps] == [{"conditions"}]


def test_asking_for_more_in_a_policy_that_shuts_out_is_refused_and_other_changes_are_not():
    there = policy("enabled", everyone(), MFA)
    harder = planned(policy("enabled", everyone(), BLOCK), live(there), safety=NO_EMERGENCY)
    assert harder.steps == ()
    renamed = planned(policy("enabled", everyone(), MFA), live({**there, "displayName": "x"}), safety=SAFETY)
    assert [step.body for step in renamed.steps] == [{"displayName": "Require MFA"}]


@pytest.mark.parametrize("state", [GONE, binned(policy("disabled")), binned(policy("enabled"))])
def test_a_policy_that_comes_back_is_report_only_unless_it_was_asked_for_as_recorded(state: LiveState):
    def final(**more: object) -> object:
        made = planned(policy("enabled"), state, **more)  # type: ignore[arg-type]
        now = state.object.get("state")
        for step in made.steps:
            now = step.body.get("state", now) if isinstance(step.body, dict) else now
        return now

    assert final() == REPORT_ONLY
    assert final(asked="asRecorded") == "enabled"


@pytest.mark.parametrize("asked", ["reportOnly", "asRecorded"])
def test_a_policy_that_was_off_comes_back_off(asked):
    made = planned(policy("disabled"), GONE, safety=SAFETY, asked=asked)
    assert made.steps[0].body["state"] == "disabled"
    out = planned(policy("disabled"), binned(policy("enabled")), safety=SAFETY, asked=asked)
    assert [step.body for step in out.steps][:2] == [None, {"state": "disabled"}]
    assert out.steps[1].at_once


def test_as_recorded_does_not_open_the_way_for_a_policy_that_shuts_out():
    record = policy("enabled", everyone(), MFA)
    made = planned(record, GONE, safety=SAFETY, asked="asRecorded")
    assert made.steps[0].body["state"] == REPORT_ONLY
    assert any("emergency account" in gap.why for gap in made.gaps)
    assert planned(record, binned(record), safety=SAFETY, asked="asRecorded").steps == ()


@pytest.mark.parametrize("safety", [NO_EMERGENCY, UNKNOWN])
def test_what_lies_in_the_bin_in_force_and_shuts_out_stays_there(safety):
    record = policy("enabled", everyone(excludeUsers=[ANN]), BLOCK)
    made = planned(record, binned(record), safety=safety)
    assert made.steps == ()
    assert "left as it is" in made.gaps[0].what


def test_while_security_defaults_are_on_no_policy_is_switched_on():
    on = replace(SAFETY, security_defaults=True)
    assert switched_on(policy("enabled"), safety=on) == ()
    made = planned(policy("enabled"), GONE, safety=on, asked="asRecorded")
    assert made.steps[0].body["state"] == REPORT_ONLY
    assert any("Security defaults" in gap.why for gap in made.gaps)
    assert switched_on(policy("enabled"), safety=replace(SAFETY, security_defaults=False)) == ON


def test_a_policy_made_by_a_restore_is_switched_on_only_where_that_is_asked_for():
    state = LiveState(id=NEW, standing="live", object={**policy(REPORT_ONLY), "id": NEW})
    assert planned(policy("enabled"), state, safety=SAFETY).steps == ()
    made = planned(policy("enabled"), state, safety=SAFETY, asked="asRecorded")
    assert [step.body for step in made.steps] == [{"state": "enabled"}]


def test_a_missing_object_is_never_dropped_from_a_list():
    for lost in (ANN, BOB):
        for state in (GONE, live(policy(clientAppTypes=["browser"])), binned(policy("disabled", clientAppTypes=["x"]))):
            made = planned(policy(), replace(state, missing=frozenset({lost})), safety=SAFETY)
            assert made.steps == ()
            assert lost in made.gaps[0].why


def test_what_the_backup_could_not_read_is_not_written():
    record = policy(clientAppTypes=["all", "unknownFutureValue"])
    for state in (GONE, live(policy()), binned(policy("disabled"))):
        made = planned(record, state, safety=SAFETY)
        assert made.steps == ()
        assert "unknownFutureValue" in made.gaps[0].why


@pytest.mark.parametrize(
    "more",
    [
        {"sessionControls": {"continuousAccessEvaluation": {"mode": "strictLocation"}}},
        {"conditions": {**policy()["conditions"], "times": {"includedRanges": ["x"]}}},  # type: ignore[dict-item]
    ],
)
def test_a_policy_with_preview_features_is_left_alone_with_a_word(more):
    record = {**policy(), **more}
    made = planned(record, GONE, safety=SAFETY)
    assert made.steps == ()
    assert "preview" in made.gaps[0].why
    assert planned(record, live(record), safety=SAFETY).gaps == ()


def test_weight():
    def weight(record: Object, state: LiveState, **more: object) -> list[str]:
        made = planned(record, state, **more)  # type: ignore[arg-type]
        return [step.danger for step in made.steps]

    assert weight(policy(), GONE) == ["elevated"]
    assert weight(policy(), GONE, asked="asRecorded") == ["high"]
    assert weight(policy(), live(policy("disabled"))) == ["high"]
    assert weight(policy(), live({**policy(), "displayName": "x"})) == ["low"]
    assert weight(policy(grant=MFA), live(policy(grant=DEVICE))) == ["high"]


# ---- what was added


def added(key: str, **thing: object) -> tuple[int, list[str]]:
    """How many calls delete it, and what is said."""
    whole: Object = {"id": NEW, "displayName": "Added", **thing}  # type: ignore[dict-item]
    item = deletion_item(LiveState(id=NEW, standing="live", object=whole), TYPES[key], FRAME, SAFETY)
    return len(item.steps), [gap.why for gap in item.gaps]


def test_what_was_added_is_deleted_only_where_the_cloud_has_a_bin_for_it():
    for key in ("conditionalAccessPolicies", "namedLocations"):
        assert added(key, deletedDateTime=None) == (1, [])
        calls, said = added(key)
        assert calls == 0
        assert "for good" in said[0]


def test_a_trusted_location_is_not_deleted():
    calls, said = added("namedLocations", deletedDateTime=None, isTrusted=True)
    assert calls == 0
    assert "trusted" in said[0]

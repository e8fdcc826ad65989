"""Conditional Access: nobody is locked out, nothing in a policy is dropped silently."""

from dataclasses import replace

import pytest

from functions.catalogue.model import ObjectType
from functions.core.plan import LiveState
from functions.core.plan_rules import Safety
from functions.core.record import Object
from tests.unit.restore import entries
from tests.unit.restore.entries import ANN, BOB, CAT, GONE, ME, NEW, POLICIES, Made, binned, live, policy

REPORT_ONLY = "enabledForReportingButNotEnforced"
BLOCK = {"operator": "OR", "builtInControls": ["block"]}
EVERYONE = {"includeUsers": ["All"], "excludeUsers": [ANN]}
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
ADMINS = {"includeUsers": [], "includeRoles": [GLOBAL]}
WORKS = Safety(administrators={ANN: frozenset({GLOBAL}), CAT: frozenset({GLOBAL})}, break_glass=frozenset({ANN}))
NONE_WORKS = replace(WORKS, break_glass=frozenset())


def planned(entry: ObjectType, record: Object, state: LiveState, *, safety: Safety = WORKS, **more: object) -> Made:
    """A plan in a tenant with two administrators, one of which is an emergency account that works."""
    return entries.planned(entry, record, state, safety=safety, **more)  # type: ignore[arg-type]


def test_changed_conditions_are_sent_whole():
    changed = policy(users={"includeUsers": ["All"], "excludeUsers": [ANN, CAT], "excludeGroups": [BOB]})
    (step,) = planned(POLICIES, policy(), live(changed)).steps
    assert set(step.body) == {"conditions"}
    assert step.body["conditions"]["users"]["excludeUsers"] == [ANN]
    assert step.body["conditions"]["applications"]["includeApplications"] == ["All"]


@pytest.mark.parametrize(("state", "said"), [("enabled", True), ("disabled", False), (REPORT_ONLY, False)])
def test_who_is_no_longer_excluded_from_a_policy_in_force_is_named(state, said):
    there = policy(state, users={"includeUsers": ["All"], "excludeUsers": [ANN, CAT], "excludeGroups": []})
    made = planned(POLICIES, policy(state), live(there))
    assert [step.action for step in made.steps] == ["update"]
    told = [gap.what for gap in made.gaps if "no longer excludes" in gap.what]
    assert told == ([f"Require MFA no longer excludes user {CAT}"] if said else [])


def test_order_stamps_and_defaults_are_no_difference():
    record = policy(users={"includeUsers": ["All"], "excludeUsers": [ANN, CAT]})
    there = policy(users={"includeUsers": ["All"], "excludeUsers": [CAT, ANN], "includeGroups": []})
    there |= {"modifiedDateTime": "2026-01-01T00:00:00Z", "sessionControls": {"disableResilienceDefaults": False}}
    made = planned(POLICIES, record, live(there), mode="exact")
    assert made.steps == ()
    assert made.gaps == ()


@pytest.mark.parametrize(("was", "becomes"), [("enabled", REPORT_ONLY), (REPORT_ONLY, REPORT_ONLY), ("disabled",) * 2])
def test_a_gone_policy_never_comes_back_in_force(was, becomes):
    made = planned(POLICIES, policy(was), GONE)
    assert made.steps[0].body["state"] == becomes
    assert bool([gap for gap in made.gaps if "report-only" in gap.what]) == (was == "enabled")


def test_a_recreated_policy_is_not_switched_on_by_a_later_restore():
    state = LiveState(id=NEW, standing="live", object={**policy(REPORT_ONLY), "id": NEW})
    made = planned(POLICIES, policy(), state, ids={ME: NEW})
    assert made.steps == ()
    assert REPORT_ONLY in made.gaps[0].what


def test_a_policy_from_the_bin_is_made_report_only_by_the_very_next_call():
    made = planned(POLICIES, policy(), binned({**policy(), "displayName": "x"}))
    assert [(step.action, step.body) for step in made.steps] == [
        ("restoreDeleted", None),
        ("update", {"state": REPORT_ONLY}),
        ("update", {"displayName": "Require MFA"}),
    ]
    assert [step.at_once for step in made.steps] == [False, True, False]
    assert any("for a moment" in gap.what for gap in made.gaps)


def test_the_bin_patch_comes_even_when_the_state_was_not_chosen():
    made = planned(POLICIES, policy(), binned(policy()), properties=frozenset({"displayName"}))
    assert [step.body for step in made.steps] == [None, {"state": REPORT_ONLY}]


def test_ids_are_remapped_and_the_special_location_is_left():
    special = "00000000-0000-0000-0000-000000000000"
    record = policy(locations={"includeLocations": ["All"], "excludeLocations": [special, CAT]})
    made = planned(POLICIES, record, replace(GONE, missing=frozenset({special})), ids={BOB: NEW, CAT: NEW})
    conditions = made.steps[0].body["conditions"]
    assert conditions["users"]["excludeGroups"] == [NEW]
    assert sorted(conditions["locations"]["excludeLocations"]) == sorted([special, NEW])
    assert "All" in conditions["users"]["includeUsers"]


@pytest.mark.parametrize("state", [GONE, live(policy(clientAppTypes=["browser"])), binned(policy(clientAppTypes=[]))])
@pytest.mark.parametrize("lost", [ANN, BOB])
def test_a_missing_reference_stops_the_policy_instead_of_being_dropped(state, lost):
    made = planned(POLICIES, policy(), replace(state, missing=frozenset({lost})))
    assert made.steps == ()
    assert any(lost in gap.why for gap in made.gaps)


def test_a_missing_reference_does_not_stop_a_change_elsewhere():
    there = live({**policy(), "displayName": "x"})
    made = planned(POLICIES, policy(), replace(there, missing=frozenset({ANN})))
    assert [step.body for step in made.steps] == [{"displayName": "Require MFA"}]


def test_an_authentication_strength_is_reduced_to_its_id():
    grant = {
        "operator": "OR",
        "builtInControls": [],
        "authenticationStrength": {"id": CAT, "displayName": "Phishing-resistant", "policyType": "builtIn"},
    }
    body = planned(POLICIES, policy(grant=grant), GONE).steps[0].body
    assert body["grantControls"]["operator"] == "AND"
    assert body["grantControls"]["authenticationStrength"] == {"id": CAT}


@pytest.mark.parametrize("users", [EVERYONE, ADMINS])
@pytest.mark.parametrize(
    "before",
    [policy("disabled", EVERYONE, BLOCK), policy("enabled", {"includeUsers": [BOB]}, BLOCK), policy("enabled")],
)
def test_a_policy_that_blocks_everyone_in_force_is_refused(users, before):
    made = planned(POLICIES, policy("enabled", users, BLOCK), live(before), mode="exact", safety=NONE_WORKS)
    assert [step.body for step in made.steps if before["state"] == "enabled" or "state" in step.body] == []
    assert "block" in made.gaps[-1].why


def test_what_a_policy_that_is_off_must_not_do_in_force_comes_back_without_its_state():
    there = policy("disabled", {"includeUsers": [BOB]}, BLOCK)
    made = planned(POLICIES, policy("enabled", EVERYONE, BLOCK), live(there), mode="exact", safety=NONE_WORKS)
    [step] = made.steps
    assert step.body.keys() == {"conditions"}
    assert "stays disabled: its state is not written" in made.gaps[0].what


def test_a_policy_that_blocks_everyone_may_come_back_report_only():
    record = policy("enabled", EVERYONE, BLOCK)
    assert planned(POLICIES, record, GONE, safety=NONE_WORKS).steps[0].body["state"] == REPORT_ONLY
    assert planned(POLICIES, record, binned(record), safety=NONE_WORKS).steps == ()


@pytest.mark.parametrize(
    "narrowing",
    [
        {"clientAppTypes": ["exchangeActiveSync", "other"]},
        {"locations": {"includeLocations": ["AllTrusted"], "excludeLocations": []}},
        {"platforms": {"includePlatforms": ["linux"], "excludePlatforms": []}},
        {"userRiskLevels": ["high"]},
    ],
)
def test_a_block_that_leaves_a_path_open_is_restored(narrowing):
    record = policy("enabled", EVERYONE, BLOCK, **narrowing)
    there = policy("disabled", EVERYONE, BLOCK, **narrowing)
    assert planned(POLICIES, record, live(there), safety=NONE_WORKS).steps[0].body == {"state": "enabled"}


@pytest.mark.parametrize(
    "wide",
    [
        {"clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]},
        {"locations": {"includeLocations": ["All"], "excludeLocations": []}},
        {"platforms": {"includePlatforms": ["all"]}},
        {"clientAppTypes": []},
    ],
)
def test_conditions_that_take_in_everything_leave_no_path_open(wide):
    record = policy("enabled", EVERYONE, BLOCK, **wide)
    there = policy("disabled", EVERYONE, BLOCK, **wide)
    assert planned(POLICIES, record, live(there), safety=NONE_WORKS).steps == ()


def test_a_condition_the_backup_did_not_have_is_emptied_because_graph_keeps_what_is_not_sent():
    there = policy(authenticationFlows={"transferMethods": "deviceCodeFlow"}, servicePrincipalRiskLevels=["high"])
    (step,) = planned(POLICIES, policy(), live(there)).steps
    assert step.body["conditions"]["authenticationFlows"] is None
    assert step.body["conditions"]["servicePrincipalRiskLevels"] == []


@pytest.mark.parametrize("safety", [WORKS, Safety()])
def test_an_emergency_account_is_not_brought_under_a_policy_in_force(safety):
    record = policy(users={"includeUsers": ["All"], "excludeUsers": [BOB]})
    made = planned(POLICIES, record, live(policy()), safety=safety)
    assert made.steps == ()
    assert ANN in made.gaps[0].why


def test_whom_a_policy_excludes_under_an_old_id_it_goes_on_to_exclude():
    made = planned(POLICIES, policy(), live(policy()), ids={BOB: NEW}, safety=Safety())
    assert made.steps[0].body["conditions"]["users"]["excludeGroups"] == [NEW]

"""Attempts to have a Conditional Access policy put in force that leaves nobody a way in, by the ways that templates and
half-truths offer: conditions that look narrow, changes that widen little by little, states out of the recycle bin."""

from dataclasses import replace
from itertools import product

import pytest

from functions.core.plan import LiveState, Options
from functions.core.plan_heal import healing_items
from functions.core.plan_make import items
from functions.core.plan_rules import Safety
from functions.core.plan_undo import Done, undo_items
from functions.core.policy_reach import shut_out
from functions.core.record import Object
from tests.unit.restore.entries import ANN, BOB, CAT, FRAME, GONE, NEW, POLICIES, Made, binned, live, policy

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
REPORT_ONLY = "enabledForReportingButNotEnforced"
OTHER = "00000000-0000-4000-8000-0000000000aa"
NOBODY_SAFE = Safety(administrators={CAT: frozenset({GLOBAL, OTHER}), BOB: frozenset({GLOBAL, OTHER})}, caller=BOB)
ANN_SAFE = replace(
    NOBODY_SAFE,
    administrators={**NOBODY_SAFE.administrators, ANN: frozenset({GLOBAL, NEW})},
    break_glass=frozenset({ANN}),
)
WHOM: dict[str, Object] = {
    "all": {"includeUsers": ["All"]},
    "all but a colleague": {"includeUsers": ["All"], "excludeUsers": [CAT]},
    "the role": {"includeUsers": [], "includeRoles": [GLOBAL]},
    "their group": {"includeUsers": [], "includeGroups": [OTHER]},
    "each by name": {"includeUsers": [BOB, CAT]},
}
WHERE: dict[str, list[str]] = {"everywhere": ["All"], "the portals": ["MicrosoftAdminPortals"], "both": ["All", OTHER]}
GRANTS: dict[str, Object] = {
    "block": {"operator": "OR", "builtInControls": ["block"]},
    "mfa": {"operator": "OR", "builtInControls": ["mfa"]},
    "device": {"operator": "OR", "builtInControls": ["compliantDevice", "domainJoinedDevice"]},
    "app": {"operator": "OR", "builtInControls": ["approvedApplication", "compliantApplication"]},
    "strength": {"operator": "AND", "builtInControls": [], "authenticationStrength": {"id": OTHER}},
    "terms": {"operator": "OR", "builtInControls": [], "termsOfUse": [OTHER]},
    "own": {"operator": "OR", "builtInControls": [], "customAuthenticationFactors": ["x"]},
}
LOOKS_NARROW: dict[str, Object] = {
    "nothing": {},
    "every platform by name": {
        "platforms": {"includePlatforms": ["android", "iOS", "windows", "macOS", "linux"], "excludePlatforms": []}
    },
    "all platforms but a dead one": {"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["windowsPhone"]}},
    "everywhere but trusted places": {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}},
    "everywhere but one place": {"locations": {"includeLocations": ["All"], "excludeLocations": [OTHER]}},
    "every risk": {"signInRiskLevels": ["low", "medium", "high", "none"]},
    "every user risk": {"userRiskLevels": ["none", "low", "medium", "high"]},
    "all but described devices": {
        "devices": {"deviceFilter": {"mode": "exclude", "rule": 'device.displayName -eq "none"'}}
    },
    "described devices": {"devices": {"deviceFilter": {"mode": "include", "rule": 'device.displayName -ne "none"'}}},
    "browsers and applications": {"clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]},
    "no kind of client": {"clientAppTypes": []},
}


def planned(record: Object, there: LiveState, safety: Safety = NOBODY_SAFE, **options: object) -> Made:
    return Made(items(record, there, Options(**options), POLICIES, {}, FRAME, safety))  # type: ignore[arg-type]


def shaped(state: str, whom: Object, grant: Object, where: list[str], more: Object) -> Object:
    return policy(state, whom, grant, **{"applications": {"includeApplications": where}, **more})


def in_force(made: Made) -> list[object]:
    """What a plan sends that switches a policy on, or changes what one in force demands of whom."""
    weighty = {"conditions", "grantControls", "state"}
    return [step for step in made.steps if isinstance(step.body, dict) and step.body.keys() & weighty]


TEMPLATES = list(product(WHOM, WHERE, GRANTS, LOOKS_NARROW))


def test_no_template_is_put_in_force_on_a_policy_that_is_off():
    for whom, where, grant, more in TEMPLATES:
        record = shaped("enabled", WHOM[whom], GRANTS[grant], WHERE[where], LOOKS_NARROW[more])
        for there in ("disabled", REPORT_ONLY):
            made = planned(record, live({**record, "state": there}), state="asRecorded", mode="exact")
            assert not in_force(made), (whom, where, grant, more)
            assert made.gaps


def test_no_template_is_created_in_force_or_comes_out_of_the_bin_in_force():
    for whom, where, grant, more in TEMPLATES:
        record = shaped("enabled", WHOM[whom], GRANTS[grant], WHERE[where], LOOKS_NARROW[more])
        (created,) = planned(record, GONE, state="asRecorded").steps
        assert created.body["state"] == REPORT_ONLY, (whom, where, grant, more)
        assert planned(record, binned(record), state="asRecorded").steps == (), (whom, where, grant, more)
        off = planned(record, binned({**record, "state": "disabled"}), state="asRecorded")
        assert [step.body for step in off.steps] == [None, {"state": REPORT_ONLY}], (whom, where, grant, more)


def test_no_template_replaces_the_conditions_of_a_harmless_policy_in_force():
    harmless = policy("enabled", {"includeUsers": [OTHER]}, GRANTS["block"])
    for whom, where, grant, more in TEMPLATES:
        record = shaped("enabled", WHOM[whom], GRANTS[grant], WHERE[where], LOOKS_NARROW[more])
        assert not in_force(planned(record, live(harmless), mode="exact")), (whom, where, grant, more)


@pytest.mark.parametrize("chosen", [{"state"}, {"conditions"}, {"grantControls"}, {"state", "grantControls"}])
def test_part_of_a_policy_is_looked_at_together_with_what_stays(chosen):
    """Each property by itself does no harm; with those that are there the policy would."""
    record = policy("enabled", WHOM["all"], GRANTS["block"])
    harmless = {
        "state": "disabled",
        "conditions": policy("enabled", {"includeUsers": [OTHER]})["conditions"],
        "grantControls": None,
    }
    there = {**record, **{name: harmless[name] for name in chosen}}
    made = planned(record, live(there), properties=frozenset(chosen))
    if chosen == {"state", "grantControls"}:  # what it demands comes back, and it stays out of force
        assert [step.body for step in made.steps] == [{"grantControls": record["grantControls"]}]
    else:
        assert made.steps == ()


def test_with_an_emergency_account_left_out_every_template_is_put_in_force():
    for whom, where, grant, more in TEMPLATES:
        left_out: Object = {**WHOM[whom], "excludeUsers": [ANN]}
        record = shaped("enabled", left_out, GRANTS[grant], WHERE[where], LOOKS_NARROW[more])
        made = planned(record, live({**record, "state": "disabled"}), safety=ANN_SAFE)
        assert [step.body for step in made.steps] == [{"state": "enabled"}], (whom, where, grant, more)


def test_what_shuts_out_one_is_not_widened_to_everybody():
    """A policy that reaches the caller alone does not open the way for one that reaches all."""
    mine = policy("enabled", {"includeUsers": [BOB]}, GRANTS["mfa"])
    everyone = policy("enabled", WHOM["all"], GRANTS["mfa"])
    administrators = policy("enabled", WHOM["the role"], GRANTS["mfa"])
    assert shut_out(mine, NOBODY_SAFE) == "you"
    assert planned(administrators, live(mine)).steps == ()
    assert planned(everyone, live(mine)).steps == ()
    assert planned(everyone, live(administrators)).steps == ()
    narrower = planned(mine, live(everyone))
    assert [set(step.body) for step in narrower.steps] == [{"conditions"}]


def test_the_state_out_of_the_bin_goes_by_what_lies_there():
    """The record does no harm, what lies in the bin does as soon as it is switched on."""
    record = policy("enabled", {"includeUsers": [OTHER]}, GRANTS["block"])
    there = {**policy("disabled", WHOM["all"], GRANTS["block"])}
    for chosen in (None, frozenset({"displayName"})):
        made = planned(record, binned(there), state="asRecorded", properties=chosen)
        assert made.steps[1].body == {"state": REPORT_ONLY}
    assert planned(record, binned(record), state="asRecorded").steps[0].action == "restoreDeleted"


def test_healing_does_not_put_everybody_under_a_policy_in_force():
    """A group that is made anew is included again: whoever is in it now counts."""
    old, new = OTHER, "00000000-0000-4000-8000-0000000000cc"
    record = policy("enabled", {"includeUsers": [], "includeGroups": [old]}, GRANTS["block"])
    safety = replace(NOBODY_SAFE, administrators={CAT: frozenset({new}), BOB: frozenset({new})})
    there = live(policy("enabled", {"includeUsers": [], "includeGroups": [old]}, GRANTS["block"]))
    paths = ["conditions.users.includeGroups"]
    found = healing_items(record, there, POLICIES, paths, Options(), {old: new}, FRAME, safety, lost={old})
    assert not [step for item in found for step in item.steps]
    assert any("administrator" in gap.why for item in found for gap in item.gaps)


def test_an_undo_does_not_take_an_emergency_account_out_of_the_exclusions():
    excluded = policy("enabled", {"includeUsers": ["All"], "excludeUsers": [ANN]}, GRANTS["mfa"])
    bare = policy("enabled", WHOM["all"], GRANTS["mfa"])
    done = planned(excluded, live(bare), safety=ANN_SAFE)
    assert done.steps
    back = undo_items(
        done.items[0], {step.id: Done() for step in done.steps}, live(excluded), POLICIES, {}, FRAME, ANN_SAFE
    )
    assert not [step for item in back for step in item.steps]
    assert [gap for item in back for gap in item.gaps]


def test_an_undo_does_not_switch_a_policy_on_again_that_shuts_out():
    was = policy("enabled", WHOM["all"], GRANTS["block"])
    off = {**was, "state": "disabled"}
    done = planned(off, live(was))
    back = undo_items(
        done.items[0], {step.id: Done() for step in done.steps}, live(off), POLICIES, {}, FRAME, NOBODY_SAFE
    )
    assert done.steps
    assert not [step for item in back for step in item.steps]


def test_unresolved_exclusions_stop_a_policy_wherever_it_comes_back():
    record = policy("enabled", {"includeUsers": ["All"], "excludeUsers": [ANN, CAT]}, GRANTS["mfa"])
    lost = frozenset({CAT})
    for there in (
        GONE,
        binned({**record, "conditions": {}}),
        live({**record, "conditions": policy("enabled", WHOM["their group"])["conditions"]}),
    ):
        made = planned(record, replace(there, missing=lost), safety=ANN_SAFE, state="asRecorded")
        assert not in_force(made)
        assert any(CAT in gap.why for gap in made.gaps)


def test_with_an_exclusion_unresolved_the_policy_is_not_switched_on_without_it():
    record = policy("enabled", {"includeUsers": ["All"], "excludeUsers": [ANN, CAT]}, GRANTS["mfa"])
    off = policy("disabled", {"includeUsers": ["All"], "excludeUsers": [ANN]}, GRANTS["mfa"])
    made = planned(record, replace(live(off), missing=frozenset({CAT})), safety=ANN_SAFE)
    assert made.steps == ()
    assert any(CAT in gap.why for gap in made.gaps)

"""What a plan says of policies about applications: tokens, consent, credentials; no doubles."""

from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.links import Target
from functions.core.plan import LiveState
from tests.unit.restore.entries import ANN, BOB, GONE, ME, live, planned

TOKENS = (
    "tokenLifetimePolicies",
    "tokenIssuancePolicies",
    "claimsMappingPolicies",
    "homeRealmDiscoveryPolicies",
    "activityBasedTimeoutPolicies",
)
CONSENT = TYPES["permissionGrantPolicies"]


def policy(*, default: bool = False, applied: tuple[str, ...] = (), **more: object) -> dict:
    return {
        "id": ME,
        "displayName": "Brief",
        "definition": ['{"TokenLifetimePolicy":{"Version":1}}'],
        "isOrganizationDefault": default,
        "@relationships": {"appliesTo": [{"id": one, "type": "servicePrincipal"} for one in applied]},
        **more,
    }


@pytest.mark.parametrize("key", TOKENS)
def test_a_default_is_made_after_everything_else_is_there(key):
    made = planned(TYPES[key], policy(default=True), GONE)
    assert made["object"].steps[0].body["isOrganizationDefault"] is False
    (step,) = made["links"].steps
    assert (step.body, step.danger) == ({"isOrganizationDefault": True}, "high")
    made = planned(TYPES[key], policy(default=True), live(policy()))
    assert [(item.scope, len(item.steps)) for item in made.items] == [("object", 0), ("links", 1)]


@pytest.mark.parametrize("key", TOKENS)
def test_a_policy_stops_being_the_default_at_once(key):
    (step,) = planned(TYPES[key], policy(), live(policy(default=True))).steps
    assert (step.body, step.danger) == ({"isOrganizationDefault": False}, "high")


def test_a_default_that_was_not_chosen_stays():
    made = planned(
        TYPES[TOKENS[0]], policy(default=True), live(policy(displayName="x")), properties=frozenset({"displayName"})
    )
    assert [step.body for step in made.steps] == [{"displayName": "Brief"}]


@pytest.mark.parametrize(
    ("key", "kind", "path"),
    [
        ("tokenLifetimePolicies", "application", "/applications/{}/tokenLifetimePolicies/$ref"),
        ("tokenIssuancePolicies", "servicePrincipal", "/servicePrincipals/{}/tokenIssuancePolicies/$ref"),
        ("claimsMappingPolicies", "servicePrincipal", "/servicePrincipals/{}/claimsMappingPolicies/$ref"),
        ("homeRealmDiscoveryPolicies", "servicePrincipal", "/servicePrincipals/{}/homeRealmDiscoveryPolicies/$ref"),
    ],
)
def test_a_policy_is_attached_from_the_side_of_the_application(key, kind, path):
    record = policy(**{"@relationships": {"appliesTo": [{"id": ANN, "type": kind}]}})
    (step,) = planned(TYPES[key], record, live(policy())).steps
    assert (step.method, step.path) == ("POST", path.format(ANN))
    assert step.body == {"@odata.id": f"https://graph.microsoft.com/v1.0/policies/{key}/{ME}"}
    there = replace(live(policy()), links={"appliesTo": (Target(BOB, kind),)})
    made = planned(TYPES[key], policy(), there, mode="exact")
    assert [(one.method, one.path) for one in made.steps] == [
        ("DELETE", f"{path.format(BOB).removesuffix('/$ref')}/{ME}/$ref")
    ]


def conditions(classification: str, **more: object) -> dict:
    return {
        "id": f"set-{classification}",
        "permissionType": "delegated",
        "permissionClassification": classification,
        **more,
    }


def consent(includes: list, excludes: list, **more: object) -> dict:
    return {"id": "harbour", "displayName": "Harbour", "includes": includes, "excludes": excludes, **more}


def test_a_consent_policy_keeps_its_id_and_forbids_before_it_allows():
    gone = LiveState(id="harbour", standing="gone")
    made = planned(CONSENT, consent([conditions("low")], [conditions("high")]), gone)
    create, first, second = made.steps
    assert create.body == {"id": "harbour", "displayName": "Harbour"}
    below = "/policies/permissionGrantPolicies/harbour"
    assert [(step.method, step.path) for step in (first, second)] == [
        ("POST", f"{below}/excludes"),
        ("POST", f"{below}/includes"),
    ]
    assert second.body == {"permissionType": "delegated", "permissionClassification": "low"}
    assert second.danger == "high"


@pytest.mark.parametrize("mode", ["add", "exact"])
def test_conditions_under_new_ids_are_the_same_and_those_added_are_named(mode):
    record = consent([conditions("low")], [])
    same = consent([conditions("low", id="another")], [])
    assert planned(CONSENT, record, live(same), mode=mode).steps == ()
    more = consent([conditions("low"), conditions("high")], [])
    made = planned(CONSENT, record, live(more), mode=mode)
    assert made.steps == ()
    assert "allows more" in made.gaps[0].what


@pytest.mark.parametrize(("name", "effect"), [("includes", "allows less"), ("excludes", "forbids less")])
def test_what_may_be_consented_to_is_changed_only_where_exactly_that_is_asked_for(name, effect):
    record = {**consent([], []), name: [conditions("low")]}
    made = planned(CONSENT, record, live(consent([], [])))
    assert made.steps == ()
    assert effect in made.gaps[0].what
    (step,) = planned(CONSENT, record, live(consent([], [])), properties=frozenset({name})).steps
    assert step.path.endswith(f"/harbour/{name}")


def test_microsofts_own_consent_policies_are_left_alone():
    own = consent([conditions("low")], [], id="microsoft-user-default-low")
    made = planned(CONSENT, own, live(consent([], [], id="microsoft-user-default-low")))
    assert made.steps == ()
    assert made.gaps
    assert planned(CONSENT, own, live(own)).gaps == ()


def test_admin_consent_is_sent_whole_and_waits_for_its_reviewers():
    entry = TYPES["adminConsentRequestPolicy"]
    reviewer = {"query": f"/users/{ANN}", "queryType": "MicrosoftGraph", "queryRoot": None}
    record = {"isEnabled": True, "notifyReviewers": True, "remindersEnabled": True, "requestDurationInDays": 30}
    record |= {"reviewers": [reviewer], "version": 1}
    now = LiveState(id=entry.key, standing="live", object={**record, "isEnabled": False, "version": 4})
    (step,) = planned(entry, record, now).steps
    assert (step.method, step.path) == ("PUT", "/policies/adminConsentRequestPolicy")
    assert step.body == {name: value for name, value in record.items() if name != "version"}
    assert planned(entry, record, replace(now, missing=frozenset({ANN}))).steps == ()

"""Read and empty, refused, unlicensed, unavailable and failed are told apart, with what to do about each."""

import pytest

from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType, Outcome, Tolerated
from functions.errors import (
    DeltaExpired,
    ForeignLink,
    GraphError,
    GraphRejected,
    GraphThrottled,
    GraphTokenRefused,
    GraphUnreachable,
    PageTokenExpired,
)
from functions.graph.classify import gap

PLAIN = ObjectType(
    key="agreements",
    title="Terms of use",
    path="/agreements",
    read_scopes=("Agreement.Read.All", "Policy.Read.All"),
    licence="Entra ID P1",
    missing_in=frozenset({"china"}),
)
OPTIONAL = ObjectType(
    key="branding",
    title="Branding",
    path="/branding",
    read_scopes=("Branding.Read.All",),
    tolerates=(
        Tolerated(status=404, outcome=Outcome.READ, remedy="Nothing to do.", code="ResourceNotFound"),
        Tolerated(status=400, outcome=Outcome.UNLICENSED, remedy="Buy Intune.", text="not applicable to target tenant"),
        Tolerated(status=403, outcome=Outcome.REFUSED, remedy="Grant it."),
    ),
)


def rejected(status: int, code: str = "", message: str = "") -> GraphRejected:
    return GraphRejected(
        "Graph answered", status=status, graph_code=code, graph_message=message, path="/v1.0/x", request_id="r-1"
    )


CASES: list[tuple[GraphError, ObjectType, str, Outcome, str]] = [
    (rejected(403, "Authorization_RequestDenied"), PLAIN, "global", Outcome.REFUSED, "permissionMissing"),
    (rejected(403, "accessDenied"), PLAIN, "global", Outcome.REFUSED, "permissionMissing"),
    (rejected(403), PLAIN, "global", Outcome.REFUSED, "permissionMissing"),
    (
        GraphTokenRefused("m", status=401, graph_code="Authorization_IdentityNotFound"),
        PLAIN,
        "global",
        Outcome.REFUSED,
        "permissionMissing",
    ),
    (rejected(400, "AadPremiumLicenseRequired"), PLAIN, "global", Outcome.UNLICENSED, "licenceMissing"),
    (
        rejected(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"),
        PLAIN,
        "global",
        Outcome.UNLICENSED,
        "licenceMissing",
    ),
    (rejected(402), PLAIN, "global", Outcome.UNLICENSED, "licenceMissing"),
    (rejected(404, "ResourceNotFound"), PLAIN, "china", Outcome.UNAVAILABLE, "notInThisCloud"),
    (rejected(400, "BadRequest"), PLAIN, "china", Outcome.UNAVAILABLE, "notInThisCloud"),
    (rejected(501, "NotImplemented"), PLAIN, "global", Outcome.UNAVAILABLE, "notInThisCloud"),
    (rejected(400, "BadRequest"), PLAIN, "global", Outcome.FAILED, "graphRejected"),
    (rejected(302), PLAIN, "global", Outcome.FAILED, "graphRejected"),
    (GraphThrottled("m", status=429), PLAIN, "global", Outcome.FAILED, "graphThrottled"),
    (GraphUnreachable("m"), PLAIN, "global", Outcome.FAILED, "graphUnreachable"),
    (GraphUnreachable("m", status=500), PLAIN, "china", Outcome.FAILED, "graphUnreachable"),
    (GraphTokenRefused("m", status=401), PLAIN, "global", Outcome.FAILED, "graphTokenRefused"),
    (PageTokenExpired("m", status=400), PLAIN, "china", Outcome.FAILED, "pageTokenExpired"),
    (DeltaExpired("m", status=410), PLAIN, "global", Outcome.FAILED, "deltaExpired"),
    (ForeignLink("m", remedy="Look at the proxy."), PLAIN, "global", Outcome.FAILED, "foreignLink"),
    (rejected(404, "ResourceNotFound"), OPTIONAL, "global", Outcome.READ, "notSet"),
    (
        rejected(400, "BadRequest", "Request not applicable to target tenant."),
        OPTIONAL,
        "global",
        Outcome.UNLICENSED,
        "licenceMissing",
    ),
    (rejected(400, "BadRequest", "Something else"), OPTIONAL, "global", Outcome.FAILED, "graphRejected"),
    (rejected(403, "Forbidden"), OPTIONAL, "global", Outcome.REFUSED, "permissionMissing"),
    (
        rejected(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"),
        OPTIONAL,
        "global",
        Outcome.UNLICENSED,
        "licenceMissing",
    ),
]


@pytest.mark.parametrize(
    ("error", "entry", "cloud", "outcome", "code"),
    CASES,
    ids=lambda value: f"{value.status} {value.graph_code}" if isinstance(value, GraphError) else "",
)
def test_outcome(error: GraphError, entry: ObjectType, cloud: str, outcome: Outcome, code: str) -> None:
    found = gap(error, entry, cloud)
    assert (found.outcome, found.code) == (outcome, code)
    assert entry.title in found.message
    named = all(scope in found.remedy for scope in entry.read_scopes)
    assert named is (outcome is Outcome.REFUSED), "a permission is asked for where it is missing, and nowhere else"
    if error.status:
        assert str(error.status) in found.message
        assert error.graph_code in found.message
        assert error.request_id in found.message


def test_entry_speaks_first() -> None:
    assert gap(rejected(403, "Forbidden"), OPTIONAL, "global").remedy.startswith("Grant it.")


def test_foreign_link_keeps_its_own_remedy() -> None:
    assert gap(ForeignLink("m", remedy="Look at the proxy."), PLAIN, "global").remedy.startswith("Look at the proxy.")


def test_denial_that_may_be_a_licence_names_both() -> None:
    remedy = gap(rejected(403, "AccessDenied"), PLAIN, "global").remedy
    assert "Agreement.Read.All" in remedy
    assert "Entra ID P1" in remedy


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Insufficient privileges to complete the operation.", True),
        ("User ann@contoso.example is not allowed", False),
        ("Resource 11111111-1111-4111-8111-111111111111 is missing", False),
        ("line one\nline two", False),
        ("word " * 60, False),
        ("<script>alert(1)</script>", False),
    ],
)
def test_words_of_graph_are_shown_only_if_short_and_clean(said: str, shown: bool) -> None:
    message = gap(rejected(403, "Authorization_RequestDenied", said), PLAIN, "global").message
    assert (said.strip(". ") in message) is shown
    assert "\n" not in message


@pytest.mark.parametrize("key", TYPES)
def test_every_type_explains_a_missing_permission(key: str) -> None:
    found = gap(rejected(403, "Authorization_RequestDenied"), TYPES[key], "global")
    refusals = [rule for rule in TYPES[key].tolerates if rule.status == 403 and not rule.text]
    withheld = any(rule.outcome is Outcome.UNAVAILABLE for rule in refusals)
    assert found.outcome is (Outcome.UNAVAILABLE if withheld else Outcome.REFUSED)
    assert TYPES[key].read_scopes
    assert all(scope in found.remedy for scope in TYPES[key].read_scopes)

"""Conditional Access policies and named locations: each refusal by status, code and the core of its message."""

from typing import Any

from tests.tenant_rules import bodies
from tests.tenant_rules.attempts import (
    API,
    BAD,
    MALFORMED,
    MFA,
    NOBODY,
    OFFICES,
    Attempt,
    Row,
    check_refused,
    create,
    delete,
    refused,
    unlicensed,
    update,
)
from tests.tenant_rules.memory import Memory


def _policy(**conditions: Any) -> Attempt:
    return create("conditionalAccessPolicy", bodies.policy(conditions=bodies.conditions(**conditions)))


def _with_defaults(attempt: Attempt) -> Attempt:
    def with_security_defaults(directory: Memory) -> object:
        directory.defaults_on = True
        return attempt(directory)

    return with_security_defaults


ROWS: list[Row] = [
    (
        "no applications",
        _policy(applications={"includeApplications": []}),
        400,
        "BadRequest",
        "1011: 'applications' condition must specify the applications to include.",
    ),
    (
        "applications and actions",
        _policy(applications={"includeApplications": ["All"], "includeUserActions": ["urn:user:registersecurityinfo"]}),
        400,
        "BadRequest",
        "1012: ",
    ),
    (
        "unknown location",
        _policy(locations={"includeLocations": ["All"], "excludeLocations": [NOBODY]}),
        400,
        "BadRequest",
        f"1040: NamedLocation with id {NOBODY} does not exist in the directory.",
    ),
    (
        "unknown user",
        _policy(users={"includeUsers": ["All"], "excludeUsers": [NOBODY]}),
        400,
        "BadRequest",
        f"User with id {NOBODY} does not exist in the directory.",
    ),
    (
        "unknown group",
        _policy(users={"includeGroups": [NOBODY]}),
        400,
        "BadRequest",
        f"Group with id {NOBODY} does not exist in the directory.",
    ),
    (
        "unknown role",
        _policy(users={"includeRoles": [NOBODY]}),
        400,
        "BadRequest",
        f"Role with id {NOBODY} does not exist in the directory.",
    ),
    (
        "unknown application",
        _policy(applications={"includeApplications": [NOBODY]}),
        400,
        "BadRequest",
        f"ServicePrincipal with appId {NOBODY} does not exist in the directory.",
    ),
    (
        "object id for an application",
        lambda directory: _policy(
            applications={"includeApplications": [directory.one("servicePrincipal", **API)["id"]]}
        )(directory),
        400,
        "BadRequest",
        "does not exist in the directory.",
    ),
    ("nobody", _policy(users={"includeUsers": []}), 400, "BadRequest", MALFORMED),
    ("no client types", _policy(clientAppTypes=[]), 400, "BadRequest", MALFORMED),
    ("unknown client type", _policy(clientAppTypes=["fax"]), 400, "BadRequest", MALFORMED),
    ("nested annotation", _policy(**{"users@odata.context": "x"}), 400, "BadRequest", MALFORMED),
    ("no controls", create("conditionalAccessPolicy", bodies.policy(grantControls=None)), 400, "BadRequest", MALFORMED),
    (
        "block and mfa",
        create(
            "conditionalAccessPolicy",
            bodies.policy(grantControls={"operator": "OR", "builtInControls": ["block", "mfa"]}),
        ),
        400,
        "BadRequest",
        MALFORMED,
    ),
    (
        "unknown strength",
        create(
            "conditionalAccessPolicy",
            bodies.policy(
                grantControls={"operator": "AND", "builtInControls": [], "authenticationStrength": {"id": NOBODY}}
            ),
        ),
        400,
        "BadRequest",
        "AuthenticationStrength with id",
    ),
    ("state", create("conditionalAccessPolicy", bodies.policy(state="on")), 400, "BadRequest", MALFORMED),
    ("no conditions", create("conditionalAccessPolicy", bodies.policy(conditions=None)), 400, "BadRequest", MALFORMED),
    (
        "created date",
        create("conditionalAccessPolicy", bodies.policy(createdDateTime="2026-01-01T00:00:00Z")),
        400,
        BAD,
        "Property 'createdDateTime' is read-only",
    ),
    (
        "security defaults",
        _with_defaults(create("conditionalAccessPolicy", bodies.policy(state="enabled"))),
        400,
        "BadRequest",
        "You must disable Security defaults before enabling a Conditional Access policy.",
    ),
    (
        "enabled under security defaults",
        _with_defaults(update("conditionalAccessPolicy", {"state": "disabled"}, {"state": "enabled"})),
        400,
        "BadRequest",
        "Security Defaults is enabled",
    ),
    ("unlicensed", unlicensed(create("conditionalAccessPolicy", bodies.policy())), 403, "AccessDenied", ""),
    (
        "last control removed",
        update("conditionalAccessPolicy", MFA, {"grantControls": None}),
        400,
        "BadRequest",
        MALFORMED,
    ),
    (
        "applications emptied",
        update("conditionalAccessPolicy", MFA, {"conditions": {"applications": {"includeApplications": []}}}),
        400,
        "BadRequest",
        "1011: ",
    ),
    ("location without type", create("namedLocation", {"displayName": "x"}), 400, "BadRequest", MALFORMED),
    ("no ranges", create("namedLocation", bodies.ip_location(ipRanges=[])), 400, "BadRequest", MALFORMED),
    (
        "bad range",
        create(
            "namedLocation",
            bodies.ip_location(
                ipRanges=[{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "300.0.0.0/8"}]
            ),
        ),
        400,
        "BadRequest",
        MALFORMED,
    ),
    (
        "range of the other family",
        create(
            "namedLocation",
            bodies.ip_location(
                ipRanges=[{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "2001:db8::/32"}]
            ),
        ),
        400,
        "BadRequest",
        MALFORMED,
    ),
    (
        "range without a type",
        create("namedLocation", bodies.ip_location(ipRanges=[{"cidrAddress": "192.0.2.0/28"}])),
        400,
        "BadRequest",
        MALFORMED,
    ),
    (
        "country that is none",
        create("namedLocation", bodies.country_location(countriesAndRegions=["Norway"])),
        400,
        "BadRequest",
        MALFORMED,
    ),
    (
        "properties of the other type",
        create("namedLocation", bodies.country_location(isTrusted=True)),
        400,
        "BadRequest",
        MALFORMED,
    ),
    (
        "type changed",
        update("namedLocation", OFFICES, bodies.country_location(countryLookupMethod="clientIpAddress")),
        400,
        "BadRequest",
        MALFORMED,
    ),
    ("update without type", update("namedLocation", OFFICES, {"isTrusted": False}), 400, "BadRequest", MALFORMED),
    ("trusted deleted", delete("namedLocation", **OFFICES), 400, "BadRequest", "isTrusted"),
]


@refused(ROWS)
def test_it_is_refused_in_graphs_words(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    check_refused(directory, attempt, status, code, core)

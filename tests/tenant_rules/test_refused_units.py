"""Administrative units, devices, the organization: each refusal by status, code and the core of its message."""

from tests.tenant_rules.attempts import BAD, Attempt, Row, check_refused, create, link, ref, refused, update
from tests.tenant_rules.memory import Memory

ROWS: list[Row] = [
    ("no name", create("administrativeUnit", {}), 400, BAD, "property 'displayName' of resource 'AdministrativeUnit'"),
    (
        "visibility",
        create("administrativeUnit", {"displayName": "x", "visibility": "Public"}),
        400,
        BAD,
        "property 'visibility'",
    ),
    (
        "dynamic without rule",
        create("administrativeUnit", {"displayName": "x", "membershipType": "Dynamic"}),
        400,
        BAD,
        "property 'membershipRule'",
    ),
    (
        "restricted afterwards",
        update("administrativeUnit", {"displayName": "Works council"}, {"isMemberManagementRestricted": True}),
        400,
        BAD,
        "Property 'isMemberManagementRestricted' is read-only",
    ),
    (
        "member of a dynamic unit",
        link("administrativeUnit", {"membershipType": "Dynamic"}, "members", ref("user", mailNickname="emergency-1")),
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    ("device without id", create("device", {"displayName": "x"}), 400, BAD, "property 'accountEnabled'"),
    (
        "device belongs to management",
        update("device", {}, {"isCompliant": True}),
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    (
        "organization synced",
        update("organization", {}, {"onPremisesSyncEnabled": False}),
        400,
        BAD,
        "Property 'onPremisesSyncEnabled' is read-only and cannot be set.",
    ),
    (
        "second organization",
        create("organization", {"displayName": "x"}),
        405,
        BAD,
        "Specified HTTP method is not allowed",
    ),
]


@refused(ROWS)
def test_it_is_refused_in_graphs_words(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    check_refused(directory, attempt, status, code, core)

"""Users: each refusal by status, code and the core of its message."""

import pytest

from local.tenant.rules import GraphFault, check_create, check_delete, check_restore
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR
from tests.tenant_rules import bodies
from tests.tenant_rules.attempts import (
    BAD,
    CLOUD,
    EVERYONE,
    NOBODY,
    SYNCED,
    SYNCED_USER,
    Attempt,
    Row,
    check_refused,
    create,
    delete,
    link,
    ref,
    refused,
    update,
)
from tests.tenant_rules.memory import Memory


def _restored_taken(directory: Memory) -> object:
    deleted = directory.one("user", **CLOUD)
    del directory.objects["user"][deleted["id"]]
    directory.add("user", {**deleted, "id": NOBODY})
    return check_restore("user", deleted, directory)


def _restored_mail_taken(directory: Memory) -> object:
    deleted = directory.one("user", **CLOUD)
    del directory.objects["user"][deleted["id"]]
    directory.add("user", {**deleted, "id": NOBODY, "userPrincipalName": "other@halden.example"})
    return check_restore("user", deleted, directory)


def _last_administrator(directory: Memory) -> object:
    keep = directory.one("user", mailNickname="emergency-1")
    for id, item in list(directory.objects["unifiedRoleAssignment"].items()):
        if item["roleDefinitionId"] == GLOBAL_ADMINISTRATOR and item["principalId"] != keep["id"]:
            del directory.objects["unifiedRoleAssignment"][id]
    return check_delete("user", keep, directory)


ROWS: list[Row] = [
    ("no password", create("user", bodies.user(passwordProfile=None)), 400, BAD, "A password must be specified"),
    ("no name", create("user", bodies.user(displayName=None)), 400, BAD, "property 'displayName' of resource 'User'"),
    (
        "no nickname",
        create("user", {k: v for k, v in bodies.user().items() if k != "mailNickname"}),
        400,
        BAD,
        "A value is required for property 'mailNickname' of resource 'User'.",
    ),
    (
        "weak password",
        create("user", bodies.user(passwordProfile={"password": "abc"})),
        400,
        BAD,
        "does not comply with password complexity requirements",
    ),
    ("unknown property", create("user", bodies.user(shoeSize=43)), 400, BAD, "Invalid property 'shoeSize'."),
    (
        "wrong type",
        create("user", bodies.user(accountEnabled="yes")),
        400,
        BAD,
        "Invalid value specified for property 'accountEnabled' of resource 'User'.",
    ),
    ("text for a list", create("user", bodies.user(businessPhones="+47 1")), 400, BAD, "property 'businessPhones'"),
    ("null list", create("user", bodies.user(businessPhones=None)), 400, BAD, "property 'businessPhones'"),
    (
        "two business phones",
        create("user", bodies.user(businessPhones=["1", "2"])),
        400,
        BAD,
        "property 'businessPhones'",
    ),
    (
        "unknown nested",
        create("user", bodies.user(employeeOrgData={"floor": "2"})),
        400,
        BAD,
        "property 'employeeOrgData'",
    ),
    ("bad date", create("user", bodies.user(employeeHireDate="yesterday")), 400, BAD, "property 'employeeHireDate'"),
    ("usage location", create("user", bodies.user(usageLocation="Norway")), 400, BAD, "property 'usageLocation'"),
    ("id", create("user", bodies.user(id=NOBODY)), 400, BAD, "Property 'id' is read-only and cannot be set."),
    (
        "synced flag",
        create("user", bodies.user(onPremisesSyncEnabled=True)),
        400,
        BAD,
        "Property 'onPremisesSyncEnabled' is read-only",
    ),
    (
        "licences",
        create("user", bodies.user(assignedLicenses=[])),
        400,
        BAD,
        "Property 'assignedLicenses' is read-only",
    ),
    (
        "foreign domain",
        create("user", bodies.user(userPrincipalName="n@elsewhere.example")),
        400,
        BAD,
        "The domain portion of the userPrincipalName property is invalid.",
    ),
    (
        "no domain",
        create("user", bodies.user(userPrincipalName="nina")),
        400,
        BAD,
        "Property userPrincipalName is invalid.",
    ),
    (
        "name taken",
        create("user", bodies.user(userPrincipalName="EMERGENCY-1@haldenshipping.onmicrosoft.com")),
        400,
        BAD,
        "Another object with the same value for property userPrincipalName already exists.",
    ),
    (
        "mail taken",
        create("user", bodies.user(mail="room-fjord@halden.example")),
        400,
        BAD,
        "property proxyAddresses already exists.",
    ),
    (
        "mail of a group",
        create("user", bodies.user(mail="dept-0@halden.example")),
        400,
        BAD,
        "property proxyAddresses already exists.",
    ),
    (
        "unknown extension",
        create("user", bodies.user(**{f"extension_{'0' * 32}_x": 1})),
        400,
        BAD,
        "extension properties are not available",
    ),
    ("clear name", update("user", CLOUD, {"displayName": None}), 400, BAD, "property 'displayName'"),
    ("clear usage location", update("user", CLOUD, {"usageLocation": None}), 400, BAD, "property 'usageLocation'"),
    ("clear password", update("user", CLOUD, {"passwordProfile": None}), 400, BAD, "property 'passwordProfile'"),
    (
        "name taken on update",
        update("user", CLOUD, {"userPrincipalName": "room-fjord@halden.example"}),
        400,
        BAD,
        "property userPrincipalName already exists.",
    ),
    ("synced user", update("user", SYNCED_USER, {"jobTitle": "Bosun"}), 400, BAD, SYNCED),
    ("synced user's org data", update("user", SYNCED_USER, {"employeeOrgData": {"division": "X"}}), 400, BAD, SYNCED),
    (
        "formerly synced",
        update(
            "user", {"onPremisesSyncEnabled": False}, {"onPremisesExtensionAttributes": {"extensionAttribute1": "x"}}
        ),
        400,
        BAD,
        "originated within an external service.",
    ),
    (
        "protected user",
        update("user", {"isManagementRestricted": True}, {"jobTitle": "Bosun"}),
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    (
        "protected user deleted",
        delete("user", isManagementRestricted=True),
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    ("last administrator", _last_administrator, 403, "Authorization_RequestDenied", ""),
    ("restored into a taken name", _restored_taken, 400, BAD, "property userPrincipalName already exists."),
    ("restored into a taken address", _restored_mail_taken, 400, BAD, "property proxyAddresses already exists."),
    (
        "own manager",
        link("user", CLOUD, "manager", ref("user", **CLOUD)),
        400,
        BAD,
        "One or more property values specified are invalid.",
    ),
    ("manager of a synced user", link("user", SYNCED_USER, "manager", ref("user", **CLOUD)), 400, BAD, SYNCED),
    (
        "manager is a group",
        link("user", CLOUD, "manager", ref("group", **EVERYONE)),
        400,
        BAD,
        "property values specified are invalid",
    ),
    (
        "link that is not one",
        link("user", CLOUD, "memberOf", ref("group", **EVERYONE)),
        400,
        BAD,
        "Invalid property 'memberOf'.",
    ),
]


@refused(ROWS)
def test_it_is_refused_in_graphs_words(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    check_refused(directory, attempt, status, code, core)


def test_a_conflict_says_which_property(directory: Memory) -> None:
    with pytest.raises(GraphFault) as caught:
        check_create("user", bodies.user(userPrincipalName="room-fjord@halden.example"), directory)
    assert caught.value.details == [
        {"code": "ObjectConflict", "message": caught.value.message, "target": "userPrincipalName"}
    ]

"""An invented tenant small enough to be known by heart: 25 users, a few groups, apps, policies."""

from typing import Any

from local.tenant.objects import text
from local.tenant.tenant import Tenant

TENANT = "11111111-1111-4111-8111-111111111111"
DOMAIN = "small.example"
USERS = 25


def key(kind: int, number: int) -> str:
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def user(number: int) -> str:
    return key(1, number)


GROUP, NESTED, BIG = key(2, 1), key(2, 2), key(2, 3)
APP, PRINCIPAL, CREDENTIAL, EXTENSION = key(3, 1), key(4, 1), key(5, 1), key(6, 1)
UNIT, DEVICE, POLICY, PLACE, COUNTRIES, ROLE = key(7, 1), key(8, 1), key(9, 1), key(10, 1), key(10, 2), key(11, 1)
APP_ID = "aaaaaaaa-0000-4000-8000-000000000001"
ASSIGNMENT, SCOPED = "YXNzaWdubWVudC0x", "c2NvcGVkLTE"


def a_user(number: int) -> dict[str, Any]:
    return {
        "id": user(number),
        "displayName": f"Person {number:02d}",
        "userPrincipalName": f"person{number:02d}@{DOMAIN}",
        "mailNickname": f"person{number:02d}",
        "accountEnabled": number % 2 == 0,
        "userType": "Member",
        "department": "Ölfeld" if number % 5 == 0 else "Harbour",
        "otherMails": [f"a{number}@else.example", f"b{number}@else.example", f"c{number}@else.example"],
        "onPremisesLastSyncDateTime": "2026-01-01T00:00:00Z",
        "createdDateTime": f"2026-01-{number + 1:02d}T00:00:00Z",
    }


def a_group(key: str, name: str) -> dict[str, Any]:
    return {
        "id": key,
        "displayName": name,
        "mailNickname": name.lower(),
        "mailEnabled": False,
        "securityEnabled": True,
        "createdDateTime": "2026-01-01T00:00:00Z",
        "renewedDateTime": "2026-01-01T00:00:00Z",
    }


OBJECTS: list[tuple[str, dict[str, Any]]] = [
    (
        "organization",
        {
            "id": TENANT,
            "displayName": "Small",
            "verifiedDomains": [{"name": DOMAIN, "isDefault": True, "isInitial": True, "type": "Managed"}],
        },
    ),
    *(("user", a_user(number)) for number in range(USERS)),
    ("group", a_group(GROUP, "Crew")),
    ("group", a_group(NESTED, "Nested")),
    ("group", a_group(BIG, "Everyone")),
    (
        "application",
        {
            "id": APP,
            "appId": APP_ID,
            "displayName": "Ledger",
            "identifierUris": ["api://ledger"],
            "keyCredentials": [
                {"keyId": key(12, 1), "key": "TUlJQw==", "type": "AsymmetricX509Cert", "usage": "Verify"}
            ],
        },
    ),
    ("servicePrincipal", {"id": PRINCIPAL, "appId": APP_ID, "displayName": "Ledger", "accountEnabled": True}),
    (
        "federatedIdentityCredential",
        {"id": CREDENTIAL, "name": "ci", "issuer": "https://ci.example", "subject": "main", "audiences": ["api://x"]},
    ),
    ("extensionProperty", {"id": EXTENSION, "name": f"extension_{APP_ID.replace('-', '')}_code", "dataType": "String"}),
    (
        "appRoleAssignment",
        {
            "id": ASSIGNMENT,
            "appRoleId": key(0, 0),
            "principalId": user(1),
            "principalType": "User",
            "resourceId": PRINCIPAL,
        },
    ),
    ("administrativeUnit", {"id": UNIT, "displayName": "North"}),
    (
        "scopedRoleMembership",
        {"id": SCOPED, "administrativeUnitId": UNIT, "roleId": ROLE, "roleMemberInfo": {"id": user(2)}},
    ),
    ("device", {"id": DEVICE, "deviceId": key(88, 1), "displayName": "LAPTOP-1", "operatingSystem": "Windows"}),
    (
        "unifiedRoleDefinition",
        {"id": ROLE, "displayName": "Reader", "isBuiltIn": False, "isEnabled": True, "rolePermissions": []},
    ),
    (
        "conditionalAccessPolicy",
        {
            "id": POLICY,
            "displayName": "Require MFA",
            "state": "enabled",
            "createdDateTime": "2026-01-01T00:00:00Z",
            "conditions": {
                "applications": {"includeApplications": ["All"]},
                "users": {"includeUsers": ["All"], "excludeGroups": [GROUP, NESTED, BIG]},
                "clientAppTypes": ["all"],
            },
            "grantControls": {"operator": "OR", "builtInControls": ["mfa", "riskRemediation"]},
        },
    ),
    (
        "namedLocation",
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": PLACE,
            "displayName": "Office",
            "isTrusted": False,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/24"}],
        },
    ),
    (
        "namedLocation",
        {
            "@odata.type": "#microsoft.graph.countryNamedLocation",
            "id": COUNTRIES,
            "displayName": "Europe",
            "countriesAndRegions": ["DE", "FR"],
        },
    ),
]

LINKS: list[tuple[str, str, str, str, str]] = [
    *((GROUP, "members", user(number), "group", "user") for number in range(3)),
    (GROUP, "members", NESTED, "group", "group"),
    (GROUP, "members", PRINCIPAL, "group", "servicePrincipal"),
    (GROUP, "owners", user(0), "group", "user"),
    *((BIG, "members", user(number), "group", "user") for number in range(USERS)),
    (user(1), "manager", user(0), "user", "user"),
    (user(2), "manager", user(0), "user", "user"),
    (APP, "owners", user(0), "application", "user"),
    (APP, "federatedIdentityCredentials", CREDENTIAL, "application", "federatedIdentityCredential"),
    (APP, "extensionProperties", EXTENSION, "application", "extensionProperty"),
    (UNIT, "members", user(3), "administrativeUnit", "user"),
    (DEVICE, "registeredOwners", user(1), "device", "user"),
]


def fill(tenant: Tenant) -> None:
    sql = tenant.database.sql
    sql.executemany(
        "INSERT INTO objects (kind, id, data) VALUES (?, ?, ?)",
        [(kind, data["id"], text(data)) for kind, data in OBJECTS],
    )
    sql.executemany("INSERT INTO links VALUES (?, ?, ?, ?, ?)", LINKS)
    tenant.database.index()
    tenant.database.set_meta("loaded", "small")

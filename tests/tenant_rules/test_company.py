"""The generated company: the same every time, whole in itself, and with every unusual case in the smallest one."""

import itertools
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.tenant.company import Item, Link, Object, Sizes, company
from local.tenant.company.names import LOCALES, name
from local.tenant.company.world import World
from local.tenant.rules import type_errors
from local.tenant.schema import KINDS, Held
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR
from tests.tenant_rules.memory import NOW, TENANT, Memory


def _text(items: Iterator[Item]) -> str:
    return json.dumps([list(item) for item in items], ensure_ascii=False)


@pytest.fixture(scope="module")
def small() -> Memory:
    return Memory().load(20)


def test_the_same_arguments_give_the_same_company() -> None:
    assert _text(company(60, 3, TENANT, NOW)) == _text(company(60, 3, TENANT, NOW))


@pytest.mark.parametrize(
    "other",
    [
        (60, 4, TENANT, NOW),
        (60, 3, "00000000-1111-4222-8333-444455556666", NOW),
        (60, 3, TENANT, NOW + timedelta(days=9)),
        (61, 3, TENANT, NOW),
    ],
    ids=["seed", "tenant", "now", "users"],
)
def test_every_argument_matters(other: tuple[Any, ...]) -> None:
    assert _text(company(60, 3, TENANT, NOW)) != _text(company(*other))


def test_another_seed_or_tenant_shares_no_id() -> None:
    first, second = (
        {
            item.properties["id"]
            for item in company(40, seed, TENANT, NOW)
            if isinstance(item, Object) and item.kind == "user"
        }
        for seed in (1, 2)
    )
    assert not first & second


def test_a_company_below_the_smallest_size_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 20 users; 19"):
        next(company(19, 1, TENANT, NOW))


@pytest.mark.parametrize("size", [Sizes(600, 300, 400), Sizes(100, 60), Sizes(20, None, 25)])
def test_a_company_has_as_many_groups_and_service_principals_as_were_asked_for(size: Sizes) -> None:
    counts: Counter[str] = Counter()
    known: set[tuple[str, str]] = set()
    for item in company(size, 5, TENANT, NOW):
        if isinstance(item, Link):
            assert {(item.kind, item.source_id), (item.target_kind, item.target_id)} <= known
            continue
        key = item.key or KINDS[item.kind].key_of(item.properties)
        assert (item.kind, key) not in known
        assert list(type_errors(KINDS[item.kind], item.properties)) == []
        known.add((item.kind, key))
        counts[item.kind] += not item.properties.get("deletedDateTime")
    assert counts["user"] == size.users
    assert size.groups in (None, counts["group"])
    assert size.service_principals in (None, counts["servicePrincipal"])


@pytest.mark.parametrize("size", [Sizes(600, 55), Sizes(20, None, 24)], ids=["groups", "service principals"])
def test_fewer_than_there_are_anyway_are_refused(size: Sizes) -> None:
    with pytest.raises(ValueError, match=rf"at least \d+ .*; {size.groups or size.service_principals} were asked for"):
        list(company(size, 5, TENANT, NOW))


NAMED = ("user", "group", "device", "orgContact")


@settings(max_examples=12, deadline=None)
@given(users=st.integers(20, 700), seed=st.integers(0, 2**32))
def test_links_hold_and_ids_and_names_are_unique(users: int, seed: int) -> None:
    kinds: set[tuple[str, str]] = set()
    links: set[Link] = set()
    taken: dict[str, set[str]] = {"userPrincipalName": set(), "mail": set(), "mailNickname": set(), "deviceId": set()}
    counts: Counter[str] = Counter()
    for item in company(users, seed, TENANT, NOW):
        if isinstance(item, Link):
            rule = KINDS[item.kind].links[item.link]
            assert rule.held in (Held.STORED, Held.CONTAINED)
            assert item.target_kind in rule.to
            assert (item.kind, item.source_id) in kinds
            assert (item.target_kind, item.target_id) in kinds
            assert item not in links
            links.add(item)
        else:
            key = item.key or KINDS[item.kind].key_of(item.properties)
            assert (item.kind, key) not in kinds
            kinds.add((item.kind, key))
            counts[item.kind] += not item.properties.get("deletedDateTime")
            for key, values in taken.items():
                value = item.properties.get(key)
                if value and item.kind in NAMED and (item.kind != "group" or key != "mail"):
                    seen = f"{item.kind}/{value.casefold()}"
                    assert seen not in values
                    values.add(seen)
    assert counts["user"] == users
    single = Counter(
        (link.kind, link.source_id, link.link) for link in links if KINDS[link.kind].links[link.link].single
    )
    assert set(single.values()) == {1}
    owners = Counter(link.source_id for link in links if (link.kind, link.link) == ("group", "owners"))
    assert max(owners.values()) <= 100


@pytest.mark.parametrize("users", [20, 333])
def test_every_object_fits_the_schema(users: int) -> None:
    for item in company(users, 11, TENANT, NOW):
        if isinstance(item, Object):
            assert list(type_errors(KINDS[item.kind], item.properties)) == [], item.properties


def test_every_reference_inside_an_object_leads_to_an_object(small: Memory) -> None:
    ids = {id for objects in small.objects.values() for id in objects}
    for kind, key in (
        ("appRoleAssignment", "principalId"),
        ("appRoleAssignment", "resourceId"),
        ("oAuth2PermissionGrant", "clientId"),
        ("oAuth2PermissionGrant", "resourceId"),
        ("unifiedRoleAssignment", "principalId"),
        ("unifiedRoleAssignment", "roleDefinitionId"),
        ("scopedRoleMembership", "administrativeUnitId"),
    ):
        assert {item[key] for item in small.objects[kind].values()} <= ids
    licensed = {
        state["assignedByGroup"]
        for user in small.objects["user"].values()
        for state in user["licenseAssignmentStates"]
        if state["assignedByGroup"]
    }
    assert licensed
    assert licensed <= ids


def test_the_smallest_company_has_every_kind(small: Memory) -> None:
    asked = {name for name in KINDS if name.endswith("Request")}  # carried out, and then forgotten
    assert set(small.objects) | asked == set(KINDS)
    assert {len(small.objects["organization"]), len(small.objects["user"])} == {1, 20}


USER_CASES = {
    "guest who has not accepted": lambda user: user.get("externalUserState") == "PendingAcceptance",
    "guest who has": lambda user: user.get("externalUserState") == "Accepted",
    "synced": lambda user: user.get("onPremisesSyncEnabled") is True,
    "formerly synced": lambda user: user.get("onPremisesSyncEnabled") is False,
    "disabled leaver": lambda user: "employeeLeaveDateTime" in user and not user["accountEnabled"],
    "resource account": lambda user: user.get("isResourceAccount"),
    "protected by a restricted unit": lambda user: user.get("isManagementRestricted"),
    "extension values": lambda user: any(key.startswith("extension_") for key in user),
    "null on purpose": lambda user: "faxNumber" in user and user["faxNumber"] is None,
    "licensed through a group": lambda user: any(item["assignedByGroup"] for item in user["licenseAssignmentStates"]),
    "licensed directly": lambda user: any(not item["assignedByGroup"] for item in user["licenseAssignmentStates"]),
    "no licence": lambda user: not user["assignedLicenses"],
    "long name with quotes, backslash, direction marks": lambda user: (
        '"' in user["displayName"] and len(user["displayName"]) > 180
    ),
    "certificate user ids": lambda user: "authorizationInfo" in user,
}
GROUP_CASES = {
    "dynamic users": lambda group: group["groupTypes"] == ["DynamicMembership"] and "user." in group["membershipRule"],
    "dynamic devices": lambda group: "(device." in (group.get("membershipRule") or ""),
    "dynamic Microsoft 365": lambda group: set(group["groupTypes"]) == {"Unified", "DynamicMembership"},
    "rule that names a group": lambda group: "memberof -any" in (group.get("membershipRule") or ""),
    "paused": lambda group: group.get("membershipRuleProcessingState") == "Paused",
    "Microsoft 365": lambda group: group["groupTypes"] == ["Unified"],
    "hidden membership": lambda group: group["visibility"] == "HiddenMembership",
    "team": lambda group: group["resourceProvisioningOptions"] == ["Team"],
    "role-assignable": lambda group: group.get("isAssignableToRole"),
    "distribution list": lambda group: (
        group["mailEnabled"] and not group["securityEnabled"] and not group["groupTypes"]
    ),
    "mail-enabled security": lambda group: (
        group["mailEnabled"] and group["securityEnabled"] and not group["groupTypes"]
    ),
    "synced": lambda group: group.get("onPremisesSyncEnabled"),
    "licensing": lambda group: group.get("assignedLicenses"),
}
APP_CASES = {
    "two certificates": lambda app: (
        len(app["keyCredentials"]) == 2 and all(item["key"] for item in app["keyCredentials"])
    ),
    "secret without its text": lambda app: any(
        item["secretText"] is None and item["hint"] for item in app["passwordCredentials"]
    ),
    "roles and scopes": lambda app: app["appRoles"] and app["api"]["oauth2PermissionScopes"],
    "disabled role": lambda app: any(not role["isEnabled"] for role in app["appRoles"]),
    "pre-authorized client": lambda app: app["api"]["preAuthorizedApplications"],
    "identifier with its own app id": lambda app: f"api://{app['appId']}" in app["identifierUris"],
    "single page": lambda app: app["spa"]["redirectUris"],
    "native": lambda app: app["publicClient"]["redirectUris"],
    "web": lambda app: app["web"]["redirectUris"],
    "optional claims": lambda app: app.get("optionalClaims"),
}
PRINCIPAL_CASES = {
    "Microsoft's": lambda principal: principal["appOwnerOrganizationId"].startswith("f8cdef31"),
    "system-assigned identity": lambda principal: principal["alternativeNames"][:1] == ["isExplicit=False"],
    "user-assigned identity": lambda principal: principal["alternativeNames"][:1] == ["isExplicit=True"],
    "gallery with SAML": lambda principal: principal.get("preferredSingleSignOnMode") == "saml",
    "own": lambda principal: principal["appOwnerOrganizationId"] == TENANT and not principal["alternativeNames"],
}
POLICY_CASES = {
    "enabled": lambda policy: policy["state"] == "enabled",
    "report-only": lambda policy: policy["state"] == "enabledForReportingButNotEnforced",
    "disabled": lambda policy: policy["state"] == "disabled",
    "strength": lambda policy: (policy["grantControls"] or {}).get("authenticationStrength"),
    "no grant controls": lambda policy: policy["grantControls"] is None,
    "block": lambda policy: (policy["grantControls"] or {}).get("builtInControls") == ["block"],
    "groups": lambda policy: (policy["conditions"]["users"] or {}).get("includeGroups"),
    "roles": lambda policy: (policy["conditions"]["users"] or {}).get("includeRoles"),
    "apps": lambda policy: len(policy["conditions"]["applications"]["includeApplications"]) == 2,
    "locations": lambda policy: len((policy["conditions"]["locations"] or {}).get("excludeLocations", ())) == 3,
    "guests": lambda policy: (policy["conditions"]["users"] or {}).get("includeGuestsOrExternalUsers"),
    "workloads": lambda policy: policy["conditions"]["clientApplications"],
    "user actions": lambda policy: policy["conditions"]["applications"]["includeUserActions"],
}
CASES = [
    (kind, case, test)
    for kind, cases in (
        ("user", USER_CASES),
        ("group", GROUP_CASES),
        ("application", APP_CASES),
        ("servicePrincipal", PRINCIPAL_CASES),
        ("conditionalAccessPolicy", POLICY_CASES),
    )
    for case, test in cases.items()
]


@pytest.mark.parametrize(("kind", "case", "test"), CASES, ids=[f"{kind}: {case}" for kind, case, _ in CASES])
def test_the_smallest_company_has_every_case(small: Memory, kind: str, case: str, test: Any) -> None:
    assert any(test(item) for item in small.objects[kind].values())


def test_the_smallest_company_has_links_of_every_sort(small: Memory) -> None:
    have = {(kind, link, target) for (kind, _, link), targets in small.linked.items() for target, _ in targets}
    assert have >= {
        ("user", "manager", "user"),
        ("user", "sponsors", "user"),
        ("group", "members", "user"),
        ("group", "members", "group"),
        ("group", "members", "device"),
        ("group", "members", "servicePrincipal"),
        ("group", "owners", "user"),
        ("application", "owners", "user"),
        ("application", "federatedIdentityCredentials", "federatedIdentityCredential"),
        ("application", "extensionProperties", "extensionProperty"),
        ("servicePrincipal", "owners", "user"),
        ("servicePrincipal", "owners", "servicePrincipal"),
        ("administrativeUnit", "members", "user"),
        ("administrativeUnit", "members", "group"),
        ("administrativeUnit", "members", "device"),
        ("device", "registeredOwners", "user"),
        ("device", "registeredUsers", "user"),
    }
    empty = [id for id in small.objects["group"] if not small.links("group", id, "members")]
    assert any(not small.links("group", id, "owners") for id in empty)


def test_assignments_and_grants_have_every_principal_and_consent(small: Memory) -> None:
    assignments = small.objects["appRoleAssignment"].values()
    assert {item["principalType"] for item in assignments} == {"User", "Group", "ServicePrincipal"}
    grants = small.objects["oAuth2PermissionGrant"].values()
    assert {item["consentType"] for item in grants} == {"AllPrincipals", "Principal"}
    assert any(item["scope"].startswith(" ") for item in grants)
    assert all((item["principalId"] is None) == (item["consentType"] == "AllPrincipals") for item in grants)


def test_two_emergency_accounts_are_cloud_only_global_administrators(small: Memory) -> None:
    holders = [
        small.objects["user"][item["principalId"]]
        for item in small.objects["unifiedRoleAssignment"].values()
        if item["roleDefinitionId"] == GLOBAL_ADMINISTRATOR and item["directoryScopeId"] == "/"
    ]
    emergency = [user for user in holders if user["mailNickname"].startswith("emergency-")]
    assert len(holders) > len(emergency) == 2
    assert all(user["accountEnabled"] and "onPremisesSyncEnabled" not in user for user in emergency)
    assert all(user["userPrincipalName"].endswith(".onmicrosoft.com") for user in emergency)
    excluded = [
        set((policy["conditions"]["users"] or {}).get("excludeUsers", ()))
        for policy in small.objects["conditionalAccessPolicy"].values()
    ]
    assert sum({user["id"] for user in emergency} <= users for users in excluded) >= 4


def test_scopes_of_role_assignments_are_the_tenant_a_unit_and_an_application(small: Memory) -> None:
    scopes = {item["directoryScopeId"] for item in small.objects["unifiedRoleAssignment"].values()}
    units = {f"/administrativeUnits/{id}" for id in small.objects["administrativeUnit"]}
    apps = {f"/{id}" for id in small.objects["application"]}
    assert "/" in scopes
    assert scopes & units
    assert scopes & apps
    assert scopes <= {"/"} | units | apps
    assert len(small.objects["scopedRoleMembership"]) == len([scope for scope in scopes if scope in units])


def test_managers_form_one_tree(small: Memory) -> None:
    tree = {
        source: found[0][1]
        for (kind, source, link), found in small.linked.items()
        if (kind, link) == ("user", "manager")
    }
    heads = {user["id"] for user in small.objects["user"].values() if user.get("jobTitle") == "Chief Executive Officer"}
    assert len(heads) == 1
    for user in tree:
        above = user
        for _ in range(20):
            above = tree.get(above, above)
        assert above in heads


def test_display_names_come_in_nine_scripts() -> None:
    blocks = {
        "Latin with diacritics": (0xC0, 0x17F),
        "Greek": (0x370, 0x3FF),
        "Cyrillic": (0x400, 0x4FF),
        "Hebrew": (0x590, 0x5FF),
        "Arabic": (0x600, 0x6FF),
        "Devanagari": (0x900, 0x97F),
        "Kana": (0x3040, 0x30FF),
        "Han": (0x4E00, 0x9FFF),
        "Hangul": (0xAC00, 0xD7AF),
    }
    text = "".join(
        item.properties["displayName"]
        for item in company(200, 1, TENANT, NOW)
        if isinstance(item, Object) and item.kind == "user"
    )
    missing = [block for block, (low, high) in blocks.items() if not any(low <= ord(char) <= high for char in text)]
    assert missing == []


@given(offset=st.integers(0, 2**32), start=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_no_two_people_share_a_login(offset: int, start: int) -> None:
    logins = [name(number, offset).login for number in range(start, start + 3_000)]
    assert len(set(logins)) == len(logins)
    assert all(login.isascii() for login in logins)


def test_family_names_are_unique_in_latin_letters() -> None:
    families = [latin for locale in LOCALES for _, latin in locale.family]
    assert len(set(families)) == len(families)


def test_the_shape_of_a_large_company() -> None:
    users = [
        item.properties for item in company(2_000, 5, TENANT, NOW) if isinstance(item, Object) and item.kind == "user"
    ]
    synced = sum(user.get("onPremisesSyncEnabled") is True for user in users) / len(users)
    guests = sum(user["userType"] == "Guest" for user in users) / len(users)
    size = sum(len(json.dumps(user, ensure_ascii=False, separators=(",", ":")).encode()) for user in users) / len(users)
    assert 0.22 < synced < 0.32
    assert 0.05 < guests < 0.12
    assert 1_500 < size < 3_500


def test_all_employees_is_one_very_large_group() -> None:
    memory = Memory().load(600)
    group = memory.one("group", displayName="All employees")
    assert len(memory.links("group", group["id"], "members")) == World(Sizes(600), 7, TENANT, NOW).employees > 500


def test_memory_does_not_grow_with_the_company() -> None:
    def peak(users: int) -> int:
        items = company(users, 1, TENANT, NOW)
        tracemalloc.start()
        try:
            for _ in itertools.islice(items, 12_000):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)  # fills what is shared between all companies
    small, large = peak(2_000), peak(200_000)
    assert large < small + 2_000_000

"""Lists and single objects: projections, paging, options, refusals."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.tenant import small
from tests.tenant.conftest import EVENTUAL, Api

DEFAULTS = {
    "id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "securityIdentifier", "surname", "userPrincipalName",
}  # fmt: skip


async def test_without_select_a_user_shows_the_documented_defaults_only(api: Api) -> None:
    listed = (await api.get("/v1.0/users")).body["value"][0]
    single = (await api.get(f"/v1.0/users/{small.user(0)}")).body
    assert set(listed) == DEFAULTS
    assert set(single) == DEFAULTS | {"@odata.context"}
    assert listed["businessPhones"] == []
    assert listed["givenName"] is None


async def test_select_shows_what_it_names_and_nothing_else(api: Api) -> None:
    answer = await api.get("/v1.0/users?$select=id,accountEnabled,otherMails")
    assert set(answer.body["value"][0]) == {"id", "accountEnabled", "otherMails"}
    assert answer.body["@odata.context"].endswith("/v1.0/$metadata#users(id,accountEnabled,otherMails)")


async def test_pages_hold_every_object_once_and_links_are_absolute(api: Api) -> None:
    pages = await api.pages("/v1.0/users?$select=id&$top=10")
    assert [len(page.ids) for page in pages] == [10, 10, 5]
    assert sorted(key for page in pages for key in page.ids) == sorted(small.user(n) for n in range(small.USERS))
    link = urlsplit(pages[0].body["@odata.nextLink"])
    assert f"{link.scheme}://{link.netloc}" == api.url
    assert parse_qs(link.query)["$top"] == ["10"]


async def test_a_page_token_belongs_to_its_query(api: Api) -> None:
    link = (await api.get("/v1.0/users?$select=id&$top=10")).body["@odata.nextLink"]
    token = urlsplit(link).query.split("$skiptoken=")[1]
    for path in (f"/v1.0/users?$top=10&$skiptoken={token}", f"/v1.0/groups?$select=id&$top=10&$skiptoken={token}"):
        assert (await api.get(path)).status == 400
    assert (await api.get(link)).status == 200


async def test_a_page_token_expires(api: Api) -> None:
    link = (await api.get("/v1.0/users?$top=10")).body["@odata.nextLink"]
    await api.travel(1)
    late = await api.get(link)
    assert (late.status, late.code) == (400, "Directory_ExpiredPageToken")


async def test_headers_are_not_carried_by_a_next_link(api: Api) -> None:
    path = "/v1.0/users?$filter=displayName ne 'x'&$count=true&$top=10"
    first = await api.get(path, EVENTUAL)
    assert first.body["@odata.count"] == small.USERS
    assert (await api.get(first.body["@odata.nextLink"])).code == "Directory_ExpiredPageToken"
    second = await api.get(first.body["@odata.nextLink"], EVENTUAL)
    assert "@odata.count" not in second.body


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1.0/nothing", 400, "BadRequest"),
        ("/v1.0/users/x/nothing", 400, "BadRequest"),
        ("/v1.0/users?$foo=1", 400, "BadRequest"),
        ("/v1.0/users?$skip=5", 400, "BadRequest"),
        ("/v1.0/users?$select=nothing", 400, "BadRequest"),
        ("/v1.0/users?$select=@odata.type", 400, "BadRequest"),
        ("/v1.0/users?$expand=nothing", 400, "BadRequest"),
        ("/v1.0/users?$filter=nothing eq 'x'", 400, "BadRequest"),
        ("/v1.0/users?$filter=displayName ne 'x'", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$filter=displayName has 'x'", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$filter=displayName eq", 400, "BadRequest"),
        ("/v1.0/users?$top=1000", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$top=0", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$top=x", 400, "BadRequest"),
        ('/v1.0/users?$search="displayName:x"', 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$select=id&$select=mail", 400, "BadRequest"),
        ("/v1.0/users?$select=aboutMe", 501, "NotImplemented"),
        ("/v1.0/users/$count", 400, "Request_BadRequest"),
        ("/v1.0/users/00000000-0000-0000-0000-00000000dead", 404, "Request_ResourceNotFound"),
        ("/v1.0/directory/deletedItems", 400, "Request_BadRequest"),
        ("/v1.0/groups/delta?$top=5", 400, "BadRequest"),
        ("/v2.0/users", 404, "UnknownError"),
        ("/v1.0/administrativeUnits", 400, "BadRequest"),
    ],
)
async def test_what_is_not_there_or_not_supported_is_refused_in_graphs_words(
    api: Api, path: str, status: int, code: str
) -> None:
    refused = await api.get(path, {"client-request-id": "abc"})
    assert (refused.status, refused.code) == (status, code)
    assert refused.body["error"]["message"]
    if not path.startswith("/v2"):
        assert refused.body["error"]["innerError"]["request-id"] == refused.headers["request-id"]
        assert refused.body["error"]["innerError"]["client-request-id"] == "abc"
        assert refused.body["error"]["innerError"]["date"]


async def test_a_wrong_or_missing_token_is_a_401(api: Api) -> None:
    for given in ("", "Bearer other"):
        refused = await api.get("/v1.0/users", {"Authorization": given})
        assert (refused.status, refused.code) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(
    ("clause", "numbers"),
    [
        ("userPrincipalName eq 'PERSON03@small.example'", [3]),
        ("displayName in ('Person 01','Person 02')", [1, 2]),
        ("startswith(displayName,'Person 2')", [20, 21, 22, 23, 24]),
        ("accountEnabled eq true and (mailNickname eq 'person04' or mailNickname eq 'person05')", [4]),
        ("department eq 'Ölfeld'", [0, 5, 10, 15, 20]),
        ("createdDateTime ge 2026-01-24T00:00:00Z", [23, 24]),
        ("otherMails/any(m:m eq 'b7@else.example')", [7]),
        (f"id eq '{small.user(9)}'", [9]),
        ("displayName eq 'O''Neill'", []),
    ],
)
async def test_filters(api: Api, clause: str, numbers: list[int]) -> None:
    assert (await api.get(f"/v1.0/users?$filter={clause}")).ids == [small.user(n) for n in numbers]


async def test_advanced_filters_need_the_header_and_count(api: Api) -> None:
    path = "/v1.0/users?$filter=not startswith(displayName,'Person 0') and endswith(mailNickname,'4')&$count=true"
    assert (await api.get(path)).code == "Request_UnsupportedQuery"
    assert (await api.get(path, EVENTUAL)).ids == [small.user(14), small.user(24)]


async def test_count_needs_the_header(api: Api) -> None:
    assert "@odata.count" not in (await api.get("/v1.0/users?$count=true")).body
    assert (await api.get("/v1.0/users?$count=true&$top=1", EVENTUAL)).body["@odata.count"] == small.USERS
    assert (await api.get("/v1.0/users/$count", EVENTUAL)).body == small.USERS
    assert (await api.get("/v1.0/identity/conditionalAccess/policies?$count=true")).body["@odata.count"] == 1


async def test_expand_shows_a_manager_and_shrinks_the_page(api: Api) -> None:
    answer = await api.get(f"/v1.0/users/{small.user(1)}?$select=id&$expand=manager($select=id,displayName)")
    assert answer.body["manager"] == {
        "@odata.type": "#microsoft.graph.user",
        "id": small.user(0),
        "displayName": "Person 00",
    }
    listed = (await api.get("/v1.0/users?$select=id&$expand=manager($select=id)&$top=999")).body
    assert "manager" not in listed["value"][0]
    assert listed["value"][1]["manager"]["id"] == small.user(0)


async def test_expand_gives_at_most_twenty_and_no_link_to_the_rest(api: Api) -> None:
    group = (await api.get(f"/v1.0/groups/{small.BIG}?$expand=members")).body
    assert len(group["members"]) == 20
    assert not [name for name in group if "nextLink" in name]
    assert (await api.get("/v1.0/groups?$expand=members,owners")).status == 400
    assert (await api.get("/v1.0/groups?$expand=members&$count=true", EVENTUAL)).status == 400


async def test_an_expanded_list_has_pages_of_a_hundred(api: Api) -> None:
    for number in range(120):
        body = {
            "displayName": f"G{number}",
            "mailNickname": f"g{number}",
            "mailEnabled": False,
            "securityEnabled": True,
        }
        assert (await api.call("POST", "/v1.0/groups", body)).status == 201
    assert len((await api.get("/v1.0/groups?$expand=owners&$top=999")).ids) == 100
    assert len((await api.get("/v1.0/groups?$top=999")).ids) == 123
    assert len((await api.get("/v1.0/groups")).ids) == 100


async def test_a_certificate_shows_its_key_only_where_one_object_is_asked_for_it(api: Api) -> None:
    async def shown(path: str) -> str | None:
        body = (await api.get(path)).body
        return (body["value"][0] if "value" in body else body)["keyCredentials"][0]["key"]

    assert await shown("/v1.0/applications") is None
    assert await shown("/v1.0/applications?$select=keyCredentials") is None
    assert await shown(f"/v1.0/applications/{small.APP}") is None
    assert await shown(f"/v1.0/applications/{small.APP}?$select=id,keyCredentials") == "TUlJQw=="


async def test_objects_are_found_by_their_alternate_keys(api: Api) -> None:
    for path in (
        f"/v1.0/users/person03@{small.DOMAIN}",
        f"/v1.0/users('{small.user(3)}')",
        f"/v1.0/directoryObjects/{small.user(3)}",
    ):
        assert (await api.get(path)).body["id"] == small.user(3)
    assert (await api.get(f"/v1.0/applications(appId='{small.APP_ID}')")).body["id"] == small.APP
    assert (await api.get(f"/v1.0/applications(name='{small.APP_ID}')")).status == 400


async def test_a_kind_with_subtypes_names_them_and_shows_their_own_properties(api: Api) -> None:
    places = (await api.get("/v1.0/identity/conditionalAccess/namedLocations")).body["value"]
    by_type = {place["@odata.type"]: place for place in places}
    assert "isTrusted" not in by_type["#microsoft.graph.countryNamedLocation"]
    assert by_type["#microsoft.graph.ipNamedLocation"]["isTrusted"] is False


async def test_lists_sort_where_asked(api: Api) -> None:
    pages = await api.pages("/v1.0/users?$select=id&$orderby=displayName desc&$top=10")
    assert [key for page in pages for key in page.ids] == [small.user(n) for n in reversed(range(small.USERS))]
    assert (await api.get("/v1.0/users?$orderby=displayName&$filter=mail eq 'x'")).code == "Request_UnsupportedQuery"


async def test_many_objects_by_id(api: Api) -> None:
    body = {"ids": [small.user(1), small.GROUP, small.key(1, 999)], "types": ["user"]}
    answer = await api.call("POST", "/v1.0/directoryObjects/getByIds", body)
    assert [item["@odata.type"] for item in answer.body["value"]] == ["#microsoft.graph.user"]


async def test_a_property_may_need_a_permission_of_its_own(api: Api) -> None:
    path = "/v1.0/users?$select=id,signInActivity"
    assert set((await api.get(path)).body["value"][0]) == {"id"}  # nobody has signed in
    await api.switch(revoked=["AuditLog.Read.All"])
    assert (await api.get(path)).code == "Authorization_RequestDenied"
    assert (await api.get("/v1.0/users?$select=id")).status == 200
    assert (await api.switch_hits())["permissions"] == 1


async def test_resource_units(api: Api) -> None:
    costs = {
        "/v1.0/users": "2",
        "/v1.0/users?$select=id": "1",
        "/v1.0/users?$expand=manager": "3",
        "/v1.0/users?$top=5": "1",
        f"/v1.0/groups/{small.GROUP}/members?$select=id": "2",
        f"/v1.0/users/{small.user(1)}": "1",
        f"/v1.0/applications/{small.APP}/extensionProperties": "2",
        f"/v1.0/users/{small.user(1)}/memberOf": "2",
        f"/v1.0/servicePrincipals/{small.PRINCIPAL}/appRoleAssignments": "2",
        f"/v1.0/servicePrincipals/{small.PRINCIPAL}/appRoleAssignedTo": "1",
        "/v1.0/oauth2PermissionGrants": "2",
        "/v1.0/applications": "2",
        "/v1.0/servicePrincipals": "1",
        "/v1.0/subscribedSkus": "3",
        "/v1.0/domains": "1",
    }
    for path, units in costs.items():
        assert (await api.get(path)).headers["x-ms-resource-unit"] == units, path
    ids = {"ids": [small.user(1)], "types": ["user"]}
    for query, units in (("", "5"), ("?$select=id", "2")):
        answer = await api.call("POST", f"/v1.0/directoryObjects/getByIds{query}", ids)
        assert answer.headers["x-ms-resource-unit"] == units


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/identity/conditionalAccess/policies",
        "/v1.0/roleManagement/directory/roleDefinitions",
        "/v1.0/identityGovernance/entitlementManagement/catalogs",
        "/beta/deviceManagement/deviceConfigurations",
        "/beta/deviceAppManagement/mobileApps",
        "/v1.0/auditLogs/directoryAudits",
        "/v1.0/reports/authenticationMethods/userRegistrationDetails",
        f"/v1.0/users/{small.user(1)}/authentication/methods",
    ],
)
async def test_services_beside_the_directory_count_no_resource_units(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert answer.status == 200
    assert "x-ms-resource-unit" not in answer.headers


async def test_answers_carry_ids_of_the_call(api: Api) -> None:
    answer = await api.get("/v1.0/users", {"client-request-id": "7d3a"})
    assert answer.headers["client-request-id"] == "7d3a"
    assert answer.headers["request-id"]
    assert answer.headers["content-type"].startswith("application/json")


async def test_enum_members_added_later_need_the_preference(api: Api) -> None:
    path = f"/v1.0/identity/conditionalAccess/policies/{small.POLICY}"
    plain = (await api.get(path)).body["grantControls"]["builtInControls"]
    whole = (await api.get(path, {"Prefer": "include-unknown-enum-members"})).body["grantControls"]["builtInControls"]
    assert plain == ["mfa", "unknownFutureValue"]
    assert whole == ["mfa", "riskRemediation"]

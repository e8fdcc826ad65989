"""Kinds that are no plain collection: singletons, other keys, depth, bytes, mandatory filters, nested expansion."""

import base64
from typing import Any
from urllib.parse import quote

import pytest

from tests.tenant import small
from tests.tenant.conftest import Api

PARTNERS = "/v1.0/policies/crossTenantAccessPolicy/partners"
RULES = "/v1.0/policies/roleManagementPolicies"


async def listed(api: Api, path: str) -> list[dict[str, Any]]:
    answer = await api.get(path)
    assert answer.status == 200, answer.body
    return list(answer.body["value"])


async def test_a_singleton_is_the_object_itself_and_takes_no_key(company: Api) -> None:
    policy = (await company.get("/v1.0/policies/authorizationPolicy")).body
    assert policy["id"] == "authorizationPolicy"
    assert "value" not in policy
    assert (await company.get("/v1.0/policies/authorizationPolicy?$select=id")).body.keys() == {"@odata.context", "id"}
    assert (await company.get("/v1.0/policies/authorizationPolicy/x")).code == "BadRequest"
    assert (await company.get("/v1.0/policies/authorizationPolicy?$top=1")).code == "BadRequest"
    assert (await company.call("DELETE", "/v1.0/policies/authorizationPolicy")).status == 405


async def test_a_singleton_without_an_id_shows_none(company: Api) -> None:
    policy = (await company.get("/v1.0/policies/adminConsentRequestPolicy")).body
    assert policy["isEnabled"] in (True, False)
    assert "id" not in policy


async def test_a_singleton_that_was_never_set_is_not_found(api: Api) -> None:
    missing = await api.get("/v1.0/policies/authorizationPolicy")
    assert (missing.status, missing.code) == (404, "Request_ResourceNotFound")
    assert (await api.get(f"/v1.0/organization/{small.TENANT}/branding")).status == 404


async def test_a_path_below_a_singleton_may_be_a_kind_of_its_own(company: Api) -> None:
    whole = (await company.get("/v1.0/policies/crossTenantAccessPolicy")).body
    default = (await company.get("/v1.0/policies/crossTenantAccessPolicy/default")).body
    assert whole.keys() != default.keys()
    assert default["isServiceDefault"] in (True, False)
    assert (await company.get("/v1.0/policies/crossTenantAccessPolicy/nothing")).code == "BadRequest"


async def test_a_key_may_be_another_property_than_the_id(company: Api) -> None:
    partner = (await listed(company, PARTNERS))[0]
    assert "id" not in partner
    single = (await company.get(f"{PARTNERS}/{partner['tenantId'].upper()}")).body
    assert single["tenantId"] == partner["tenantId"]
    assert (await company.get(f"{PARTNERS}?$select=id")).code == "BadRequest"


async def test_a_key_may_be_a_name_with_dots(company: Api) -> None:
    domain = next(one for one in await listed(company, "/v1.0/domains") if one["isDefault"])
    for path in (f"/v1.0/domains/{domain['id']}", f"/v1.0/domains('{domain['id']}')"):
        assert (await company.get(path)).body["id"] == domain["id"]
    assert (await company.get(f"/v1.0/domains/{domain['id']}/verificationDnsRecords")).status == 200


async def test_a_cast_may_be_part_of_a_path(company: Api) -> None:
    path = "/v1.0/directory/federationConfigurations/microsoft.graph.samlOrWsFedExternalDomainFederation"
    found = await listed(company, path)
    assert found
    assert (await company.get(f"{path}/{found[0]['id']}")).body["id"] == found[0]["id"]


async def test_links_are_followed_through_what_they_contain(company: Api) -> None:
    organization = (await listed(company, "/v1.0/organization"))[0]["id"]
    branding = f"/v1.0/organization/{organization}/branding"
    assert (await company.get(branding)).status == 200
    locales = await listed(company, f"{branding}/localizations")
    single = await company.get(f"{branding}/localizations/{quote(locales[0]['id'])}")
    assert single.body["id"] == locales[0]["id"]
    assert (await company.get(f"{branding}/localizations/xx-XX")).status == 404
    assert (await company.get(f"{branding}/localizations/xx-XX/bannerLogo")).status == 404
    assert (await company.get(f"{branding}/localizations/0/nothing")).code == "BadRequest"
    assert (await company.get(f"{branding}/localizations/0/bannerLogo/more")).code == "BadRequest"


async def test_an_id_that_comes_back_below_other_parents_is_found_below_its_own(company: Api) -> None:
    policies = (await listed(company, f"{RULES}?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'"))[:2]
    shown = [
        (await company.get(f"{RULES}/{policy['id']}/rules/Expiration_Admin_Eligibility")).body for policy in policies
    ]
    assert [rule["id"] for rule in shown] == ["Expiration_Admin_Eligibility"] * 2
    rules = await listed(company, f"{RULES}/{policies[0]['id']}/rules")
    assert len({rule["id"] for rule in rules}) == len(rules) > 10


@pytest.mark.parametrize(
    ("clause", "status"),
    [
        ("scopeId eq '/' and scopeType eq 'DirectoryRole'", 200),
        ("scopeType eq 'DirectoryRole' and (scopeId eq '/')", 200),
        ("scopeId eq '/'", 400),
        ("scopeId eq '/' or scopeType eq 'DirectoryRole'", 400),
        ("scopeId in ('/') and scopeType eq 'DirectoryRole'", 400),
        ("startswith(scopeId,'/') and scopeType eq 'DirectoryRole'", 400),
        ("", 400),
    ],
)
async def test_a_list_wants_the_filter_that_says_whose_it_is(company: Api, clause: str, status: int) -> None:
    assert (await company.get(f"{RULES}?$filter={clause}" if clause else RULES)).status == status


async def test_what_a_list_keeps_back_is_in_a_single_answer(company: Api) -> None:
    scripts = "/beta/deviceManagement/deviceManagementScripts"
    in_list = (await listed(company, scripts))[0]
    assert in_list["scriptContent"] is None
    single = (await company.get(f"{scripts}/{in_list['id']}")).body
    assert base64.b64decode(single["scriptContent"])
    named = (await listed(company, f"{scripts}?$select=id,scriptContent"))[0]
    assert named["scriptContent"] is None


async def test_bytes_come_with_their_type_alone_and_in_a_batch(company: Api) -> None:
    organization = (await listed(company, "/v1.0/organization"))[0]["id"]
    branding = f"/organization/{organization}/branding/localizations/0"
    logo = await company.get(f"/v1.0{branding}/bannerLogo")
    assert logo.headers["content-type"].startswith("image/")
    assert isinstance(logo.body, bytes)
    assert (await company.get(f"/v1.0{branding}/favicon")).status == 404, "none was uploaded"
    requests = [{"id": "1", "method": "GET", "url": f"{branding}/bannerLogo"}]
    item = (await company.call("POST", "/v1.0/$batch", {"requests": requests})).body["responses"][0]
    assert base64.b64decode(item["body"]) == logo.body
    assert item["headers"]["content-type"] == logo.headers["content-type"]


async def test_what_is_beta_only_is_an_unknown_segment_in_v1(company: Api) -> None:
    assert (await company.get("/beta/deviceManagement/configurationPolicies")).status == 200
    assert (await company.get("/v1.0/deviceManagement/configurationPolicies")).code == "BadRequest"
    user = (await company.get("/v1.0/users?$top=1")).ids[0]
    assert (await company.get(f"/beta/users/{user}/authentication/requirements")).status in (200, 404)
    assert (await company.get(f"/v1.0/users/{user}/authentication/requirements")).code == "BadRequest"


async def test_expansion_of_other_services_is_whole_and_nested(company: Api) -> None:
    scope = "$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'"
    policy = (await listed(company, f"{RULES}?{scope}&$expand=rules"))[0]
    below = await listed(company, f"{RULES}/{policy['id']}/rules")
    assert sorted(rule["id"] for rule in policy["rules"]) == sorted(rule["id"] for rule in below)
    assignments = "/v1.0/policies/roleManagementPolicyAssignments"
    one = (await listed(company, f"{assignments}?{scope}&$expand=policy($expand=rules($select=id))"))[0]
    assert len(one["policy"]["rules"]) == len(below)
    assert {"@odata.type", "id"} == one["policy"]["rules"][0].keys()
    actions = "assignments,scheduledActionsForRule($expand=scheduledActionConfigurations)"
    compliance = await listed(company, f"/beta/deviceManagement/deviceCompliancePolicies?$expand={actions}")
    assert all(rule["scheduledActionConfigurations"] for rule in compliance[0]["scheduledActionsForRule"])


async def test_expansion_of_the_directory_is_cut_and_not_nested(api: Api) -> None:
    assert len((await api.get(f"/v1.0/groups/{small.BIG}?$expand=members")).body["members"]) == 20
    nested = await api.get("/v1.0/users?$expand=manager($expand=manager)")
    assert nested.code == "Request_UnsupportedQuery"
    for unsupported in ("manager($levels=2)", "manager($filter=x)"):
        assert (await api.get(f"/v1.0/users?$expand={unsupported}")).code == "Request_UnsupportedQuery"


@pytest.mark.parametrize(
    ("clause", "numbers"),
    [
        ("createdDateTime ge 2026-01-24T00:00:00.0000000Z", [23, 24]),
        ("createdDateTime gt 2026-01-23T23:59:59.9999999Z", [23, 24]),
        ("createdDateTime ge 2026-01-24T02:00:00+02:00", [23, 24]),
        ("createdDateTime ge 2026-01-24T00:00:00Z and createdDateTime lt 2026-01-25T00:00:00Z", [23]),
        ("createdDateTime eq 2026-01-20T00:00:00.000Z", [19]),
        ("createdDateTime le 2026-01-01T00:00:00Z", [0]),
    ],
)
async def test_moments_are_compared_however_they_are_written(api: Api, clause: str, numbers: list[int]) -> None:
    assert (await api.get(f"/v1.0/users?$filter={quote(clause)}")).ids == [small.user(n) for n in numbers]


async def test_extensions_of_all_applications_come_in_one_call(api: Api) -> None:
    path = "/v1.0/directoryObjects/getAvailableExtensionProperties"
    assert (await api.call("POST", path, {})).ids == [small.EXTENSION]
    assert (await api.call("POST", path, {"isSyncedFromOnPremises": False})).ids == [small.EXTENSION]
    assert (await api.call("POST", path, {"isSyncedFromOnPremises": True})).ids == []
    assert (await api.call("POST", path, {"isSynced": True})).status == 400
    assert (await api.get(path)).status == 405
    await api.switch(revoked=["Directory.Read.All"])
    assert (await api.call("POST", path, {})).code == "Authorization_RequestDenied"
    assert not await api.writes()

"""The tenant as a whole, external identities and attribute definitions: what each call of their pages answers."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.serve import Service
from local.tenant.server import application
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api

BRANDING = f"/v1.0/organization/{small.TENANT}/branding"
FLOWS = "/v1.0/identity/b2xUserFlows"
ALLIANCE = "/v1.0/tenantRelationships/multiTenantOrganization"
DEFINITIONS = "/v1.0/directory/customSecurityAttributeDefinitions"


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Api]:
    tenant = Tenant(tmp_path, small.TENANT)
    load(tenant, 20, 7)
    runner = web.AppRunner(application(Service(tenant, Faults(), "local-token")), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Api(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    await runner.cleanup()
    tenant.close()


async def bytes_of(api: Api, path: str) -> tuple[int, str, bytes]:
    async with api.session.get(api.url + path, headers=api.headers) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_domains_are_those_that_the_organization_has_verified(company: Api) -> None:
    domains = (await company.get("/v1.0/domains")).body["value"]
    verified = (await company.get("/v1.0/organization")).body["value"][0]["verifiedDomains"]
    assert sorted((one["id"], one["authenticationType"], one["isDefault"], one["isInitial"]) for one in domains) == (
        sorted((one["name"], one["type"], one["isDefault"], one["isInitial"]) for one in verified)
    )
    assert [one["authenticationType"] for one in domains].count("Federated") == 1


async def test_a_federated_domain_has_its_federation_and_takes_a_permission_of_its_own(company: Api) -> None:
    domains = (await company.get("/v1.0/domains")).body["value"]
    found = {
        one["id"]: (await company.get(f"/v1.0/domains/{one['id']}/federationConfiguration")).body["value"]
        for one in domains
    }
    assert {one["id"]: len(found[one["id"]]) for one in domains} == {
        one["id"]: int(one["authenticationType"] == "Federated") for one in domains
    }
    [federation] = [held[0] for held in found.values() if held]
    assert federation["@odata.type"] == "#microsoft.graph.internalDomainFederation"
    assert base64.b64decode(federation["signingCertificate"])
    await company.switch(revoked=["Domain-InternalFederation.Read.All"])
    refused = await company.get(f"/v1.0/domains/{domains[0]['id']}/federationConfiguration")
    assert (refused.status, refused.code) == (403, "Authorization_RequestDenied")
    assert (await company.get("/v1.0/domains")).status == 200


async def test_dns_records_say_what_they_are_and_are_not_expanded(company: Api) -> None:
    path = "/v1.0/domains/halden.example"
    service = (await company.get(f"{path}/serviceConfigurationRecords")).body["value"]
    assert {record["@odata.type"].removeprefix("#microsoft.graph.domainDns") for record in service} == {
        "MxRecord",
        "TxtRecord",
        "CnameRecord",
        "SrvRecord",
    }
    assert all(("preference" in record) is (record["recordType"] == "Mx") for record in service)
    [proof] = (await company.get(f"{path}/verificationDnsRecords")).body["value"]
    assert proof["text"].startswith("MS=ms")
    assert proof["id"] not in {record["id"] for record in service}
    assert (await company.get("/v1.0/domains?$expand=serviceConfigurationRecords")).status == 400


async def test_subscriptions_show_every_plan_that_a_licence_is_told_by(company: Api) -> None:
    skus = (await company.get("/v1.0/subscribedSkus")).body["value"]
    plans = {plan["servicePlanName"] for sku in skus for plan in sku["servicePlans"]}
    assert {"AAD_PREMIUM", "AAD_PREMIUM_P2", "INTUNE_A", "Entra_Identity_Governance"} <= plans
    assert {sku["id"] for sku in skus} == {f"{small.TENANT}_{sku['skuId']}" for sku in skus}
    assert all(sku["consumedUnits"] <= sku["prepaidUnits"]["enabled"] for sku in skus)
    held = (await company.get("/v1.0/users?$select=assignedLicenses")).body["value"]
    assert {one["skuId"] for user in held for one in user["assignedLicenses"]} <= {sku["skuId"] for sku in skus}
    assert (await company.get("/v1.0/subscribedSkus?$top=1")).status == 400


async def test_branding_has_its_images_below_the_languages(company: Api) -> None:
    default = (await company.get(BRANDING)).body
    languages = {one["id"]: one for one in (await company.get(f"{BRANDING}/localizations")).body["value"]}
    assert default["id"] == "0"
    assert default["signInPageText"] == languages["0"]["signInPageText"]
    assert set(languages) == {"0", "nb-NO", "de-DE"}
    assert not [name for name in languages["0"] if name.endswith("Stream")]
    status, kind, content = await bytes_of(company, f"{BRANDING}/localizations/0/bannerLogo")
    assert (status, kind, content[:8]) == (200, "image/png", b"\x89PNG\r\n\x1a\n")
    assert (await bytes_of(company, f"{BRANDING}/localizations/nb-NO/bannerLogo"))[2] != content
    status, kind, content = await bytes_of(company, f"{BRANDING}/localizations/0/customCSS")
    assert (status, kind, content[:4]) == (200, "text/css", b".ext")
    none, _, nothing = await bytes_of(company, f"{BRANDING}/localizations/de-DE/bannerLogo")
    assert none == 404 or not nothing
    assert languages["de-DE"]["bannerLogoRelativeUrl"] is None
    await company.switch(revoked=["OrganizationalBranding.Read.All"])
    assert (await company.get(f"{BRANDING}/localizations")).status == 403


async def test_tenants_of_an_alliance_have_no_id_but_their_own(company: Api) -> None:
    alliance = (await company.get(ALLIANCE)).body
    assert (alliance["state"], bool(alliance["id"])) == ("active", True)
    tenants = (await company.get(f"{ALLIANCE}/tenants")).body["value"]
    assert small.TENANT in {one["tenantId"] for one in tenants}
    assert not [one for one in tenants if "id" in one]
    for one in tenants:
        assert (await company.get(f"{ALLIANCE}/tenants/{one['tenantId']}")).body["displayName"] == one["displayName"]
    assert {one["state"] for one in tenants} == {"active", "pending"}


@pytest.mark.parametrize(
    ("path", "clouds"),
    [
        (ALLIANCE, {"usGov", "usGovDoD", "china"}),
        (f"{ALLIANCE}/tenants", {"usGov", "usGovDoD", "china"}),
        ("/v1.0/identity/identityProviders", {"usGov", "usGovDoD"}),
        (FLOWS, {"usGov", "usGovDoD"}),
        ("/v1.0/identity/userFlowAttributes", {"usGov", "usGovDoD"}),
        ("/v1.0/identity/customAuthenticationExtensions", {"china"}),
        ("/v1.0/identity/authenticationEventListeners", {"china"}),
        ("/v1.0/identity/authenticationEventsFlows", {"usGov", "usGovDoD", "china"}),
        ("/v1.0/directory/attributeSets", set()),
        ("/v1.0/domains", set()),
    ],
)
async def test_a_cloud_lacks_what_its_metadata_lacks(company: Api, path: str, clouds: set[str]) -> None:
    lacking = set()
    for cloud in ("global", "usGov", "usGovDoD", "china"):
        await company.switch(cloud=cloud)
        if (await company.get(path)).status != 200:
            lacking.add(cloud)
    assert lacking == clouds


async def test_a_user_flow_shows_providers_in_the_list_and_the_rest_below(company: Api) -> None:
    flows = (await company.get(f"{FLOWS}?$expand=identityProviders")).body["value"]
    assert [len(flow["identityProviders"]) for flow in flows] == [1, 0]
    assert flows[0]["identityProviders"][0]["clientSecret"] == "******"
    first = f"{FLOWS}/{flows[0]['id']}"
    asked = (await company.get(f"{first}/userAttributeAssignments?$expand=userAttribute")).body["value"]
    known = {one["id"] for one in (await company.get("/v1.0/identity/userFlowAttributes")).body["value"]}
    assert {one["id"] for one in asked} == {one["userAttribute"]["id"] for one in asked} <= known
    both = [(await company.get(f"{FLOWS}/{flow['id']}/languages")).body["value"] for flow in flows]
    assert [[one["id"] for one in languages] for languages in both] == [["de", "en", "nb"], ["en"]]


async def test_listeners_name_applications_and_extensions_that_exist(company: Api) -> None:
    apps = {one["appId"] for one in (await company.get("/v1.0/applications?$select=appId")).body["value"]}
    extensions = (await company.get("/v1.0/identity/customAuthenticationExtensions")).body["value"]
    flows = (await company.get("/v1.0/identity/authenticationEventsFlows")).body["value"]
    listeners = (await company.get("/v1.0/identity/authenticationEventListeners")).body["value"]
    named = [one["conditions"]["applications"]["includeApplications"] for one in (*listeners, *flows)]
    assert {app["appId"] for apps_of in named for app in apps_of} <= apps
    called = {one["handler"]["customExtension"]["id"] for one in listeners if "customExtension" in one["handler"]}
    assert called <= {one["id"] for one in extensions}
    assert {one["authenticationEventsFlowId"] for one in listeners} - {None} <= {one["id"] for one in flows}
    assert all(one["authenticationConfiguration"]["resourceId"].rpartition("/")[2] in apps for one in extensions)


async def test_allowed_values_come_only_when_they_are_asked_for(company: Api) -> None:
    plain = (await company.get(DEFINITIONS)).body["value"]
    assert not [one for one in plain if "allowedValues" in one]
    assert {one["id"] for one in plain} == {f"{one['attributeSet']}_{one['name']}" for one in plain}
    wide = {
        one["id"]: one["allowedValues"]
        for one in (await company.get(f"{DEFINITIONS}?$expand=allowedValues")).body["value"]
    }
    assert {one["id"]: bool(wide[one["id"]]) for one in plain} == {
        one["id"]: one["usePreDefinedValuesOnly"] for one in plain
    }
    below = (await company.get(f"{DEFINITIONS}/Crew_Vessels/allowedValues")).body["value"]
    assert len(below) == 26
    sets = {one["id"] for one in (await company.get("/v1.0/directory/attributeSets")).body["value"]}
    assert {one["attributeSet"] for one in plain} == sets


async def test_schema_extensions_of_other_tenants_are_in_the_plain_list(company: Api) -> None:
    apps = [one["appId"] for one in (await company.get("/v1.0/applications?$select=appId")).body["value"]]
    own = {key for app in apps for key in (await company.get(f"/v1.0/schemaExtensions?$filter=owner eq '{app}'")).ids}
    everything = set((await company.get("/v1.0/schemaExtensions")).ids)
    assert own < everything
    assert len(own) == 3


async def test_a_rate_of_the_external_identity_service_is_its_own(company: Api) -> None:
    await company.switch(rates={"identityProviders": 0.001})
    assert (await company.get("/v1.0/identity/identityProviders")).status == 200
    assert (await company.get(FLOWS)).status == 429
    assert (await company.get("/v1.0/domains")).status == 200

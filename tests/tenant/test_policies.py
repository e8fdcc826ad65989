"""Authentication and tenant-wide policies, as the service answers for them, in a generated company."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.schema import KINDS, Kind, authentication, policies
from local.tenant.serve import Service
from local.tenant.server import application
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api

CA = "identity/conditionalAccess/policies"
MINE = [kind for family in (authentication, policies) for kind in family.KINDS if kind.path]
PARTNERS = "/v1.0/policies/crossTenantAccessPolicy/partners"


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Api]:
    tenant = Tenant(tmp_path, small.TENANT)
    load(tenant, 20, 5)
    runner = web.AppRunner(application(Service(tenant, Faults(), "local-token")), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Api(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    await runner.cleanup()
    tenant.close()


@pytest.mark.parametrize("kind", MINE, ids=[kind.name for kind in MINE])
async def test_a_policy_is_answered_whole_and_written_only_as_it_may_be(company: Api, kind: Kind) -> None:
    root = "beta" if kind.beta else "v1.0"
    answer = await company.get(f"/{root}{kind.path}")
    assert answer.status == 200, answer.body
    shown = [answer.body] if kind.singleton else answer.body["value"]
    assert shown
    names = {name for name, rule in kind.properties.items() if kind.beta or not rule.beta}
    assert all({name for name in one if "@" not in name} == names for one in shown)
    for method in {"POST", "PATCH", "PUT"} - kind.methods if kind.singleton else ():
        assert (await company.call(method, f"/{root}{kind.path}", {"displayName": "x"})).status == 405


@pytest.mark.parametrize("kind", MINE, ids=[kind.name for kind in MINE])
async def test_without_its_permission_a_policy_is_refused(company: Api, kind: Kind) -> None:
    await company.switch(revoked=kind.reads)
    answer = await company.get(f"/{'beta' if kind.beta else 'v1.0'}{kind.path}")
    assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")


async def test_a_policy_with_a_preview_feature_is_found_under_beta_alone(company: Api) -> None:
    stable = (await company.get(f"/v1.0/{CA}")).ids
    every = (await company.get(f"/beta/{CA}")).ids
    [hidden] = set(every) - set(stable)
    assert set(stable) < set(every)
    refused = await company.get(f"/v1.0/{CA}/{hidden}")
    assert refused.status == 400
    assert refused.body["error"]["message"].startswith("1037: ")
    shown = (await company.get(f"/beta/{CA}/{hidden}")).body
    assert shown["sessionControls"]["continuousAccessEvaluation"] == {"mode": "strictLocation"}
    written = await company.call("PATCH", f"/v1.0/{CA}/{hidden}", {"displayName": "Other"})
    assert written.body["error"]["message"].startswith("1038: ")
    assert (await company.call("PATCH", f"/beta/{CA}/{hidden}", {"displayName": "Other"})).status == 204


async def test_a_policy_made_under_v1_has_no_preview_property(company: Api) -> None:
    [policy, *_] = (await company.get(f"/v1.0/{CA}")).body["value"]
    body = {name: policy[name] for name in ("displayName", "state", "conditions", "grantControls")}
    session = {"persistentBrowser": {"isEnabled": True, "mode": "never"}}
    made = await company.call("POST", f"/v1.0/{CA}", body | {"sessionControls": session})
    assert made.status == 201, made.body
    assert "continuousAccessEvaluation" not in made.body["sessionControls"]
    session["continuousAccessEvaluation"] = {"mode": "disabled"}
    assert (await company.call("POST", f"/v1.0/{CA}", body | {"sessionControls": session})).status == 400


async def test_a_partner_goes_by_its_tenant_and_may_have_no_synchronisation(company: Api) -> None:
    partners = [one["tenantId"] for one in (await company.get(PARTNERS)).body["value"]]
    assert len(partners) == len(set(partners)) == 3
    answers = [await company.get(f"{PARTNERS}/{tenant}/identitySynchronization") for tenant in partners]
    assert sorted(answer.status for answer in answers) == [200, 404, 404]
    [found] = [answer.body for answer in answers if answer.status == 200]
    assert found["userSyncInbound"] == {"isSyncAllowed": True}
    expanded = (await company.get(f"{PARTNERS}?$select=tenantId&$expand=identitySynchronization")).body["value"]
    assert sum(one["identitySynchronization"] is not None for one in expanded) == 1


@pytest.mark.parametrize(
    ("kind", "targets"),
    [
        ("tokenLifetimePolicy", {"application"}),
        ("tokenIssuancePolicy", {"servicePrincipal"}),
        ("claimsMappingPolicy", {"servicePrincipal"}),
        ("homeRealmDiscoveryPolicy", {"servicePrincipal"}),
        ("appManagementPolicy", {"application"}),
    ],
)
async def test_what_a_policy_applies_to_is_told_with_its_type(company: Api, kind: str, targets: set[str]) -> None:
    path = f"/v1.0{KINDS[kind].path}"
    found = [
        target["@odata.type"].removeprefix("#microsoft.graph.")
        for policy in (await company.get(path)).ids
        for target in (await company.get(f"{path}/{policy}/appliesTo?$select=id")).body["value"]
    ]
    assert set(found) == targets


async def test_both_stores_of_certificate_authorities_are_there(company: Api) -> None:
    root = "/v1.0/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
    stores = (await company.get(root)).ids
    inside = [len((await company.get(f"{root}/{id}/certificateAuthorities")).body["value"]) for id in stores]
    assert sorted(inside) == [0, 2]
    for kind in ("certificateBasedAuthPki", "certificateAuthorityDetail"):
        [deleted] = (await company.get(f"/v1.0/directory/deletedItems/microsoft.graph.{kind}")).body["value"]
        assert deleted["deletedDateTime"]
        assert deleted["id"] not in stores
    legacy = (await company.get(f"/v1.0/organization/{small.TENANT}/certificateBasedAuthConfiguration")).body["value"]
    assert [one["certificateAuthorities"][0]["isRootAuthority"] for one in legacy] == [True]


async def test_what_a_cloud_does_not_have_is_an_unknown_segment_there(company: Api) -> None:
    methods, flows = "/v1.0/policies/authenticationMethodsPolicy", "/v1.0/policies/authenticationFlowsPolicy"
    for cloud, missing, served in (("china", methods, flows), ("usGov", flows, methods)):
        await company.switch(cloud=cloud)
        assert (await company.get(missing)).status == 400
        assert (await company.get(served)).status == 200
        default = (await company.get("/v1.0/policies/crossTenantAccessPolicy/default")).body
        assert "tenantRestrictions" not in default


async def test_a_method_added_later_hides_behind_the_sentinel(company: Api) -> None:
    path = "/v1.0/policies/authenticationStrengthPolicies"
    plain = {name for one in (await company.get(path)).body["value"] for name in one["allowedCombinations"]}
    told = {"prefer": "include-unknown-enum-members"}
    whole = {name for one in (await company.get(path, told)).body["value"] for name in one["allowedCombinations"]}
    assert plain - whole == {"unknownFutureValue"}
    assert whole - plain == {"qrCodePin"}

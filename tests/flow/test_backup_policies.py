"""Authentication, tenant-wide policies and Conditional Access, read from the emulated tenant as a run reads them."""

import json
from collections.abc import AsyncIterator
from gzip import decompress
from typing import Any

import httpx
import pytest

from functions.catalogue import app_policies, authentication, cross_tenant, policies
from functions.catalogue.conditional_access import CONDITIONAL_ACCESS_POLICIES, NAMED_LOCATIONS
from functions.catalogue.model import ObjectType, Outcome
from functions.core.manifest import Manifest
from functions.core.references import references
from tests.flow.backup_world import Vault, vault_of
from tests.tenant_process import TenantProcess, tenant_process

TENANT = "7e1f0c5a-94b2-4a6e-8d3c-1b5a9f20e6d4"
BINS = (authentication.DELETED_POLICIES, authentication.DELETED_LOCATIONS)
LIVE = (CONDITIONAL_ACCESS_POLICIES, NAMED_LOCATIONS)
ENTRIES = (*LIVE, *(one for one in (*authentication.ENTRIES, *policies.ENTRIES) if one not in BINS))
# what the service takes in place of a permission that an entry names
INSTEAD = {
    "Policy.Read.AuthenticationMethod": "Policy.Read.All",
    "AuthenticationContext.Read.All": "Policy.Read.ConditionalAccess",
    "GroupSettings.Read.All": "Directory.Read.All",
}


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TenantProcess]:
    data = tmp_path_factory.mktemp("tenant")
    async with tenant_process(data, users=20, seed=8, tenant_id=TENANT) as process:
        yield process


@pytest.fixture
async def tenant(running: TenantProcess) -> TenantProcess:
    await running.calm()
    return running


@pytest.fixture(scope="module")
async def vault(azurite: str, running: TenantProcess) -> AsyncIterator[Vault]:
    async with vault_of(azurite, TENANT, running.url) as vault:
        yield vault


@pytest.fixture(scope="module")
async def whole(vault: Vault, running: TenantProcess) -> Manifest:
    """A run of everything in the tenant as it is at the start."""
    await running.calm()
    return await vault.run(*ENTRIES)


async def records(vault: Vault, manifest: Manifest, entry: ObjectType) -> dict[str, dict[str, Any]]:
    whole = b"".join([part async for part in vault.stores.blobs.stream(manifest.types[entry.key].file)])
    return {one.get(entry.identity, entry.key): one for one in json.loads(decompress(whole))}


def outcomes(manifest: Manifest) -> dict[str, Outcome]:
    return {key: result.outcome for key, result in manifest.types.items() if result.outcome is not Outcome.READ}


async def test_all_is_read_whole_and_makes_no_version_on_another_day(
    whole: Manifest, vault: Vault, tenant: TenantProcess
) -> None:
    assert outcomes(whole) == {}
    assert [key for key, one in whole.types.items() if not one.objects] == []
    assert {key: one.gaps[0].code for key, one in whole.types.items() if one.gaps} == {LIVE[0].key: "onlyInBeta"}
    await tenant.switch(shuffle=5, volatile=True)
    again = await vault.run(*ENTRIES)
    changed = {key: (one.created, one.updated, one.deleted) for key, one in again.types.items()}
    assert {key: counts for key, counts in changed.items() if any(counts)} == {}


async def test_a_policy_that_v1_leaves_out_is_read_from_beta(
    whole: Manifest, vault: Vault, tenant: TenantProcess
) -> None:
    kept = await records(vault, whole, CONDITIONAL_ACCESS_POLICIES)
    assert set(kept) == {one["id"] for one in await tenant.state("conditionalAccessPolicy")}
    preview = [one for one in kept.values() if (one["sessionControls"] or {}).get("continuousAccessEvaluation")]
    assert [one["conditions"]["applications"]["includeAuthenticationContextClassReferences"] for one in preview] == [
        ["c1"]
    ]


async def test_what_lies_below_a_policy_is_in_its_record(whole: Manifest, vault: Vault) -> None:
    partners = (await records(vault, whole, cross_tenant.PARTNERS)).values()
    found = [one["@relationships"]["identitySynchronization"] for one in partners]
    assert sorted(len(one) for one in found) == [0, 0, 1]
    [default] = (await records(vault, whole, cross_tenant.DEFAULT)).values()
    redeemed = default["invitationRedemptionIdentityProviderConfiguration"]["primaryIdentityProviderPrecedenceOrder"]
    assert redeemed == ["externalFederation", "azureActiveDirectory", "socialIdentityProviders"]
    stores = (await records(vault, whole, authentication.PKI)).values()
    assert sorted(len(one["@relationships"]["certificateAuthorities"]) for one in stores) == [0, 2]
    claims = (await records(vault, whole, app_policies.CLAIMS_MAPPING_POLICIES)).values()
    assert {link["type"] for one in claims for link in one["@relationships"]["appliesTo"]} == {"servicePrincipal"}
    strengths = (await records(vault, whole, authentication.STRENGTHS)).values()
    assert sum(len(one["combinationConfigurations"]) for one in strengths) == 2
    assert all("qrCodePin" in one["allowedCombinations"] for one in strengths if one["displayName"].startswith("Crew"))


async def test_references_lead_to_objects_of_the_tenant(whole: Manifest, vault: Vault, tenant: TenantProcess) -> None:
    known = {TENANT}
    for kind in ("user", "group", "servicePrincipal", "application", "device", "unifiedRoleDefinition"):
        for one in await tenant.state(kind):
            known |= {one["id"], str(one["object"].get("appId"))}
    for entry in ENTRIES:
        known |= set(await records(vault, whole, entry))
    for entry in ENTRIES:
        met = {found for one in (await records(vault, whole, entry)).values() for found in references(one, entry)}
        assert {found for found in met if found.target not in known} == set(), entry.key


async def test_a_missing_permission_costs_the_types_that_need_it(vault: Vault, tenant: TenantProcess) -> None:
    for scope in sorted({scope for entry in ENTRIES for scope in entry.read_scopes}):
        await tenant.switch(revoked=[scope, INSTEAD.get(scope, scope)])
        for entry in (entry for entry in ENTRIES if scope in entry.read_scopes):
            result = await vault.read(await vault.open(entry.key), entry)
            assert (entry.key, result.outcome) == (entry.key, Outcome.REFUSED)
            assert scope in result.gaps[0].remedy


async def test_without_the_targets_of_a_policy_the_policies_are_still_read(vault: Vault, tenant: TenantProcess) -> None:
    await tenant.switch(revoked=["Application.Read.All"])
    manifest = await vault.run(*app_policies.ENTRIES)
    assert outcomes(manifest) == {app_policies.APP_MANAGEMENT_POLICIES.key: Outcome.PARTIAL}
    [lost] = manifest.types[app_policies.APP_MANAGEMENT_POLICIES.key].gaps
    assert "Application.Read.All" in lost.remedy


async def test_without_the_licence_strengths_and_contexts_are_unlicensed(vault: Vault, tenant: TenantProcess) -> None:
    await tenant.switch(licences=[])
    manifest = await vault.run(*authentication.ENTRIES[:-2])
    lacking = (authentication.STRENGTHS, authentication.CONTEXTS)
    assert outcomes(manifest) == {entry.key: Outcome.UNLICENSED for entry in lacking}


@pytest.mark.parametrize("cloud", ["usGov", "usGovDoD", "china"])
async def test_what_a_cloud_does_not_have_is_unavailable(vault: Vault, tenant: TenantProcess, cloud: str) -> None:
    await tenant.switch(cloud=cloud, caRestore="supported")
    some = [entry for entry in (*ENTRIES, *BINS) if entry.missing_in or entry is cross_tenant.DEFAULT]
    manifest = await vault.run(*some)
    missing = {entry.key for entry in some if cloud in entry.missing_in}
    assert len(missing) >= 5
    assert outcomes(manifest) == dict.fromkeys(missing, Outcome.UNAVAILABLE)


async def test_the_bins_of_conditional_access_are_read_where_they_open(vault: Vault, tenant: TenantProcess) -> None:
    shut = await vault.run(*BINS, authentication.SECURITY_DEFAULTS)
    assert outcomes(shut) == {entry.key: Outcome.UNAVAILABLE for entry in BINS}
    assert all("documents no application permission" in shut.types[one.key].gaps[0].remedy for one in BINS)
    await tenant.switch(caRestore="supported")
    manifest = await vault.run(*LIVE)
    async with httpx.AsyncClient(base_url=tenant.url, trust_env=False) as http:
        gone = {}
        for entry, named in zip(LIVE, ("Workloads", "Old Cork"), strict=True):
            kept = await records(vault, manifest, entry)
            [gone[entry.bin]] = [key for key, one in kept.items() if named in one["displayName"]]
            path = f"/v1.0{entry.path}/{gone[entry.bin]}"
            answer = await http.delete(path, headers={"Authorization": "Bearer local-token"})
            assert answer.status_code == 204, answer.text
    after = await vault.run(*BINS)
    assert outcomes(after) == {}
    for entry in BINS:
        [(key, one)] = (await records(vault, after, entry)).items()
        assert key == gone[entry.key]
        assert one["deletedDateTime"]

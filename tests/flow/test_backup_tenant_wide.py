"""Domains, branding, external identities, attribute definitions: read from the emulated tenant as a run reads them."""

import base64
import json
from collections.abc import AsyncIterator
from gzip import decompress
from typing import Any

import pytest

from functions.catalogue import attributes, external, tenant_wide
from functions.catalogue.model import ObjectType, Outcome
from functions.core.manifest import Manifest
from tests.flow.backup_world import Vault, vault_of
from tests.tenant_process import TenantProcess, tenant_process

TENANT = "5b0fb1c2-6d62-4f2c-9d0e-4f0f7ad7c3aa"
ENTRIES = (*tenant_wide.ENTRIES, *external.ENTRIES, *attributes.ENTRIES)
LOCALIZATIONS = tenant_wide.ORGANIZATIONAL_BRANDING_LOCALIZATIONS


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TenantProcess]:
    data = tmp_path_factory.mktemp("tenant")
    async with tenant_process(data, users=20, seed=3, tenant_id=TENANT) as process:
        yield process


@pytest.fixture
async def tenant(running: TenantProcess) -> TenantProcess:
    await running.calm()
    return running


@pytest.fixture(scope="module")
async def vault(azurite: str, running: TenantProcess) -> AsyncIterator[Vault]:
    async with vault_of(azurite, TENANT, running.url) as vault:
        yield vault


async def records(vault: Vault, manifest: Manifest, entry: ObjectType) -> dict[str, dict[str, Any]]:
    whole = b"".join([part async for part in vault.stores.blobs.stream(manifest.types[entry.key].file)])
    return {one.get(entry.identity, entry.key): one for one in json.loads(decompress(whole))}


def outcomes(manifest: Manifest) -> dict[str, Outcome]:
    return {key: result.outcome for key, result in manifest.types.items() if result.outcome is not Outcome.READ}


async def test_all_is_read_whole_and_makes_no_version_in_another_order(vault: Vault, tenant: TenantProcess) -> None:
    first = await vault.run(*ENTRIES)
    assert outcomes(first) == {}
    assert all(result.objects and not result.gaps for result in first.types.values())
    await tenant.switch(shuffle=5)
    again = await vault.run(*ENTRIES)
    assert outcomes(again) == {}
    changed = {key: (one.created, one.updated, one.deleted) for key, one in again.types.items()}
    assert {key: counts for key, counts in changed.items() if any(counts)} == {}


async def test_what_hangs_on_the_objects_is_in_their_records(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(*ENTRIES)
    domains = await records(vault, manifest, tenant_wide.DOMAINS)
    federated = {key: len(one["@relationships"]["federationConfiguration"]) for key, one in domains.items()}
    assert federated == {key: int(one["authenticationType"] == "Federated") for key, one in domains.items()}
    assert all(one["@relationships"]["serviceConfigurationRecords"] for one in domains.values())

    images = {key: one["@relationships"] for key, one in (await records(vault, manifest, LOCALIZATIONS)).items()}
    assert base64.b64decode(images["0"]["bannerLogo"][0]["base64"]).startswith(b"\x89PNG")
    assert images["0"]["customCSS"][0]["contentType"] == "text/css"
    assert images["de-DE"]["bannerLogo"] == images["0"]["favicon"] == []

    definitions = await records(vault, manifest, attributes.CUSTOM_SECURITY_ATTRIBUTE_DEFINITIONS)
    assert len(definitions["Crew_Vessels"]["@relationships"]["allowedValues"]) == 26
    flows = await records(vault, manifest, external.B2X_USER_FLOWS)
    asked = flows["B2X_1_PartnerSignUp"]["@relationships"]["userAttributeAssignments"]
    assert all(one["userAttribute"]["id"] == one["id"] for one in asked)
    assert {key: len(one["identityProviders"]) for key, one in flows.items()} == {
        "B2X_1_PartnerSignUp": 1,
        "B2X_1_CarrierSignUp": 0,
    }
    for flow in (await records(vault, manifest, external.AUTHENTICATION_EVENTS_FLOWS)).values():
        [view] = flow["onAttributeCollection"]["attributeCollectionPage"]["views"]
        assert [one["attribute"] for one in view["inputs"]][:2] == ["email", "displayName"]  # as on the page


async def test_only_the_tenants_own_schema_extensions_are_kept(vault: Vault, tenant: TenantProcess) -> None:
    everything = {item["id"] for item in await tenant.state("schemaExtension")}
    manifest = await vault.run(attributes.SCHEMA_EXTENSIONS)
    kept = await records(vault, manifest, attributes.SCHEMA_EXTENSIONS)
    assert everything - set(kept) == {"fjordline_loyalty"}


async def test_a_missing_permission_costs_the_types_that_need_it(vault: Vault, tenant: TenantProcess) -> None:
    needed = {scope for entry in ENTRIES for scope in entry.read_scopes}
    for scope in sorted(needed):
        await tenant.switch(revoked=[scope])
        hit = [entry for entry in ENTRIES if scope in entry.read_scopes]
        plan = await vault.open(*(entry.key for entry in hit))
        for entry in hit:
            result = await vault.read(plan, entry)
            assert (entry.key, result.outcome) == (entry.key, Outcome.REFUSED)
            assert scope in result.gaps[0].remedy


async def test_without_its_own_permission_a_federation_is_a_gap(vault: Vault, tenant: TenantProcess) -> None:
    await tenant.switch(revoked=["Domain-InternalFederation.Read.All"])
    manifest = await vault.run(tenant_wide.DOMAINS)
    assert outcomes(manifest) == {"domains": Outcome.PARTIAL}
    assert "Domain-InternalFederation.Read.All" in manifest.types["domains"].gaps[0].remedy
    kept = await records(vault, manifest, tenant_wide.DOMAINS)
    assert not [one for one in kept.values() if "federationConfiguration" in one["@relationships"]]
    assert all(one["@relationships"]["verificationDnsRecords"] is not None for one in kept.values())


async def test_a_domain_federated_through_its_root_has_no_federation_of_its_own(
    vault: Vault, tenant: TenantProcess
) -> None:
    await tenant.fault(do="status", status=404, code="Request_ResourceNotFound", path="/federationConfiguration$")
    manifest = await vault.run(tenant_wide.DOMAINS)
    assert outcomes(manifest) == {}
    kept = await records(vault, manifest, tenant_wide.DOMAINS)
    assert [one["@relationships"]["federationConfiguration"] for one in kept.values()] == [[], [], []]


async def test_a_tenant_without_branding_is_no_failure(vault: Vault, tenant: TenantProcess) -> None:
    await tenant.fault(do="status", status=404, code="Request_ResourceNotFound", path="/branding")
    manifest = await vault.run(tenant_wide.ORGANIZATIONAL_BRANDING, LOCALIZATIONS)
    assert outcomes(manifest) == {LOCALIZATIONS.key: Outcome.UNAVAILABLE}
    assert manifest.types["organizationalBranding"].objects == 0
    assert "No company branding is set" in manifest.types[LOCALIZATIONS.key].gaps[0].remedy


@pytest.mark.parametrize(
    ("entry", "status", "code", "message", "outcome", "remedy"),
    [
        (
            external.B2X_USER_FLOWS,
            400,
            "AADB2C99039",
            "The feature self service sign up is not enabled for the tenant 'small'.",
            Outcome.UNAVAILABLE,
            "self-service sign-up is switched off",
        ),
        (
            external.USER_FLOW_ATTRIBUTES,
            400,
            "UnknownError",
            "The feature self service sign up is not enabled for the tenant 'small'.",
            Outcome.UNAVAILABLE,
            "self-service sign-up is switched off",
        ),
        (external.USER_FLOW_ATTRIBUTES, 400, "AADB2C", "A bad request.", Outcome.FAILED, ""),
        (
            external.AUTHENTICATION_EVENTS_FLOWS,
            403,
            "AADB2C",
            "Unauthorized. Access to this Api requires feature: 'EnableMsGraphAuthenticationEventListener'.",
            Outcome.UNAVAILABLE,
            "External ID",
        ),
        (
            external.AUTHENTICATION_EVENTS_FLOWS,
            403,
            "AADB2C",
            "The application does not have any of the required permissions (EventListener.Read.All).",
            Outcome.REFUSED,
            "EventListener.Read.All",
        ),
        (
            tenant_wide.MULTI_TENANT_ORGANIZATION_MEMBERS,
            404,
            "Request_ResourceNotFound",
            "The tenant is not part of one.",
            Outcome.UNAVAILABLE,
            "no multitenant organization",
        ),
    ],
)
async def test_a_refusal_is_told_from_what_is_switched_off(
    vault: Vault,
    tenant: TenantProcess,
    entry: ObjectType,
    status: int,
    code: str,
    message: str,
    outcome: Outcome,
    remedy: str,
) -> None:
    rule = await tenant.fault(do="status", status=status, code=code, message=message, path=entry.path)
    plan = await vault.open(entry.key)
    result = await vault.read(plan, entry)
    assert await tenant.hits(rule)
    assert result.outcome is outcome
    assert remedy in result.gaps[0].remedy

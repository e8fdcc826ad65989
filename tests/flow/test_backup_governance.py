"""Privileged identity management and identity governance, read from the emulated tenant as a run reads them."""

import json
from collections.abc import AsyncIterator
from gzip import decompress
from typing import Any

import pytest

from functions.catalogue import entitlement, governance, pim
from functions.catalogue.model import ObjectType, Outcome
from functions.core.manifest import Manifest
from functions.core.references import references
from tests.flow.backup_world import Vault, vault_of
from tests.tenant_process import TenantProcess, tenant_process

TENANT = "2d7f4c1e-3a58-4d0b-9c61-7f2e8b5a0d93"
FOR_PEOPLE = governance.TERMS_OF_USE_AGREEMENTS  # no application may read it
ENTRIES = tuple(entry for entry in (*pim.ENTRIES, *governance.ENTRIES) if entry is not FOR_PEOPLE)
# what the service takes in place of a permission that an entry names
INSTEAD = [
    "LifecycleWorkflows-CustomExt.Read.All",
    "LifecycleWorkflows-Workflow.Read.All",
    "RoleManagement.Read.All",
    "RoleManagementPolicy.Read.Directory",
]


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TenantProcess]:
    data = tmp_path_factory.mktemp("tenant")
    async with tenant_process(data, users=20, seed=5, tenant_id=TENANT) as process:
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
    return {one.get("id", entry.key): one for one in json.loads(decompress(whole))}


def outcomes(manifest: Manifest) -> dict[str, Outcome]:
    return {key: result.outcome for key, result in manifest.types.items() if result.outcome is not Outcome.READ}


@pytest.fixture(scope="module")
async def first(vault: Vault, running: TenantProcess) -> Manifest:
    """A run over all types, with no permission but those the catalogue asks for."""
    await running.switch(revoked=INSTEAD)
    return await vault.run(*ENTRIES)


def test_all_is_read_whole_with_the_permissions_of_the_catalogue(first: Manifest) -> None:
    assert outcomes(first) == {}
    assert all(result.objects and not result.gaps for result in first.types.values())


async def test_order_and_what_moves_by_itself_make_no_version(
    vault: Vault, first: Manifest, tenant: TenantProcess
) -> None:
    await tenant.switch(shuffle=5, volatile=True)
    again = await vault.run(*ENTRIES)
    changed = {key: (one.created, one.updated, one.deleted) for key, one in again.types.items()}
    assert {key: counts for key, counts in changed.items() if any(counts)} == {}


async def test_the_rules_of_roles_and_of_groups_are_told_apart(
    vault: Vault, first: Manifest, tenant: TenantProcess
) -> None:
    stored = [one["object"] for one in await tenant.state("unifiedRoleManagementPolicy")]
    for entry, sort in ((pim.ROLE_MANAGEMENT_POLICIES, "DirectoryRole"), (pim.GROUP_ROLE_MANAGEMENT_POLICIES, "Group")):
        kept = await records(vault, first, entry)
        assert set(kept) == {one["id"] for one in stored if one["scopeType"] == sort}
        assert {len(one["rules"]) for one in kept.values()} == {17}
    groups = {one["id"] for one in await tenant.state("groupResource")}
    for entry in (pim.GROUP_ELIGIBILITY_SCHEDULES, pim.GROUP_ASSIGNMENT_SCHEDULES):
        assert {one["groupId"] for one in (await records(vault, first, entry)).values()} == groups


async def test_what_lies_below_the_objects_is_in_their_records(
    vault: Vault, first: Manifest, tenant: TenantProcess
) -> None:
    catalogs = await records(vault, first, entitlement.ACCESS_PACKAGE_CATALOGS)
    resources = [one for catalog in catalogs.values() for one in catalog["@relationships"]["resources"]]
    assert all(one["roles"] and one["scopes"] for one in resources)
    packages = await records(vault, first, entitlement.ACCESS_PACKAGES)
    held = [one for package in packages.values() for one in package["@relationships"]["resourceRoleScopes"]]
    assert all(one["role"]["originId"] and one["scope"]["originId"] for one in held)
    assert all(package["catalog"]["id"] in catalogs for package in packages.values())
    barred = [package["@relationships"] for package in packages.values()]
    groups = {one["id"] for one in await tenant.state("group")}
    for name, kind, there in (
        ("incompatibleGroups", "group", groups),
        ("incompatibleAccessPackages", "accessPackage", set(packages)),
    ):
        linked = [link for one in barred for link in one[name]]
        assert {link["type"] for link in linked} == {kind}
        assert {link["id"] for link in linked} < there
    policies = await records(vault, first, entitlement.ACCESS_PACKAGE_ASSIGNMENT_POLICIES)
    below = [one["@relationships"] for one in policies.values()]
    assert sorted(len(one["questions"]) for one in below)[-2:] == [0, 2]
    choices = [ask["choices"] for links in below for ask in links["questions"] if "choices" in ask]
    assert [[one["actualValue"] for one in some] for some in choices] == [["south", "north"]]  # as people see them
    assert [one["customExtension"]["id"] for links in below for one in links["customExtensionStageSettings"]]
    workflows = await records(vault, first, governance.LIFECYCLE_WORKFLOWS)
    assert all(one["tasks"] and one["executionConditions"] for one in workflows.values())
    assert not set(workflows) & set(await records(vault, first, governance.DELETED_LIFECYCLE_WORKFLOWS))


async def test_references_lead_to_objects_of_the_tenant(vault: Vault, first: Manifest, tenant: TenantProcess) -> None:
    known = {TENANT}
    kinds = ("user", "group", "servicePrincipal", "application", "administrativeUnit", "unifiedRoleDefinition")
    for kind in kinds:
        for one in await tenant.state(kind):
            known |= {one["id"], str(one["object"].get("appId"))}
    for entry in ENTRIES:
        known |= set(await records(vault, first, entry))
    for entry in ENTRIES:
        met = {found for one in (await records(vault, first, entry)).values() for found in references(one, entry)}
        assert {found for found in met if found.target not in known} == set(), entry.key
        assert bool(met) is bool(set(entry.references) - entry.elsewhere), entry.key


async def test_a_missing_permission_costs_the_types_that_need_it(vault: Vault, tenant: TenantProcess) -> None:
    directory = "RoleManagement.Read.Directory"
    for scope in sorted({scope for entry in ENTRIES for scope in entry.read_scopes}):
        also = [directory] if scope.endswith("Schedule.Read.Directory") else []  # which reads schedules as well
        await tenant.switch(revoked=[scope, *also, *INSTEAD])
        hit = [entry for entry in ENTRIES if scope in entry.read_scopes]
        for entry in hit:
            result = await vault.read(await vault.open(entry.key), entry)
            assert (entry.key, result.outcome) == (entry.key, Outcome.REFUSED)
            assert scope in result.gaps[0].remedy
        paths = {entry.path for entry in hit}
        for entry in (entry for entry in ENTRIES if entry.path in paths and entry not in hit):
            result = await vault.read(await vault.open(entry.key), entry)
            assert (scope, entry.key, result.outcome) == (scope, entry.key, Outcome.READ)


async def test_terms_of_use_say_what_is_known_of_their_refusal(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(FOR_PEOPLE, governance.APP_CONSENT_REQUESTS)
    assert outcomes(manifest) == {FOR_PEOPLE.key: Outcome.REFUSED}
    assert "Agreement.Read.All" in manifest.types[FOR_PEOPLE.key].gaps[0].remedy


@pytest.mark.parametrize(
    "plans", [[], ["AAD_PREMIUM"], ["AAD_PREMIUM", "AAD_PREMIUM_P2"], ["Entra_Identity_Governance"]]
)
async def test_a_missing_licence_is_told_from_a_refusal(vault: Vault, tenant: TenantProcess, plans: list[str]) -> None:
    await tenant.switch(licences=plans)
    manifest = await vault.run(*ENTRIES)
    needed = {"Entra ID Governance": {"Entra_Identity_Governance"}}
    either = {"AAD_PREMIUM_P2", "Entra_Identity_Governance"}
    lacking = {e.key for e in ENTRIES if e.licence and not needed.get(e.licence, either) & set(plans)}
    assert outcomes(manifest) == dict.fromkeys(lacking, Outcome.UNLICENSED)

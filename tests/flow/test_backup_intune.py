"""Intune, read from the emulated tenant as a run reads it: contents, assignments, settings, and each refusal."""

import base64
import json
from collections.abc import AsyncIterator
from gzip import decompress
from typing import Any

import pytest

from functions.catalogue import intune_apps, intune_devices, intune_policies
from functions.catalogue.model import ObjectType, Outcome
from functions.core.manifest import Manifest
from functions.core.references import references
from tests.flow.backup_world import Vault, vault_of
from tests.tenant_process import TenantProcess, tenant_process

TENANT = "7c1e5a0d-94b2-4b8c-8f3a-2e0d6f1b9c44"
ENTRIES = (*intune_devices.ENTRIES, *intune_apps.ENTRIES)
NEVER_ASSIGNED = {
    "assignmentFilters",
    "deviceCategories",
    "intuneRoleAssignments",
    "intuneRoleDefinitions",
    "managedDevices",
    "notificationMessageTemplates",
    "reusablePolicySettings",
}


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


async def records(vault: Vault, manifest: Manifest, entry: ObjectType) -> list[dict[str, Any]]:
    whole = b"".join([part async for part in vault.stores.blobs.stream(manifest.types[entry.key].file)])
    return list(json.loads(decompress(whole)))


def outcomes(manifest: Manifest) -> dict[str, Outcome]:
    return {key: result.outcome for key, result in manifest.types.items() if result.outcome is not Outcome.READ}


async def test_all_is_read_whole_and_makes_no_version_in_another_order(vault: Vault, tenant: TenantProcess) -> None:
    first = await vault.run(*ENTRIES)
    assert outcomes(first) == {}
    assert all(result.objects and not result.gaps for result in first.types.values())
    await tenant.switch(shuffle=5, volatile=True, maxPage=2)
    again = await vault.run(*ENTRIES)
    assert outcomes(again) == {}
    changed = {key: (one.created, one.updated, one.deleted) for key, one in again.types.items()}
    assert {key: counts for key, counts in changed.items() if any(counts)} == {}


async def test_contents_that_lists_leave_out_are_in_the_records(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(
        intune_devices.DEVICE_MANAGEMENT_SCRIPTS,
        intune_devices.DEVICE_SHELL_SCRIPTS,
        intune_devices.DEVICE_HEALTH_SCRIPTS,
        intune_apps.MOBILE_APPS,
    )
    scripts = await records(vault, manifest, intune_devices.DEVICE_MANAGEMENT_SCRIPTS)
    assert all(base64.b64decode(one["scriptContent"]).startswith(b"New-PSDrive") for one in scripts)
    shells = await records(vault, manifest, intune_devices.DEVICE_SHELL_SCRIPTS)
    assert all(base64.b64decode(one["scriptContent"]).startswith(b"#!") for one in shells)
    repairs = await records(vault, manifest, intune_devices.DEVICE_HEALTH_SCRIPTS)
    assert {one["isGlobalScript"]: bool(one["detectionScriptContent"]) for one in repairs} == {True: False, False: True}
    apps = await records(vault, manifest, intune_apps.MOBILE_APPS)
    assert sum(one["largeIcon"] is not None for one in apps) > len(apps) / 2
    assert any(one["categories"] for one in apps)


async def test_whatever_is_assigned_says_to_whom(vault: Vault, tenant: TenantProcess) -> None:
    """And the groups and filters it names are found as references."""
    manifest = await vault.run(*ENTRIES)
    mentioned: set[str] = set()
    for entry in ENTRIES:
        found = 0
        for one in await records(vault, manifest, entry):
            inside = one.get("assignments") or one.get("@relationships", {}).get("assignments", ())
            assert all(assignment["target"]["@odata.type"] for assignment in inside)
            found += len(inside)
            mentioned |= {target for _, target in references(one, entry)}
        assert bool(found) is (entry.key not in NEVER_ASSIGNED), entry.key
    assert {one["id"] for one in await tenant.state("deviceAndAppManagementAssignmentFilter")} <= mentioned
    assert len({one["id"] for one in await tenant.state("group")} & mentioned) > 3


async def test_settings_actions_and_templates_come_whole(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(*intune_policies.ENTRIES, intune_devices.INTUNE_ROLE_DEFINITIONS)
    policies = await records(vault, manifest, intune_policies.CONFIGURATION_POLICIES)
    assert {one["id"]: len(one["@relationships"]["settings"]) for one in policies} == {
        one["id"]: one["settingCount"] for one in policies
    }
    for policy in await records(vault, manifest, intune_policies.DEVICE_COMPLIANCE_POLICIES):
        [rule] = policy["scheduledActionsForRule"]
        assert {"block", "notification"} <= {action["actionType"] for action in rule["scheduledActionConfigurations"]}
    for template in await records(vault, manifest, intune_policies.GROUP_POLICY_CONFIGURATIONS):
        kept = template["@relationships"]
        assert [one["definition"]["displayName"] for one in kept["definitionValues"]]
        fields = [shown["presentation"]["id"] for one in kept["presentations"] for shown in one["presentationValues"]]
        assert len(fields) == sum(len(one["presentationValues"]) for one in kept["definitionValues"]) == 2
    roles = await records(vault, manifest, intune_devices.INTUNE_ROLE_DEFINITIONS)
    assert sum(len(one["@relationships"]["roleAssignments"]) for one in roles) == 2


async def test_the_order_of_oma_settings_is_kept(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(intune_policies.DEVICE_CONFIGURATIONS)
    custom = [
        one for one in await records(vault, manifest, intune_policies.DEVICE_CONFIGURATIONS) if "omaSettings" in one
    ]
    assert [[setting["displayName"][:6] for setting in one["omaSettings"]] for one in custom] == [["Second", "First:"]]


async def test_apps_that_need_or_replace_others_say_so(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(intune_apps.MOBILE_APPS)
    apps = await records(vault, manifest, intune_apps.MOBILE_APPS)
    related = {one["id"]: one["@relationships"]["relationships"] for one in apps}
    [both] = [found for found in related.values() if found]
    assert {one["@odata.type"] for one in both} == {
        "#microsoft.graph.mobileAppDependency",
        "#microsoft.graph.mobileAppSupersedence",
    }
    assert {one["targetId"] for one in both} <= set(related)


async def test_a_tenant_without_intune_is_unlicensed_and_nothing_else(vault: Vault, tenant: TenantProcess) -> None:
    await tenant.switch(licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"])
    plan = await vault.open(*(entry.key for entry in ENTRIES))
    for entry in ENTRIES:
        result = await vault.read(plan, entry)
        assert (entry.key, result.outcome) == (entry.key, Outcome.UNLICENSED)
        assert "licence" in result.gaps[0].remedy


async def test_a_missing_permission_costs_the_types_that_need_it(vault: Vault, tenant: TenantProcess) -> None:
    for scope in sorted({scope for entry in ENTRIES for scope in entry.read_scopes}):
        await tenant.switch(revoked=[scope, scope.replace(".Read.", ".ReadWrite.")])
        # Categories can be read with the permission for devices as well.
        hit = [entry for entry in ENTRIES if scope in entry.read_scopes and entry.key != "deviceCategories"]
        plan = await vault.open(*(entry.key for entry in hit))
        for entry in hit:
            result = await vault.read(plan, entry)
            assert (entry.key, result.outcome) == (entry.key, Outcome.REFUSED)
            assert scope in result.gaps[0].remedy


async def test_where_graph_does_not_look_deep_enough_templates_lack_their_fields_alone(
    vault: Vault, tenant: TenantProcess
) -> None:
    message = "The maximum depth allowed is 1. To increase the limit, set the 'MaxExpansionDepth' property."
    await tenant.fault(do="status", status=400, code="BadRequest", message=message, path="expand=presentation\\)")
    manifest = await vault.run(intune_policies.GROUP_POLICY_CONFIGURATIONS)
    assert outcomes(manifest) == {"groupPolicyConfigurations": Outcome.PARTIAL}
    for one in await records(vault, manifest, intune_policies.GROUP_POLICY_CONFIGURATIONS):
        assert len(one["@relationships"]["definitionValues"]) == 3
        assert "presentations" not in one["@relationships"]

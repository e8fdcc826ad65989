"""Users, groups, applications and what hangs on them, the recycle bin, devices' secrets: as a run reads them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from functions.catalogue import device_secrets, directory
from functions.catalogue.applications import APPLICATIONS, SERVICE_PRINCIPALS
from functions.catalogue.devices import DEVICES
from functions.catalogue.groups import GROUPS
from functions.catalogue.model import ObjectType, Outcome
from functions.catalogue.recycle_bin import DELETED_GROUPS
from functions.catalogue.units import ADMINISTRATIVE_UNITS
from functions.catalogue.users import USERS
from functions.core.gzipped import json_lines
from functions.core.manifest import Manifest
from tests.flow.backup_world import NOT_FOUND, Vault, listed, open_vault, vault_of
from tests.tenant_process import TenantProcess, tenant_process

TENANT = "0c5d8e7a-3f52-4a6e-9c7b-2b1d4c8e6f90"
ENTRIES = (
    USERS,
    GROUPS,
    APPLICATIONS,
    SERVICE_PRINCIPALS,
    ADMINISTRATIVE_UNITS,
    DEVICES,
    *directory.ENTRIES,
    *device_secrets.ENTRIES,
)
JOBS = directory.SYNCHRONIZATION_JOBS


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
    result = manifest.types[entry.key]
    store = vault.stores.secrets if entry.private else vault.stores.blobs
    return {one["id"]: one for one in [json.loads(line) async for line in json_lines(store.stream(result.file))]}


def outcomes(manifest: Manifest) -> dict[str, Outcome]:
    return {key: result.outcome for key, result in manifest.types.items() if result.outcome is not Outcome.READ}


async def test_all_is_read_whole_and_makes_no_version_in_another_order(vault: Vault, tenant: TenantProcess) -> None:
    first = await vault.run(*ENTRIES)
    assert outcomes(first) == {}
    assert {key for key, one in first.types.items() if not one.objects or one.gaps} == set()
    await tenant.switch(shuffle=5, volatile=True)
    again = await vault.run(*ENTRIES)
    assert outcomes(again) == {}
    changed = {key: (one.created, one.updated, one.deleted) for key, one in again.types.items()}
    assert {key: counts for key, counts in changed.items() if any(counts)} == {}


async def test_a_job_holds_its_schema_and_not_how_it_is_doing(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(JOBS)
    kept = await records(vault, manifest, JOBS)
    jobs = [job for one in kept.values() for job in one["@relationships"]["jobs"]]
    assert jobs
    for job in jobs:
        assert set(job) == {"id", "schedule", "schema", "synchronizationJobSettings", "templateId"}
        [rule] = job["schema"]["synchronizationRules"]
        assert {one["targetAttributeName"] for one in rule["objectMappings"][0]["attributeMappings"]} >= {"userName"}


async def test_extension_values_and_security_attributes_are_in_the_records(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(USERS, GROUPS, SERVICE_PRINCIPALS, ADMINISTRATIVE_UNITS, DEVICES)
    for entry, name in ((USERS, "costCentreCode"), (GROUPS, "retentionClass"), (DEVICES, "assetTag")):
        kept = await records(vault, manifest, entry)
        assert [key for one in kept.values() for key in one if key.endswith(f"_{name}")], entry.key
    units = await records(vault, manifest, ADMINISTRATIVE_UNITS)
    assert [one for one in units.values() if any(key.endswith("_assetTag") for key in one)]
    users = await records(vault, manifest, USERS)
    assert [
        one["customSecurityAttributes"]["Crew"]["Vessels"] for one in users.values() if one["customSecurityAttributes"]
    ]
    assert [one for one in users.values() if one["employeeLeaveDateTime"]]
    principals = await records(vault, manifest, SERVICE_PRINCIPALS)
    assert [one for one in principals.values() if one["customSecurityAttributes"]]
    assert [one for one in principals.values() if one["@relationships"]["remoteDesktopSecurityConfiguration"]]
    assert [one for one in principals.values() if one["@relationships"]["delegatedPermissionClassifications"]]
    groups = await records(vault, manifest, GROUPS)
    settings = {key for key, one in groups.items() if one["@relationships"]["settings"]}
    assert settings
    assert all("Unified" in groups[key]["groupTypes"] for key in settings)


async def test_licences_of_a_person_are_told_from_those_of_a_group(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(USERS)
    states = [
        state for one in (await records(vault, manifest, USERS)).values() for state in one["licenseAssignmentStates"]
    ]
    assert {state["assignedByGroup"] is None for state in states} == {True, False}


async def test_a_match_rule_of_a_flexible_credential_is_kept(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(APPLICATIONS, SERVICE_PRINCIPALS)
    credentials = [
        one
        for entry in (APPLICATIONS, SERVICE_PRINCIPALS)
        for thing in (await records(vault, manifest, entry)).values()
        for one in thing["@relationships"]["federatedIdentityCredentials"]
    ]
    assert [one for one in credentials if one["subject"] is None and one["claimsMatchingExpression"]["value"]]
    assert [one for one in credentials if one["subject"] == "system:serviceaccount:cargo:reader"]


async def test_a_list_of_applications_has_no_certificates_and_their_own_pass_has(
    vault: Vault, tenant: TenantProcess
) -> None:
    manifest = await vault.run(APPLICATIONS, directory.APPLICATION_KEY_CREDENTIALS)
    listed_keys = [
        key for one in (await records(vault, manifest, APPLICATIONS)).values() for key in one["keyCredentials"]
    ]
    whole = await records(vault, manifest, directory.APPLICATION_KEY_CREDENTIALS)
    own = [key for one in whole.values() for key in one["keyCredentials"]]
    assert len(listed_keys) == len(own)
    assert all("key" not in key for key in listed_keys)
    assert own
    assert all(key["key"] for key in own)


async def test_secrets_are_whole_and_where_they_belong(vault: Vault, tenant: TenantProcess) -> None:
    manifest = await vault.run(*device_secrets.ENTRIES)
    keys = await records(vault, manifest, device_secrets.BITLOCKER_RECOVERY_KEYS)
    assert all(len(one["key"].split("-")) == 8 and one["deviceId"] for one in keys.values())
    passwords = await records(vault, manifest, device_secrets.DEVICE_LOCAL_CREDENTIALS)
    assert all(len(one["credentials"]) == 2 for one in passwords.values())
    assert all(result.container == "secrets" for result in manifest.types.values())


@pytest.mark.parametrize(
    ("scope", "entry", "outcome"),
    [
        ("CustomSecAttributeAssignment.Read.All", USERS, Outcome.PARTIAL),
        ("CustomSecAttributeAssignment.Read.All", SERVICE_PRINCIPALS, Outcome.PARTIAL),
        ("User-LifeCycleInfo.Read.All", USERS, Outcome.PARTIAL),
        ("Synchronization.Read.All", JOBS, Outcome.PARTIAL),
        ("AuditLog.Read.All", directory.USER_SIGN_IN_ACTIVITY, Outcome.REFUSED),
        ("OrgContact.Read.All", directory.CONTACTS, Outcome.REFUSED),
        ("BitlockerKey.Read.All", device_secrets.BITLOCKER_RECOVERY_KEYS, Outcome.REFUSED),
        ("DeviceLocalCredential.Read.All", device_secrets.DEVICE_LOCAL_CREDENTIALS, Outcome.REFUSED),
    ],
)
async def test_a_permission_that_is_missing_costs_what_needs_it(
    vault: Vault, tenant: TenantProcess, scope: str, entry: ObjectType, outcome: Outcome
) -> None:
    together = {
        "OrgContact.Read.All": ["Directory.Read.All"],
        "Synchronization.Read.All": ["Synchronization.ReadWrite.All"],
    }
    await tenant.switch(revoked=[scope, *together.get(scope, [])])
    plan = await vault.open(entry.key)
    result = await vault.read(plan, entry)
    assert (entry.key, result.outcome) == (entry.key, outcome)
    assert scope in " ".join(gap.remedy for gap in result.gaps)


async def test_without_a_licence_there_is_no_last_sign_in(vault: Vault, tenant: TenantProcess) -> None:
    await tenant.switch(licences=[])
    plan = await vault.open(directory.USER_SIGN_IN_ACTIVITY.key)
    assert (await vault.read(plan, directory.USER_SIGN_IN_ACTIVITY)).outcome is Outcome.UNLICENSED


async def test_what_is_deleted_moves_from_its_type_to_the_bin(vault: Vault, tenant: TenantProcess) -> None:
    before = await vault.run(GROUPS, DELETED_GROUPS)
    old = "Old project (nobody left)"
    victim = next(key for key, one in (await records(vault, before, GROUPS)).items() if one["displayName"] == old)
    async with httpx.AsyncClient(base_url=tenant.url, trust_env=False) as http:
        headers = {"Authorization": "Bearer local-token"}
        (await http.delete(f"/v1.0/groups/{victim}", headers=headers)).raise_for_status()
        after = await vault.run(GROUPS, DELETED_GROUPS)
        assert after.types["groups"].deleted == 1
        assert after.types["deletedGroups"].created == 1
        assert set(await records(vault, after, DELETED_GROUPS)) >= {victim}
        (await http.post(f"/v1.0/directory/deletedItems/{victim}/restore", headers=headers)).raise_for_status()


async def test_sign_in_methods_are_read_for_each_person_by_themselves(azurite: str) -> None:
    """Against answers of our own: the emulated people would take their time, five in ten seconds."""
    user = "3f0e7d4c-9d3f-4c57-8a92-15b1f0a9d001"
    method = {"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "id": "-2_key", "displayName": "Red key"}

    def answer(path: str) -> Any:
        if path.startswith("/users?"):
            return listed([{"id": user, "userPrincipalName": "a@b.example", "userType": "Member"}])
        return listed([method]) if path == f"/users/{user}/authentication/methods" else NOT_FOUND

    def beta(path: str) -> Any:
        asked = path == f"/users/{user}/authentication/requirements"
        return {"perUserMfaState": "enforced"} if asked else NOT_FOUND

    async with open_vault(azurite, "7c0f1d52-77d5-4a53-9a1e-3f4f9c1f0b11") as own:
        own.graph.answer, own.graph.beta = answer, beta
        manifest = await own.run(directory.USER_AUTHENTICATION_METHODS)
        [record] = (await own.records(manifest, "userAuthenticationMethods")).values()
        assert record["@relationships"]["methods"] == [method]
        assert record["@relationships"]["requirements"] == [{"perUserMfaState": "enforced"}]
        assert "POST /v1.0/$batch" not in own.graph.calls


async def test_details_of_several_objects_share_a_batch(azurite: str) -> None:
    """Jobs go by the same id below different principals."""
    principals = [f"3f0e7d4c-9d3f-4c57-8a92-15b1f0a9d0{number:02}" for number in range(10, 16)]

    def answer(path: str) -> Any:
        if path.startswith("/servicePrincipals?"):
            return listed(
                [
                    {"id": one, "appId": one, "displayName": "x", "servicePrincipalType": "Application"}
                    for one in principals
                ]
            )
        if path.endswith("/synchronization/jobs"):
            return listed([{"id": "scim.1", "status": {}}, {"id": "scim.2"}])
        _, _, principal, *_, job, _ = path.split("/")
        return {"id": f"{job} of {principal}"}

    async with open_vault(azurite, "7c0f1d52-77d5-4a53-9a1e-3f4f9c1f0b13") as own:
        own.graph.answer = answer
        kept = await own.records(await own.run(JOBS), JOBS.key)
        assert {key: one["@relationships"]["jobs"] for key, one in kept.items()} == {
            key: [{"id": job, "schema": {"id": f"{job} of {key}"}} for job in ("scim.1", "scim.2")]
            for key in principals
        }
        assert own.graph.calls.count("POST /v1.0/$batch") == 2


async def test_a_detail_that_fails_is_not_taken_for_none(azurite: str) -> None:
    principal = "3f0e7d4c-9d3f-4c57-8a92-15b1f0a9d002"

    def answer(path: str) -> Any:
        if path.startswith("/servicePrincipals?"):
            found = {"id": principal, "appId": principal, "displayName": "x", "servicePrincipalType": "Application"}
            return listed([found])
        if path.endswith("/synchronization/jobs"):
            return listed([{"id": "scim.1"}])
        return broken

    async with open_vault(azurite, "7c0f1d52-77d5-4a53-9a1e-3f4f9c1f0b12") as own:
        own.graph.answer = answer
        broken: Any = NOT_FOUND
        manifest = await own.run(JOBS)
        [record] = (await own.records(manifest, JOBS.key)).values()
        assert record["@relationships"]["jobs"] == [{"id": "scim.1", "schema": None}]
        broken = (400, {"error": {"code": "BadRequest", "message": "No."}})
        plan = await own.open(JOBS.key)
        assert (await own.read(plan, JOBS)).outcome is Outcome.FAILED

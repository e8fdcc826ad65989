"""Contacts, the recycle bin, provisioning, sign-in methods and device secrets, as the service answers for them."""

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

BIN = "/v1.0/directory/deletedItems"
KEYS = "/v1.0/informationProtection/bitlocker/recoveryKeys"
PASSWORDS = "/v1.0/directory/deviceLocalCredentials"


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Api]:
    tenant = Tenant(tmp_path, small.TENANT)
    load(tenant, 20, 11)
    runner = web.AppRunner(application(Service(tenant, Faults(), "local-token")), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Api(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    await runner.cleanup()
    tenant.close()


async def principals(company: Api, names: str = "id,displayName") -> list[dict[str, str]]:
    return list((await company.get(f"/v1.0/servicePrincipals?$select={names}&$top=999")).body["value"])


@pytest.mark.parametrize("kind", ["user", "group", "application", "servicePrincipal", "administrativeUnit"])
async def test_the_bin_has_something_of_every_kind_that_is_in_no_list(company: Api, kind: str) -> None:
    found = (await company.get(f"{BIN}/microsoft.graph.{kind}?$select=id,displayName,deletedDateTime")).body["value"]
    assert found
    assert all(one["deletedDateTime"] for one in found)
    path = "directory/administrativeUnits" if kind == "administrativeUnit" else f"{kind}s"
    live = (await company.get(f"/v1.0/{path}")).ids
    assert not {one["id"] for one in found} & set(live)


async def test_what_the_company_deleted_comes_back_with_its_links(company: Api) -> None:
    group = next(one for one in (await company.get(f"{BIN}/microsoft.graph.group")).body["value"] if one["groupTypes"])
    restored = await company.call("POST", f"{BIN}/{group['id']}/restore")
    assert restored.status == 200
    assert len((await company.get(f"/v1.0/groups/{group['id']}/members")).ids) == 1


async def test_a_contact_has_a_manager_and_is_a_member(company: Api) -> None:
    contacts = (await company.get("/v1.0/contacts?$select=id&$expand=manager($select=id)")).body["value"]
    led = next(one for one in contacts if "manager" in one)
    assert led["manager"]["@odata.type"] == "#microsoft.graph.orgContact"
    groups = (await company.get(f"/v1.0/contacts/{led['id']}/memberOf")).ids
    assert groups
    assert led["id"] in (await company.get(f"/v1.0/groups/{groups[0]}/members")).ids


@pytest.mark.parametrize(("path", "secret"), [(KEYS, "key"), (PASSWORDS, "credentials")])
async def test_a_secret_is_given_to_who_names_it_on_one_object(company: Api, path: str, secret: str) -> None:
    listed = (await company.get(path)).body["value"]
    assert listed
    assert not [one for one in listed if secret in one]
    assert (await company.get(f"{path}?$select=id,{secret}")).status == 501
    one = f"{path}/{listed[0]['id']}"
    assert secret not in (await company.get(one)).body
    assert (await company.get(f"{one}?$select=id,{secret}")).body[secret]


@pytest.mark.parametrize(
    ("path", "secret", "permission"),
    [(KEYS, "key", "BitlockerKey"), (PASSWORDS, "credentials", "DeviceLocalCredential")],
)
async def test_a_secret_takes_more_than_the_list(company: Api, path: str, secret: str, permission: str) -> None:
    await company.switch(revoked=[f"{permission}.Read.All"])
    [first, *_] = (await company.get(path)).ids
    refused = await company.get(f"{path}/{first}?$select={secret}")
    assert (refused.status, refused.code) == (403, "Authorization_RequestDenied")
    await company.switch(revoked=[f"{permission}.Read.All", f"{permission}.ReadBasic.All"])
    assert (await company.get(path)).status == 403


async def test_a_job_is_below_its_principal_and_its_schema_below_the_job(company: Api) -> None:
    jobs = {
        one["id"]: (await company.get(f"/v1.0/servicePrincipals/{one['id']}/synchronization/jobs")).body["value"]
        for one in await principals(company)
    }
    busy = {key: found for key, found in jobs.items() if found}
    assert 0 < len(busy) < len(jobs)
    for key, [job] in busy.items():
        assert "schema" not in job
        below = f"/v1.0/servicePrincipals/{key}/synchronization/jobs/{job['id']}/schema"
        assert (await company.get(below)).body["synchronizationRules"]
        assert (await company.get(below.replace("schema", "scheme"))).status == 400
    await company.switch(revoked=["Synchronization.Read.All", "Synchronization.ReadWrite.All"])
    assert (await company.get(f"/v1.0/servicePrincipals/{next(iter(busy))}/synchronization/jobs")).status == 403


async def test_remote_desktop_settings_come_with_what_is_expanded(company: Api) -> None:
    [cloud] = [one for one in await principals(company) if one["displayName"] == "Windows Cloud Login"]
    below = f"/v1.0/servicePrincipals/{cloud['id']}/remoteDesktopSecurityConfiguration"
    assert "targetDeviceGroups" not in (await company.get(below)).body
    whole = (await company.get(f"{below}?$expand=approvedClientApps,targetDeviceGroups")).body
    assert (len(whole["approvedClientApps"]), len(whole["targetDeviceGroups"])) == (1, 1)
    other = next(one for one in await principals(company) if one["displayName"] == "Microsoft Graph")
    assert (await company.get(below.replace(cloud["id"], other["id"]))).status == 404


async def test_sign_in_methods_carry_their_type_and_no_secret(company: Api) -> None:
    user = next(
        one
        for one in (await company.get("/v1.0/users?$select=id,jobTitle")).body["value"]
        if one["jobTitle"] == "Identity administrator"
    )
    below = f"/v1.0/users/{user['id']}/authentication"
    methods = {
        one["@odata.type"].rpartition(".")[2]: one for one in (await company.get(f"{below}/methods")).body["value"]
    }
    assert methods["passwordAuthenticationMethod"]["password"] is None
    assert "phoneNumber" not in methods["fido2AuthenticationMethod"]
    assert (await company.get(f"{below}/requirements")).status == 400  # beta alone has it
    assert (await company.get(f"{below.replace('v1.0', 'beta')}/requirements")).body["perUserMfaState"] == "disabled"
    await company.switch(cloud="china")
    assert (await company.get(f"{below}/methods")).status == 400


async def test_who_never_signed_in_has_no_sign_in_activity(company: Api) -> None:
    users = (await company.get("/v1.0/users?$select=id,signInActivity")).body["value"]
    assert {"signInActivity" in one for one in users} == {True, False}
    assert all(one.get("signInActivity", True) for one in users)
    await company.switch(licences=[])
    refused = await company.get("/v1.0/users?$select=id,signInActivity")
    assert refused.code == "Authentication_RequestFromNonPremiumTenantOrB2CTenant"


async def test_values_of_extensions_come_when_they_are_named(company: Api) -> None:
    asked = await company.call("POST", "/v1.0/directoryObjects/getAvailableExtensionProperties", {})
    by_target = {target: one["name"] for one in asked.body["value"] for target in one["targetObjects"]}
    paths = {
        "User": "users",
        "Group": "groups",
        "Device": "devices",
        "AdministrativeUnit": "directory/administrativeUnits",
    }
    for target, path in paths.items():
        name = by_target[target]
        unasked = (await company.get(f"/v1.0/{path}")).body["value"]
        assert not [one for one in unasked if name in one], target
        named = (await company.get(f"/v1.0/{path}?$select=id,{name}")).body["value"]
        assert [one for one in named if name in one], target

"""Writes to Intune: what the service takes, what it makes of it, and what it refuses."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from local.tenant.load import load
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api, serving

DEVICES, APPS = "/beta/deviceManagement", "/beta/deviceAppManagement"
KIND = "#microsoft.graph."
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Api]:
    tenant = Tenant(tmp_path, small.TENANT)
    load(tenant, 20, 11)
    async with serving(tenant) as api:
        yield api


async def first(api: Api, path: str) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get(path)).body["value"][0]
    return found


def target(name: str, **more: Any) -> dict[str, Any]:
    return {"target": {"@odata.type": f"{KIND}{name}AssignmentTarget", **more}}


def compliance(*actions: str) -> dict[str, Any]:
    configured = [{"actionType": action, "gracePeriodHours": 0} for action in actions]
    return {
        "@odata.type": f"{KIND}iosCompliancePolicy",
        "displayName": "Phones",
        "scheduledActionsForRule": [{"ruleName": "PasswordRequired", "scheduledActionConfigurations": configured}],
    }


async def test_assigning_replaces_all_there_was(company: Api) -> None:
    script = f"{DEVICES}/deviceManagementScripts/{(await first(company, f'{DEVICES}/deviceManagementScripts'))['id']}"
    group = (await first(company, "/v1.0/groups"))["id"]
    for bodies in ([target("allDevices"), target("group", groupId=group)], [target("group", groupId=group)], []):
        done = await company.call("POST", f"{script}/assign", {"deviceManagementScriptAssignments": bodies})
        assert (done.status, len(done.body["value"])) == (200, len(bodies))
        shown = (await company.get(f"{script}/assignments")).body["value"]
        assert [one["target"]["@odata.type"] for one in shown] == [one["target"]["@odata.type"] for one in bodies]


@pytest.mark.parametrize(
    "body",
    [
        {"assignments": []},
        {"deviceManagementScriptAssignments": [target("group", groupId=NOBODY)]},
        {"deviceManagementScriptAssignments": [target("group")]},
        {"deviceManagementScriptAssignments": [target("allDevices", deviceAndAppManagementAssignmentFilterId=NOBODY)]},
        {"deviceManagementScriptAssignments": [target("allDevices"), target("allDevices")]},
    ],
)
async def test_an_assignment_leads_to_what_is_there_and_a_refused_one_changes_nothing(
    company: Api, body: dict[str, Any]
) -> None:
    script = f"{DEVICES}/deviceManagementScripts/{(await first(company, f'{DEVICES}/deviceManagementScripts'))['id']}"
    before = (await company.get(f"{script}/assignments")).body["value"]
    assert (await company.call("POST", f"{script}/assign", body)).status == 400
    assert (await company.get(f"{script}/assignments")).body["value"] == before


@pytest.mark.parametrize("actions", [(), ("notification",), ("block", "block")])
async def test_a_compliance_policy_has_one_block(company: Api, actions: tuple[str, ...]) -> None:
    policies = f"{DEVICES}/deviceCompliancePolicies"
    refused = await company.call("POST", policies, compliance(*actions))
    assert (refused.status, "one and only one block" in refused.body["error"]["message"]) == (400, True)
    made = (await company.call("POST", policies, compliance("block", "retire"))).body
    rules = compliance(*actions)["scheduledActionsForRule"]
    changed = await company.call(
        "POST",
        f"{policies}/{made['id']}/scheduleActionsForRules",
        {"deviceComplianceScheduledActionForRules": rules},
    )
    assert changed.status == 400


async def test_a_secret_is_never_shown_and_a_mask_never_taken(company: Api) -> None:
    setting = {"@odata.type": f"{KIND}omaSettingString", "displayName": "key", "omaUri": "./k", "isEncrypted": True}
    body = {"@odata.type": f"{KIND}windows10CustomConfiguration", "displayName": "Bridge"}
    profiles = f"{DEVICES}/deviceConfigurations"
    refused = await company.call("POST", profiles, {**body, "omaSettings": [{**setting, "value": "****"}]})
    assert refused.status == 400
    made = await company.call("POST", profiles, {**body, "omaSettings": [{**setting, "value": "plain"}]})
    assert made.status == 201
    [shown] = made.body["omaSettings"]
    assert shown["value"] == "****"
    assert made.body["id"] in shown["secretReferenceValueId"]


async def test_a_catalog_policy_takes_settings_but_no_token_of_another(company: Api) -> None:
    policies = f"{DEVICES}/configurationPolicies"
    old = await first(company, policies)
    settings = (await company.get(f"{policies}/{old['id']}/settings")).body["value"]
    whole = {name: old[name] for name in ("platforms", "technologies")} | {"name": "Copy"}
    everything = [{"settingInstance": one["settingInstance"]} for one in settings]
    assert (await company.call("POST", policies, {**whole, "settings": everything})).status == 400
    assert (await company.call("POST", policies, {**whole, "settings": []})).status == 400
    plain = [one for one in everything if "encryptedValueToken" not in str(one)]
    made = await company.call("POST", policies, {**whole, "settings": plain})
    assert (made.status, made.body["settingCount"], made.body["isAssigned"]) == (201, len(plain), False)
    at = f"{policies}/{made.body['id']}"
    assert (await company.call("PUT", at, {**whole, "name": "Other", "settings": plain[:1]})).status == 204
    now = (await company.get(at)).body
    assert (now["name"], now["settingCount"], now["platforms"]) == ("Other", 1, old["platforms"])


async def test_what_is_built_in_stays_as_it_is(company: Api) -> None:
    for path, name in ((f"{DEVICES}/roleScopeTags/0", "displayName"), (f"{DEVICES}/roleDefinitions", "displayName")):
        at = path if path.endswith("/0") else f"{path}/{(await first(company, path))['id']}"
        kind = {} if path.endswith("/0") else {"@odata.type": f"{KIND}deviceAndAppManagementRoleDefinition"}
        assert (await company.call("PATCH", at, {**kind, name: "Mine"})).status == 400
        assert (await company.call("DELETE", at)).status == 400


async def test_tags_count_on_and_have_to_be_there(company: Api) -> None:
    tags = [await company.call("POST", f"{DEVICES}/roleScopeTags", {"displayName": name}) for name in ("A", "B")]
    assert [tag.body["id"] for tag in tags] == ["3", "4"]
    category = {"displayName": "Deck", "roleScopeTagIds": ["9"]}
    assert (await company.call("POST", f"{DEVICES}/deviceCategories", category)).status == 400
    made = await company.call("POST", f"{DEVICES}/deviceCategories", {"displayName": "Deck"})
    assert made.body["roleScopeTagIds"] == ["0"]
    at = f"{DEVICES}/deviceCategories/{made.body['id']}"
    changed = await company.call("PATCH", at, {"roleScopeTagIds": ["3"]})
    assert (changed.status, changed.body["roleScopeTagIds"]) == (200, ["3"])


async def test_a_role_assignment_takes_its_role_and_is_listed_below_it(company: Api) -> None:
    role = await first(company, f"{DEVICES}/roleDefinitions")
    group = (await first(company, "/v1.0/groups"))["id"]
    body = {"displayName": "Deck desk", "members": [group], "scopeType": "allDevices"}
    assert (await company.call("POST", f"{DEVICES}/roleAssignments", body)).status == 400
    bind = {"roleDefinition@odata.bind": f"{company.url}{DEVICES}/roleDefinitions('{role['id']}')"}
    made = await company.call("POST", f"{DEVICES}/roleAssignments", {**body, **bind})
    assert made.status == 201
    named = await company.get(f"{DEVICES}/roleAssignments/{made.body['id']}/roleDefinition")
    assert named.body["id"] == role["id"]
    assert made.body["id"] in (await company.get(f"{DEVICES}/roleDefinitions/{role['id']}/roleAssignments")).ids


async def test_an_app_without_its_file_is_not_published(company: Api) -> None:
    common = {"displayName": "Log", "publisher": "Us"}
    for kind, state in (("win32LobApp", "notPublished"), ("webApp", "published")):
        made = await company.call("POST", f"{APPS}/mobileApps", {**common, "@odata.type": f"{KIND}{kind}"})
        assert (made.status, made.body["publishingState"]) == (201, state)
    assert (await company.call("POST", f"{APPS}/mobileApps", common)).status == 400


async def test_writing_takes_the_licence_and_the_permission_of_its_area(company: Api) -> None:
    await company.switch(revoked=["DeviceManagementConfiguration.ReadWrite.All"])
    refused = await company.call("POST", f"{DEVICES}/deviceCategories", {"displayName": "Deck"})
    assert refused.status == 403
    await company.switch(revoked=[], licences=["AAD_PREMIUM"])
    unlicensed = await company.call("POST", f"{DEVICES}/deviceCategories", {"displayName": "Deck"})
    assert unlicensed.status == 400
    assert "Request not applicable to target tenant" in unlicensed.body["error"]["message"]

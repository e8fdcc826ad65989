"""What the service refuses where applications and policies about them are written, and what it does by itself."""

import json
import uuid
from typing import Any

import pytest

from tests.tenant.conftest import Api

V1 = "/v1.0"
POLICIES = f"{V1}/policies"


def role(**more: object) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "allowedMemberTypes": ["User", "Application"],
        "description": "Reads",
        "displayName": "Reader",
        "isEnabled": True,
        "value": "Read",
        **more,
    }


async def made(company: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = await company.call("POST", f"{V1}{path}", body)
    assert reply.status == 201, reply.body
    found: dict[str, Any] = reply.body
    return found


async def refused(company: Api, method: str, path: str, body: dict[str, Any], status: int, words: str) -> None:
    reply = await company.call(method, f"{V1}{path}", body)
    assert (reply.status, words in json.dumps(reply.body)) == (status, True), reply.body


async def test_an_enabled_role_changes_only_after_it_was_disabled(company: Api) -> None:
    reader = role()
    app = await made(company, "/applications", {"displayName": "Roles", "appRoles": [reader]})
    path = f"/applications/{app['id']}"
    code = "CannotDeleteOrUpdateEnabledEntitlement"
    await refused(company, "PATCH", path, {"appRoles": []}, 400, code)
    await refused(company, "PATCH", path, {"appRoles": [{**reader, "value": "Look"}]}, 400, code)
    turned = {**reader, "allowedMemberTypes": ["Application", "User"]}
    assert (await company.call("PATCH", V1 + path, {"appRoles": [turned]})).status == 204
    assert (await company.call("PATCH", V1 + path, {"appRoles": [{**reader, "isEnabled": False}]})).status == 204
    assert (await company.call("PATCH", V1 + path, {"appRoles": [role(value="Look")]})).status == 204


async def test_a_principal_mirrors_its_application(company: Api) -> None:
    app = await made(company, "/applications", {"displayName": "Mirrored"})
    service = await made(company, "/servicePrincipals", {"appId": app["appId"]})
    await company.call("PATCH", f"{V1}/applications/{app['id']}", {"appRoles": [role()], "displayName": "Renamed"})
    shown = (await company.call("GET", f"{V1}/servicePrincipals/{service['id']}")).body
    assert (shown["displayName"], [one["value"] for one in shown["appRoles"]]) == ("Renamed", ["Read"])


async def test_a_principal_of_nobodys_application_is_refused(company: Api) -> None:
    words = "does not reference a valid application object"
    await refused(company, "POST", "/servicePrincipals", {"appId": str(uuid.uuid4())}, 400, words)


@pytest.mark.parametrize("kind", ["applications", "servicePrincipals"])
async def test_one_policy_of_a_kind_is_attached_from_the_application(company: Api, kind: str) -> None:
    app = await made(company, "/applications", {"displayName": "Attached"})
    service = await made(company, "/servicePrincipals", {"appId": app["appId"]})
    target = app["id"] if kind == "applications" else service["id"]
    definition = [json.dumps({"TokenLifetimePolicy": {"Version": 1}})]
    first, second = [
        await made(company, "/policies/tokenLifetimePolicies", {"displayName": name, "definition": definition})
        for name in ("First", "Second")
    ]

    def ref(policy: dict[str, Any]) -> dict[str, str]:
        return {"@odata.id": f"https://graph.microsoft.com/v1.0/policies/tokenLifetimePolicies/{policy['id']}"}

    path = f"/{kind}/{target}/tokenLifetimePolicies/$ref"
    assert (await company.call("POST", V1 + path, ref(first))).status == 204
    await refused(company, "POST", path, ref(first), 400, "already exist")
    await refused(company, "POST", path, ref(second), 400, "conflicting object")
    applied = await company.call("GET", f"{POLICIES}/tokenLifetimePolicies/{first['id']}/appliesTo")
    assert [one["id"] for one in applied.body["value"]] == [target]
    gone = f"{V1}/{kind}/{target}/tokenLifetimePolicies/{first['id']}/$ref"
    assert (await company.call("DELETE", gone)).status == 204
    assert (await company.call("POST", V1 + path, ref(second))).status == 204


async def test_one_policy_of_a_kind_is_the_default(company: Api) -> None:
    body = {"displayName": "x", "definition": [json.dumps({"ClaimsMappingPolicy": {"Version": 1}})]}
    await made(company, "/policies/claimsMappingPolicies", {**body, "isOrganizationDefault": True})
    path = "/policies/claimsMappingPolicies"
    await refused(company, "POST", path, {**body, "isOrganizationDefault": True}, 400, "conflicting object")
    await refused(company, "POST", path, {**body, "definition": ["{}"]}, 400, "definition")


async def test_consent_policies_take_conditions_one_at_a_time(company: Api) -> None:
    await made(company, "/policies/permissionGrantPolicies", {"id": "harbour", "displayName": "Harbour"})
    path = "/policies/permissionGrantPolicies/harbour/includes"
    found = await made(company, path, {"permissionType": "delegated"})
    assert (found["permissionClassification"], found["permissions"]) == ("all", ["all"])
    await refused(company, "POST", path, {"permissionType": "delegatedUserConsentable"}, 400, "permissionType")
    await refused(company, "PATCH", "/policies/permissionGrantPolicies/harbour", {"includes": []}, 400, "read-only")
    own = "/policies/permissionGrantPolicies/microsoft-user-default-low"
    assert (await company.call("PATCH", V1 + own, {"displayName": "mine"})).status == 403
    assert (await company.call("POST", f"{V1}{own}/includes", {"permissionType": "delegated"})).status == 403


async def test_a_certificate_that_is_there_is_named_and_not_sent_again(company: Api) -> None:
    key = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": "QUJD", "displayName": "CN=a"}
    app = await made(company, "/applications", {"displayName": "Keys", "keyCredentials": [key]})
    path = f"/applications/{app['id']}"
    held = (await company.call("GET", f"{V1}{path}?$select=keyCredentials")).body["keyCredentials"][0]
    await refused(company, "PATCH", path, {"keyCredentials": [{**held, "key": "WFla"}]}, 400, "not allowed")
    named = {name: value for name, value in held.items() if name != "key"}
    assert (await company.call("PATCH", V1 + path, {"keyCredentials": [named]})).status == 204
    await refused(company, "PATCH", path, {"tokenEncryptionKeyId": str(uuid.uuid4())}, 400, "tokenEncryptionKeyId")


async def test_admin_consent_is_put_whole(company: Api) -> None:
    path = "/policies/adminConsentRequestPolicy"
    now = (await company.call("GET", V1 + path)).body
    whole = {name: value for name, value in now.items() if "@odata" not in name}
    assert (await company.call("PUT", V1 + path, {**whole, "notifyReviewers": False})).status == 204
    assert (await company.call("GET", V1 + path)).body["version"] == now["version"] + 1
    await refused(company, "PUT", path, {"isEnabled": True}, 400, "required")
    assert (await company.call("PATCH", V1 + path, {"isEnabled": True})).status == 405

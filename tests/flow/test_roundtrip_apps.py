"""Applications, service principals, grants and policies about applications come back, through storage and Graph."""

import base64
import json
import uuid
from typing import Any

import pytest

from functions.catalogue import TYPES
from tests.flow.restore_world import World

GRAPH = "00000003-0000-0000-c000-000000000000"
APPS = (
    "applications",
    "applicationKeyCredentials",
    "servicePrincipals",
    "appRoleAssignments",
    "oauth2PermissionGrants",
    "tokenLifetimePolicies",
    "claimsMappingPolicies",
    "homeRealmDiscoveryPolicies",
    "appManagementPolicies",
    "permissionGrantPolicies",
    "adminConsentRequestPolicy",
    "defaultAppManagementPolicy",
    "users",
)
V1 = "/v1.0"


def role(value: str, **more: object) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "allowedMemberTypes": ["User", "Application"],
        "description": value,
        "displayName": value,
        "isEnabled": True,
        "value": value,
        **more,
    }


def scope(value: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "adminConsentDescription": value,
        "adminConsentDisplayName": value,
        "isEnabled": True,
        "type": "User",
        "value": value,
    }


def certificate() -> dict[str, Any]:
    return {
        "displayName": "CN=cargo",
        "endDateTime": "2030-01-31T00:00:00Z",
        "key": base64.b64encode(uuid.uuid4().bytes * 20).decode(),
        "startDateTime": "2025-01-31T00:00:00Z",
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


async def application(world: World, name: str, **more: object) -> dict[str, Any]:
    body = {"displayName": name, "signInAudience": "AzureADMyOrg", **more}
    made: dict[str, Any] = await world.call("POST", f"{V1}/applications", body)
    return made


async def principal(world: World, app_id: str) -> str:
    return str((await world.call("POST", f"{V1}/servicePrincipals", {"appId": app_id}))["id"])


async def attach(world: World, kind: str, target: str, collection: str, policy: str) -> None:
    ref = {"@odata.id": f"{world.settings.graph_url}/v1.0/policies/{collection}/{policy}"}
    await world.call("POST", f"{V1}/{kind}/{target}/{collection}/$ref", ref)


def outcomes(view: dict[str, Any]) -> set[str]:
    return {step["outcome"] for step in view["steps"]}


async def test_an_application_that_was_taken_over_is_what_it_was(world: World):
    owner, intruder = await world.user("app-owner"), await world.user("app-intruder")
    reader, viewing = role("Cargo.Read"), scope("Cargo.View")
    app = await application(
        world,
        "Taken over",
        appRoles=[reader],
        api={"oauth2PermissionScopes": [viewing]},
        web={"redirectUris": ["https://cargo.example/back"]},
        tags=["ours"],
        notes="as it was",
    )
    path = f"{V1}/applications/{app['id']}"
    trust = {"issuer": "https://issuer.example", "audiences": ["api://AzureADTokenExchange"]}
    await world.call("POST", f"{path}/federatedIdentityCredentials", {"name": "main", "subject": "main", **trust})
    ref = f"{world.settings.graph_url}/v1.0/directoryObjects"
    await world.call("POST", f"{path}/owners/$ref", {"@odata.id": f"{ref}/{owner}"})
    await world.backup(*APPS)

    await world.call("PATCH", path, {"appRoles": [{**reader, "isEnabled": False}], "notes": None, "tags": ["theirs"]})
    await world.call("PATCH", path, {"appRoles": [role("Evil")], "web": {"redirectUris": ["https://evil.example"]}})
    await world.call("PATCH", path, {"api": {"oauth2PermissionScopes": [{**viewing, "isEnabled": False}]}})
    await world.call("PATCH", path, {"api": {"oauth2PermissionScopes": [scope("Evil.All")]}})
    held = await world.call("GET", f"{path}/federatedIdentityCredentials")
    await world.call("PATCH", f"{path}/federatedIdentityCredentials/{held['value'][0]['id']}", {"subject": "evil"})
    await world.call("POST", f"{path}/federatedIdentityCredentials", {"name": "x", "subject": "x", **trust})
    await world.call("POST", f"{path}/owners/$ref", {"@odata.id": f"{ref}/{intruder}"})
    await world.call("DELETE", f"{path}/owners/{owner}/$ref")

    view = await world.apply(await world.plan("applications", app["id"], mode="exact"))
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), [
        (step["path"], step["error"], step["why"]) for step in view["steps"] if step["outcome"] != "done"
    ]
    assert await world.differences("applications", app["id"]) == {}
    now = await world.call("GET", path)
    assert [(item["id"], item["isEnabled"]) for item in now["appRoles"]] == [(reader["id"], True)]
    assert (await world.plan("applications", app["id"], mode="exact")).steps == 0


async def test_a_deleted_application_and_its_principal_are_two_calls_in_their_order(world: World):
    app = await application(world, "Binned")
    service = await principal(world, app["appId"])
    await world.backup(*APPS)
    await world.call("DELETE", f"{V1}/applications/{app['id']}")
    plan = await world.plan("applications", app["id"])
    paths = [step.path for step in await world.steps(plan)]
    assert paths == [f"/directory/deletedItems/{identity}/restore" for identity in (app["id"], service)]
    view = await world.apply(plan)
    assert (view["state"], outcomes(view)) == ("applied", {"done"})
    assert await world.differences("servicePrincipals", service) == {}


async def test_a_purged_application_comes_back_with_all_that_hung_on_it(world: World):
    person = await world.user("app-user")
    reader, viewing = role("Cargo.Read"), scope("Cargo.View")
    api = await application(
        world,
        "Purged API",
        appRoles=[reader],
        api={"oauth2PermissionScopes": [viewing]},
        keyCredentials=[certificate()],
    )
    client = await application(world, "Purged API's client")
    path = f"{V1}/applications/{api['id']}"
    await world.call(
        "PATCH",
        path,
        {
            "identifierUris": [f"api://{api['appId']}"],
            "api": {
                "oauth2PermissionScopes": [viewing],
                "preAuthorizedApplications": [
                    {"appId": client["appId"], "delegatedPermissionIds": [viewing["id"]]},
                ],
            },
        },
    )
    access = [{"resourceAppId": api["appId"], "resourceAccess": [{"id": reader["id"], "type": "Role"}]}]
    await world.call("PATCH", f"{V1}/applications/{client['id']}", {"requiredResourceAccess": access})
    resource, caller = await principal(world, api["appId"]), await principal(world, client["appId"])
    await world.call(
        "PATCH", f"{V1}/servicePrincipals/{resource}", {"notes": "kept", "appRoleAssignmentRequired": True}
    )
    for holder in (person, caller):
        body = {"principalId": holder, "resourceId": resource, "appRoleId": reader["id"]}
        await world.call("POST", f"{V1}/servicePrincipals/{resource}/appRoleAssignedTo", body)
    grant = {"clientId": caller, "consentType": "AllPrincipals", "resourceId": resource, "scope": "Cargo.View"}
    await world.call("POST", f"{V1}/oauth2PermissionGrants", grant)
    definition = json.dumps({"TokenLifetimePolicy": {"Version": 1, "AccessTokenLifetime": "00:20:00"}})
    policy = await world.call(
        "POST", f"{V1}/policies/tokenLifetimePolicies", {"displayName": "Brief", "definition": [definition]}
    )
    await attach(world, "applications", api["id"], "tokenLifetimePolicies", policy["id"])
    await world.backup(*APPS)
    for kind, identity in (("servicePrincipals", resource), ("applications", api["id"])):
        await world.purge(kind, identity)

    view = await world.apply(await world.plan("applications", api["id"]))
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), [
        (step["path"], step["error"], step["why"]) for step in view["steps"] if step["outcome"] != "done"
    ]
    assert await world.differences("applications", api["id"]) == {}
    new_id = (await world.stores.ids.resolve([api["id"]]))[api["id"]]
    new = await world.call("GET", f"{V1}/applications/{new_id}?$select=id,appId,identifierUris,keyCredentials")
    assert new["id"] != api["id"]
    assert [item["displayName"] for item in new["keyCredentials"]] == ["CN=cargo"]
    assert new["identifierUris"] == [f"api://{new['appId']}"]
    asking = await world.call("GET", f"{V1}/applications/{client['id']}")
    assert [one["resourceAppId"] for one in asking["requiredResourceAccess"]] == [new["appId"]]
    again = (await world.stores.ids.resolve([resource]))[resource]
    made = await world.call("GET", f"{V1}/servicePrincipals/{again}")
    assert (made["appId"], made["notes"], made["appRoleAssignmentRequired"]) == (new["appId"], "kept", True)
    held = await world.call("GET", f"{V1}/servicePrincipals/{again}/appRoleAssignedTo")
    assert {one["principalId"] for one in held["value"]} == {person, caller}
    assert {one["appRoleId"] for one in held["value"]} == {reader["id"]}
    grants = (await world.call("GET", f"{V1}/oauth2PermissionGrants"))["value"]
    assert [one["scope"] for one in grants if one["resourceId"] == again] == ["Cargo.View"]
    applied = await world.call("GET", f"{V1}/policies/tokenLifetimePolicies/{policy['id']}/appliesTo")
    assert [one["id"] for one in applied["value"]] == [new["id"]]
    told = " ".join(f"{gap['what']} {gap['why']}" for gap in view["gaps"])
    assert "CN=cargo" in told
    assert api["id"] in told


async def test_a_certificate_comes_back_and_what_was_added_stays(world: World):
    app = await application(world, "Certified", keyCredentials=[certificate()])
    await world.backup(*APPS)
    path = f"{V1}/applications/{app['id']}"
    added = certificate()
    await world.call("PATCH", path, {"keyCredentials": [added]})
    view = await world.restore("applicationKeyCredentials", app["id"])
    assert (view["state"], outcomes(view)) == ("applied", {"done"})
    now = await world.call("GET", f"{path}?$select=keyCredentials")
    assert added["key"] in {item["key"] for item in now["keyCredentials"]}
    assert len(now["keyCredentials"]) == 2
    await world.restore("applicationKeyCredentials", app["id"], mode="exact")
    assert await world.differences("applicationKeyCredentials", app["id"]) == {}


@pytest.mark.parametrize(
    ("now", "mode", "then"),
    [
        ("openid", "add", "User.Read openid"),
        ("openid User.Read Directory.ReadWrite.All", "add", "openid User.Read Directory.ReadWrite.All"),
        ("openid Directory.ReadWrite.All", "add", "openid Directory.ReadWrite.All"),
        ("openid Directory.ReadWrite.All", "exact", "User.Read openid"),
        (None, "add", "User.Read openid"),
    ],
)
async def test_a_grant_is_never_broader_than_its_record(world: World, now: str | None, mode: str, then: str):
    client = await principal(world, (await application(world, f"Client {uuid.uuid4()}"))["appId"])
    graph = (await world.call("GET", f"{V1}/servicePrincipals(appId='{GRAPH}')"))["id"]
    body = {"clientId": client, "consentType": "AllPrincipals", "resourceId": graph, "scope": "openid User.Read"}
    made = await world.call("POST", f"{V1}/oauth2PermissionGrants", body)
    await world.backup("oauth2PermissionGrants")
    path = f"{V1}/oauth2PermissionGrants/{made['id']}"
    await (world.call("DELETE", path) if now is None else world.call("PATCH", path, {"scope": now}))
    plan = await world.plan("oauth2PermissionGrants", made["id"], mode=mode)
    if plan.steps:
        await world.apply(plan)
    grants = (await world.call("GET", f"{V1}/oauth2PermissionGrants"))["value"]
    assert [one["scope"] for one in grants if one["clientId"] == client] == [then]


async def test_a_grant_that_somebody_gave_again_is_found_and_not_doubled(world: World):
    client = await principal(world, (await application(world, "Granted twice"))["appId"])
    graph = (await world.call("GET", f"{V1}/servicePrincipals(appId='{GRAPH}')"))["id"]
    body = {"clientId": client, "consentType": "AllPrincipals", "resourceId": graph, "scope": "openid User.Read"}
    made = await world.call("POST", f"{V1}/oauth2PermissionGrants", body)
    await world.backup("oauth2PermissionGrants")
    await world.call("DELETE", f"{V1}/oauth2PermissionGrants/{made['id']}")
    await world.call("POST", f"{V1}/oauth2PermissionGrants", {**body, "scope": "openid"})
    view = await world.restore("oauth2PermissionGrants", made["id"])
    assert [step["action"] for step in view["steps"]] == ["update"]
    grants = (await world.call("GET", f"{V1}/oauth2PermissionGrants"))["value"]
    assert [one["scope"] for one in grants if one["clientId"] == client] == ["User.Read openid"]


@pytest.mark.parametrize("key", ["tokenLifetimePolicies", "claimsMappingPolicies", "homeRealmDiscoveryPolicies"])
async def test_a_policy_that_was_deleted_is_made_again_and_attached(world: World, key: str):
    name = TYPES[key].path.rpartition("/")[2].removesuffix("ies") + "y"
    title = name[0].upper() + name[1:]
    service = await principal(world, (await application(world, f"Held by {key}"))["appId"])
    body = {"displayName": f"Of {key}", "definition": [json.dumps({title: {"Version": 1}})]}
    made = await world.call("POST", f"{V1}/policies/{key}", body)
    await attach(world, "servicePrincipals", service, key, made["id"])
    await world.backup(*APPS)
    await world.call("DELETE", f"{V1}/policies/{key}/{made['id']}")
    view = await world.restore(key, made["id"])
    assert (view["state"], outcomes(view)) == ("applied", {"done"})
    assert await world.differences(key, made["id"]) == {}


async def test_the_default_goes_back_after_the_one_that_took_its_place_let_go(world: World):
    def policy(name: str) -> dict[str, Any]:
        return {"displayName": name, "definition": [json.dumps({"TokenLifetimePolicy": {"Version": 1}})]}

    path = f"{V1}/policies/tokenLifetimePolicies"
    first = (await world.call("POST", path, {**policy("First"), "isOrganizationDefault": True}))["id"]
    second = (await world.call("POST", path, policy("Second")))["id"]
    await world.backup("tokenLifetimePolicies")
    await world.call("PATCH", f"{path}/{first}", {"isOrganizationDefault": False})
    await world.call("PATCH", f"{path}/{second}", {"isOrganizationDefault": True})
    things = [("tokenLifetimePolicies", identity) for identity in (first, second)]
    view = await world.apply(await world.plan_of(things))
    assert (view["state"], outcomes(view)) == ("applied", {"done"})
    for identity in (first, second):
        assert await world.differences("tokenLifetimePolicies", identity) == {}
    await world.call("PATCH", f"{path}/{first}", {"isOrganizationDefault": False})


async def test_a_consent_policy_comes_back_under_its_id_with_its_conditions(world: World):
    path = f"{V1}/policies/permissionGrantPolicies"
    await world.call("POST", path, {"id": "harbour-low", "displayName": "Harbour", "description": "low"})
    for name, classification in (("includes", "low"), ("excludes", "high")):
        body = {"permissionType": "delegated", "permissionClassification": classification}
        await world.call("POST", f"{path}/harbour-low/{name}", body)
    await world.backup("permissionGrantPolicies")
    await world.call("DELETE", f"{path}/harbour-low")
    plan = await world.plan("permissionGrantPolicies", "harbour-low")
    steps = [(step.action, step.path) for step in await world.steps(plan)]
    below = "/policies/permissionGrantPolicies/harbour-low"
    assert steps == [
        ("create", "/policies/permissionGrantPolicies"),
        ("call", f"{below}/excludes"),
        ("call", f"{below}/includes"),
    ]
    view = await world.apply(plan)
    assert (view["state"], outcomes(view), view["liveId"]) == ("applied", {"done"}, "harbour-low")
    now = await world.call("GET", f"{path}/harbour-low")
    assert [one["permissionClassification"] for one in (*now["includes"], *now["excludes"])] == ["low", "high"]
    assert (await world.plan("permissionGrantPolicies", "harbour-low", mode="exact")).steps == 0


async def test_admin_consent_is_written_whole(world: World):
    path = f"{V1}/policies/adminConsentRequestPolicy"
    before = await world.call("GET", path)
    await world.backup("adminConsentRequestPolicy", "users")
    changed = {name: value for name, value in before.items() if "@odata" not in name and name != "version"}
    await world.call("PUT", path, {**changed, "isEnabled": not before["isEnabled"], "requestDurationInDays": 7})
    view = await world.restore("adminConsentRequestPolicy", "adminConsentRequestPolicy")
    assert (view["state"], outcomes(view)) == ("applied", {"done"})
    assert await world.differences("adminConsentRequestPolicy", "adminConsentRequestPolicy") == {}

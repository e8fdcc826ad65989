"""Create, update, delete, and the trail they leave."""

import hashlib
import json

from tests.tenant import small
from tests.tenant.conftest import Api

NEW_USER = {
    "accountEnabled": True,
    "displayName": "Ada Neu",
    "mailNickname": "ada",
    "userPrincipalName": f"ada@{small.DOMAIN}",
    "passwordProfile": {"password": "Zufall-2931-xy", "forceChangePasswordNextSignIn": True},
}
NEW_GROUP = {"displayName": "New", "mailEnabled": False, "mailNickname": "new", "securityEnabled": True}


async def test_create_answers_201_with_the_object_and_the_object_is_there(api: Api) -> None:
    created = await api.call("POST", "/v1.0/users", NEW_USER)
    assert created.status == 201
    key = created.body["id"]
    assert created.headers["location"].endswith(f"/v1.0/users/{key}")
    read = (await api.get(f"/v1.0/users/{key}?$select=displayName,accountEnabled,passwordProfile,createdDateTime")).body
    assert (read["displayName"], read["accountEnabled"]) == ("Ada Neu", True)
    assert read["passwordProfile"]["password"] is None
    assert read["createdDateTime"]


async def test_a_name_that_is_taken_is_refused_with_details(api: Api) -> None:
    refused = await api.call("POST", "/v1.0/users", {**NEW_USER, "userPrincipalName": f"PERSON01@{small.DOMAIN}"})
    assert (refused.status, refused.code) == (400, "Request_BadRequest")
    assert refused.body["error"]["details"][0]["target"] == "userPrincipalName"


async def test_create_with_bound_members_is_one_write(api: Api) -> None:
    url = "https://graph.microsoft.com/v1.0/users/"
    body = {**NEW_GROUP, "members@odata.bind": [url + small.user(1)], "owners@odata.bind": [url + small.user(2)]}
    created = await api.call("POST", "/v1.0/groups", body)
    assert created.status == 201
    assert (await api.get(f"/v1.0/groups/{created.body['id']}/members")).ids == [small.user(1)]
    body["members@odata.bind"] = [url + small.key(1, 999)]
    assert (await api.call("POST", "/v1.0/groups", body)).status == 404
    assert len((await api.get("/v1.0/groups?$filter=displayName eq 'New'")).ids) == 1


async def test_patch_merges_and_null_clears(api: Api) -> None:
    path = f"/v1.0/users/{small.user(4)}"
    assert (await api.call("PATCH", path, {"jobTitle": "Pilot", "department": None})).status == 204
    read = (await api.get(f"{path}?$select=jobTitle,department,displayName")).body
    assert (read["jobTitle"], read["department"], read["displayName"]) == ("Pilot", None, "Person 04")


async def test_bad_bodies_are_refused_and_nothing_is_written(api: Api) -> None:
    before = (await api.get("/_admin/digest")).body
    path = f"/v1.0/users/{small.user(4)}"
    for body in ({"nothing": 1}, {"id": "x"}, {"accountEnabled": "yes"}, {"displayName": None}, [], "x"):
        assert (await api.call("PATCH", path, body)).status == 400, body
    async with api.session.patch(api.url + path, data=b"{", headers=api.headers) as response:
        assert response.status == 400
    assert (await api.call("PATCH", path + "?$select=id", {"jobTitle": "x"})).status == 400
    assert (await api.call("PUT", path, {"jobTitle": "x"})).status == 405
    assert (await api.call("POST", path, {})).status == 405
    assert (await api.call("PATCH", f"/v1.0/users/{small.key(1, 999)}", {"jobTitle": "x"})).status == 404
    assert (await api.get("/_admin/digest")).body == before


async def test_children_are_made_changed_and_deleted_under_their_parent(api: Api) -> None:
    path = f"/v1.0/applications/{small.APP}/federatedIdentityCredentials"
    body = {"name": "two", "issuer": "https://two.example", "subject": "s", "audiences": ["a"]}
    created = await api.call("POST", path, body)
    assert created.status == 201
    for key in (created.body["id"], "two"):
        assert (await api.get(f"{path}/{key}")).body["issuer"] == "https://two.example"
    assert (await api.call("PATCH", f"{path}/{created.body['id']}", {"subject": "t"})).status == 204
    assert (await api.get(f"{path}/two")).body["subject"] == "t"
    assert (await api.call("DELETE", f"{path}/{created.body['id']}")).status == 204
    assert (await api.get(path)).ids == [small.CREDENTIAL]


async def test_assignments_are_made_and_deleted_at_the_resource(api: Api) -> None:
    path = f"/v1.0/servicePrincipals/{small.PRINCIPAL}/appRoleAssignedTo"
    body = {"principalId": small.user(2), "resourceId": small.PRINCIPAL, "appRoleId": small.key(0, 0)}
    created = await api.call("POST", path, {**body, "appRoleId": "00000000-0000-0000-0000-000000000000"})
    assert created.status == 201
    assert (await api.call("DELETE", f"{path}/{created.body['id']}")).status == 204
    gone = await api.call("DELETE", f"{path}/{created.body['id']}")
    assert gone.status == 400
    assert "EntitlementGrant" in gone.body["error"]["message"]


async def test_an_upsert_by_unique_name_creates_once(api: Api) -> None:
    path = "/v1.0/groups(uniqueName='crew-7')"
    prefer = {"Prefer": "create-if-missing"}
    assert (await api.call("PATCH", path, NEW_GROUP)).status == 404
    assert (await api.call("PATCH", path, NEW_GROUP, prefer)).status == 201
    assert (await api.call("PATCH", path, {"description": "d"}, prefer)).status == 204
    read = (await api.get(path + "?$select=uniqueName,description")).body
    assert (read["uniqueName"], read["description"]) == ("crew-7", "d")


async def test_a_group_can_be_made_inside_a_unit(api: Api) -> None:
    path = f"/v1.0/directory/administrativeUnits/{small.UNIT}/members"
    created = await api.call("POST", path, {"@odata.type": "#microsoft.graph.group", **NEW_GROUP})
    assert created.status == 201
    assert created.body["id"] in (await api.get(path)).ids


async def test_every_write_leaves_one_line_in_the_trail(api: Api) -> None:
    await api.get("/v1.0/users")
    await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"jobTitle": "x"}, {"client-request-id": "c1"})
    await api.call("DELETE", f"/v1.0/users/{small.key(1, 999)}")
    item = {"id": "1", "method": "DELETE", "url": f"/users/{small.user(2)}"}
    await api.call("POST", "/v1.0/$batch", {"requests": [item, {"id": "2", "method": "GET", "url": "/users"}]})
    first, second, third = await api.writes()
    assert (first["method"], first["path"], first["status"]) == ("PATCH", f"/v1.0/users/{small.user(1)}", 204)
    assert json.loads(first["body"]) == {"jobTitle": "x"}
    assert first["bodySha256"] == hashlib.sha256(first["body"].encode()).hexdigest()
    assert first["clientRequestId"] == "c1"
    assert (second["status"], second["inBatch"]) == (404, False)
    assert (third["path"], third["status"], third["inBatch"]) == (f"/v1.0/users/{small.user(2)}", 204, True)
    assert (await api.get(f"/_admin/audit?after={second['number']}")).body["writes"] == [third]

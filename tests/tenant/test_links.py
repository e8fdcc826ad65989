"""Links: reading them, adding and removing them, and what a missing `/$ref` does."""

from tests.tenant import small
from tests.tenant.conftest import EVENTUAL, Api


def ref(kind: str, key: str) -> dict[str, str]:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/{kind}/{key}"}


async def members(api: Api, version: str = "v1.0") -> dict[str, str]:
    listed = (await api.get(f"/{version}/groups/{small.GROUP}/members?$select=id")).body["value"]
    return {item["id"]: item["@odata.type"] for item in listed}


async def test_v1_leaves_service_principals_out_of_members_and_beta_shows_them(api: Api) -> None:
    assert small.PRINCIPAL not in await members(api)
    assert (await members(api, "beta"))[small.PRINCIPAL] == "#microsoft.graph.servicePrincipal"
    expanded = (await api.get(f"/v1.0/groups/{small.GROUP}?$expand=members")).body["members"]
    assert small.PRINCIPAL in [item["id"] for item in expanded]
    assert (await api.get(f"/v1.0/groups/{small.GROUP}/members/$count", EVENTUAL)).body == 4
    assert (await api.get(f"/beta/groups/{small.GROUP}/members/$count", EVENTUAL)).body == 5


async def test_members_come_in_pages(api: Api) -> None:
    pages = await api.pages(f"/v1.0/groups/{small.BIG}/members?$select=id&$top=10")
    assert [len(page.ids) for page in pages] == [10, 10, 5]
    assert len({key for page in pages for key in page.ids}) == small.USERS
    assert (await api.get(f"/v1.0/groups/{small.BIG}/members?$top=1000")).code == "Request_UnsupportedQuery"


async def test_casts_in_both_spellings_leave_one_kind(api: Api) -> None:
    for cast in ("microsoft.graph.user", "graph.user"):
        answer = await api.get(f"/v1.0/groups/{small.GROUP}/members/{cast}?$select=id,displayName")
        assert answer.ids == [small.user(n) for n in range(3)]
        assert set(answer.body["value"][0]) == {"id", "displayName"}
    assert (await api.get(f"/v1.0/groups/{small.GROUP}/members/microsoft.graph.application")).status == 400
    assert (await api.get(f"/v1.0/groups/{small.GROUP}/members/microsoft.graph.servicePrincipal")).ids == []


async def test_members_that_may_not_be_read_come_as_bare_ids(api: Api) -> None:
    await api.switch(unreadableMembers=["user"])
    listed = (await api.get(f"/v1.0/groups/{small.GROUP}/members")).body["value"]
    assert {"@odata.type": "#microsoft.graph.user", "id": small.user(0)} in listed
    assert (await api.switch_hits())["unreadableMembers"] == 3


async def test_inverse_and_derived_links(api: Api) -> None:
    reads = {
        f"users/{small.user(0)}/directReports": [small.user(1), small.user(2)],
        f"users/{small.user(1)}/memberOf": [small.GROUP, small.BIG],
        f"users/{small.user(1)}/ownedDevices": [small.DEVICE],
        f"users/{small.user(1)}/appRoleAssignments": [small.ASSIGNMENT],
        f"servicePrincipals/{small.PRINCIPAL}/appRoleAssignedTo": [small.ASSIGNMENT],
        f"directory/administrativeUnits/{small.UNIT}/scopedRoleMembers": [small.SCOPED],
        f"directory/administrativeUnits/{small.UNIT}/members": [small.user(3)],
        f"applications/{small.APP}/federatedIdentityCredentials": [small.CREDENTIAL],
        f"applications/{small.APP}/extensionProperties": [small.EXTENSION],
        f"applications/{small.APP}/owners": [small.user(0)],
        f"devices/{small.DEVICE}/registeredOwners": [small.user(1)],
        f"devices/{small.DEVICE}/registeredUsers": [],
    }
    for path, ids in reads.items():
        assert (await api.get(f"/v1.0/{path}")).ids == ids, path


async def test_single_links(api: Api) -> None:
    manager = (await api.get(f"/v1.0/users/{small.user(1)}/manager?$select=id")).body
    assert manager["id"] == small.user(0)
    assert (await api.get(f"/v1.0/users/{small.user(0)}/manager")).code == "Request_ResourceNotFound"
    put = await api.call("PUT", f"/v1.0/users/{small.user(1)}/manager/$ref", ref("users", small.user(5)))
    assert put.status == 204
    assert (await api.get(f"/v1.0/users/{small.user(1)}/manager")).body["id"] == small.user(5)
    assert (await api.call("DELETE", f"/v1.0/users/{small.user(1)}/manager/$ref")).status == 204
    assert (await api.get(f"/v1.0/users/{small.user(1)}/manager")).status == 404


async def test_adding_and_removing_members(api: Api) -> None:
    path = f"/v1.0/groups/{small.GROUP}/members"
    assert (await api.call("POST", f"{path}/$ref", ref("directoryObjects", small.user(9)))).status == 204
    again = await api.call("POST", f"{path}/$ref", ref("directoryObjects", small.user(9)))
    assert (again.status, again.code) == (400, "Request_BadRequest")
    assert "already exist" in again.body["error"]["message"]
    assert (await api.call("DELETE", f"{path}/{small.user(9)}/$ref")).status == 204
    assert (await api.call("DELETE", f"{path}/{small.user(9)}/$ref")).status == 400
    assert small.user(9) not in await members(api)
    assert (await api.get(f"/v1.0/users/{small.user(9)}")).status == 200
    assert (await api.call("POST", f"{path}/$ref", ref("users", small.key(1, 999)))).status == 404
    assert (await api.call("POST", f"{path}/$ref", {"id": "x"})).status == 400


async def test_members_bound_in_a_patch_are_added_all_or_none(api: Api) -> None:
    url = "https://graph.microsoft.com/v1.0/directoryObjects/"
    before = await members(api)
    refused = await api.call(
        "PATCH", f"/v1.0/groups/{small.GROUP}", {"members@odata.bind": [url + small.user(7), url + small.user(0)]}
    )
    assert refused.status == 400
    assert await members(api) == before
    body = {"description": "new", "members@odata.bind": [url + small.user(7), url + small.user(8)]}
    assert (await api.call("PATCH", f"/v1.0/groups/{small.GROUP}", body)).status == 204
    assert set(await members(api)) == {*before, small.user(7), small.user(8)}
    assert (await api.get(f"/v1.0/groups/{small.GROUP}")).body["description"] == "new"


async def test_deleting_a_member_without_ref_deletes_the_member_itself(api: Api) -> None:
    assert (await api.call("DELETE", f"/v1.0/groups/{small.GROUP}/members/{small.user(1)}")).status == 204
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).status == 404
    assert (await api.get(f"/v1.0/directory/deletedItems/{small.user(1)}")).status == 200
    unit = f"/v1.0/directory/administrativeUnits/{small.UNIT}/members/{small.user(3)}"
    assert (await api.call("DELETE", unit)).status == 204
    assert (await api.get(f"/v1.0/users/{small.user(3)}")).status == 404


async def test_references_can_be_listed(api: Api) -> None:
    listed = (await api.get(f"/v1.0/groups/{small.GROUP}/owners/$ref")).body["value"]
    assert listed == [{"@odata.id": f"{api.url}/v1.0/directoryObjects/{small.user(0)}"}]

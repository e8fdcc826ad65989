"""The recycle bin: what a delete keeps, what a restore brings back, what thirty days end."""

import pytest

from tests.tenant import small
from tests.tenant.conftest import Api

BIN = "/v1.0/directory/deletedItems"


async def test_a_deleted_user_lies_in_the_bin_with_its_name_freed(api: Api) -> None:
    assert (await api.call("DELETE", f"/v1.0/users/{small.user(1)}")).status == 204
    assert small.user(1) not in (await api.get("/v1.0/users")).ids
    assert small.user(1) not in (await api.get(f"/v1.0/groups/{small.GROUP}/members")).ids
    for cast in ("microsoft.graph.user", "graph.user"):
        listed = await api.get(f"{BIN}/{cast}?$select=id,userPrincipalName,deletedDateTime")
        assert listed.ids == [small.user(1)]
        assert listed.body["value"][0]["deletedDateTime"]
        name = listed.body["value"][0]["userPrincipalName"]
        assert name == small.user(1).replace("-", "") + f"person01@{small.DOMAIN}"
    assert (await api.get(f"{BIN}/microsoft.graph.group")).ids == []
    assert (await api.get(f"{BIN}/{small.user(1)}")).body["@odata.type"] == "#microsoft.graph.user"


async def test_a_restore_brings_back_the_object_with_its_id_and_links(api: Api) -> None:
    before = (await api.get("/_admin/digest")).body
    await api.call("DELETE", f"/v1.0/users/{small.user(1)}")
    restored = await api.call("POST", f"{BIN}/{small.user(1)}/restore")
    assert (restored.status, restored.body["id"]) == (200, small.user(1))
    assert restored.body["@odata.type"] == "#microsoft.graph.user"
    assert (await api.get("/_admin/digest")).body == before
    assert small.user(1) in (await api.get(f"/v1.0/groups/{small.GROUP}/members")).ids
    assert (await api.get(f"/v1.0/users/{small.user(1)}/manager")).body["id"] == small.user(0)
    assert (await api.call("POST", f"{BIN}/{small.user(1)}/restore")).status == 404


async def test_a_restore_into_a_taken_name_is_refused_unless_a_new_one_is_given(api: Api) -> None:
    await api.call("DELETE", f"/v1.0/users/{small.user(1)}")
    assert (
        await api.call("PATCH", f"/v1.0/users/{small.user(2)}", {"userPrincipalName": f"person01@{small.DOMAIN}"})
    ).status == 204
    assert (await api.call("POST", f"{BIN}/{small.user(1)}/restore")).status == 400
    body = {"newUserPrincipalName": f"other@{small.DOMAIN}"}
    assert (await api.call("POST", f"{BIN}/{small.user(1)}/restore", body)).status == 200
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).body["userPrincipalName"] == f"other@{small.DOMAIN}"


async def test_a_purge_is_for_good(api: Api) -> None:
    await api.call("DELETE", f"/v1.0/users/{small.user(1)}")
    assert (await api.call("DELETE", f"{BIN}/{small.user(1)}")).status == 204
    assert (await api.get(f"{BIN}/{small.user(1)}")).status == 404
    assert (await api.call("POST", f"{BIN}/{small.user(1)}/restore")).status == 404
    assert (await api.get(f"/v1.0/servicePrincipals/{small.PRINCIPAL}/appRoleAssignedTo")).ids == []


async def test_after_thirty_days_the_bin_is_empty(api: Api) -> None:
    await api.call("DELETE", f"/v1.0/groups/{small.GROUP}")
    await api.travel(29.9)
    assert (await api.get(f"{BIN}/microsoft.graph.group")).ids == [small.GROUP]
    await api.travel(0.2)
    assert (await api.get(f"{BIN}/microsoft.graph.group")).ids == []
    assert (await api.call("POST", f"{BIN}/{small.GROUP}/restore")).status == 404


async def test_a_security_group_in_the_bin_looks_as_if_it_were_none(api: Api) -> None:
    await api.call("DELETE", f"/v1.0/groups/{small.GROUP}")
    assert (await api.get(f"{BIN}/microsoft.graph.group")).body["value"][0]["securityEnabled"] is False
    await api.call("POST", f"{BIN}/{small.GROUP}/restore")
    assert (await api.get(f"/v1.0/groups/{small.GROUP}")).body["securityEnabled"] is True


async def test_an_application_takes_its_principal_along_and_each_is_restored_alone(api: Api) -> None:
    await api.call("DELETE", f"/v1.0/applications/{small.APP}")
    assert (await api.get(f"/v1.0/servicePrincipals/{small.PRINCIPAL}")).status == 404
    assert (await api.call("POST", f"{BIN}/{small.APP}/restore")).status == 200
    assert (await api.get(f"/v1.0/applications/{small.APP}/federatedIdentityCredentials")).ids == [small.CREDENTIAL]
    assert (await api.get(f"/v1.0/servicePrincipals/{small.PRINCIPAL}")).status == 404
    assert (await api.call("POST", f"{BIN}/{small.PRINCIPAL}/restore")).status == 200


async def test_a_unit_cannot_be_purged_early_and_a_device_has_no_bin(api: Api) -> None:
    await api.switch(callerRoles=["Privileged Role Administrator"])
    assert (await api.call("DELETE", f"/v1.0/directory/administrativeUnits/{small.UNIT}")).status == 204
    assert (await api.call("DELETE", f"{BIN}/{small.UNIT}")).status == 400
    assert (await api.call("DELETE", f"/v1.0/devices/{small.DEVICE}")).status == 204
    assert (await api.get(f"{BIN}/{small.DEVICE}")).status == 404


@pytest.mark.parametrize(("kind", "key"), [("policies", small.POLICY), ("namedLocations", small.COUNTRIES)])
async def test_conditional_access_has_a_bin_that_applications_may_not_use_unless_switched_on(
    api: Api, kind: str, key: str
) -> None:
    root = "/v1.0/identity/conditionalAccess"
    assert (await api.call("DELETE", f"{root}/{kind}/{key}")).status == 204
    for method, path in (("GET", ""), ("GET", f"/{key}"), ("POST", f"/{key}/restore"), ("DELETE", f"/{key}")):
        refused = await api.call(method, f"{root}/deletedItems/{kind}{path}")
        assert (refused.status, refused.code) == (403, "Authorization_RequestDenied")
    await api.switch(caRestore="supported")
    assert (await api.get(f"{root}/deletedItems/{kind}")).ids == [key]
    assert (await api.call("POST", f"{root}/deletedItems/{kind}/{key}/restore")).status == 200
    assert (await api.get(f"{root}/{kind}/{key}")).status == 200

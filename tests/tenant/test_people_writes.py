"""What the service refuses and does by itself where people are written: administrators, units, licences."""

from typing import Any

import pytest

from local.tenant.company.roles import USER_ADMINISTRATOR
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR, directory_role_id
from tests.tenant import small
from tests.tenant.conftest import Api

V1 = "/v1.0"
UNITS = f"{V1}/directory/administrativeUnits"
SET = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue"


def ref(target: str) -> dict[str, str]:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{target}"}


async def plain(company: Api) -> str:
    """A user of the cloud who has no role and is in no group that could give one."""
    body = {
        "accountEnabled": True,
        "displayName": "Plain",
        "mailNickname": "plain",
        "userPrincipalName": "plain@halden.example",
        "usageLocation": "NO",
        "passwordProfile": {"password": "Zufall-2931-xy", "forceChangePasswordNextSignIn": True},
    }
    return str((await company.call("POST", f"{V1}/users", body)).body["id"])


async def give(company: Api, user: str, role: str, scope: str = "/") -> None:
    body = {"principalId": user, "roleDefinitionId": role, "directoryScopeId": scope}
    assert (await company.call("POST", f"{V1}/roleManagement/directory/roleAssignments", body)).status == 201


@pytest.mark.parametrize(
    ("role", "enough", "short"),
    [
        (GLOBAL_ADMINISTRATOR, "Privileged Authentication Administrator", "User Administrator"),
        (USER_ADMINISTRATOR, "User Administrator", "Helpdesk Administrator"),
    ],
)
async def test_an_administrators_account_takes_a_role(company: Api, role: str, enough: str, short: str) -> None:
    user = await plain(company)
    path = f"{V1}/users/{user}"
    assert (await company.call("PATCH", path, {"mobilePhone": "+1"})).status == 204
    await give(company, user, role)
    for body in ({"mobilePhone": "+2"}, {"accountEnabled": False}, {"otherMails": []}):
        refused = await company.call("PATCH", path, body)
        assert (refused.status, refused.code) == (403, "Authorization_RequestDenied")
    assert (await company.call("PATCH", path, {"jobTitle": "x"})).status == 204
    assert (await company.call("DELETE", path)).status == 403
    await company.switch(callerRoles=[short])
    assert (await company.call("PATCH", path, {"mobilePhone": "+2"})).status == 403
    await company.switch(callerRoles=[enough])
    assert (await company.call("PATCH", path, {"mobilePhone": "+2"})).status == 204
    assert (await company.call("DELETE", path)).status == 204
    restore = f"{V1}/directory/deletedItems/{user}/restore"
    await company.switch(callerRoles=[short])
    assert (await company.call("POST", restore)).status == 403
    await company.switch(callerRoles=[enough])
    assert (await company.call("POST", restore)).status == 200


async def test_who_is_in_a_group_that_can_hold_roles_is_as_good_as_an_administrator(company: Api) -> None:
    user = await plain(company)
    groups = (await company.get(f"{V1}/groups?$filter=displayName eq 'Tier 0 administrators'")).ids
    assert (await company.call("POST", f"{V1}/groups/{groups[0]}/members/$ref", ref(user))).status == 204
    assert (await company.call("PATCH", f"{V1}/users/{user}", {"mobilePhone": "+2"})).status == 403


async def test_a_password_of_an_existing_account_takes_a_role(company: Api) -> None:
    path = f"{V1}/users/{await plain(company)}"
    body = {"passwordProfile": {"password": "Another-1-of-these"}}
    assert (await company.call("PATCH", path, body)).status == 403
    await company.switch(callerRoles=["User Administrator"])
    assert (await company.call("PATCH", path, body)).status == 204


async def test_groups_that_can_hold_roles_take_a_permission_of_their_own(company: Api) -> None:
    user = await plain(company)
    body = {"displayName": "T", "mailEnabled": False, "mailNickname": "t", "securityEnabled": True}
    made = await company.call("POST", f"{V1}/groups", {**body, "isAssignableToRole": True})
    path = f"{V1}/groups/{made.body['id']}"
    await company.switch(revoked=["RoleManagement.ReadWrite.Directory"])
    assert (await company.call("POST", f"{V1}/groups", {**body, "isAssignableToRole": True})).status == 403
    assert (await company.call("POST", f"{V1}/groups", body)).status == 201
    for call in (("PATCH", path, {"description": "x"}), ("POST", f"{path}/members/$ref", ref(user)), ("DELETE", path)):
        assert (await company.call(*call)).status == 403, call
    await company.switch(callerRoles=["Privileged Role Administrator"])
    assert (await company.call("POST", f"{path}/members/$ref", ref(user))).status == 403
    assert (await company.call("DELETE", path)).status == 204


async def test_a_restricted_unit_protects_who_is_in_it(company: Api) -> None:
    user = await plain(company)
    unit = (await company.call("POST", UNITS, {"displayName": "U", "isMemberManagementRestricted": True})).body["id"]
    path, members = f"{V1}/users/{user}", f"{UNITS}/{unit}/members"

    async def restricted() -> bool:
        read = await company.get(f"{path}?$select=isManagementRestricted")
        return bool(read.body["isManagementRestricted"])

    assert (await company.call("POST", f"{members}/$ref", ref(user))).status == 204
    assert await restricted()
    assert (await company.call("PATCH", path, {"jobTitle": "x"})).status == 403
    assert (await company.call("DELETE", path)).status == 403
    await company.switch(callerRoles=["User Administrator@somewhere-else"])
    assert (await company.call("PATCH", path, {"jobTitle": "x"})).status == 403
    await company.switch(callerRoles=[f"User Administrator@{unit}"])
    assert (await company.call("PATCH", path, {"jobTitle": "x"})).status == 204
    assert (await company.call("DELETE", f"{members}/{user}/$ref")).status == 403
    await company.switch(callerRoles=["Privileged Role Administrator"])
    assert (await company.call("DELETE", f"{members}/{user}/$ref")).status == 204
    assert not await restricted()
    assert (await company.call("POST", f"{members}/$ref", ref(user))).status == 204
    assert (await company.call("DELETE", f"{UNITS}/{unit}")).status == 204
    assert not await restricted()
    assert (await company.call("POST", f"{V1}/directory/deletedItems/{unit}/restore")).status == 200
    assert await restricted()


async def test_an_administrator_of_a_unit_is_a_role_assignment_too(company: Api) -> None:
    user = await plain(company)
    unit = (await company.call("POST", UNITS, {"displayName": "U"})).body["id"]
    role = directory_role_id(small.TENANT, USER_ADMINISTRATOR)
    scoped = await company.call(
        "POST", f"{UNITS}/{unit}/scopedRoleMembers", {"roleId": role, "roleMemberInfo": {"id": user}}
    )
    query = f"{V1}/roleManagement/directory/roleAssignments?$filter=principalId eq '{user}'"
    (held,) = (await company.get(query)).body["value"]
    assert (held["roleDefinitionId"], held["directoryScopeId"]) == (USER_ADMINISTRATOR, f"/administrativeUnits/{unit}")
    assert (await company.call("DELETE", f"{UNITS}/{unit}/scopedRoleMembers/{scoped.body['id']}")).status == 204
    assert (await company.get(query)).body["value"] == []
    await give(company, user, USER_ADMINISTRATOR, f"/administrativeUnits/{unit}")
    (member,) = (await company.get(f"{UNITS}/{unit}/scopedRoleMembers")).body["value"]
    assert (member["roleId"], member["roleMemberInfo"]["id"]) == (role, user)
    (held,) = (await company.get(query)).body["value"]
    assert (await company.call("DELETE", f"{V1}/roleManagement/directory/roleAssignments/{held['id']}")).status == 204
    assert (await company.get(f"{UNITS}/{unit}/scopedRoleMembers")).body["value"] == []


async def test_a_device_is_switched_on_and_off_by_who_has_the_role(company: Api) -> None:
    device = (await company.get(f"{V1}/devices")).ids[0]
    path = f"{V1}/devices/{device}"
    assert (await company.call("PATCH", path, {"accountEnabled": False})).status == 403
    assert (await company.call("PATCH", path, {"displayName": "x"})).status == 403
    await company.switch(callerRoles=["Cloud Device Administrator"])
    assert (await company.call("PATCH", path, {"accountEnabled": False})).status == 204
    attributes = {"extensionAttributes": {"extensionAttribute1": "x"}}
    assert (await company.call("PATCH", f"/beta/devices/{device}", attributes)).status == 204


async def bought(company: Api) -> list[dict[str, Any]]:
    return list((await company.get(f"{V1}/subscribedSkus")).body["value"])


async def test_licences_are_assigned_and_taken_in_one_call(company: Api) -> None:
    user = await plain(company)
    first, second, *_ = [sku for sku in await bought(company) if sku["capabilityStatus"] == "Enabled"]
    off = [first["servicePlans"][0]["servicePlanId"]]
    path = f"{V1}/users/{user}"
    add = [{"skuId": first["skuId"], "disabledPlans": off}, {"skuId": second["skuId"]}]
    done = await company.call("POST", f"{path}/assignLicense", {"addLicenses": add, "removeLicenses": []})
    assert (done.status, done.body["id"]) == (200, user)
    body = {"addLicenses": [{"skuId": first["skuId"], "disabledPlans": []}], "removeLicenses": [second["skuId"]]}
    assert (await company.call("POST", f"{path}/assignLicense", body)).status == 200
    read = (await company.get(f"{path}?$select=assignedLicenses,licenseAssignmentStates")).body
    assert read["assignedLicenses"] == [{"disabledPlans": [], "skuId": first["skuId"]}]
    (state,) = read["licenseAssignmentStates"]
    assert (state["skuId"], state["assignedByGroup"], state["state"]) == (first["skuId"], None, "Active")


async def test_licences_that_cannot_be_assigned(company: Api) -> None:
    path = f"{V1}/users/{await plain(company)}/assignLicense"
    skus = await bought(company)
    good = next(sku for sku in skus if sku["capabilityStatus"] == "Enabled")["skuId"]
    lapsed = next(sku for sku in skus if sku["capabilityStatus"] != "Enabled")["skuId"]
    for body, core in (
        ({"addLicenses": [{"skuId": small.key(1, 1)}], "removeLicenses": []}, "does not correspond"),
        ({"addLicenses": [{"skuId": lapsed}], "removeLicenses": []}, "does not have any available"),
        ({"addLicenses": [], "removeLicenses": [good]}, "does not have a corresponding license"),
        ({"addLicenses": [{"skuId": good}]}, "have to be given"),
    ):
        refused = await company.call("POST", path, body)
        assert refused.status == 400
        assert core in refused.body["error"]["message"]
    guest = {"displayName": "G", "accountEnabled": True, "mailNickname": "g", "userPrincipalName": "g@halden.example"}
    profile = {"passwordProfile": {"password": "Zufall-2931-xy"}}
    other = (await company.call("POST", f"{V1}/users", {**guest, **profile})).body["id"]
    body = {"addLicenses": [{"skuId": good}], "removeLicenses": []}
    refused = await company.call("POST", f"{V1}/users/{other}/assignLicense", body)
    assert "usage location" in refused.body["error"]["message"]
    permissions = ["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]
    await company.switch(revoked=permissions)
    assert (await company.call("POST", path, body)).status == 403


async def test_values_of_attributes_are_kept_by_name_and_say_their_types(company: Api) -> None:
    path = f"{V1}/users/{await plain(company)}"

    async def write(values: dict[str, Any]) -> int:
        body = {"customSecurityAttributes": {"Crew": {"@odata.type": SET, **values}}}
        return (await company.call("PATCH", path, body)).status

    assert await write({"Clearance": "Deck", "ContractEnd": "2030"}) == 204
    assert await write({"Vessels": ["MV Halden 01"]}) == 400
    assert await write({"Vessels@odata.type": "#Collection(String)", "Vessels": ["MV Halden 01"]}) == 204
    assert await write({"Rank@odata.type": "#Int32", "Rank": 3}) == 400
    assert await write({"Nonsense": "x"}) == 400
    assert await write({"Clearance": None}) == 204
    refused = await company.call("PATCH", path, {"customSecurityAttributes": {"Crew": {"Clearance": "Deck"}}})
    assert refused.status == 400
    held = (await company.get(f"{path}?$select=customSecurityAttributes")).body["customSecurityAttributes"]
    assert held == {
        "Crew": {
            "@odata.type": SET,
            "ContractEnd": "2030",
            "Vessels@odata.type": "#Collection(String)",
            "Vessels": ["MV Halden 01"],
        }
    }


async def test_settings_of_a_group_are_whole_and_once_for_each_template(company: Api) -> None:
    body = {
        "displayName": "M",
        "mailNickname": "m-365",
        "groupTypes": ["Unified"],
        "mailEnabled": True,
        "securityEnabled": False,
    }
    group = (await company.call("POST", f"{V1}/groups", body)).body["id"]
    templates = (await company.get(f"{V1}/groupSettingTemplates")).body["value"]
    template = next(one for one in templates if one["displayName"] == "Group.Unified.Guest")
    values = [{"name": one["name"], "value": "false"} for one in template["values"]]
    path = f"{V1}/groups/{group}/settings"
    assert (await company.call("POST", path, {"templateId": template["id"], "values": []})).status == 400
    made = await company.call("POST", path, {"templateId": template["id"], "values": values})
    assert made.status == 201
    assert (await company.call("POST", path, {"templateId": template["id"], "values": values})).status == 400
    changed = [{**one, "value": "true"} for one in values]
    assert (await company.call("PATCH", f"{path}/{made.body['id']}", {"values": changed})).status == 204
    (held,) = (await company.get(path)).body["value"]
    assert [one["value"] for one in held["values"]] == ["true"] * len(values)
    assert (await company.call("DELETE", f"{path}/{made.body['id']}")).status == 204

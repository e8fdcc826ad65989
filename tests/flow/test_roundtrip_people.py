"""Users, groups, administrative units and devices come back, through storage and Graph."""

from typing import Any

from tests.flow.restore_world import World

V1 = "/v1.0"
UNITS = f"{V1}/directory/administrativeUnits"
ALL = ("users", "groups", "administrativeUnits", "devices", "deviceExtensionAttributes")
SET = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue"
CREW = {"Crew": {"@odata.type": SET, "Clearance": "Deck"}}

WHOLE_USER: dict[str, Any] = {
    "ageGroup": "Adult",
    "businessPhones": ["+47 11 22 33 44"],
    "city": "Halden",
    "companyName": "Halden Shipping",
    "country": "Norway",
    "department": "Fleet",
    "employeeHireDate": "2020-01-02T00:00:00Z",
    "employeeId": "4711",
    "employeeOrgData": {"costCenter": "12", "division": "Sea"},
    "employeeType": "Employee",
    "faxNumber": "1",
    "givenName": "Ada",
    "jobTitle": "Pilot",
    "mobilePhone": "+47 99 88 77 66",
    "officeLocation": "Quay",
    "otherMails": ["ada@else.example"],
    "passwordPolicies": "DisablePasswordExpiration",
    "postalCode": "1767",
    "preferredLanguage": "nb-NO",
    "state": "Viken",
    "streetAddress": "Storgata 1",
    "surname": "Havn",
    "usageLocation": "NO",
    "userType": "Member",
}
OTHER_USER: dict[str, Any] = {
    "ageGroup": "Minor",
    "businessPhones": ["+1 555 0100"],
    "city": "Elsewhere",
    "companyName": "Evil",
    "country": None,
    "department": "Fraud",
    "employeeHireDate": "2021-01-02T00:00:00Z",
    "employeeId": "0",
    "employeeOrgData": {"costCenter": "99", "division": None},
    "employeeType": "Vendor",
    "faxNumber": "2",
    "givenName": "Eve",
    "jobTitle": None,
    "mobilePhone": "+1 555 0199",
    "officeLocation": "Cave",
    "otherMails": ["eve@evil.example", "eva@evil.example"],
    "passwordPolicies": "DisableStrongPassword",
    "postalCode": "666",
    "preferredLanguage": "en-US",
    "state": "None",
    "streetAddress": None,
    "surname": "Il",
    "usageLocation": "US",
    "userType": "Guest",
}


def outcomes(view: dict[str, Any]) -> set[str]:
    return {step["outcome"] for step in view["steps"]}


def told(view: dict[str, Any]) -> str:
    return " | ".join(f"{gap['what']}: {gap['why']} {gap['todo']}" for gap in view["gaps"])


async def refer(world: World, method: str, path: str, target: str) -> None:
    ref = {"@odata.id": f"{world.settings.graph_url}/v1.0/directoryObjects/{target}"}
    await world.call(method, f"{path}/$ref", ref)


async def licences(world: World, kind: str, identity: str) -> dict[str, list[str]]:
    held = await world.call("GET", f"{V1}/{kind}/{identity}?$select=id,assignedLicenses")
    return {item["skuId"]: item["disabledPlans"] for item in held["assignedLicenses"]}


async def products(world: World) -> list[dict[str, Any]]:
    bought = (await world.call("GET", f"{V1}/subscribedSkus"))["value"]
    return [sku for sku in bought if sku["capabilityStatus"] == "Enabled"]


async def license_(world: World, kind: str, identity: str, add: list[Any], remove: list[str] | None = None) -> None:
    body = {"addLicenses": add, "removeLicenses": remove or []}
    await world.call("POST", f"{V1}/{kind}/{identity}/assignLicense", body)


async def whole_user(world: World, name: str) -> str:
    """Somebody with a value for everything that can be written, licences, a manager and a sponsor."""
    boss, sponsor = await world.user(f"{name}-boss"), await world.user(f"{name}-sponsor")
    made = await world.user(name, **WHOLE_USER)
    path = f"{V1}/users/{made}"
    await world.call("PATCH", path, {"employeeLeaveDateTime": "2030-01-01T00:00:00Z", "customSecurityAttributes": CREW})
    await world.call("PATCH", path, {await extension(world): "A-1"})
    await refer(world, "PUT", f"{path}/manager", boss)
    await refer(world, "POST", f"{path}/sponsors", sponsor)
    first, second, *_ = await products(world)
    off = [first["servicePlans"][0]["servicePlanId"]]
    await license_(world, "users", made, [{"skuId": first["skuId"], "disabledPlans": off}, {"skuId": second["skuId"]}])
    return made


async def extension(world: World) -> str:
    """A directory extension of users that takes text."""
    found = (await world.call("POST", f"{V1}/directoryObjects/getAvailableExtensionProperties", {}))["value"]
    return str(next(one["name"] for one in found if "User" in one["targetObjects"] and one["dataType"] == "String"))


async def test_an_account_that_was_changed_in_every_property_is_what_it_was(world: World):
    made = await whole_user(world, "changed")
    await world.backup(*ALL)
    path = f"{V1}/users/{made}"
    had = await licences(world, "users", made)
    *_, third = await products(world)
    await world.call("PATCH", path, OTHER_USER)
    await world.call("PATCH", path, {"accountEnabled": False, "userPrincipalName": f"taken-over@{world.domain}"})
    await world.call("PATCH", path, {"employeeLeaveDateTime": "2026-12-01T00:00:00Z", await extension(world): "B-2"})
    more = {"Crew": {"@odata.type": SET, "Clearance": "Bridge", "ContractEnd": "2030"}}
    await world.call("PATCH", path, {"customSecurityAttributes": more})
    await license_(world, "users", made, [{"skuId": third["skuId"]}], [next(iter(had))])
    await world.call("DELETE", f"{path}/manager/$ref")

    plan = await world.plan("users", made, mode="exact")
    steps = await world.steps(plan)
    (licence,) = [step for step in steps if step.path.endswith("/assignLicense")]
    assert (licence.serial, "LicenseAssignment.ReadWrite.All" in licence.needs) == ("licences", True)
    alone = [sorted(step.body) for step in steps if step.method == "PATCH"]
    assert ["accountEnabled"] in alone
    assert ["businessPhones", "mobilePhone"] in alone
    assert ["userPrincipalName"] in alone
    enabling = next(step for step in steps if step.body == {"accountEnabled": True})
    assert enabling.danger == "elevated"
    view = await world.apply(plan)
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    assert "is enabled again" in told(view)
    assert await world.differences("users", made) == {}
    assert await licences(world, "users", made) == had
    assert (await world.plan("users", made, mode="exact")).steps == 0


async def test_a_purged_account_comes_back_with_its_licences_manager_and_values(world: World):
    made = await whole_user(world, "purged")
    await world.backup(*ALL)
    had = await licences(world, "users", made)
    await world.purge("users", made)
    view = await world.restore("users", made)
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    new = view["liveId"]
    assert new != made
    assert await world.differences("users", made, live_id=new) == {}
    assert await licences(world, "users", new) == had
    assert "The password" in told(view)


async def test_an_account_from_the_recycle_bin_needs_nothing_but_what_differs(world: World):
    made = await whole_user(world, "binned")
    await world.backup(*ALL)
    await world.call("PATCH", f"{V1}/users/{made}", {"jobTitle": "Nobody"})
    await world.call("DELETE", f"{V1}/users/{made}")
    plan = await world.plan("users", made)
    assert [step.action for step in await world.steps(plan)][:2] == ["restoreDeleted", "update"]
    view = await world.apply(plan)
    assert outcomes(view) <= {"done", "alreadyDone", "skipped"}, view["steps"]
    assert await world.differences("users", made) == {}


async def test_licences_stay_where_nothing_is_to_be_removed_and_need_a_usage_location(world: World):
    first, second, third, *_ = await products(world)
    made = await world.user("licensed", usageLocation="NO")
    await license_(world, "users", made, [{"skuId": first["skuId"]}])
    await world.backup(*ALL)
    await license_(world, "users", made, [{"skuId": second["skuId"]}])
    plan = await world.plan("users", made)
    assert plan.steps == 0
    assert f"keeps licences it did not have in the backup: {second['skuId']}" in told(
        {
            "gaps": [
                {"what": gap.what, "why": gap.why, "todo": gap.todo}
                for item in await world.items(plan)
                for gap in item.gaps
            ]
        }
    )
    await license_(world, "users", made, [{"skuId": third["skuId"]}], [first["skuId"], second["skuId"]])
    view = await world.restore("users", made)
    assert outcomes(view) == {"done"}
    assert set(await licences(world, "users", made)) == {first["skuId"], third["skuId"]}


async def test_an_undone_plan_takes_its_licences_back(world: World):
    first, second, *_ = await products(world)
    made = await world.user("undone", usageLocation="NO")
    await license_(world, "users", made, [{"skuId": first["skuId"]}])
    await world.backup(*ALL)
    await license_(world, "users", made, [{"skuId": second["skuId"]}], [first["skuId"]])
    plan = await world.plan("users", made, mode="exact")
    (step,) = await world.steps(plan)
    assert step.body == {
        "addLicenses": [{"skuId": first["skuId"], "disabledPlans": []}],
        "removeLicenses": [second["skuId"]],
    }


async def test_a_synced_account_gets_what_the_cloud_masters_and_nothing_else(world: World):
    users = (await world.call("GET", f"{V1}/users?$select=id,onPremisesSyncEnabled,usageLocation&$top=100"))["value"]
    made = next(user["id"] for user in users if user["onPremisesSyncEnabled"] and user["usageLocation"])
    await world.backup(*ALL)
    before = next(user for user in users if user["id"] == made)["usageLocation"]
    await world.call("PATCH", f"{V1}/users/{made}", {"usageLocation": "SE"})
    view = await world.restore("users", made)
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    assert (await world.call("GET", f"{V1}/users/{made}?$select=usageLocation"))["usageLocation"] == before


async def test_a_guest_who_is_gone_is_told_and_not_invited(world: World):
    users = (await world.call("GET", f"{V1}/users?$select=id,creationType&$top=100"))["value"]
    made = next(user["id"] for user in users if user["creationType"] == "Invitation")
    await world.backup(*ALL)
    await world.purge("users", made)
    plan = await world.plan("users", made)
    assert plan.steps == 0
    gaps = [gap for item in await world.items(plan) for gap in item.gaps]
    assert any("is not created again" in gap.what and "Invite" in gap.todo for gap in gaps)


async def test_an_administrators_account_takes_a_role_that_the_plan_names(world: World):
    held = (await world.call("GET", f"{V1}/roleManagement/directory/roleAssignments"))["value"]
    admin = "62e90394-69f5-4237-9190-012177145e10"
    ids = [one["principalId"] for one in held if (one["roleDefinitionId"], one["directoryScopeId"]) == (admin, "/")]
    users = (await world.call("GET", f"{V1}/users?$select=id,mobilePhone&$top=100"))["value"]
    made = next(user["id"] for user in users if user["id"] in ids)
    await world.backup(*ALL)
    phone = {"mobilePhone": "+1 555 0000"}
    assert await world.call("PATCH", f"{V1}/users/{made}", phone, ok=False) is None
    before = await world.call("GET", f"{V1}/users/{made}?$select=mobilePhone")
    assert before["mobilePhone"] != "+1 555 0000"
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Privileged Authentication Administrator"]})
    await world.call("PATCH", f"{V1}/users/{made}", phone)
    await world.call("PATCH", "/_admin/switches", {"callerRoles": []})
    view = await world.restore("users", made, mode="exact")
    assert "Privileged Authentication Administrator" in told(view)
    assert outcomes(view) == {"failed"}


async def test_a_purged_group_comes_back_with_members_owners_licences_and_settings(world: World):
    people = [await world.user(f"crew-{number}") for number in range(23)]
    made = await world.group(
        "Deck crew",
        groupTypes=["Unified"],
        mailEnabled=True,
        visibility="Private",
        description="On deck",
        members=people,
        owners=people[:2],
    )
    template = (await world.call("GET", f"{V1}/groupSettingTemplates"))["value"]
    guest = next(one for one in template if one["displayName"] == "Group.Unified.Guest")
    values = [{"name": one["name"], "value": "false"} for one in guest["values"]]
    await world.call("POST", f"{V1}/groups/{made}/settings", {"templateId": guest["id"], "values": values})
    first, *_ = await products(world)
    await license_(world, "groups", made, [{"skuId": first["skuId"]}])
    await world.backup(*ALL)
    await world.purge("groups", made)
    plan = await world.plan("groups", made)
    bound = [len(step.targets) for step in await world.steps(plan) if step.link == "members"]
    assert bound == [20, 3]
    view = await world.apply(plan)
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    assert await world.differences("groups", made, live_id=view["liveId"]) == {}
    assert await licences(world, "groups", view["liveId"]) == {first["skuId"]: []}


async def test_a_changed_group_is_what_it_was(world: World):
    ann, bob, eve = [await world.user(f"changed-group-{name}") for name in ("ann", "bob", "eve")]
    made = await world.group("Watch", members=[ann], owners=[bob], description="Night watch", theme=None)
    await world.backup(*ALL)
    await world.call("PATCH", f"{V1}/groups/{made}", {"displayName": "Watched", "description": "Day", "theme": "Blue"})
    await world.link(made, "members", eve)
    await world.link(made, "owners", eve)
    await world.call("DELETE", f"{V1}/groups/{made}/members/{ann}/$ref")
    await world.call("DELETE", f"{V1}/groups/{made}/owners/{bob}/$ref")
    view = await world.restore("groups", made, mode="exact")
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    assert await world.differences("groups", made) == {}
    assert await world.ids(made, "owners") == {bob}


async def test_a_group_that_can_hold_roles_names_the_permission_and_the_danger(world: World):
    ann = await world.user("tier-zero")
    made = await world.group("Tier zero", members=[ann], isAssignableToRole=True)
    await world.backup(*ALL)
    await world.purge("groups", made)
    plan = await world.plan("groups", made)
    steps = await world.steps(plan)
    assert all("RoleManagement.ReadWrite.Directory" in step.needs for step in steps)
    assert {step.danger for step in steps if step.link == "members"} == {"high"}
    view = await world.apply(plan)
    assert outcomes(view) == {"done"}
    assert await world.differences("groups", made, live_id=view["liveId"]) == {}


async def test_a_dynamic_group_whose_rule_names_a_purged_group_follows_the_new_one(world: World):
    inner = await world.group("Inner circle")
    rule = f"user.memberof -any (group.objectId -in ['{inner}'])"
    outer = await world.group(
        "Outer circle", groupTypes=["DynamicMembership"], membershipRule=rule, membershipRuleProcessingState="On"
    )
    await world.backup(*ALL)
    await world.purge("groups", outer)
    await world.purge("groups", inner)
    view = await world.apply(await world.plan_of([("groups", outer), ("groups", inner)]))
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    new = await world.stores.ids.resolve([inner, outer])
    now = await world.call("GET", f"{V1}/groups/{new[outer]}")
    assert new[inner] in now["membershipRule"]
    assert inner not in now["membershipRule"]
    assert (now["groupTypes"], now["membershipRuleProcessingState"]) == (["DynamicMembership"], "On")


async def test_a_unit_comes_back_with_its_members_one_at_a_time(world: World):
    people = [await world.user(f"unit-{number}") for number in range(3)]
    body = {"displayName": "Harbour unit", "description": "d", "isMemberManagementRestricted": True}
    made = (await world.call("POST", UNITS, body))["id"]
    for person in people[:2]:
        await refer(world, "POST", f"{UNITS}/{made}/members", person)
    await world.backup(*ALL)
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Privileged Role Administrator"]})
    await world.call("PATCH", f"{UNITS}/{made}", {"displayName": "Taken", "description": None})
    await world.call("DELETE", f"{UNITS}/{made}/members/{people[0]}/$ref")
    view = await world.restore("administrativeUnits", made)
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    assert await world.differences("administrativeUnits", made) == {}

    await world.call("DELETE", f"{UNITS}/{made}")
    plan = await world.plan("administrativeUnits", made)
    assert (await world.steps(plan))[0].action == "restoreDeleted"
    view = await world.apply(plan)
    assert await world.differences("administrativeUnits", made) == {}

    await world.call("DELETE", f"{UNITS}/{made}")
    await world.call("POST", "/_admin/clock", {"advanceSeconds": 31 * 86_400})
    plan = await world.plan("administrativeUnits", made)
    steps = await world.steps(plan)
    assert [step.action for step in steps] == ["create", "addLinks", "addLinks"]
    assert {step.danger for step in steps if step.link} == {"elevated"}
    view = await world.apply(plan)
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    assert await world.differences("administrativeUnits", made, live_id=view["liveId"]) == {}
    assert "protected as soon as they are in it" in told(view)


async def test_a_member_of_a_restricted_unit_is_told_to_be_out_of_reach(world: World):
    person = await world.user("out-of-reach", jobTitle="Pilot")
    made = (await world.call("POST", UNITS, {"displayName": "Locked", "isMemberManagementRestricted": True}))["id"]
    await world.backup(*ALL)
    await world.call("PATCH", f"{V1}/users/{person}", {"jobTitle": "Nobody"})
    await refer(world, "POST", f"{UNITS}/{made}/members", person)
    view = await world.restore("users", person)
    assert "administrative unit with restricted management" in told(view)
    assert outcomes(view) == {"failed"}
    await world.call("PATCH", "/_admin/switches", {"callerRoles": [f"User Administrator@{made}"]})
    view = await world.restore("users", person)
    assert outcomes(view) == {"done"}


async def test_a_device_is_enabled_again_and_gets_its_attributes_and_owner_back(world: World):
    devices = (await world.call("GET", "/beta/devices?$select=id,accountEnabled,extensionAttributes"))["value"]
    made = next(device["id"] for device in devices if device["accountEnabled"])
    owner = await world.user("device-owner")
    await refer(world, "POST", f"{V1}/devices/{made}/registeredOwners", owner)
    await world.call("PATCH", f"/beta/devices/{made}", {"extensionAttributes": {"extensionAttribute1": "QUAY"}})
    await world.backup(*ALL)
    await world.call("PATCH", "/_admin/switches", {"callerRoles": ["Cloud Device Administrator"]})
    await world.call("PATCH", f"{V1}/devices/{made}", {"accountEnabled": False})
    await world.call("PATCH", f"/beta/devices/{made}", {"extensionAttributes": {"extensionAttribute1": "GONE"}})
    await world.call("DELETE", f"{V1}/devices/{made}/registeredOwners/{owner}/$ref")
    view = await world.apply(await world.plan_of([("devices", made), ("deviceExtensionAttributes", made)]))
    assert (view["state"], outcomes(view)) == ("applied", {"done"}), view["steps"]
    assert "Cloud Device Administrator" in told(view)
    for key in ("devices", "deviceExtensionAttributes"):
        assert await world.differences(key, made) == {}


async def test_a_device_that_is_gone_is_told_and_not_made(world: World):
    devices = (await world.call("GET", f"{V1}/devices?$select=id"))["value"]
    made = devices[-1]["id"]
    await world.backup(*ALL)
    await world.call("DELETE", f"{V1}/devices/{made}")
    plan = await world.plan_of([("devices", made), ("deviceExtensionAttributes", made)])
    assert plan.steps == 0
    gaps = [gap for item in await world.items(plan) for gap in item.gaps]
    assert any("is not made again" in gap.what for gap in gaps)

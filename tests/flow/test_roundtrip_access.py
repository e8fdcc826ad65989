"""Roles, schedules, sign-in, Conditional Access and tenant-wide policies come back, through storage and Graph."""

from typing import Any

import pytest

from functions.catalogue import TYPES
from functions.core.way_in import GLOBAL_ADMINISTRATOR
from tests.flow.restore_world import World

V1 = "/v1.0"
POLICIES = f"{V1}/policies"
CA = f"{V1}/identity/conditionalAccess"
ROLES = f"{V1}/roleManagement/directory"
GROUP_PIM = f"{V1}/identityGovernance/privilegedAccess/group"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
REPORT_ONLY = "enabledForReportingButNotEnforced"
CUSTOM = {
    "displayName": "Pier desk",
    "description": "Who looks after the pier",
    "isEnabled": True,
    "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/basic/update"]}],
}


def outcomes(view: dict[str, Any]) -> set[str]:
    return {step["outcome"] for step in view["steps"]}


def told(view: dict[str, Any]) -> str:
    return " | ".join(f"{gap['what']}: {gap['why']}" for gap in view["gaps"])


async def listed(world: World, path: str) -> list[dict[str, Any]]:
    return list((await world.call("GET", path))["value"])


async def one(world: World, path: str, **having: Any) -> dict[str, Any]:
    return next(item for item in await listed(world, path) if all(item.get(k) == v for k, v in having.items()))


# ---- roles


async def test_a_custom_role_that_is_gone_comes_back_under_its_id_with_who_holds_it(world: World):
    role = (await world.call("POST", f"{ROLES}/roleDefinitions", CUSTOM))["id"]
    holder = await world.user("pier")
    held = {"principalId": holder, "roleDefinitionId": role, "directoryScopeId": "/"}
    assignment = (await world.call("POST", f"{ROLES}/roleAssignments", held))["id"]
    await world.backup("users", "roleDefinitions", "roleAssignments", "roleAssignmentSchedules")
    await world.call("DELETE", f"{ROLES}/roleAssignments/{assignment}")
    await world.call("DELETE", f"{ROLES}/roleDefinitions/{role}")
    await world.call("DELETE", f"{ROLES}/deletedItems/roleDefinitions/{role}")

    plan = await world.plan_of([("roleAssignments", assignment), ("roleDefinitions", role)])
    assert [step.action for step in await world.steps(plan)] == ["create", "create"]
    assert all(step.danger == "high" for step in await world.steps(plan))
    view = await world.apply(plan)
    assert outcomes(view) == {"done"}
    assert await world.differences("roleDefinitions", role) == {}
    again = await one(world, f"{ROLES}/roleAssignments", principalId=holder)
    assert again["roleDefinitionId"] == role


async def test_a_custom_role_in_the_bin_is_taken_out_and_put_right(world: World):
    role = (await world.call("POST", f"{ROLES}/roleDefinitions", CUSTOM))["id"]
    await world.backup("roleDefinitions")
    more = [{"allowedResourceActions": ["microsoft.directory/users/password/update"]}]
    await world.call("PATCH", f"{ROLES}/roleDefinitions/{role}", {"rolePermissions": more, "isEnabled": False})
    await world.call("DELETE", f"{ROLES}/roleDefinitions/{role}")
    view = await world.restore("roleDefinitions", role)
    assert [step["action"] for step in view["steps"]] == ["restoreDeleted", "update"]
    assert outcomes(view) == {"done"}
    assert await world.differences("roleDefinitions", role) == {}


async def test_an_assignment_follows_the_account_and_the_unit_that_are_made_anew(world: World):
    holder = await world.user("harbour-master")
    unit = (await world.call("POST", f"{V1}/directory/administrativeUnits", {"displayName": "Quay"}))["id"]
    body = {
        "principalId": holder,
        "roleDefinitionId": HELPDESK,
        "directoryScopeId": f"/administrativeUnits/{unit}",
    }
    assignment = (await world.call("POST", f"{ROLES}/roleAssignments", body))["id"]
    await world.backup("users", "administrativeUnits", "roleDefinitions", "roleAssignments", "roleAssignmentSchedules")
    await world.purge("users", holder)
    plan = await world.plan_of([("users", holder), ("roleAssignments", assignment)])
    view = await world.apply(plan)
    assert "failed" not in outcomes(view)
    new = (await world.stores.ids.resolve([holder]))[holder]
    assert new != holder
    again = await one(world, f"{ROLES}/roleAssignments", principalId=new)
    assert again["directoryScopeId"] == f"/administrativeUnits/{unit}"


async def test_the_last_global_administrators_are_not_taken_away(world: World):
    """Every one of them is new to the backup, and an exact match with all that was added is asked for."""
    await world.backup("roleAssignments")
    extra = []
    for number in range(2):
        body = {
            "principalId": await world.user(f"global-{number}"),
            "roleDefinitionId": GLOBAL_ADMINISTRATOR,
            "directoryScopeId": "/",
        }
        extra.append((await world.call("POST", f"{ROLES}/roleAssignments", body))["id"])
    for item in await listed(world, f"{ROLES}/roleAssignments"):
        if item["roleDefinitionId"] == GLOBAL_ADMINISTRATOR and item["id"] not in extra:
            await world.call("DELETE", f"{ROLES}/roleAssignments/{item['id']}")
    plan = await world.plan_scope(type="roleAssignments", mode="exact", delete_added=True)
    deleted = {item.live_id for item in await world.items(plan) if any(step.action == "delete" for step in item.steps)}
    assert len(deleted & set(extra)) == 1


# ---- schedules


async def test_eligibility_comes_back_with_its_own_end(world: World):
    holder = await world.user("eligible")
    request = {
        "action": "adminAssign",
        "principalId": holder,
        "roleDefinitionId": HELPDESK,
        "directoryScopeId": "/",
        "scheduleInfo": {"expiration": {"type": "afterDateTime", "endDateTime": "2030-05-01T00:00:00Z"}},
    }
    made = await world.call("POST", f"{ROLES}/roleEligibilityScheduleRequests", request)
    schedule = made["targetScheduleId"]
    await world.backup("users", "roleDefinitions", "roleEligibilitySchedules")

    longer = {**request, "action": "adminUpdate", "scheduleInfo": {"expiration": {"type": "noExpiration"}}}
    await world.call("POST", f"{ROLES}/roleEligibilityScheduleRequests", longer)
    view = await world.restore("roleEligibilitySchedules", schedule)
    assert [(step["method"], step["outcome"]) for step in view["steps"]] == [("POST", "done")]
    assert await world.differences("roleEligibilitySchedules", schedule) == {}

    await world.call("POST", f"{ROLES}/roleEligibilityScheduleRequests", {**request, "action": "adminRemove"})
    view = await world.restore("roleEligibilitySchedules", schedule)
    assert outcomes(view) == {"done"}
    assert await world.differences("roleEligibilitySchedules", schedule, live_id=view["liveId"]) == {}
    assert (await one(world, f"{ROLES}/roleEligibilitySchedules", principalId=holder))["id"] != schedule


async def test_schedules_that_were_added_since_end_by_requests_where_that_is_asked_for(world: World):
    await world.backup("users", "roleDefinitions", "roleEligibilitySchedules", "roleAssignmentSchedules")
    holder = await world.user("added")
    request = {
        "action": "adminAssign",
        "principalId": holder,
        "roleDefinitionId": HELPDESK,
        "directoryScopeId": "/",
        "scheduleInfo": {"expiration": {"type": "noExpiration"}},
    }
    await world.call("POST", f"{ROLES}/roleEligibilityScheduleRequests", request)
    await world.call("POST", f"{ROLES}/roleAssignmentScheduleRequests", request)
    eligible = (await one(world, f"{ROLES}/roleEligibilitySchedules", principalId=holder))["id"]
    plan = await world.plan_scope(types=("roleEligibilitySchedules",), mode="exact", delete_added=True)
    found = [item for item in await world.items(plan) if item.steps]
    assert [(item.live_id, item.steps[0].action) for item in found] == [(eligible, "delete")]
    assert outcomes(await world.apply(plan)) == {"done"}
    left = await listed(world, f"{ROLES}/roleEligibilitySchedules")
    assert holder not in {item["principalId"] for item in left}

    active = (await one(world, f"{ROLES}/roleAssignmentSchedules", principalId=holder))["id"]
    plan = await world.plan_scope(types=("roleAssignmentSchedules",), mode="exact", delete_added=True)
    (young,) = [item for item in await world.items(plan) if item.live_id == active]
    assert young.steps == ()
    assert "five minutes" in young.gaps[0].why


async def test_eligibility_for_a_group_comes_back_by_its_own_kind_of_id(world: World):
    groups = [item["id"] for item in await listed(world, "/beta/identityGovernance/privilegedAccess/group/resources")]
    schedules = await listed(world, f"{GROUP_PIM}/eligibilitySchedules?$filter=groupId eq '{groups[0]}'")
    schedule = schedules[0]
    await world.backup("users", "groups", "groupEligibilitySchedules")
    body = {
        "action": "adminRemove",
        "groupId": schedule["groupId"],
        "principalId": schedule["principalId"],
        "accessId": schedule["accessId"],
    }
    await world.call("POST", f"{GROUP_PIM}/eligibilityScheduleRequests", body)
    view = await world.restore("groupEligibilitySchedules", schedule["id"])
    assert outcomes(view) == {"done"}
    assert view["liveId"].startswith(f"{schedule['groupId']}_{schedule['accessId']}_")
    again = await world.call("GET", f"{GROUP_PIM}/eligibilitySchedules/{view['liveId']}")
    assert again["scheduleInfo"]["expiration"] == schedule["scheduleInfo"]["expiration"]


async def test_rules_are_put_back_one_by_one(world: World):
    policy = (
        await listed(
            world, f"{POLICIES}/roleManagementPolicies?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'"
        )
    )[0]["id"]
    await world.backup("users", "groups", "roleManagementPolicies")
    kind = "#microsoft.graph.unifiedRoleManagementPolicy"
    for rule, body in (
        ("Expiration_EndUser_Assignment", {"@odata.type": f"{kind}ExpirationRule", "maximumDuration": "PT24H"}),
        ("Enablement_EndUser_Assignment", {"@odata.type": f"{kind}EnablementRule", "enabledRules": []}),
    ):
        await world.call("PATCH", f"{POLICIES}/roleManagementPolicies/{policy}/rules/{rule}", body)
    view = await world.restore("roleManagementPolicies", policy)
    assert [(step["method"], step["outcome"]) for step in view["steps"]] == [("PATCH", "done")] * 2
    assert await world.differences("roleManagementPolicies", policy) == {}


# ---- sign-in


async def test_a_custom_strength_and_the_policy_that_names_it_come_back(world: World):
    made = await world.call(
        "POST",
        f"{POLICIES}/authenticationStrengthPolicies",
        {"displayName": "Pilots", "allowedCombinations": ["fido2", "password,sms"]},
    )
    strength, path = made["id"], f"{POLICIES}/authenticationStrengthPolicies"
    keys = {
        "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
        "appliesToCombinations": ["fido2"],
        "allowedAAGUIDs": ["2fc0579f-8113-47ea-b116-bb5a8db9202a"],
    }
    await world.call("POST", f"{path}/{strength}/combinationConfigurations", keys)
    policy = await world.call(
        "POST",
        f"{CA}/policies",
        {
            "displayName": "CA700",
            "state": REPORT_ONLY,
            "conditions": {
                "applications": {"includeApplications": ["All"]},
                "users": {"includeUsers": [await world.user("pilot")]},
                "clientAppTypes": ["all"],
            },
            "grantControls": {"operator": "AND", "authenticationStrength": {"id": strength}},
        },
    )
    await world.backup("users", "authenticationStrengthPolicies", "conditionalAccessPolicies")
    await world.call("POST", f"{path}/{strength}/updateAllowedCombinations", {"allowedCombinations": ["fido2", "sms"]})
    view = await world.restore("authenticationStrengthPolicies", strength)
    assert outcomes(view) == {"done"}
    assert await world.differences("authenticationStrengthPolicies", strength) == {}

    await world.call("DELETE", f"{CA}/policies/{policy['id']}")
    await world.call("DELETE", f"{path}/{strength}")
    plan = await world.plan_of(
        [("conditionalAccessPolicies", policy["id"]), ("authenticationStrengthPolicies", strength)]
    )
    view = await world.apply(plan)
    assert outcomes(view) == {"done"}
    assert await world.differences("authenticationStrengthPolicies", strength) == {}
    assert await world.differences("conditionalAccessPolicies", policy["id"]) == {}


async def test_a_context_keeps_its_id(world: World):
    path = f"{CA}/authenticationContextClassReferences/c9"
    await world.call("PATCH", path, {"displayName": "Customs", "description": "Papers", "isAvailable": False})
    await world.backup("authenticationContextClassReferences")
    await world.call("DELETE", path)
    view = await world.restore("authenticationContextClassReferences", "c9")
    assert outcomes(view) == {"done"}
    assert (await world.call("GET", path))["displayName"] == "Customs"


async def test_each_method_is_put_back_and_the_last_ones_stay_on(world: World):
    await world.backup("users", "groups", "authenticationMethodsPolicy")
    base, kind = f"{POLICIES}/authenticationMethodsPolicy", "#microsoft.graph.{}AuthenticationMethodConfiguration"
    before = await world.call("GET", base)
    for name, method in (("Voice", "voice"), ("Sms", "sms")):
        was = next(c["state"] for c in before["authenticationMethodConfigurations"] if c["id"] == name)
        body = {"@odata.type": kind.format(method), "state": "disabled" if was == "enabled" else "enabled"}
        await world.call("PATCH", f"{base}/authenticationMethodConfigurations/{name}", body)
    await world.call("PATCH", base, {"reconfirmationInDays": 30, "policyMigrationState": "preMigration"})
    view = await world.restore("authenticationMethodsPolicy", "authenticationMethodsPolicy", mode="exact")
    assert outcomes(view) == {"done"}
    assert await world.differences("authenticationMethodsPolicy", "authenticationMethodsPolicy") == {}


async def test_security_defaults_wait_to_be_asked_for(world: World):
    for policy in await listed(world, f"{CA}/policies"):
        await world.call("PATCH", f"{CA}/policies/{policy['id']}", {"state": "disabled"})
    key, path = "identitySecurityDefaultsEnforcementPolicy", f"{POLICIES}/identitySecurityDefaultsEnforcementPolicy"
    identity = (await world.call("GET", path))["id"]
    await world.call("PATCH", path, {"isEnabled": True})
    await world.backup(key)
    await world.call("PATCH", path, {"isEnabled": False})
    plan = await world.plan(key, identity)
    assert await world.steps(plan) == []
    view = await world.restore(key, identity, properties=frozenset({"isEnabled"}))
    assert outcomes(view) == {"done"}
    assert (await world.call("GET", path))["isEnabled"] is True
    await world.call("PATCH", path, {"isEnabled": False})  # the tests share a tenant


async def test_a_store_of_certificate_authorities_comes_back_with_them(world: World):
    key, path = "certificateBasedAuthConfigurations", f"{V1}/directory/publicKeyInfrastructure"
    made = (await world.call("POST", f"{path}/certificateBasedAuthConfigurations", {"displayName": "Docks PKI"}))["id"]
    authority = {
        "certificate": "MIIC",
        "certificateAuthorityType": "root",
        "displayName": "Docks root",
        "expirationDateTime": "2031-01-01T00:00:00Z",
        "issuer": "CN=Docks",
        "issuerSubjectKeyIdentifier": "AA11",
        "thumbprint": "BB22",
        "isIssuerHintEnabled": True,
    }
    await world.call("POST", f"{path}/certificateBasedAuthConfigurations/{made}/certificateAuthorities", authority)
    await world.backup(key)
    await world.purge("directory/publicKeyInfrastructure/certificateBasedAuthConfigurations", made)
    view = await world.restore(key, made)
    assert outcomes(view) == {"done"}
    assert {step["danger"] for step in view["steps"]} == {"high"}
    assert await world.differences(key, made) == {}


# ---- tenant-wide


TENANT_WIDE: list[tuple[str, str, str, dict[str, Any]]] = [
    ("authorizationPolicy", "PATCH", "v1.0", {"allowInvitesFrom": "everyone", "blockMsolPowerShell": False}),
    ("authenticationFlowsPolicy", "PATCH", "v1.0", {"selfServiceSignUp": {"isEnabled": False}}),
    ("externalIdentitiesPolicy", "PATCH", "beta", {"allowExternalIdentitiesToLeave": False}),
    ("crossTenantAccessPolicy", "PATCH", "v1.0", {"allowedCloudEndpoints": ["partner.microsoftonline.cn"]}),
    (
        "crossTenantAccessPolicyDefault",
        "PATCH",
        "v1.0",
        {
            "b2bDirectConnectOutbound": {
                "usersAndGroups": {
                    "accessType": "allowed",
                    "targets": [{"target": "AllUsers", "targetType": "user"}],
                },
                "applications": {
                    "accessType": "allowed",
                    "targets": [{"target": "AllApplications", "targetType": "application"}],
                },
            }
        },
    ),
    (
        "multiTenantOrganizationIdentitySynchronization",
        "PATCH",
        "v1.0",
        {"userSyncInbound": {"isSyncAllowed": True}, "templateApplicationLevel": "none"},
    ),
    ("multiTenantOrganizationPartnerConfiguration", "PATCH", "v1.0", {"templateApplicationLevel": "none"}),
    (
        "federatedTokenValidationPolicy",
        "PUT",
        "v1.0",
        {
            "validatingDomains": {
                "@odata.type": "#microsoft.graph.allDomains",
                "rootDomains": "none",
                "domainNames": [],
            }
        },
    ),
]


@pytest.mark.parametrize(("key", "method", "api", "change"), TENANT_WIDE, ids=[case[0] for case in TENANT_WIDE])
async def test_a_policy_of_the_whole_tenant_is_put_back(
    world: World, key: str, method: str, api: str, change: dict[str, Any]
):
    entry = TYPES[key]
    address = f"/{api}{entry.path}"
    identity = str((await world.call("GET", address)).get(entry.identity) or key) if entry.identity else key
    await world.backup(key)
    await world.call(method, address, change)
    assert await world.differences(key, identity) != {}
    view = await world.restore(key, identity, mode="exact")
    assert outcomes(view) == {"done"}, view["steps"]
    assert await world.differences(key, identity) == {}


async def test_device_registration_is_sent_whole(world: World):
    key, address = "deviceRegistrationPolicy", f"{POLICIES}/deviceRegistrationPolicy"
    before = await world.call("GET", address)
    await world.backup("users", "groups", key)
    whole = {name: before[name] for name in TYPES[key].restore.update}  # type: ignore[union-attr]
    await world.call("PUT", address, {**whole, "userDeviceQuota": 3})
    view = await world.restore(key, before["id"])
    (step,) = view["steps"]
    assert (step["method"], step["outcome"]) == ("PUT", "done")
    assert set(step["body"]) == set(whole)
    assert await world.differences(key, before["id"]) == {}


async def test_a_partner_comes_back_with_its_synchronization(world: World):
    key, path = "crossTenantAccessPartners", f"{POLICIES}/crossTenantAccessPolicy/partners"
    tenant = "5d6c1c6e-7a0c-4a39-9d52-6c7f2f4b9a11"
    trust = {
        "isMfaAccepted": True,
        "isCompliantDeviceAccepted": False,
        "isHybridAzureADJoinedDeviceAccepted": False,
    }
    await world.call("POST", path, {"tenantId": tenant, "inboundTrust": trust})
    sync = {"displayName": "Fjord", "userSyncInbound": {"isSyncAllowed": True}}
    await world.call("PUT", f"{path}/{tenant}/identitySynchronization", sync)
    await world.backup(key)

    await world.call("PATCH", f"{path}/{tenant}", {"inboundTrust": None})
    await world.call("PATCH", f"{path}/{tenant}/identitySynchronization", {"userSyncInbound": {"isSyncAllowed": False}})
    view = await world.restore(key, tenant)
    assert outcomes(view) == {"done"}
    assert set(await world.differences(key, tenant)) == {"inboundTrust"}
    assert "inboundTrust" in told(view)
    view = await world.restore(key, tenant, properties=["inboundTrust"])
    assert outcomes(view) == {"done"}
    assert await world.differences(key, tenant) == {}

    await world.call("DELETE", f"{path}/{tenant}/identitySynchronization")
    await world.call("DELETE", f"{path}/{tenant}")
    view = await world.restore(key, tenant)
    assert [step["action"] for step in view["steps"]] == ["create", "addPart"]
    assert outcomes(view) == {"done"}, view["steps"]
    assert set(await world.differences(key, tenant)) == {"inboundTrust"}
    assert "inboundTrust" in told(view)


# ---- Conditional Access


async def test_a_policy_whose_bin_stays_shut_is_made_again_with_a_word(world: World):
    location = await world.call(
        "POST",
        f"{CA}/namedLocations",
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "displayName": "Pier",
            "isTrusted": False,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/28"}],
        },
    )
    body = {
        "displayName": "CA800",
        "state": "enabled",
        "conditions": {
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": [await world.user("docker")]},
            "clientAppTypes": ["all"],
            "locations": {"includeLocations": ["All"], "excludeLocations": [location["id"]]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }
    policy = await world.call("POST", f"{CA}/policies", body)
    await world.backup("users", "namedLocations", "conditionalAccessPolicies")
    for kind, identity in (("policies", policy["id"]), ("namedLocations", location["id"])):
        await world.call("DELETE", f"{CA}/{kind}/{identity}")
    plan = await world.plan_of([("conditionalAccessPolicies", policy["id"]), ("namedLocations", location["id"])])
    view = await world.apply(plan)
    assert outcomes(view) == {"done"}
    assert "report-only" in told(view)
    ids = await world.stores.ids.resolve([policy["id"], location["id"]])
    back = await world.call("GET", f"{CA}/policies/{ids[policy['id']]}")
    assert back["state"] == REPORT_ONLY
    assert back["conditions"]["locations"]["excludeLocations"] == [ids[location["id"]]]
    again = await world.plan("conditionalAccessPolicies", policy["id"])
    assert await world.steps(again) == []  # a restore does not switch on what it made


# ---- what hangs on an account that is made anew


async def test_what_an_account_held_is_offered_with_it(world: World):
    holder = await world.user("many-hats")
    eligible = {
        "action": "adminAssign",
        "principalId": holder,
        "roleDefinitionId": HELPDESK,
        "directoryScopeId": "/",
        "scheduleInfo": {"expiration": {"type": "afterDateTime", "endDateTime": "2030-05-01T00:00:00Z"}},
    }
    await world.call("POST", f"{ROLES}/roleEligibilityScheduleRequests", eligible)
    role = (await world.call("POST", f"{ROLES}/roleDefinitions", {**CUSTOM, "displayName": "Hats"}))["id"]
    held = {"principalId": holder, "roleDefinitionId": role, "directoryScopeId": "/"}
    await world.call("POST", f"{ROLES}/roleAssignments", held)
    policy = await world.call(
        "POST",
        f"{CA}/policies",
        {
            "displayName": "CA900",
            "state": "enabled",
            "conditions": {
                "applications": {"includeApplications": ["Office365"]},
                "users": {"includeUsers": ["All"], "excludeUsers": [holder]},
                "clientAppTypes": ["all"],
            },
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
        },
    )
    await world.backup(
        "users",
        "roleDefinitions",
        "roleAssignments",
        "roleEligibilitySchedules",
        "roleAssignmentSchedules",
        "conditionalAccessPolicies",
    )
    await world.purge("users", holder)
    plan = await world.plan("users", holder)
    offered = {item.type for item in await world.items(plan) if item.steps}
    assert {"roleAssignments", "roleEligibilitySchedules", "conditionalAccessPolicies"} <= offered
    view = await world.apply(plan)
    assert not outcomes(view) & {"failed", "conflict", "skipped"}, view["steps"]
    new = (await world.stores.ids.resolve([holder]))[holder]
    assert (await one(world, f"{ROLES}/roleAssignments", principalId=new))["roleDefinitionId"] == role
    schedule = await one(world, f"{ROLES}/roleEligibilitySchedules", principalId=new)
    assert schedule["scheduleInfo"]["expiration"]["endDateTime"] == "2030-05-01T00:00:00Z"
    users = (await world.call("GET", f"{CA}/policies/{policy['id']}"))["conditions"]["users"]
    assert users["excludeUsers"] == [new]

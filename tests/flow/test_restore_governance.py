"""Governance through the whole product: backed up, taken apart through Graph, planned, applied, read back."""

import base64
from typing import Any

from tests.flow.restore_world import World

EM = "/v1.0/identityGovernance/entitlementManagement"
WORKFLOWS = "/v1.0/identityGovernance/lifecycleWorkflows"
ENTITLEMENT = (
    "groups",
    "connectedOrganizations",
    "accessPackageCatalogs",
    "accessPackages",
    "accessPackageAssignmentPolicies",
    "accessPackageAssignments",
    "entitlementRoleAssignments",
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def packaged(world: World, name: str) -> dict[str, str]:
    """A group, a catalog that has it, a package that gives membership in it, a policy that asks the group's members."""
    group = await world.group(f"Crew of {name}")
    catalog = (await world.call("POST", f"{EM}/catalogs", {"displayName": name, "description": "Ships"}))["id"]
    asked = {"originId": group, "originSystem": "AadGroup"}
    request = {"requestType": "adminAdd", "resource": asked, "catalog": {"id": catalog}}
    await world.call("POST", f"{EM}/resourceRequests", request)
    [resource] = (await world.call("GET", f"{EM}/catalogs/{catalog}/resources"))["value"]
    body = {"displayName": f"Aboard {name}", "catalog": {"id": catalog}}
    package = (await world.call("POST", f"{EM}/accessPackages", body))["id"]
    role = {"originId": f"Member_{group}", "originSystem": "AadGroup", "resource": {"id": resource["id"]}}
    scope = {"originId": group, "originSystem": "AadGroup", "isRootScope": True}
    path = f"{EM}/accessPackages/{package}/resourceRoleScopes"
    await world.call("POST", path, {"role": role, "scope": scope})
    approvers = [{"@odata.type": "#microsoft.graph.groupMembers", "groupId": group, "description": None}]
    settings = {"isApprovalRequiredForAdd": True, "stages": [{"primaryApprovers": approvers}]}
    policy = {"displayName": f"For {name}", "accessPackage": {"id": package}, "requestApprovalSettings": settings}
    made = await world.call("POST", f"{EM}/assignmentPolicies", policy)
    return {"groups": group, "accessPackageCatalogs": catalog, "accessPackages": package,
            "accessPackageAssignmentPolicies": made["id"]}  # fmt: skip


async def given(world: World, package: str) -> list[str]:
    path = f"{EM}/accessPackages/{package}/resourceRoleScopes?$expand=role,scope"
    return [one["role"]["originId"] for one in (await world.call("GET", path))["value"]]


async def test_a_catalog_its_package_and_their_group_come_back_together(world: World):
    made = await packaged(world, "Fram")
    await world.backup(*ENTITLEMENT)
    await world.call("DELETE", f"{EM}/assignmentPolicies/{made['accessPackageAssignmentPolicies']}")
    await world.call("DELETE", f"{EM}/accessPackages/{made['accessPackages']}")
    await world.call("DELETE", f"{EM}/catalogs/{made['accessPackageCatalogs']}")
    await world.purge("groups", made["groups"])

    view = await world.apply(await world.plan_of(list(made.items())))
    assert [step for step in view["steps"] if step["outcome"] != "done"] == []
    assert view["state"] == "applied"
    new = await world.stores.ids.resolve(list(made.values()))
    package, group = new[made["accessPackages"]], new[made["groups"]]
    assert await given(world, package) == [f"Member_{group}"]
    policy = await world.call("GET", f"{EM}/assignmentPolicies/{new[made['accessPackageAssignmentPolicies']]}")
    [stage] = policy["requestApprovalSettings"]["stages"]
    assert [one["groupId"] for one in stage["primaryApprovers"]] == [group]
    for key in ("accessPackageCatalogs", "accessPackageAssignmentPolicies"):
        found = await world.differences(key, made[key])
        assert found.keys() <= {"resources", "accessPackage"}  # ids of the catalog's own, and the package's new one
    again = await world.plan_of(list(made.items()))
    assert again.steps == 0


async def test_a_lost_group_is_put_back_into_catalog_package_and_policy(world: World):
    made = await packaged(world, "Maud")
    await world.backup(*ENTITLEMENT)
    await world.purge("groups", made["groups"])

    view = await world.restore("groups", made["groups"])
    assert [step for step in view["steps"] if step["outcome"] != "done"] == []
    group = (await world.stores.ids.resolve([made["groups"]]))[made["groups"]]
    assert f"Member_{group}" in await given(world, made["accessPackages"])
    policy = await world.call("GET", f"{EM}/assignmentPolicies/{made['accessPackageAssignmentPolicies']}")
    [stage] = policy["requestApprovalSettings"]["stages"]
    assert [one["groupId"] for one in stage["primaryApprovers"]] == [group]


async def test_a_package_is_given_again_to_whom_had_it(world: World):
    made, nansen = await packaged(world, "Gjoa"), await world.user("nansen")
    asked = {
        "targetId": nansen,
        "assignmentPolicyId": made["accessPackageAssignmentPolicies"],
        "accessPackageId": made["accessPackages"],
    }
    await world.call("POST", f"{EM}/assignmentRequests", {"requestType": "adminAdd", "assignment": asked})
    await world.backup(*ENTITLEMENT)

    def mine(one: dict[str, Any]) -> bool:
        return bool(one["accessPackage"]["id"] == made["accessPackages"])

    path = f"{EM}/assignments?$expand=accessPackage,target"
    [held] = [one for one in (await world.call("GET", path))["value"] if mine(one)]
    await world.call(
        "POST", f"{EM}/assignmentRequests", {"requestType": "adminRemove", "assignment": {"id": held["id"]}}
    )
    view = await world.restore("accessPackageAssignments", held["id"])
    assert [step["outcome"] for step in view["steps"]] == ["done"]
    [again] = [one for one in (await world.call("GET", path))["value"] if mine(one)]
    assert (again["target"]["objectId"], again["state"]) == (nansen, "delivered")


async def test_a_deleted_workflow_comes_out_of_its_own_bin_and_gets_its_tasks_back(world: World):
    task = {"displayName": "Enable", "taskDefinitionId": "6fc52c9d-398b-4305-9763-15f42c1676fc"}
    conditions = {
        "@odata.type": "#microsoft.graph.identityGovernance.triggerAndScopeBasedConditions",
        "scope": {
            "@odata.type": "#microsoft.graph.identityGovernance.ruleBasedSubjectSet",
            "rule": "(department eq 'Deck')",
        },
        "trigger": {
            "@odata.type": "#microsoft.graph.identityGovernance.timeBasedAttributeTrigger",
            "timeBasedAttribute": "employeeHireDate",
            "offsetInDays": 1,
        },
    }
    body = {"category": "joiner", "displayName": "On deck", "executionConditions": conditions, "tasks": [task]}
    made = (await world.call("POST", f"{WORKFLOWS}/workflows", body))["id"]
    await world.backup("lifecycleWorkflows", "lifecycleCustomTaskExtensions")
    other = {**body, "tasks": [{**task, "displayName": "Something else"}]}
    await world.call("POST", f"{WORKFLOWS}/workflows/{made}/createNewVersion", {"workflow": other})
    await world.call("DELETE", f"{WORKFLOWS}/workflows/{made}")

    view = await world.restore("lifecycleWorkflows", made)
    assert [(step["action"], step["outcome"]) for step in view["steps"]] == [
        ("restoreDeleted", "done"),
        ("call", "done"),
    ]
    assert await world.differences("lifecycleWorkflows", made) == {}


async def test_images_and_texts_of_a_language_come_back(world: World):
    path = f"/v1.0/organization/{world.settings.tenant_id}/branding/localizations"
    await world.call("POST", path, {"id": "fr-FR", "signInPageText": "Bienvenue", "backgroundColor": "#00000F"})

    async def upload(content: bytes) -> None:
        reply = await world.http.put(f"{path}/fr-FR/bannerLogo", content=content, headers={"content-type": "image/png"})
        assert reply.is_success, reply.text

    await upload(PNG)
    await world.backup("organizationalBrandingLocalizations")
    await upload(PNG + b"another")
    await world.call("PATCH", f"{path}/fr-FR", {"signInPageText": "Bonjour"})

    view = await world.restore("organizationalBrandingLocalizations", "fr-FR")
    assert [step["outcome"] for step in view["steps"]] == ["done", "done"]
    reply = await world.http.get(f"{path}/fr-FR/bannerLogo")
    assert (reply.content, reply.headers["content-type"]) == (PNG, "image/png")
    assert (await world.call("GET", f"{path}/fr-FR"))["signInPageText"] == "Bienvenue"


async def test_values_of_an_attribute_are_switched_back(world: World):
    path = "/v1.0/directory/customSecurityAttributeDefinitions/Crew_Vessels"
    await world.backup("attributeSets", "customSecurityAttributeDefinitions")
    value = f"{path}/allowedValues/MV%20Halden%2001"
    await world.call("PATCH", value, {"isActive": False})
    view = await world.restore("customSecurityAttributeDefinitions", "Crew_Vessels")
    assert [(step["action"], step["outcome"]) for step in view["steps"]] == [("call", "done")]
    assert (await world.call("GET", value))["isActive"] is True

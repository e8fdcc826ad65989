"""Intune as the service shows it: beta, its licence and permissions, assignments inside what is assigned, contents that
come with a single object alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.schema import BY_PATH
from local.tenant.serve import Service
from local.tenant.server import application
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api
from tests.tenant.walk import Walk, version

INTUNE = [kind for kind in BY_PATH.values() if kind.bucket == "intune"]
DEVICES, APPS = "/beta/deviceManagement", "/beta/deviceAppManagement"


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Api]:
    tenant = Tenant(tmp_path, small.TENANT)
    load(tenant, 20, 11)
    runner = web.AppRunner(application(Service(tenant, Faults(), "local-token")), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Api(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    await runner.cleanup()
    tenant.close()


async def test_everything_of_intune_can_be_walked(company: Api) -> None:
    walk = Walk(company)
    for kind in INTUNE:
        await walk.kind(kind)
    assert not walk.complaints
    assert {kind.name for kind in INTUNE} <= walk.reached


async def test_a_tenant_without_intune_is_told_so_in_its_words(company: Api) -> None:
    await company.switch(licences=["AAD_PREMIUM"])
    for kind in INTUNE:
        answer = await company.get(version(kind) + kind.path)
        assert answer.status == 400, kind.path
        assert "Request not applicable to target tenant" in answer.body["error"]["message"]


async def test_each_area_has_permissions_of_its_own(company: Api) -> None:
    lost = ("Configuration", "Apps")
    await company.switch(
        revoked=[f"DeviceManagement{area}.{word}.All" for area in lost for word in ("Read", "ReadWrite")]
    )
    expected = {
        f"{DEVICES}/deviceConfigurations": 403,
        f"{DEVICES}/assignmentFilters": 403,
        f"{APPS}/mobileApps": 403,
        f"{DEVICES}/deviceManagementScripts": 200,
        f"{DEVICES}/windowsAutopilotDeploymentProfiles": 200,
        f"{DEVICES}/roleScopeTags": 200,
        f"{DEVICES}/managedDevices": 200,
    }
    assert {path: (await company.get(path)).status for path in expected} == expected


async def test_most_of_intune_is_not_in_the_first_version(company: Api) -> None:
    only_beta = [kind for kind in INTUNE if kind.beta]
    assert {"configurationPolicies", "assignmentFilters", "windowsManagedAppProtections"} <= {
        kind.collection for kind in only_beta
    }
    for kind in only_beta:
        assert (await company.get(f"/v1.0{kind.path}")).status == 400, kind.path


async def test_assignments_come_inside_what_is_assigned(company: Api) -> None:
    [first, *_] = (await company.get(f"{DEVICES}/deviceConfigurations?$expand=assignments")).body["value"]
    below = (await company.get(f"{DEVICES}/deviceConfigurations/{first['id']}/assignments")).body["value"]
    assert first["assignments"] == below
    assert {one["target"]["@odata.type"] for one in below} == {"#microsoft.graph.groupAssignmentTarget"}
    assert "assignments" not in (await company.get(f"{DEVICES}/deviceConfigurations/{first['id']}")).body


async def test_actions_for_noncompliance_are_two_steps_down(company: Api) -> None:
    path = f"{DEVICES}/deviceCompliancePolicies?$expand=scheduledActionsForRule($expand=scheduledActionConfigurations)"
    for policy in (await company.get(path)).body["value"]:
        [rule] = policy["scheduledActionsForRule"]
        assert "block" in {action["actionType"] for action in rule["scheduledActionConfigurations"]}


async def test_settings_of_a_policy_are_numbered_from_nought(company: Api) -> None:
    for policy in (await company.get(f"{DEVICES}/configurationPolicies")).body["value"]:
        settings = await company.get(f"{DEVICES}/configurationPolicies/{policy['id']}/settings")
        assert sorted(settings.ids, key=int) == [str(number) for number in range(policy["settingCount"])]
        one = await company.get(f"{DEVICES}/configurationPolicies/{policy['id']}/settings/0")
        assert one.body["settingInstance"] == settings.body["value"][settings.ids.index("0")]["settingInstance"]


async def test_templates_show_definitions_and_presentations(company: Api) -> None:
    [id, *_] = (await company.get(f"{DEVICES}/groupPolicyConfigurations")).ids
    expand = "$expand=definition,presentationValues($expand=presentation)"
    values = (await company.get(f"{DEVICES}/groupPolicyConfigurations/{id}/definitionValues?{expand}")).body["value"]
    assert all(value["definition"]["displayName"] for value in values)
    shown = [presented for value in values for presented in value["presentationValues"]]
    assert shown
    assert all(presented["presentation"]["label"] for presented in shown)
    assert not [name for value in values for name in value if name == "definitionId"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{DEVICES}/deviceManagementScripts", "scriptContent"),
        (f"{DEVICES}/deviceShellScripts", "scriptContent"),
        (f"{DEVICES}/deviceHealthScripts", "detectionScriptContent"),
        (f"{APPS}/mobileApps", "largeIcon"),
    ],
)
async def test_contents_come_with_a_single_object_alone(company: Api, path: str, name: str) -> None:
    listed = (await company.get(path)).body["value"]
    assert [one[name] for one in listed] == [None] * len(listed)
    single = [(await company.get(f"{path}/{one['id']}?$expand=assignments")).body for one in listed]
    assert any(one[name] for one in single)
    assert any(one["assignments"] for one in single)


async def test_which_role_an_assignment_is_of_is_said_below_the_role_alone(company: Api) -> None:
    assignments = (await company.get(f"{DEVICES}/roleAssignments")).body["value"]
    assert assignments
    assert not [name for one in assignments for name in one if name.startswith("roleDefinition")]
    assert all(one["members"] for one in assignments)
    below: list[dict[str, object]] = []
    for role in (await company.get(f"{DEVICES}/roleDefinitions")).ids:
        below += (await company.get(f"{DEVICES}/roleDefinitions/{role}/roleAssignments")).body["value"]
    assert sorted(str(one["id"]) for one in below) == sorted(one["id"] for one in assignments)
    assert [one["members"] for one in below] == [[]] * len(below)

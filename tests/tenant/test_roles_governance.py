"""Privileged identity management and identity governance: mandatory scopes, permissions by scope, what is nested."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.schema import entitlement
from local.tenant.serve import Service
from local.tenant.server import application
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api

GROUPS = "/identityGovernance/privilegedAccess/group"
POLICIES = "/v1.0/policies/roleManagementPolicies"
ASSIGNED = "/v1.0/policies/roleManagementPolicyAssignments"
ENTITLEMENT = "/v1.0/identityGovernance/entitlementManagement"
WORKFLOWS = "/v1.0/identityGovernance/lifecycleWorkflows"
ROLES = "$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'"


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


async def listed(api: Api, path: str) -> list[dict[str, Any]]:
    answer = await api.get(path)
    assert answer.status == 200, (path, answer.body)
    return list(answer.body["value"])


async def managed_groups(api: Api) -> list[str]:
    return [item["id"] for item in await listed(api, f"/beta{GROUPS}/resources")]


@pytest.mark.parametrize(
    ("path", "half"),
    [
        (POLICIES, "scopeId eq '/'"),
        (ASSIGNED, "scopeType eq 'DirectoryRole'"),
        (f"/v1.0{GROUPS}/eligibilitySchedules", "accessId eq 'member'"),
        (f"/v1.0{GROUPS}/assignmentSchedules", "accessId eq 'member'"),
    ],
)
async def test_a_list_without_its_scope_is_refused(company: Api, path: str, half: str) -> None:
    for query in ("", f"?$filter={half}"):
        answer = await company.get(path + query)
        assert answer.status == 400
        assert "MissingParameters" in answer.body["error"]["message"]


async def test_a_group_has_schedules_and_policies_of_its_own(company: Api) -> None:
    groups = await managed_groups(company)
    everyone = {item["id"] for item in await listed(company, "/v1.0/groups?$select=id&$top=999")}
    assert len(groups) == 2
    assert set(groups) <= everyone
    for group in groups:
        eligible = await listed(company, f"/v1.0{GROUPS}/eligibilitySchedules?$filter=groupId eq '{group}'")
        assert {item["groupId"] for item in eligible} == {group}
        assert {item["accessId"] for item in eligible} == {"member", "owner"}
        of_group = f"?$filter=scopeId eq '{group}' and scopeType eq 'Group'"
        policies = {item["id"] for item in await listed(company, POLICIES + of_group)}
        named = await listed(company, ASSIGNED + of_group)
        assert {item["roleDefinitionId"] for item in named} == {"member", "owner"}
        assert {item["policyId"] for item in named} == policies


async def test_managed_groups_are_listed_on_beta_only(company: Api) -> None:
    answer = await company.get(f"/v1.0{GROUPS}/resources")
    assert (answer.status, answer.code) == (400, "BadRequest")


async def test_every_policy_has_the_same_seventeen_rules_when_asked(company: Api) -> None:
    plain = await listed(company, f"{POLICIES}?{ROLES}")
    assert all("rules" not in policy for policy in plain)
    whole = await listed(company, f"{POLICIES}?{ROLES}&$expand=rules")
    rules = [{rule["id"] for rule in policy["rules"]} for policy in whole]
    assert len(rules[0]) == 17
    assert all(ids == rules[0] for ids in rules)
    approvals = [rule["setting"] for policy in whole for rule in policy["rules"] if "setting" in rule]
    assert any(stage["primaryApprovers"] for setting in approvals for stage in setting["approvalStages"])


async def test_role_policies_and_group_policies_take_different_permissions(company: Api) -> None:
    group = (await managed_groups(company))[0]
    of_roles, of_group = f"{POLICIES}?{ROLES}", f"{POLICIES}?$filter=scopeId eq '{group}' and scopeType eq 'Group'"
    await company.switch(revoked=["RoleManagementPolicy.Read.AzureADGroup"])
    assert (await company.get(of_roles)).status == 200
    assert (await company.get(of_group)).code == "Authorization_RequestDenied"
    await company.switch(
        revoked=["RoleManagementPolicy.Read.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All"]
    )
    assert (await company.get(of_roles)).code == "Authorization_RequestDenied"
    assert (await company.get(of_group)).status == 200


async def test_without_the_licence_each_service_refuses_in_its_own_way(company: Api) -> None:
    await company.switch(licences=["AAD_PREMIUM"])
    for path, status, code in (
        ("/v1.0/roleManagement/directory/roleEligibilitySchedules", 400, "AadPremiumLicenseRequired"),
        (f"/beta{GROUPS}/resources", 400, "AadPremiumLicenseRequired"),
        (f"{POLICIES}?{ROLES}", 400, "AadPremiumLicenseRequired"),
        *((f"/v1.0{kind.path}", 403, "NoLicense") for kind in entitlement.KINDS if kind.path),
        (f"{WORKFLOWS}/workflows", 403, "AccessDenied"),
    ):
        answer = await company.get(path)
        assert (answer.status, answer.code) == (status, code), path


async def test_governance_takes_more_than_p2(company: Api) -> None:
    await company.switch(licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"])
    assert (await company.get(f"{ENTITLEMENT}/catalogs")).status == 200
    assert (await company.get(f"{WORKFLOWS}/settings")).status == 403


async def test_roles_and_scopes_of_a_package_are_those_of_its_catalog(company: Api) -> None:
    packages = await listed(company, f"{ENTITLEMENT}/accessPackages?$expand=catalog")
    for package in packages:
        resources = await listed(
            company, f"{ENTITLEMENT}/catalogs/{package['catalog']['id']}/resources?$expand=roles,scopes"
        )
        roles = {role["id"] for resource in resources for role in resource["roles"]}
        scopes = {scope["id"] for resource in resources for scope in resource["scopes"]}
        held = await listed(
            company, f"{ENTITLEMENT}/accessPackages/{package['id']}/resourceRoleScopes?$expand=role,scope"
        )
        assert held
        assert {one["role"]["id"] for one in held} <= roles
        assert {one["scope"]["id"] for one in held} <= scopes
        assert all(one["id"] == f"{one['role']['id']}_{one['scope']['id']}" for one in held)


async def test_a_workflow_shows_its_tasks_by_itself_only(company: Api) -> None:
    summaries = await listed(company, f"{WORKFLOWS}/workflows")
    assert not any(summary["tasks"] or summary["executionConditions"] for summary in summaries)
    wholes = [(await company.get(f"{WORKFLOWS}/workflows/{summary['id']}")).body for summary in summaries]
    assert all(whole["tasks"] and whole["executionConditions"]["@odata.type"] for whole in wholes)
    arguments = [one["value"] for whole in wholes for task in whole["tasks"] for one in task["arguments"]]
    assert {item["id"] for item in await listed(company, f"{WORKFLOWS}/customTaskExtensions")} & set(arguments)


async def test_deleted_workflows_lie_in_a_bin_of_their_own(company: Api) -> None:
    live = {item["id"] for item in await listed(company, f"{WORKFLOWS}/workflows")}
    binned = {item["id"] for item in await listed(company, f"{WORKFLOWS}/deletedItems/workflows")}
    assert len(binned) == 2
    assert not live & binned
    for id in binned:
        assert (await company.get(f"{WORKFLOWS}/deletedItems/workflows/{id}")).body["deletedDateTime"]
        assert (await company.get(f"{WORKFLOWS}/workflows/{id}")).status == 404


async def test_terms_of_use_are_for_people_only(company: Api) -> None:
    answer = await company.get("/v1.0/identityGovernance/termsOfUse/agreements")
    assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")


async def test_ids_inside_policies_and_reviews_lead_to_objects(company: Api) -> None:
    people = await listed(company, "/v1.0/users?$select=id&$top=999")
    groups = await listed(company, "/v1.0/groups?$select=id&$top=999")
    roles = await listed(company, "/v1.0/roleManagement/directory/roleDefinitions?$select=id")
    known = {item["id"] for item in (*people, *groups, *roles)}
    reviews = await listed(company, "/v1.0/identityGovernance/accessReviews/definitions")
    queries = re.findall(r'"query": ?"([^"]*)"', str(reviews).replace("'", '"'))
    inside = {id for query in queries for id in re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", query)}
    assert inside
    assert inside <= known
    policies = await listed(company, f"{ENTITLEMENT}/assignmentPolicies")
    named = set(re.findall(r"'(?:userId|groupId)': '([^']+)'", str(policies)))
    assert named
    assert named <= known

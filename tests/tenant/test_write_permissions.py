"""Writes take the permissions that are documented for them, and bodies hold what may be written, and no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from local.tenant.load import load
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api, serving
from tests.tenant.test_access import token

POLICIES = "/v1.0/identity/conditionalAccess/policies"
WORKFLOWS = "/v1.0/identityGovernance/lifecycleWorkflows/workflows"
READS = ("User.Read.All", "Policy.Read.All", "Group.Read.All", "Device.Read.All")


@asynccontextmanager
async def holding(path: Path, *roles: str) -> AsyncIterator[Api]:
    async with serving(company(path), token({"roles": [*READS, *roles]})) as api:
        yield api


def company(path: Path) -> Tenant:
    tenant = Tenant(path, small.TENANT)
    load(tenant, 20, 5)
    return tenant


async def first(api: Api, path: str) -> dict[str, Any]:
    return (await api.get(path)).body["value"][0]


async def test_ways_to_sign_in_take_a_permission_of_their_own(tmp_path: Path) -> None:
    async with holding(tmp_path, "User.ReadWrite.All", "Directory.ReadWrite.All") as api:
        user = f"/v1.0/users/{(await first(api, '/v1.0/users'))['id']}"
        assert (await api.call("PATCH", user, {"identities": []})).status == 403
    async with holding(tmp_path, "User.ManageIdentities.All") as api:
        assert (await api.call("PATCH", user, {"identities": []})).status == 204
        assert (await api.call("PATCH", user, {"city": "Cork"})).status == 403


async def test_what_a_policy_holds_for_takes_the_right_to_read_applications(tmp_path: Path) -> None:
    async with holding(tmp_path, "Policy.ReadWrite.ConditionalAccess") as api:
        policy = await first(api, POLICIES)
        own = f"{POLICIES}/{policy['id']}"
        body = {name: policy[name] for name in ("displayName", "state", "conditions", "grantControls")}
        assert (await api.call("POST", POLICIES, body)).status == 403
        assert (await api.call("PATCH", own, {"conditions": policy["conditions"]})).status == 403
        assert (await api.call("PATCH", own, {"displayName": "Renamed"})).status == 204
    async with holding(tmp_path, "Policy.ReadWrite.ConditionalAccess", "Application.Read.All") as api:
        assert (await api.call("PATCH", own, {"conditions": policy["conditions"]})).status == 204


@pytest.mark.parametrize("name", ["city", "postalCode", "preferredLanguage", "state", "street", "businessPhones"])
async def test_where_the_tenant_is_at_home_is_read_only(tmp_path: Path, name: str) -> None:
    async with holding(tmp_path, "Organization.ReadWrite.All") as api:
        own = f"/v1.0/organization/{small.TENANT}"
        refused = await api.call("PATCH", own, {name: ["1"] if name == "businessPhones" else "x"})
        assert (refused.status, refused.body["error"]["message"]) == (
            400,
            f"Property '{name}' is read-only and cannot be set.",
        )
        assert (await api.call("PATCH", own, {"technicalNotificationMails": ["it@contoso.example"]})).status == 204


async def test_a_workflow_does_not_take_the_name_of_another(tmp_path: Path) -> None:
    async with holding(tmp_path, "LifecycleWorkflows.ReadWrite.All") as api:
        one, other = (await api.get(WORKFLOWS)).body["value"][:2]
        own = f"{WORKFLOWS}/{one['id']}"
        assert (await api.call("PATCH", own, {"displayName": other["displayName"]})).status == 400
        assert (await api.call("PATCH", own, {"displayName": one["displayName"]})).status == 204
        whole = (await api.get(own)).body
        kept = ("category", "description", "executionConditions", "isEnabled", "isSchedulingEnabled", "tasks")
        anew = {name: whole[name] for name in kept} | {"displayName": other["displayName"]}
        assert (await api.call("POST", f"{own}/createNewVersion", {"workflow": anew})).status == 400


@pytest.mark.parametrize(
    ("kind", "besides"),
    [
        ("device", "Device.ReadWrite.All"),
        ("orgContact", "OrgContact.Read.All"),
        ("servicePrincipal", "Application.ReadWrite.All"),
        ("user", ""),
        ("group", ""),
    ],
)
async def test_members_that_are_no_people_take_a_permission_of_their_own(
    tmp_path: Path, kind: str, besides: str
) -> None:
    tenant = company(tmp_path)
    chosen, group = candidate(tenant, kind)
    ref = f"https://graph.microsoft.com/v1.0/directoryObjects/{chosen}"
    members = f"/v1.0/groups/{group}/members"
    async with serving(tenant, token({"roles": [*READS, "GroupMember.ReadWrite.All"]})) as api:
        assert (await api.call("POST", f"{members}/$ref", {"@odata.id": ref})).status == (403 if besides else 204)
    if besides:
        async with holding(tmp_path, "GroupMember.ReadWrite.All", besides) as api:
            bound = {"members@odata.bind": [ref]}
            assert (await api.call("PATCH", f"/v1.0/groups/{group}", bound)).status == 204


def candidate(tenant: Tenant, kind: str) -> tuple[str, str]:
    """An object of a kind, and a plain group that it is not in."""
    groups = [row.object() for row in tenant.objects.by_id("group", "", 1_000)]
    odd = ("groupTypes", "mailEnabled", "onPremisesSyncEnabled", "isAssignableToRole", "isManagementRestricted")
    plain = [one["id"] for one in groups if not any(one.get(name) for name in odd)]
    there = {key for _, key in tenant.links.targets(plain[0], "members")}
    ids = plain[1:] if kind == "group" else [row.id for row in tenant.objects.by_id(kind, "", 1_000)]
    return next(one for one in ids if one not in there), plain[0]


async def test_rules_of_a_policy_take_the_permission_for_what_the_policy_is_of(tmp_path: Path) -> None:
    tenant = company(tmp_path)
    policies = [row.object() for row in tenant.objects.by_id("unifiedRoleManagementPolicy", "", 1_000)]
    of = {kind: next(one["id"] for one in policies if one["scopeType"] == kind) for kind in ("DirectoryRole", "Group")}
    tenant.close()
    lets = {
        "RoleManagement.ReadWrite.Directory": {"DirectoryRole"},
        "RoleManagementPolicy.ReadWrite.Directory": {"DirectoryRole"},
        "RoleManagementPolicy.ReadWrite.AzureADGroup": {"Group"},
    }
    reads = ("RoleManagementPolicy.Read.Directory", "RoleManagementPolicy.Read.AzureADGroup")
    for permission, allowed in lets.items():
        async with holding(tmp_path, permission, *reads) as api:
            for kind, policy in of.items():
                own = f"/v1.0/policies/roleManagementPolicies/{policy}/rules/Expiration_Admin_Eligibility"
                body = {"@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule"}
                answer = await api.call("PATCH", own, body)
                assert (answer.status != 403) == (kind in allowed), (permission, kind, answer.body)


async def test_a_unit_is_hidden_or_not_also_after_a_change(tmp_path: Path) -> None:
    async with holding(tmp_path, "AdministrativeUnit.ReadWrite.All") as api:
        own = f"/v1.0/directory/administrativeUnits/{(await first(api, '/v1.0/directory/administrativeUnits'))['id']}"
        assert (await api.call("PATCH", own, {"visibility": "Anything"})).status == 400
        assert (await api.call("PATCH", own, {"visibility": "HiddenMembership"})).status == 204

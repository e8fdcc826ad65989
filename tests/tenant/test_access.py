"""Permissions and licences: what the caller does not hold or the tenant has not bought is refused, and no more."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from local.tenant.access import UNLICENSED, roles_of
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api, serving

REFUSED = (403, "Authorization_RequestDenied")
NOT_GRANTED = ["User.Read.All", "Directory.Read.All"]


def token(claims: Any) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, ""])


@asynccontextmanager
async def holding(path: Path, *roles: str) -> AsyncIterator[Api]:
    tenant = Tenant(path, small.TENANT)
    small.fill(tenant)
    async with serving(tenant, token({"roles": roles})) as api:
        yield api


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        (token({"roles": ["A", "B"]}), frozenset({"A", "B"})),
        (token({"roles": []}), frozenset()),
        (token({"aud": "x"}), None),
        (token(["roles"]), None),
        ("local-token", None),
        ("a.b.c", None),
        ("a.ä.c", None),
        ("..", None),
    ],
)
def test_roles_are_read_from_a_token_that_has_them(given: str, roles: frozenset[str] | None) -> None:
    assert roles_of(given) == roles


async def test_the_roles_of_the_token_are_what_the_caller_holds(tmp_path: Path) -> None:
    async with holding(tmp_path, "Group.Read.All", "Application.ReadWrite.All") as api:
        assert (await api.get("/v1.0/groups")).status == 200
        assert (await api.get("/v1.0/applications")).status == 200, "what may be written may be read"
        for path in ("/v1.0/users", "/v1.0/users/delta", f"/v1.0/users/{small.user(1)}", "/v1.0/users/$count"):
            refused = await api.get(path)
            assert (refused.status, refused.code) == REFUSED, path
        await api.switch(revoked=["Application.ReadWrite.All"])
        assert (await api.get("/v1.0/applications")).status == 403


async def test_any_other_token_holds_everything_that_is_not_revoked(api: Api) -> None:
    await api.switch(revoked=["User.Read.All"])
    assert (await api.get("/v1.0/users")).status == 200, "another permission lets read them too"
    await api.switch(revoked=NOT_GRANTED)
    refused = await api.get("/v1.0/users")
    assert (refused.status, refused.code) == REFUSED
    assert (await api.get("/v1.0/groups")).status == 200
    assert (await api.get("/v1.0/directory/deletedItems/microsoft.graph.user")).status == 403
    assert (await api.get("/v1.0/directory/deletedItems/microsoft.graph.group")).status == 200
    assert (await api.switch_hits())["permissions"] == 2


async def test_members_that_may_not_be_read_come_as_their_type_and_id(api: Api) -> None:
    await api.switch(revoked=NOT_GRANTED)
    members = (await api.get(f"/v1.0/groups/{small.GROUP}/members")).body["value"]
    bare = [member for member in members if member["@odata.type"] == "#microsoft.graph.user"]
    assert len(bare) == 3
    assert all(set(member) == {"@odata.type", "id"} for member in bare)
    assert any(member.get("displayName") == "Nested" for member in members)


async def test_hidden_members_are_left_out_without_a_word(company: Api) -> None:
    async def members(hidden: bool) -> list[int]:
        """How many a group lists, and how many it shows when it is expanded."""
        groups = (await company.get("/v1.0/groups?$select=id,visibility&$top=999")).body["value"]
        found = {one["id"] for one in groups if (one["visibility"] == "HiddenMembership") is hidden}
        listed = [len((await company.get(f"/v1.0/groups/{one}/members")).body["value"]) for one in sorted(found)]
        shown = (await company.get("/v1.0/groups?$select=id&$expand=members")).body["value"]
        assert listed
        return [sum(listed), sum(len(one["members"]) for one in shown if one["id"] in found)]

    before = [await members(False), await members(True)]
    assert all(sum(one) for one in before)
    await company.switch(revoked=["Member.Read.Hidden"])
    assert [await members(False), await members(True)] == [before[0], [0, 0]]
    units = (await company.get("/v1.0/directory/administrativeUnits")).body["value"]
    [hidden] = [one["id"] for one in units if one["visibility"] == "HiddenMembership"]
    below = f"/v1.0/directory/administrativeUnits/{hidden}/members"
    assert (await company.get(below)).body["value"] == []
    await company.switch(revoked=[])
    assert (await company.get(below)).body["value"]


async def test_a_link_may_take_a_permission_of_its_own(api: Api) -> None:
    await api.switch(revoked=["GroupMember.Read.All", "Directory.Read.All"])
    assert (await api.get(f"/v1.0/groups/{small.GROUP}/members")).status == 200, "reading the group is enough"
    assert (await api.get(f"/v1.0/users/{small.user(1)}/appRoleAssignments")).status == 403
    assert (await api.get(f"/v1.0/servicePrincipals/{small.PRINCIPAL}/appRoleAssignedTo")).status == 200
    assert (await api.get(f"/v1.0/users/{small.user(1)}?$expand=appRoleAssignments")).status == 403
    assert (await api.get("/v1.0/users?$expand=oauth2PermissionGrants")).status == 403
    assert (await api.get("/v1.0/users?$expand=manager")).status == 200


async def test_objects_by_id_are_those_that_may_be_read(api: Api) -> None:
    await api.switch(revoked=NOT_GRANTED)
    answer = await api.call("POST", "/v1.0/directoryObjects/getByIds", {"ids": [small.user(1), small.GROUP]})
    assert answer.ids == [small.GROUP]
    assert (await api.get(f"/v1.0/directoryObjects/{small.user(1)}")).status == 403


async def test_items_of_a_batch_are_refused_one_by_one(api: Api) -> None:
    await api.switch(revoked=NOT_GRANTED)
    requests = [{"id": name, "method": "GET", "url": f"/{name}"} for name in ("users", "groups")]
    answer = await api.call("POST", "/v1.0/$batch", {"requests": requests})
    assert {item["id"]: item["status"] for item in answer.body["responses"]} == {"users": 403, "groups": 200}


async def test_some_things_no_application_may_read(company: Api) -> None:
    refused = await company.get("/v1.0/identityGovernance/termsOfUse/agreements")
    assert (refused.status, refused.code) == REFUSED


@pytest.mark.parametrize(
    ("path", "plans", "says"),
    [
        ("/v1.0/roleManagement/directory/roleEligibilitySchedules", ["AAD_PREMIUM"], "pim"),
        ("/beta/deviceManagement/deviceConfigurations", ["AAD_PREMIUM_P2"], "intune"),
        ("/v1.0/identityGovernance/lifecycleWorkflows/workflows", ["AAD_PREMIUM_P2"], "governance"),
        ("/v1.0/auditLogs/signIns", ["INTUNE_A"], ""),
        ("/v1.0/users?$select=id,signInActivity", ["INTUNE_A"], ""),
    ],
)
async def test_without_a_licence_each_service_refuses_in_its_words(
    company: Api, path: str, plans: list[str], says: str
) -> None:
    assert (await company.get(path)).status == 200
    await company.switch(licences=plans)
    refused = await company.get(path)
    assert (refused.status, refused.code, refused.body["error"]["message"]) == UNLICENSED[says]
    assert (await company.get("/v1.0/users?$select=id")).status == 200
    assert (await company.switch_hits())["licences"] == 1


async def test_subscriptions_show_the_plans_that_the_tenant_has(company: Api) -> None:
    async def plans() -> set[str]:
        skus = (await company.get("/v1.0/subscribedSkus")).body["value"]
        assert (await company.get(f"/v1.0/subscribedSkus/{skus[0]['id']}")).body["servicePlans"] == skus[0][
            "servicePlans"
        ]
        return {plan["servicePlanName"] for sku in skus for plan in sku["servicePlans"]}

    before = await plans()
    assert {"AAD_PREMIUM", "AAD_PREMIUM_P2", "INTUNE_A"} < before
    await company.switch(licences=["AAD_PREMIUM"])
    taken = before - await plans()
    assert {"AAD_PREMIUM_P2", "INTUNE_A"} <= taken
    assert taken <= {"AAD_PREMIUM_P2", "INTUNE_A", "Entra_Identity_Governance"}

"""National clouds: what their schema lacks is an unknown segment or an unknown property there, and only there."""

import pytest

from tests.tenant import small
from tests.tenant.conftest import Api

CLOUDS = ["global", "usGov", "usGovDoD", "china"]


@pytest.mark.parametrize(
    ("path", "lacking"),
    [
        ("/v1.0/tenantRelationships/multiTenantOrganization", {"usGov", "usGovDoD", "china"}),
        ("/v1.0/identity/identityProviders", {"usGov", "usGovDoD"}),
        ("/v1.0/policies/authenticationMethodsPolicy", {"china"}),
        ("/v1.0/identity/conditionalAccess/deletedItems/policies", {"usGov", "usGovDoD", "china"}),
        ("/v1.0/directory/administrativeUnits/delta", {"china"}),
        ("/v1.0/directory/administrativeUnits", set()),
    ],
)
async def test_a_kind_that_a_cloud_lacks_is_an_unknown_segment(company: Api, path: str, lacking: set[str]) -> None:
    for cloud in CLOUDS:
        await company.switch(cloud=cloud, caRestore="supported")
        answer = await company.get(path)
        assert (answer.status == 400) == (cloud in lacking), (cloud, answer.body)
        if cloud in lacking:
            assert answer.code == "BadRequest"
            assert "segment" in answer.body["error"]["message"]


async def test_a_link_that_a_cloud_lacks_is_an_unknown_segment(company: Api) -> None:
    user = (await company.get("/v1.0/users?$top=1")).ids[0]
    assert (await company.get(f"/v1.0/users/{user}/authentication/methods")).status == 200
    await company.switch(cloud="china")
    assert (await company.get(f"/v1.0/users/{user}/authentication/methods")).code == "BadRequest"
    assert (await company.get(f"/v1.0/users/{user}/memberOf")).status == 200


@pytest.mark.parametrize(
    ("kind", "name", "lacking"),
    [
        ("applications", "samlMetadataUrl", {"usGov", "usGovDoD", "china"}),
        ("servicePrincipals", "resourceSpecificApplicationPermissions", {"usGov", "usGovDoD", "china"}),
        ("groups", "assignedLabels", {"china"}),
        ("organization", "defaultUsageLocation", {"usGov", "usGovDoD", "china"}),
        ("roleManagement/directory/roleAssignments", "principalOrganizationId", {"usGov", "usGovDoD", "china"}),
    ],
)
async def test_a_property_that_a_cloud_lacks_cannot_be_named(
    company: Api, kind: str, name: str, lacking: set[str]
) -> None:
    for cloud in CLOUDS:
        await company.switch(cloud=cloud)
        answer = await company.get(f"/v1.0/{kind}?$select=id,{name}")
        assert (answer.status == 400) == (cloud in lacking), (cloud, answer.body)
        if cloud in lacking:
            assert f"Could not find a property named '{name}'" in answer.body["error"]["message"]
            assert name not in (await company.get(f"/v1.0/{kind}")).body["value"][0]


async def test_what_a_cloud_lacks_inside_of_a_value_is_left_out_there(api: Api) -> None:
    path = f"/v1.0/identity/conditionalAccess/policies/{small.POLICY}"
    strength = {"id": "00000000-0000-0000-0000-000000000004"}
    grant = {"operator": "AND", "builtInControls": [], "authenticationStrength": strength}
    assert (await api.call("PATCH", path, {"grantControls": grant})).status == 204
    assert (await api.get(path)).body["grantControls"]["authenticationStrength"]["id"] == strength["id"]
    await api.switch(cloud="china")
    shown = (await api.get(path)).body
    assert "authenticationStrength" not in shown["grantControls"]
    assert not [name for name in shown["conditions"] if "Risk" in name]
    assert (await api.get("/v1.0/identity/conditionalAccess/policies")).body["value"][0].keys() == {
        name for name in shown if name != "@odata.context"
    }
    await api.switch(cloud="usGov")
    assert (await api.get(path)).body["grantControls"]["authenticationStrength"]["id"] == strength["id"]


async def test_a_cloud_that_is_none_is_refused(api: Api) -> None:
    assert (await api.call("PATCH", "/_admin/switches", {"cloud": "moon"})).status == 400

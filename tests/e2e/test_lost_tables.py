"""The drill of docs/operations.md: the tables are lost, the index is made anew, and a restore works as before."""

import re
import subprocess
import time
from pathlib import Path

from azure.data.tables import TableServiceClient

from tests.e2e.conftest import MakeStage
from tests.e2e.stage import Json, Stage

_PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
_TABLES = ("Runs", "Versions", "Objects")


def _lose_tables(stage: Stage, connection: str) -> None:
    """Every row of the tenant in the tables of the index, removed with Azure's own client."""
    with TableServiceClient.from_connection_string(connection) as service:
        for name in _TABLES:
            table = service.get_table_client(name)
            mine = f"PartitionKey ge '{stage.tenant_id}' and PartitionKey lt '{stage.tenant_id}~'"
            rows = list(table.query_entities(mine, select=["PartitionKey", "RowKey"]))
            assert rows
            for row in rows:
                table.delete_entity(row["PartitionKey"], row["RowKey"])


def _until_done(stage: Stage, path: str) -> Json:
    deadline = time.monotonic() + 60
    while (found := stage.get(path)).get("state") == "running":
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_the_index_is_made_anew_and_an_object_comes_back_through_it(new_stage: MakeStage, azurite: str) -> None:
    stage = new_stage(users=20)
    user = stage.user("drill", jobTitle="Archivist")
    run = stage.backup("users", "groups")
    stage.admin("DELETE", f"/v1.0/users/{user}")
    stage.admin("DELETE", f"/v1.0/directory/deletedItems/{user}")
    gone = stage.backup("users", "groups", "deletedUsers")
    before = {path: stage.get(path) for path in ("backups", f"objects/users/{user}/versions")}
    refused = stage.call("POST", "index", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "indexNotEmpty")
    _lose_tables(stage, azurite)
    assert stage.get("backups")["runs"] == []
    started = stage.call("POST", "index", json={})
    assert started.status_code == 202, started.text
    made = _until_done(stage, "index")
    assert (made["state"], made["runs"], made["findings"]) == ("done", 2, [])
    assert {path: stage.get(path) for path in before} == before
    assert [one["runId"] for one in stage.get("backups")["runs"]] == [gone, run]
    done = stage.apply(stage.plan("users", user, run=run))
    assert done["state"] == "applied", done
    assert stage.admin("GET", f"/v1.0/users/{done['liveId']}?$select=jobTitle")["jobTitle"] == "Archivist"


def test_the_commands_that_read_without_lifeboat_read(stage: Stage, tmp_path: Path) -> None:
    run = stage.backup("users", "groups")
    with stage.vault.inside("snapshots") as vault:
        for name in vault.names(f"{run}/"):
            (tmp_path / Path(name).name).write_bytes(vault.blob(name))
    section = _PAGE.read_text().partition("## Reading backups without Lifeboat")[2]
    commands = [line for line in re.findall(r"^(?:jq|zcat|sha256sum) .*$", section, re.MULTILINE)]
    assert len(commands) == 4
    for command in commands:
        said = subprocess.run(["bash", "-ec", command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert said.returncode == 0, (command, said.stderr)
    hashes = said.stdout.split()
    assert hashes[0] == hashes[-1], "the hash of the file is the one in the manifest"

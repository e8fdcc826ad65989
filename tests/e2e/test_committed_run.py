"""A committed run, seen from outside: what lies in storage is what the manifest and the format page say."""

import hashlib
import json
import time
from collections.abc import Iterator

import pytest

from tests.e2e.relay import Relays
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_no_change, assert_whole, same_records

# Graph keeps these from applications, so that no run can hold them.
_WITHHELD = {"deletedConditionalAccessPolicies", "deletedNamedLocations"}


@pytest.fixture(scope="module")
def stage(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with one committed run of everything. No test changes anything in its tenant."""
    data = tmp_path_factory.mktemp("committed")
    with Stage(data, azurite, relays) as stage:
        stage.backup()
        yield stage
        assert "api.defect" not in (data / "host.log").read_text()


@pytest.fixture(scope="module")
def disturbed(stage: Stage) -> tuple[str, str]:
    """(the run of everything, another that the timer started while the tenant shuffled its answers and moved stamps)"""
    first = str(stage.vault.runs()[-1]["RunId"])
    before = {row["RunId"] for row in stage.vault.runs()}
    stage.switch(shuffle=11, volatile=True)
    assert stage.http.post(f"{stage.functions_url}/admin/functions/backup_timer", json={}).status_code == 202
    while not (new := {run["runId"] for run in stage.get("backups", top="1")["runs"]} - before):
        time.sleep(0.1)
    (run,) = new
    assert stage.ended(run)["state"] == "committed"
    stage.idle()
    hits = stage.admin("GET", "/_admin/switches")["hits"]
    assert hits["shuffle"] > 0
    assert hits["volatile"] > 0
    return first, run


def _switched_on(stage: Stage) -> list[str]:
    return [one["key"] for one in stage.get("types")["types"] if one["enabled"]]


def test_a_run_holds_every_type_and_every_byte_it_names(stage: Stage) -> None:
    first = stage.vault.runs()[-1]["RunId"]
    manifest = assert_whole(stage.vault, first)
    assert list(manifest["types"]) == _switched_on(stage)
    assert len(manifest["types"]) > 100
    assert manifest["previous"] is None
    for key, result in manifest["types"].items():
        assert result["outcome"] == ("unavailable" if key in _WITHHELD else "read"), key
        assert (result["objects"] > 0) is (key not in _WITHHELD), key
        assert result["created"] == (0 if result["log"] else result["objects"]), key


def test_the_records_are_the_objects_of_the_tenant(stage: Stage) -> None:
    run = stage.backup("users", "groups", "namedLocations")
    for key, path in (
        ("users", "/v1.0/users"),
        ("groups", "/v1.0/groups"),
        ("namedLocations", "/v1.0/identity/conditionalAccess/namedLocations"),
    ):
        there = {one["id"]: one for one in stage.listed(path)}
        records = {identity: json.loads(line) for identity, line in stage.vault.records(run, key).items()}
        assert records.keys() == there.keys()
        for identity, one in there.items():
            assert records[identity]["displayName"] == one["displayName"]


def test_what_a_run_keeps_is_written_under_names_that_were_free(stage: Stage) -> None:
    stage.blobs.reset()
    run = stage.backup("devices", "groups")
    whole = stage.blobs.seen("PUT", rf"/{stage.tenant_id}/{run}/(?!.*comp=block(&|$))")
    written = [one.target.partition("?")[0].partition(f"{stage.tenant_id}/")[2] for one in whole]
    assert sorted(written) == sorted(stage.vault.names(f"{run}/"))
    assert {one.headers.get("if-none-match") for one in whole} == {"*"}


def test_each_manifest_names_the_hash_of_the_one_before(stage: Stage) -> None:
    before = stage.backup("namedLocations")
    after = stage.backup("namedLocations")
    stored = stage.vault.blob(f"{before}/manifest.json")
    assert stage.vault.manifest(after)["previous"] == {"runId": before, "sha256": hashlib.sha256(stored).hexdigest()}
    properties = stage.vault.properties(f"{after}/manifest.json")
    assert properties.content_settings.content_type == "application/json"
    assert properties.content_settings.content_encoding is None


def test_the_timer_backs_up_everything(stage: Stage, disturbed: tuple[str, str]) -> None:
    manifest = assert_whole(stage.vault, disturbed[1])
    assert manifest["startedBy"] == "timer"
    assert list(manifest["types"]) == _switched_on(stage)


def test_shuffled_answers_and_moving_stamps_make_no_version(stage: Stage, disturbed: tuple[str, str]) -> None:
    first, second = disturbed
    listed = [key for key, base in stage.vault.manifest(second)["bases"].items() if base == second]
    assert len(listed) > 100
    assert_no_change(stage.vault, second)
    same_records(stage.vault, first, second, listed)
    some = ("users", "groups", "devices", "applications", "servicePrincipals")
    third = stage.backup(*some)
    assert_whole(stage.vault, third)
    assert_no_change(stage.vault, third)
    same_records(stage.vault, second, third, some)
    orders = [stage.vault.lines(f"{run}/users.json.gz") for run in (first, second, third)]
    assert orders[0] != orders[1] != orders[2], "not shuffled"


def test_volatile_properties_are_kept_apart(stage: Stage) -> None:
    run = stage.backup("devices")
    kept = {json.loads(line)["id"]: json.loads(line) for line in stage.vault.lines(f"{run}/_volatile/devices.json.gz")}
    records = stage.vault.records(run, "devices")
    assert kept.keys() <= records.keys()
    assert all(b"approximateLastSignInDateTime" not in line for line in records.values())
    assert any("approximateLastSignInDateTime" in one for one in kept.values())


def test_a_run_of_some_types_leaves_the_others_as_they_were(stage: Stage) -> None:
    before = stage.vault.manifest(stage.backup("groups", "namedLocations"))
    assert set(_switched_on(stage)) - _WITHHELD - {"directoryAudits"} <= before["bases"].keys()
    part = stage.backup("groups")
    manifest = assert_whole(stage.vault, part)
    assert list(manifest["types"]) == ["groups"]
    assert manifest["bases"] == before["bases"] | {"groups": part}
    assert_no_change(stage.vault, part)

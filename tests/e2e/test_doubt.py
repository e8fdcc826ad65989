"""A suspicious drop on the whole stack: the wait is a durable timer, which outlives the process that set it."""

import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.e2e.relay import Relays
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_no_change, assert_whole

_WAIT = 3.0
_SHOWN = r"^/v1.0/users(\?|/[0-9a-f-]{36}\?)"  # the list of users, and each by its id


@pytest.fixture(scope="module")
def stage(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    data = tmp_path_factory.mktemp("doubt")
    settings = {"DOUBT_WAIT_SECONDS": f"{_WAIT:g}", "ALERT_DELETED_COUNT": "5", "GRAPH_RETRY_LIMIT": "2"}
    with Stage(data, azurite, relays, users=20, **settings) as stage:
        yield stage


def _waits(stage: Stage, run: str) -> None:
    """Until the orchestration of the users waits to ask again: its timer is set."""
    where = f"{stage.functions_url}/runtime/webhooks/durabletask/instances/"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        reply = stage.http.get(where + quote(f"backup-{stage.tenant_id}:{run}:users"))
        if reply.status_code == 202 and (reply.json()["customStatus"] or {}).get("phase") == "doubt":
            return
        time.sleep(0.02)
    raise AssertionError("nobody had a doubt")


def test_a_host_that_dies_between_two_reads_deletes_nothing_that_a_replica_did_not_have(stage: Stage) -> None:
    before = stage.backup("users", "organization")
    count = len(stage.vault.records(before, "users"))
    stage.fault("absent", _SHOWN)
    run = stage.start("users", "organization")
    _waits(stage, run)
    assert f"gone={count}" in (stage.data / "host.log").read_text()
    stage.kill()
    stage.calm()
    stage.restart()
    found = stage.ended(run)
    stage.idle()
    assert [alert["code"] for alert in found["alerts"] if "users" in alert["message"]] == ["dropDoubted"]
    manifest = assert_whole(stage.vault, run)
    assert (manifest["types"]["users"]["objects"], manifest["types"]["users"]["deleted"]) == (count, 0)
    assert_no_change(stage.vault, run)


def test_a_real_mass_deletion_takes_the_wait_and_is_recorded(stage: Stage) -> None:
    gone = [stage.user(f"leaver-{number}") for number in range(12)]
    stage.backup("users", "organization")
    for identity in gone:
        stage.admin("DELETE", f"/v1.0/users/{identity}")
    begun = time.monotonic()
    run = stage.backup("users", "organization")
    assert time.monotonic() - begun >= _WAIT
    manifest = assert_whole(stage.vault, run)
    assert [alert["code"] for alert in manifest["alerts"] if "users" in alert["message"]] == [
        "dropConfirmed",
        "manyDeleted",
    ]
    assert stage.vault.changes(run) == {("users", identity, "deleted") for identity in gone}

"""Housekeeping on the whole stack: the timer, the storage and the history that the host keeps."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
from azure.storage.blob import BlobServiceClient

from tests.e2e.relay import Relays
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_whole

_MONTH = 31 * 86400.0


@pytest.fixture(scope="module")
def stage(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("house"), azurite, relays, users=20) as stage:
        yield stage


def test_the_timer_removes_old_history_and_what_a_run_has_left(stage: Stage, azurite: str) -> None:
    run = stage.backup("organization")
    whole, part = f"backup-{stage.tenant_id}", f"backup-{stage.tenant_id}:{run}:organization"
    stage.kill()
    with closing(sqlite3.connect(stage.data / "host" / "host.sqlite")) as history, history:
        changed = history.execute("UPDATE instances SET created = created - ? WHERE id = ?", [_MONTH, part])
        assert changed.rowcount == 1
    stage.restart()
    assert [_status(stage, one) for one in (whole, part)] == [200, 200]
    with BlobServiceClient.from_connection_string(azurite) as service:
        left = service.get_blob_client("work", f"{stage.tenant_id}/_work/{run}/organization.0.db.gz")
        left.upload_blob(b"a checkpoint that was delivered late")
        fired = stage.http.post(f"{stage.functions_url}/admin/functions/housekeeping_timer", json={})
        assert fired.status_code == 202
        deadline = time.monotonic() + 30
        while left.exists():
            assert time.monotonic() < deadline, "nobody removed it"
            time.sleep(0.05)
    assert [_status(stage, one) for one in (whole, part)] == [200, 404]
    assert_whole(stage.vault, run)


def _status(stage: Stage, instance: str) -> int:
    """Of the orchestration: 200 where it has ended, 404 where nobody knows of it."""
    where = f"{stage.functions_url}/runtime/webhooks/durabletask/instances/{quote(instance)}"
    return stage.http.get(where).status_code

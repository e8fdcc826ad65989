"""Verification through the local Functions host: started over HTTP, watched while it works; damage is told by name."""

import time
from collections.abc import Callable
from typing import Any

from azure.storage.blob import BlobServiceClient

from tests.e2e.stage import Stage

type Json = dict[str, Any]


def verified(stage: Stage, body: Json, seconds: float = 90.0) -> Json:
    """A verification from start to end, as the API shows it."""
    reply = stage.call("POST", "verify", json=body)
    assert reply.status_code == 202, reply.text
    started = reply.json()
    assert reply.headers["Location"] == started["statusUrl"] == f"{stage.functions_url}/api/verify"
    deadline = time.monotonic() + seconds
    while True:
        found: Json = stage.get("verify")
        report = found["report"]
        assert report["reportId"] == started["reportId"], "from the first moment on"
        if report["state"] != "running":
            break
        assert {"runs", "runsLeft", "typesLeft"} == set(report["progress"])
        assert time.monotonic() < deadline, report
        time.sleep(0.1)
    where = f"{stage.functions_url}/runtime/webhooks/durabletask/instances/verify-{stage.tenant_id}"
    while stage.http.get(where).status_code == 202:
        time.sleep(0.02)
    return found


def test_backups_are_verified_over_http_and_what_is_damaged_is_named(new_stage: Callable[..., Stage]) -> None:
    stage = new_stage()
    assert stage.get("verify") == {"report": None, "earlier": [], "lastClean": {"present": None, "readable": None}}
    first = stage.backup("users", "groups", "bitlockerRecoveryKeys", "directoryAudits")
    second = stage.backup("users", "groups", "bitlockerRecoveryKeys", "directoryAudits")

    present = verified(stage, {"depth": "present"})
    assert (present["report"]["state"], present["report"]["findings"]) == ("done", [])
    assert present["lastClean"]["present"] == present["report"]["endedAt"]
    assert present["lastClean"]["readable"] is None

    clean = verified(stage, {"depth": "readable"})
    report = clean["report"]
    assert (report["state"], report["found"], report["findings"]) == ("done", {}, [])
    assert (report["counts"]["runs"], report["counts"]["read"]) == (2, 2)
    assert report["counts"]["records"] > 80
    assert clean["lastClean"]["readable"] == report["endedAt"]
    assert [one["reportId"] for one in clean["earlier"]] == [present["report"]["reportId"]]
    assert "findings" not in clean["earlier"][0]
    assert all(row["VerifiedAt"] for row in stage.vault.runs())

    name = f"{stage.tenant_id}/{first}/users.json.gz"
    with BlobServiceClient.from_connection_string(stage._connection) as blobs:
        blob = blobs.get_blob_client("snapshots", name)
        data = bytearray(blob.download_blob().readall())
        data[len(data) // 2] ^= 1
        blob.upload_blob(bytes(data), overwrite=True)
    damaged = verified(stage, {"depth": "readable"})
    assert damaged["report"]["found"] == {"memberUnreadable": 1}
    [finding] = damaged["report"]["findings"]
    assert (finding["run"], finding["type"], finding["name"]) == (first, "users", name)
    assert finding["damage"]
    assert finding["remedy"]
    assert damaged["lastClean"]["readable"] == report["endedAt"], "as it was"
    assert f"verify.finding code=memberUnreadable run={first} type=users" in (stage.data / "host.log").read_text()

    only = verified(stage, {"depth": "readable", "runs": [second]})
    assert (only["report"]["runs"], only["report"]["findings"]) == ([second], [])
    assert only["lastClean"]["readable"] == report["endedAt"], "one run is not all"

    assert stage.call("POST", "verify", json={"depth": "readable", "runs": ["2020-01-01T000000Z"]}).status_code == 404
    assert stage.call("POST", "verify", json={"depth": "deep"}).status_code == 400


def test_one_verification_works_at_a_time(new_stage: Callable[..., Stage]) -> None:
    stage = new_stage()
    stage.backup("users", "groups")
    assert stage.call("POST", "verify", json={"depth": "readable"}).status_code == 202
    again = stage.call("POST", "verify", json={"depth": "present"})
    assert (again.status_code, again.json()["code"]) == (409, "verifyAlreadyRunning")
    deadline = time.monotonic() + 60
    while stage.get("verify")["report"]["state"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)

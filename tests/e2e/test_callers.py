"""What a caller may not do, or not now, or not so: problem details with a stable code, and nothing done."""

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.processes import ROOT, Child
from tests.e2e.stage import Stage

_NO_ONE = "11111111-2222-4333-8444-555555555555"
_A_USER = {"type": "users", "id": _NO_ONE}
_A_CONTACT = {"type": "contacts", "id": _NO_ONE}
_OTHER_RUN = "2001-02-03T040506Z"


def _state(stage: Stage) -> dict[str, Any]:
    """All that a refused call may not change."""
    vault = stage.vault
    return {
        "blobs": vault.names(),
        "runs": vault.runs(),
        "restores": vault.rows("Restores", f"PartitionKey eq '{vault.tenant}'"),
        "writes": stage.mark(),
    }


def _assert_problem(reply: httpx.Response, status: int, code: str) -> None:
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    problem = reply.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"] == f"urn:lifeboat:error:{code}"


_JSON = {"content-type": "application/json"}

_REFUSED: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "unknown type to back up": ("POST", "backups", {"json": {"types": ["users", "mailboxes"]}}, 404, "unknownType"),
    "path as a type": ("POST", "backups", {"json": {"types": ["../users"]}}, 404, "unknownType"),
    "type named twice": ("POST", "backups", {"json": {"types": ["users", "users"]}}, 400, "invalidBody"),
    "no type at all": ("POST", "backups", {"json": {"types": []}}, 400, "invalidBody"),
    "unknown field": ("POST", "backups", {"json": {"type": "users"}}, 400, "invalidBody"),
    "array as a body": ("POST", "backups", {"json": ["users"]}, 400, "invalidBody"),
    "not JSON": ("POST", "backups", {"content": b"{types:", "headers": _JSON}, 400, "invalidJson"),
    "not UTF-8": ("POST", "backups", {"content": b'{"types": ["\xff"]}', "headers": _JSON}, 400, "invalidJson"),
    "repeated name": ("POST", "backups", {"content": b'{"types":[],"types":[]}', "headers": _JSON}, 400, "invalidJson"),
    "deep nesting": ("POST", "backups", {"content": b"[" * 40_000, "headers": _JSON}, 400, "invalidJson"),
    "form instead of JSON": ("POST", "backups", {"data": {"types": "users"}}, 415, "unsupportedMediaType"),
    "oversized body": ("POST", "backups", {"json": {"types": ["x" * 140_000]}}, 413, "bodyTooLarge"),
    "malformed run id": ("GET", "backups/yesterday", {}, 400, "malformedRunId"),
    "impossible run id": ("GET", "backups/2026-02-31T000000Z", {}, 404, "unknownRun"),
    "unknown run": ("GET", f"backups/{_OTHER_RUN}", {}, 404, "unknownRun"),
    "unknown type to search": ("GET", "objects/mailboxes", {}, 404, "unknownType"),
    "unknown query": ("GET", "objects/users?filter=x", {}, 400, "invalidQuery"),
    "top too large": ("GET", "objects/users?top=1000", {}, 400, "invalidQuery"),
    "cursor of another list": ("GET", "objects/users?cursor=AAAA", {}, 404, "invalidCursor"),
    "malformed object id": ("GET", "objects/users/1%27%20or%201%20eq%201", {}, 400, "malformedId"),
    "path as an object id": ("GET", "objects/users/..%2f..%2fgroups", {}, 400, "malformedId"),
    "unknown object": ("GET", f"objects/users/{_NO_ONE}", {}, 404, "unknownObject"),
    "unknown object's versions": ("GET", f"objects/users/{_NO_ONE}/versions", {}, 404, "unknownObject"),
    "object as of an unknown run": ("GET", f"objects/users/{_NO_ONE}?run={_OTHER_RUN}", {}, 404, "unknownRun"),
    "plan without a body": ("POST", "restore/plans", {}, 400, "invalidBody"),
    "plan for an unknown object": ("POST", "restore/plans", {"json": _A_USER}, 404, "unknownObject"),
    "plan from an unknown run": (
        "POST",
        "restore/plans",
        {"json": _A_USER | {"run": _OTHER_RUN}},
        404,
        "unknownRun",
    ),
    "plan for a type that is not restored": ("POST", "restore/plans", {"json": _A_CONTACT}, 400, "notRestorable"),
    "plan for a property that is not written": (
        "POST",
        "restore/plans",
        {"json": _A_USER | {"properties": ["id"]}},
        400,
        "notRestorable",
    ),
    "malformed plan id": ("GET", "restore/plans/1", {}, 400, "malformedPlanId"),
    "unknown plan": ("GET", f"restore/plans/{_NO_ONE}", {}, 404, "unknownPlan"),
    "applying an unknown plan": ("POST", f"restore/plans/{_NO_ONE}/apply", {}, 404, "unknownPlan"),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_a_bad_request_is_told_so_and_does_nothing(stage: Stage, case: str) -> None:
    method, path, options, status, code = _REFUSED[case]
    before = _state(stage)
    stage.graph.reset()
    _assert_problem(stage.call(method, path, **options), status, code)
    assert _state(stage) == before
    # whether the records are of the tenant that answers is asked before anything is looked for
    assert [one.target for one in stage.graph.requests] in ([], ["/v1.0/organization?$select=id"])


def test_of_two_backups_asked_for_at_once_one_runs_and_the_other_is_told(stage: Stage) -> None:
    before = {row["RunId"] for row in stage.vault.runs()}
    hold = stage.graph.hold("GET", "/namedLocations")
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: stage.call("POST", "backups", json={"types": ["namedLocations"]}), range(6)))
    started = [reply for reply in replies if reply.status_code == 202]
    assert len(started) == 1
    run = started[0].json()["runId"]
    assert (
        started[0].headers["location"] == started[0].json()["statusUrl"] == f"{stage.functions_url}/api/backups/{run}"
    )
    for reply in replies:
        if reply is not started[0]:
            _assert_problem(reply, 409, "backupAlreadyRunning")
            assert run in reply.json()["detail"]
    hold.wait()
    _assert_problem(stage.call("POST", "backups", json={}), 409, "backupAlreadyRunning")
    assert stage.http.post(f"{stage.functions_url}/admin/functions/backup_timer", json={}).status_code == 202
    assert stage.get(f"backups/{run}")["state"] == "running"
    hold.release()
    assert stage.ended(run)["state"] == "committed"
    stage.idle()
    assert {row["RunId"] for row in stage.vault.runs()} - before == {run}


def test_who_has_seen_a_run_end_may_start_the_next_at_once(stage: Stage) -> None:
    hold = stage.blobs.hold("DELETE", "/_work/")  # the run is shown as ended, its orchestration has still to clean up
    first = stage.start("organization")
    hold.wait()
    assert stage.ended(first)["state"] == "committed"
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(stage.start, "organization")
        time.sleep(0.5)
        assert not asked.done()
        hold.release()
        second = asked.result(30)
    assert stage.ended(second)["state"] == "committed"
    assert stage.vault.manifest(second)["previous"]["runId"] == first


def test_runs_are_listed_newest_first_page_by_page(stage: Stage) -> None:
    made = [stage.backup("organization") for _ in range(3)]
    listed, cursor = list[str](), ""
    while len(listed) < 3:
        page = stage.get("backups", top="2", **({"cursor": cursor} if cursor else {}))
        assert len(page["runs"]) == 2
        listed += [run["runId"] for run in page["runs"]]
        cursor = page["nextCursor"]
    assert listed[:3] == made[::-1]


@contextmanager
def _app_of(stage: Stage, data: Path, roles: str) -> Iterator[httpx.Client]:
    """The same app for a caller with these roles."""
    arguments = ["--app", str(ROOT), "--port", "0", "--data", str(data / "host"), "--roles", roles]
    host = Child("local.host", arguments, log=data / "host.log", env=stage.app_settings(), patience=60)
    try:
        with httpx.Client(base_url=f"{host.ready['functionsUrl']}/api/") as client:
            yield client
    finally:
        host.stop()


_CALLS = {
    "POST backups": {"Backup.Run"},
    "GET backups": {"Backup.Read"},
    "GET objects/users": {"Backup.Read"},
    f"GET objects/users/{_NO_ONE}": {"Backup.Read"},
    f"GET objects/users/{_NO_ONE}/versions": {"Backup.Read"},
    "POST restore/plans": {"Restore.Plan"},
    f"GET restore/plans/{_NO_ONE}": {"Restore.Plan", "Restore.Apply"},
    f"POST restore/plans/{_NO_ONE}/apply": {"Restore.Apply"},
    f"POST restore/plans/{_NO_ONE}/passwords": {"Restore.Apply"},
}


@pytest.mark.parametrize("role", ["Backup.Read", "Restore.Plan", ""])
def test_a_caller_without_the_role_is_refused_and_nothing_is_done(stage: Stage, tmp_path: Path, role: str) -> None:
    before = _state(stage)
    everything = ["Backup.Read", "Backup.Run", "Restore.Plan", "Restore.Apply"]
    forged = {"claims": [{"typ": "roles", "val": name} for name in everything], "role_typ": "roles"}
    header = base64.b64encode(json.dumps(forged).encode()).decode()
    with _app_of(stage, tmp_path, role) as app:
        for call, roles in _CALLS.items():
            method, path = call.split(" ")
            reply = app.request(method, path, headers={"x-ms-client-principal": header})
            if role in roles:
                assert reply.status_code != 403, call
            else:
                _assert_problem(reply, 403, "missingRole")
    assert _state(stage) == before


def test_every_post_leaves_who_asked_for_what_in_the_audit(stage: Stage) -> None:
    before = len(stage.vault.audit())
    run = stage.backup("organization")
    rows = stage.vault.audit()
    assert len(rows) == before + 2
    newest = sorted(rows, key=lambda row: str(row["RowKey"]))[:2]
    assert {row["Action"] for row in newest} == {"start_backup"}
    assert all("local.administrator@lifeboat.example" in str(row["Who"]) for row in newest)
    assert run

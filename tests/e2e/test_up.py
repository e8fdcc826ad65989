"""`python -m local up` as tools of others use it: its line, its file, its end, and its data kept."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.processes import ROOT
from tests.e2e.stage import Stage


@contextmanager
def up(data: Path, *options: str, end: signal.Signals = signal.SIGTERM) -> Iterator[tuple[str, dict[str, Any]]]:
    """(the line it printed, the content of stack.json); afterwards no process of it is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "local", "up", "--data", str(data), "--users", "20", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "BACKUP_SCHEDULE": "0 0 0 29 2 *"},
    )
    assert process.stdout is not None
    line, stack = "", dict[str, Any]()
    try:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        stack = json.loads((data / "stack.json").read_text())
        yield line, stack
    finally:
        process.send_signal(end)
        rest, errors = process.communicate(timeout=30)
    assert (process.returncode, rest, errors) == (0, "", "")
    assert not (data / "stack.json").exists()
    deadline = time.monotonic() + 5
    while alive := [pid for pid in stack["pids"].values() if _alive(pid)]:
        assert time.monotonic() < deadline, f"left behind: {alive}"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _backup(url: str, *types: str) -> dict[str, Any]:
    with httpx.Client(base_url=f"{url}/api/", timeout=30) as client:
        started = client.post("backups", json={"types": list(types)})
        assert started.status_code == 202, started.text
        while (run := client.get(started.json()["statusUrl"]).json())["state"] == "running":
            time.sleep(0.05)
        return dict(run)


def test_it_is_ready_when_it_says_so_and_ends_without_a_trace(tmp_path: Path) -> None:
    with up(tmp_path) as (line, stack):
        assert line.startswith(f"ready: {stack['functionsUrl']}/api")
        assert stack.keys() == {"functionsUrl", "graphUrl", "storageConnectionString", "tenantId", "pids"}
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", stack["functionsUrl"])
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", stack["graphUrl"])
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", stack["tenantId"])
        assert stack["pids"].keys() == {"azurite", "tenant", "host"}
        first = _backup(stack["functionsUrl"], "users", "groups")
        assert (first["state"], first["types"]["users"]["created"]) == ("committed", 20)
        users = httpx.get(f"{stack['graphUrl']}/v1.0/users", headers={"authorization": "Bearer local-token"}).json()
        tenant = stack["tenantId"]
    with up(tmp_path, end=signal.SIGINT) as (_, stack):
        assert stack["tenantId"] == tenant
        kept = httpx.get(f"{stack['functionsUrl']}/api/backups/{first['runId']}").json()
        assert kept == first
        again = httpx.get(f"{stack['graphUrl']}/v1.0/users", headers={"authorization": "Bearer local-token"}).json()
        assert [one["id"] for one in again["value"]] == [one["id"] for one in users["value"]]
        second = _backup(stack["functionsUrl"], "users", "groups")
        assert {
            (one["outcome"], one["created"], one["updated"], one["deleted"]) for one in second["types"].values()
        } == {("read", 0, 0, 0)}


def test_another_graph_shaped_server_can_stand_for_the_tenant(stage: Stage, tmp_path: Path) -> None:
    with up(tmp_path, "--graph-url", stage.tenant_url, "--roles", "Backup.Run") as (_, stack):
        assert stack["graphUrl"] == stage.tenant_url
        assert stack["pids"].keys() == {"azurite", "host"}
        run = _backup(stack["functionsUrl"], "users")
        assert run["types"]["users"]["objects"] == len(stage.listed("/v1.0/users"))
        assert httpx.get(f"{stack['functionsUrl']}/api/backups").status_code == 403


@pytest.mark.parametrize("reason", ["port", "users"])
def test_what_cannot_be_started_is_said_and_leaves_nothing(tmp_path: Path, reason: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        option = {"port": ["--port", str(taken.getsockname()[1])], "users": ["--users", "3"]}[reason]
        ended = subprocess.run(
            [sys.executable, "-m", "local", "up", "--data", str(tmp_path), *option],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ended.returncode != 0
    assert reason in ended.stderr
    assert not (tmp_path / "stack.json").exists()

"""The process: one ready line, a generated company, a store that outlives it, and a clean end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from local.tenant import cli

TENANT = "22222222-2222-4222-8222-222222222222"


@contextmanager
def running(data: Path, *more: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "local.tenant", "--port", "0", "--data", str(data), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert line, process.stderr.read()
        ready = json.loads(line)
        assert ready["pid"] == process.pid
        try:
            yield ready
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert process.stdout.read() == ""
            assert process.stderr.read() == ""


def get(ready: dict[str, Any], path: str, token: str = "other") -> Any:
    request = Request(ready["graphUrl"] + path, headers={"Authorization": f"Bearer {token}"})
    with urlopen(request) as answer:
        return json.load(answer)


def send(ready: dict[str, Any], method: str, path: str, body: Any = None) -> int:
    data = json.dumps(body).encode() if body is not None else None
    request = Request(ready["graphUrl"] + path, data, {"Authorization": "Bearer other"}, method=method)
    with urlopen(request) as answer:
        return int(answer.status)


NEW = ("--users", "40", "--seed", "5", "--tenant-id", TENANT, "--token", "other")


def test_a_tenant_outlives_its_process(tmp_path: Path) -> None:
    with running(tmp_path, *NEW) as ready:
        assert ready["tenantId"] == TENANT
        assert get(ready, "/v1.0/organization")["value"][0]["id"] == TENANT
        plain = get(ready, "/v1.0/groups?$select=id,displayName,groupTypes,onPremisesSyncEnabled,mailEnabled")["value"]
        group = next(g for g in plain if not (g["groupTypes"] or g["onPremisesSyncEnabled"] or g["mailEnabled"]))
        assert send(ready, "PATCH", f"/v1.0/groups/{group['id']}", {"description": "kept"}) == 204
        assert send(ready, "POST", "/_admin/clock", {"advanceSeconds": 86_400}) == 200
        users = get(ready, "/v1.0/users?$select=id&$top=30")
        link = get(ready, "/v1.0/users/delta?$deltatoken=latest")["@odata.deltaLink"]
        before = get(ready, "/_admin/digest")
    with running(tmp_path, "--users", "7", "--token", "other") as again:
        assert again["tenantId"] == TENANT
        assert get(again, "/_admin/digest") == before
        assert get(again, f"/v1.0/groups/{group['id']}")["description"] == "kept"
        assert get(again, "/_admin/clock")["shiftSeconds"] == 86_400
        assert [write["method"] for write in get(again, "/_admin/audit")["writes"]] == ["PATCH"]
        for old in (users["@odata.nextLink"], link):
            assert get(again, old.removeprefix(ready["graphUrl"]))["@odata.context"]


def test_the_same_seed_gives_the_same_company_and_it_listens_on_loopback_alone(tmp_path: Path) -> None:
    with running(tmp_path / "a", *NEW) as one, running(tmp_path / "b", *NEW) as two:
        select = "/v1.0/users?$select=id,displayName,userPrincipalName"
        assert get(one, select)["value"] == get(two, select)["value"]
        other = ("127.0.0.2", urlsplit(one["graphUrl"]).port)  # every address of the machine would answer here too
        with socket.socket() as probe, pytest.raises(OSError, match=r".*"):
            probe.connect(other)


def test_a_killed_process_loses_no_write(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.tenant", "--data", str(tmp_path), *NEW]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        user = get(ready, "/v1.0/groups?$select=id")["value"][0]["id"]
        before = get(ready, "/_admin/digest")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    with running(tmp_path, "--token", "other") as again:
        assert get(again, "/_admin/digest") == before
        assert get(again, f"/v1.0/groups/{user}")["id"] == user


def test_it_ends_in_time_while_a_call_hangs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.tenant", "--data", str(tmp_path), *NEW]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert send(ready, "POST", "/_admin/faults", {"do": "delay", "seconds": 3600}) == 201
        parts = urlsplit(ready["graphUrl"])
        with socket.create_connection((parts.hostname, parts.port)) as hanging:
            hanging.sendall(b"GET /v1.0/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer other\r\n\r\n")
            while not get(ready, "/_admin/faults")["faults"][0]["hits"]:
                pass
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0


def test_the_command_line_reaches_every_switch(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with running(tmp_path, *NEW) as ready:
        url = ready["graphUrl"]

        def run(*words: str) -> Any:
            assert cli.main([url, *words]) == 0
            text = capfdbinary.readouterr().out.strip()
            return json.loads(text) if text else None

        assert run("faults", "add", '{"do": "refuse", "path": "/users"}') == {"id": 1}
        assert run("faults")["faults"][0]["hits"] == 0
        run("faults", "clear")
        assert run("switches", "set", '{"shuffle": 4}')["switches"]["shuffle"] == 4
        run("switches", "reset")
        assert run("switches")["switches"]["shuffle"] == 0
        assert run("clock", "--advance", "60")["shiftSeconds"] == 60
        assert run("audit") == {"writes": []}
        assert run("state", "organization")["object"]["id"] == TENANT
        assert run("digest")["kinds"]["organization"]["live"] == 1
        assert cli.main([url, "faults", "add", '{"do": "explode"}']) == 1
        with pytest.raises(SystemExit):
            cli.main([url, "faults", "explode"])

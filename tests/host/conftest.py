"""A host in a process of its own, serving one of tests/host/apps."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

_ROOT = Path(__file__).parents[2]
APPS = Path(__file__).parent / "apps"
TENANT = "11111111-2222-4333-8444-555555555555"


class HostEnded(Exception):
    """The host ended before it was ready."""

    def __init__(self, code: int, errors: str) -> None:
        super().__init__(errors)
        self.code, self.errors = code, errors


class HostProcess:
    """Starts, stops and kills the host; speaks HTTP to it."""

    def __init__(self, app: Path, data: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._command = [
            sys.executable,
            "-m",
            "local.host",
            "--app",
            str(app),
            "--port",
            "0",
            "--data",
            str(data),
            *arguments,
        ]
        self._env = {**os.environ, "TASK_HUB_NAME": "TestHub", "TENANT_ID": TENANT, **(env or {})}
        self._errors = data / "stderr.txt"
        data.mkdir(parents=True, exist_ok=True)
        self.url = ""
        self.running = False

    async def start(self) -> "HostProcess":
        with self._errors.open("wb") as errors:
            self.process = await asyncio.create_subprocess_exec(
                *self._command, env=self._env, cwd=_ROOT, stdout=subprocess.PIPE, stderr=errors
            )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 20)
        if not line:
            raise HostEnded(*await self.finish())
        self.running = True
        self.ready = json.loads(line)
        self.url = self.ready["functionsUrl"]
        self.http = aiohttp.ClientSession(self.url)
        return self

    async def finish(self) -> tuple[int, str]:
        """Waits for the end: exit code and what was written on stderr."""
        code = await asyncio.wait_for(self.process.wait(), 20)
        self.running = False
        return code, self._errors.read_text()

    async def stop(self) -> tuple[int, str]:
        await self.http.close()
        self.process.send_signal(signal.SIGTERM)
        return await self.finish()

    async def kill(self) -> None:
        await self.http.close()
        self.process.kill()
        await self.finish()

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Status and decoded body."""
        async with self.http.request(method, path, **options) as response:
            text = await response.text()
        return response.status, json.loads(text) if text and text[0] in '{["0123456789tfn' else text

    async def client(self, action: str, instance: str = "", **given: Any) -> tuple[int, Any]:
        """An action of the durable app's `use_client` function."""
        return await self.call("POST", f"/api/client/{action}/{instance}".rstrip("/"), json=given)

    async def begin(self, name: str, instance: str, given: Any = None) -> None:
        status, body = await self.client("start", instance, name=name, input=given)
        assert status == 202, body

    async def status(self, instance: str) -> dict[str, Any]:
        status, body = await self.call("GET", f"/runtime/webhooks/durabletask/instances/{instance}")
        assert status in (200, 202), instance
        return body

    async def ended(self, instance: str, seconds: float = 20) -> dict[str, Any]:
        """The status once the instance has ended."""
        async with asyncio.timeout(seconds):
            while (found := await self.status(instance))["runtimeStatus"] in ("Pending", "Running", "Suspended"):
                await asyncio.sleep(0.02)
        return found


HostMaker = Callable[..., HostProcess]


@pytest.fixture
async def host_of() -> AsyncIterator[HostMaker]:
    """Makes hosts, not yet started; one that a failed test left running is killed."""
    made: list[HostProcess] = []

    def make(app: Path, data: Path, *arguments: str, env: Mapping[str, str] | None = None) -> HostProcess:
        made.append(HostProcess(app, data, *arguments, env=env))
        return made[-1]

    yield make
    for host in made:
        if host.running:
            await host.kill()


@pytest.fixture(scope="session")
async def durable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostProcess]:
    """The durable app, served for the whole session."""
    host = await HostProcess(APPS / "durable", tmp_path_factory.mktemp("durable")).start()
    yield host
    code, errors = await host.stop()
    assert code == 0, errors

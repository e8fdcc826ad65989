"""The emulated tenant as a process of its own, and its administrator: faults, switches, the whole state."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

TOKEN = "local-token"


class TenantProcess:
    """A running tenant. `url` is its Graph host; the rest goes through the administrator's surface."""

    def __init__(self, ready: dict[str, Any], http: httpx.AsyncClient) -> None:
        self.url: str = ready["graphUrl"]
        self.tenant_id: str = ready["tenantId"]
        self._http = http

    async def fault(self, **rule: object) -> int:
        """Adds a fault; its number, for `hits`."""
        answer = await self._http.post("/_admin/faults", json=rule)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    async def hits(self, number: int) -> int:
        """How often the fault was done."""
        rules = (await self._http.get("/_admin/faults")).raise_for_status().json()["faults"]
        return next(int(rule["hits"]) for rule in rules if rule["id"] == number)

    async def switch(self, **switches: object) -> None:
        answer = await self._http.patch("/_admin/switches", json=switches)
        assert answer.status_code == 200, answer.text

    async def calm(self) -> None:
        """No faults, all switches as at the start."""
        (await self._http.delete("/_admin/faults")).raise_for_status()
        (await self._http.delete("/_admin/switches")).raise_for_status()

    async def state(self, kind: str) -> list[dict[str, Any]]:
        """Every object of a kind, with its links."""
        text = (await self._http.get(f"/_admin/state/{kind}")).raise_for_status().text
        return [json.loads(line) for line in text.splitlines()]

    async def writes(self) -> list[dict[str, Any]]:
        """The trail of writes."""
        found: list[dict[str, Any]] = (await self._http.get("/_admin/audit")).raise_for_status().json()["writes"]
        return found


@asynccontextmanager
async def tenant_process(
    data: Path, *, users: int = 50, seed: int = 1, tenant_id: str = "", token: str = TOKEN
) -> AsyncIterator[TenantProcess]:
    """Starts a tenant on a free port and ends it. Without an id it has the one that follows from the seed."""
    command = ["-m", "local.tenant", "--port", "0", "--data", str(data), "--users", str(users), "--seed", str(seed)]
    command += ["--token", token, *(["--tenant-id", tenant_id] if tenant_id else [])]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert line, "the tenant ended before it was ready"
        ready = json.loads(line)
        async with httpx.AsyncClient(base_url=ready["graphUrl"], trust_env=False, timeout=30) as http:
            yield TenantProcess(ready, http)
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), 10)

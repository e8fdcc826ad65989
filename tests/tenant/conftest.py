"""A running tenant over HTTP for each test: `api` is filled with the small one, `company` with a generated one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.serve import Service
from local.tenant.server import application
from local.tenant.tenant import Tenant
from tests.tenant import small

EVENTUAL = {"ConsistencyLevel": "eventual"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def ids(self) -> list[str]:
        return [item["id"] for item in self.body["value"]]


@dataclass
class Api:
    """Calls to the tenant, with a path such as /v1.0/users or an absolute link."""

    url: str
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": "Bearer local-token"})

    async def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        url = path if "://" in path else self.url + path
        async with self.session.request(
            method, url, json=body, headers={**self.headers, **(headers or {})}, allow_redirects=False
        ) as response:
            given = {name.lower(): value for name, value in response.headers.items()}
            raw = await response.read()
            json = raw and not given.get("content-type", "").startswith(("image/", "text/css"))
            return Answer(response.status, given, await response.json(content_type=None) if json else raw or None)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return await self.call("GET", path, headers=headers)

    async def pages(self, path: str, headers: dict[str, str] | None = None) -> list[Answer]:
        found = [await self.get(path, headers)]
        while link := found[-1].body.get("@odata.nextLink"):
            found.append(await self.get(link, headers))
        return found

    async def fault(self, **rule: Any) -> int:
        added = await self.call("POST", "/_admin/faults", rule)
        assert added.status == 201, added.body
        return int(added.body["id"])

    async def hits(self, rule: int) -> int:
        faults = (await self.get("/_admin/faults")).body["faults"]
        return next(int(one["hits"]) for one in faults if one["id"] == rule)

    async def switch(self, **values: Any) -> None:
        changed = await self.call("PATCH", "/_admin/switches", values)
        assert changed.status == 200, changed.body

    async def switch_hits(self) -> dict[str, int]:
        return dict((await self.get("/_admin/switches")).body["hits"])

    async def travel(self, days: float) -> None:
        await self.call("POST", "/_admin/clock", {"advanceSeconds": days * 86_400})

    async def writes(self) -> list[dict[str, Any]]:
        return list((await self.get("/_admin/audit")).body["writes"])


@asynccontextmanager
async def serving(tenant: Tenant, token: str = "local-token") -> AsyncIterator[Api]:
    runner = web.AppRunner(application(Service(tenant, Faults(), token)), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield Api(url, session, {"Authorization": f"Bearer {token}"})
    await runner.cleanup()
    tenant.close()


@cache
def _filled(what: str) -> bytes:
    """The file of a tenant that is filled, made once: each test has a copy."""
    with TemporaryDirectory() as home:
        tenant = Tenant(Path(home), small.TENANT)
        if what == "company":
            load(tenant, 20, 11)
        else:
            small.fill(tenant)
        tenant.database.sql.execute("PRAGMA journal_mode = DELETE")  # all of it in one file
        tenant.close()
        return (Path(home) / "tenant.db").read_bytes()


def copied(what: str, home: Path) -> Tenant:
    """A tenant of one's own in `home`: "small" or "company"."""
    home.mkdir(exist_ok=True)
    (home / "tenant.db").write_bytes(_filled(what))
    return Tenant(home, small.TENANT)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with serving(copied("small", tmp_path)) as served:
        yield served


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Api]:
    async with serving(copied("company", tmp_path)) as served:
        yield served

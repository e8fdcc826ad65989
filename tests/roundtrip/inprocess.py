"""The emulated tenant inside the test's own process, spoken to by the product's Graph client without a network.

A tenant can be put back to what it was between two cases, which takes a millisecond or two.
"""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from functions.graph.client import GraphClient
from functions.graph.limiter import Limiters
from functions.graph.links import GraphRoot
from functions.graph.reply import Reply
from functions.graph.tokens import FixedToken
from functions.graph.waits import WaitPolicy
from functions.settings import Secret
from local.tenant.change import obliterate
from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.message import Request
from local.tenant.objects import Row
from local.tenant.serve import Service
from local.tenant.tenant import Tenant

URL = "http://127.0.0.1:1"
TENANT = "7b0b2a6e-1111-4222-8333-444455556666"
_TOKEN = "local-token"


class InProcess:
    """Stands where the connections of a Graph client are: hands a request to the tenant, and its answer back."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, *, token: str = ""
    ) -> Reply:
        version, _, rest = url.removeprefix(f"{URL}/").partition("/")
        path, _, query = f"/{rest}".partition("?")
        sent = {name.lower(): value for name, value in headers.items()} | {"authorization": f"Bearer {_TOKEN}"}
        reply = await self._service.serve(Request(method, version, path, query, sent, content or b"", URL))
        return Reply(reply.status, {name.lower(): value for name, value in reply.headers.items()}, reply.encoded())

    async def aclose(self) -> None:
        """There is nothing to close."""


class Directory:
    """A small company. `call` is what its administrator does: everybody's rules hold for that too."""

    def __init__(self, data: Path, users: int = 20, seed: int = 5) -> None:
        self.tenant = Tenant(data, TENANT)
        load(self.tenant, users, seed)
        self.tenant.database.sql.execute("PRAGMA journal_mode = MEMORY")
        self.service = Service(self.tenant, Faults(), _TOKEN)
        self._transport = InProcess(self.service)
        self._first = sqlite3.connect(":memory:")
        self.tenant.database.sql.backup(self._first)
        self.client = GraphClient(
            GraphRoot(URL),
            self._transport,  # type: ignore[arg-type]
            FixedToken(Secret(_TOKEN)),
            Limiters(0.0),
            WaitPolicy(limit=1, pace=0.0),
        )

    def reset(self) -> None:
        """Everything as it was in the beginning."""
        self._first.backup(self.tenant.database.sql)
        self.tenant.lag.forget()

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer of one call; `path` begins with the version."""
        return await self.send(method, path, body, {})

    async def send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, Any]:
        """The same with headers."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        reply = await self._transport.send(method, URL + path, headers, content)
        return reply.status, json.loads(reply.body) if reply.body[:1] in (b"{", b"[") else None

    def purge_named(self, identity: str) -> None:
        """Gone for good, as the service itself does it where no call of Graph can."""
        for row in self._found(identity):
            with self.tenant.database.transaction():
                obliterate(self.tenant, row)

    def rows_named(self, identity: str) -> list[dict[str, Any]]:
        """What is stored of the objects with this id, live or in the recycle bin."""
        return [row.object() for row in self._found(identity)]

    def _found(self, identity: str) -> list[Row]:
        kinds = self.tenant.database.sql.execute("SELECT kind FROM objects WHERE id = ?", (identity,)).fetchall()
        rows = [self.tenant.objects.row(kind, identity, binned=None) for (kind,) in kinds]
        return [row for row in rows if row is not None]

    def close(self) -> None:
        self.tenant.close()
        self._first.close()

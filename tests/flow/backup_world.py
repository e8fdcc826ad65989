"""Runs of a backup, activity by activity, against a Graph whose every answer a test decides.

`ScriptedGraph.answer` gets a path with its query and returns a status and a body, or only a body; `$batch` is taken
apart. Beta gives the same answers unless `beta` gives others, and `posted` those of calls that are no batch.
`Vault.run` does what the orchestrations do, so that a test can stop, repeat or reorder any of it.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import msgspec
from aiohttp import web

from functions.backup.doubt import USUALLY, Doubting
from functions.backup.messages import BackupRequest, CommitRequest, RunOutcome, RunPlan, TypeReply, TypeRequest
from functions.backup.run_activities import commit_run, open_run
from functions.backup.type_activity import backup_type
from functions.catalogue.model import ObjectType
from functions.core.gzipped import json_lines
from functions.core.manifest import Manifest, TypeResult, read_manifest
from functions.core.names import manifest_name
from functions.core.runid import run_id
from functions.graph.client import GraphClient
from functions.graph.factory import reader
from functions.settings import Secret, Settings
from functions.storage.open import Stores, open_stores

type Json = dict[str, Any]


@dataclass(frozen=True)
class Image:
    """An answer that is no JSON."""

    data: bytes
    type: str = "image/png"


type Given = Json | tuple[int, Json] | Image

NOT_FOUND = (404, {"error": {"code": "Request_ResourceNotFound", "message": "Resource does not exist."}})
DENIED = (403, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}})


@dataclass
class ScriptedGraph:
    answer: Callable[[str], Given] = lambda path: NOT_FOUND
    beta: Callable[[str], Given] | None = None
    posted: Callable[[str, bytes], Given] = lambda path, body: NOT_FOUND
    asked: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)  # of the wire: verb, version and path, a batch as one
    url: str = ""

    def _given(self, api: str, path: str) -> tuple[int, Any]:
        self.asked.append(path)
        answer = self.beta if api == "beta" and self.beta else self.answer
        return _status(answer(unquote(path)))

    async def serve(self, http: web.Request) -> web.StreamResponse:
        api, _, path = http.raw_path.lstrip("/").partition("/")
        self.calls.append(f"{http.method} {http.raw_path}")
        if path == "$batch":
            items = (await http.json())["requests"]
            responses = []
            for item in items:
                status, body = self._given(api, item["url"])
                responses.append({"id": item["id"], "status": status, "headers": {}, "body": body})
            return web.json_response({"responses": responses})
        if http.method == "POST":
            status, body = _status(self.posted("/" + path, await http.read()))
        else:
            status, body = self._given(api, "/" + path)
        if isinstance(body, Image):
            return web.Response(body=body.data, content_type=body.type)
        headers = {"Retry-After": str(body["retryAfter"])} if "retryAfter" in body else {}
        return web.json_response(body, status=status, headers=headers)


def _status(given: Given) -> tuple[int, Any]:
    return given if isinstance(given, tuple) else (200, given)


@dataclass
class Vault:
    """One tenant's storage and the Graph it is backed up from. The clock moves by a minute with every run."""

    tenant: str
    graph: ScriptedGraph
    stores: Stores
    client: GraphClient
    now: datetime = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    doubting: Doubting = USUALLY

    def clock(self) -> datetime:
        return self.now

    async def open(self, *types: str) -> RunPlan:
        self.now += timedelta(minutes=1)
        request = BackupRequest(run_id(self.now), self.tenant, types, "test")
        return await open_run(request, stores=self.stores, clock=self.clock)

    async def call(self, plan: RunPlan, entry: ObjectType, last: TypeReply | None, budget: float = 60.0) -> TypeReply:
        """One activity, which gets what its caller's history holds: JSON, never the same objects."""
        checkpoint = last.checkpoint if last else None
        request = TypeRequest(plan.run_id, plan.tenant_id, entry.key, plan.bases[entry.key], checkpoint)
        return await backup_type(
            through_json(request),
            entry,
            client=self.client,
            stores=self.stores,
            cloud="local",
            budget=budget,
            clock=self.clock,
            doubting=self.doubting,
        )

    async def read(self, plan: RunPlan, entry: ObjectType, budget: float = 60.0) -> TypeResult:
        """One type from start to end."""
        reply: TypeReply | None = None
        while reply is None or reply.result is None:
            reply = await self.call(plan, entry, reply, budget)
        return reply.result

    async def commit(self, plan: RunPlan, results: Mapping[str, TypeResult]) -> RunOutcome:
        request = CommitRequest(plan, dict(results))
        return await commit_run(request, stores=self.stores, cloud="local", clock=self.clock)

    async def run(self, *entries: ObjectType, budget: float = 60.0) -> Manifest:
        """A whole run, which has to commit."""
        plan = await self.open(*(entry.key for entry in entries))
        results = {entry.key: await self.read(plan, entry, budget) for entry in entries}
        outcome = await self.commit(plan, results)
        assert outcome.state == "committed", outcome
        return await self.manifest(plan.run_id)

    async def manifest(self, run: str) -> Manifest:
        return read_manifest(await self.stores.blobs.get(manifest_name(self.tenant, run)))

    async def records(self, manifest: Manifest, key: str) -> dict[str, Json]:
        """id → record."""
        lines = json_lines(self.stores.blobs.stream(manifest.types[key].file))
        return {one["id"]: one for one in [json.loads(line) async for line in lines]}


def through_json[T](message: T) -> T:
    return msgspec.convert(json.loads(json.dumps(msgspec.to_builtins(message))), type(message))


def listed(things: Sequence[Json], **more: Any) -> Json:
    return {"value": list(things), **more}


@asynccontextmanager
async def open_vault(connection: str, tenant: str) -> AsyncIterator[Vault]:
    graph = ScriptedGraph()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", graph.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    graph.url = f"http://127.0.0.1:{port}"
    settings = Settings(
        tenant_id=tenant,
        graph_url=graph.url,
        graph_token=Secret("token"),
        storage_connection=Secret(connection),
        graph_retry_limit=1,
    )
    stores, client = await open_stores(settings), reader(settings, pace=0.0)
    try:
        yield Vault(tenant, graph, stores, client)
    finally:
        await client.aclose()
        await stores.aclose()
        await runner.cleanup()


@asynccontextmanager
async def vault_of(connection: str, tenant: str, graph_url: str) -> AsyncIterator[Vault]:
    """A vault that is backed up from an emulated tenant; its scripted Graph is asked nothing."""
    settings = Settings(
        tenant_id=tenant,
        graph_url=graph_url,
        cloud="local",
        graph_token=Secret("local-token"),
        storage_connection=Secret(connection),
    )
    stores, client = await open_stores(settings), reader(settings, pace=0.01)
    try:
        yield Vault(tenant, ScriptedGraph(), stores, client)
    finally:
        await client.aclose()
        await stores.aclose()

"""A whole company, backed up as a run does it: the emulated tenant as a process, Azurite, the product's own modules.

The reader identity holds the permissions that the catalogue asks for and no other: its token names them.
"""

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from functions.backup.messages import BackupRequest, CommitRequest, RunPlan, TypeReply, TypeRequest
from functions.backup.run_activities import commit_run, open_run
from functions.backup.type_activity import backup_type
from functions.catalogue import ENTRIES
from functions.catalogue.model import ObjectType, Outcome
from functions.catalogue.permissions import read_permissions
from functions.clock import iso, utc_now
from functions.core.gzipped import json_lines
from functions.core.manifest import Manifest, TypeResult, read_manifest
from functions.core.names import manifest_name
from functions.core.runid import run_id
from functions.graph.client import GraphClient
from functions.graph.factory import reader
from functions.settings import Secret, Settings
from functions.storage.open import Stores, open_stores
from functions.storage.runs import RunState
from tests.flow.backup_world import through_json
from tests.tenant_process import TenantProcess, tenant_process

TOGETHER = 8  # types read at once

# What an application cannot read whatever it is granted, and how that shows.
CLOSED = {
    "deletedConditionalAccessPolicies": Outcome.UNAVAILABLE,
    "deletedNamedLocations": Outcome.UNAVAILABLE,
    "termsOfUseAgreements": Outcome.REFUSED,
}
TOLD = {"conditionalAccessPolicies": ["onlyInBeta"]}  # of what is read whole

LOGS = {"signIns": "signIn", "directoryAudits": "directoryAudit", "provisioning": "provisioningObjectSummary"}

type Results = Mapping[str, TypeResult]


def token_with(roles: Iterable[str]) -> str:
    """An access token that names these application permissions; nobody signed it."""
    parts = ({"alg": "none"}, {"roles": sorted(roles)})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.unsigned"


@dataclass
class Company:
    tenant: TenantProcess
    stores: Stores
    client: GraphClient
    http: httpx.AsyncClient  # an administrator's own calls of Graph, with the same token
    cloud: str = "global"
    runs: set[str] = field(default_factory=set)

    async def run(self, *entries: ObjectType) -> Manifest:
        """A run from start to end, which has to commit."""
        plan = await self._open(entries)
        request = CommitRequest(plan, dict(await self._read_all(plan, entries)))
        outcome = await commit_run(request, stores=self.stores, cloud=self.cloud, clock=utc_now)
        assert outcome.state == "committed", outcome
        return read_manifest(await self.stores.blobs.get(manifest_name(self.tenant.tenant_id, plan.run_id)))

    async def attempt(self, *entries: ObjectType) -> Results:
        """What becomes of each type in a run that is given up before it commits: the next knows nothing of it."""
        plan = await self._open(entries)
        results = await self._read_all(plan, entries)
        await self.stores.runs.finish(plan.run_id, RunState.FAILED, ended_at=iso(utc_now()))
        return results

    async def _open(self, entries: Iterable[ObjectType]) -> RunPlan:
        run = run_id(utc_now(), self.runs.__contains__)
        self.runs.add(run)
        request = BackupRequest(run, self.tenant.tenant_id, tuple(entry.key for entry in entries), "test")
        return await open_run(request, stores=self.stores, clock=utc_now)

    async def _read_all(self, plan: RunPlan, entries: Iterable[ObjectType]) -> Results:
        places = asyncio.Semaphore(TOGETHER)

        async def one(entry: ObjectType) -> tuple[str, TypeResult]:
            async with places:
                return entry.key, await self._read(plan, entry)

        return dict(await asyncio.gather(*(one(entry) for entry in entries)))

    async def _read(self, plan: RunPlan, entry: ObjectType) -> TypeResult:
        reply = TypeReply()
        while reply.result is None:
            request = TypeRequest(plan.run_id, plan.tenant_id, entry.key, plan.bases[entry.key], reply.checkpoint)
            reply = await backup_type(
                through_json(request),
                entry,
                client=self.client,
                stores=self.stores,
                cloud=self.cloud,
                budget=60.0,
                clock=utc_now,
            )
        return reply.result

    async def lines(self, results: Results, entry: ObjectType) -> list[bytes]:
        """The records of a type as they lie in storage, in an order of their own."""
        return sorted([line async for line in json_lines(self.stores.of(entry).stream(results[entry.key].file))])

    async def records(self, results: Results, entry: ObjectType) -> list[dict[str, Any]]:
        return [json.loads(line) for line in await self.lines(results, entry)]

    async def events(self, key: str) -> list[str]:
        """The ids of a log's events, as often as each is stored."""
        found: list[str] = []
        async for name in self.stores.blobs.list(f"{self.tenant.tenant_id}/_logs/{key}/"):
            found += [json.loads(line)["id"] async for line in json_lines(self.stores.blobs.stream(name))]
        return found


def outcomes(results: Results) -> dict[str, Outcome]:
    """Those that are not read whole."""
    return {key: result.outcome for key, result in results.items() if result.outcome is not Outcome.READ}


@asynccontextmanager
async def open_company(
    azurite: str, data: Path, *, users: int = 20, seed: int = 1, lacking: frozenset[str] = frozenset()
) -> AsyncIterator[Company]:
    """`lacking` are permissions of the catalogue that the reader's token does not name."""
    token = token_with(read_permissions(ENTRIES).keys() - lacking)
    async with tenant_process(data, users=users, seed=seed, tenant_id=str(uuid.uuid4()), token=token) as tenant:
        settings = Settings(
            tenant_id=tenant.tenant_id,
            graph_url=tenant.url,
            cloud="global",
            graph_token=Secret(token),
            storage_connection=Secret(azurite),
            graph_retry_limit=3,
            graph_timeout=1.0,
        )
        stores, client = await open_stores(settings), reader(settings, pace=0.0)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with httpx.AsyncClient(base_url=tenant.url, headers=headers, trust_env=False, timeout=30) as http:
                yield Company(tenant, stores, client, http)
        finally:
            await client.aclose()
            await stores.aclose()

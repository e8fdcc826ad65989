"""A whole company, backed up as a run does it: the emulated tenant as a process, Azurite, the product's own modules.

The reader identity holds the permissions that the catalogue asks for and no other: its token names them.
"""

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import httpx

from functions.backup.messages import BackupRequest, CommitRequest, RunPlan, TypeReply, TypeRequest
from functions.backup.run_activities import commit_run, open_run
from functions.backup.type_activity import backup_type
from functions.catalogue import ENTRIES
from functions.catalogue.model import ObjectType, Outcome
from functions.catalogue.permissions import read_permissions
from functions.clock import utc_now
from functions.core.gzipped import json_lines
from functions.core.manifest import Manifest, TypeResult, read_manifest
from functions.core.names import manifest_name
from functions.core.runid import run_id
from functions.graph.client import GraphClient
from functions.graph.factory import reader
from functions.settings import Secret, Settings
from functions.storage.open import Stores, open_stores
from tests.flow.backup_world import through_json
from tests.flow.storage_aside import Behind
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
    _behind: Behind | None = None  # what attempts have read of storage
    _newest: Stores | None = None  # of the attempt that was made last

    async def run(self, *entries: ObjectType) -> Manifest:
        """A run from start to end, which has to commit."""
        self._behind = self._newest = None
        plan = await self._open(entries, self.stores)
        request = CommitRequest(plan, dict(await self._read_all(plan, entries, self.stores)))
        outcome = await commit_run(request, stores=self.stores, cloud=self.cloud, clock=utc_now)
        assert outcome.state == "committed", outcome
        return read_manifest(await self.stores.blobs.get(manifest_name(self.tenant.tenant_id, plan.run_id)))

    def apart(self) -> Self:
        """The same with stores that begin with what lies in storage now, and keep in memory what is written to them."""
        self._behind = self._behind or Behind(self.stores, self.tenant.tenant_id)
        return replace(self, stores=self._behind.aside(), _behind=None, _newest=None)

    async def attempt(self, *entries: ObjectType) -> Results:
        """What becomes of each type in a run that is given up before it commits: the next knows nothing of it. It is
        compared with what lies in storage, and writes to memory."""
        self._newest = stores = self.apart().stores
        return await self._read_all(await self._open(entries, stores), entries, stores)

    async def _open(self, entries: Iterable[ObjectType], stores: Stores) -> RunPlan:
        run = run_id(utc_now(), self.runs.__contains__)
        self.runs.add(run)
        request = BackupRequest(run, self.tenant.tenant_id, tuple(entry.key for entry in entries), "test")
        return await open_run(request, stores=stores, clock=utc_now)

    async def _read_all(self, plan: RunPlan, entries: Iterable[ObjectType], stores: Stores) -> Results:
        places = asyncio.Semaphore(TOGETHER)

        async def one(entry: ObjectType) -> tuple[str, TypeResult]:
            async with places:
                return entry.key, await self._read(plan, entry, stores)

        return dict(await asyncio.gather(*(one(entry) for entry in entries)))

    async def _read(self, plan: RunPlan, entry: ObjectType, stores: Stores) -> TypeResult:
        reply = TypeReply()
        while reply.result is None:
            request = TypeRequest(plan.run_id, plan.tenant_id, entry.key, plan.bases[entry.key], reply.checkpoint)
            reply = await backup_type(
                through_json(request),
                entry,
                client=self.client,
                stores=stores,
                cloud=self.cloud,
                budget=60.0,
                clock=utc_now,
            )
        return reply.result

    async def lines(self, results: Results, entry: ObjectType) -> list[bytes]:
        """The records of a type as they lie in storage, in an order of their own."""
        stores = self._newest or self.stores
        return sorted([line async for line in json_lines(stores.of(entry).stream(results[entry.key].file))])

    async def records(self, results: Results, entry: ObjectType) -> list[dict[str, Any]]:
        return [json.loads(line) for line in await self.lines(results, entry)]

    async def events(self, key: str) -> list[str]:
        """The ids of a log's events, as often as each is stored."""
        found: list[str] = []
        blobs = (self._newest or self.stores).blobs
        async for name in blobs.list(f"{self.tenant.tenant_id}/_logs/{key}/"):
            found += [json.loads(line)["id"] async for line in json_lines(blobs.stream(name))]
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

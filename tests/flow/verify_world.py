"""Verification as the orchestration does it, call by call, over real backups; and the hand that damages them.

`verify` walks the real generator and gives every call JSON, as its history would. Damage is done with Azure's own
clients: the product writes a blob once and could not.
"""

import json
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from functions.catalogue.logs import DIRECTORY_AUDITS
from functions.catalogue.model import ObjectType
from functions.clock import iso
from functions.core.manifest import Manifest
from functions.core.runid import run_id
from functions.core.verify import Finding, Tally
from functions.settings import Secret, Settings
from functions.storage.open import Stores
from functions.storage.reports import ReportRow
from functions.upkeep.verify_activities import called
from functions.upkeep.verify_flow import VerifyState, verify_backups
from functions.upkeep.verify_messages import VerifyRequest
from tests.flow.backup_world import NOT_FOUND, Given, Vault, listed, open_vault
from tests.flow.log_world import Log
from tests.flow.way_back import forgetful, open_storage

type Json = dict[str, Any]
type Before = Callable[[str, Json], None]


class Stopped(Exception):
    """The orchestration called for something that a test forbids."""


@dataclass
class Walk:
    """A Durable context that calls activities at once and passes over its timers."""

    given: Any
    now: Any
    statuses: list[Json] = field(default_factory=list)
    continued: Any = None

    @property
    def current_utc_datetime(self) -> Any:
        return self.now

    def get_input(self) -> Any:
        return self.given

    def set_custom_status(self, status: Any) -> None:
        self.statuses.append(json.loads(json.dumps(status)))

    def call_activity(self, name: str, input_: Any = None) -> Any:
        return ("activity", name, json.loads(json.dumps(input_)))

    def create_timer(self, fire_at: Any) -> Any:
        return ("timer", fire_at, None)

    def continue_as_new(self, input_: Any) -> None:
        self.continued = json.loads(json.dumps(input_))


@dataclass
class Verified:
    """How a verification ended: its report, and what the orchestration returned."""

    report: ReportRow
    tally: Tally
    calls: list[str]
    statuses: list[Json]

    @property
    def findings(self) -> list[Finding]:
        return [msgspec.convert(one, Finding) for one in self.report.findings]

    @property
    def damage(self) -> list[Finding]:
        return [one for one in self.findings if one.damage]


@dataclass
class Keeper:
    """One vault, its verification, and its damage. `before` is called before every activity and may raise."""

    vault: Vault
    settings: Settings
    blobs: BlobServiceClient
    tables: TableServiceClient
    before: Before = lambda name, given: None
    stores: Stores | None = None

    async def verify(self, depth: str = "readable", *runs: str, due: bool = False) -> Verified:
        self.vault.now += timedelta(seconds=1)
        request = VerifyRequest(
            report_id=run_id(self.vault.now),
            tenant_id=self.vault.tenant,
            depth=depth,  # type: ignore[arg-type]
            runs=runs,
            due=due,
            started_by="test",
        )
        given: Any = msgspec.to_builtins(VerifyState(request=request))
        calls: list[str] = []
        statuses: list[Json] = []
        while True:
            walk = Walk(given, self.vault.now)
            result = await self._walk(walk, calls)
            statuses += walk.statuses
            if walk.continued is None:
                break
            given = walk.continued
        [report] = await self.vault.stores.reports.newest("verify")
        assert report.report_id == request.report_id
        return Verified(report, msgspec.convert(result, Tally), calls, statuses)

    async def _walk(self, walk: Walk, calls: list[str]) -> Any:
        flow = verify_backups(walk)
        answer: Any = None
        failure: Exception | None = None
        while True:
            try:
                asked = flow.throw(failure) if failure else flow.send(answer)
            except StopIteration as end:
                return end.value
            answer = failure = None
            kind, name, given = asked
            if kind == "timer":
                continue
            calls.append(name)
            try:
                answer = await self.call(name, given)
            except Exception as error:  # noqa: BLE001 - what the SDK hands the orchestrator is no narrower
                failure = Exception(str(error))

    async def call(self, name: str, given: Json) -> Json:
        self.before(name, given)
        stores = self.stores or self.vault.stores
        found = await called(name, given, settings=self.settings, stores=stores, clock=self.vault.clock)
        return dict(json.loads(json.dumps(found)))

    # damage
    def container(self, name: str = "snapshots") -> ContainerClient:
        return self.blobs.get_container_client(name)

    async def bytes_of(self, name: str, container: str = "snapshots") -> bytes:
        return await (await self.container(container).download_blob(name)).readall()

    async def put(self, name: str, data: bytes, container: str = "snapshots") -> None:
        await self.container(container).upload_blob(name, data, overwrite=True)

    async def flip(self, name: str, at: int = -1, mask: int = 0x10, container: str = "snapshots") -> None:
        data = bytearray(await self.bytes_of(name, container))
        data[at if at >= 0 else len(data) // 2] ^= mask
        await self.put(name, bytes(data), container)

    async def cut(self, name: str, left: int, container: str = "snapshots") -> None:
        await self.put(name, (await self.bytes_of(name, container))[:left], container)

    async def delete(self, name: str, container: str = "snapshots") -> None:
        await self.container(container).delete_blob(name)

    async def names(self, run: str) -> list[tuple[str, str]]:
        """(container, name) of all files of a run."""
        prefix = f"{self.vault.tenant}/{run}/"
        return [
            (container, name)
            for container in ("snapshots", "secrets")
            async for name in self.container(container).list_blob_names(name_starts_with=prefix)
        ]

    async def drop_run(self, run: str, *, row: bool) -> None:
        for container, name in await self.names(run):
            await self.delete(name, container)
        if row:
            await self.drop_row(run)

    async def drop_row(self, run: str) -> None:
        async for entity in self.rows("Runs", f"PartitionKey eq '{self.vault.tenant}' and RunId eq '{run}'"):
            await self.tables.get_table_client("Runs").delete_entity(entity)

    async def rows(self, table: str, where: str) -> AsyncIterator[Any]:
        async for entity in self.tables.get_table_client(table).query_entities(where):
            yield entity

    async def version(self, key: str, identity: str, run: str) -> Any:
        """One row of the table Versions."""
        low, high = f"{self.vault.tenant}|{key}|", f"{self.vault.tenant}|{key}}}"
        where = f"PartitionKey ge '{low}' and PartitionKey lt '{high}' and Id eq '{identity}' and Run eq '{run}'"
        [entity] = [one async for one in self.rows("Versions", where)]
        return entity

    async def change_version(self, key: str, identity: str, run: str, **columns: Any) -> None:
        entity = await self.version(key, identity, run)
        await self.tables.get_table_client("Versions").update_entity({**entity, **columns}, mode="replace")

    async def drop_version(self, key: str, identity: str, run: str) -> None:
        await self.tables.get_table_client("Versions").delete_entity(await self.version(key, identity, run))

    async def verified_at(self, run: str) -> str:
        return (await self.vault.stores.runs.get(run)).verified_at

    @property
    def now(self) -> str:
        return iso(self.vault.now)


@asynccontextmanager
async def open_keeper(connection: str, vault: Vault, **settings: Any) -> AsyncIterator[Keeper]:
    told = Settings(
        tenant_id=vault.tenant,
        graph_url=vault.graph.url or "http://127.0.0.1:1",
        graph_token=Secret("token"),
        storage_connection=Secret(connection),
        **settings,
    )
    async with (
        BlobServiceClient.from_connection_string(connection) as blobs,
        TableServiceClient.from_connection_string(connection) as tables,
    ):
        yield Keeper(vault, told, blobs, tables)


DEVICES = ObjectType(key="devices", title="Devices", path="/devices", volatile=frozenset({"seenAt"}))
GROUPS = ObjectType(key="groups", title="Groups", path="/groups")
KEYS = ObjectType(key="bitlockerRecoveryKeys", title="Keys", path="/keys", private=True)
ENTRIES = (DEVICES, GROUPS, KEYS, DIRECTORY_AUDITS)
DEPTHS = ("present", "readable")


@dataclass
class Tenant:
    """A small tenant that changes from run to run, with enough devices for several members of a file."""

    vault: Vault
    keeper: Keeper
    devices: dict[str, int] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    runs: list[Manifest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.log = Log(self.vault)
        self.vault.graph.answer = self.answer
        self.devices = {f"d{number:03}": 0 for number in range(60)}
        self.groups = {"g1": ["d001", "d002"], "g2": ["d003"]}
        self.keys = {"k1": "secret one", "k2": "secret two"}

    def answer(self, path: str) -> Given:
        if path.startswith(("/auditLogs", "/subscribedSkus")):
            return self.log.answer(path)
        if path.count("/") > 1:
            return NOT_FOUND  # one object asked for by its id: it is gone
        if path.startswith("/devices"):
            return listed(
                [
                    {"id": one, "displayName": one, "seenAt": f"{version}", "text": self.filling(one, version)}
                    for one, version in self.devices.items()
                ]
            )
        if path.startswith("/groups"):
            return listed(
                [
                    {"id": one, "@relationships": {"members": [{"id": m, "type": "device"} for m in members]}}
                    for one, members in self.groups.items()
                ]
            )
        if path.startswith("/keys"):
            return listed([{"id": one, "key": text} for one, text in self.keys.items()])
        return NOT_FOUND

    @staticmethod
    def filling(identity: str, version: int) -> str:
        return random.Random(f"{identity}{version}").randbytes(4000).hex()

    async def run(self) -> Manifest:
        number = len(self.runs)
        self.log.add(f"event{number}", hours=1 + number)
        self.runs.append(await self.vault.run(*ENTRIES))
        assert all(result.whole for result in self.runs[-1].types.values())
        return self.runs[-1]

    async def three(self) -> None:
        """Three runs: something created, changed and deleted in each; an object that comes back."""
        await self.run()
        self.devices["d001"] += 1
        del self.devices["d002"], self.keys["k2"]
        self.devices["new"] = 0
        self.groups["g1"].append("d009")
        await self.run()
        self.devices |= {"d002": 0, "d001": 2}
        del self.devices["d050"]
        self.keys |= {"k1": "secret three", "k3": "x"}
        await self.run()

    def copied(self, vault: Vault, keeper: Keeper) -> "Tenant":
        """The same tenant in other hands: what is done to one of the two the other does not know."""
        other = Tenant(vault, keeper)
        other.devices, other.groups, other.keys = dict(self.devices), deepcopy(self.groups), dict(self.keys)
        other.runs, other.log.events = list(self.runs), dict(self.log.events)
        return other


type Built = Callable[[], Awaitable[Tenant]]


@asynccontextmanager
async def built(connection: str, build: Callable[[Tenant], Awaitable[object]]) -> AsyncIterator[Built]:
    """A tenant that is built once. Each call gives it as it was then, whatever was done to the one before: its storage
    is put back, and nothing in memory is shared but connections. One at a time."""
    identity = str(uuid.uuid4())
    async with (
        open_vault(connection, identity) as vault,
        open_keeper(connection, vault) as keeper,
        open_storage(connection, identity) as storage,
    ):
        first = Tenant(vault, keeper)
        await build(first)
        state = await storage.look()

        async def again() -> Tenant:
            await storage.make(state)
            vault.graph.asked.clear()
            vault.graph.calls.clear()
            mine = replace(vault, stores=forgetful(vault.stores, identity))
            return first.copied(mine, Keeper(mine, keeper.settings, keeper.blobs, keeper.tables))

        yield again


def named(findings: list[Finding]) -> list[tuple[str, str, str, str]]:
    return [(one.code, one.run, one.type, one.name) for one in findings]


def short(name: str, manifest: Manifest) -> str:
    return f"{manifest.tenant_id}/{manifest.run_id}/{name}"


async def rewritten(tenant: Tenant, run: Manifest, change: Callable[[Json], None]) -> None:
    """The manifest of the newest run, as another writer would have written it: its row vouches for it."""
    name = short("manifest.json", run)
    told = json.loads(await tenant.keeper.bytes_of(name))
    change(told)
    data = json.dumps(told).encode()
    await tenant.keeper.put(name, data)
    table = tenant.keeper.tables.get_table_client("Runs")
    where = f"PartitionKey eq '{run.tenant_id}' and RunId eq '{run.run_id}'"
    async for entity in tenant.keeper.rows("Runs", where):
        await table.update_entity({**entity, "ManifestSha256": sha256(data).hexdigest()}, mode="replace")

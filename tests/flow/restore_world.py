"""A tenant to damage and bring back: the emulated tenant as a process, stores on Azurite, the product's own modules.

The administrator of the tests speaks to the tenant over HTTP, as anybody would; backup and restore go through the
undecorated functions that the activities call.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from functions.backup import run_activities, type_activity
from functions.backup.live import live_record
from functions.backup.messages import BackupRequest, CommitRequest, TypeReply, TypeRequest
from functions.backup.read import record_as_of
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType, Relationship
from functions.clock import utc_now
from functions.core.diff import same, shape
from functions.core.links_remap import referred, remapped
from functions.core.plan import Item, Plan, Step
from functions.core.plan_registry import rules_of
from functions.core.record import RELATIONSHIPS, Object
from functions.core.runid import run_id
from functions.graph.client import GraphClient
from functions.graph.factory import reader, restorer
from functions.restore import flow, start, view
from functions.restore.apply import Progress, Tools, apply_steps
from functions.restore.quota import Quota
from functions.restore.scope import One, PlanRequest
from functions.restore.settle import Settle
from functions.settings import Secret, Settings
from functions.storage.open import Stores, open_stores
from tests.flow.restore_plans import kept, planned

KEYS = ("users", "groups", "conditionalAccessPolicies", "namedLocations")
CA = "/v1.0/identity/conditionalAccess"
ADMIN = "restore-operator"


class Durable:
    """A Durable client that only notes what it was asked to start; a test then walks the plan itself."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.running: set[str] = set()

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: Any) -> str:
        assert orchestration_function_name == flow.ORCHESTRATION
        self.started.append(instance_id)
        return instance_id

    async def get_status(self, instance_id: str) -> Any:
        if instance_id not in self.running:
            return None
        state = type("Status", (), {"value": "Running"})
        return type("Instance", (), {"runtime_status": state})


@dataclass
class World:
    http: httpx.AsyncClient
    settings: Settings
    stores: Stores
    reader: GraphClient
    restorer: GraphClient
    durable: Durable = field(default_factory=Durable)
    runs: set[str] = field(default_factory=set)
    domain: str = ""

    # the administrator
    async def call(self, method: str, path: str, body: object = None, *, ok: bool = True) -> Any:
        reply = await self.http.request(method, path, json=body)
        assert reply.is_success or not ok, f"{method} {path}: {reply.status_code} {reply.text}"
        if not reply.is_success:
            return None
        return reply.json() if reply.content else None

    async def user(self, name: str, **more: object) -> str:
        body = {
            "accountEnabled": True,
            "displayName": name,
            "mailNickname": name,
            "userPrincipalName": f"{name}@{self.domain}",
            "passwordProfile": {"password": "Start-with-7-this", "forceChangePasswordNextSignIn": True},
            **more,
        }
        return str((await self.call("POST", "/v1.0/users", body))["id"])

    async def group(self, name: str, members: Sequence[str] = (), owners: Sequence[str] = (), **more: object) -> str:
        nickname = "".join(letter for letter in name if letter.isalnum())
        body = {"displayName": name, "mailEnabled": False, "mailNickname": nickname, "securityEnabled": True, **more}
        made = str((await self.call("POST", "/v1.0/groups", body))["id"])
        for link, targets in (("members", members), ("owners", owners)):
            for target in targets:
                await self.link(made, link, target)
        return made

    async def link(self, group: str, link: str, target: str) -> None:
        ref = {"@odata.id": f"{self.settings.graph_url}/v1.0/directoryObjects/{target}"}
        await self.call("POST", f"/v1.0/groups/{group}/{link}/$ref", ref)

    async def purge(self, collection: str, identity: str) -> None:
        await self.call("DELETE", f"/v1.0/{collection}/{identity}")
        await self.call("DELETE", f"/v1.0/directory/deletedItems/{identity}")

    async def ids(self, group: str, link: str) -> set[str]:
        return {item["id"] for item in (await self.call("GET", f"/v1.0/groups/{group}/{link}?$select=id"))["value"]}

    async def writes(self, after: int = 0) -> list[dict[str, Any]]:
        return list((await self.call("GET", f"/_admin/audit?after={after}"))["writes"])

    async def mark(self) -> int:
        """The number of the last write so far."""
        return max((write["number"] for write in await self.writes()), default=0)

    # the product
    async def backup(self, *keys: str) -> str:
        """A committed run of these types, by default those of the tests about people and policies."""
        keys = keys or KEYS
        run = run_id(utc_now(), self.runs.__contains__)
        self.runs.add(run)
        request = BackupRequest(run, self.settings.tenant_id, keys, "test")
        plan = await run_activities.open_run(request, stores=self.stores, clock=utc_now)
        results = {}
        for key in keys:
            request_of_type = TypeRequest(run, self.settings.tenant_id, key, plan.bases[key])
            reply = TypeReply()
            while reply.result is None:
                request_of_type = msgspec.structs.replace(request_of_type, checkpoint=reply.checkpoint)
                reply = await type_activity.backup_type(
                    request_of_type,
                    TYPES[key],
                    client=self.reader,
                    stores=self.stores,
                    cloud=self.settings.cloud,
                    budget=60,
                    clock=utc_now,
                )
            assert reply.result.whole, reply.result.gaps
            results[key] = reply.result
        commit = CommitRequest(plan, results)
        done = await run_activities.commit_run(commit, stores=self.stores, cloud=self.settings.cloud, clock=utc_now)
        assert done.state == "committed"
        await self.stores.runs.committed(fresh=True)
        return run

    async def plan(self, key: str, identity: str, run: str = "", **options: Any) -> Plan:
        """A plan for one object. `options` are those of a PlanRequest; `mode` stands for its `match`."""
        return await self.plan_scope(type=key, id=identity, run=run, **options)

    async def plan_of(self, things: Sequence[tuple[str, str]], run: str = "", **options: Any) -> Plan:
        """A plan for some objects, by type and id."""
        return await self.plan_scope(objects=tuple(One(*thing) for thing in things), run=run, **options)

    async def plan_scope(self, *, mode: str = "add", **request: Any) -> Plan:
        """A plan of any scope, as the API makes it."""
        whole = {name: tuple(value) if isinstance(value, frozenset) else value for name, value in request.items()}
        asked = PlanRequest(match=mode, **whole)  # type: ignore[arg-type]
        return await planned(asked, self.stores, self.reader, self.restorer, self.settings, ADMIN)

    async def keep(self, found: Sequence[Item], *, page: int = 100) -> Plan:
        """A plan of these items."""
        return await kept(found, self.stores, self.settings, ADMIN, page=page)

    async def items(self, plan: Plan) -> list[Item]:
        """All items of a plan."""
        return [item for ref in plan.pages for item in await self.stores.plans.page(plan.plan_id, ref.page)]

    async def steps(self, plan: Plan) -> list[Step]:
        """All steps of a plan."""
        return [step for item in await self.items(plan) for step in item.steps]

    async def claim(self, plan: Plan) -> None:
        await start.start(self.durable, self.stores, plan.plan_id, ADMIN, utc_now)

    def tools(self, **given: Any) -> Tools:
        """What the activity works with."""
        usual: dict[str, Any] = {
            "stores": self.stores,
            "reader": self.reader,
            "restorer": self.restorer,
            "settings": self.settings,
            "settle": Settle(interval=0.01, reads=2, tries=20),
            "quota": Quota(1_000_000, 16),
            "clock": utc_now,
            "budget": 60.0,
        }
        return Tools(**{**usual, **given})

    async def walk(self, plan: Plan, *, again: bool = False, **tools: Any) -> Progress:
        """One call of the activity."""
        return await apply_steps(plan.plan_id, self.tools(**tools), again=again)

    async def apply(self, plan: Plan, **tools: Any) -> dict[str, Any]:
        await self.claim(plan)
        progress = await self.walk(plan, **tools)
        assert progress.done
        return await self.view(plan)

    async def restore(self, key: str, identity: str, run: str = "", **options: Any) -> dict[str, Any]:
        """Plans and applies; what was done."""
        return await self.apply(await self.plan(key, identity, run, **options))

    async def view(self, plan: Plan) -> dict[str, Any]:
        """The plan as it stands: its state and counters, its items, all their steps and gaps one after another, and
        the id that the first object has now."""
        row = await self.stores.plans.get(plan.plan_id)
        tally = await view.tally_of(self.stores, row)
        shown = await view.items_view(self.stores, row, await self.stores.plans.head_of(row), 1, plan.items)
        return {
            "state": view.state_of(row, utc_now).value,
            "error": row.error,
            "progress": view.progress_view(row, tally),
            "items": shown,
            "steps": [step for item in shown for step in item["steps"]],
            "gaps": [gap for item in shown for gap in item["gaps"]],
            "liveId": shown[0]["liveId"] if shown else "",
        }

    async def differences(self, key: str, identity: str, run: str = "", live_id: str = "") -> dict[str, Any]:
        """What a backup's record of an object says and the live one does not: property or relationship → (record,
        live). Ids that were given anew count as the old ones; properties that the service moves by itself do not."""
        entry = TYPES[key]
        found = await record_as_of(self.stores, key, identity, run)
        assert found is not None
        record = msgspec.json.decode(found.data)
        ids = await self.stores.ids.resolve(
            [identity, *(one.id for one in referred(record, entry)), *_aliases(record, entry)]
        )
        live = await live_record(self.reader, entry, live_id or ids[identity], self.settings)
        assert live is not None, f"{key} {identity} is not in the tenant"
        return differing(remapped(record, entry, ids), live.record, entry)


def differing(record: Object, live: Object, entry: ObjectType) -> dict[str, Any]:
    """Property or relationship → both values, where they do not say the same; of writable ones alone."""
    assert entry.restore is not None
    normal = rules_of(entry.key).normal
    left, right = normal(shape(record, entry)), normal(shape(live, entry))
    names = sorted((entry.restore.create | entry.restore.update) & left.keys())
    found: dict[str, Any] = {
        name: (left[name], right.get(name)) for name in names if not same(left[name], right.get(name))
    }
    for relationship in entry.relationships:
        held, there = (_of(thing, relationship) for thing in (record, live))
        if relationship.restorable and held is not None and held != there:
            found[relationship.name] = (held, there)
    return found


def _of(thing: Object, relationship: Relationship) -> Any:
    held = thing.get(RELATIONSHIPS)
    values = held.get(relationship.name) if isinstance(held, dict) else None
    if not isinstance(values, list):
        return None
    if relationship.part is None:
        return sorted(str(one["id"]) for one in values)
    chosen = (relationship.part.create | relationship.part.update) - {relationship.part.identity}
    return sorted(
        json.dumps({k: v for k, v in one.items() if k in chosen and v not in (None, [], "")}, sort_keys=True)
        for one in values
    )


def _aliases(record: Object, entry: ObjectType) -> list[str]:
    return [value for place in entry.aliases if isinstance(value := record.get(place), str)]


@asynccontextmanager
async def open_world(connection: str, data: Path, *, seed: int = 11) -> AsyncIterator[World]:
    """The id of the tenant, and so what is stored of it, follows from the seed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.tenant", "--data", str(data), "--users", "25", "--seed", str(seed)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        ready = json.loads(await process.stdout.readline())
        settings = Settings(
            tenant_id=ready["tenantId"],
            graph_url=ready["graphUrl"],
            cloud="local",
            graph_token=Secret("local-token"),
            storage_connection=Secret(connection),
            restore_enabled=True,
        )
        stores = await open_stores(settings)
        clients = reader(settings, pace=0.01), restorer(settings, pace=0.01)
        headers = {"authorization": "Bearer local-token"}
        async with httpx.AsyncClient(base_url=settings.graph_url, headers=headers, timeout=30) as http:
            world = World(http, settings, stores, *clients)
            organization = (await world.call("GET", "/v1.0/organization"))["value"][0]
            world.domain = next(d["name"] for d in organization["verifiedDomains"] if d["isDefault"])
            yield world
        for client in clients:
            await client.aclose()
        await stores.aclose()
    finally:
        process.terminate()
        await process.wait()

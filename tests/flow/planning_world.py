"""A tenant, its backups and its planner: the emulated tenant as a process, Azurite, the product's own modules."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import msgspec

from functions.catalogue import TYPES
from functions.clock import iso, utc_now
from functions.core.manifest import Manifest
from functions.core.plan import Item, Plan
from functions.graph.client import GraphClient
from functions.graph.factory import reader, restorer
from functions.restore.planning import Tools, make_plan
from functions.restore.scope import PlanRequest
from functions.settings import Secret, Settings
from functions.storage.open import open_stores
from functions.storage.plans import PlanRow, PlanState, new_plan_id
from tests.flow.company_world import Company
from tests.tenant_process import TOKEN, tenant_process

PEOPLE = ("users", "groups", "administrativeUnits")


@dataclass
class World(Company):
    settings: Settings = None  # type: ignore[assignment]  # given by open_world
    restorer: GraphClient = None  # type: ignore[assignment]
    impatient: GraphClient = None  # type: ignore[assignment]  # a reader that tries nothing twice
    domain: str = ""

    async def call(self, method: str, path: str, body: object = None, *, ok: bool = True) -> Any:
        """What an administrator does."""
        reply = await self.http.request(method, path, json=body)
        assert reply.is_success or not ok, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.is_success and reply.content else None

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

    async def group(self, name: str, members: Sequence[str] = ()) -> str:
        body = {"displayName": name, "mailEnabled": False, "mailNickname": name, "securityEnabled": True}
        made = str((await self.call("POST", "/v1.0/groups", body))["id"])
        for member in members:
            await self.link("groups", made, "members", member)
        return made

    async def link(self, kind: str, source: str, link: str, target: str) -> None:
        ref = {"@odata.id": f"{self.settings.graph_url}/v1.0/directoryObjects/{target}"}
        method = "PUT" if link == "manager" else "POST"
        await self.call(method, f"/v1.0/{kind}/{source}/{link}/$ref", ref)

    async def purge(self, kind: str, identity: str) -> None:
        await self.call("DELETE", f"/v1.0/{kind}/{identity}")
        await self.call("DELETE", f"/v1.0/directory/deletedItems/{identity}")

    @property
    def tools(self) -> Tools:
        return Tools(
            stores=self.stores, reader=self.client, restorer=self.restorer, settings=self.settings, clock=utc_now
        )

    async def plan(self, *, caller: str = "", begun: bool = False, **asked: Any) -> Plan:
        """A plan as the API makes one."""
        request = msgspec.convert(asked, PlanRequest)
        row = PlanRow(plan_id=new_plan_id(utc_now()), created_by="test", created_at=iso(utc_now()))
        if begun:
            await self.stores.plans.begin(msgspec.structs.replace(row, state=PlanState.PLANNING))
        return await make_plan(request, row, self.tools, caller=caller, begun=begun)

    async def items(self, plan: Plan) -> list[Item]:
        """Every item of a plan, in order."""
        pages = [await self.stores.plans.page(plan.plan_id, page.page) for page in plan.pages]
        return [item for page in pages for item in page]

    async def backup(self, *keys: str) -> Manifest:
        made = await self.run(*(TYPES[key] for key in keys or PEOPLE))
        await self.stores.runs.committed(fresh=True)
        return made


@asynccontextmanager
async def open_world(azurite: str, data: Path, *, users: int = 20, seed: int = 5) -> AsyncIterator[World]:
    async with tenant_process(data, users=users, seed=seed, tenant_id=str(uuid.uuid4())) as tenant:
        settings = Settings(
            tenant_id=tenant.tenant_id,
            graph_url=tenant.url,
            cloud="global",
            graph_token=Secret(TOKEN),
            storage_connection=Secret(azurite),
            restore_enabled=True,
            graph_retry_limit=3,
        )
        stores = await open_stores(settings)
        hasty = replace(settings, graph_retry_limit=0)
        clients = reader(settings, pace=0.0), restorer(settings, pace=0.0), reader(hasty, pace=0.0)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        try:
            async with httpx.AsyncClient(base_url=tenant.url, headers=headers, trust_env=False, timeout=120) as http:
                world = World(
                    tenant, stores, clients[0], http, settings=settings, restorer=clients[1], impatient=clients[2]
                )
                organization = (await world.call("GET", "/v1.0/organization"))["value"][0]
                world.domain = next(d["name"] for d in organization["verifiedDomains"] if d["isDefault"])
                yield world
        finally:
            for client in clients:
                await client.aclose()
            await stores.aclose()

"""Tenants to restore: made, backed up and damaged by an administrator who works in batches.

In: an emulated tenant on a loopback address and a storage account. Out: committed runs, and what the tenant held before
and holds after, for whoever has to compare. Nothing here is measured.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace

from functions.backup.messages import BackupRequest, CommitRequest, TypeReply, TypeRequest
from functions.backup.run_activities import commit_run, open_run
from functions.backup.type_activity import backup_type
from functions.catalogue import TYPES
from functions.clock import utc_now
from functions.core.runid import run_id
from functions.graph.factory import reader
from functions.settings import Secret, Settings
from functions.storage.open import open_stores
from local.processes import Child

CLOUD, TOKEN = "local", "local-token"
KEYS = ("users", "groups")
_BATCH, _BATCHES = 20, 4
_START = {"password": "Start-with-7-this", "forceChangePasswordNextSignIn": True}

type Call = tuple[str, str, Any]  # method, path, body


def settings_of(url: str, tenant: str, storage: str, **more: Any) -> Settings:
    """The settings of an app that looks after this tenant."""
    return Settings(
        tenant_id=tenant,
        graph_url=url,
        cloud=CLOUD,
        graph_token=Secret(TOKEN),
        storage_connection=Secret(storage),
        restore_enabled=True,
        **more,
    )


@dataclass
class Tenant:
    """A running tenant and its administrator."""

    url: str
    id: str
    storage: str
    http: httpx.AsyncClient
    runs: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        return settings_of(self.url, self.id, self.storage)

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """One call. Raises HTTPStatusError."""
        reply = (await self.http.request(method, path, json=body)).raise_for_status()
        return reply.json() if reply.content else None

    async def switch(self, **switches: object) -> None:
        """Changes standing behaviours of the emulated service."""
        await self.call("PATCH", "/_admin/switches", switches)

    async def mastered_here(self) -> list[str]:
        """The ids of the live users that no directory elsewhere writes."""
        return [one["id"] for one in await self._state("user") if not one["object"].get("onPremisesSyncEnabled")]

    async def called(self, prefix: str) -> list[str]:
        """The ids of the live users whose address begins so."""
        users = await self._state("user")
        return [one["id"] for one in users if one["object"]["userPrincipalName"].startswith(prefix)]

    async def domain(self) -> str:
        """The default domain."""
        organization = (await self.call("GET", "/v1.0/organization"))["value"][0]
        return next(str(one["name"]) for one in organization["verifiedDomains"] if one["isDefault"])

    async def send(self, calls: Iterable[Call]) -> list[Any]:
        """Many calls in batches, some batches at once: the bodies of the answers. Raises SystemExit for a refusal."""
        free = asyncio.Semaphore(_BATCHES)

        async def one(part: tuple[Call, ...]) -> list[Any]:
            requests = [
                {"id": str(n), "method": method, "url": path}
                | ({"body": body, "headers": {"Content-Type": "application/json"}} if body else {})
                for n, (method, path, body) in enumerate(part)
            ]
            async with free:
                answer = await self.call("POST", "/v1.0/$batch", {"requests": requests})
            replies = sorted(answer["responses"], key=lambda reply: int(reply["id"]))
            if refused := [reply for reply in replies if reply["status"] >= 300]:
                raise SystemExit(f"the administrator was refused: {refused[0]}")
            return [reply.get("body") for reply in replies]

        parts = await asyncio.gather(*map(one, batched(calls, _BATCH, strict=False)))
        return [body for part in parts for body in part]

    async def backup(self) -> str:
        """A committed run of users and groups."""
        run = run_id(utc_now(), self.runs.__contains__)
        self.runs.add(run)
        stores, client = await open_stores(self.settings), reader(self.settings, spacing=0.0)
        try:
            plan = await open_run(BackupRequest(run, self.id, KEYS, "bench"), stores=stores, clock=utc_now)
            results = {}
            for key in KEYS:
                request, reply = TypeRequest(run, self.id, key, plan.bases[key]), TypeReply()
                while reply.result is None:
                    request = replace(request, checkpoint=reply.checkpoint)
                    reply = await backup_type(
                        request, TYPES[key], client=client, stores=stores, cloud=CLOUD, budget=3600, clock=utc_now
                    )
                results[key] = reply.result
            done = await commit_run(CommitRequest(plan, results), stores=stores, cloud=CLOUD, clock=utc_now)
            if done.state != "committed":
                raise SystemExit(f"the run {done.state}: {done.error}")
        finally:
            await client.aclose()
            await stores.aclose()
        return run

    async def people(self, name: str, count: int) -> list[str]:
        """New users."""
        domain = await self.domain()
        return [
            one["id"] for one in await self.send(("POST", "/users", person(f"{name}{n}", domain)) for n in range(count))
        ]

    async def groups(self, name: str, members: list[list[str]]) -> list[str]:
        """New security groups with these members."""
        made = await self.send(("POST", "/groups", group(f"{name}{n}")) for n in range(len(members)))
        ids = [str(one["id"]) for one in made]
        await self.send(
            (
                "PATCH",
                f"/groups/{one}",
                {"members@odata.bind": [f"{self.url}/v1.0/directoryObjects/{id}" for id in some]},
            )
            for one, who in zip(ids, members, strict=True)
            for some in batched(who, _BATCH, strict=False)
        )
        return ids

    async def purge(self, key: str, ids: list[str]) -> None:
        """Deletes objects for good."""
        await self.send(("DELETE", f"/{key}/{one}", None) for one in ids)
        await self.send(("DELETE", f"/directory/deletedItems/{one}", None) for one in ids)

    async def memberships(self, prefix: str) -> dict[str, frozenset[str]]:
        """Group → the addresses of its members, of groups whose name begins so: the same whatever ids they have."""
        names = {one["id"]: one["object"]["userPrincipalName"] for one in await self._state("user")}
        groups = {one["object"]["displayName"]: one["links"].get("members", []) for one in await self._state("group")}
        return {
            name: frozenset(names[member] for member in members if member in names)
            for name, members in groups.items()
            if name.startswith(prefix)
        }

    async def _state(self, kind: str) -> list[dict[str, Any]]:
        text = (await self.http.get(f"/_admin/state/{kind}")).raise_for_status().text
        return [one for line in text.splitlines() if not (one := json.loads(line))["deleted"]]


@asynccontextmanager
async def running(data: Path, storage: str, **sizes: int) -> AsyncIterator[Tenant]:
    """An emulated tenant of its own as a process."""
    arguments = ["--data", str(data), "--tenant-id", str(uuid.uuid4()), "--token", TOKEN]
    arguments += [f"--{name}={size}" for name, size in sizes.items()]
    child = Child("local.tenant", arguments, log=data.with_suffix(".log"), patience=900)
    url, headers = str(child.ready["graphUrl"]), {"Authorization": f"Bearer {TOKEN}"}
    try:
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=300) as http:
            yield Tenant(url, str(child.ready["tenantId"]), storage, http)
    finally:
        child.stop()


def person(name: str, domain: str) -> dict[str, Any]:
    """A user with the properties that most have."""
    return {
        "accountEnabled": True,
        "displayName": f"{name} Østergård",
        "givenName": name,
        "surname": "Østergård",
        "mailNickname": name,
        "userPrincipalName": f"{name}@{domain}",
        "passwordProfile": _START,
        "jobTitle": "Specialist",
        "department": "Research",
        "companyName": "Contoso",
        "city": "Ljubljana",
        "country": "Slovenia",
        "usageLocation": "SI",
        "officeLocation": "Building 4, floor 2",
        "employeeId": f"E-{name}",
    }


def group(name: str) -> dict[str, Any]:
    """A security group."""
    words = {"displayName": name, "description": "Who works on it", "mailNickname": name}
    return {**words, "mailEnabled": False, "securityEnabled": True}

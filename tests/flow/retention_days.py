"""Four days of backups that retention has something to do with: built once for a file of tests, and put back for each.

A test says what storage refuses with `harm`; from then on it is reached through a proxy, until `heal`.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from functions.backup.messages import RunPlan
from functions.catalogue.model import ObjectType
from functions.core.manifest import TypeResult
from functions.core.names import SECRETS, SNAPSHOTS, manifest_name
from functions.settings import Settings
from functions.storage import objects, runs, versions
from functions.storage.open import Stores, open_stores
from tests.contract.storage.proxy import Harm, Proxy, Which
from tests.flow.backup_world import NOT_FOUND, Given, Vault, listed, open_vault
from tests.flow.retention_world import START, History, settings_of
from tests.flow.way_back import State, Storage, forgetful, open_storage

DEVICES = ObjectType(key="devices", title="Devices", path="/devices")
GROUPS = ObjectType(key="groups", title="Groups", path="/groups")
KEYS = ObjectType(key="contacts", title="Recovery keys", path="/keys", private=True)
RULES = {
    "keep_all_days": 1,
    "keep_daily": 2,
    "keep_weekly": 0,
    "keep_monthly": 0,
    "keep_yearly": 0,
    "retention_notice": 86400.0,
}


@dataclass
class _Built:
    """What a world was when it had been built."""

    storage: State
    runs: list[str]
    now: datetime
    memory: dict[str, Any]


@dataclass
class Place:
    """The connections that all worlds of a file of tests share, and the worlds that were built in it."""

    vault: Vault
    settings: Settings
    storage: Storage
    proxy: Proxy
    proxied: Stores
    built: dict[str, _Built] = field(default_factory=dict)

    def world(self) -> "World":
        """With nothing in it."""
        vault = replace(self.vault, stores=forgetful(self.vault.stores, self.vault.tenant))
        world = World(vault, self.settings, (DEVICES, GROUPS, KEYS), place=self)
        self.vault.graph.answer = world.answer
        return world


@dataclass
class World(History):
    """A tenant as the test says it is."""

    place: Place = field(kw_only=True)
    objects: dict[str, dict[str, str]] = field(default_factory=dict)  # path → id → name
    refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._direct = self.vault.stores

    @property
    def looking(self) -> Stores:
        return self._direct

    @property
    def proxy(self) -> Proxy:
        return self.place.proxy

    def harm(self, which: Which, how: Harm, times: int = 1) -> None:
        """From here on storage does what it does on a bad day."""
        self.vault.stores = forgetful(self.place.proxied, self.vault.tenant)
        self.proxy.harm(which, how, times)

    def heal(self) -> None:
        self.proxy.heal()
        self.vault.stores = self._direct = forgetful(self._direct, self.vault.tenant)

    async def quiet(self) -> None:
        """Waits until what was still being sent when a call failed has been answered, too."""
        seen = -1
        while seen != len(self.proxy.seen):
            seen = len(self.proxy.seen)
            await asyncio.sleep(0.3)

    def answer(self, path: str) -> Given:
        where = path.partition("?")[0]
        if where in self.refused:
            return 403, {"error": {"code": "Authorization_RequestDenied", "message": "No."}}
        if where not in self.objects:
            return NOT_FOUND
        return listed([{"id": one, "displayName": name} for one, name in self.objects[where].items()])

    def later(self, **by: float) -> None:
        self.vault.now += timedelta(**by)

    async def built(self, name: str, build: Callable[["World"], Any]) -> list[str]:
        """Has this world become one that was built before, or builds it."""
        known = self.place.built.get(name)
        if known is None:
            await self.place.storage.make({})
            runs = await build(self)
            known = _Built(await self.place.storage.look(), runs, self.vault.now, self._memory())
            self.place.built[name] = known
        else:
            await self.place.storage.make(known.storage)
            self.vault.now = known.now
        for part, value in deepcopy(known.memory).items():
            setattr(self, part, value)
        return list(known.runs)

    def _memory(self) -> dict[str, Any]:
        parts = ("objects", "refused", "records", "manifests", "blobs", "cut")
        return {part: deepcopy(getattr(self, part)) for part in parts}


@asynccontextmanager
async def world_of(place: Place) -> AsyncIterator[World]:
    """A world of a place for one test. Nothing of it is under way any more when the next one begins."""
    world, before = place.world(), len(place.proxy.seen)
    yield world
    if len(place.proxy.seen) > before:
        await world.quiet()
        world.heal()


@asynccontextmanager
async def open_place(azurite: str) -> AsyncIterator[Place]:
    tenant = str(uuid.uuid4())
    async with (
        Proxy(azurite) as proxy,
        open_vault(azurite, tenant) as vault,
        open_storage(azurite, tenant) as storage,
    ):
        vault.now = START - timedelta(minutes=1)
        settings = settings_of(tenant, azurite, **RULES)
        proxied = await open_stores(settings_of(tenant, proxy.connection_string))
        try:
            yield Place(vault, settings, storage, proxy, proxied)
        finally:
            await proxied.aclose()


async def four_days(world: World) -> list[str]:
    """Eight runs with a change of every kind; most of them are due after the last."""
    return await world.built("four days", _four_days)


async def due(world: World) -> list[str]:
    """The same runs a day later: their notice has passed."""
    return await world.built("due", _due)


async def _four_days(world: World) -> list[str]:
    devices = {"a": "Anna", "b": "Bert", "c": "Cleo", "d": "Dora", "e": "Emil"}
    world.objects = {"/devices": devices, "/groups": {"g": "Crew"}, "/keys": {"k": "First", "m": "Lasts"}}
    made = [await world.back_up()]
    days: list[list[Any]] = [
        [lambda: devices.update(b="Berta"), lambda: devices.pop("c")],
        [lambda: devices.update(c="Cleo"), lambda: world.refused.add("/groups")],
        [lambda: devices.pop("d"), lambda: world.objects["/keys"].update(k="Second")],
        [lambda: devices.update(f="Finn"), lambda: world.refused.clear(), lambda: devices.update(b="Bea")],
        [lambda: devices.pop("f"), lambda: devices.update(d="Dorothea"), lambda: world.objects["/keys"].pop("k")],
        [lambda: devices.pop("e"), lambda: world.objects["/groups"].update(g="Team")],
        [lambda: devices.update(a="Ann")],
    ]
    for changes in days:
        world.later(hours=12)
        for change in changes:
            change()
        made.append(await world.back_up())
    return made


async def _due(world: World) -> list[str]:
    made = await four_days(world)
    step = await world.retain()
    assert (step.counts.due, step.counts.removed) == (5, 0)
    world.later(hours=25)
    return made


async def state(world: World) -> State:
    """All that lies in storage of the tenant, save reports."""
    return await world.place.storage.look((SNAPSHOTS, SECRETS), (runs.TABLE, versions.TABLE, objects.TABLE))


async def read(world: World, plan: RunPlan) -> dict[str, TypeResult]:
    """What a run reads of each type."""
    return {entry.key: await world.vault.read(plan, entry) for entry in world.entries}


async def note(world: World, plan: RunPlan) -> None:
    """Takes a run into the history that was not made by `back_up`."""
    run = plan.run_id
    world.manifests[run] = await world.stores.blobs.get(manifest_name(world.vault.tenant, run))
    world.records[run] = {entry.key: await world.read_back(entry, run) for entry in world.entries}

"""Two months of backups with retention, and what must be true of them after every pass.

`History` keeps what each run read, from the snapshot files themselves and never from the index; `check` compares all
that is left with it. The tenant is the emulated one, changed over HTTP as an administrator would.
"""

import gzip
import json
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import msgspec

from functions.backup.read import record_as_of
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType
from functions.core.manifest import Manifest, read_manifest
from functions.core.names import manifest_name, removed_name, snapshot_name
from functions.core.runid import inverted, run_id
from functions.settings import Secret, Settings
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores
from functions.storage.runs import RunState
from functions.storage.versions import VersionRow
from functions.upkeep.retention_flow import stepped
from functions.upkeep.retention_step import RetentionStep
from tests.flow.backup_world import Vault, vault_of
from tests.tenant_process import TOKEN, TenantProcess, tenant_process

USERS, GROUPS, BIN = TYPES["users"], TYPES["groups"], TYPES["deletedUsers"]
# No private type of the catalogue can be changed over HTTP, so one that can be is taken for private.
PLACES = replace(TYPES["namedLocations"], private=True)
EVERY = (USERS, GROUPS, BIN, PLACES)
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class History:
    """The vault of one tenant, and what was true of it run by run."""

    vault: Vault
    settings: Settings
    entries: Sequence[ObjectType] = EVERY
    records: dict[str, dict[str, dict[str, bytes]]] = field(default_factory=dict)  # run → type → id → record
    manifests: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)  # those that were read once: none ever changes
    cut: dict[tuple[str, int, int], bytes] = field(default_factory=dict)  # what lies at a place of them
    seen: dict[str, str] = field(default_factory=dict)  # the manifests that were read, with their tags

    @property
    def stores(self) -> Stores:
        return self.vault.stores

    @property
    def looking(self) -> Stores:
        """Where `check` looks."""
        return self.vault.stores

    async def back_up(self, *entries: ObjectType) -> str:
        """A run, and what it read."""
        manifest = await self.vault.run(*(entries or self.entries))
        run = manifest.run_id
        self.manifests[run] = await self.stores.blobs.get(manifest_name(self.vault.tenant, run))
        self.records[run] = {}
        for entry in entries or self.entries:
            if manifest.types[entry.key].listed:
                self.records[run][entry.key] = await self.read_back(entry, run)
        return run

    async def read_back(self, entry: ObjectType, run: str) -> dict[str, bytes]:
        """The records of a type in a run, by id, from its file."""
        text = gzip.decompress(await self.stores.of(entry).get(snapshot_name(self.vault.tenant, run, entry.key)))
        return {json.loads(line)["id"]: line for line in (one.rstrip(b",") for one in text.split(b"\n")[1:-2])}

    async def retain(self, **rules: Any) -> RetentionStep:
        """A pass from start to end; each step gets what its caller's history holds."""
        settings = replace(self.settings, **rules)
        step = RetentionStep(run_id(self.vault.now), "test")
        while not step.done:
            step = await stepped(
                msgspec.convert(json.loads(msgspec.json.encode(step)), RetentionStep),
                settings,
                self.stores,
                self.vault.clock,
            )
        return step

    # ---- what must be true -------------------------------------------------------------------------------------------

    async def there(self) -> list[str]:
        """The runs that are there, oldest first."""
        return sorted(await self.looking.runs.committed(fresh=True), key=inverted, reverse=True)

    async def check(self, *, through: int = 1) -> None:
        """Everything. So many objects of each type are also asked for as a caller would."""
        there = await self.there()
        listed = [await self._listed(blobs) for blobs in self.looking.containers]
        names = [set(some) for some in listed]
        await self._chain(there, listed[0])
        self._no_leftovers(there, names)
        for entry in self.entries:
            rows = await self._rows(entry, there, names[entry.private])
            held = {run: self._as_of(entry, run) for run in there}
            for run in there:
                self._compared(entry, run, held, rows)
            await self._searched(entry, there, rows)
            if not entry.private:
                await self._asked(entry, there, held, through)

    async def _listed(self, blobs: BlobStore) -> dict[str, str]:
        """Every name with the tag of what lies there."""
        found = blobs._container.list_blobs(name_starts_with=f"{self.vault.tenant}/")
        return {one.name: str(one.etag) async for one in found}

    async def _chain(self, there: Sequence[str], tags: Mapping[str, str]) -> None:
        kept = {run: manifest_name(self.vault.tenant, run) for run in there}
        ordered = sorted(self.manifests, key=inverted)
        for run in ordered:
            name = kept.get(run) or removed_name(self.vault.tenant, run)
            if name not in tags or self.seen.get(name) != tags[name]:  # one that nobody wrote since is as it was
                assert await self.looking.blobs.get(name) == self.manifests[run]
                self.seen[name] = tags[name]
        parsed = [read_manifest(self.manifests[run]) for run in ordered]
        for newer, older in pairwise(parsed):
            assert newer.previous is not None
            assert newer.previous.run_id == older.run_id
            assert newer.previous.sha256 == sha256(self.manifests[older.run_id]).hexdigest()
        for run in there:  # whatever a run that is there is built on is there
            assert set(read_manifest(self.manifests[run]).bases.values()) <= set(there)

    def _no_leftovers(self, there: Sequence[str], names: Sequence[set[str]]) -> None:
        every = {name for some in names for name in some}
        folders = {name.split("/")[1] for name in every}
        assert folders - {"_removed"} == set(there)
        gone = self.manifests.keys() - set(there)
        assert {name for name in every if "/_removed/" in name} == {
            removed_name(self.vault.tenant, run) for run in gone
        }

    async def _rows(self, entry: ObjectType, there: Sequence[str], names: set[str]) -> dict[str, list[VersionRow]]:
        """All rows of a type by object, newest first; each leads to its record, in a run that is there."""
        found: dict[str, list[VersionRow]] = {}
        async for _, rows in self.looking.versions.timelines(entry.key):
            found[rows[0].id] = rows
        for row in (one for rows in found.values() for one in rows):
            assert row.blob in names, f"{entry.key} {row.id} of {row.run} leads to {row.blob}"
            assert row.blob.split("/")[1] in there
            data = await self._read(entry, row)
            assert bool(row.digest) is not entry.private
            assert row.digest in ("", sha256(data).hexdigest())
        return found

    async def _read(self, entry: ObjectType, row: VersionRow) -> bytes:
        place = (row.blob, row.offset, row.at)
        if place not in self.cut:
            if row.blob not in self.blobs:
                self.blobs[row.blob] = await self.looking.of(entry).get(row.blob)
            text = gzip.decompress(self.blobs[row.blob][row.offset : row.offset + row.length])
            self.cut[place] = text[row.at : row.at + row.size]
        return self.cut[place]

    def _as_of(self, entry: ObjectType, run: str) -> dict[str, bytes]:
        """The list of a type as a run found it, or the newest run before it that had it."""
        older = [one for one in self.records if inverted(one) >= inverted(run) and entry.key in self.records[one]]
        return self.records[min(older, key=inverted)][entry.key] if older else {}

    def _compared(self, entry: ObjectType, run: str, held: dict[str, dict[str, bytes]], rows: Any) -> None:
        """What the index says as of a run, against what was read."""
        for identity in {one for some in self.records.values() for one in some.get(entry.key, ())}:
            valid = next((row for row in rows.get(identity, ()) if inverted(row.run) >= inverted(run)), None)
            expected, deleted = _expected(identity, run, held)
            if expected is None:
                assert valid is None, f"{entry.key} {identity} as of {run}"
                continue
            assert valid is not None, f"{entry.key} {identity} as of {run}"
            assert (valid.change == "deleted") is deleted
            assert self.cut[valid.blob, valid.offset, valid.at] == expected, f"{entry.key} {identity} as of {run}"

    async def _searched(self, entry: ObjectType, there: Sequence[str], rows: dict[str, list[VersionRow]]) -> None:
        counted = await self.looking.runs.counted(fresh=True)
        found, _ = await self.looking.objects.search(entry.key, "", deleted=None, top=5000, committed=counted)
        now = self._as_of(entry, there[-1])
        ever = {identity for run in there for identity in self._as_of(entry, run)}
        assert {one.id for one in found if not one.deleted} == now.keys()
        assert {one.id for one in found if one.deleted} == ever - now.keys()
        assert len(found) == len(ever)
        assert rows.keys() == ever
        for one in found:
            assert one.name == rows[one.id][0].name
        partition = f"{self.vault.tenant}|{entry.key}"
        async for name in self.looking.tables.query("Objects", f"PartitionKey eq '{partition}'"):
            assert name["Name"] in {row.name for row in rows[name["Id"]]}, "a name that no version has"

    async def _asked(self, entry: ObjectType, there: Sequence[str], held: Any, through: int) -> None:
        every = sorted({identity for run in there for identity in held[run]})
        for identity in random.Random(len(there)).sample(every, min(through, len(every))):
            every_run = {run: _expected(identity, run, held) for run in there}
            for run in _edges(every_run):
                found = await record_as_of(self.looking, entry.key, identity, run)
                expected, deleted = every_run[run]
                assert (found and found.data, bool(found and found.deleted)) == (expected, deleted)


def _edges[T](by_run: Mapping[str, T]) -> list[str]:
    """The runs at which something begins or ends: in between nothing can be other than at both of them."""
    runs, told = list(by_run), list(by_run.values())
    return [
        run
        for at, run in enumerate(runs)
        if at in (0, len(runs) - 1) or told[at] != told[at - 1] or told[at] != told[at + 1]
    ]


def _expected(identity: str, run: str, held: dict[str, dict[str, bytes]]) -> tuple[bytes | None, bool]:
    """The record as of a run; of an object that was gone by then, what the last run that is there had of it."""
    if identity in held[run]:
        return held[run][identity], False
    older = [one for one in held if inverted(one) > inverted(run) and identity in held[one]]
    return (held[min(older, key=inverted)][identity], True) if older else (None, False)


@dataclass
class Administrator:
    """Changes the tenant at random, the same way every time."""

    http: httpx.AsyncClient
    chance: random.Random
    domain: str = ""
    gone: list[str] = field(default_factory=list)
    made: int = 0

    async def call(self, method: str, path: str, body: object = None) -> Any:
        reply = await self.http.request(method, path, json=body)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.content else None

    async def ids(self, path: str) -> list[str]:
        """Those that may be changed here."""
        listed = (await self.call("GET", path))["value"]
        return sorted(one["id"] for one in listed if not one.get("onPremisesSyncEnabled"))

    async def begin(self) -> None:
        found = await self.call("GET", "/v1.0/organization")
        self.domain = found["value"][0]["verifiedDomains"][0]["name"]

    async def user(self) -> str:
        self.made += 1
        name = f"new{self.made}"
        body = {
            "accountEnabled": True,
            "displayName": f"New {self.made}",
            "mailNickname": name,
            "userPrincipalName": f"{name}@{self.domain}",
            "passwordProfile": {"password": "Start-with-7-this", "forceChangePasswordNextSignIn": True},
        }
        return str((await self.call("POST", "/v1.0/users", body))["id"])

    async def half_a_day(self) -> None:
        """A few changes of every kind."""
        users, chance = await self.ids("/v1.0/users?$select=id,onPremisesSyncEnabled&$top=900"), self.chance
        if chance.random() < 0.7:
            name = f"Renamed {chance.randrange(1000)}"
            await self.call("PATCH", f"/v1.0/users/{chance.choice(users)}", {"displayName": name})
        if chance.random() < 0.5:
            await self.call("PATCH", f"/v1.0/users/{chance.choice(users)}", {"jobTitle": f"{chance.randrange(1000)}"})
        if chance.random() < 0.3:
            await self.user()
        if chance.random() < 0.35:
            lost = chance.choice(users)
            if await self._deleted(lost):
                self.gone.append(lost)
        if self.gone and chance.random() < 0.3:  # the same object again, under its id
            await self.call("POST", f"/v1.0/directory/deletedItems/{self.gone.pop()}/restore")
        groups = await self.ids("/v1.0/groups?$select=id,onPremisesSyncEnabled")
        if chance.random() < 0.4:
            group, text = chance.choice(groups), f"{chance.randrange(1000)}"
            await self.http.patch(f"/v1.0/groups/{group}", json={"description": text})
        await self._places()

    async def _deleted(self, user: str) -> bool:
        return (await self.http.delete(f"/v1.0/users/{user}")).is_success

    async def _places(self) -> None:
        path, chance = "/v1.0/identity/conditionalAccess/namedLocations", self.chance
        places = await self.ids(path)
        kind = "#microsoft.graph.countryNamedLocation"
        if chance.random() < 0.3 or not places:
            self.made += 1
            body = {"@odata.type": kind, "displayName": f"Place {self.made}", "countriesAndRegions": ["AT"]}
            await self.call("POST", path, body)
        elif chance.random() < 0.3:
            body = {"@odata.type": kind, "displayName": f"Place {self.made} {chance.randrange(1000)}"}
            await self.http.patch(f"{path}/{chance.choice(places)}", json=body)
        elif chance.random() < 0.15:
            await self.http.delete(f"{path}/{chance.choice(places)}")


@asynccontextmanager
async def open_history(
    azurite: str, data: Path, tenant_id: str, *, users: int = 20, **rules: Any
) -> AsyncIterator[tuple[History, Administrator, TenantProcess]]:
    async with (
        tenant_process(data, users=users, tenant_id=tenant_id) as tenant,
        vault_of(azurite, tenant_id, tenant.url) as vault,
        httpx.AsyncClient(
            base_url=tenant.url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=30
        ) as http,
    ):
        vault.now = START - timedelta(minutes=1)
        administrator = Administrator(http, random.Random(7))
        await administrator.begin()
        yield History(vault, settings_of(tenant_id, azurite, **rules)), administrator, tenant


def settings_of(tenant_id: str, azurite: str, **rules: Any) -> Settings:
    """Short rules, so that two months go through all of them."""
    short = {"keep_all_days": 3, "keep_daily": 7, "keep_weekly": 4, "keep_monthly": 2, "keep_yearly": 1}
    return Settings(
        tenant_id=tenant_id,
        graph_url="http://127.0.0.1:1",
        storage_connection=Secret(azurite),
        **{"retention_mode": "prune", "retention_notice": 0.0, **short, **rules},
    )


async def states(stores: Stores) -> dict[str, RunState]:
    """Every run with its state."""
    return {row.run_id: row.state async for row in stores.runs.of_states(*RunState)}


def parsed(history: History, run: str) -> Manifest:
    return read_manifest(history.manifests[run])

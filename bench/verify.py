"""`python -m bench.verify [--objects N] [--runs N] [--part P]`: what verification and retention cost.

Synthetic backups in an Azurite of its own, each part in a process of its own: `files` reads a run of N records through,
`index` compares rows and names with it as well, `runs` reads so many small runs, `rows` is a pass of retention that
points the rows of N objects to another run. Prints one line of JSON a part: seconds, what was done, peak memory.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from functions.backup.run_activities import summary
from functions.catalogue.model import Outcome
from functions.clock import iso
from functions.core import names
from functions.core.gzipped import ArrayWriter
from functions.core.manifest import Manifest, Previous, TypeResult, manifest_digest, write_manifest
from functions.core.runid import run_id
from functions.core.toc import Entry, write_toc
from functions.settings import Secret, Settings
from functions.storage.naming import ObjectChange
from functions.storage.open import Stores, open_stores
from functions.storage.runs import RunState
from functions.storage.versions import VersionRow
from functions.upkeep.retention import RetentionStep
from functions.upkeep.retention_flow import stepped
from functions.upkeep.verify_activities import called
from functions.upkeep.verify_flow import VerifyState, verify_backups
from functions.upkeep.verify_messages import VerifyRequest
from local.azurite import Azurite

ROOT = Path(__file__).parents[1]
PARTS = ("files", "index", "runs", "rows")
KEY = "users"
TENANT = "99999999-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
WORDS = random.Random(7).randbytes(30_000).hex()  # what records are filled with: it compresses by a half


def settings_of(storage: str, **more: Any) -> Settings:
    """The app's settings, with the default time budget."""
    return Settings(
        tenant_id=TENANT,
        graph_url="http://127.0.0.1:1",
        graph_token=Secret("none"),
        storage_connection=Secret(storage),
        **more,
    )


class Writer:
    """Writes runs as a backup leaves them, without a tenant."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.previous: Previous | None = None

    async def run(self, at: datetime, objects: int, *, rows: bool = False) -> str:
        """A run of so many users; the rows are those of the first run, in which all of them are new."""
        run = run_id(at)
        file, toc = names.snapshot_name(TENANT, run, KEY), names.toc_name(TENANT, run, KEY)
        entries: list[Entry] = []
        size, digest = await self._put(file, _records(objects, entries))
        toc_size, toc_digest = await self._put(toc, write_toc(sorted(entries, key=lambda one: one.id)))
        result = TypeResult(
            outcome=Outcome.READ,
            objects=objects,
            file=file,
            bytes=size,
            sha256=digest,
            toc=toc,
            toc_bytes=toc_size,
            toc_sha256=toc_digest,
        )
        manifest = Manifest(
            product="bench",
            tenant_id=TENANT,
            cloud="global",
            run_id=run,
            started_at=iso(at),
            ended_at=iso(at),
            started_by="bench",
            previous=self.previous,
            types={KEY: result},
            bases={KEY: run},
        )
        data = write_manifest(manifest)
        self.previous = Previous(run, manifest_digest(data))
        await self.stores.blobs.put(names.manifest_name(TENANT, run), data, content_type="application/json")
        await self.stores.runs.start(run, started_at=iso(at))
        if rows:
            await self.stores.versions.write(KEY, (_version(run, file, one) for one in entries))
            changes = (ObjectChange(one.id, one.name, "created", run) for one in entries)
            await self.stores.objects.write(KEY, changes, first=True)
        await self.stores.runs.finish(
            run,
            RunState.COMMITTED,
            ended_at=iso(at),
            types=summary(manifest.types),
            manifest_sha256=manifest_digest(data),
        )
        return run

    async def _put(self, name: str, pieces: Iterator[bytes]) -> tuple[int, str]:
        ids, size, digest = list[str](), 0, sha256()
        for piece in pieces:
            ids.append(f"{len(ids):016x}")
            await self.stores.blobs.stage(name, ids[-1], piece)
            size += len(piece)
            digest.update(piece)
        await self.stores.blobs.commit(name, ids, content_type="application/gzip")
        return size, digest.hexdigest()


def _records(objects: int, entries: list[Entry]) -> Iterator[bytes]:
    writer, waiting = ArrayWriter(placing=True), list[tuple[str, str, str]]()
    for number in range(objects + 1):
        if number < objects:
            identity, name = f"{number:08d}-0000-4000-8000-000000000000", f"Person {number}"
            start = number * 37 % 58_000
            record = {"displayName": name, "filler": WORDS[start : start + 1400], "id": identity}
            data = msgspec.json.encode(record)
            waiting.append((identity, name, sha256(data).hexdigest()))
            writer.add(data)
        else:
            writer.close()
        for member in writer.placed():
            for (identity, name, digest), (at, size) in zip(waiting, member.items, strict=False):
                entries.append(Entry(identity, name, digest, member.offset, member.length, at, size))
            del waiting[: len(member.items)]
        if writer.waiting > 1 << 20 or number == objects:
            yield writer.take()


def _version(run: str, blob: str, one: Entry) -> VersionRow:
    return VersionRow(
        id=one.id,
        change="created",
        name=one.name,
        run=run,
        blob=blob,
        offset=one.offset,
        length=one.length,
        at=one.at,
        size=one.size,
        digest=one.digest,
    )


class _Walk:
    """A Durable context that makes each call at once and notes how large what is handed over becomes."""

    def __init__(self, given: Any) -> None:
        self.given = given
        self.continued: Any = None
        self.current_utc_datetime = NOW

    def get_input(self) -> Any:
        return self.given

    def set_custom_status(self, status: Any) -> None:
        pass

    def call_activity(self, name: str, input_: Any = None) -> Any:
        return name, input_

    def create_timer(self, fire_at: Any) -> Any:
        raise RuntimeError("a call failed, or waits for others")

    def continue_as_new(self, input_: Any) -> None:
        self.continued = input_


async def verify(settings: Settings, stores: Stores, runs: tuple[str, ...], depth: str) -> dict[str, float]:
    """One verification, call by call."""
    request = VerifyRequest(
        report_id=run_id(NOW),
        tenant_id=TENANT,
        depth=depth,  # type: ignore[arg-type]
        runs=runs,
        started_by="bench",
    )
    given: Any = msgspec.to_builtins(VerifyState(request=request))
    calls = payload = 0
    took: dict[str, float] = {}
    while given is not None:
        walk = _Walk(given)
        flow, answer = verify_backups(walk), None
        while True:
            try:
                name, asked = flow.send(answer)
            except StopIteration as end:
                given, result = walk.continued, end.value
                break
            begun = time.monotonic()
            answer = await called(name, asked, settings=settings, stores=stores, clock=lambda: NOW)
            took[name] = took.get(name, 0.0) + time.monotonic() - begun
            payload = max(payload, len(json.dumps(asked)), len(json.dumps(answer)))
            calls += 1
    if result["found"]:
        raise RuntimeError(f"found {result['found']}")
    seconds = {f"{name}Seconds": round(spent, 1) for name, spent in took.items()}
    return {"calls": calls, "payloadBytes": payload, **seconds, **result["counts"]}


async def retain(settings: Settings, stores: Stores) -> dict[str, float]:
    """A pass that lets the oldest of three runs go."""
    step, calls = RetentionStep(run_id(NOW), "bench"), 0
    while not step.done:
        step, calls = await stepped(step, settings, stores, lambda: NOW), calls + 1
    if step.error or step.counts.removed != 1:
        raise RuntimeError(f"{step.error or step.counts}")
    return {"calls": calls, "moved": step.counts.rows_moved}


async def write(part: str, storage: str, objects: int, runs: int) -> None:
    """The world of a part."""
    stores = await open_stores(settings_of(storage))
    try:
        writer = Writer(stores)
        if part == "runs":
            for number in range(runs):
                await writer.run(NOW - timedelta(hours=12 * (runs - number)), 3, rows=number == 0)
            return
        if part == "rows":
            await writer.run(NOW - timedelta(days=300), objects, rows=True)
            await writer.run(NOW - timedelta(days=1), objects)
            await writer.run(NOW - timedelta(hours=12), objects)
            return
        await writer.run(NOW - timedelta(days=1), objects, rows=part == "index")
    finally:
        await stores.aclose()


async def measured(part: str, storage: str) -> dict[str, float]:
    """What a part costs in this process."""
    rules: dict[str, Any] = {"keep_daily": 3, "keep_weekly": 0, "keep_monthly": 0, "keep_yearly": 0}
    settings = settings_of(storage, retention_mode="prune", retention_notice=0.0, keep_all_days=2, **rules)
    stores = await open_stores(settings)
    try:
        there = tuple([one async for one in _runs(stores)])
        rest, begun = peak(), time.monotonic()
        if part == "rows":
            found = await retain(settings, stores)
        else:
            found = await verify(settings, stores, there if part == "files" else (), "readable")
        return {"seconds": round(time.monotonic() - begun, 1), "restMb": rest, "peakMb": peak(), **found}
    finally:
        await stores.aclose()


async def _runs(stores: Stores) -> AsyncIterator[str]:
    async for row in stores.runs.briefly():
        yield row.run_id


def peak() -> float:
    """The most memory this process has had, in MB. Not `ru_maxrss`: that begins with what the parent had."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return round(int(line.split()[1]) * 1024 / 1e6, 1)


def main() -> None:
    """Writes the world, then measures in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--measure", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        [part] = options.part
        print(json.dumps(asyncio.run(measured(part, options.measure))))
        return
    for part in options.part or PARTS:
        with Azurite() as azurite:
            asyncio.run(write(part, azurite.connection_string, options.objects, options.runs))
            command = [sys.executable, "-m", "bench.verify", "--part", part, "--measure", azurite.connection_string]
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            print(part, done.stdout.strip().splitlines()[-1], flush=True)


if __name__ == "__main__":
    main()

"""The beginning of a verification: which runs there are, whether they are in one chain, and what is to be looked at.

In: the request. Out: findings about runs, and the work to do, set down in a blob. Manifests are read a few at a time,
and only what the chain needs is kept of them.
"""

import asyncio
import secrets
from collections.abc import Iterable
from datetime import timedelta
from itertools import batched

import msgspec

from functions.clock import Clock, iso, parse_iso
from functions.core import names
from functions.core.manifest import Manifest, manifest_digest, read_manifest
from functions.core.runid import inverted, is_run_id
from functions.core.verify import Tally
from functions.core.verify_chain import Facts, Kept, Place, Row, judge, lost
from functions.errors import BlobMissing, FormatError
from functions.storage.open import Stores
from functions.storage.runs import RunRow, RunState
from functions.upkeep.verify_logs import Unnamed, files_of_logs, unnamed_logs
from functions.upkeep.verify_messages import LogName, Opened, RunTask, VerifyRequest, Work
from functions.upkeep.verify_notes import tell

_AT_ONCE = 16


async def open_verification(request: VerifyRequest, *, stores: Stores, clock: Clock, again_days: int) -> Opened:
    """Judges the runs as a whole and says what to look at. Doing it again changes nothing. Raises StoreError."""
    rows = await _rows(stores)
    # Listed before the manifests are read: what is written meanwhile is not taken for a file that none names.
    unnamed: set[LogName] = set() if request.runs else await files_of_logs(request.tenant_id, stores)
    facts = await _facts(request.tenant_id, rows, stores, unnamed)
    settled = await _rows(stores)
    moved = {run for run in {*rows, *settled} if _state(rows.get(run)) is not _state(settled.get(run))}
    found = judge(facts)
    blamed = set(lost(found))
    silent = moved | {run for run, row in settled.items() if row.state is RunState.RUNNING}
    good = {run for run, kept in facts.manifests.items() if not kept.problem} - blamed
    logs, strays = await unnamed_logs(Unnamed(request.tenant_id, unnamed, good, silent), stores)
    tally = Tally().noting(
        one for one in [*found, *strays] if one.run not in moved and (not request.runs or one.run in request.runs)
    )
    tell(tally)
    there = [
        row
        for row in settled.values()
        if row.state is RunState.COMMITTED and row.run_id not in blamed and row.run_id in facts.manifests
    ]
    wanted = [row for row in there if not request.runs or row.run_id in request.runs]
    before = iso(clock() - timedelta(days=again_days))
    tasks = [RunTask(row.run_id, _to_read(request, row, before)) for row in wanted]
    for run, kept in () if request.runs else facts.manifests.items():
        gone = kept.place == "removed" and _state(settled.get(run)) in {RunState.REMOVED, None}
        if gone and kept.logs and run not in blamed:
            tasks.append(RunTask(run, _to_read(request, settled.get(run), before), removed=True))
    tasks += [RunTask(run, _to_read(request, settled.get(run), before), logs=some) for run, some in logs.items()]
    types: tuple[str, ...] = ()
    if request.depth == "readable" and not request.runs:
        types = tuple(sorted({key async for key in stores.versions.types()} | await _listed(request, there, stores)))
    work = f"{names.verify_work_prefix(request.tenant_id, request.report_id)}tasks.{secrets.token_hex(8)}.json"
    await stores.work.replace(work, msgspec.json.encode(Work(tuple(tasks), tuple(sorted(blamed)))))
    return Opened(work, len(tasks), types, tally)


async def read_work(name: str, stores: Stores) -> Work:
    """What the first call has left for the others. Raises StoreError."""
    return msgspec.json.decode(await stores.work.get(name), type=Work)


def _to_read(request: VerifyRequest, row: RunRow | None, before: str) -> bool:
    if request.depth != "readable":
        return False
    return not request.due or not row or not row.verified_at or iso(parse_iso(row.verified_at)) < before


def _state(row: RunRow | None) -> RunState | None:
    return row.state if row else None


async def _rows(stores: Stores) -> dict[str, RunRow]:
    """Every run that the table knows, newest first."""
    return {row.run_id: row async for row in stores.runs.briefly()}


async def _listed(request: VerifyRequest, there: list[RunRow], stores: Stores) -> set[str]:
    """The types whose lists the newest run is built on."""
    if not there:
        return set()
    newest = min(there, key=lambda row: inverted(row.run_id))
    return set(read_manifest(await stores.blobs.get(names.manifest_name(request.tenant_id, newest.run_id))).bases)


async def _facts(tenant: str, rows: dict[str, RunRow], stores: Stores, unnamed: set[LogName]) -> Facts:
    """Takes the files of logs that a manifest names out of `unnamed`."""
    folders: set[str] = set()
    for blobs in stores.containers:
        folders |= {folder async for folder in blobs.folders(f"{tenant}/") if is_run_id(folder)}
    removed: set[str] = set()
    async for name in stores.blobs.list(names.removed_name(tenant, "").removesuffix(".json")):
        if is_run_id(run := name.rpartition("/")[2].removesuffix(".json")):
            removed.add(run)
    manifests = await _manifests(tenant, folders, "there", stores, unnamed)
    manifests |= await _manifests(tenant, removed - manifests.keys(), "removed", stores, unnamed)
    known = {run: Row(row.state, row.manifest_sha256) for run, row in rows.items()}
    return Facts(tenant, known, frozenset(folders), manifests)


async def _manifests(
    tenant: str, runs: Iterable[str], place: Place, stores: Stores, unnamed: set[LogName]
) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for some in batched(sorted(runs), _AT_ONCE, strict=False):
        read = await asyncio.gather(*(_kept(tenant, run, place, stores, unnamed) for run in some))
        found |= {run: kept for run, kept in zip(some, read, strict=True) if kept is not None}
    return found


async def _kept(tenant: str, run: str, place: Place, stores: Stores, unnamed: set[LogName]) -> Kept | None:
    name = names.manifest_name if place == "there" else names.removed_name
    try:
        data = await stores.blobs.get(name(tenant, run))
    except BlobMissing:
        return None
    digest = manifest_digest(data)
    try:
        manifest = read_manifest(data)
    except FormatError as error:
        return Kept(place, digest, problem=error.message)
    previous = (manifest.previous.run_id, manifest.previous.sha256) if manifest.previous else None
    logs = _logs(manifest)
    unnamed -= logs
    return Kept(
        place, digest, previous, stranger=(manifest.tenant_id, manifest.run_id) != (tenant, run), logs=bool(logs)
    )


def _logs(manifest: Manifest) -> set[LogName]:
    return {
        (result.container, file.name)
        for result in manifest.types.values()
        for file in (result.log.files if result.log else ())
    }

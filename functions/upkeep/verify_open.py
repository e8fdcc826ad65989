"""The beginning of a verification: which runs there are, whether they are in one chain, and what is to be looked at.

In: the request. Out: findings about runs, and the work to do. Manifests are read a few at a time, and only what the
chain needs is kept of them.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from itertools import batched

from functions.clock import Clock, iso, parse_iso
from functions.core import names
from functions.core.manifest import manifest_digest, read_manifest
from functions.core.runid import inverted, is_run_id
from functions.core.verify import Tally
from functions.core.verify_chain import Facts, Kept, Place, Row, judge, lost
from functions.errors import BlobMissing, FormatError
from functions.storage.open import Stores
from functions.storage.runs import RunRow, RunState
from functions.upkeep.verify_messages import Opened, RunTask, VerifyRequest
from functions.upkeep.verify_notes import tell

_AT_ONCE = 16


async def open_verification(request: VerifyRequest, *, stores: Stores, clock: Clock, again_days: int) -> Opened:
    """Judges the runs as a whole and says what to look at. Doing it again changes nothing. Raises StoreError."""
    rows = await _rows(stores)
    facts = await _facts(request.tenant_id, rows, stores)
    settled = await _rows(stores)
    moved = {run for run in {*rows, *settled} if _state(rows.get(run)) is not _state(settled.get(run))}
    found = judge(facts)
    tally = Tally().noting(
        one for one in found if one.run not in moved and (not request.runs or one.run in request.runs)
    )
    tell(tally)
    blamed = {one.run for one in found if one.damage and one.code != "chainBroken"}
    there = [
        row
        for row in settled.values()
        if row.state is RunState.COMMITTED and row.run_id not in blamed and row.run_id in facts.manifests
    ]
    wanted = [row for row in there if not request.runs or row.run_id in request.runs]
    before = iso(clock() - timedelta(days=again_days))
    tasks = tuple(RunTask(row.run_id, _to_read(request, row, before)) for row in wanted)
    types: tuple[str, ...] = ()
    if request.depth == "readable" and not request.runs:
        types = tuple(sorted({key async for key in stores.versions.types()} | await _listed(request, there, stores)))
    return Opened(tasks, types, lost(found), tally)


def _to_read(request: VerifyRequest, row: RunRow, before: str) -> bool:
    if request.depth != "readable":
        return False
    return not request.due or not row.verified_at or iso(parse_iso(row.verified_at)) < before


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


async def _facts(tenant: str, rows: dict[str, RunRow], stores: Stores) -> Facts:
    folders: set[str] = set()
    for blobs in stores.containers:
        folders |= {folder async for folder in blobs.folders(f"{tenant}/") if is_run_id(folder)}
    removed: set[str] = set()
    async for name in stores.blobs.list(names.removed_name(tenant, "").removesuffix(".json")):
        if is_run_id(run := name.rpartition("/")[2].removesuffix(".json")):
            removed.add(run)
    manifests = await _manifests(tenant, folders, "there", stores)
    manifests |= await _manifests(tenant, removed - manifests.keys(), "removed", stores)
    known = {run: Row(row.state, row.manifest_sha256) for run, row in rows.items()}
    return Facts(tenant, known, frozenset(folders), manifests)


async def _manifests(tenant: str, runs: Iterable[str], place: Place, stores: Stores) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for some in batched(sorted(runs), _AT_ONCE, strict=False):
        read = await asyncio.gather(*(_kept(tenant, run, place, stores) for run in some))
        found |= {run: kept for run, kept in zip(some, read, strict=True) if kept is not None}
    return found


async def _kept(tenant: str, run: str, place: Place, stores: Stores) -> Kept | None:
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
    return Kept(place, digest, previous, stranger=(manifest.tenant_id, manifest.run_id) != (tenant, run))

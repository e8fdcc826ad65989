"""The first and the last activity of a run: `open_run` decides what is read and against what it is compared,
`commit_run` writes the manifest.

The manifest is the last write that counts: before it there is no run, after it the run is whole or says what it lacks.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from functions import VERSION, log
from functions.backup.flow import ACTIVITY_CRASHED
from functions.backup.messages import BackupRequest, CommitRequest, RunOutcome, RunPlan
from functions.backup.references import dangling
from functions.backup.referrers import write_referrers
from functions.backup.run_past import earlier_of
from functions.backup.run_told import tell_committed, tell_failed
from functions.backup.type_activity import INDEX_INCOMPLETE
from functions.catalogue import TYPES
from functions.clock import Clock, iso
from functions.core import names
from functions.core.manifest import (
    Gap,
    Manifest,
    Previous,
    Referrers,
    TypeResult,
    manifest_digest,
    read_manifest,
    write_manifest,
)
from functions.core.run_alerts import USUAL, Thresholds, run_alerts
from functions.core.runid import started
from functions.errors import BlobExists, BlobImmutable, BlobMissing, FormatError, IntegrityError
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores
from functions.storage.runs import RunState

PRODUCT = f"Lifeboat {VERSION}"
_PARTLY_INDEXED = {INDEX_INCOMPLETE, ACTIVITY_CRASHED}


async def open_run(request: BackupRequest, *, stores: Stores, clock: Clock, alerts: tuple[Gap, ...] = ()) -> RunPlan:
    """Clears what dead runs left, and says what this one reads. `alerts` are what a look ahead has found.

    Raises StoreError, FormatError.
    """
    started_at = iso(started(request.run_id))
    # First, because it refuses a run that has ended: a call delivered late must not bury the run that works now.
    await stores.runs.start(request.run_id, started_at=started_at, started_by=request.started_by)
    await _bury_dead_runs(request, stores, clock)
    previous, manifest, lost = await _past(request.tenant_id, stores)
    bases = manifest.bases if manifest else {}
    log.info(
        "run.opened", run=request.run_id, types=len(request.types), previous=previous.run_id if previous else "none"
    )
    return RunPlan(
        request.run_id,
        request.tenant_id,
        started_at,
        request.started_by,
        {key: bases.get(key, "") for key in request.types},
        bases,
        previous,
        (*alerts, *lost),
        await earlier_of(request.types, bases, stores),
        upgraded=manifest is not None and manifest.product != PRODUCT,
    )


async def _past(tenant: str, stores: Stores) -> tuple[Previous | None, Manifest | None, tuple[Gap, ...]]:
    """The newest committed run with a manifest, that manifest, and an alert for each newer one that has lost it."""
    alerts: list[Gap] = []
    async for run in stores.runs.committed_newest_first():
        try:
            data = await stores.blobs.get(names.manifest_name(tenant, run))
        except BlobMissing:
            log.warning("manifest.missing", run=run)
            alerts.append(
                Gap(
                    "manifestMissing",
                    f"the manifest of run {run} is gone, so this run is compared with an earlier one",
                    "Find out who deleted it; the storage account's versions and soft delete may still hold it",
                )
            )
            continue
        return Previous(run, manifest_digest(data)), read_manifest(data), tuple(alerts)
    return None, None, tuple(alerts)


async def _bury_dead_runs(request: BackupRequest, stores: Stores, clock: Clock) -> None:
    """Only one backup runs at a time, so any other run that says it is running is dead: killed for good, or purged."""
    for row in await stores.runs.running():
        run = row.run_id
        if run == request.run_id:
            continue
        if await stores.blobs.exists(names.manifest_name(request.tenant_id, run)):
            data = await stores.blobs.get(names.manifest_name(request.tenant_id, run))
            manifest = read_manifest(data)
            await stores.runs.finish(
                run,
                RunState.COMMITTED,
                ended_at=manifest.ended_at,
                types=summary(manifest.types),
                manifest_sha256=manifest_digest(data),
            )
            await _sweep_work(request.tenant_id, run, stores)
            continue
        log.warning("run.buried", run=run)
        await stores.versions.remove_run(run)
        await stores.objects.remove_run(run)
        await clear_run(request.tenant_id, run, stores)
        await _sweep_work(request.tenant_id, run, stores)
        await stores.runs.finish(
            run, RunState.FAILED, ended_at=iso(clock()), error="it stopped before its manifest was written"
        )


async def commit_run(
    request: CommitRequest, *, stores: Stores, cloud: str, clock: Clock, thresholds: Thresholds = USUAL
) -> RunOutcome:
    """Writes the manifest and says how the run ended. Doing it again changes nothing. Raises StoreError."""
    plan = request.plan
    for key, result in request.results.items():
        if any(gap.code in _PARTLY_INDEXED for gap in result.gaps):
            await _take_back(plan, key, stores)
    whole = [key for key, result in request.results.items() if result.whole]
    if not whole:
        reason = "; ".join(sorted({gap.message for result in request.results.values() for gap in result.gaps}))
        error = f"no type could be read: {reason[:1000]}"
        types = summary(request.results)
        await stores.runs.finish(plan.run_id, RunState.FAILED, ended_at=iso(clock()), types=types, error=error)
        await _sweep_work(plan.tenant_id, plan.run_id, stores)
        tell_failed(plan.run_id, request.results, error)
        return RunOutcome(plan.run_id, "failed", error)
    listed = [key for key, result in request.results.items() if result.listed]
    bases = plan.known_bases | dict.fromkeys(listed, plan.run_id)
    alerts = run_alerts(request.results, plan.earlier, plan.bases, thresholds, upgraded=plan.upgraded)
    found = await dangling(plan.tenant_id, plan.run_id, bases, TYPES, stores.blobs)
    referrers, unwritten = await _referrers(plan, listed, stores)
    manifest = Manifest(
        product=PRODUCT,
        tenant_id=plan.tenant_id,
        cloud=cloud,
        run_id=plan.run_id,
        started_at=plan.started_at,
        ended_at=iso(clock()),
        started_by=plan.started_by,
        previous=plan.previous,
        types={key: request.results[key] for key in TYPES if key in request.results},
        bases=bases,
        alerts=(
            *plan.alerts,
            *found.alerts,
            *unwritten,
            *(alert.gap for alert in alerts),
        ),
        references=found.references,
        referrers=referrers,
    )
    manifest, digest = await _written_once(manifest, stores)
    await stores.runs.finish(
        plan.run_id,
        RunState.COMMITTED,
        ended_at=manifest.ended_at,
        types=summary(manifest.types),
        manifest_sha256=digest,
    )
    await _sweep_work(plan.tenant_id, plan.run_id, stores)
    tell_committed(manifest, alerts)
    return RunOutcome(plan.run_id, "committed")


async def _referrers(plan: RunPlan, listed: list[str], stores: Stores) -> tuple[Referrers | None, tuple[Gap, ...]]:
    """The files that tell who names whom. They only save time: without them a restore reads the run through."""
    try:
        keys = [key for key in listed if key in TYPES]
        return await write_referrers(plan.tenant_id, plan.run_id, keys, TYPES, stores.blobs), ()
    except (BlobMissing, FormatError) as error:
        log.warning("referrers.unwritten", run=plan.run_id, reason=error)
        return None, (
            Gap(
                "referrersUnwritten",
                f"which records name which ids could not be written down: {error}",
                "Find out what happened to the file; the storage account's versions may still hold it",
            ),
        )


async def _take_back(plan: RunPlan, key: str, stores: Stores) -> None:
    """Removes what a type that failed has left under the run, before the run commits and makes it count."""
    manifest = names.manifest_name(plan.tenant_id, plan.run_id)
    if await stores.blobs.exists(manifest):
        return  # an earlier delivery of this call took it back, and committed
    log.warning("type.takenBack", run=plan.run_id, type=key)
    await stores.versions.remove_run(plan.run_id, key)
    await stores.objects.remove_run(plan.run_id, key)
    for blobs in stores.containers:
        for name in (names.snapshot_name, names.toc_name, names.volatile_name):
            await _removed(blobs, name(plan.tenant_id, plan.run_id, key))


async def _written_once(manifest: Manifest, stores: Stores) -> tuple[Manifest, str]:
    """The manifest as it lies in storage, and its SHA-256: an earlier delivery of the same call may have written it."""
    name = names.manifest_name(manifest.tenant_id, manifest.run_id)
    labels = {"tenant": manifest.tenant_id, "run": manifest.run_id, "outcome": "committed"}
    try:
        await stores.blobs.put(
            name, data := write_manifest(manifest), content_type="application/json", metadata=labels, tags=labels
        )
    except BlobExists:
        data = await stores.blobs.get(name)
        there = read_manifest(data)
        if there.types != manifest.types:
            raise IntegrityError(
                f"{name} exists already and says something else", remedy="Keep it, and start a new run"
            ) from None
        manifest = there
    return manifest, manifest_digest(data)


async def _sweep_work(tenant: str, run: str, stores: Stores) -> None:
    async for name in stores.work.list(names.work_prefix(tenant, run)):
        await stores.work.delete(name)


async def clear_run(tenant: str, run: str, stores: Stores) -> int:
    """Removes the files of a run that has no manifest. Returns how many the account's immutability has kept."""
    kept = 0
    for blobs in stores.containers:
        async for name in blobs.list(names.run_prefix(tenant, run)):
            kept += not await _removed(blobs, name)
    return kept


async def _removed(blobs: BlobStore, name: str) -> bool:
    """False where the account's immutability keeps the blob. No manifest names it: to every reader it is not there."""
    try:
        await blobs.delete(name)
    except BlobImmutable:
        log.info("blob.kept", name=name, reason="immutable")
        return False
    return True


def summary(types: Mapping[str, TypeResult]) -> dict[str, Any]:
    """For a row of a table, which has too little room for the files of a log: the manifest names them."""
    return {key: msgspec.to_builtins(replace(result, log=None)) for key, result in types.items()}

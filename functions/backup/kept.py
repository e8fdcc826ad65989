"""Runs that retention has removed: what is still known of them.

In: a run id. Out: its manifest, which is kept for ever, or the refusal to read from it, which says what became of it.
"""

from functions.core.manifest import Manifest, read_manifest
from functions.core.names import manifest_name, removed_name
from functions.errors import BlobMissing, CallerError, RowMissing
from functions.storage.blobs import BlobStore
from functions.storage.runs import Runs, RunState


async def manifest_of(blobs: BlobStore, tenant: str, run: str) -> Manifest:
    """The manifest of a run that is there or was removed. Raises BlobMissing, FormatError, StoreError."""
    try:
        data = await blobs.get(manifest_name(tenant, run))
    except BlobMissing as missing:
        try:
            data = await blobs.get(removed_name(tenant, run))
        except BlobMissing:
            raise missing from None
    return read_manifest(data)


async def unknown_run(runs: Runs, run: str) -> CallerError:
    """404 `unknownRun` for a run that cannot be read from, with the reason."""
    try:
        row = await runs.get(run)
    except RowMissing:
        return _unknown(f"There is no run {run}.")
    if row.state is RunState.PRUNING:
        return _unknown(f"Retention is removing run {run}.", _KEPT)
    if row.state is RunState.REMOVED:
        return _unknown(f"Retention removed run {run} at {row.removed_at}.", _KEPT)
    return _unknown(f"There is no committed run {run}: it is {row.state}.")


_KEPT = "GET /api/retention shows the runs that are there, and why each is"


def _unknown(message: str, remedy: str = "") -> CallerError:
    return CallerError(404, "unknownRun", message, remedy=remedy)

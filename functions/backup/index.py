"""The end of reading a type: its files committed, its table of contents written, its changes put into the index.

Everything here may be done twice with the same outcome: the files come from the block list of the checkpoint, the rows
from the scratch database that lies beside it.
"""

from collections.abc import AsyncIterator
from hashlib import sha256

from functions.backup.index_rows import write_rows
from functions.backup.messages import Checkpoint, TypeRequest
from functions.backup.reading import Report
from functions.backup.upload import Meter, commit_blocks, write_pieces
from functions.backup.workspace import Workspace
from functions.catalogue.model import ObjectType, Outcome
from functions.clock import Clock, iso
from functions.core import names
from functions.core.manifest import TypeResult
from functions.core.toc import Change, Entry, changes, read_toc, write_toc
from functions.errors import IntegrityError
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores


async def index_type(
    request: TypeRequest,
    entry: ObjectType,
    checkpoint: Checkpoint,
    workspace: Workspace,
    stores: Stores,
    *,
    report: Report,
    clock: Clock,
) -> TypeResult:
    """Commits what was read and returns the type's result. Raises StoreError, FormatError."""
    if (known := workspace.count()) != checkpoint.snapshot.count:
        # Whatever is in the file and not here would count as deleted.
        raise IntegrityError(
            f"{request.key}: {checkpoint.snapshot.count} records were written, and {known} are known where they lie",
            remedy="The next run reads the type again",
        )
    blobs, place = stores.of(entry), (request.tenant_id, request.run_id, request.key)
    outcome = Outcome.PARTIAL if checkpoint.partial else Outcome.READ
    labels = {"tenant": request.tenant_id, "run": request.run_id, "type": request.key, "outcome": outcome.value}
    file = names.snapshot_name(*place)
    await commit_blocks(blobs, file, checkpoint.snapshot, labels)
    volatile = volatile_sha256 = ""
    if checkpoint.volatile.count:
        volatile = names.volatile_name(*place)
        await commit_blocks(blobs, volatile, checkpoint.volatile, labels)
        volatile_sha256 = checkpoint.volatile_sha256 or await _hash_of(blobs.stream(volatile))
    toc, meter = names.toc_name(*place), Meter()
    await write_pieces(blobs, toc, meter.through(write_toc(workspace.entries())), labels)
    base = "" if checkpoint.base_lost else request.base
    counts = await write_rows(request, _changes(request, base, workspace, blobs), stores, report, secret=entry.private)
    return TypeResult(
        outcome,
        objects=checkpoint.snapshot.count,
        created=counts["created"],
        updated=counts["updated"],
        deleted=counts["deleted"],
        file=file,
        bytes=checkpoint.snapshot.offset,
        sha256=checkpoint.sha256 or await _hash_of(blobs.stream(file)),
        toc=toc,
        toc_bytes=meter.bytes,
        toc_sha256=meter.digest,
        volatile=volatile,
        volatile_bytes=checkpoint.volatile.offset if volatile else 0,
        volatile_sha256=volatile_sha256,
        container=names.container_of(entry),
        started_at=checkpoint.started_at,
        ended_at=iso(clock()),
        requests=checkpoint.requests,
        resource_units=checkpoint.resource_units,
        throttled_seconds=round(checkpoint.throttled_seconds, 3),
        gaps=tuple(checkpoint.gaps),
    )


async def _changes(request: TypeRequest, base: str, workspace: Workspace, blobs: BlobStore) -> AsyncIterator[Change]:
    before = _nothing()
    if base:
        before = read_toc(blobs.stream(names.toc_name(request.tenant_id, base, request.key)))
    async for change in changes(before, workspace.entries()):
        yield change


async def _nothing() -> AsyncIterator[Entry]:
    return
    yield


async def _hash_of(chunks: AsyncIterator[bytes]) -> str:
    """A file that more than one activity wrote is hashed by reading it back."""
    digest = sha256()
    async for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()

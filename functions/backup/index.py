"""The end of reading a type: its files committed, its table of contents written, its changes put into the index.

Everything here may be done twice with the same outcome: the files come from the block list of the checkpoint, the rows
from the scratch database that lies beside it.
"""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

from functions.backup.messages import Checkpoint, TypeRequest
from functions.backup.reading import Report
from functions.backup.upload import commit_blocks, write_pieces
from functions.backup.workspace import Workspace
from functions.catalogue.model import ObjectType, Outcome
from functions.clock import Clock, iso
from functions.core import names
from functions.core.manifest import TypeResult
from functions.core.toc import Change, ChangeKind, Entry, changes, read_toc, write_toc
from functions.errors import IntegrityError, LifeboatError
from functions.storage.blobs import BlobStore
from functions.storage.naming import ObjectChange
from functions.storage.open import Stores
from functions.storage.versions import VersionRow

_MANY = 1024  # changes in a batch, and
_AHEAD = 2  # batches waiting for a table: bounds memory, while neither table waits for the other


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
    volatile = ""
    if checkpoint.volatile.count:
        volatile = names.volatile_name(*place)
        await commit_blocks(blobs, volatile, checkpoint.volatile, labels)
    toc = names.toc_name(*place)
    await write_pieces(blobs, toc, write_toc(workspace.entries()), labels)
    base = "" if checkpoint.base_lost else request.base
    counts = await _write_rows(request, entry, _changes(request, base, workspace, blobs), stores, report)
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
        volatile=volatile,
        container=names.container_of(entry),
        started_at=checkpoint.started_at,
        ended_at=iso(clock()),
        requests=checkpoint.requests,
        resource_units=checkpoint.resource_units,
        throttled_seconds=round(checkpoint.throttled_seconds, 3),
        gaps=tuple(checkpoint.gaps),
    )


async def _write_rows(
    request: TypeRequest, entry: ObjectType, found: AsyncIterator[Change], stores: Stores, report: Report
) -> dict[ChangeKind, int]:
    """Streams the changes into both tables at once, neither waiting for the other. Returns how many of each kind."""
    counts: dict[ChangeKind, int] = {"created": 0, "updated": 0, "deleted": 0}
    versions, objects = _Stream(), _Stream()
    first = not request.base  # no committed run has ever read the type
    try:
        async with asyncio.TaskGroup() as writers:
            rows = (_version(request, change, secret=entry.private) async for change in versions)
            writers.create_task(stores.versions.write(request.key, rows))
            named = (_object(request, change) async for change in objects if _named_anew(change))
            writers.create_task(stores.objects.write(request.key, named, first=first))
            async for some in _batches(found):
                for change in some:
                    counts[change.kind] += 1
                await versions.put(some)
                await objects.put(some)
                await report("indexing", sum(counts.values()))
            await versions.put([])
            await objects.put([])
    except* LifeboatError as failures:
        raise failures.exceptions[0] from None
    return counts


class _Stream:
    """Changes handed from one task to another, a few batches ahead at most. An empty batch ends it."""

    def __init__(self) -> None:
        self._batches: asyncio.Queue[list[Change]] = asyncio.Queue(_AHEAD)

    async def put(self, some: list[Change]) -> None:
        await self._batches.put(some)

    async def __aiter__(self) -> AsyncIterator[Change]:
        while some := await self._batches.get():
            for change in some:
                yield change


async def _changes(request: TypeRequest, base: str, workspace: Workspace, blobs: BlobStore) -> AsyncIterator[Change]:
    before = _nothing()
    if base:
        before = read_toc(blobs.stream(names.toc_name(request.tenant_id, base, request.key)))
    async for change in changes(before, workspace.entries()):
        yield change


async def _nothing() -> AsyncIterator[Entry]:
    return
    yield


async def _batches(source: AsyncIterator[Change]) -> AsyncIterator[list[Change]]:
    some: list[Change] = []
    async for change in source:
        some.append(change)
        if len(some) >= _MANY:
            yield some
            some = []
    if some:
        yield some


def _version(request: TypeRequest, change: Change, *, secret: bool) -> VersionRow:
    """A deleted object's row says where its last record lies: in the run it was compared with.

    The digest of a record that holds a short secret would let it be guessed: it stays in the container of secrets.
    """
    entry = change.entry
    run = request.run_id if change.after else request.base
    return VersionRow(
        id=entry.id,
        change=change.kind,
        name=entry.name,
        run=request.run_id,
        blob=names.snapshot_name(request.tenant_id, run, request.key),
        offset=entry.offset,
        length=entry.length,
        at=entry.at,
        size=entry.size,
        digest="" if secret else entry.digest,
    )


def _named_anew(change: Change) -> bool:
    """The search table changes only when an object appears, goes, or is renamed."""
    return change.before is None or change.after is None or change.before.name != change.after.name


def _object(request: TypeRequest, change: Change) -> ObjectChange:
    before = change.before.name if change.before else None
    return ObjectChange(change.entry.id, change.entry.name, change.kind, request.run_id, before)


async def _hash_of(chunks: AsyncIterator[bytes]) -> str:
    """A file that more than one activity wrote is hashed by reading it back."""
    digest = sha256()
    async for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()

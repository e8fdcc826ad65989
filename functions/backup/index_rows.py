"""What a run found of one type → its rows in the tables `Versions` and `Objects`.

Both tables are written at once, as the changes come; the same changes again write the same rows.
"""

import asyncio
from collections.abc import AsyncIterator

from functions.backup.messages import TypeRequest
from functions.backup.reading import Report
from functions.core import names
from functions.core.toc import Change, ChangeKind
from functions.errors import LifeboatError
from functions.storage.naming import ObjectChange
from functions.storage.open import Stores
from functions.storage.versions import VersionRow

_MANY = 1024  # changes in a batch, and
_AHEAD = 2  # batches waiting for a table: bounds memory, while neither table waits for the other


async def write_rows(
    request: TypeRequest, found: AsyncIterator[Change], stores: Stores, report: Report, *, secret: bool
) -> dict[ChangeKind, int]:
    """Streams the changes into both tables. `secret`: the records hold secrets. Returns how many of each kind.

    Raises StoreError, FormatError.
    """
    counts: dict[ChangeKind, int] = {"created": 0, "updated": 0, "deleted": 0}
    versions, objects = _Stream(), _Stream()
    first = not request.base  # no committed run has ever read the type
    try:
        async with asyncio.TaskGroup() as writers:
            rows = (_version(request, change, secret=secret) async for change in versions)
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

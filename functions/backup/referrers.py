"""Which records of a run name an id: written when the run commits, asked when something is restored.

In: a run. Out, at its end, two files; later, for any ids, the records that named them. Memory does not grow with the
tenant: the rows are sorted on disk. A run without the files (written before there were any) is read through instead.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from functions.backup.scratch import ScratchDatabase
from functions.backup.upload import Meter, write_pieces
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType
from functions.core import names
from functions.core.gzipped import json_batches, members_lines
from functions.core.manifest import Manifest, Referrers
from functions.core.record import identity_of
from functions.core.referrers import (
    Block,
    Line,
    Referrer,
    Writer,
    blocks_for,
    blocks_of,
    lines_of,
    named_in,
    names_others,
)
from functions.errors import FormatError
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores

_FEW_BLOCKS = 24  # more than these are read by streaming the file instead
_KEPT = 4  # indexes of runs, which never change

type Row = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class NamedBy:
    """Per id (in lower case) the records that named it in `run`. `unsearched` are types that name other objects but
    whose records this run does not hold."""

    run: str
    by: Mapping[str, tuple[Referrer, ...]]
    unsearched: tuple[str, ...] = ()


async def write_referrers(
    tenant: str, run: str, keys: Iterable[str], entries: Mapping[str, ObjectType], blobs: BlobStore
) -> Referrers:
    """Looks through the types that the run holds. Doing it again is harmless: the same records give the same bytes.

    Raises StoreError, and FormatError or BlobMissing for a file of the run that is damaged or gone.
    """
    searched = tuple(key for key in keys if _searched(entries[key]))
    with _Rows() as rows:
        for key in searched:
            async for some in _rows_of(tenant, run, entries[key], blobs):
                rows.add(some)
        writer, meter = Writer(), Meter()
        file, index = names.referrers_name(tenant, run), names.referrers_index_name(tenant, run)
        labels = {"tenant": tenant, "run": run}
        await write_pieces(blobs, file, meter.through(writer.pieces(rows.sorted())), labels)
        index_meter = Meter()
        await write_pieces(blobs, index, index_meter.through(writer.index()), labels)
    return Referrers(file, index, writer.named, meter.bytes, meter.digest, index_meter.digest, searched)


async def named_by(stores: Stores, run: Manifest, ids: Collection[str]) -> NamedBy:
    """The records of a run that name any of the ids. Raises StoreError, FormatError, BlobMissing."""
    wanted = {identity.lower() for identity in ids}
    found: dict[str, set[Referrer]] = {}
    tenant = run.tenant_id
    held = [key for key, result in run.types.items() if key in TYPES and _searched(TYPES[key]) and result.listed]
    missing = tuple(key for key, entry in TYPES.items() if _searched(entry) and key not in held)
    if not wanted:
        return NamedBy(run.run_id, {}, missing)
    if run.referrers is not None:
        async for lines in _lines(run.referrers, wanted, stores.blobs):
            for line in lines:
                if line.id in wanted:
                    found.setdefault(line.id, set()).update(Referrer(*who) for who in line.by)
    else:
        for key in held:
            async for rows in _rows_of(tenant, run.run_id, TYPES[key], stores.blobs):
                for target, *who in rows:
                    if target in wanted:
                        found.setdefault(target, set()).add(Referrer(*who))
    return NamedBy(run.run_id, {target: tuple(sorted(by)) for target, by in found.items()}, missing)


def _searched(entry: ObjectType) -> bool:
    return names_others(entry) and not entry.private


async def _rows_of(tenant: str, run: str, entry: ObjectType, blobs: BlobStore) -> AsyncIterator[list[Row]]:
    async for lines in json_batches(blobs.stream(names.snapshot_name(tenant, run, entry.key))):
        rows: list[Row] = []
        for line in lines:
            identity = identity_of(line, entry)
            rows += ((target, entry.key, identity, place) for target, place in named_in(line, entry))
        yield rows


async def _lines(referrers: Referrers, wanted: set[str], blobs: BlobStore) -> AsyncIterator[Sequence[Line]]:
    blocks = blocks_for(await _index(referrers, blobs), wanted)
    if len(blocks) > _FEW_BLOCKS:
        async for lines in json_batches(blobs.stream(referrers.file)):
            yield lines_of(lines)
        return
    for run in _together(blocks):
        data = await blobs.read(referrers.file, run.offset, run.length)
        yield lines_of(members_lines(data))


_indexes: dict[str, list[Block]] = {}


async def _index(referrers: Referrers, blobs: BlobStore) -> list[Block]:
    """The index of a run's file; a few are kept, because they never change: their hash is their name here."""
    blocks = _indexes.get(referrers.index_sha256)
    if blocks is None:
        data = await blobs.get(referrers.index)
        if sha256(data).hexdigest() != referrers.index_sha256:
            raise FormatError(f"{referrers.index} is not what its manifest says: its hash differs")
        blocks = [block async for some in json_batches(_one(data)) for block in blocks_of(some)]
        while len(_indexes) >= _KEPT:
            _indexes.pop(next(iter(_indexes)))
        _indexes[referrers.index_sha256] = blocks
    return blocks


def _together(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks that follow each other as one."""
    held: Block | None = None
    for block in blocks:
        if held is not None and held.offset + held.length == block.offset:
            held = Block(held.id, held.offset, held.length + block.length)
            continue
        if held is not None:
            yield held
        held = block
    if held is not None:
        yield held


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data


class _Rows(ScratchDatabase):
    """Rows in any order in, sorted and each once out: sorted by the database, on disk."""

    def __init__(self) -> None:
        super().__init__("CREATE TABLE named(target TEXT, type TEXT, id TEXT, place TEXT);")

    def add(self, rows: Sequence[Row]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO named VALUES(?,?,?,?)", rows)
        self._db.execute("COMMIT")

    def sorted(self) -> Iterator[Row]:
        yield from self._db.execute("SELECT DISTINCT * FROM named ORDER BY target, type, id, place")

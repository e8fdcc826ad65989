"""The files of a run that hold no list: which records name which ids, and the files of logs. Read through.

In: what the manifest says of a file. Out: findings. Memory does not grow with the file.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import msgspec

from functions.backup.scratch import ScratchDatabase
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType
from functions.clock import parse_iso
from functions.core.gzipped import json_batches
from functions.core.manifest import LogFile, Referrers
from functions.core.record import text_of
from functions.core.referrers import Block, blocks_of, lines_of
from functions.core.verify import finding
from functions.errors import BlobMissing, FormatError
from functions.storage.blobs import BlobStore
from functions.upkeep.verify_notes import Notes
from functions.upkeep.verify_streams import Items, Meter, members

type _Look = Callable[[Meter], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class _File:
    """A file, whose it is, and the code of what is wrong with it beyond its hash."""

    run: str
    key: str
    name: str
    digest: str
    code: str


async def read_referrers(run: str, told: Referrers, blobs: BlobStore, bad: frozenset[str], notes: Notes) -> None:
    """Reads both files: hashes, the order of ids, how many there are, and where the index says that they begin.

    Raises StoreError where storage cannot be read.
    """
    blocks: list[Block] = []
    sound = False
    if told.file not in bad:
        file = _File(run, "", told.file, told.sha256, "referrersDiffer")
        sound = await _read(file, blobs, notes, lambda meter: _lines(meter, told.named, blocks))
    if told.index not in bad:
        file = _File(run, "", told.index, told.index_sha256, "referrersDiffer")
        await _read(file, blobs, notes, lambda meter: _index(meter, blocks if sound else None))


async def read_log(run: str, key: str, told: LogFile, blobs: BlobStore, notes: Notes) -> None:
    """Reads a file of a log: its hash, how many events it has, each once, oldest first. Raises StoreError."""
    file = _File(run, key, told.name, told.sha256, "logDiffers")
    await _read(file, blobs, notes, lambda meter: _events(meter, told, key))
    notes.count(events=told.events)


async def _read(file: _File, blobs: BlobStore, notes: Notes, look: _Look) -> bool:
    """True where the file is as it was written and `look` raised no FormatError."""
    meter, problem, name = Meter(blobs.stream(file.name)), "", file.name
    try:
        await look(meter)
    except BlobMissing:
        notes.add(finding("fileMissing", file.run, f"{name} is not there", type=file.key, name=name))
        return False
    except FormatError as error:
        problem = error.message
        await meter.rest()
    notes.count(files=1, bytes=meter.bytes)
    if meter.digest != file.digest:
        message = f"{name} is not what was written: {problem or 'it can be read, and its hash differs'}"
        notes.add(finding("hashDiffers", file.run, message, type=file.key, name=name))
    elif problem:
        notes.add(finding(file.code, file.run, f"{name}: {problem}", type=file.key, name=name))
    return meter.digest == file.digest and not problem


async def _lines(meter: Meter, named: int, blocks: list[Block]) -> None:
    """The lines of the referrers, in order; notes the id with which each member begins."""
    items, last, count = Items(), "", 0
    async for member in members(aiter(meter)):
        lines = lines_of([text for text, _ in items.of(member)])
        if lines:
            blocks.append(Block(lines[0].id, member.offset, member.length))
        for line in lines:
            if line.id < last:
                raise FormatError(f"it is not sorted: {line.id!r} stands after {last!r}")
            last = line.id
            count += len(line.by)
    items.end()
    if count != named:
        raise FormatError(f"it holds {count} pairs of an id and a place; its manifest says {named}")


async def _index(meter: Meter, blocks: list[Block] | None) -> None:
    """The index, compared with the blocks there are, where they are known."""
    found = [block async for lines in json_batches(aiter(meter)) for block in blocks_of(lines)]
    if blocks is not None and found != blocks:
        raise FormatError("it does not say where the blocks of the other file begin")


async def _events(meter: Meter, told: LogFile, key: str) -> None:
    entry = TYPES.get(key) or ObjectType(key=key, title=key, path="/")
    first = last = ""
    with _Ids() as ids:
        async for lines in json_batches(aiter(meter)):
            try:
                ids.add([_decode_id(line).id for line in lines])
            except msgspec.DecodeError as error:
                raise FormatError(f"it holds an event that cannot be read: {error}") from error
            for line in lines if entry.time else ():
                at = _moment(line, entry)
                if at < last:
                    raise FormatError(f"it is not in the order of time: {at} stands after {last}")
                first, last = first or at, at
        count, different = ids.added, ids.count()
    if count != told.events or different != count:
        raise FormatError(f"it holds {count} events, {different} of them different; its manifest says {told.events}")
    if entry.time and (first, last) != (told.first, told.last):
        raise FormatError(f"its events are from {first} to {last}; its manifest says {told.first} to {told.last}")


def _moment(line: bytes, entry: ObjectType) -> str:
    """When an event happened, in the form that manifests have."""
    try:
        moment = parse_iso(text_of(line, entry.time, entry))
    except ValueError as error:
        raise FormatError(f"it holds an event whose {entry.time} is no time") from error
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class _Id(msgspec.Struct, gc=False):
    id: str


_decode_id = msgspec.json.Decoder(_Id).decode


class _Ids(ScratchDatabase):
    """Ids, each once: on disk, because a day of sign-ins has many."""

    def __init__(self) -> None:
        super().__init__("CREATE TABLE IF NOT EXISTS ids(id TEXT PRIMARY KEY) WITHOUT ROWID;")
        self.added = 0

    def add(self, ids: list[str]) -> None:
        self.added += len(ids)
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO ids VALUES(?)", ((identity,) for identity in ids))
        self._db.execute("COMMIT")

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM ids").fetchone()[0])

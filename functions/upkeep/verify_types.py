"""One type of one run read through: every member decoded, every record where its table of contents says, every digest.

In: what the manifest says of the type, and its three files. Out: findings, one for each thing that is wrong: what
follows from it is not told again. Memory does not grow with the type: records wait in a scratch database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from functions.backup.scratch import ScratchDatabase
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType
from functions.core.gzipped import json_batches
from functions.core.manifest import TypeResult
from functions.core.record import identity_of
from functions.core.toc import Entry, read_batches
from functions.core.verify import finding
from functions.errors import BlobMissing, FormatError
from functions.storage.blobs import BlobStore
from functions.upkeep.verify_notes import Notes
from functions.upkeep.verify_streams import Items, Meter, members, one_member

type Found = tuple[str, str, int, int, int, int]  # id, digest, offset, length, at, size


@dataclass(frozen=True, slots=True)
class TypeFiles:
    """A type in a run. `bad` are files of which something was found already: they are not read."""

    run: str
    key: str
    result: TypeResult
    blobs: BlobStore
    bad: frozenset[str] = frozenset()


async def read_type(files: TypeFiles, notes: Notes) -> None:
    """Reads everything of a type. Raises StoreError where storage cannot be read."""
    with _Scratch() as scratch:
        work = _Reading(files, notes, scratch)
        damaged = await work.snapshot()
        contents = await work.contents()
        if damaged:
            await work.salvage(damaged, contents)
        elif contents and damaged is not None:
            work.compare()
        if files.result.volatile:
            await work.volatile(check=damaged == "")


class _Reading:
    def __init__(self, files: TypeFiles, notes: Notes, scratch: "_Scratch") -> None:
        self._files = files
        self._result = files.result
        self._notes = notes
        self._scratch = scratch
        self._entry = TYPES.get(files.key) or ObjectType(key=files.key, title=files.key, path="/")

    async def snapshot(self) -> str | None:
        """Reads the records. Returns what is wrong with the file, "" for nothing, None where all is said already."""
        name = self._result.file
        if name in self._files.bad:
            return None
        meter, problem, total = Meter(self._files.blobs.stream(name)), "", 0
        try:
            items = Items()
            async for member in members(aiter(meter)):
                found: list[Found] = []
                for text, at in items.of(member):
                    digest = sha256(text).hexdigest()
                    found.append((identity_of(text, self._entry), digest, member.offset, member.length, at, len(text)))
                self._scratch.add("records", found)
                total += len(found)
                self._notes.count(records=len(found), text=len(member.text))
            items.end()
        except BlobMissing:
            self._gone(name)
            return None
        except FormatError as error:
            problem = error.message
            await meter.rest()
        self._notes.count(files=1, bytes=meter.bytes)
        if meter.digest != self._result.sha256:
            return problem or "it can be read, and is not what was written"
        if problem:  # written so: whoever wrote it was at fault
            self._add("memberUnreadable", name, f"{name}: {problem}, although its hash is right")
            return None
        if (known := self._scratch.different()) != total:
            self._add("recordDiffers", name, f"{name} holds {total} records and only {known} ids: some occur twice")
        elif total != self._result.objects:
            self._add("countDiffers", name, f"{name} holds {total} records; its manifest says {self._result.objects}")
        return ""

    async def contents(self) -> bool:
        """Reads the table of contents. True where it can be relied on."""
        name = self._result.toc
        if name in self._files.bad:
            return False
        meter = Meter(self._files.blobs.stream(name))
        try:
            async for entries in read_batches(aiter(meter)):
                self._scratch.add("contents", map(_placed, entries))
        except BlobMissing:
            self._gone(name)
            return False
        except FormatError as error:
            self._add("tocUnreadable", name, f"{name}: {error.message}")
            return False
        self._notes.count(files=1, bytes=meter.bytes)
        return self._as_written(name, meter, self._result.toc_sha256)

    def compare(self) -> None:
        """Every record is where the table of contents says, and it names each."""
        name = self._result.toc
        for identity, found in self._scratch.differing():
            what = "is not in the file" if found is None else "lies elsewhere in the file, or is another record"
            self._add("recordDiffers", name, f"{name} names {identity}, which {what}", object=identity)
        for identity in self._scratch.unnamed():
            self._add("recordDiffers", name, f"{name} does not name {identity}, which is in the file", object=identity)

    async def salvage(self, problem: str, contents: bool) -> None:
        """Says of a damaged file which members and how many records are lost."""
        name, lost, wrong = self._result.file, 0, 0
        if not contents:
            self._add("hashDiffers", name, f"{name} is not what was written: {problem}")
            return
        try:
            for offset, length, count in self._scratch.places():
                text = await self._member(name, offset, length)
                if text is None:
                    lost += 1
                    place = f"bytes {offset} to {offset + length} cannot be decompressed"
                    self._add("memberUnreadable", name, f"{name}: {place}; {count} records lie there")
                    continue
                wrong += sum(
                    sha256(text[at : at + size]).hexdigest() != digest
                    for digest, at, size in self._scratch.at(offset, length)
                )
        except BlobMissing:
            self._gone(name)
            return
        if not lost:
            left = f"{wrong} records are not what its table of contents says" if wrong else "every record can be read"
            self._add("hashDiffers", name, f"{name} is not what was written; {left}")

    async def _member(self, name: str, offset: int, length: int) -> bytes | None:
        if length <= 0 or offset < 0 or offset + length > self._result.bytes:
            return None
        try:
            return await one_member(self._files.blobs, name, offset, length)
        except FormatError:
            return None

    async def volatile(self, *, check: bool) -> None:
        """Reads what is kept apart. With `check`, every id must be one of a record."""
        name = self._result.volatile
        if name in self._files.bad:
            return
        meter, unknown = Meter(self._files.blobs.stream(name)), 0
        try:
            async for lines in json_batches(aiter(meter)):
                ids = [_decode_id(line).id for line in lines]
                unknown += len(ids) - self._scratch.known(ids) if check else 0
        except BlobMissing:
            self._gone(name)
            return
        except (FormatError, msgspec.DecodeError) as error:
            self._add("volatileUnreadable", name, f"{name}: {error}")
            return
        self._notes.count(files=1, bytes=meter.bytes)
        if self._as_written(name, meter, self._result.volatile_sha256) and unknown:
            self._add("volatileUnreadable", name, f"{name} tells of {unknown} objects that the run does not hold")

    def _as_written(self, name: str, meter: Meter, digest: str) -> bool:
        if not digest or meter.digest == digest:
            return True
        self._add("hashDiffers", name, f"{name} is not what was written: its hash is {meter.digest}, not {digest}")
        return False

    def _gone(self, name: str) -> None:
        self._add("fileMissing", name, f"{name} is not there")

    def _add(self, code: str, name: str, message: str, *, object: str = "") -> None:
        self._notes.add(finding(code, self._files.run, message, type=self._files.key, name=name, object=object))


class _Id(msgspec.Struct, gc=False):
    id: str


_decode_id = msgspec.json.Decoder(_Id).decode


def _placed(entry: Entry) -> Found:
    return (entry.id, entry.digest, entry.offset, entry.length, entry.at, entry.size)


class _Scratch(ScratchDatabase):
    """The records of a file, and what its table of contents says of them."""

    def __init__(self) -> None:
        columns = "digest TEXT, offset INTEGER, length INTEGER, at INTEGER, size INTEGER"
        super().__init__(
            # Records come in any order: to sort them once costs less than to keep them sorted.
            f"CREATE TABLE IF NOT EXISTS records(id TEXT, {columns});"
            f"CREATE TABLE IF NOT EXISTS contents(id TEXT PRIMARY KEY, {columns}) WITHOUT ROWID;"
        )

    def add(self, table: str, found: Iterable[Found]) -> None:
        """Adds rows."""
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT INTO {table} VALUES(?,?,?,?,?,?)", found)
        self._db.execute("COMMIT")

    def different(self) -> int:
        """How many ids the records have, once all of them are there."""
        self._db.execute("CREATE INDEX IF NOT EXISTS by_id ON records(id)")
        return int(self._db.execute("SELECT count(DISTINCT id) FROM records").fetchone()[0])

    def differing(self) -> Iterator[tuple[str, str | None]]:
        """The ids whose record is not where the table of contents says, with the digest of the record there is."""
        yield from self._db.execute(
            "SELECT c.id, r.digest FROM contents c LEFT JOIN records r ON r.id = c.id WHERE r.id IS NULL"
            " OR (r.digest, r.offset, r.length, r.at, r.size) != (c.digest, c.offset, c.length, c.at, c.size)"
        )

    def unnamed(self) -> Iterator[str]:
        """The ids of records that the table of contents does not name."""
        rows = self._db.execute("SELECT id FROM records WHERE id NOT IN (SELECT id FROM contents)")
        return (row[0] for row in rows)

    def places(self) -> Iterator[tuple[int, int, int]]:
        """The members that the table of contents knows, with how many records each holds."""
        self._db.execute("CREATE INDEX IF NOT EXISTS by_place ON contents(offset, length)")
        yield from self._db.execute(
            "SELECT offset, length, count(*) FROM contents GROUP BY offset, length ORDER BY offset"
        )

    def at(self, offset: int, length: int) -> list[tuple[str, int, int]]:
        """Digest and place of each record of a member."""
        return self._db.execute(
            "SELECT digest, at, size FROM contents WHERE offset = ? AND length = ?", (offset, length)
        ).fetchall()

    def known(self, ids: list[str]) -> int:
        """How many of these ids have a record."""
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS asked(id TEXT)")
        self._db.execute("DELETE FROM asked")
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO asked VALUES(?)", ((identity,) for identity in ids))
        self._db.execute("COMMIT")
        found = self._db.execute("SELECT count(*) FROM asked JOIN records ON records.id = asked.id").fetchone()
        return int(found[0])

"""The table of contents of a snapshot file: one entry a record, sorted by id."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from functions.core.gzipped import MEMBER_TEXT, ArrayWriter, json_batches
from functions.errors import FormatError

type ChangeKind = Literal["created", "updated", "deleted"]


class Entry(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=False):
    """Where one record lies and what it is.

    The gzip member at [offset, offset+length) of the snapshot file holds the record at [at, at+size) of its text.
    `digest` is the SHA-256 of the record, in hex.
    """

    id: str
    name: str
    digest: str
    offset: int
    length: int
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Change:
    """One object that is not as it was. `before` is None when created, `after` when deleted."""

    kind: ChangeKind
    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """The newest entry there is: after, or before when the object is gone."""
        entry = self.after or self.before
        assert entry is not None
        return entry


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[Entry])


def write_toc(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Entries sorted by id → the file's bytes, piece by piece."""
    writer = ArrayWriter(MEMBER_TEXT)
    for entry in entries:
        writer.add(_encoder.encode(entry))
        if writer.waiting >= 1 << 20:
            yield writer.take()
    writer.close()
    yield writer.take()


async def read_toc(chunks: AsyncIterator[bytes]) -> AsyncIterator[Entry]:
    """The file's bytes → its entries, in constant memory. Raises FormatError for anything that is not a toc."""
    async for entries in read_batches(chunks):
        for entry in entries:
            yield entry


async def read_ids(chunks: AsyncIterator[bytes]) -> AsyncIterator[list[str]]:
    """The file's bytes → the ids alone, sorted, some at a time. Raises FormatError, as `read_toc` would."""
    async for entries in read_batches(chunks):
        yield [entry.id for entry in entries]


async def read_batches(chunks: AsyncIterator[bytes]) -> AsyncIterator[list[Entry]]:
    """The file's bytes → its entries, some at a time. Raises FormatError, as `read_toc` would."""
    last = ""
    async for lines in json_batches(chunks):
        try:
            entries = _decoder.decode(b"[" + b",".join(lines) + b"]")
        except msgspec.DecodeError as error:
            raise FormatError(f"a line of a table of contents cannot be read: {error}") from error
        for entry in entries:
            if last and entry.id <= last:
                raise FormatError(f"a table of contents is not sorted: {entry.id!r} after {last!r}")
            last = entry.id
        yield entries


async def changes(before: AsyncIterator[Entry], after: AsyncIterator[Entry] | Iterable[Entry]) -> AsyncIterator[Change]:
    """What differs between two sorted tables of contents: one pass over both, nothing held."""
    old = await anext(before, None)
    async for new in after if isinstance(after, AsyncIterator) else _one_by_one(after):
        while old is not None and old.id < new.id:
            yield Change("deleted", old, None)
            old = await anext(before, None)
        if old is not None and old.id == new.id:
            if old.digest != new.digest:
                yield Change("updated", old, new)
            old = await anext(before, None)
        else:
            yield Change("created", None, new)
    while old is not None:
        yield Change("deleted", old, None)
        old = await anext(before, None)


async def _one_by_one(entries: Iterable[Entry]) -> AsyncIterator[Entry]:
    for entry in entries:
        yield entry

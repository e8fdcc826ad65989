"""Records of one snapshot file by their places, in the order of the file: what lies together is read together.

In: entries of its table of contents, as many as may be held at once. Out: their records, each what its digest says.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from hashlib import sha256
from itertools import groupby

from functions.core.gzipped import member_text
from functions.core.toc import Entry
from functions.errors import IntegrityError
from functions.storage.blobs import BlobStore

_READ = 2 << 20  # bytes of the file in one request
_APART = 128 << 10  # bytes that nobody wants and that cost less than one more request


async def placed(blobs: BlobStore, file: str, entries: Sequence[Entry]) -> AsyncIterator[list[tuple[Entry, bytes]]]:
    """The records, those of one gzip member at a time. Raises IntegrityError, BlobMissing, StoreError, FormatError."""
    ordered = sorted(entries, key=lambda entry: (entry.offset, entry.at))
    members = [list(some) for _, some in groupby(ordered, key=lambda entry: entry.offset)]
    for near in _near(members):
        first, last = near[0][0], near[-1][0]
        data = await blobs.read(file, first.offset, last.offset + last.length - first.offset)
        for some in near:
            at = some[0].offset - first.offset
            text = member_text(data[at : at + some[0].length])
            yield [(entry, _cut(text, entry, file)) for entry in some]


def _near(members: Sequence[list[Entry]]) -> Iterator[list[list[Entry]]]:
    """Members that are read by one request."""
    near: list[list[Entry]] = []
    for member in members:
        if near:
            end = near[-1][0].offset + near[-1][0].length
            size = member[0].offset + member[0].length - near[0][0].offset
            if member[0].offset - end > _APART or size > _READ:
                yield near
                near = []
        near.append(member)
    if near:
        yield near


def _cut(text: bytes, entry: Entry, file: str) -> bytes:
    record = text[entry.at : entry.at + entry.size]
    if sha256(record).hexdigest() != entry.digest:
        raise IntegrityError(
            f"{file} does not hold the record of {entry.id} where its table of contents says",
            remedy="The file was changed or damaged; restore it from the storage account's own versions",
        )
    return record

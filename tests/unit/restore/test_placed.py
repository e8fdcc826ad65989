"""Records by their places: what lies together is read together, and what is not what its digest says is refused."""

import random
from hashlib import sha256

import pytest

from functions.core.gzipped import ArrayWriter
from functions.core.toc import Entry
from functions.errors import IntegrityError
from functions.restore import placed as module
from functions.restore.placed import placed


class File:
    """A blob that counts how it is read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads: list[tuple[int, int]] = []

    async def read(self, name: str, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self.data[offset : offset + length]


def file_of(count: int, size: int = 2_000) -> tuple[File, list[Entry]]:
    """Records that do not compress, a few to a gzip member."""
    chance, writer, entries = random.Random(7), ArrayWriter(10_000, placing=True), []
    records = [b'{"id":"%05d","noise":"%s"}' % (n, chance.randbytes(size // 2).hex().encode()) for n in range(count)]
    for record in records:
        writer.add(record)
    writer.close()
    left = iter(enumerate(records))
    for member in writer.placed():
        for (at, length), (number, record) in zip(member.items, left, strict=False):
            digest = sha256(record).hexdigest()
            entries.append(Entry(f"{number:05d}", "", digest, member.offset, member.length, at, length))
    return File(writer.take()), entries


async def found(file: File, entries: list[Entry]) -> dict[str, bytes]:
    return {entry.id: data async for some in placed(file, "users.json.gz", entries) for entry, data in some}  # type: ignore[arg-type]


async def test_records_in_any_order_are_read_once_each_piece_of_the_file():
    file, entries = file_of(400)
    some = random.Random(1).sample(entries, 300)
    records = await found(file, some)
    assert records.keys() == {entry.id for entry in some}
    assert all(b'"id":"%s"' % one.encode() in data for one, data in records.items())
    assert len(file.reads) == 1
    assert sum(length for _, length in file.reads) <= len(file.data)


async def test_what_lies_far_apart_is_not_read_with_all_between(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_APART", 20_000)
    file, entries = file_of(400)
    await found(file, [entries[0], entries[1], entries[-1]])
    assert len(file.reads) == 2
    assert sum(length for _, length in file.reads) < 30_000


async def test_one_request_is_never_larger_than_its_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_READ", 50_000)
    file, entries = file_of(400)
    assert len(await found(file, entries)) == 400
    assert max(length for _, length in file.reads) <= 50_000


async def test_a_record_that_is_not_what_its_digest_says_is_refused():
    file, entries = file_of(20)
    wrong = Entry(entries[3].id, "", "0" * 64, *(getattr(entries[3], n) for n in ("offset", "length", "at", "size")))
    with pytest.raises(IntegrityError):
        await found(file, [*entries[:3], wrong])

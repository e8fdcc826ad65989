"""Array files: any gzip reads them whole, one member gives one record, and a damaged file is never taken for a list."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.gzipped import ArrayWriter, json_lines, member_text
from functions.errors import FormatError

items = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=3), max_size=60)


def written(things: list[dict], member: int = 200, resume_at: int | None = None) -> bytes:
    writer, data = ArrayWriter(member), b""
    for index, thing in enumerate(things):
        if index == resume_at:
            writer.cut()
            data += writer.take()
            writer = ArrayWriter(member, offset=writer.offset, count=writer.count)
        writer.add(json.dumps(thing).encode())
    writer.close()
    return data + writer.take()


async def lines(data: bytes, size: int) -> list[bytes]:
    async def chunks():
        for start in range(0, len(data), size):
            yield data[start : start + size]

    return [line async for line in json_lines(chunks())]


@given(items, st.integers(0, 60))
def test_any_gzip_reads_the_file_as_a_json_array_with_one_record_a_line(things, resume_at):
    text = gzip.decompress(written(things, resume_at=resume_at)).decode()
    assert json.loads(text) == things
    assert text.count("\n") == (len(things) + 2 if things else 2)


@given(items, st.integers(1, 500))
async def test_lines_come_back_whatever_the_chunks(things, size):
    assert [json.loads(line) for line in await lines(written(things), size)] == things


def test_one_member_gives_one_record():
    writer = ArrayWriter(100, placing=True)
    things = [json.dumps({"id": str(n), "text": "x" * n}).encode() for n in range(40)]
    for thing in things:
        writer.add(thing)
    writer.close()
    data, found = writer.take(), []
    for member in writer.placed():
        text = member_text(data[member.offset : member.offset + member.length])
        found += [text[at : at + size] for at, size in member.items]
    assert found == things


def test_the_same_items_give_the_same_bytes():
    things = [{"id": str(n)} for n in range(50)]
    assert written(things) == written(things)


@pytest.mark.parametrize("keep", [0, 1, 20, 0.5, 0.9, -1])
async def test_a_file_cut_short_is_refused(keep):
    data = written([{"id": str(n), "text": "x" * 50} for n in range(50)])
    end = int(len(data) * keep) if 0 < keep < 1 else keep
    with pytest.raises(FormatError):
        await lines(data[: int(end)], 64)


async def test_a_file_cut_between_members_is_refused():
    writer = ArrayWriter(100, placing=True)
    for n in range(40):
        writer.add(json.dumps({"id": n}).encode())
    writer.close()
    data = writer.take()
    members = writer.placed()
    with pytest.raises(FormatError, match="ends before"):
        await lines(data[: members[-1].offset], 64)


@pytest.mark.parametrize("text", [b'{"id":"1"}\n', b"[\n]\n[\n]\n", b"[\n{}\n"])
async def test_a_file_that_is_not_one_array_is_refused(text):
    with pytest.raises(FormatError):
        await lines(gzip.compress(text), 64)


async def test_what_is_not_gzip_is_refused():
    with pytest.raises(FormatError):
        await lines(b"[\n]\n", 64)
    with pytest.raises(FormatError):
        member_text(b"no")


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9])
async def test_a_file_with_an_altered_byte_is_refused(place):
    data = bytearray(written([{"id": str(n), "text": "x" * 50 + str(n * 7919)} for n in range(200)]))
    data[int(len(data) * place)] ^= 0x10
    with pytest.raises(FormatError):
        await lines(bytes(data), 64)

"""JSON arrays as a series of gzip members: one item a line, each member cut between items.

Any gzip reads the file whole; one member is read with one ranged GET. The bytes depend only on the items: no time, no
file name, a fixed level.
"""

import gzip
import zlib
from collections.abc import AsyncIterator
from typing import NamedTuple

from isal import igzip, igzip_lib, isal_zlib

from functions.errors import FormatError

MEMBER_TEXT = 256 * 1024  # text of one member, in bytes: small enough to read for one record, large enough to compress
_LEVEL = 1
_GZIP_WINDOW = 31  # zlib: expect a gzip header


class Placed(NamedTuple):
    """A closed member and what it holds: (at, size) of each item added since the member before."""

    offset: int
    length: int
    items: list[tuple[int, int]]


class ArrayWriter:
    """Items in, compressed bytes out. `offset` is where the next member begins, so that a file can be continued.

    `close()` ends the array; a file that is continued later is left with `cut()`. With `placing`, where each item went
    is kept until it is asked for with `placed()`.
    """

    def __init__(
        self, member_text: int = MEMBER_TEXT, *, offset: int = 0, count: int = 0, placing: bool = False
    ) -> None:
        self.offset = offset
        self.count = count
        self.waiting = 0
        self._member_text = member_text
        self._placing = placing
        self._text: list[bytes] = []
        self._size = 0
        self._items: list[tuple[int, int]] = []
        self._bytes: list[bytes] = []
        self._placed: list[Placed] = []

    def add(self, item: bytes) -> None:
        """Adds one item: JSON text without line breaks."""
        lead = b",\n" if self.count else b"[\n"
        self._text += (lead, item)
        if self._placing:
            self._items.append((self._size + 2, len(item)))
        self._size += 2 + len(item)
        self.count += 1
        if self._size >= self._member_text:
            self.cut()

    def cut(self) -> None:
        """Closes the member under way, if it holds anything."""
        if not self._text:
            return
        member = igzip.compress(b"".join(self._text), compresslevel=_LEVEL, mtime=0)
        if self._placing:
            self._placed.append(Placed(self.offset, len(member), self._items))
        self._bytes.append(member)
        self.offset += len(member)
        self.waiting += len(member)
        self._text, self._items, self._size = [], [], 0

    def close(self) -> None:
        """Ends the array and the file."""
        self._text.append(b"\n]\n" if self.count else b"[\n]\n")
        self.cut()

    def take(self) -> bytes:
        """The compressed bytes since the last call."""
        data = b"".join(self._bytes)
        self._bytes, self.waiting = [], 0
        return data

    def placed(self) -> list[Placed]:
        """The members closed since the last call."""
        members, self._placed = self._placed, []
        return members


def member_text(data: bytes) -> bytes:
    """The text of one gzip member. Raises FormatError when it is damaged."""
    try:
        return zlib.decompress(data, _GZIP_WINDOW)
    except zlib.error as error:
        raise FormatError(f"a block of a snapshot file cannot be decompressed: {error}") from error


def members_lines(data: bytes) -> list[bytes]:
    """The items in some whole gzip members of an array file, undecoded. Raises FormatError when they are damaged."""
    try:
        text = gzip.decompress(data)
    except (zlib.error, EOFError, OSError) as error:
        raise FormatError(f"blocks of a file cannot be decompressed: {error}") from error
    lines = (line.removesuffix(b",") for line in text.split(b"\n"))
    return [line for line in lines if line not in (b"", b"[", b"]")]


async def json_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The items of an array file, undecoded and in order, in constant memory. Raises FormatError as `json_batches`."""
    async for lines in json_batches(chunks):
        for line in lines:
            yield line


async def json_batches(chunks: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """The items of an array file, undecoded and in order, a piece of the file at a time.

    Raises FormatError when the file is cut short, damaged, or not an array with one item a line.
    """
    rest, opened, closed = b"", False, False
    async for text in _inflate(chunks):
        lines = (rest + text).split(b"\n")
        rest = lines.pop()
        if not opened and lines:
            if lines.pop(0) != b"[":
                raise FormatError("the file does not begin with a line that opens an array")
            opened = True
        if closed and lines:
            raise FormatError("there is text after the end of the array")
        if b"]" in lines:
            closed = True
            if lines.pop() != b"]" or b"]" in lines:
                raise FormatError("there is text after the end of the array")
        if lines:
            yield [line.removesuffix(b",") for line in lines]
    if rest or not closed:
        raise FormatError("the file ends before its array does")


async def _inflate(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    inflater = isal_zlib.decompressobj(_GZIP_WINDOW)
    fresh = True
    async for chunk in chunks:
        data = chunk
        while data:
            try:
                text = inflater.decompress(data)
            except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub names no base
                raise FormatError(f"the file is not gzip, or is damaged: {error}") from error
            fresh = False
            data = b""
            if inflater.eof:
                data = inflater.unused_data
                inflater, fresh = isal_zlib.decompressobj(_GZIP_WINDOW), True
            if text:
                yield text
    if not fresh:
        raise FormatError("the file ends in the middle of a gzip member")

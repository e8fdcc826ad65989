"""Array files read for verification: their gzip members one after another, hashed and counted as they pass.

In: the pieces of a blob. Out: the text of each member with the place where it lies. One member is in memory at a time.
"""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import NamedTuple

from isal import igzip_lib, isal_zlib

from functions.core.gzipped import member_text
from functions.errors import FormatError
from functions.storage.blobs import BlobStore

_GZIP = 31
_SLICE = 1 << 16  # what is left behind a member is copied: small slices keep that cheap
_MOST_TEXT = 1 << 29  # of one member: a writer cuts at a quarter of a mebibyte, or behind one large record


class Member(NamedTuple):
    """One gzip member: where it lies in the file, and its text."""

    offset: int
    length: int
    text: bytes


class DamagedMember(FormatError):
    """A member that cannot be decompressed. `offset` is where it begins."""

    def __init__(self, offset: int, reason: object) -> None:
        super().__init__(f"the member that begins at byte {offset} cannot be decompressed: {reason}")
        self.offset = offset


class Meter:
    """Counts and hashes the pieces of a blob."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self.bytes = 0
        self._chunks = chunks
        self._hash = sha256()

    @property
    def digest(self) -> str:
        """The SHA-256 of what has passed, in hex."""
        return self._hash.hexdigest()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.bytes += len(chunk)
            self._hash.update(chunk)
            yield chunk

    async def rest(self) -> None:
        """Reads to the end, whatever the pieces hold."""
        async for chunk in self._chunks:
            self.bytes += len(chunk)
            self._hash.update(chunk)


async def members(chunks: AsyncIterator[bytes]) -> AsyncIterator[Member]:
    """The members of a file, in order. Raises DamagedMember."""
    inflater, begin, at = isal_zlib.decompressobj(_GZIP), 0, 0
    text: list[bytes] = []
    size, fresh = 0, True
    async for chunk in chunks:
        for start in range(0, len(chunk), _SLICE):
            data = chunk[start : start + _SLICE]
            while data:
                try:
                    text.append(inflater.decompress(data))
                except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub names no base
                    raise DamagedMember(begin, error) from error
                size += len(text[-1])
                if size > _MOST_TEXT:
                    raise DamagedMember(begin, "it does not end")
                rest = inflater.unused_data if inflater.eof else b""
                at += len(data) - len(rest)
                fresh = inflater.eof
                if inflater.eof:
                    yield Member(begin, at - begin, b"".join(text))
                    inflater, begin, size = isal_zlib.decompressobj(_GZIP), at, 0
                    text.clear()
                data = rest
    if not fresh:
        raise DamagedMember(begin, "the file ends in it")


class Items:
    """Takes an array apart, member by member: the items of each, and where in its text they stand."""

    def __init__(self) -> None:
        self._opened = self._closed = False

    def of(self, member: Member) -> list[tuple[bytes, int]]:
        """The items of the next member as (text, place). Raises FormatError for what is no array of lines."""
        lines = member.text.split(b"\n")
        if self._closed:
            raise FormatError("there is text after the end of the array")
        at = len(lines[0]) + 1
        if lines[0] not in ((b",", b"") if self._opened else (b"[",)):
            raise FormatError("the file does not begin with a line that opens an array")
        self._opened = True
        if len(lines) >= 2 and lines[-2:] == [b"]", b""]:
            self._closed = True
            del lines[-2:]
        items: list[tuple[bytes, int]] = []
        for line in lines[1:]:
            items.append((line.removesuffix(b","), at))
            at += len(line) + 1
        return items

    def end(self) -> None:
        """Raises FormatError where the array has not ended."""
        if not self._closed:
            raise FormatError("the file ends before its array does")


async def one_member(blobs: BlobStore, name: str, offset: int, length: int) -> bytes:
    """The text of a member by its place. Raises FormatError, BlobMissing."""
    return member_text(await blobs.read(name, offset, length))

"""Files written piece by piece: an array file as blocks of a blob, committed once and never over another."""

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from functions.backup.messages import Blocks
from functions.core.gzipped import ArrayWriter, Placed
from functions.errors import BlobExists, StoreError
from functions.storage.blobs import BlobStore

_BLOCK = 1 << 20  # bytes staged at a time: bounds memory; the 50,000 blocks of a blob are far more than any type needs
_GZIP = "application/gzip"


class BlockFile:
    """An array file under way in one activity.

    Block ids are random, so that an activity delivered twice can never mix its blocks with those of the other
    delivery: what is committed is exactly the list that the checkpoint in the orchestration's history names.
    """

    def __init__(self, blobs: BlobStore, name: str, blocks: Blocks, *, placing: bool = False) -> None:
        self.name = name
        self._blobs = blobs
        self._blocks = blocks
        self._writer = ArrayWriter(offset=blocks.offset, count=blocks.count, placing=placing)
        self._hash = sha256() if blocks.offset == 0 else None
        self._staging: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """Items so far, those of earlier activities included."""
        return self._writer.count

    def add(self, item: bytes) -> None:
        """Adds one item."""
        self._writer.add(item)

    def placed(self) -> list[Placed]:
        """Members closed since the last call."""
        return self._writer.placed()

    async def flush(self, *, all_of_it: bool = False) -> None:
        """Stages what has gathered once it fills a block, while the caller goes on."""
        if not self._writer.waiting or (self._writer.waiting < _BLOCK and not all_of_it):
            return
        data = self._writer.take()
        if self._hash is not None:
            self._hash.update(data)
        await self.settled()
        block = secrets.token_hex(8)
        self._blocks.ids.append(block)
        self._staging = asyncio.create_task(self._blobs.stage(self.name, block, data))

    async def settled(self) -> None:
        """Waits for the block under way."""
        if self._staging is not None:
            staging, self._staging = self._staging, None
            await staging

    async def abandon(self) -> None:
        """Lets the block under way end, whatever becomes of it: the file is not going to be used."""
        if self._staging is not None:
            staging, self._staging = self._staging, None
            await asyncio.gather(staging, return_exceptions=True)

    async def pause(self) -> Blocks:
        """Cuts the file so that another activity can go on with it."""
        self._writer.cut()
        await self.flush(all_of_it=True)
        await self.settled()
        return Blocks(self._blocks.ids, self._writer.offset, self._writer.count)

    async def close(self) -> tuple[Blocks, str]:
        """Ends the array. The hash is "" when an earlier activity wrote a part of the file."""
        self._writer.close()
        await self.flush(all_of_it=True)
        await self.settled()
        digest = self._hash.hexdigest() if self._hash is not None else ""
        return Blocks(self._blocks.ids, self._writer.offset, self._writer.count), digest


async def commit_blocks(blobs: BlobStore, name: str, blocks: Blocks, labels: Mapping[str, str]) -> None:
    """Makes the staged blocks the blob. Repeating it is harmless.

    The name is taken only by an earlier delivery of the same call, which committed the same blocks: the blob's
    metadata names their list. Raises StoreError when it is anything else.
    """
    seal = sha256(" ".join(blocks.ids).encode()).hexdigest()
    try:
        await blobs.commit(name, blocks.ids, content_type=_GZIP, metadata={**labels, "blocks": seal}, tags=dict(labels))
    except BlobExists:
        if (await blobs.metadata(name)).get("blocks") != seal:
            raise StoreError(
                f"{name} exists already with other content",
                remedy="Start a new run: files of a run are never written over",
            ) from None


def _numbered(index: int) -> str:
    """The id of a block by its place in the file."""
    return f"{index:016x}"


class Meter:
    """Counts and hashes what passes."""

    def __init__(self) -> None:
        self.bytes = 0
        self._hash = sha256()

    @property
    def digest(self) -> str:
        """The SHA-256 of all that has passed, in hex."""
        return self._hash.hexdigest()

    def through(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces as they were."""
        for piece in pieces:
            self.bytes += len(piece)
            self._hash.update(piece)
            yield piece


async def write_pieces(blobs: BlobStore, name: str, pieces: Iterable[bytes], labels: Mapping[str, str]) -> None:
    """Writes a file from its pieces, a block at a time; giving the same content again is harmless."""
    ids: list[str] = []
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            ids.append(_numbered(len(ids)))
            await blobs.stage(name, ids[-1], b"".join(waiting))
            waiting, size = [], 0
    if waiting or not ids:
        ids.append(_numbered(len(ids)))
        await blobs.stage(name, ids[-1], b"".join(waiting))
    await commit_blocks(blobs, name, Blocks(ids), labels)

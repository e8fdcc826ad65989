"""The files of a log in storage: for each UTC day a first one, and a further one for whatever was read later.

A file is written once and never over another. What it holds stands in its metadata too, so that a run finds the files
it has written, whichever call of an activity wrote them.
"""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import batched

import msgspec

from functions import log
from functions.backup.log_scratch import Event, Scratch
from functions.backup.messages import Blocks
from functions.backup.upload import BlockFile
from functions.core import names
from functions.core.gzipped import json_batches
from functions.core.manifest import LogFile
from functions.errors import BlobExists, FormatError, IntegrityError
from functions.storage.blobs import BlobStore

_AT_ONCE = 16
_ATTEMPTS = 8
_GZIP = "application/gzip"


class _Identity(msgspec.Struct, gc=False):
    id: str


class _Labels(msgspec.Struct):
    """What a file's metadata says of its content, all of it text."""

    events: int
    bytes: int
    sha256: str
    first: str
    last: str


_decode_identity = msgspec.json.Decoder(_Identity).decode


class LogFiles:
    """The files of one log of one tenant, as one run sees them."""

    def __init__(self, blobs: BlobStore, tenant: str, run: str, key: str) -> None:
        self._blobs = blobs
        self._tenant = tenant
        self._run = run
        self._key = key
        self._known: set[str] = set()
        self.unreadable: set[str] = set()

    async def names(self, day: str) -> list[str]:
        """The files of a day, in the order of their parts. What else lies there is not ours."""
        found = [name async for name in self._blobs.list(names.log_prefix(self._tenant, self._key, day))]
        return sorted(filter(names.log_part, found), key=names.log_part)

    async def know(self, day: str, scratch: Scratch) -> list[str]:
        """Tells the scratch space the ids in files of a day that it has not been told yet. Returns the day's files.

        A file that was damaged since is noted in `unreadable`: some events may be stored again, but none is given up.
        """
        there = await self.names(day)
        for name in there:
            if name not in self._known:
                try:
                    async for lines in json_batches(self._blobs.stream(name)):
                        scratch.stored(_ids(name, lines))
                except FormatError as error:
                    log.warning("log.unreadable", name=name, reason=error.message)
                    self.unreadable.add(name)
                self._known.add(name)
        return there

    async def write(self, day: str, scratch: Scratch) -> None:
        """Stores what waits for a day, but for what another call of this activity has stored meanwhile."""
        for _ in range(_ATTEMPTS):
            there = await self.know(day, scratch)
            waiting = scratch.waiting(day)
            first = next(waiting, None)
            if first is None:
                return
            name = names.log_name(self._tenant, self._key, day, names.log_part(there[-1]) + 1 if there else 1)
            try:
                await self._write(name, first, waiting)
            except BlobExists:
                continue  # written by another call, or by this one, whose answer was lost
            self._known.add(name)
            scratch.done(day)
            return
        raise IntegrityError(f"{self._key}: others keep writing files of {day}", remedy="The next run reads it again")

    async def of_run(self, days: Iterable[str]) -> tuple[LogFile, ...]:
        """The files of these days that this run has written, oldest first."""
        found: list[LogFile] = []
        every = [name for day in days for name in await self.names(day)]
        for some in batched(every, _AT_ONCE, strict=False):
            read = await asyncio.gather(*map(self._blobs.metadata, some))
            for name, metadata in zip(some, read, strict=True):
                if metadata.get("run") == self._run:
                    found.append(log_file(name, metadata))
        return tuple(found)

    async def _write(self, name: str, first: Event, rest: Iterator[Event]) -> None:
        file, last = BlockFile(self._blobs, name, Blocks()), first
        try:
            file.add(first.data)
            for event in rest:
                file.add(event.data)
                last = event
                await file.flush()
            blocks, digest = await file.close()
        finally:
            await file.abandon()
        labels = {"tenant": self._tenant, "run": self._run, "type": self._key, "outcome": "read"}
        told = {
            "events": str(blocks.count),
            "bytes": str(blocks.offset),
            "sha256": digest,
            "first": first.at,
            "last": last.at,
        }
        await self._blobs.commit(name, blocks.ids, content_type=_GZIP, metadata=labels | told, tags=labels)


def _ids(name: str, lines: list[bytes]) -> list[str]:
    try:
        return [_decode_identity(line).id for line in lines]
    except msgspec.MsgspecError as error:
        raise FormatError(f"{name} holds an event that cannot be read: {error}") from error


def log_file(name: str, metadata: dict[str, str]) -> LogFile:
    """What a file of a log says of itself. Raises FormatError."""
    try:
        labels = msgspec.convert(metadata, _Labels, strict=False)
        return LogFile(name, labels.events, labels.bytes, labels.sha256, labels.first, labels.last)
    except msgspec.ValidationError as error:
        raise FormatError(f"{name} lacks the metadata of a file of a log: {error}") from error

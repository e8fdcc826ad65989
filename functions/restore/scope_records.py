"""The records that a scope names: few from the index, many from the tables of contents and the snapshot files.

In: a scope. Out: records, some at a time, each with the run it stands for and the run that last held it; memory does
not grow with the scope. What was created between two runs comes as ids, for those who want it deleted.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import batched, groupby

from functions.backup.kept import unknown_run
from functions.backup.read import Version, read_versions, version_as_of
from functions.backup.referrers import NamedBy, named_by
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType
from functions.core import names
from functions.core.gzipped import json_batches
from functions.core.manifest import Manifest, read_manifest
from functions.core.record import identity_of
from functions.core.runid import inverted
from functions.core.toc import Entry, changes, read_toc
from functions.errors import CallerError, IntegrityError
from functions.restore.placed import placed
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores
from functions.storage.runs import Runs
from functions.storage.versions import Versions

_AT_ONCE = 16
_FROM_INDEX = 50  # objects of a type that are looked up one by one; of more the table of contents is read
_TOGETHER = 200
_PLACES = 20_000  # of records, held at once: about ten megabytes
_DAMAGED = "The file was changed or damaged; restore it from the storage account's own versions"


@dataclass(frozen=True, slots=True)
class Found:
    """One record. `run` is the run it is restored from, `held` the last run that had the object, "" for the
    newest of all."""

    type: str
    id: str
    run: str
    held: str
    data: bytes


@dataclass(slots=True)
class Source:
    """The backups of one tenant: the one that is written to, or another."""

    stores: Stores
    tenant: str
    _manifests: dict[str, Manifest] = field(default_factory=dict)
    _committed: frozenset[str] | None = None
    _named: dict[tuple[str, frozenset[str]], NamedBy] = field(default_factory=dict)

    @staticmethod
    def of(stores: Stores, tenant: str, other: str) -> "Source":
        """The backups of `other` where it is named, in the storage of `tenant`."""
        if not other or other == tenant:
            return Source(stores, tenant)
        runs = Runs(stores.tables, other)
        return Source(replace(stores, runs=runs, versions=Versions(stores.tables, other, runs)), other)

    async def committed(self) -> frozenset[str]:
        """The committed runs, as they were when this was first asked."""
        if self._committed is None:
            self._committed = await self.stores.runs.committed(fresh=True)
        return self._committed

    async def newest(self) -> str:
        """The newest committed run. Raises CallerError 404 `unknownRun`."""
        committed = await self.committed()
        if not committed:
            raise CallerError(404, "unknownRun", "There is no committed run yet.", remedy="Make a backup first")
        return min(committed, key=inverted)

    async def known(self, run: str) -> str:
        """The run itself, or the newest for "". Raises CallerError 404 `unknownRun`."""
        if run and run not in await self.committed():
            raise await unknown_run(self.stores.runs, run)
        return run or await self.newest()

    async def manifest(self, run: str) -> Manifest:
        """A run's manifest; those that were read are kept. Raises FormatError, BlobMissing, StoreError."""
        if run not in self._manifests:
            self._manifests[run] = read_manifest(await self.stores.blobs.get(names.manifest_name(self.tenant, run)))
        return self._manifests[run]

    async def base(self, key: str, run: str) -> str:
        """The run that holds the list of the type as of a run, "" where none does."""
        return (await self.manifest(run)).bases.get(key, "")

    async def named_by(self, manifest: Manifest, ids: Collection[str]) -> NamedBy:
        """The records of a run that name any of the ids; of few ids the answer is kept, because it is asked again.

        Raises StoreError, FormatError, BlobMissing."""
        asked = (manifest.run_id, frozenset(ids))
        found = self._named.get(asked) or await named_by(self.stores, manifest, ids)
        if len(ids) <= _FROM_INDEX:
            self._named[asked] = found
        return found

    async def count(self, key: str, run: str) -> int:
        """How many objects of the type there were as of a run."""
        base = await self.base(key, run)
        return (await self.manifest(base)).types[key].objects if base else 0

    # ---- named one by one --------------------------------------------------------------------------------------------

    async def of_ids(self, key: str, ids: Sequence[str], run: str) -> AsyncIterator[list[Found]]:
        """The records of some objects as of a run ("": the newest): of one that was gone by then, its last."""
        rest = list(ids)
        if len(rest) > _FROM_INDEX:
            as_of = await self.known(run)
            base = await self.base(key, as_of)
            if base:
                wanted = set(rest)
                async for some in self._listed(key, base, frozenset(wanted), as_of):
                    wanted.difference_update(found.id for found in some)
                    yield some
                rest = [one for one in rest if one in wanted]
        await self.committed()  # asked now, it is known to all that follow
        free = asyncio.Semaphore(_AT_ONCE)

        async def version(identity: str) -> Version | None:
            async with free:
                return await version_as_of(self.stores, key, identity, run)

        async def read(some: list[Version]) -> list[Found]:
            async with free:
                data = await read_versions(self.stores, [one.row for one in some])
            return [_found(key, one, text, run) for one, text in zip(some, data, strict=True)]

        for part in batched(rest, _TOGETHER, strict=False):
            versions = [one for one in await asyncio.gather(*map(version, part)) if one is not None]
            versions.sort(key=_member)
            members = [list(some) for _, some in groupby(versions, key=_member)]
            found = {one.id: one for some in await asyncio.gather(*map(read, members)) for one in some}
            yield [found[one] for one in part if one in found]

    # ---- listed ------------------------------------------------------------------------------------------------------

    async def all_of(self, key: str, run: str) -> AsyncIterator[list[Found]]:
        """Every record of a type as of a run; nothing where no run up to then holds its list."""
        base = await self.base(key, run)
        if not base:
            return
        entry = TYPES[key]
        async for lines in json_batches(self._whole(entry, base)):
            for part in batched(lines, _TOGETHER, strict=False):
                yield [Found(key, identity_of(line, entry), base, run, bytes(line)) for line in part]

    async def ids_of(self, key: str, run: str) -> AsyncIterator[str]:
        """The ids of a type's objects as of a run, sorted."""
        base = await self.base(key, run)
        if base:
            async for entry in self._toc(key, base):
                yield entry.id

    async def changed(
        self, key: str, before: str, after: str, created: Callable[[str], None]
    ) -> AsyncIterator[list[Found]]:
        """The records, as of `before`, of objects that `after` has otherwise or not at all; `created` is told the ids
        of those that only `after` has."""
        old, new = await self.base(key, before), await self.base(key, after)
        if not old or not new or old == new:
            return

        async def differing() -> AsyncIterator[Entry]:
            async for change in changes(self._toc(key, old), self._toc(key, new)):
                if change.before is None:
                    created(change.entry.id)
                else:
                    yield change.before

        async for some in self._read(key, old, before, differing()):
            yield some

    async def _whole(self, entry: ObjectType, base: str) -> AsyncIterator[bytes]:
        """A file of a run, piece by piece. Raises IntegrityError at its end where it was not what the manifest says."""
        file, digest = names.snapshot_name(self.tenant, base, entry.key), sha256()
        async for piece in self._blobs(entry).stream(file):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != (await self.manifest(base)).types[entry.key].sha256:
            raise IntegrityError(f"{file} is not what its manifest says: its hash differs", remedy=_DAMAGED)

    async def _listed(self, key: str, base: str, wanted: Collection[str], held: str) -> AsyncIterator[list[Found]]:
        async def named() -> AsyncIterator[Entry]:
            async for entry in self._toc(key, base):
                if entry.id in wanted:
                    yield entry

        async for some in self._read(key, base, held, named()):
            yield some

    async def _read(self, key: str, base: str, held: str, entries: AsyncIterator[Entry]) -> AsyncIterator[list[Found]]:
        """Records of one file, which is read from its begin to its end: once, unless there are very many."""
        blobs, file = self._blobs(TYPES[key]), names.snapshot_name(self.tenant, base, key)
        held_back: list[Entry] = []

        async def found() -> AsyncIterator[list[Found]]:
            async for some in placed(blobs, file, held_back):
                yield [Found(key, entry.id, base, held, data) for entry, data in some]

        async for entry in entries:
            held_back.append(entry)
            if len(held_back) == _PLACES:
                async for some in found():
                    yield some
                held_back.clear()
        async for some in found():
            yield some

    async def _toc(self, key: str, base: str) -> AsyncIterator[Entry]:
        async for entry in read_toc(self._blobs(TYPES[key]).stream(names.toc_name(self.tenant, base, key))):
            yield entry

    def _blobs(self, entry: ObjectType) -> BlobStore:
        return self.stores.of(entry)


def _member(version: Version) -> tuple[str, int]:
    return version.row.blob, version.row.offset


def _found(key: str, version: Version, data: bytes, run: str) -> Found:
    row = version.row
    # A deletion's row leads to the last record, in the run that held it.
    held = row.blob.split("/")[1] if version.deleted else run
    return Found(key, version.id, held if version.deleted else row.run, held, data)

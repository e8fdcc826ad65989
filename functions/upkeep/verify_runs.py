"""Whether the files of runs are there, and what they hold: the part of a verification that goes from run to run.

In: the runs, and how deep to look. Out: findings. A run that retention takes away meanwhile is left out: its files go
one after another, and that is no damage.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.clock import Clock, iso
from functions.core import names
from functions.core.manifest import Manifest, read_manifest
from functions.core.verify import Tally, finding
from functions.errors import BlobMissing, FormatError, RowMissing
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores
from functions.storage.runs import RunRow, RunState
from functions.upkeep.verify_messages import RunPlace, RunsReply, RunsRequest, RunTask
from functions.upkeep.verify_notes import Notes, tell
from functions.upkeep.verify_parts import read_log, read_referrers
from functions.upkeep.verify_types import TypeFiles, read_type

_REFERRERS = "_referrers"  # stands for both files in the list of the parts that were read


@dataclass(frozen=True, slots=True)
class Expected:
    """A file that a manifest names. `bytes` is 0 where it does not say how many: no file is empty."""

    container: str
    name: str
    type: str = ""
    bytes: int = 0


@dataclass(slots=True)
class RunVerifier:
    """Looks at runs until the time is up (`ends`, as `time.monotonic` counts), at one part of one run at least."""

    tenant: str
    stores: Stores
    clock: Clock
    ends: float
    _logs: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    _worked: bool = False

    async def work(self, request: RunsRequest) -> RunsReply:
        """One call. Doing it again finds the same. Raises StoreError where storage cannot be read."""
        place, done, tally = request.place, 0, Tally()
        for task in request.tasks:
            if self._over():
                break
            place, found = await self._run(task, place)
            if place is not None:
                return RunsReply(done, place, tally)
            tell(found)
            tally, done = tally.plus(found), done + 1
            self._worked = True
        return RunsReply(done, None, tally)

    def _over(self) -> bool:
        return self._worked and time.monotonic() >= self.ends

    async def _run(self, task: RunTask, place: RunPlace | None) -> tuple[RunPlace | None, Tally]:
        """One run, or what the time allows of it: then a place to go on from."""
        if await self._state(task.run) is not RunState.COMMITTED:
            return None, Tally(counts={"skipped": 1})
        notes, name = Notes(), names.manifest_name(self.tenant, task.run)
        try:
            manifest = read_manifest(await self.stores.blobs.get(name))
        except BlobMissing:
            notes.add(finding("manifestMissing", task.run, f"{name} is not there", name=name))
            return None, await self._settled(task, notes.tally())
        except FormatError as error:
            notes.add(finding("manifestUnreadable", task.run, f"{name}: {error.message}", name=name))
            return None, await self._settled(task, notes.tally())
        await self._present(manifest, notes)
        bad = frozenset(notes.names)
        if place is not None:
            notes = Notes()  # an earlier call has told what is not there
        place = place or RunPlace()
        for part in parts(manifest) if task.read else ():
            if part in place.read:
                continue
            if self._over():
                return replace(place, tally=place.tally.plus(notes.tally())), Tally()
            await self._read(manifest, part, bad, notes)
            place = replace(place, read=(*place.read, part))
            self._worked = True
        return None, await self._settled(task, place.tally.plus(notes.tally()))

    async def _present(self, manifest: Manifest, notes: Notes) -> None:
        """Every file that the manifest names is there and as long as it says; what else lies there is told."""
        there: dict[tuple[str, str], int] = {}
        prefix = names.run_prefix(self.tenant, manifest.run_id)
        for container, blobs in self._containers.items():
            async for name, size in blobs.sizes(prefix):
                there[container, name] = size
        there.pop((names.SNAPSHOTS, names.manifest_name(self.tenant, manifest.run_id)), 0)
        for file in expected_files(manifest):
            size = there.pop((file.container, file.name), -1)
            if size < 0 and not file.name.startswith(prefix):
                size = (await self._log_sizes(file.container, file.type)).get(file.name, -1)
            about = {"type": file.type, "name": file.name}
            if size < 0:
                notes.add(finding("fileMissing", manifest.run_id, f"{file.name} is not there", **about))
            elif file.bytes and size != file.bytes:
                message = f"{file.name} has {size} bytes; its manifest says {file.bytes}"
                notes.add(finding("sizeDiffers", manifest.run_id, message, **about))
        for container, name in there:
            message = f"no manifest names {name} in the container {container}"
            notes.add(finding("strayFile", manifest.run_id, message, name=name))

    async def _read(self, manifest: Manifest, part: str, bad: frozenset[str], notes: Notes) -> None:
        run = manifest.run_id
        if part == _REFERRERS:
            assert manifest.referrers is not None
            await read_referrers(run, manifest.referrers, self.stores.blobs, bad, notes)
            return
        result = manifest.types[part]
        blobs = self._containers[result.container]
        if result.log is None:
            await read_type(TypeFiles(run, part, result, blobs, bad), notes)
            return
        for file in result.log.files:
            if file.name not in bad:
                await read_log(run, part, file, blobs, notes)

    async def _log_sizes(self, container: str, key: str) -> dict[str, int]:
        """The files of a log, listed once in a call: a month has some sixty."""
        if (container, key) not in self._logs:
            listed = self._containers[container].sizes(f"{self.tenant}/_logs/{key}/")
            self._logs[container, key] = {name: size async for name, size in listed}
        return self._logs[container, key]

    async def _settled(self, task: RunTask, tally: Tally) -> Tally:
        """What was found, unless the run has gone meanwhile. A run that was read and is whole is marked."""
        if tally.found and await self._state(task.run) is not RunState.COMMITTED:
            return Tally(counts={"skipped": 1})
        if task.read and tally.clean:
            now = iso(self.clock())
            await self.stores.runs.change(task.run, lambda row: _verified(row, now))
        return tally.counting(runs=1, read=int(task.read))

    async def _state(self, run: str) -> RunState | None:
        try:
            return (await self.stores.runs.get(run)).state
        except RowMissing:
            return None

    @property
    def _containers(self) -> dict[str, BlobStore]:
        return {names.SNAPSHOTS: self.stores.blobs, names.SECRETS: self.stores.secrets}


def expected_files(manifest: Manifest) -> Iterator[Expected]:
    """Every file that a manifest names."""
    for key, result in manifest.types.items():
        where = result.container
        if result.listed:
            yield Expected(where, result.file, key, result.bytes)
            yield Expected(where, result.toc, key, result.toc_bytes)
            if result.volatile:
                yield Expected(where, result.volatile, key, result.volatile_bytes)
        for file in result.log.files if result.log else ():
            yield Expected(where, file.name, key, file.bytes)
    if manifest.referrers:
        yield Expected(names.SNAPSHOTS, manifest.referrers.file, bytes=manifest.referrers.bytes)
        yield Expected(names.SNAPSHOTS, manifest.referrers.index)


def parts(manifest: Manifest) -> list[str]:
    """What of a run is read, each by itself."""
    keys = [key for key, result in manifest.types.items() if result.listed or result.log]
    return [*keys, *([_REFERRERS] if manifest.referrers else [])]


def _verified(row: RunRow, now: str) -> RunRow:
    return replace(row, verified_at=now) if row.state is RunState.COMMITTED else row

"""Whether the files of runs are there, and what they hold: the part of a verification that goes from run to run.

In: the runs, and how deep to look. Out: findings. A run that retention takes away meanwhile is left out: its files go
one after another, and that is no damage.
"""

import time
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.clock import Clock, iso
from functions.core import names
from functions.core.verify import Tally, finding
from functions.errors import RowMissing
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores
from functions.storage.runs import RunState
from functions.upkeep.verify_messages import RunPlace, RunsReply, RunsRequest, RunTask
from functions.upkeep.verify_notes import Notes, tell
from functions.upkeep.verify_open import read_work
from functions.upkeep.verify_parts import read_log, read_referrers
from functions.upkeep.verify_told import REFERRERS, Told, told
from functions.upkeep.verify_types import TypeFiles, read_type


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
        for task in (await read_work(request.work, self.stores)).tasks[request.task :]:
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
        if not _stands(task, await self._state(task.run)):
            return None, Tally(counts={"skipped": 1})
        notes = Notes()
        run = await told(self.tenant, task, self._containers, notes)
        if run is None:
            return None, await self._settled(task, notes.tally())
        await self._present(run, notes)
        bad = frozenset(notes.names)
        if place is not None:
            notes = Notes()  # an earlier call has told what is not there
        place = place or RunPlace()
        for part in run.parts() if task.read else ():
            while part not in place.read:
                if self._over():
                    return replace(place, tally=place.tally.plus(notes.tally())), Tally()
                place = await self._read(run, part, place, bad, notes)
                self._worked = True
        return None, await self._settled(task, place.tally.plus(notes.tally()))

    async def _present(self, run: Told, notes: Notes) -> None:
        """Every file there has to be is there and as long as is said; what else lies in the run's folder is told."""
        there: dict[tuple[str, str], int] = {}
        prefix = names.run_prefix(self.tenant, run.run)
        for container, blobs in self._containers.items() if run.manifest else ():
            async for name, size in blobs.sizes(prefix):
                there[container, name] = size
        there.pop((names.SNAPSHOTS, run.manifest), 0)
        for file in run.files():
            size = there.pop((file.container, file.name), -1)
            if size < 0 and not file.name.startswith(prefix):
                size = (await self._log_sizes(file.container, file.type)).get(file.name, -1)
            about = {"type": file.type, "name": file.name}
            if size < 0:
                notes.add(finding("fileMissing", run.run, f"{file.name} is not there", **about))
            elif file.bytes and size != file.bytes:
                message = f"{file.name} has {size} bytes and should have {file.bytes}"
                notes.add(finding("sizeDiffers", run.run, message, **about))
        for container, name in there:
            message = f"no manifest names {name} in the container {container}"
            notes.add(finding("strayFile", run.run, message, name=name))

    async def _read(self, run: Told, part: str, place: RunPlace, bad: frozenset[str], notes: Notes) -> RunPlace:
        """Reads a part, of a log one file of it."""
        done = replace(place, read=(*place.read, part), files=0)
        if part == REFERRERS:
            assert run.referrers is not None
            await read_referrers(run.run, run.referrers, self.stores.blobs, bad, notes)
            return done
        result = run.types[part]
        blobs = self._containers[result.container]
        if result.log is None:
            await read_type(TypeFiles(run.run, part, result, blobs, bad), notes)
            return done
        for file in result.log.files[place.files : place.files + 1]:
            if file.name not in bad:
                await read_log(run.run, part, file, blobs, notes)
        return done if place.files + 1 >= len(result.log.files) else replace(place, files=place.files + 1)

    async def _log_sizes(self, container: str, key: str) -> dict[str, int]:
        """The files of a log, listed once in a call: a month has some sixty."""
        if (container, key) not in self._logs:
            listed = self._containers[container].sizes(f"{self.tenant}/_logs/{key}/")
            self._logs[container, key] = {name: size async for name, size in listed}
        return self._logs[container, key]

    async def _settled(self, task: RunTask, tally: Tally) -> Tally:
        """What was found, unless the run has gone meanwhile. A run that was read and is whole is marked."""
        if tally.found and not _stands(task, await self._state(task.run)):
            return Tally(counts={"skipped": 1})
        if task.read and tally.clean and await self._state(task.run) is not None:
            now = iso(self.clock())
            await self.stores.runs.change(
                task.run, lambda row: replace(row, verified_at=now) if _stands(task, row.state) else row
            )
        if task.removed or task.logs:
            return tally.counting(runsOfLogs=1)
        return tally.counting(runs=1, read=int(task.read))

    async def _state(self, run: str) -> RunState | None:
        try:
            return (await self.stores.runs.get(run)).state
        except RowMissing:
            return None

    @property
    def _containers(self) -> dict[str, BlobStore]:
        return {names.SNAPSHOTS: self.stores.blobs, names.SECRETS: self.stores.secrets}


def _stands(task: RunTask, state: RunState | None) -> bool:
    """Whether the run is still what it was when it was put down to be looked at."""
    if task.logs:
        return state is not RunState.RUNNING
    return state in ({RunState.REMOVED, None} if task.removed else {RunState.COMMITTED})

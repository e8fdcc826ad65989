"""Whether the index leads to what the runs hold: the part of a verification that goes from type to type.

In: the version rows and the names of a type, and the tables of contents of every run that holds it. Each row has to
lead to a record that is there, and for each run every object it holds has to be what its newest row up to that run
says; so whatever a reader can ask for is found. A search has to find what the newest list holds by its name, and
nothing else. Retention may move rows meanwhile: a type is then looked at again.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from itertools import batched

from functions.backup.upload import write_pieces
from functions.core import names
from functions.core.manifest import Manifest, read_manifest
from functions.core.toc import Entry, read_batches
from functions.core.verify import Tally, finding
from functions.errors import BlobMissing, FormatError, IntegrityError
from functions.storage.naming import state
from functions.storage.open import Stores
from functions.storage.versions import VersionRow
from functions.upkeep.verify_messages import IndexPlace, IndexReply, IndexRequest
from functions.upkeep.verify_notes import Notes, tell
from functions.upkeep.verify_open import read_work
from functions.upkeep.verify_rows import Place, Rows, Wrong, turn

_TOGETHER = 1000  # rows added at once
_AT_ONCE = 16  # manifests
_TRIES = 3  # of a type whose runs change while it is looked at
_PAUSE = 120.0  # seconds before the next
_COUNTED = frozenset({"committed", "pruning", "removed"})
_NOWHERE = "rowPointsNowhere"

type Holders = dict[str, dict[str, str]]  # type → run → container
type Compare = Callable[[str, Sequence[Entry], bool], Iterator[Wrong]]


class IndexVerifier:
    """Looks at types until the time is up (`ends`, as `time.monotonic` counts), at one piece of one type at least."""

    def __init__(self, request: IndexRequest, stores: Stores, ends: float) -> None:
        self._request = request
        self._tenant = request.tenant_id
        self._stores = stores
        self._ends = ends
        self._worked = False
        self._lost: frozenset[str] = frozenset()

    async def work(self) -> IndexReply:
        """One call. Doing it again finds the same. Raises StoreError where storage cannot be read."""
        self._lost = frozenset((await read_work(self._request.work, self._stores)).lost)
        holders = await self._holders()
        place, done, tally = self._request.place, 0, Tally()
        for key in self._request.types:
            if self._over():
                break
            place, found = await self._type(key, place or IndexPlace(), holders.get(key, {}))
            if place is not None:
                return IndexReply(done, place, tally)
            tell(found)
            tally, done = tally.plus(found), done + 1
        return IndexReply(done, None, tally)

    def _over(self) -> bool:
        return self._worked and time.monotonic() >= self._ends

    async def _type(self, key: str, place: IndexPlace, holders: dict[str, str]) -> tuple[IndexPlace | None, Tally]:
        """One type, or what the time allows of it: then a place to go on from."""
        notes = Notes()
        with Rows() as rows:
            if place.work:
                await self._load(key, place.work, rows)
            else:
                rows.know(await self._states(), holders)
            at = rows.place()
            for step in (self._read_rows, self._compare_runs, self._read_names, self._compare_names):
                if not await step(key, rows, at, holders, notes):
                    rows.keep(at)
                    tally = place.tally.plus(notes.tally())
                    return IndexPlace(await self._kept(key, rows), place.tries, tally=tally), Tally()
            tally = place.tally.plus(notes.tally())
            if not tally.found or not await self._moved(rows.states()):
                return None, tally.counting(types=1, rows=rows.count(), names=rows.count_names())
        if place.tries < _TRIES:
            return IndexPlace(tries=place.tries + 1, wait=_PAUSE), Tally()
        return None, Tally(counts={"typesSkipped": 1})

    async def _read_rows(self, key: str, rows: Rows, at: Place, holders: dict[str, str], notes: Notes) -> bool:
        """Takes in every row that counts, and tells those that lead nowhere at all or belong to no run. False when the
        time is up, as the other steps."""
        if at.phase != "rows":
            return True
        states, waiting, number = rows.states(), list[tuple[VersionRow, str]](), 0
        there = {run: holders.get(run, "") for run in rows.holders()}
        async with aclosing(self._stores.versions.of_type(key, at.row)) as found:
            async for where, row in found:
                if isinstance(row, IntegrityError):
                    notes.add(finding("rowDiffers", "", row.message, type=key))
                elif row.run in self._lost or states.get(row.run) in _COUNTED:
                    waiting.append((row, self._target(key, row, states, there, notes)))
                elif row.run not in states:
                    rows.stranger(row.run)
                number += 1
                if number % _TOGETHER == 0:
                    rows.add(waiting)
                    waiting.clear()
                    at.row, self._worked = where, True
                    if self._over():
                        return False
        rows.add(waiting)
        strangers = rows.strangers()
        now = await self._states() if strangers else {}
        for run, count in strangers.items():
            if run not in now:
                message = f"the index has {count} rows of {key} that belong to run {run}, of which nothing is known"
                notes.add(finding("rowOfUnknownRun", run, message, type=key))
        at.phase, self._worked = "runs", True
        return True

    def _target(self, key: str, row: VersionRow, states: dict[str, str], holders: dict[str, str], notes: Notes) -> str:
        """The run that a row leads into, "" where that cannot be looked at."""
        run = row.blob.split("/")[1] if row.blob.count("/") == 2 else ""
        if row.blob == names.snapshot_name(self._tenant, run, key):
            if run in holders:
                return run
            if run in self._lost or states.get(run) == "pruning":
                return ""
        message = (
            f"the row of {row.id} and run {row.run} leads to {row.blob or 'no file'}, which no run that is there has"
        )
        notes.add(finding(_NOWHERE, row.run, message, type=key, name=row.blob, object=row.id))
        return ""

    async def _compare_runs(self, key: str, rows: Rows, at: Place, holders: dict[str, str], notes: Notes) -> bool:
        """Each run's list beside the rows, oldest first."""
        if at.phase != "runs":
            return True
        for run in rows.holders():
            if at.run and turn(run) <= turn(at.run):
                continue
            if self._over():
                return False
            if not at.id:
                rows.advance(at.run, run)

            def compare(after: str, entries: Sequence[Entry], last: bool, run: str = run) -> Iterator[Wrong]:
                return rows.compare(run, after, entries, last=last)

            secret = holders.get(run) == names.SECRETS
            if not await self._compare(key, run, compare, at, secret=secret, notes=notes, told=False):
                return False
            at.run, at.id = run, ""
        at.phase = "names"
        return True

    async def _read_names(self, key: str, rows: Rows, at: Place, _: dict[str, str], notes: Notes) -> bool:
        """Takes in the names that show."""
        if at.phase != "names":
            return True
        counted = self._lost | {run for run, of_run in rows.states().items() if of_run in _COUNTED}
        waiting, number = list[tuple[str, str, str]](), 0
        async with aclosing(self._stores.objects.of_type(key, at.key)) as found:
            async for row_key, row in found:
                if isinstance(row, IntegrityError):
                    notes.add(finding("nameStale", "", row.message, type=key))
                elif state(row, counted) == "live":
                    waiting.append((row.id, row_key, row.name))
                number += 1
                if number % _TOGETHER == 0:
                    rows.add_names(waiting)
                    waiting.clear()
                    at.key, self._worked = row_key, True
                    if self._over():
                        return False
        rows.add_names(waiting)
        at.phase, self._worked = "list", True
        return True

    async def _compare_names(self, key: str, rows: Rows, at: Place, holders: dict[str, str], notes: Notes) -> bool:
        """The newest list beside the names that show."""
        if self._over():
            return False
        rows.count_names()
        if not at.id:
            rows.advance(at.run, "")
        run = at.run

        def compare(after: str, entries: Sequence[Entry], last: bool) -> Iterator[Wrong]:
            return rows.compare_names(run, after, entries, last=last)

        if not run:
            for wrong in compare("", (), True):
                notes.add(finding(wrong.code, wrong.run, wrong.message, type=key, object=wrong.id))
            return True
        secret = holders.get(run) == names.SECRETS
        return await self._compare(key, run, compare, at, secret=secret, notes=notes, told=True)

    async def _compare(
        self, key: str, run: str, compare: Compare, at: Place, *, secret: bool, notes: Notes, told: bool
    ) -> bool:
        """One list, a batch at a time, behind the id in `at`. What is wrong with the file itself may be `told` already.
        False when the time is up: `at` says where."""
        blobs = self._stores.secrets if secret else self._stores.blobs
        name = names.toc_name(self._tenant, run, key)
        if name in self._request.bad:
            return True
        begun = at.id
        try:
            async with aclosing(_with_last(read_batches(blobs.stream(name)))) as batches:
                async for batch, last in batches:
                    entries = [entry for entry in batch if entry.id > begun] if begun else batch
                    if not entries and not last:
                        continue
                    for wrong in compare(at.id, entries, last):
                        notes.add(finding(wrong.code, wrong.run, wrong.message, type=key, object=wrong.id))
                    at.id, self._worked = entries[-1].id if entries else at.id, True
                    if not last and self._over():
                        return False
        except BlobMissing:
            if not told:
                notes.add(finding("fileMissing", run, f"{name} is not there", type=key, name=name))
        except FormatError as error:
            if not told:
                notes.add(finding("tocUnreadable", run, f"{name}: {error.message}", type=key, name=name))
        return True

    async def _moved(self, states: dict[str, str]) -> bool:
        """Whether runs have come or gone since the rows were read, or are going."""
        now = await self._states()
        return any(
            state in {"committed", "pruning"} and (state != now.get(run) or state == "pruning")
            for run, state in states.items()
        )

    async def _load(self, key: str, work: str, rows: Rows) -> None:
        """Takes what an earlier call has left. The ones before it are needed by nobody any more."""
        await rows.load(self._stores.work.stream(work))
        async for name in self._stores.work.list(self._work(key)):
            if name != work:
                await self._stores.work.delete(name)

    async def _kept(self, key: str, rows: Rows) -> str:
        """Leaves the database to the next call."""
        name = f"{self._work(key)}{secrets.token_hex(8)}.db.gz"
        await write_pieces(self._stores.work, name, rows.dump(), {})
        return name

    def _work(self, key: str) -> str:
        return f"{names.verify_work_prefix(self._tenant, self._request.report_id)}{key}."

    async def _states(self) -> dict[str, str]:
        return {row.run_id: row.state.value async for row in self._stores.runs.briefly()}

    async def _holders(self) -> Holders:
        """For each type asked for, the runs that hold its whole list and the container of its files."""
        found: Holders = {}
        there = [
            row.run_id
            async for row in self._stores.runs.briefly()
            if row.state.value == "committed" and row.run_id not in self._lost
        ]
        for some in batched(there, _AT_ONCE, strict=False):
            for run, manifest in zip(some, await asyncio.gather(*map(self._manifest, some)), strict=True):
                for key in self._request.types if manifest else ():
                    result = manifest.types.get(key) if manifest else None
                    if result is not None and result.listed:
                        found.setdefault(key, {})[run] = result.container
        return found

    async def _manifest(self, run: str) -> Manifest | None:
        try:
            return read_manifest(await self._stores.blobs.get(names.manifest_name(self._tenant, run)))
        except (BlobMissing, FormatError):
            return None  # retention has just taken it, or it is told elsewhere


async def _with_last(batches: AsyncIterator[list[Entry]]) -> AsyncGenerator[tuple[Sequence[Entry], bool]]:
    """Each batch with whether it is the last; a single empty one where there is none."""
    held: list[Entry] = []
    async for entries in batches:
        if held:
            yield held, False
        held = entries
    yield held, True

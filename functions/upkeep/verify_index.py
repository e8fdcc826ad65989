"""Whether the index leads to what the runs hold: the part of a verification that goes from type to type.

In: the version rows of a type and the tables of contents of every run that holds it. Each row has to lead to a record
that is there, and for each run every object it holds has to be what its newest row up to that run says; so whatever a
reader can ask for is found. Retention may move rows meanwhile: a type is then looked at again.
"""

import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

from functions.backup.upload import write_pieces
from functions.core import names
from functions.core.manifest import read_manifest
from functions.core.toc import Entry, read_batches
from functions.core.verify import Tally, finding
from functions.errors import BlobMissing, FormatError, IntegrityError
from functions.storage.open import Stores
from functions.storage.versions import VersionRow
from functions.upkeep.verify_messages import IndexPlace, IndexReply, IndexRequest
from functions.upkeep.verify_notes import Notes, tell
from functions.upkeep.verify_rows import Rows, turn

_TOGETHER = 1000  # rows added at once
_TRIES = 3  # of a type whose runs change while it is looked at
_PAUSE = 120.0  # seconds before the next
_COUNTED = frozenset({"committed", "pruning", "removed"})
_NOWHERE = "rowPointsNowhere"

type Holders = dict[str, dict[str, str]]  # type → run → container


class IndexVerifier:
    """Looks at types until the time is up (`ends`, as `time.monotonic` counts), at one run of one type at least."""

    def __init__(self, request: IndexRequest, stores: Stores, ends: float) -> None:
        self._request = request
        self._tenant = request.tenant_id
        self._stores = stores
        self._ends = ends
        self._worked = False

    async def work(self) -> IndexReply:
        """One call. Doing it again finds the same. Raises StoreError where storage cannot be read."""
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
            self._worked = True
        return IndexReply(done, None, tally)

    def _over(self) -> bool:
        return self._worked and time.monotonic() >= self._ends

    async def _type(self, key: str, place: IndexPlace, holders: dict[str, str]) -> tuple[IndexPlace | None, Tally]:
        """One type, or what the time allows of it: then a place to go on from."""
        notes, before = Notes(), place.run
        with Rows() as rows:
            if place.work:
                await rows.load(self._stores.work.stream(place.work))
            else:
                await self._read_rows(key, rows, holders, notes)
            for run in rows.holders():
                if before and turn(run) <= turn(before):
                    continue
                if self._over():
                    tally = place.tally.plus(notes.tally())
                    return IndexPlace(before, await self._kept(key, rows), place.tries, tally=tally), Tally()
                rows.advance(before, run)
                await self._compare(key, run, rows, secret=holders.get(run) == names.SECRETS, notes=notes)
                before, self._worked = run, True
            tally = place.tally.plus(notes.tally())
            if not tally.found or not await self._moved(rows.states()):
                return None, tally.counting(types=1, rows=rows.count())
        if place.tries < _TRIES:
            return IndexPlace(tries=place.tries + 1, wait=_PAUSE), Tally()
        return None, Tally(counts={"typesSkipped": 1})

    async def _read_rows(self, key: str, rows: Rows, holders: dict[str, str], notes: Notes) -> None:
        """Takes in every row that counts, and tells those that lead nowhere at all or belong to no run."""
        states = await self._states()
        rows.know(states, holders)
        nobody: dict[str, int] = {}
        waiting: list[tuple[VersionRow, str]] = []
        async with aclosing(self._stores.versions.of_type(key)) as found:
            async for row in found:
                if isinstance(row, IntegrityError):
                    notes.add(finding("rowDiffers", "", row.message, type=key))
                elif row.run in self._request.lost or states.get(row.run) in _COUNTED:
                    waiting.append((row, self._target(key, row, states, holders, notes)))
                    if len(waiting) == _TOGETHER:
                        rows.add(waiting)
                        waiting.clear()
                elif row.run not in states:
                    nobody[row.run] = nobody.get(row.run, 0) + 1
        rows.add(waiting)
        now = await self._states() if nobody else {}
        for run, number in nobody.items():
            if run not in now:
                message = f"the index has {number} rows of {key} that belong to run {run}, of which nothing is known"
                notes.add(finding("rowOfUnknownRun", run, message, type=key))

    def _target(self, key: str, row: VersionRow, states: dict[str, str], holders: dict[str, str], notes: Notes) -> str:
        """The run that a row leads into, "" where that cannot be looked at."""
        run = row.blob.split("/")[1] if row.blob.count("/") == 2 else ""
        if row.blob == names.snapshot_name(self._tenant, run, key):
            if run in holders:
                return run
            if run in self._request.lost or states.get(run) == "pruning":
                return ""
        message = (
            f"the row of {row.id} and run {row.run} leads to {row.blob or 'no file'}, which no run that is there has"
        )
        notes.add(finding(_NOWHERE, row.run, message, type=key, name=row.blob, object=row.id))
        return ""

    async def _compare(self, key: str, run: str, rows: Rows, *, secret: bool, notes: Notes) -> None:
        """One run: its table of contents beside the rows, a batch at a time."""
        blobs = self._stores.secrets if secret else self._stores.blobs
        name = names.toc_name(self._tenant, run, key)
        if name in self._request.bad:
            return
        after = ""
        try:
            async with aclosing(_with_last(read_batches(blobs.stream(name)))) as batches:
                async for entries, last in batches:
                    for wrong in rows.compare(run, after, entries, last=last):
                        notes.add(finding(wrong.code, wrong.run, wrong.message, type=key, object=wrong.id))
                    after = entries[-1].id if entries else after
        except BlobMissing:
            notes.add(finding("fileMissing", run, f"{name} is not there", type=key, name=name))
        except FormatError as error:
            notes.add(finding("tocUnreadable", run, f"{name}: {error.message}", type=key, name=name))

    async def _moved(self, states: dict[str, str]) -> bool:
        """Whether runs have come or gone since the rows were read, or are going."""
        now = await self._states()
        return any(
            state in {"committed", "pruning"} and (state != now.get(run) or state == "pruning")
            for run, state in states.items()
        )

    async def _kept(self, key: str, rows: Rows) -> str:
        """Leaves the database to the next call."""
        prefix = names.verify_work_prefix(self._tenant, self._request.report_id)
        name = f"{prefix}{key}.{secrets.token_hex(8)}.db.gz"
        await write_pieces(self._stores.work, name, rows.dump(), {})
        return name

    async def _states(self) -> dict[str, str]:
        return {row.run_id: row.state.value async for row in self._stores.runs.briefly()}

    async def _holders(self) -> Holders:
        """For each type asked for, the runs that hold its whole list and the container of its files."""
        found: Holders = {}
        async for row in self._stores.runs.briefly():
            if row.state.value != "committed" or row.run_id in self._request.lost:
                continue
            try:
                data = await self._stores.blobs.get(names.manifest_name(self._tenant, row.run_id))
                manifest = read_manifest(data)
            except (BlobMissing, FormatError):
                continue  # retention has just taken it, or it is told elsewhere
            for key in self._request.types:
                result = manifest.types.get(key)
                if result is not None and result.listed:
                    found.setdefault(key, {})[row.run_id] = result.container
        return found


async def _with_last(batches: AsyncIterator[list[Entry]]) -> AsyncGenerator[tuple[Sequence[Entry], bool]]:
    """Each batch with whether it is the last; a single empty one where there is none."""
    held: list[Entry] = []
    async for entries in batches:
        if held:
            yield held, False
        held = entries
    yield held, True

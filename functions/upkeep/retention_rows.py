"""The version rows of a type when runs go: those that are still needed are pointed to a run that stays.

In: the timelines of the index, which runs stay and which go. Out: rows written over, and counts. The rows of an object
form a chain: a version holds from its run until the run of the next row, so every run in between that holds the type
holds that version. It is looked for there in the table of contents, and its digest compared, before a row is moved.
"""

import time
from collections.abc import Collection, Container, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count

from msgspec.structs import replace

from functions import log
from functions.core import names
from functions.core.runid import inverted
from functions.core.toc import Entry, read_toc
from functions.errors import BlobMissing, FormatError
from functions.storage.blobs import BlobStore
from functions.storage.objects import Objects
from functions.storage.versions import VersionRow, Versions

_TOGETHER = 10_000  # objects whose rows are held at once
_TRIES = 8  # runs in which a version is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A type's rows and files. `holders` are the runs that stay and have its whole list, oldest first, and
    `spare` those that would if their manifests could be trusted; `gone` those whose files go or went; `counted` those
    whose rows count."""

    tenant: str
    type: str
    blobs: BlobStore
    versions: Versions
    objects: Objects
    holders: Sequence[str]
    spare: Sequence[str]
    gone: Container[str]
    counted: Container[str]


@dataclass(slots=True)
class Outcome:
    """What became of rows. `bucket` is where to go on, "" at the end; `unresolved` the runs that have to stay, because
    nobody can say where else a version of theirs lies; `dead` counts versions that no run holds that stays."""

    bucket: str = ""
    moved: int = 0
    dead: int = 0
    unresolved: set[str] = field(default_factory=set)


async def move(place: Place, bucket: str, ends: float) -> Outcome:
    """Points rows to runs that stay, from a bucket on, until the time is up at the end of a bucket.

    Raises StoreError. Doing it again changes nothing.
    """
    done, waiting, lies_in = Outcome(), list[_Timeline](), bucket
    async with aclosing(place.versions.timelines(place.type, bucket)) as timelines:
        async for here, rows in timelines:
            if here != lies_in and lies_in and time.monotonic() > ends:
                done.bucket = here
                break
            lies_in = here
            timeline = [row for row in reversed(rows) if row.run in place.counted]
            if any(_run(row) in place.gone for row in timeline):
                waiting.append(_Timeline(timeline, place))
            if len(waiting) == _TOGETHER:
                await _settle(place, waiting, done)
                waiting.clear()
    await _settle(place, waiting, done)
    return done


async def sweep(place: Place, bucket: str, ends: float) -> Outcome:
    """Removes the rows that still lead into runs that go, and the names that only they had. Raises StoreError."""
    done, lies_in, waiting = Outcome(), bucket, list[VersionRow]()
    async with aclosing(place.versions.timelines(place.type, bucket)) as timelines:
        async for here, rows in timelines:
            if here != lies_in and lies_in and time.monotonic() > ends:
                done.bucket = here
                break
            lies_in = here
            dead = [row for row in rows if row.run in place.counted and _run(row) in place.gone]
            if not dead:
                continue
            # Names first: of an object without rows nobody could tell any more which names it had.
            for name in {row.name for row in dead} - {row.name for row in rows if row not in dead}:
                await place.objects.forget(place.type, rows[0].id, name, counted=place.counted)
            waiting += dead
            if len(waiting) >= _TOGETHER:
                done.dead += await place.versions.remove(place.type, waiting)
                waiting.clear()
    done.dead += await place.versions.remove(place.type, waiting)
    return done


@dataclass(slots=True)
class _Want:
    """A record that is looked for: in which runs, in this order, and with which digests (any, if there are none).
    `held` says that one of the runs must have it, `unreadable` that one of them could not be looked through."""

    id: str
    runs: list[str]
    held: bool
    digests: Collection[str]
    found: Entry | None = None
    found_in: str = ""
    unreadable: bool = False


class _Timeline:
    """One object's rows, oldest first, and what is looked for on behalf of each."""

    def __init__(self, rows: list[VersionRow], place: Place) -> None:
        self.rows = rows
        self.wants: list[_Want | None] = []
        for at, row in enumerate(rows):
            before = rows[at - 1] if at else None
            want = None
            if _run(row) in place.gone and row.change != "deleted":
                end = rows[at + 1].run if at + 1 < len(rows) else ""
                runs, spare = (_between(some, row.run, end) for some in (place.holders, place.spare))
                want = _Want(row.id, [*runs[:_TRIES], *spare], bool(runs), {row.digest} - {""})
            elif _run(row) in place.gone and before is not None and before.change != "deleted":
                # A deletion leads to the last run that had the object: what named it then is found there too.
                runs, spare = (_between(some, before.run, row.run)[::-1] for some in (place.holders, place.spare))
                digests = {row.digest, before.digest} if before.digest else set[str]()
                want = _Want(row.id, [*runs[:_TRIES], *spare], bool(runs), digests)
            self.wants.append(want)

    def settled(self, place: Place, done: Outcome) -> list[VersionRow]:
        """The rows to write. Counts what has no place any more."""
        changed: list[VersionRow] = []
        last: VersionRow | None = None  # the newest so far that stays
        for row, want in zip(self.rows, self.wants, strict=True):
            if _run(row) not in place.gone:
                last = row
                continue
            moved: VersionRow | None = None
            if want is not None and want.found is not None:
                moved = _placed(row, want.found, names.snapshot_name(place.tenant, want.found_in, place.type))
            elif row.change == "deleted" and last is not None:
                moved = _like(row, last)
            elif row.change != "deleted" and want is not None and (want.unreadable or (want.held and last is not None)):
                # The chain says that a run which stays has it, and it is not found there. If the row went, an older one
                # would be taken for it.
                log.error("retention.unresolved", type=place.type, id=row.id, run=row.run)
                done.unresolved.add(_run(row))
                last = row
                continue
            if moved is None:
                done.dead += 1
            else:
                changed.append(moved)
                last = moved
        return changed


async def _settle(place: Place, timelines: Sequence[_Timeline], done: Outcome) -> None:
    left = [want for timeline in timelines for want in timeline.wants if want is not None]
    for attempt in count():
        left = [want for want in left if want.found is None and attempt < len(want.runs)]
        if not left:
            break
        by_run: dict[str, dict[str, list[_Want]]] = {}
        for want in left:
            by_run.setdefault(want.runs[attempt], {}).setdefault(want.id, []).append(want)
        for run in sorted(by_run):
            await _look(place, run, by_run[run])
    changed = [row for timeline in timelines for row in timeline.settled(place, done)]
    done.moved += await place.versions.rewrite(place.type, changed)


async def _look(place: Place, run: str, wanted: dict[str, list[_Want]]) -> None:
    """Looks for records in one run."""
    problem = await _find(place, run, wanted)
    if problem:
        log.error("retention.unreadable", run=run, type=place.type, reason=problem)
        for want in (one for some in wanted.values() for one in some if one.found is None):
            want.unreadable = True


async def _find(place: Place, run: str, wanted: dict[str, list[_Want]]) -> str:
    """One pass over the table of contents of a run. Returns why it could not be looked through, "" where it was."""
    file, toc = (name(place.tenant, run, place.type) for name in (names.snapshot_name, names.toc_name))
    left = len(wanted)
    try:
        if not await place.blobs.exists(file):
            return "" if run in place.spare else f"{file} is not there"  # nothing is in it that could be kept
        async for entry in read_toc(place.blobs.stream(toc)):
            for want in wanted.get(entry.id, ()):
                if not want.digests or entry.digest in want.digests:
                    want.found, want.found_in = entry, run
            left -= entry.id in wanted
            if not left:
                break
    except BlobMissing as error:
        return "" if run in place.spare else error.message
    except FormatError as error:
        return error.message
    return ""


def _between(holders: Sequence[str], first: str, before: str) -> list[str]:
    """The holders from one run on, and before another ("" for no end), oldest first."""
    newest, oldest = inverted(before) if before else "", inverted(first)
    return [run for run in holders if newest < inverted(run) <= oldest]


def _run(row: VersionRow) -> str:
    """The run that a row leads into."""
    return row.blob.split("/")[1] if "/" in row.blob else ""


def _placed(row: VersionRow, entry: Entry, file: str) -> VersionRow:
    return replace(
        row,
        blob=file,
        offset=entry.offset,
        length=entry.length,
        at=entry.at,
        size=entry.size,
        digest=entry.digest if row.digest else "",
    )


def _like(row: VersionRow, other: VersionRow) -> VersionRow:
    return replace(
        row,
        blob=other.blob,
        offset=other.offset,
        length=other.length,
        at=other.at,
        size=other.size,
        digest=other.digest,
    )

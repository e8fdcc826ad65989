"""Two runs of one type against each other: the changes, and what of each object changed.

In: which run holds the type's list on each side. Out: one page of changes in the order of ids, and how many there are
in all. The tables of contents are read side by side; records only of what was updated, from the pieces of the
snapshot files that hold them, so time follows the changes and memory follows neither.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from functions.core import names
from functions.core.gzipped import member_text
from functions.core.record import RELATIONSHIPS
from functions.core.toc import Change, ChangeKind, Entry, changes, read_ids, read_toc
from functions.errors import IntegrityError
from functions.storage.blobs import BlobStore

_TOGETHER = 32 << 20  # bytes of records held at once
_READ = 8 << 20  # bytes of a snapshot file asked for at once
_GAP = 1 << 18  # bytes nobody wants that cost less to read along than another request does

_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

type Fate = Literal["recycleBin", "gone", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One type's list as a run holds it. `run` "" stands for before there was any: everything is created since."""

    tenant: str
    run: str
    key: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One object. `properties` are the top-level ones that differ, links as `@relationships.members`; `fate` is what
    became of a deleted object, "" for others."""

    kind: ChangeKind
    id: str
    name: str
    properties: tuple[str, ...] = ()
    fate: Fate | Literal[""] = ""


@dataclass(slots=True)
class Comparison:
    """`created`, `updated` and `deleted` count all changes; `page` are those after the cursor; `more` says whether
    others follow."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    page: list[Compared] = field(default_factory=list)
    more: bool = False


async def compare(
    blobs: BlobStore, before: Side, after: Side, *, bin: Side | None, last: str = "", top: int = 1000
) -> Comparison:
    """A page of at most `top` changes to objects whose id comes after `last`. `bin` is the list of the type's recycle
    bin as of `after`, None where there is none to look in.

    Raises StoreError, BlobMissing, FormatError, IntegrityError.
    """
    comparison = Comparison()
    found: list[Change] = []
    if before != after:
        async for change in changes(_entries(blobs, before), _entries(blobs, after)):
            _count(comparison, change.kind)
            if change.entry.id <= last:
                continue
            if len(found) < top:
                found.append(change)
            else:
                comparison.more = True
    updated = [change for change in found if change.kind == "updated"]
    differing: dict[str, tuple[str, ...]] = {}
    for some in _portions(updated):
        differing |= await _differing(blobs, before, after, some)
    binned = await _binned(blobs, bin, [change.entry.id for change in found if change.kind == "deleted"])
    for change in found:
        fate: Fate | Literal[""] = ""
        if change.kind == "deleted":
            fate = "unknown" if binned is None else "recycleBin" if change.entry.id in binned else "gone"
        comparison.page.append(
            Compared(change.kind, change.entry.id, change.entry.name, differing.get(change.entry.id, ()), fate)
        )
    return comparison


async def _entries(blobs: BlobStore, side: Side) -> AsyncIterator[Entry]:
    if side.run:
        async for entry in read_toc(blobs.stream(names.toc_name(side.tenant, side.run, side.key))):
            yield entry


def _count(comparison: Comparison, kind: ChangeKind) -> None:
    if kind == "created":
        comparison.created += 1
    elif kind == "updated":
        comparison.updated += 1
    else:
        comparison.deleted += 1


def _portions(updated: Sequence[Change]) -> Iterator[list[Change]]:
    """As many at a time as may be held: a group of a million members is a record of 70 MB."""
    portion: list[Change] = []
    size = 0
    for change in updated:
        portion.append(change)
        size += sum(entry.size for entry in (change.before, change.after) if entry is not None)
        if size >= _TOGETHER:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


async def _differing(
    blobs: BlobStore, before: Side, after: Side, updated: Sequence[Change]
) -> dict[str, tuple[str, ...]]:
    """id → the names of the properties that differ."""
    old: dict[str, bytes] = {}
    async for identity, record in _records(blobs, before, (c.before for c in updated if c.before is not None)):
        old[identity] = record
    found: dict[str, tuple[str, ...]] = {}
    async for identity, record in _records(blobs, after, (c.after for c in updated if c.after is not None)):
        found[identity] = tuple(_names(old.pop(identity), record))
    return found


async def _records(blobs: BlobStore, side: Side, wanted: Iterable[Entry]) -> AsyncIterator[tuple[str, bytes]]:
    """The records of these entries, in the order of the file; neighbouring members are read with one request."""
    file = names.snapshot_name(side.tenant, side.run, side.key)
    ordered = sorted(wanted, key=lambda entry: (entry.offset, entry.at))
    for group in _neighbours(ordered):
        start = group[0].offset
        data = await blobs.read(file, start, group[-1].offset + group[-1].length - start)
        text, of = b"", -1
        for entry in group:
            if entry.offset != of:
                of = entry.offset
                text = member_text(data[of - start : of - start + entry.length])
            if entry.at + entry.size > len(text):
                raise IntegrityError(
                    f"{file} does not hold the record of {entry.id} where its table of contents says",
                    remedy="The file was changed or damaged; restore it from the storage account's own versions",
                )
            yield entry.id, text[entry.at : entry.at + entry.size]


def _neighbours(ordered: Sequence[Entry]) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    for entry in ordered:
        end = entry.offset + entry.length
        apart = group and entry.offset - (group[-1].offset + group[-1].length) > _GAP
        if group and (apart or end - group[0].offset > _READ):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _names(before: bytes, after: bytes) -> Iterator[str]:
    left, right = _parts(before), _parts(after)
    for name in sorted(left.keys() | right.keys()):
        if name != RELATIONSHIPS:
            if left.get(name) != right.get(name):
                yield name
            continue
        old, new = (_parts(side[name]) if name in side else {} for side in (left, right))
        yield from (f"{name}.{link}" for link in sorted(old.keys() | new.keys()) if old.get(link) != new.get(link))


async def _binned(blobs: BlobStore, bin: Side | None, ids: Sequence[str]) -> set[str] | None:
    """Which of these lie in the recycle bin; None when that is not known."""
    if bin is None or not ids:
        return None if bin is None else set()
    wanted = set(ids)
    found: set[str] = set()
    async for some in read_ids(blobs.stream(names.toc_name(bin.tenant, bin.run, bin.key))):
        found |= wanted.intersection(some)
    return found

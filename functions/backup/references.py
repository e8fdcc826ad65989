"""Ids inside policies, assignments, scopes and rules that lead to nothing: found when everything has been read.

In: which run holds the newest whole list of each type. Out: `References` for the manifest. A scratch database takes the
ids that were met, and loses those that turn out to be there, so memory does not grow with the tenant.
"""

from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from itertools import batched
from typing import NamedTuple

import msgspec

from functions.backup.scratch import ScratchDatabase
from functions.catalogue.model import ObjectType
from functions.core import names
from functions.core.gzipped import json_batches
from functions.core.manifest import Dangling, Gap, References
from functions.core.record import Object, identity_of
from functions.core.references import references, texts
from functions.core.toc import read_ids
from functions.errors import BlobMissing, FormatError
from functions.storage.blobs import BlobStore

_SHOWN = 1000
_MANY = 500
_decode = msgspec.json.Decoder(dict[str, object]).decode


class Found(NamedTuple):
    """`alerts` name the files that could not be read for this."""

    references: References
    alerts: tuple[Gap, ...]


async def dangling(
    tenant: str, run: str, bases: Mapping[str, str], entries: Mapping[str, ObjectType], blobs: BlobStore
) -> Found:
    """Looks through the types that `run` itself holds. `bases` are, per type, the run with its newest whole list.

    Raises StoreError; a file that is damaged or gone only makes its type one of which nothing is known.
    """
    with _Ledger() as ledger:
        check = _Check(tenant, bases, entries, blobs, ledger)
        await check.meet(run)
        await check.settle()
        return check.result()


class _Check:
    def __init__(
        self,
        tenant: str,
        bases: Mapping[str, str],
        entries: Mapping[str, ObjectType],
        blobs: BlobStore,
        ledger: "_Ledger",
    ) -> None:
        self._tenant = tenant
        self._bases = {key: run for key, run in bases.items() if key in entries and not entries[key].private}
        self._entries = entries
        self._blobs = blobs
        self._ledger = ledger
        self._bins = {entry.bin for entry in entries.values() if entry.bin}
        self._unknown: set[str] = set()
        self._alerts: list[Gap] = []

    async def meet(self, run: str) -> None:
        """Puts every id that stands in a record of this run into the ledger."""
        for key, entry in self._entries.items():
            if entry.references and self._bases.get(key) == run:
                await self._guarded(key, self._meet_type(key, entry, run))

    async def _meet_type(self, key: str, entry: ObjectType, run: str) -> None:
        async for lines in self._records(key, run):
            rows = []
            for line in lines:
                record: Object = _decode(line)  # type: ignore[assignment]
                if self._abroad(record, entry):
                    continue
                name = record.get(entry.name)
                for found in references(record, entry):
                    label = name if isinstance(name, str) else ""
                    rows.append((found.target, key, identity_of(line, entry), label, found.place))
            self._ledger.meet(rows)

    def _abroad(self, record: Object, entry: ObjectType) -> bool:
        """The record leads into another tenant, none of whose objects are in any list here."""
        home = record.get(entry.organization) if entry.organization else None
        return isinstance(home, str) and home.lower() not in ("", self._tenant.lower())

    async def settle(self) -> None:
        """Strikes out what is there. The recycle bins come last: what only they have is marked."""
        self._ledger.strike([self._tenant])
        for key in sorted(self._bases, key=lambda key: key in self._bins):
            await self._guarded(key, self._strike_type(key, self._entries[key]))

    async def _strike_type(self, key: str, entry: ObjectType) -> None:
        run, binned = self._bases[key], key in self._bins
        async for ids in read_ids(self._blobs.stream(names.toc_name(self._tenant, run, key))):
            self._ledger.strike([identity.lower() for identity in ids], binned=binned)
        if entry.aliases:
            async for lines in self._records(key, run):
                records = [_decode(line) for line in lines]
                called = [text for record in records for path in entry.aliases for text in texts(record, path)]  # type: ignore[arg-type]
                self._ledger.strike([text.lower() for text in called], binned=binned)

    def _records(self, key: str, run: str) -> AsyncIterator[list[bytes]]:
        return json_batches(self._blobs.stream(names.snapshot_name(self._tenant, run, key)))

    async def _guarded(self, key: str, work: Awaitable[None]) -> None:
        try:
            await work
        except (BlobMissing, FormatError, msgspec.DecodeError) as error:
            self._unknown.add(key)
            self._alerts.append(
                Gap(
                    "referencesUnchecked",
                    f"{key}: its file of run {self._bases[key]} cannot be read, so ids that lead to it were not "
                    f"checked: {error}",
                    "Find out what happened to the file; the storage account's versions may still hold it",
                )
            )

    def result(self) -> Found:
        """What is left in the ledger, apart from what cannot be judged."""
        unjudged: dict[str, tuple[str, ...]] = {}
        for key, place in self._ledger.places():
            missing = self._missing(self._entries[key], place)
            if missing:
                unjudged[f"{key}.{place}"] = missing
                self._ledger.drop(key, place)
        return Found(
            References(self._ledger.met, self._ledger.count(), tuple(self._ledger.first(_SHOWN)), unjudged),
            tuple(self._alerts),
        )

    def _missing(self, entry: ObjectType, place: str) -> tuple[str, ...]:
        wanted = entry.leads_to.get(place, entry.depends_on)
        return tuple(key for key in wanted if key not in self._bases or key in self._unknown)


class _Ledger(ScratchDatabase):
    """The ids that were met and not yet found."""

    def __init__(self) -> None:
        super().__init__(
            "CREATE TABLE met(target TEXT, type TEXT, id TEXT, name TEXT, place TEXT, binned INTEGER DEFAULT 0,"
            " PRIMARY KEY(target, type, id, place)) WITHOUT ROWID;"
        )
        self.met = 0

    def meet(self, rows: Sequence[tuple[str, str, str, str, str]]) -> None:
        self.met += len(rows)
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO met(target, type, id, name, place) VALUES(?,?,?,?,?)", rows)
        self._db.execute("COMMIT")

    def strike(self, ids: Iterable[str], *, binned: bool = False) -> None:
        self._db.execute("BEGIN")
        for some in batched(ids, _MANY, strict=False):
            marks = ",".join("?" * len(some))
            change = "UPDATE met SET binned=1" if binned else "DELETE FROM met"
            self._db.execute(f"{change} WHERE target IN ({marks})", some)
        self._db.execute("COMMIT")

    def places(self) -> list[tuple[str, str]]:
        return list(self._db.execute("SELECT DISTINCT type, place FROM met ORDER BY type, place"))

    def drop(self, key: str, place: str) -> None:
        self._db.execute("DELETE FROM met WHERE type=? AND place=?", [key, place])

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM met").fetchone()[0])

    def first(self, limit: int) -> Iterable[Dangling]:
        rows = self._db.execute(
            "SELECT type, id, name, place, target, binned FROM met ORDER BY type, name, id, place, target LIMIT ?",
            [limit],
        )
        return (
            Dangling(key, identity, name, place, target, bool(bin_))
            for key, identity, name, place, target, bin_ in rows
        )

"""The table `Versions`: one row per version of an object. An object that did not change gets none.

Rows lie in sixteen partitions a type, by a hash of the object id, which is more than one partition can take at once;
within a partition the versions of an object are next to each other, newest first.
"""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from functions.core.runid import inverted
from functions.errors import IntegrityError, RowConflict
from functions.storage.keys import HIGHEST, JOINT, joined, key, literal, starting, unkey
from functions.storage.rows import Small, StoredRow, columns, row_of, short
from functions.storage.runs import Runs
from functions.storage.tables import Row, Tables
from functions.storage.wire import Write

TABLE = "Versions"


type Change = Literal["created", "updated", "deleted"]
type Place = tuple[str, str]  # of a row: its two keys


class VersionRow(StoredRow, frozen=True, kw_only=True):
    """Where a version lies: text `[at, at + size)` of the gzip member `[offset, offset + length)` of `blob`.

    A deletion names the place and the digest of the object's last record, in the run it was compared with.
    """

    id: str
    change: Change
    name: str
    run: str
    blob: str = ""
    offset: int = 0
    length: Small = 0
    at: Small = 0
    size: Small = 0
    digest: str = ""


class Versions:
    """The versions of one tenant's objects. Readers leave out rows of runs that are not in `Runs.counted`."""

    def __init__(self, tables: Tables, tenant: str, runs: Runs) -> None:
        self._tables = tables
        self._tenant = tenant
        self._runs = runs

    async def write(self, type: str, rows: AsyncIterable[VersionRow] | Iterable[VersionRow]) -> int:
        """Writes any number of rows and returns how many. The same rows again change nothing."""
        return await self._tables.write(TABLE, self._rows(type, rows))

    async def of_object(self, type: str, id: str, *, until: str = "") -> list[VersionRow]:
        """All versions of an object, newest first, up to and including the run `until`; of every run that wrote one."""
        first = joined(id, inverted(until)) if until else key(id) + JOINT
        last = key(id) + JOINT + HIGHEST
        where = (
            f"PartitionKey eq {literal(self._partition(type, id))}"
            f" and RowKey ge {literal(first)} and RowKey lt {literal(last)}"
        )
        return [row_of(VersionRow, entity) async for entity in self._tables.query(TABLE, where)]

    async def clear(self) -> int:
        """Removes all rows of the tenant and returns how many: for an index that is made anew."""
        return await self._tables.clear(TABLE, starting("PartitionKey", key(self._tenant) + JOINT))

    async def timelines(self, type: str, bucket: str = "") -> AsyncGenerator[tuple[str, list[VersionRow]]]:
        """All rows of a type, an object at a time with the bucket it lies in, newest first; of every run that wrote
        one. Begins with the bucket that is named: the order is always the same."""
        every = joined(self._tenant, type) + JOINT
        where = f"PartitionKey ge {literal(every + bucket)} and PartitionKey lt {literal(every + HIGHEST)}"
        rows, lies_in = list[VersionRow](), ""
        async with aclosing(self._tables.query(TABLE, where)) as entities:
            async for entity in entities:
                row = row_of(VersionRow, entity)
                if rows and rows[0].id != row.id:
                    yield lies_in, rows
                    rows = []
                rows.append(row)
                lies_in = entity["PartitionKey"].rpartition(JOINT)[2]
        if rows:
            yield lies_in, rows

    async def rewrite(self, type: str, rows: Iterable[VersionRow]) -> int:
        """Writes rows over themselves, each only if it is there, and returns how many. Raises RowMissing."""
        return await self._tables.write(TABLE, [replace(self._row(type, row), write=Write.UPDATE) for row in rows])

    async def remove(self, type: str, rows: Iterable[VersionRow]) -> int:
        """Deletes rows and returns how many; one that is not there is no error."""
        return await self._tables.write(
            TABLE, [replace(self._row(type, row), columns={}, write=Write.DELETE) for row in rows]
        )

    async def types(self) -> AsyncIterator[str]:
        """The types that have rows, of whatever run: one short question for each."""
        first, last = key(self._tenant) + JOINT, key(self._tenant) + JOINT + HIGHEST
        while True:
            where = f"PartitionKey ge {literal(first)} and PartitionKey lt {literal(last)}"
            found = await self._tables.first(TABLE, where, 1)
            if not found:
                return
            escaped = str(found[0]["PartitionKey"]).split(JOINT)[1]
            yield unkey(escaped)
            first = key(self._tenant) + JOINT + escaped + JOINT + HIGHEST

    async def of_type(
        self, type: str, after: Place | None = None
    ) -> AsyncGenerator[tuple[Place, VersionRow | IntegrityError]]:
        """Every row of a type behind a place, of whatever run, each with its place; for one that is no version, what is
        wrong with it."""
        every = joined(self._tenant, type) + JOINT
        wanted = [starting("PartitionKey", every)]
        if after is not None:  # two questions: the service looks through a whole table for one that says "or"
            partition, row_key = map(literal, after)
            wanted = [
                f"PartitionKey eq {partition} and RowKey gt {row_key}",
                f"PartitionKey gt {partition} and PartitionKey lt {literal(every + HIGHEST)}",
            ]
        for where in wanted:
            async with aclosing(self._tables.query(TABLE, where)) as entities:
                async for entity in entities:
                    try:
                        found: VersionRow | IntegrityError = row_of(VersionRow, entity)
                    except IntegrityError as error:
                        found = error
                    yield (entity["PartitionKey"], entity["RowKey"]), found

    async def remove_run(self, run: str, type: str = "") -> int:
        """Removes the rows of a run that has not committed (of one type, or of all) and returns how many.

        Raises RowConflict if the run is committed.
        """
        if run in await self._runs.counted(fresh=True):
            raise RowConflict(f"run {run} is committed: its versions stay")
        return await self._tables.write(TABLE, self._rows_of_run(run, type))

    async def _rows(self, type: str, rows: AsyncIterable[VersionRow] | Iterable[VersionRow]) -> AsyncIterator[Row]:
        if isinstance(rows, AsyncIterable):
            async for row in rows:
                yield self._row(type, row)
        else:
            for row in rows:
                yield self._row(type, row)

    def _row(self, type: str, row: VersionRow) -> Row:
        found = columns(row)
        found["Name"] = short(row.name)
        return Row(self._partition(type, row.id), joined(row.id, inverted(row.run)), found)

    def _partition(self, type: str, id: str) -> str:
        return _bucket(self._tenant, type, hashlib.sha256(id.encode()).hexdigest()[0])

    async def _rows_of_run(self, run: str, type: str) -> AsyncIterator[Row]:
        mine = (joined(self._tenant, type) if type else key(self._tenant)) + JOINT
        where = f"{starting('PartitionKey', mine)} and Run eq {literal(run)}"
        async for entity in self._tables.query(TABLE, where, select=["PartitionKey", "RowKey"]):
            yield Row(entity["PartitionKey"], entity["RowKey"], {}, Write.DELETE)


@lru_cache(maxsize=1024)
def _bucket(tenant: str, type: str, digit: str) -> str:
    return joined(tenant, type, digit)

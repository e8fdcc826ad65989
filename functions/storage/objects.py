"""The table `Objects`: every object under its name, for search by the start of the name; deleted ones stay, marked.

functions/storage/naming.py says what the rows mean. Names are compared folded: `josé` finds `JOSÉ`.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Container, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from functions.errors import IntegrityError, RowConflict
from functions.storage.cursors import after, cursor_after
from functions.storage.keys import JOINT, fold, joined, key, literal, starting
from functions.storage.naming import Known, ObjectChange, ObjectRow, object_key, object_rows, searched, state, undone
from functions.storage.rows import row_of
from functions.storage.runs import Runs
from functions.storage.tables import PAGE, Row, Tables
from functions.storage.versions import Versions

TABLE = "Objects"
_TOGETHER = 200  # changes whose past is looked up together
_LOOKUPS = 16


@dataclass(frozen=True, slots=True)
class Found:
    """An object a search found. `deleted` is the run that found it gone, or empty."""

    id: str
    name: str
    deleted: str


class Objects:
    """The names of one tenant's objects."""

    def __init__(self, tables: Tables, tenant: str, runs: Runs, versions: Versions) -> None:
        self._tables = tables
        self._tenant = tenant
        self._runs = runs
        self._versions = versions

    async def write(
        self, type: str, changes: AsyncIterable[ObjectChange] | Iterable[ObjectChange], *, first: bool = False
    ) -> int:
        """Writes what the changes of one run mean for the index and returns the number of rows.

        Repeating it is harmless. For each created object the past is looked up, since it may have been deleted under
        another name; `first=True` spares that where no committed run has ever read the type.
        """
        committed = frozenset[str]() if first else await self._runs.counted(fresh=True)
        return await self._tables.write(TABLE, self._rows(type, changes, committed))

    async def search(
        self,
        type: str,
        prefix: str = "",
        *,
        deleted: bool | None = False,
        top: int = 50,
        cursor: str = "",
        committed: Container[str],
    ) -> tuple[list[Found], str]:
        """At most `top` objects whose name starts so, by name, and the cursor of the next, empty at the end.

        `deleted`: False for those that are there, True for those that are gone, None for both.
        """
        question = (TABLE, self._tenant, type, prefix, str(deleted))
        where = f"PartitionKey eq {literal(self._partition(type))} and {starting('RowKey', searched(prefix))}"
        if cursor:
            where += f" and RowKey gt {literal(after(cursor, *question))}"
        wanted = {False: {"live"}, True: {"deleted"}, None: {"live", "deleted"}}[deleted]
        start, found, last = fold(prefix), list[Found](), ""
        async with aclosing(self._tables.query(TABLE, where, page=min(PAGE, 2 * top + 1))) as entities:
            async for entity in entities:
                row = row_of(ObjectRow, entity)
                seen = state(row, committed)
                if seen not in wanted or not fold(row.name).startswith(start):
                    continue
                if len(found) == top:
                    return found, cursor_after(last, *question)
                last = entity["RowKey"]
                found.append(Found(row.id, row.name, row.deleted if seen == "deleted" else ""))
        return found, ""

    async def of_type(self, type: str, after: str = "") -> AsyncGenerator[tuple[str, ObjectRow | IntegrityError]]:
        """Every row of a type behind a key, whatever it shows, each with its key; for one that is no name, what is
        wrong with it."""
        where = f"PartitionKey eq {literal(self._partition(type))} and RowKey gt {literal(after)}"
        async with aclosing(self._tables.query(TABLE, where)) as entities:
            async for entity in entities:
                try:
                    yield entity["RowKey"], row_of(ObjectRow, entity)
                except IntegrityError as error:
                    yield entity["RowKey"], error

    async def clear(self) -> int:
        """Removes all rows of the tenant and returns how many: for an index that is made anew."""
        return await self._tables.clear(TABLE, starting("PartitionKey", key(self._tenant) + JOINT))

    async def forget(self, type: str, id: str, name: str, *, counted: Container[str]) -> bool:
        """Removes an object's row under a name that none of its versions has any more, and says whether it did.

        A run under way may be writing to the row: it stays if a run that does not count yet has touched it.
        """
        where = self._partition(type), object_key(id, name)
        stored = await self._tables.get(TABLE, *where)
        if stored is None:
            return False
        row = row_of(ObjectRow, stored.entity)
        if any(run and run not in counted for run in (row.since, row.until, row.deleted, row.restored)):
            return False
        return await self._tables.remove(TABLE, *where, stored.etag)

    async def remove_run(self, run: str, type: str = "") -> int:
        """Undoes the traces of a run that has not committed (of one type, or of all) and returns how many rows.

        Raises RowConflict if the run is committed.
        """
        if run in await self._runs.counted(fresh=True):
            raise RowConflict(f"run {run} is committed: its rows stay")
        return await self._tables.write(TABLE, self._undone(run, type))

    def _partition(self, type: str) -> str:
        return joined(self._tenant, type)

    async def _rows(
        self, type: str, changes: AsyncIterable[ObjectChange] | Iterable[ObjectChange], committed: Container[str]
    ) -> AsyncIterator[Row]:
        partition = self._partition(type)
        async with aclosing(_grouped(changes, _TOGETHER)) as groups:
            async for group in groups:
                past = await self._past(type, group, committed) if committed else {}
                for change in group:
                    for row in object_rows(partition, change, past.get(change.id)):
                        yield row

    async def _past(self, type: str, changes: list[ObjectChange], committed: Container[str]) -> dict[str, Known]:
        free = asyncio.Semaphore(_LOOKUPS)

        async def known(change: ObjectChange) -> Known | None:
            async with free:
                # Up to this run: while an index is made anew, a call that comes again finds later runs, too.
                versions = await self._versions.of_object(type, change.id, until=change.run)
            for version in versions:
                if version.run in committed and version.run != change.run:
                    return Known(version.name, deleted=version.change == "deleted")
            return None

        new = [change for change in changes if change.change == "created" and change.previous_name is None]
        found = await asyncio.gather(*(known(change) for change in new))
        return {change.id: past for change, past in zip(new, found, strict=True) if past is not None}

    async def _undone(self, run: str, type: str) -> AsyncIterator[Row]:
        named = literal(run)
        mine = (
            f"PartitionKey eq {literal(self._partition(type))}"
            if type
            else starting("PartitionKey", key(self._tenant) + JOINT)
        )
        where = f"{mine} and (Since eq {named} or Until eq {named} or Deleted eq {named} or Restored eq {named})"
        async for entity in self._tables.query(TABLE, where):
            yield undone(entity["PartitionKey"], entity["RowKey"], row_of(ObjectRow, entity), run)


async def _grouped(
    changes: AsyncIterable[ObjectChange] | Iterable[ObjectChange], size: int
) -> AsyncGenerator[list[ObjectChange]]:
    group: list[ObjectChange] = []
    async with aclosing(_each(changes)) as each:
        async for change in each:
            group.append(change)
            if len(group) == size:
                yield group
                group = []
    if group:
        yield group


async def _each(changes: AsyncIterable[ObjectChange] | Iterable[ObjectChange]) -> AsyncGenerator[ObjectChange]:
    if isinstance(changes, AsyncIterable):
        async for change in changes:
            yield change
    else:
        for change in changes:
            yield change

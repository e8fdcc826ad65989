"""The table `IdMap`: which new id an object got when it was re-created. Kept for ever: old snapshots name old ids."""

import asyncio
from collections.abc import Iterable, Mapping

from functions.errors import RowMissing
from functions.storage.keys import key, literal
from functions.storage.rows import StoredRow, columns, row_of
from functions.storage.tables import Row, Tables

TABLE = "IdMap"
_LOOKUPS = 16


class IdRow(StoredRow, frozen=True, kw_only=True):
    """`old_id` lives on as `new_id`, by the plan `plan_id`, since `at`."""

    old_id: str
    new_id: str
    type: str
    plan_id: str
    at: str


class IdMap:
    """The id map of one tenant."""

    def __init__(self, tables: Tables, tenant: str) -> None:
        self._tables = tables
        self._tenant = tenant

    async def put(self, *rows: IdRow) -> None:
        """Notes new ids, all of them or none; a later one for the same old id counts."""
        kept = [Row(key(self._tenant), key(row.old_id), columns(row)) for row in rows]
        if len(kept) == 1:
            await self._tables.put(TABLE, kept[0])
        else:
            await self._tables.write(TABLE, kept)

    async def made(self, old_ids: Iterable[str], plan_id: str) -> dict[str, str]:
        """The new ids that one plan has given; what it has not made is left out."""
        free = asyncio.Semaphore(_LOOKUPS)

        async def one(old_id: str) -> IdRow | None:
            async with free:
                stored = await self._tables.get(TABLE, key(self._tenant), key(old_id))
            return row_of(IdRow, stored.entity) if stored is not None else None

        found = await asyncio.gather(*(one(old_id) for old_id in dict.fromkeys(old_ids)))
        return {row.old_id: row.new_id for row in found if row is not None and row.plan_id == plan_id}

    async def get(self, old_id: str) -> IdRow:
        """The step an id takes, not the end of the chain. Raises RowMissing."""
        stored = await self._tables.get(TABLE, key(self._tenant), key(old_id))
        if stored is None:
            raise RowMissing(f"{old_id} was not re-created")
        return row_of(IdRow, stored.entity)

    async def every(self) -> dict[str, str]:
        """The present id of all objects that were ever re-created, a thousand to a request."""
        where = f"PartitionKey eq {literal(key(self._tenant))}"
        steps = {
            row.old_id: row.new_id
            async for entity in self._tables.query(TABLE, where)
            if (row := row_of(IdRow, entity)).old_id != row.new_id
        }
        return {old: _end(old, steps) for old in steps}

    async def resolve(self, ids: Iterable[str]) -> dict[str, str]:
        """The present id of each: itself if it was not re-created, else the end of its chain (or of its circle)."""
        free = asyncio.Semaphore(_LOOKUPS)

        async def end(id: str) -> str:
            passed = [id]
            while True:
                async with free:
                    stored = await self._tables.get(TABLE, key(self._tenant), key(passed[-1]))
                if stored is None or (following := row_of(IdRow, stored.entity).new_id) in passed:
                    return passed[-1]
                passed.append(following)

        wanted = list(dict.fromkeys(ids))
        return dict(zip(wanted, await asyncio.gather(*(end(id) for id in wanted)), strict=True))


def _end(old: str, steps: Mapping[str, str]) -> str:
    passed = [old]
    while (following := steps.get(passed[-1])) is not None and following not in passed:
        passed.append(following)
    return passed[-1]

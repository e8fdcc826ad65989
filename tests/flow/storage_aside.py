"""Stores beside the real ones: what lies there is read, what is written stays in memory and is forgotten.

For tests that ask what Graph's answers make of a backup, again and again with one answer changed; storage has its part
in what they go out from. tests/flow/test_storage_aside.py holds the two against each other.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import msgspec

from functions.clock import utc_now
from functions.core.names import SECRETS, SNAPSHOTS, WORK
from functions.errors import BlobExists, RowConflict, RowMissing, StoreError
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores, _stores
from functions.storage.tables import PAGE, Entity, Row, Stored, Tables, encoded
from functions.storage.wire import DELETIONS, Write

type Place = tuple[str, str, str]  # of a row: its table and its two keys

_TOKEN = re.compile(r"(\w+) (eq|ne|ge|gt|le|lt) '((?:[^']|'')*)'|(and|or|[()])|(\s+)")
_numbers = count(1)
_SIGNS = {"eq": "==", "ne": "!=", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


@dataclass
class Behind:
    """What lies in the real stores, as far as it was asked for. To be made anew when something was written there."""

    stores: Stores
    tenant: str
    names: dict[str, dict[str, int]] = field(default_factory=dict)  # by container: the blobs and their sizes
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    rows: dict[Place, Stored | None] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[Entity]] = field(default_factory=dict)

    def aside(self) -> Stores:
        """Stores of the tenant that hold what the real ones do, and leave those as they are."""
        real = {SNAPSHOTS: self.stores.blobs, SECRETS: self.stores.secrets, WORK: self.stores.work}
        blobs, secrets, work = (BlobsAside(self, name, container) for name, container in real.items())
        return _stores(self.tenant, (blobs, secrets, work), TablesAside(self), utc_now, AsyncExitStack())


class BlobsAside(BlobStore):
    """The blobs of a container, and those written here. Blobs of the container are not deleted, nor written over."""

    def __init__(self, behind: Behind, container: str, real: BlobStore) -> None:
        super().__init__(real._container)
        self._behind = behind
        self._name = container
        self._real = real
        self._own: dict[str, tuple[bytes, dict[str, str]]] = {}
        self._staged: dict[tuple[str, str], bytes] = {}

    async def _there(self) -> dict[str, int]:
        found = self._behind.names.get(self._name)
        if found is None:
            found = {name: size async for name, size in self._real.sizes(f"{self._behind.tenant}/")}
            self._behind.names[self._name] = found
        return found

    async def put(
        self,
        name: str,
        data: bytes,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        await self._make(name, data, metadata)

    async def replace(self, name: str, data: bytes) -> None:
        self._own[name] = (data, {})

    async def get(self, name: str) -> bytes:
        if name in self._own:
            return self._own[name][0]
        files = self._behind.files
        if (self._name, name) not in files:
            files[self._name, name] = await self._real.get(name)
        return files[self._name, name]

    async def read(self, name: str, offset: int, length: int) -> bytes:
        data = (await self.get(name))[offset : offset + length]
        if len(data) != length:
            raise StoreError(f"read blob {name}: {length} bytes from {offset} asked for, {len(data)} there")
        return data

    async def stream(self, name: str) -> AsyncIterator[bytes]:
        yield await self.get(name)

    async def stage(self, name: str, block_id: str, data: bytes) -> None:
        self._staged[name, block_id] = data

    async def commit(
        self,
        name: str,
        block_ids: Sequence[str],
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        await self._absent(name)
        if any((name, block) not in self._staged for block in block_ids):
            raise StoreError(f"commit blob {name}: 400 InvalidBlockList")
        await self._make(name, b"".join(self._staged[name, block] for block in block_ids), metadata)
        self._staged = {place: data for place, data in self._staged.items() if place[0] != name}

    async def exists(self, name: str) -> bool:
        return name in self._own or name in await self._there()

    async def metadata(self, name: str) -> dict[str, str]:
        return self._own[name][1] if name in self._own else await self._real.metadata(name)

    async def list(self, prefix: str) -> AsyncIterator[str]:
        async for name, _ in self.sizes(prefix):
            yield name

    async def sizes(self, prefix: str) -> AsyncIterator[tuple[str, int]]:
        found = {name: size for name, size in (await self._there()).items() if name.startswith(prefix)}
        found |= {name: len(data) for name, (data, _) in self._own.items() if name.startswith(prefix)}
        for name in sorted(found):
            yield name, found[name]

    async def folders(self, prefix: str) -> AsyncIterator[str]:
        names = [name.removeprefix(prefix) async for name in self.list(prefix)]
        for folder in dict.fromkeys(name.partition("/")[0] for name in names if "/" in name):
            yield folder

    async def delete(self, name: str) -> None:
        if name not in self._own and name in await self._there():
            raise AssertionError(f"{name} is not this run's to delete")
        self._own.pop(name, None)

    async def _absent(self, name: str) -> None:
        if await self.exists(name):
            raise BlobExists(f"write blob {name}: the name is taken; it is written once")

    async def _make(self, name: str, data: bytes, metadata: Mapping[str, str] | None) -> None:
        await self._absent(name)
        self._own[name] = (data, {key.lower(): value for key, value in (metadata or {}).items()})


class TablesAside(Tables):
    """The rows of the tables, and over them those written here."""

    def __init__(self, behind: Behind) -> None:
        super().__init__(behind.stores.tables._wire)
        self._behind = behind
        self._own: dict[Place, Entity | None] = {}  # None: deleted
        self._tags: dict[Place, int] = {}

    async def get(self, table: str, partition: str, key: str) -> Stored | None:
        place = (table, partition, key)
        if place in self._own:
            entity = self._own[place]
            return Stored(dict(entity), f"own {self._tags[place]}") if entity is not None else None
        rows = self._behind.rows
        if place not in rows:
            rows[place] = await self._behind.stores.tables.get(table, partition, key)
        return rows[place]

    async def insert(self, table: str, row: Row) -> None:
        if await self.get(table, row.partition, row.key) is not None:
            raise RowConflict(f"insert into table {table}: 409 EntityAlreadyExists")
        self._keep(table, row, {})

    async def put(self, table: str, row: Row) -> None:
        stored = await self.get(table, row.partition, row.key) if row.write is Write.MERGE else None
        self._keep(table, row, stored.entity if stored else {})

    async def swap(self, table: str, row: Row, etag: str) -> None:
        stored = await self.get(table, row.partition, row.key)
        if stored is None or stored.etag != etag:
            raise RowConflict(f"change in table {table}: 412 UpdateConditionNotSatisfied")
        self._keep(table, row, {})

    async def remove(self, table: str, partition: str, key: str, etag: str) -> bool:
        stored = await self.get(table, partition, key)
        if stored is None or stored.etag != etag:
            return False
        self._forget((table, partition, key))
        return True

    async def query(
        self, table: str, where: str, *, select: Collection[str] = (), page: int = PAGE
    ) -> AsyncGenerator[Entity]:
        answers = self._behind.answers
        if (table, where) not in answers:
            answers[table, where] = [one async for one in self._behind.stores.tables.query(table, where)]
        found = {(table, one["PartitionKey"], one["RowKey"]): one for one in answers[table, where]}
        matches = condition(where)
        for place, entity in self._own.items():
            found.pop(place, None)
            if entity is not None and place[0] == table and matches(entity):
                found[place] = entity
        for place in sorted(found):
            wanted = select or found[place]
            yield {name: value for name, value in found[place].items() if name in wanted}

    async def write(self, table: str, rows: AsyncIterable[Row] | Iterable[Row]) -> int:
        written = 0
        async for row in _each(rows):
            written += 1
            match row.write:
                case Write.INSERT:
                    await self.insert(table, row)
                case Write.DELETE:
                    self._forget((table, row.partition, row.key))
                case Write.UPDATE | Write.REMOVE:
                    if await self.get(table, row.partition, row.key) is None:
                        raise RowMissing(f"write to table {table}: 404 ResourceNotFound")
                    if row.write in DELETIONS:
                        self._forget((table, row.partition, row.key))
                    else:
                        self._keep(table, row, {})
                case _:
                    await self.put(table, row)
        return written

    def _keep(self, table: str, row: Row, before: Entity) -> None:
        place = (table, row.partition, row.key)
        entity: Entity = {**before, **msgspec.json.decode(encoded(row))}
        self._own[place] = {name: value for name, value in entity.items() if not name.endswith("@odata.type")}
        self._tags[place] = next(_numbers)

    def _forget(self, place: Place) -> None:
        self._own[place] = None


def condition(where: str) -> Any:
    """A filter of the product's as a function of a row. A column that is not there matches nothing."""
    parts: list[str] = []
    end = 0
    while end < len(where):
        token = _TOKEN.match(where, end)
        if token is None:
            raise AssertionError(f"not a filter that is known here: {where[end:]}")
        end = token.end()
        column, sign, literal, word, _ = token.groups()
        if column:
            value = repr(literal.replace("''", "'"))
            parts.append(f"({column!r} in row and row[{column!r}] {_SIGNS[sign]} {value})")
        elif word:
            parts.append(word)
    return eval(f"lambda row: {' '.join(parts)}")  # of the pieces above alone


async def _each(rows: AsyncIterable[Row] | Iterable[Row]) -> AsyncIterator[Row]:
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield row
    else:
        for row in rows:
            yield row

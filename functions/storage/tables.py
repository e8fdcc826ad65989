"""The index tables: rows in, rows out, by key, by range and in bulk.

A row is a partition, a key and its columns as the service's JSON has them (functions/storage/rows.py makes them of
structs). A failure names table, row and the service's code.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from functions.errors import StoreError
from functions.storage.wire import DELETIONS, Answer, Operation, Refusal, Wire, Write, at, refusal
from functions.storage.writer import Writer

type Entity = dict[str, Any]

PAGE = 1000  # rows the service gives at most in one answer
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Row:
    """A row to write: keys already escaped, columns in the service's own form."""

    partition: str
    key: str
    columns: Mapping[str, object]
    write: Write = Write.REPLACE


@dataclass(frozen=True, slots=True)
class Stored:
    """A row that was read, and the tag that a conditional write compares."""

    entity: Entity
    etag: str


class _Page(msgspec.Struct):
    value: list[Entity]


class Tables:
    """The tables of one storage account. `in_flight` bounds the transactions of one bulk write."""

    def __init__(self, wire: Wire, *, in_flight: int = 4) -> None:
        self._wire = wire
        self._in_flight = in_flight

    async def create(self, *names: str) -> None:
        """Makes the tables that are missing: one request for each that is there."""
        await asyncio.gather(*(self._create(name) for name in names))

    async def get(self, table: str, partition: str, key: str) -> Stored | None:
        """One row by its keys, or None."""
        answer = await self._wire.send("GET", table + at(partition, key), subject=table)
        if answer.status == 200:
            return Stored(msgspec.json.decode(answer.body), answer.headers.get("ETag") or "")
        problem = refusal(answer)
        if problem.code == "ResourceNotFound":
            return None
        raise problem.error("read table", _subject(table, partition, key))

    async def insert(self, table: str, row: Row) -> None:
        """A new row. Raises RowConflict if there is one; after a lost answer, that may be this very row."""
        answer = await self._wire.send(
            "POST", table, body=encoded(row), headers={"Prefer": "return-no-content"}, subject=table
        )
        _check(answer, "insert into table", table, row)

    async def put(self, table: str, row: Row) -> None:
        """Replaces or merges one row, whatever was there."""
        method = "PUT" if row.write is Write.REPLACE else "PATCH"
        answer = await self._wire.send(method, table + at(row.partition, row.key), body=encoded(row), subject=table)
        _check(answer, "write to table", table, row)

    async def swap(self, table: str, row: Row, etag: str) -> None:
        """Replaces one row if it is still the one that was read. Raises RowConflict if another writer came first."""
        answer = await self._wire.send(
            "PUT", table + at(row.partition, row.key), body=encoded(row), headers={"If-Match": etag}, subject=table
        )
        _check(answer, "change in table", table, row)

    async def remove(self, table: str, partition: str, key: str, etag: str) -> bool:
        """Deletes one row if it is still the one that was read. False if another writer came first, or it is gone."""
        answer = await self._wire.send("DELETE", table + at(partition, key), headers={"If-Match": etag}, subject=table)
        if answer.status < 300:
            return True
        problem = refusal(answer)
        if answer.status == 412 or problem.code == "ResourceNotFound":
            return False
        raise problem.error("delete from table", _subject(table, partition, key))

    async def query(
        self, table: str, where: str, *, select: Collection[str] = (), page: int = PAGE
    ) -> AsyncGenerator[Entity]:
        """Rows that match a filter, in key order, read `page` at a time."""
        fixed = f"{table}()?$filter={quote(where, safe='')}&$top={min(page, PAGE)}"
        if select:
            fixed += f"&$select={quote(','.join(select), safe='')}"
        path = fixed
        while path:
            answer = await self._wire.send("GET", path, subject=table)
            if answer.status != 200:
                raise refusal(answer).error("query table", table)
            for entity in msgspec.json.decode(answer.body, type=_Page).value:
                yield entity
            path = _continued(fixed, answer.headers)

    async def first(self, table: str, where: str, count: int, *, select: Collection[str] = ()) -> list[Entity]:
        """At most `count` rows that match a filter, in key order."""
        found: list[Entity] = []
        async with aclosing(self.query(table, where, select=select, page=count)) as entities:
            async for entity in entities:
                found.append(entity)
                if len(found) == count:
                    break
        return found

    async def write(self, table: str, rows: AsyncIterable[Row] | Iterable[Row]) -> int:
        """Writes any number of rows in transactions, several at once, and returns how many.

        Rows are grouped by partition in bounded memory. Two rows with the same keys are written in their order. When
        this raises, any of the rows may have been written: replacing and merging again is harmless.
        """

        async def send(operations: list[Operation]) -> None:
            await self._transaction(table, operations)

        async with Writer(send, in_flight=self._in_flight) as writer:
            if isinstance(rows, AsyncIterable):
                async for row in rows:
                    await writer.add(self._operation(table, row))
            else:
                for row in rows:
                    await writer.add(self._operation(table, row))
        return writer.written

    async def clear(self, table: str, where: str) -> int:
        """Removes the rows that match a filter and returns how many."""

        async def found() -> AsyncGenerator[Row]:
            async with aclosing(self.query(table, where, select=["PartitionKey", "RowKey"])) as entities:
                async for entity in entities:
                    yield Row(entity["PartitionKey"], entity["RowKey"], {}, Write.DELETE)

        return await self.write(table, found())

    def _operation(self, table: str, row: Row) -> Operation:
        entity = b"" if row.write in DELETIONS else encoded(row)
        return self._wire.operation(table, row.partition, row.key, row.write, entity)

    async def _transaction(self, table: str, operations: list[Operation]) -> None:
        while operations:
            problem = await self._wire.transaction(table, operations)
            if problem is None:
                return
            if not _already_gone(problem, operations):
                index = problem.index if 0 <= problem.index < len(operations) else 0
                failed = operations[index]
                raise problem.error("write to table", _subject(table, failed.partition, failed.row))
            operations = operations[: problem.index] + operations[problem.index + 1 :]

    async def _create(self, name: str) -> None:
        # Looked for before it is made: rights that were given table by table do not reach as far as POST Tables.
        answer = await self._wire.send("GET", f"{name}()?$top=1&$select=PartitionKey", subject=name)
        if answer.status == 200:
            return
        if refusal(answer).code != "TableNotFound":
            raise refusal(answer).error("open table", name)
        answer = await self._wire.send("POST", "Tables", body=_ENCODER.encode({"TableName": name}), subject=name)
        if answer.status >= 300 and refusal(answer).code != "TableAlreadyExists":
            raise refusal(answer).error("create table", name)


def encoded(row: Row) -> bytes:
    """The row as the service's JSON. Raises StoreError for text that is not Unicode."""
    try:
        body = _ENCODER.encode({"PartitionKey": row.partition, "RowKey": row.key, **row.columns})
    except UnicodeEncodeError as problem:
        raise StoreError(f"row {row.key}: a column holds half a surrogate pair, which is not text") from problem
    # Line separators are legal inside JSON strings, but parts of a transaction are lines to some readers.
    if b"\xe2\x80" in body:
        body = body.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return body


def _already_gone(problem: Refusal, operations: list[Operation]) -> bool:
    return (
        problem.status == 404
        and problem.code in {"ResourceNotFound", "EntityNotFound"}
        and 0 <= problem.index < len(operations)
        and operations[problem.index].write is Write.DELETE
    )


def _check(answer: Answer, action: str, table: str, row: Row) -> None:
    if answer.status >= 300:
        raise refusal(answer).error(action, _subject(table, row.partition, row.key))


def _continued(fixed: str, headers: Mapping[str, str]) -> str:
    partition = headers.get("x-ms-continuation-NextPartitionKey")
    if partition is None:
        return ""
    row = headers.get("x-ms-continuation-NextRowKey") or ""
    path = f"{fixed}&NextPartitionKey={quote(partition, safe='')}"
    return f"{path}&NextRowKey={quote(row, safe='')}" if row else path


def _subject(table: str, partition: str, key: str) -> str:
    return f"{table} row {partition} / {key}"

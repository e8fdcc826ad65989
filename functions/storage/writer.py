"""Groups a stream of operations into transactions: same partition, bounded size, each row once, several in flight.

In: operations one by one, and a function that does one transaction. Out: nothing kept back at the end, or the first
failure. Memory holds at most `waiting` operations and the transactions in flight.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType

from functions.storage.wire import MAX_BYTES, MAX_OPERATIONS, Operation

type Send = Callable[[list[Operation]], Awaitable[None]]


class Writer:
    """An async context manager: leaving it without an exception waits for everything."""

    def __init__(self, send: Send, *, in_flight: int, waiting: int = 4000) -> None:
        self._send = send
        self._in_flight = in_flight
        self._most_waiting = waiting
        self._groups: dict[str, dict[str, Operation]] = {}
        self._sizes: dict[str, int] = {}
        self._waiting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[tuple[str, str]] = set()
        self.written = 0

    async def add(self, operation: Operation) -> None:
        """Takes one operation; waits while as many transactions as allowed are under way."""
        partition, size = operation.partition, len(operation.data)
        group = self._groups.get(partition)
        if group and (operation.row in group or self._sizes[partition] + size > MAX_BYTES):
            await self._flush(partition)
            group = None
        if (partition, operation.row) in self._busy:
            await self._drain()  # the earlier write of this row has to arrive first
        if group is None:
            group = self._groups.setdefault(partition, {})
        group[operation.row] = operation
        self._sizes[partition] = self._sizes.get(partition, 0) + size
        self._waiting += 1
        if len(group) == MAX_OPERATIONS:
            await self._flush(partition)
        elif self._waiting >= self._most_waiting:
            await self._flush(max(self._groups, key=lambda name: len(self._groups[name])))

    async def __aenter__(self) -> "Writer":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                for partition in list(self._groups):
                    await self._flush(partition)
                await self._drain()
        finally:
            await self._abandon()

    async def _flush(self, partition: str) -> None:
        operations = list(self._groups.pop(partition).values())
        self._sizes.pop(partition)
        self._waiting -= len(operations)
        while len(self._tasks) >= self._in_flight:
            await self._one_done()
        self._busy.update((operation.partition, operation.row) for operation in operations)
        self._tasks.add(asyncio.create_task(self._run(operations)))

    async def _run(self, operations: list[Operation]) -> None:
        rows = [(operation.partition, operation.row) for operation in operations]
        await self._send(operations)
        self._busy.difference_update(rows)
        self.written += len(rows)

    async def _one_done(self) -> None:
        done, self._tasks = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        failures = [problem for task in done if (problem := task.exception())]
        if failures:
            raise failures[0]

    async def _drain(self) -> None:
        while self._tasks:
            await self._one_done()

    async def _abandon(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

"""Runs open activity calls, at most `limit` at a time, in the order in which they were asked for.

In: `Task`s. Out: each task's outcome to `done`. A task is open until its outcome is stored, so that one cut off by
the end of the process runs again at the next start: activities run at least once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from local.host.durable.store import Task
from local.host.worker import Outcome


class Activities:
    """The queue of calls and the calls under way."""

    def __init__(
        self,
        limit: int,
        call: Callable[[Task], Awaitable[Outcome]],
        done: Callable[[Task, Outcome], None],
        watch: Callable[[asyncio.Task[None]], None],
    ) -> None:
        self._limit, self._call, self._done, self._watch = limit, call, done, watch
        self._queue: deque[Task] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._stopped = False

    def add(self, task: Task) -> None:
        """Runs the task as soon as the limit allows."""
        self._queue.append(task)
        self._fill()

    async def stop(self, grace: float) -> None:
        """Begins nothing more; what is under way has `grace` seconds to end before it is cut off."""
        self._stopped = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()

    def _fill(self) -> None:
        while self._queue and len(self._running) < self._limit and not self._stopped:
            running = asyncio.get_running_loop().create_task(self._run(self._queue.popleft()))
            self._running.add(running)
            running.add_done_callback(self._ended)

    def _ended(self, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        self._watch(running)
        self._fill()

    async def _run(self, task: Task) -> None:
        self._done(task, await self._call(task))

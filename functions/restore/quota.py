"""Graph's quota for writes: how many calls that write may be sent, and how many at once.

Graph takes 3,000 writes of an app in 150 seconds. All restores of the process share one quota. A short burst goes out
at once; what follows is spaced so that no window of 150 seconds ever holds more than allowed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

_WINDOW = 150.0
_BURST = 20  # one part of so many of the quota may go out at once


class Quota:
    """`writes` in 150 seconds, `parallel` at once; and the locks of what Graph wants one at a time in the tenant."""

    def __init__(
        self,
        writes: int,
        parallel: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._burst = max(1.0, writes / _BURST)
        self._rate = max(1.0, writes - self._burst) / _WINDOW
        self._left = self._burst
        self._clock, self._sleep = clock, sleep
        self._at = clock()
        self._slots = asyncio.Semaphore(parallel)
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits for a place, and until one more write is within the quota."""
        async with self._slots:
            now = self._clock()
            self._left = min(self._burst, self._left + (now - self._at) * self._rate) - 1.0
            self._at = now
            if self._left < 0.0:
                await self._sleep(-self._left / self._rate)
            yield

    def lock(self, name: str) -> asyncio.Lock:
        """The lock under which writes of one kind follow each other."""
        return self._locks.setdefault(name, asyncio.Lock())


_SHARED: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[int, int], Quota]] = WeakKeyDictionary()


def shared(writes: int, parallel: int) -> Quota:
    """The quota of this process, on the running event loop."""
    quotas = _SHARED.setdefault(asyncio.get_running_loop(), {})
    return quotas.setdefault((writes, parallel), Quota(writes, parallel))

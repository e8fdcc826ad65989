"""How fast a bucket of Graph's throttling may be used: how many at once, and how far apart.

In: the start and the answer of every request. Out: a slot to send in. All clients of the process share one `Limiters`
a Graph host, because Graph counts them together. A bucket runs free until Graph reports 80 % of its limit; from then
on requests start no closer than keeps the use below that share of the limit, which follows from what was spent in the
last ten seconds and the share Graph reported. Services that report nothing have a documented limit of requests
instead: their buckets keep the time between two requests that it comes to.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple
from weakref import WeakKeyDictionary


class _Limit(NamedTuple):
    concurrency: int
    spacing: float  # least seconds from one request to the next


_LIMITS = {
    "identity": _Limit(16, 0.0),
    "conditionalAccess": _Limit(1, 1.0),  # one a second for a tenant, all apps together
    "reports": _Limit(1, 2.0),  # 5 in 10 s: audit and sign-in logs, and users' authentication methods
    "signInActivity": _Limit(1, 6.0),  # 10 a minute
    # 150 a minute for a tenant, when $select names them: wide enough for a batch of 20 every eight seconds
    "keyCredentials": _Limit(2, 0.4),
    "identityProviders": _Limit(1, 0.3),  # 200 a minute: also user flows, event listeners and custom extensions
    "intune": _Limit(4, 0.02),  # 1,000 in 20 s for each of its services, which share this bucket
    "schemaExtensions": _Limit(4, 0.022),  # 455 in 10 s, says an older page
}
SERIAL_BUCKETS = frozenset(name for name, limit in _LIMITS.items() if limit.concurrency == 1)  # 20 at once are too many
_WINDOW = 10.0  # seconds over which Graph counts resource units
_SLOW_FROM = 0.8
_LONGEST_GAP = 5.0


class Bucket:
    """One throttling bucket of one Graph host."""

    def __init__(
        self,
        concurrency: int,
        spacing: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._spacing = spacing
        self._clock = clock
        self._sleep = sleep
        self._last_start = float("-inf")
        self._last_weight = 1
        self._spent: deque[tuple[float, float]] = deque()
        self._allowed = 0.0  # resource units a second while slowed
        self._slow_until = 0.0

    @asynccontextmanager
    async def slot(self, weight: int = 1) -> AsyncIterator[None]:
        """Waits for a place, and then for the time to start. `weight` is how many requests Graph will count."""
        async with self._slots:
            start = max(self._clock(), self._last_start + self.gap())
            self._last_start, self._last_weight = start, weight
            if (wait := start - self._clock()) > 0:
                await self._sleep(wait)
            yield

    def gap(self) -> float:
        """Seconds between two starts as things are."""
        spacing = self._spacing * self._last_weight
        if self._clock() >= self._slow_until:
            return spacing
        cost = sum(units for _, units in self._spent) / len(self._spent)
        return max(spacing, min(_LONGEST_GAP, cost / self._allowed))

    def learn(self, headers: Mapping[str, str]) -> float:
        """Takes in what an answer says of its cost and of the limit. Returns the resource units, 0 where unsaid."""
        now = self._clock()
        units = _number(headers.get("x-ms-resource-unit", ""))
        self._spent.append((now, units or 1.0))  # a service that tells no cost is counted by requests
        while self._spent and self._spent[0][0] < now - _WINDOW:
            self._spent.popleft()
        share = _number(headers.get("x-ms-throttle-limit-percentage", ""))
        if share >= _SLOW_FROM:
            spent = sum(cost for _, cost in self._spent)
            self._allowed = max(1.0, spent / share * _SLOW_FROM / _WINDOW)
            self._slow_until = now + _WINDOW
        return units


class Limiters:
    """The buckets of one Graph host. `spacing` multiplies the time that a bucket keeps between two requests."""

    def __init__(
        self,
        spacing: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spacing = spacing
        self._clock = clock
        self._sleep = sleep
        # a semaphore belongs to the event loop that first waits on it
        self._buckets: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Bucket]] = WeakKeyDictionary()

    def bucket(self, name: str) -> Bucket:
        """The bucket of that name, made when first asked for. Raises KeyError for one whose limit nobody has stated."""
        buckets = self._buckets.setdefault(asyncio.get_running_loop(), {})
        if name not in buckets:
            limit = _LIMITS[name]
            buckets[name] = Bucket(limit.concurrency, limit.spacing * self._spacing, self._clock, self._sleep)
        return buckets[name]


_SHARED: dict[tuple[str, float], Limiters] = {}


def shared(origin: str, spacing: float) -> Limiters:
    """The limiters that all clients of this process use for one Graph host."""
    return _SHARED.setdefault((origin, spacing), Limiters(spacing))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0.0 <= value < 1e6 else 0.0

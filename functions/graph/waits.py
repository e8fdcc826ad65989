"""How long to wait before asking again, and when to stop.

In: the headers of a throttled answer, the number of attempts, the clock, the dice. Out: seconds, or "no more".
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from functions.clock import Clock, utc_now

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_LONGEST_BACKOFF = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitPolicy:
    """The rules of waiting, and what a test replaces. `pace` multiplies every wait.

    `budget` is how many seconds one call may wait in all: a longer wait is the orchestrator's, on a durable timer.
    """

    limit: int = 6
    budget: float = 120.0
    pace: float = 1.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    dice: Callable[[], float] = random.random
    now: Clock = utc_now


@dataclass(slots=True)
class Patience:
    """The waiting that one call has left."""

    policy: WaitPolicy
    attempts: int = 0
    waited: float = field(default=0.0)

    def next_wait(self, told: float | None) -> float | None:
        """Seconds until the next attempt, None when there is none. `told` is what Graph asked for, if it did."""
        if self.attempts >= self.policy.limit:
            return None
        wait = self.policy.pace * (self._told(told) if told is not None else self._backoff())
        return wait if self.waited + wait <= self.policy.budget else None

    async def wait(self, seconds: float) -> None:
        """Waits, and counts the attempt."""
        self.attempts += 1
        self.waited += seconds
        await self.policy.sleep(seconds)

    def _told(self, seconds: float) -> float:
        # never less than told; a little more, so that all who were told the same do not come back at once
        return seconds + self.policy.dice() * min(1.0, 0.1 * seconds + 0.05)

    def _backoff(self) -> float:
        return min(_LONGEST_BACKOFF, 2.0**self.attempts) * (1.0 + self.policy.dice())


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Retry-After in seconds: a whole or decimal number or an HTTP date. None where absent or meaningless."""
    value = headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(value):
        return float(value)
    until = _date(value)
    if until is None:
        return None
    # the server's own clock where it tells the time: ours may differ
    since = _date(headers.get("date", "")) or now
    return max(0.0, (until - since).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None

"""Wakes instances when a message of theirs falls due: one timer of the event loop for all of them, no polling."""

import asyncio
import heapq
from collections.abc import Callable

from local.host.clock import Now

_LONGEST = (
    60.0  # seconds; the wall clock may be set, or the machine sleep, while the loop's own clock goes on or stands
)


class Alarm:
    """`ring` is called with an instance id at or after the moment it was set for."""

    def __init__(self, now: Now, ring: Callable[[str], None]) -> None:
        self._now, self._ring = now, ring
        self._heap: list[tuple[float, str]] = []
        self._handle: asyncio.TimerHandle | None = None

    def set(self, moment: float, instance: str) -> None:
        heapq.heappush(self._heap, (moment, instance))
        if self._heap[0] == (moment, instance):
            self._arm()

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _arm(self) -> None:
        self.stop()
        if self._heap:
            delay = min(max(0.0, self._heap[0][0] - self._now()), _LONGEST)
            self._handle = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        now = self._now()
        while self._heap and self._heap[0][0] <= now:
            self._ring(heapq.heappop(self._heap)[1])
        self._arm()

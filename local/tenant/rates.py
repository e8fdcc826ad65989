"""Limits of requests per second on a bucket, off unless a switch sets them: `rates`, bucket → requests per second.

Conditional Access tells nobody how long to wait; every other bucket says so in Retry-After.
"""

import math
import time
from collections import deque

from local.tenant.message import Reply
from local.tenant.switches import Behaviour

WINDOWS = {"reports": 10.0}  # seconds over which requests are counted; elsewhere each waits for the one before it
SILENT = frozenset({"conditionalAccess"})


class Rates:
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._taken: dict[str, deque[float]] = {}

    def refusal(self, bucket: str) -> Reply | None:
        """None where the bucket still has room for this request, which is then counted."""
        rate = self._behaviour.on.rates.get(bucket)
        if not rate:
            return None
        window = WINDOWS.get(bucket, 1 / rate)
        most = max(1, round(rate * window))
        now = time.monotonic()
        taken = self._taken.setdefault(bucket, deque())
        while taken and now - taken[0] >= window:
            taken.popleft()
        if len(taken) < most:
            taken.append(now)
            return None
        self._behaviour.hit(f"rates.{bucket}")
        error = {
            "code": "TooManyRequests",
            "message": "Too many requests.",
            "innerError": {"code": "429", "status": "429"},
        }
        wait = {} if bucket in SILENT else {"retry-after": str(math.ceil(window - (now - taken[0])))}
        return Reply(429, {"error": error}, wait)

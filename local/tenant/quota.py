"""The directory's limit of writes in a span of time, off unless the switch `writeQuota` sets one; all are counted.

Each write counts when it arrives, whatever becomes of it; one that is beyond the limit does not.
"""

import math
import time
from collections import deque

from local.tenant.message import Reply
from local.tenant.switches import Behaviour

EXEMPT = frozenset({"intune", "reports"})  # services with limits of their own


class Quota:
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._taken: deque[float] = deque()
        self.counted = 0
        self.refused = 0

    def refusal(self, bucket: str) -> Reply | None:
        """None where there is room for this write, which is then counted."""
        if bucket in EXEMPT:
            return None
        limit = self._behaviour.on.write_quota
        now = time.monotonic()
        while self._taken and (not limit.writes or now - self._taken[0] >= limit.seconds):
            self._taken.popleft()
        if not limit.writes or len(self._taken) < limit.writes:
            self.counted += 1
            if limit.writes:
                self._taken.append(now)
            return None
        self.refused += 1
        self._behaviour.hit("writeQuota")
        error = {
            "code": "TooManyRequests",
            "message": "Too many requests.",
            "innerError": {"code": "429", "status": "429"},
        }
        wait = max(1, math.ceil(limit.seconds - (now - self._taken[0])))
        return Reply(429, {"error": error}, {"retry-after": str(wait)})

    def reset(self) -> None:
        self._taken.clear()
        self.counted = self.refused = 0

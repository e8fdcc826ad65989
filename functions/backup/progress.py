"""Telling how far a type is: a row in the table of runs, every few seconds at most."""

import time

from functions.backup.messages import Checkpoint, TypeRequest
from functions.clock import Clock, iso
from functions.graph.client import GraphClient
from functions.storage.runs import ProgressRow, Runs

_EVERY = 2.0  # seconds


class Progress:
    """The progress of one type in one activity. Requests of earlier activities are in the checkpoint."""

    def __init__(
        self, request: TypeRequest, checkpoint: Checkpoint, client: GraphClient, runs: Runs, clock: Clock
    ) -> None:
        self._request = request
        self._checkpoint = checkpoint
        self._client = client
        self._runs = runs
        self._clock = clock
        self._last = float("-inf")

    async def tell(self, phase: str, objects: int, *, always: bool = False) -> None:
        """Writes the row, unless one was written a moment ago."""
        now = time.monotonic()
        if not always and now - self._last < _EVERY:
            return
        self._last = now
        requests = self._checkpoint.requests + self._client.usage.requests
        row = ProgressRow(
            type=self._request.key, phase=phase, objects=objects, requests=requests, updated_at=iso(self._clock())
        )
        await self._runs.put_progress(self._request.run_id, row)

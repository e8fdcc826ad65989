"""Waiting until a write is seen. Entra ID has many replicas: for a while one shows the old state, another the new.

In: a question that is asked again and again. Out: whether its answer held for several reads in a row.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from functions.settings import Settings

_TRIES = 36  # three minutes at the usual five seconds
_ACROSS_REPLICAS = 12
_FEW = 3

# The object is there, and the replica that answered has not heard of it.
_NOT_THERE_YET = ("does not exist or one of its queried reference-property objects are not present",)
# A service principal whose application is too new; refused with 400, or with 403 and a word about permissions.
_NO_APPLICATION_YET = (
    "does not reference a valid application object",
    "the backing application of the service principal being created must in the local tenant",
)
_BAD_OR_EARLY = (
    "one or more property values specified are invalid",
    "not a valid reference update",
    "1040: namedlocation with id",
)
_EARLY_CODES = frozenset({"RoleNotFound", "SubjectNotFound"})  # of privileged access, which hears of objects late
_PENDING = "PendingRoleAssignmentRequest"  # the request before is still being worked on
_CONCURRENT = "Directory_ConcurrencyViolation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """`reads` good answers in a row, `interval` seconds apart, within `tries` questions."""

    interval: float
    reads: int
    tries: int = _TRIES
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @staticmethod
    def of(settings: Settings) -> "Settle":
        """As the settings say."""
        return Settle(interval=settings.settle_interval, reads=settings.settle_reads)

    async def until(self, good: Callable[[], Awaitable[bool]], *, reads: int = 0) -> bool:
        """True once `good` said so `reads` times in a row (default: as many as settled); False when tries run out."""
        wanted, in_a_row = reads or self.reads, 0
        for attempt in range(max(self.tries, wanted)):
            if attempt:
                await self.pause()
            in_a_row = in_a_row + 1 if await good() else 0
            if in_a_row >= wanted:
                return True
        return False

    async def pause(self) -> None:
        """The time between two questions."""
        await self.sleep(self.interval)


def tries_for(status: int, code: str, message: str, *, just_made: bool) -> int:
    """How often a refused write is worth sending, because the refusal may only mean that a replica is behind.

    `just_made`: an object that the call is about was made or undeleted a moment ago, so that "not found" means "not
    yet".
    """
    text = message.casefold()
    if any(part in text for part in _NOT_THERE_YET) and (status == 400 or just_made):
        return _ACROSS_REPLICAS
    if status in {400, 403} and any(part in text for part in _NO_APPLICATION_YET):
        return _ACROSS_REPLICAS
    if status == 404 and (just_made or code in _EARLY_CODES):
        return _ACROSS_REPLICAS
    if code == _PENDING or (status == 409 and code == _CONCURRENT):
        return _ACROSS_REPLICAS
    if status == 400 and any(part in text for part in _BAD_OR_EARLY):
        return _ACROSS_REPLICAS if just_made else _FEW
    return 1

"""Finds the object that an interrupted creation made, if it made one.

In: what was sent, and the row of the journal that was written before. Out: an id, or "". Somebody else's object is
never taken for ours: what has the name without having been there before must hold every value that was sent.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from functions.catalogue.model import ObjectType
from functions.clock import parse_iso
from functions.core.record import Object
from functions.errors import WriteUnverified
from functions.restore.live import Live
from functions.restore.settle import Settle
from functions.storage.restores import StepRow

_CLOCKS_APART = timedelta(minutes=5)


def findable(entry: ObjectType, sent: Object) -> bool:
    """True for an object that can be looked for by what was sent."""
    return any(sent.get(key) for key in entry.natural_keys if "@odata." not in key)


async def made_before(
    sent: Object,
    row: StepRow,
    live: Live,
    entry: ObjectType,
    record_path: Mapping[str, str],
    settle: Settle,
    shows: Callable[[str], Awaitable[bool]],
) -> str:
    """The id of the object, "" where nothing has appeared under its name. `shows` says whether the object of an id
    holds every value that was sent.

    Raises WriteUnverified where it is not sure which object is ours, or whether any is.
    """
    if not findable(entry, sent):
        raise WriteUnverified(
            "The creation was interrupted, and nothing in the object tells it from others",
            remedy="Look for the object; if it is not there, make a new plan",
        )
    before = set(row.detail.get("before", ()))
    earliest = parse_iso(row.started_at) - _CLOCKS_APART
    ours: list[str] = []
    others: list[str] = []

    async def there() -> bool:
        new = [
            str(thing[entry.identity or "id"])
            for thing in await live.namesakes(entry, sent, record_path, partly=True)
            if str(thing[entry.identity or "id"]) not in before and _not_older(thing, earliest)
        ]
        ours[:] = [identity for identity in new if await shows(identity)]
        others[:] = [identity for identity in new if identity not in ours]
        return bool(ours)

    await settle.until(there, reads=1)
    if len(ours) > 1:
        raise WriteUnverified(
            f"The creation was interrupted, and {len(ours)} new objects are what it made: {', '.join(ours)}",
            remedy="Delete the ones that are too many, or carry on by hand with the right one",
        )
    if others and not ours:
        raise WriteUnverified(
            f"The creation was interrupted, and {', '.join(others)} has its name but not its properties",
            remedy="Look at that object: keep it, or rename it and make a new plan",
        )
    return ours[0] if ours else ""


def _not_older(thing: Object, earliest: datetime) -> bool:
    created = thing.get("createdDateTime")
    return not isinstance(created, str) or parse_iso(created) >= earliest

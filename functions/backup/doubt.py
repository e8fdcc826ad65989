"""A suspicious drop: objects that many of a type have gone missing at once are asked for again before it is believed.

Graph answers from replicas. One that lags, or a tenant that is being restored, can list nothing and answer 404 for
objects that are there. So where more are gone than the limits allow, the type sets down a checkpoint, waits with a
durable timer, and asks again for each from the beginning. While a read brings some back and what is left is still
suspicious, it is asked for once more. What a read finds is kept as that read gave it; only what the last one does not
find either is recorded as deleted. A real mass deletion costs one more pass over what was deleted, and the wait.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from functions.backup.listing import PARENTS
from functions.backup.messages import Doubt
from functions.backup.missed import GONE, Held
from functions.backup.reading import Reading
from functions.catalogue.model import Read
from functions.core.run_alerts import DROP_CONFIRMED, DROP_DOUBTED, USUAL, Thresholds

_MOST_READS = 5
_ASKED = {Read.LIST, Read.EACH, Read.CHILDREN}  # a single object has no list that could have left it out


@dataclass(frozen=True, slots=True)
class Doubting:
    """When a drop is suspicious, and how many seconds pass before it is looked at again."""

    thresholds: Thresholds = USUAL
    wait: float = 60.0


USUALLY = Doubting()


async def look(reading: Reading, before: AsyncIterator[list[str]], held: Held, doubting: Doubting) -> bool:
    """Called when everything missing has been asked for. True: it has to be asked for once more, after the wait. False:
    what is missing now is gone. `before` and `held` are as for `missed`."""
    checkpoint, dropped = reading.checkpoint, doubting.thresholds.dropped
    if reading.entry.read not in _ASKED:
        return False
    there, gone = await _count(before, held)
    if checkpoint.base_lost:
        return False  # there is nothing left to be gone from
    doubt = checkpoint.doubt
    if doubt is None:
        if not dropped(there, gone):
            return False
        checkpoint.doubt = Doubt(there, gone, gone)
        return _again(reading)
    brought_back, doubt.gone, doubt.reads = doubt.gone - gone, gone, doubt.reads + 1
    if brought_back > 0 and dropped(there, gone) and doubt.reads < _MOST_READS:
        return _again(reading)
    _tell(reading, doubt, doubting)
    return False


async def _count(before: AsyncIterator[list[str]], held: Held) -> tuple[int, int]:
    """How many objects there were, and how many of them are not held."""
    there = gone = 0
    async for ids in before:
        there += len(ids)
        gone += len(set(ids) - held(ids[0], ids[-1]))
    return there, gone


def _again(reading: Reading) -> bool:
    """Nothing that was answered before counts: neither what was not found, nor which parents are done."""
    reading.workspace.unmark(GONE)
    reading.workspace.unmark(PARENTS)
    return True


def _tell(reading: Reading, doubt: Doubt, doubting: Doubting) -> None:
    key, asked = reading.entry.key, "once more" if doubt.reads == 1 else f"{doubt.reads} times more"
    if found := doubt.first - doubt.gone:
        reading.tell(
            DROP_DOUBTED,
            f"{key}: {doubt.first} of {doubt.before} objects seemed to be gone; asked for {asked}, {found} of them "
            "were there, and are kept",
            "Nothing to do: nothing was lost. If it happens often, tell Microsoft that Graph's replicas disagree",
        )
    if doubting.thresholds.dropped(doubt.before, doubt.gone):
        reading.tell(
            DROP_CONFIRMED,
            f"{key}: {doubt.gone} of {doubt.before} objects were asked for {asked}, at least "
            f"{doubting.wait:g} seconds later, and are gone",
            "Check whether somebody meant to delete them; the run before still has them",
        )

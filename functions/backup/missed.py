"""Objects that a list left out although they are there: a directory that changes while it is listed can miss some.

In: the ids of the run this one is compared with, and which of them the list held. Out: the objects among the rest
that Graph still has when asked for each by its id. Only what it then does not find is recorded as deleted. The cost
follows the number of deletions, not the size of the tenant.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import batched

from functions.backup.listing import Found, of_parents, together
from functions.backup.reading import Reading
from functions.catalogue.model import Read
from functions.core.record import identity_of

GONE = "gone"  # what the workspace remembers of objects that were not found

type Held = Callable[[str, str], set[str]]


@dataclass(slots=True)
class Tally:
    """Of the objects there were, how many the list did not hold: no fewer than are gone in the end."""

    there: int = 0
    left: int = 0


async def missed(reading: Reading, before: AsyncIterator[list[str]], held: Held, tally: Tally) -> AsyncGenerator[Found]:
    """The objects that are still there, a few at a time. `before` are the ids of the earlier run, sorted; `held` gives
    those of this list in a range.

    Children have no address that their id alone would give: where some are missing, the parents are listed once more,
    and the children of those that the first list left out are read. A single object has just been asked for: `before`
    is then only read to its end. Raises GraphError for any answer but the object or a 404: what cannot be told is not a
    deletion.
    """
    asked = reading.entry.read in {Read.LIST, Read.EACH}
    many = together(reading.entry.bucket, *(relationship.bucket for relationship in reading.entry.relationships))
    missing = False
    async for ids in before:
        known = held(ids[0], ids[-1])
        left = [identity for identity in ids if identity not in known]
        tally.there, tally.left = tally.there + len(ids), tally.left + len(left)
        missing = missing or bool(left)
        if not asked:
            continue
        gone = reading.workspace.marked(GONE, left)
        for some in batched((one for one in left if one not in gone), many, strict=False):
            wanted = set(some)
            for origin in reading.origins:
                found = await reading.objects(sorted(wanted), origin)
                wanted -= {identity_of(thing, reading.entry) for thing in found}
                yield Found(found, origin)
            reading.workspace.mark(GONE, wanted)
            reading.checkpoint.waits = 0
            yield Found((), reading.origin, pausing=True)
    if missing and reading.entry.read is Read.CHILDREN:
        async with aclosing(of_parents(reading)) as again:
            async for more in again:
                yield more

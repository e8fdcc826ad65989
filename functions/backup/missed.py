"""Objects that a list left out although they are there: a directory that changes while it is listed can miss some.

In: the ids of the run this one is compared with, and which of them the list held. Out: the objects among the rest
that Graph still has when asked for each by its id. Only what it then does not find is recorded as deleted. The cost
follows the number of deletions, not the size of the tenant.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from itertools import batched

from functions.backup.listing import Found, together
from functions.backup.reading import Reading
from functions.catalogue.model import Read
from functions.core.record import identity_of

_GONE = "gone"  # what the workspace remembers of objects that were not found

type Held = Callable[[str, str], set[str]]


async def missed(reading: Reading, before: AsyncIterator[list[str]], held: Held) -> AsyncGenerator[Found]:
    """The objects that are still there, a few at a time. `before` are the ids of the earlier run, sorted; `held` gives
    those of this list in a range.

    Children have no address that their id alone would give, and a single object has just been asked for: `before` is
    then only read to its end. Raises GraphError for any answer but the object or a 404: what cannot be told is not a
    deletion.
    """
    asked = reading.entry.read in {Read.LIST, Read.EACH}
    many = together(reading.entry.bucket, *(relationship.bucket for relationship in reading.entry.relationships))
    async for ids in before:
        if not asked:
            continue
        known = held(ids[0], ids[-1])
        left = [identity for identity in ids if identity not in known]
        gone = reading.workspace.marked(_GONE, left)
        for some in batched((one for one in left if one not in gone), many, strict=False):
            wanted = set(some)
            for origin in reading.origins:
                found = await reading.objects(sorted(wanted), origin)
                wanted -= {identity_of(thing, reading.entry) for thing in found}
                yield Found(found, origin)
            reading.workspace.mark(_GONE, wanted)
            yield Found((), reading.origin, pausing=True)

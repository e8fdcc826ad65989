"""Objects that a list left out although they are there: a directory that changes while it is listed can miss some.

In: the ids of the run this one is compared with, and which of them the list held. Out: the objects among the rest
that Graph still has when asked for each by its id. Only what it then does not find is recorded as deleted. The cost
follows the number of deletions, not the size of the tenant.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from itertools import batched

import msgspec

from functions.catalogue.model import ObjectType
from functions.errors import GraphRejected
from functions.graph.batch import BatchGet, batch
from functions.graph.client import GraphClient

_TOGETHER = 500  # objects asked for before those that are there are handed on
_ONE_BY_ONE = frozenset({"conditionalAccess", "reports"})  # buckets that do not bear twenty requests at once

type Held = Callable[[str, str], set[str]]
type Address = Callable[[str], str]


async def missed(
    client: GraphClient, entry: ObjectType, before: AsyncIterator[list[str]], held: Held, address: Address
) -> AsyncIterator[list[msgspec.Raw]]:
    """Yields the objects that are still there, a few at a time. `before` are the ids of the earlier run, sorted; `held`
    gives those of this list in a range; `address` the URL of an object by its id.

    Raises GraphError for any answer but the object or a 404: what cannot be told is not a deletion.
    """
    async for ids in before:
        here = held(ids[0], ids[-1])
        for some in batched((identity for identity in ids if identity not in here), _TOGETHER, strict=False):
            yield await _still_there(client, entry, some, address)


async def _still_there(
    client: GraphClient, entry: ObjectType, ids: Sequence[str], address: Address
) -> list[msgspec.Raw]:
    found: list[msgspec.Raw] = []
    if entry.bucket in _ONE_BY_ONE:
        for identity in ids:
            try:
                reply = await client.get(address(identity), api=entry.api, bucket=entry.bucket)
            except GraphRejected as error:
                if error.status != 404:
                    raise
            else:
                found.append(msgspec.Raw(reply.body))
        return found
    urls = [BatchGet(identity, address(identity)) for identity in ids]
    for url, answer in zip(urls, await batch(client, urls, api=entry.api, bucket=entry.bucket), strict=True):
        failure = answer.failure(url.url)
        if failure is None:
            found.append(msgspec.Raw(answer.body))
        elif failure.status != 404:
            raise failure
    return found

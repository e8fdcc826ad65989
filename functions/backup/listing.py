"""The objects of a type, however the catalogue says that they are listed: a reading in, undecoded objects out.

A list that did not reach its last page never gets here as a whole: every failure is raised. What ends early, because
the time is up, is taken up again at the page where it stopped, and what is written by then is left out.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from itertools import batched

import msgspec

from functions.backup.addresses import Origin, collection, parent_query, parents, query, within
from functions.backup.reading import Reading
from functions.catalogue.model import Read
from functions.core.record import identity_of, text_of
from functions.errors import FormatError, GraphError, GraphRejected
from functions.graph.batch import BatchGet, children
from functions.graph.limiter import SERIAL_BUCKETS

PARENTS = "parents"  # what the workspace remembers of a type read parent by parent
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_TOGETHER, _TOGETHER_SERIAL = 80, 10  # reads between two looks at the time

type Unknown = Callable[[list[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Some objects and where they are from. `link`: the next page, once a page of the list is done; "" after the last.

    `pausing`: the reading may stop here. `done`: parents none of whose objects is still to come.
    """

    items: Sequence[msgspec.Raw]
    origin: Origin
    link: str | None = None
    pausing: bool = False
    done: Sequence[str] = ()


def listed(reading: Reading, unknown: Unknown) -> AsyncGenerator[Found]:
    """The objects from the checkpoint's link on. `unknown` picks the ids that are not written yet."""
    match reading.entry.read:
        case Read.LIST:
            return _pages(reading, reading.origin)
        case Read.ONE:
            return _one(reading)
        case Read.EACH:
            return _one_by_one(reading, unknown)
        case Read.CHILDREN:
            return of_parents(reading)
        case Read.LOG:
            raise ValueError(f"{reading.entry.key} is a stream: it has no list")


def listed_in_beta(reading: Reading) -> AsyncGenerator[Found]:
    """The same list as beta gives it."""
    return _pages(reading, reading.origin._replace(api="beta"))


def together(*buckets: str) -> int:
    """How many objects to read between two looks at the time."""
    return _TOGETHER_SERIAL if SERIAL_BUCKETS.intersection(buckets) else _TOGETHER


async def _pages(reading: Reading, origin: Origin) -> AsyncGenerator[Found]:
    start = reading.checkpoint.link or origin.path + reading.list_query()
    async for page in reading.pages(start, api=origin.api):
        yield Found(await _whole(reading, page.items, origin.api), origin, page.next_link, pausing=True)


async def _one(reading: Reading) -> AsyncGenerator[Found]:
    entry, origin = reading.entry, reading.origin
    try:
        reply = await reading.client.get(origin.path + reading.list_query(), api=origin.api, bucket=entry.bucket)
    except GraphRejected as error:
        if error.status != 404:
            raise
        reading.tell("notSet", f"{entry.title} ({entry.key}): nothing is set in this tenant", "Nothing to do")
        yield Found((), origin, "")
    else:
        yield Found(await _whole(reading, [msgspec.Raw(reply.body)], origin.api), origin, "")


async def _one_by_one(reading: Reading, unknown: Unknown) -> AsyncGenerator[Found]:
    entry, origin = reading.entry, reading.origin
    async for page in reading.pages(reading.checkpoint.link or origin.path + reading.list_query()):
        whole = [item for item in page.items if entry.only_with and _without(item, entry.only_with)]
        if whole:
            yield Found(whole, origin, pausing=True)
        ids = unknown([identity_of(item, entry) for item in page.items])
        for some in batched(ids, together(entry.bucket), strict=False):
            found = await reading.objects(some, origin)
            if strange := {identity_of(item, entry) for item in found} - set(some):
                raise FormatError(f"{entry.key}: Graph answered with {len(strange)} objects that were not asked for")
            yield Found(found, origin, pausing=True)
        yield Found((), origin, page.next_link, pausing=True)


def _without(item: msgspec.Raw, name: str) -> bool:
    """A collection that the list gives, and gives empty. One that is absent or null may be withheld."""
    return bytes(_decode_parts(item).get(name, b"")) == b"[]"


async def of_parents(reading: Reading) -> AsyncGenerator[Found]:
    """Children, parent by parent, of parents that are not marked as read; the link is that of the next page of parents,
    once a page of them is done."""
    entry = reading.entry
    start = parents(entry, reading.tenant) + parent_query(entry)
    async for page in reading.pages(reading.checkpoint.link or start, api=entry.parent_api):
        ids = list(dict.fromkeys(text_of(item, entry.parent_id, entry) for item in page.items))
        done = reading.workspace.marked(PARENTS, ids)
        for some in batched([one for one in ids if one not in done], together(entry.bucket), strict=False):
            async for found in _children(reading, some):
                yield found
            yield Found((), reading.origin, pausing=True, done=some)
        yield Found((), reading.origin, page.next_link, pausing=True)


async def _children(reading: Reading, ids: Sequence[str]) -> AsyncGenerator[Found]:
    entry = reading.entry
    origins = {one: Origin(collection(entry, reading.tenant, one), entry.api) for one in ids}
    urls = [BatchGet(one, origins[one].path + reading.list_query(one)) for one in ids]
    async for parent, found in children(reading.client, urls, api=entry.api, bucket=entry.bucket):
        if not isinstance(found, GraphError):
            yield Found(await _whole(reading, found, entry.api), origins[parent])
        elif found.status != 404 or not await _parent_gone(reading, parent):
            found.message = f"{parent}: {found.message}"
            raise found


async def _parent_gone(reading: Reading, parent: str) -> bool:
    """A 404 for the children of a parent that is there is no empty list."""
    entry, above = reading.entry, parents(reading.entry, reading.tenant)
    if entry.parent_id == "id":
        url = within(above, parent) + query(("id",))
        return bool(await reading.absent([BatchGet(parent, url)], entry.parent_api))
    async for page in reading.pages(above + parent_query(entry), api=entry.parent_api):  # it has no address by this
        if any(text_of(item, entry.parent_id, entry) == parent for item in page.items):
            return False
    return True


async def _whole(reading: Reading, items: list[msgspec.Raw], api: str) -> Sequence[msgspec.Raw]:
    if not reading.entry.expand:
        return items
    return [await reading.whole(item, api, reading.entry.bucket) for item in items]

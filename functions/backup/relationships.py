"""The relationships of some objects: what a sweep found, and the rest object by object.

In: objects and the collection they are from. Out: for each object its relationships by name, ready for the record; an
object that is gone by now is left out. A relationship that is refused is absent from then on, and a gap.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping

import msgspec

from functions.backup.addresses import Origin, address, query
from functions.backup.details import complete
from functions.backup.hidden import seen
from functions.backup.reading import Reading
from functions.backup.sweeps import is_swept, refuse
from functions.catalogue.model import Fetch, Relationship
from functions.core.record import contained, encode, links
from functions.errors import FormatError, GraphError, GraphRejected
from functions.graph.batch import BatchGet, batch, children, streams

_NONE = msgspec.Raw(b"[]")
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

type Answers = AsyncIterator[tuple[str, msgspec.Raw | GraphError]]


async def relationships(
    reading: Reading, things: Mapping[str, msgspec.Raw], origin: Origin
) -> dict[str, dict[str, msgspec.Raw]]:
    """id → name → targets, for each of the objects that is still there. Raises GraphError, FormatError."""
    found: dict[str, dict[str, msgspec.Raw]] = {identity: {} for identity in things}
    gone: set[str] = set()
    for relationship in reading.entry.relationships:
        if relationship.name in reading.checkpoint.refused:
            continue
        known = _not_meant(relationship, things)
        if is_swept(reading.entry, relationship):
            known = reading.workspace.links(relationship.name, [one for one in things if one not in known]) | known
        try:
            async for identity, targets in _fetched(
                reading, relationship, [i for i in things if i not in known], origin
            ):
                if targets is None:
                    gone.add(identity)
                else:
                    known[identity] = targets
        except GraphRejected as error:
            refuse(reading, relationship, error)
            continue
        for identity, targets in (await seen(reading, relationship, things, known)).items():
            found[identity][relationship.name] = targets
    return {identity: targets for identity, targets in found.items() if identity not in gone}


def _not_meant(relationship: Relationship, things: Mapping[str, msgspec.Raw]) -> dict[str, msgspec.Raw]:
    """The objects that cannot have the relationship: they are not asked, and have none."""
    if relationship.only is None:
        return {}
    name, values = relationship.only
    return {identity: _NONE for identity, thing in things.items() if not _meant(_texts(thing, name), values)}


def _meant(texts: set[str], values: frozenset[str]) -> bool:
    return bool(texts & values if values else texts)


def _texts(thing: msgspec.Raw, name: str) -> set[str]:
    """The value of a property, or the values where it is an array, as text; empty where there is none."""
    try:
        value = msgspec.json.decode(_decode_parts(thing).get(name, b"null"))
    except msgspec.DecodeError as error:
        raise FormatError(f"an object cannot be read: {error}") from error
    values = value if isinstance(value, list) else [] if value is None else [value]
    return {one if isinstance(one, str) else encode(one).decode() for one in values}


async def _fetched(
    reading: Reading, relationship: Relationship, ids: list[str], origin: Origin
) -> AsyncIterator[tuple[str, msgspec.Raw | None]]:
    """Reads a relationship object by object: all of it. None: the object is gone."""
    below = (relationship.path or relationship.name) + _query(relationship)
    urls = [BatchGet(identity, f"{address(reading.entry, origin.path, identity)}/{below}") for identity in ids]
    lost: dict[str, GraphError] = {}
    async for identity, targets in _answers(reading, relationship, urls):
        if not isinstance(targets, GraphError):
            yield identity, targets
        elif targets.status == 404:
            lost[identity] = targets
        else:
            raise targets
    gone = await reading.gone(lost, origin)
    for identity, error in lost.items():
        if identity in gone:
            yield identity, None
        elif relationship.single or relationship.may_lack or relationship.fetch is Fetch.STREAM:
            yield identity, _NONE
        else:
            raise error


def _query(relationship: Relationship) -> str:
    if relationship.fetch is Fetch.STREAM:
        return ""
    if relationship.contained:
        return query(expand=relationship.expand)
    return query(relationship.select, top=0 if relationship.single else 999)


def _answers(reading: Reading, relationship: Relationship, urls: list[BatchGet]) -> Answers:
    if relationship.fetch is Fetch.STREAM:
        return _images(reading, relationship, urls)
    return _objects(reading, relationship, urls)


async def _objects(reading: Reading, relationship: Relationship, urls: list[BatchGet]) -> Answers:
    api, bucket = relationship.api, relationship.bucket or reading.entry.bucket
    if relationship.single:
        replies = await batch(reading.client, urls, api=api, bucket=bucket)
        for url, reply in zip(urls, replies, strict=True):
            failure = reply.failure(url.url)
            empty = failure is None and (reply.status == 204 or not reply.body)
            yield url.id, failure or (_NONE if empty else await _made(reading, relationship, [msgspec.Raw(reply.body)]))
        return
    partial: dict[str, list[msgspec.Raw]] = {}
    async for identity, given in children(reading.client, urls, api=api, bucket=bucket):
        if isinstance(given, GraphError):
            yield identity, given
        elif relationship.detail or relationship.volatile:
            partial[identity] = given
        else:
            yield identity, await _made(reading, relationship, given)
    above = {url.id: url.url.partition("?")[0] for url in urls}
    for identity, completed in (await complete(reading, relationship, partial, above)).items():
        yield identity, await _made(reading, relationship, completed)


async def _made(reading: Reading, relationship: Relationship, targets: list[msgspec.Raw]) -> msgspec.Raw:
    if not relationship.contained:
        return links(targets, relationship.type)
    bucket = relationship.bucket or reading.entry.bucket
    whole = [await reading.whole(target, relationship.api, bucket) for target in targets]
    return contained(whole, keeps_order=relationship.keeps_order)


async def _images(reading: Reading, relationship: Relationship, urls: list[BatchGet]) -> Answers:
    bucket = relationship.bucket or reading.entry.bucket
    async for identity, reply in streams(reading.client, urls, api=relationship.api, bucket=bucket):
        if isinstance(reply, GraphRejected):
            yield identity, reply
        elif not reply.body:
            yield identity, _NONE
        else:
            kind = reply.headers.get("content-type", "")
            image = {"contentType": kind, "base64": b64encode(reply.body).decode()}
            yield identity, msgspec.Raw(encode([image]))

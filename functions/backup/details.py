"""Contained objects that a list gives in part: what lies below each of them comes in, what moves by itself goes out.

In: the objects of one list and its address. Out: the objects as the record keeps them.
"""

from collections.abc import Iterable

import msgspec

from functions.backup.addresses import within
from functions.backup.reading import Reading
from functions.catalogue.model import Relationship
from functions.core.record import encode
from functions.errors import FormatError
from functions.graph.batch import BatchGet, batch

_NULL = msgspec.Raw(b"null")
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode


async def complete(
    reading: Reading, relationship: Relationship, targets: list[msgspec.Raw], above: str
) -> list[msgspec.Raw]:
    """Raises GraphError for a detail that is neither there nor missing with 404, FormatError for what is no object."""
    if not (relationship.detail or relationship.volatile):
        return targets
    try:
        things = {_decode_text(parts["id"]): parts for parts in map(_decode_parts, targets)}
    except (KeyError, msgspec.DecodeError) as error:
        raise FormatError(f"{reading.entry.key}: a contained object cannot be read: {error!r}") from error
    for parts in things.values():
        for name in relationship.volatile & parts.keys():
            del parts[name]
    for name in relationship.detail:
        for identity, detail in await _read(reading, relationship, name, things, above):
            things[identity][name] = detail
    return [msgspec.Raw(encode(parts)) for parts in things.values()]


async def _read(
    reading: Reading, relationship: Relationship, name: str, ids: Iterable[str], above: str
) -> list[tuple[str, msgspec.Raw]]:
    urls = [BatchGet(identity, f"{within(above, identity)}/{name}") for identity in ids]
    bucket = relationship.bucket or reading.entry.bucket
    replies = await batch(reading.client, urls, api=relationship.api, bucket=bucket)
    found = []
    for url, reply in zip(urls, replies, strict=True):
        failure = reply.failure(url.url)
        if failure is not None and failure.status != 404:
            raise failure
        found.append((url.id, msgspec.Raw(reply.body) if failure is None and reply.body else _NULL))
    return found

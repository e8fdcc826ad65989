"""Contained objects that a list gives in part: what lies below each of them comes in, what moves by itself goes out.

In: the objects of some lists and the lists' addresses. Out: the objects as the record keeps them.
"""

from collections.abc import Mapping

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


type _Parts = dict[str, msgspec.Raw]


async def complete(
    reading: Reading, relationship: Relationship, lists: Mapping[str, list[msgspec.Raw]], above: Mapping[str, str]
) -> dict[str, list[msgspec.Raw]]:
    """The lists under the names they came with. What lies below their objects is read twenty to a batch, whichever list
    they are of.

    Raises GraphError for a detail that is neither there nor missing with 404, FormatError for what is no object.
    """
    things = {
        (of, _identity(reading, parts)): parts for of, items in lists.items() for parts in _decoded(reading, items)
    }
    for parts in things.values():
        for name in relationship.volatile & parts.keys():
            del parts[name]
    for name in relationship.detail:
        await _add(reading, relationship, name, things, above)
    found: dict[str, list[msgspec.Raw]] = {of: [] for of in lists}
    for (of, _), parts in things.items():
        found[of].append(msgspec.Raw(encode(parts)))
    return found


async def _add(
    reading: Reading,
    relationship: Relationship,
    name: str,
    things: Mapping[tuple[str, str], _Parts],
    above: Mapping[str, str],
) -> None:
    urls = [BatchGet(of, f"{within(above[of], identity)}/{name}") for of, identity in things]
    bucket = relationship.bucket or reading.entry.bucket
    replies = await batch(reading.client, urls, api=relationship.api, bucket=bucket)
    for url, reply, parts in zip(urls, replies, things.values(), strict=True):
        failure = reply.failure(url.url)
        if failure is not None and failure.status != 404:
            raise failure
        parts[name] = msgspec.Raw(reply.body) if failure is None and reply.body else _NULL


def _decoded(reading: Reading, items: list[msgspec.Raw]) -> list[_Parts]:
    try:
        return [_decode_parts(item) for item in items]
    except msgspec.DecodeError as error:
        raise _unreadable(reading, error) from error


def _identity(reading: Reading, parts: _Parts) -> str:
    try:
        return _decode_text(parts["id"])
    except (KeyError, msgspec.DecodeError) as error:
        raise _unreadable(reading, error) from error


def _unreadable(reading: Reading, error: Exception) -> FormatError:
    return FormatError(f"{reading.entry.key}: a contained object cannot be read: {error!r}")

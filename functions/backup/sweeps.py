"""Sweeps: a relationship of all objects at once, read by expanding it in the list.

In: a reading. Out: the targets of each object in the workspace, except where there may be more than were expanded:
those are then read object by object.
"""

import msgspec

from functions.backup.addresses import condition, query
from functions.backup.reading import Reading
from functions.catalogue.model import Fetch, ObjectType, Read, Relationship
from functions.core.record import contained, links
from functions.errors import FormatError, GraphRejected, PageTokenExpired

_EXPAND_CAP = 20  # Graph returns at most so many expanded objects, and does not say when there are more
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode


def is_swept(entry: ObjectType, relationship: Relationship) -> bool:
    """Objects that have no list of their own cannot be swept: each is then asked by itself."""
    return relationship.fetch is Fetch.EXPAND and entry.read in {Read.LIST, Read.EACH}


def refuse(reading: Reading, relationship: Relationship, error: GraphRejected) -> None:
    """Leaves a refused relationship out of this run. Raises `error` when it is no refusal."""
    reading.refuse(error, relationship.name, relationship.read_scopes, reading.entry.licence)
    reading.checkpoint.refused.append(relationship.name)


async def sweep(reading: Reading) -> bool:
    """All sweeps of a type. False: the time is up, and the checkpoint says where to go on."""
    checkpoint = reading.checkpoint
    swept = [relationship for relationship in reading.entry.relationships if is_swept(reading.entry, relationship)]
    while checkpoint.sweep < len(swept):
        relationship = swept[checkpoint.sweep]
        try:
            if not await _one(reading, relationship):
                return False
        except PageTokenExpired:
            reading.restart(0)
            reading.workspace.forget_links(relationship.name)
            continue
        except GraphRejected as error:
            refuse(reading, relationship, error)
        checkpoint.sweep += 1
        checkpoint.link = ""
    return True


async def _one(reading: Reading, relationship: Relationship) -> bool:
    entry = reading.entry
    start = reading.origin.path + query(
        (entry.identity,), (_expansion(relationship),), condition(entry, reading.tenant)
    )
    bucket = relationship.bucket or entry.bucket
    seen = 0
    async for page in reading.pages(reading.checkpoint.link or start, api=relationship.api, bucket=bucket):
        found = [pair for pair in (_swept(item, entry.identity, relationship) for item in page.items) if pair]
        reading.workspace.put_links(relationship.name, found)
        seen += len(page.items)
        reading.checkpoint.link = page.next_link
        await reading.report(f"reading {relationship.name}", seen)
        if page.next_link and reading.expired():
            return False
    return True


def _expansion(relationship: Relationship) -> str:
    inner = [] if relationship.contained else ["$select=" + ",".join(relationship.select)]
    if relationship.expand:
        inner.append("$expand=" + ",".join(relationship.expand))
    name = relationship.path or relationship.name
    return f"{name}({';'.join(inner)})" if inner else name


def _swept(item: msgspec.Raw, identity: str, relationship: Relationship) -> tuple[str, msgspec.Raw] | None:
    """One object of a sweep → (its id, its targets); None when there may be more targets than were expanded.

    Only a to-one link is left out where there is none: a list that is not there was not expanded.
    """
    name = relationship.path or relationship.name
    try:
        parts = _decode_parts(item)
        source = msgspec.json.decode(parts[identity], type=str)
        if name not in parts and not relationship.single:
            return None
        value = bytes(parts.get(name, b"null"))
        targets = [] if value == b"null" else [msgspec.Raw(value)] if relationship.single else _decode_raws(value)
    except (msgspec.DecodeError, KeyError) as error:
        raise FormatError(f"an expanded {relationship.name} cannot be read: {error}") from error
    if len(targets) >= _EXPAND_CAP or f"{name}@odata.nextLink" in parts or b'@odata.nextLink"' in value:
        return None
    return source, contained(targets) if relationship.contained else links(targets, relationship.type)

"""Whole types read at once, where so many of their objects are wanted that asking for each would take longer.

In: a type. Out, in the planner's scratch space: the wanted objects as they are, with the relationships that are
compared; the natural keys of all; and the ids of those that are not in the backup, where that is asked.
"""

from collections.abc import Callable, Collection
from contextlib import aclosing
from dataclasses import replace

import msgspec

from functions.backup.listing import Found, listed, listed_in_beta
from functions.backup.reading import Reading
from functions.backup.relationships import relationships
from functions.backup.sweeps import sweep
from functions.backup.workspace import Workspace
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType, Read
from functions.core.plan import LiveState
from functions.core.record import identity_of
from functions.graph.limiter import SERIAL_BUCKETS
from functions.restore.live import Live, held_of
from functions.restore.live_paths import in_directory_bin
from functions.restore.planning_space import Space, folded_name

_MANY = 60
_MANY_SERIAL = 3  # where Graph takes one request a second, its list is nearly always shorter
_SHARE = 8  # a list of so many times as many objects is still faster than asking for each
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def worth_it(entry: ObjectType, wanted: int, total: int) -> bool:
    """True where a type had better be read whole. `total`: how many objects it had in the backup."""
    if entry.read is Read.ONE:
        return False
    if entry.bucket in SERIAL_BUCKETS:
        return wanted > _MANY_SERIAL
    return wanted > _MANY and wanted * _SHARE >= total


async def read_whole(
    live: Live, entry: ObjectType, space: Space, followed: Collection[str], added: Callable[[str], bool] | None
) -> None:
    """Reads every live object of the type. `added` says of an id whether it was not in the backup: those are kept.

    Raises GraphError, FormatError.
    """
    chosen = tuple(link for link in entry.relationships if link.name in followed)
    with Workspace() as workspace:
        reading = await live.reading(replace(entry, relationships=chosen), workspace)
        if chosen:
            await sweep(reading)
        sources = [listed(reading, _all)]
        if entry.also_beta:
            sources.append(listed_in_beta(reading))
        wanted = space.ids(entry.key)
        for source in sources:
            async with aclosing(source):
                async for found in source:
                    await _take(reading, space, found, wanted, added)


async def read_bin(live: Live, entry: ObjectType, space: Space) -> bool:
    """Reads the recycle bin of a type whole, where it is a list of the directory. False: each has to be asked for."""
    shape = TYPES.get(entry.bin)
    if shape is None or not in_directory_bin(shape):
        return False
    wanted = space.ids(entry.key)
    with Workspace() as workspace:
        reading = await live.reading(shape, workspace)
        async with aclosing(listed(reading, _all)) as source:
            async for found in source:
                rows = []
                for raw in found.items:
                    identity = identity_of(raw, shape)
                    if identity in wanted:
                        held = held_of(raw, shape, (), {})
                        rows.append((identity, LiveState(id=identity, standing="deleted", object=held.record)))
                space.put_there(entry.key, rows, binned=True)
    return True


async def _take(
    reading: Reading, space: Space, found: Found, wanted: Collection[str], added: Callable[[str], bool] | None
) -> None:
    entry = reading.entry
    raws = {identity_of(raw, entry): raw for raw in found.items}
    mine = {identity: raw for identity, raw in raws.items() if identity in wanted}
    if entry.relationships:
        related = await relationships(reading, mine, found.origin)
    else:
        related = {identity: {} for identity in mine}
    rows = []
    for one, links in related.items():
        held = held_of(mine[one], entry, entry.relationships, links)
        rows.append((one, LiveState(id=one, standing="live", object=held.record, links=held.links, parts=held.parts)))
    space.put_there(entry.key, rows, binned=False)
    if entry.natural_keys:
        space.put_names(entry.key, ((name, one) for one, raw in raws.items() if (name := _name(raw, entry))))
    if added is not None:
        new = [one for one in raws if added(one)]
        space.add(entry.key, new)
        shown = ((one, held_of(raws[one], entry, (), {}).record) for one in new)
        space.put_there(
            entry.key, ((one, LiveState(id=one, standing="live", object=record)) for one, record in shown), binned=False
        )


def _name(raw: msgspec.Raw, entry: ObjectType) -> str:
    parts = _decode_parts(raw)
    return folded_name(
        {key: msgspec.json.decode(parts[key]) for key in entry.natural_keys if key in parts}, entry.natural_keys
    )


def _all(ids: list[str]) -> list[str]:
    return ids

"""What was not in the backup: deleted where that was asked for, and told of where it stays."""

import asyncio
from collections.abc import Sequence
from itertools import batched

import msgspec

from functions.catalogue import TYPES
from functions.catalogue.model import Deletes, ObjectType
from functions.core.plan import LiveState, LossGap
from functions.core.plan_make import deletion_item
from functions.restore.live_paths import record_path
from functions.restore.planning_context import Planning

_PORTION = 200


async def delete(p: Planning) -> None:
    """The items of what was added since, where its deletion was asked for."""
    if not p.options.delete_added:
        _tell_added(p)
        return
    kept = set(p.ids.newest.values())
    for key, ids in p.space.added():
        entry = TYPES[key]
        gone = [one for one in ids if one not in kept]
        if entry.restore is None or entry.restore.deletes is Deletes.NO:
            _tell_staying(p, entry, len(gone))
            continue
        await _delete(p, entry, gone)


async def _delete(p: Planning, entry: ObjectType, ids: Sequence[str]) -> None:
    safety = await p.safety(entry)
    frame = p.frame(p.request.run)
    for some in batched(ids, _PORTION, strict=False):
        for state in await _states(p, entry, some):
            p.put([deletion_item(state, entry, frame, safety)])


async def _states(p: Planning, entry: ObjectType, ids: Sequence[str]) -> list[LiveState]:
    """Those that are live: as they were read with all of their type, else each asked for where its record says."""
    if not p.request.changes:
        return [state for one in ids if (state := p.space.there(entry.key, one, binned=False)) is not None]
    found: list[LiveState] = []
    after = await p.source.known(p.request.changes.to)
    async for records in p.source.of_ids(entry.key, ids, after):
        paths = {one.id: record_path(entry, msgspec.json.decode(one.data)) for one in records}
        held = await asyncio.gather(*(p.live.held(entry, one, path, ()) for one, path in paths.items()))
        found += [
            LiveState(id=one, standing="live", object=thing.record)
            for one, thing in zip(paths, held, strict=True)
            if thing is not None
        ]
    return found


def _tell_added(p: Planning) -> None:
    """Without a wish to delete them they stay; that there are some is said."""
    for key, count in p.created.items():
        if count:
            p.gaps.append(
                LossGap(
                    f"{TYPES[key].title}: {count} that were created since stay",
                    "Nothing is deleted unless it is asked for.",
                    'Make a new plan with "match": "exact" and "deleteAdded": true to delete them too.',
                )
            )


def _tell_staying(p: Planning, entry: ObjectType, count: int) -> None:
    if count:
        p.gaps.append(
            LossGap(
                f"{entry.title}: {count} that were not in the backup stay",
                "Deleting one would be for good, and a restore never does that.",
                "Delete them yourself if they should not be there.",
            )
        )

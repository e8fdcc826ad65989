"""What was not in the backup: deleted where that was asked for, and told of where it stays."""

from collections.abc import Sequence

from functions.catalogue import TYPES
from functions.catalogue.model import Deletes, ObjectType
from functions.core.plan import LiveState, LossGap
from functions.core.plan_make import deletion_item
from functions.restore.planning_context import Planning


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
    for one in ids:
        held = await p.live.held(entry, one, {}, ())
        if held is not None:
            p.put([deletion_item(LiveState(id=one, standing="live", object=held.record), entry, frame, safety)])


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

"""What went with an object and comes back with it: an application's service principal.

In: the ids that a plan makes anew or takes out of the recycle bin, by the run that last had them. Out: the objects that
hung on them and are gone too, or lie in the bin too, by type and run. Certificates and other properties that a type of
its own holds are put on the new object as well.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache

from functions.catalogue import TYPES
from functions.catalogue.model import Deletes, ObjectType, Read
from functions.core.plan import Standing
from functions.core.plan_make import makes
from functions.restore.healing import referrers
from functions.restore.live import Live
from functions.restore.scope_records import Source

type Along = dict[tuple[str, str], list[str]]


async def gone_along(
    source: Source,
    live: Live,
    lost: Mapping[str, Collection[str]],
    wants: Callable[[str, str], bool],
    standing: Standing,
) -> Along:
    """(type, run) → ids of those that stand so. `wants` says of a type and an id whether it may be part of the plan.

    Raises GraphError, StoreError, FormatError, BlobMissing."""
    found: Along = {}
    if not lost:
        return found
    named = await referrers(source, lost, lambda key, identity: _hangs(TYPES[key]) and wants(key, identity))
    for (key, identity), by in named.items():
        restore = TYPES[key].restore
        if restore is None or not by.places & set(restore.follows):
            continue
        if (await live.state(TYPES[key], identity)).standing == standing:
            found.setdefault((key, by.run), []).append(identity)
    return found


def parts_of(keys: Collection[str], made: Mapping[str, Collection[str]], wants: Callable[[str, str], bool]) -> Along:
    """(type, "") → ids of the types that hold properties of objects of these types. `made`: type → ids made anew."""
    found: Along = {}
    for entry in TYPES.values():
        if entry.restore is None or makes(entry) or entry.read is Read.ONE:
            continue
        holders = [key for key in keys if TYPES[key].path == entry.path and makes(TYPES[key])]
        ids = [one for key in holders for one in made.get(key, ()) if wants(entry.key, one)]
        if ids:
            found[entry.key, ""] = ids
    return found


@cache
def holders(standing: Standing) -> frozenset[str]:
    """The types whose objects take others along: into the recycle bin, or for good."""
    return frozenset(
        key
        for entry in TYPES.values()
        if entry.restore is not None and _hangs(entry) and (standing == "gone" or entry.restore.undelete)
        for place in entry.restore.follows
        for key in entry.leads_to.get(place, entry.depends_on)
    )


def _hangs(entry: ObjectType) -> bool:
    restore = entry.restore
    return restore is not None and bool(restore.follows) and restore.deletes is not Deletes.LINK and makes(entry)

"""What went with an object that is gone for good, and is made anew with it: an application's service principal.

In: the ids that a plan makes anew, by the run that last had them. Out: the objects that hung on them and are gone too,
by type and run. Certificates and other properties that a type of its own holds are put on the new object as well.
"""

from collections.abc import Callable, Collection, Mapping

from functions.catalogue import TYPES
from functions.catalogue.model import Deletes, ObjectType, Read
from functions.core.plan_make import makes
from functions.restore.healing import referrers
from functions.restore.live import Live
from functions.restore.scope_records import Source

type Along = dict[tuple[str, str], list[str]]


async def gone_along(
    source: Source, live: Live, lost: Mapping[str, Collection[str]], wants: Callable[[str, str], bool]
) -> Along:
    """(type, run) → ids. `wants` says of a type and an id whether it may be part of the plan. Raises GraphError,
    StoreError, FormatError, BlobMissing."""
    found: Along = {}
    named = await referrers(source, lost, lambda key, identity: _hangs(TYPES[key]) and wants(key, identity))
    for (key, identity), by in named.items():
        restore = TYPES[key].restore
        if restore is None or not by.places & set(restore.follows):
            continue
        if (await live.state(TYPES[key], identity)).standing == "gone":
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


def _hangs(entry: ObjectType) -> bool:
    restore = entry.restore
    return restore is not None and bool(restore.follows) and restore.deletes is not Deletes.LINK and makes(entry)

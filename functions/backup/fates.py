"""What became of deleted objects: whether the recycle bin held them, and since when it does not any more.

In: an object's timeline and the versions that its type's recycle bin recorded. Out: a fate for each deletion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from functions.backup.kept import manifest_of
from functions.backup.read import versions_of
from functions.catalogue.model import ObjectType
from functions.core.runid import inverted
from functions.storage.open import Stores
from functions.storage.versions import VersionRow


@dataclass(frozen=True, slots=True)
class Fate:
    """`unknown`: the bin was not read by the run that found the object deleted. `gone_since` is the run that found the
    bin without it, "" while none has."""

    state: Literal["recycleBin", "gone", "unknown"]
    gone_since: str = ""


async def fates(stores: Stores, tenant: str, entry: ObjectType, rows: Sequence[VersionRow]) -> dict[str, Fate]:
    """Run of a deletion → the object's fate. `rows` are its versions, newest first.

    Raises StoreError, BlobMissing, FormatError.
    """
    if not entry.bin or not any(row.change == "deleted" for row in rows):
        return {}
    binned = await versions_of(stores, entry.bin, rows[0].id)
    found: dict[str, Fate] = {}
    met_again = ""
    for row in rows:
        if row.change == "deleted":
            found[row.run] = await _fate(stores, tenant, entry, row.run, met_again, binned)
        met_again = row.run
    return found


async def _fate(
    stores: Stores, tenant: str, entry: ObjectType, run: str, met_again: str, binned: Sequence[VersionRow]
) -> Fate:
    """`met_again` is the run that found the object live once more, "" for none: it was restored then, not purged."""
    manifest = await manifest_of(stores.blobs, tenant, run)
    if manifest.bases.get(entry.bin) != run:
        return Fate("unknown")  # what an earlier run saw in the bin was an earlier deletion
    then = next((row for row in binned if _at_or_before(row.run, run)), None)
    if then is None and run not in await stores.runs.committed():
        return Fate("unknown")  # what the bin held then may have gone with the run
    if then is None or then.change == "deleted":
        return Fate("gone")
    since = [
        row.run
        for row in binned
        if row.change == "deleted"
        and not _at_or_before(row.run, run)
        and not (met_again and _at_or_before(met_again, row.run))
    ]
    return Fate("recycleBin", since[-1] if since else "")


def _at_or_before(run: str, other: str) -> bool:
    return inverted(run) >= inverted(other)

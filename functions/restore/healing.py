"""Who named what a plan makes anew: found in the last run that still had it and in the newest one.

In: old ids, each with the run that last had its object. Out: the records that name them, with the places, from the
newest run that still does.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field

from functions.backup.referrers import NamedBy
from functions.catalogue import TYPES
from functions.catalogue.model import Outcome
from functions.core.manifest import Manifest
from functions.core.record import RELATIONSHIPS
from functions.core.referrers import names_others
from functions.restore.scope_records import Source


@dataclass(slots=True)
class Named:
    """One record that names old ids. `run`: the run to take the record of."""

    run: str
    places: set[str] = field(default_factory=set)


async def referrers(
    source: Source, lost: Mapping[str, Collection[str]], wants: Callable[[str, str], bool]
) -> dict[tuple[str, str], Named]:
    """(type, id) → where it names what. `lost`: run ("" the newest) → the ids that are made anew and that it still
    had. `wants` says of a type and an id whether it shall be offered. Raises StoreError, FormatError, BlobMissing."""
    found: dict[tuple[str, str], Named] = {}
    newest = await source.newest()
    every = {one for ids in lost.values() for one in ids}
    asked = {newest: every}
    for run, ids in lost.items():
        asked.setdefault(run or newest, set()).update(ids)
    for run in sorted(asked, reverse=True):
        async for key, identity, place in _in_run(source, await source.manifest(run), asked[run]):
            if not wants(key, identity):
                continue
            named = found.setdefault((key, identity), Named(run))
            if place not in named.places:
                # What the newest record has lost already stands in an older one, which holds the rest too.
                named.run = run
                named.places.add(place)
    return found


async def unsearched(source: Source) -> list[str]:
    """The types that may name others, and of which no backup up to the newest holds a list: nobody knows what they
    name. Those that the tenant has no licence for name nothing. Raises StoreError, FormatError, BlobMissing."""
    manifest = await source.manifest(await source.newest())
    return [
        key
        for key, entry in TYPES.items()
        if entry.restore is not None
        and not entry.private
        and names_others(entry)
        and not manifest.bases.get(key)
        and not (key in manifest.types and manifest.types[key].outcome is Outcome.UNLICENSED)
    ]


async def _in_run(source: Source, manifest: Manifest, ids: Collection[str]) -> AsyncIterator[tuple[str, str, str]]:
    """Looks through the run, and for types that it did not read through the run that holds their list."""
    first = await source.named_by(manifest, ids)
    rest: dict[str, set[str]] = {}
    for key in first.unsearched:
        base = manifest.bases.get(key, "")
        if base and base != manifest.run_id:
            rest.setdefault(base, set()).add(key)
    answers: list[tuple[NamedBy, Collection[str] | None]] = [(first, None)]
    for base, keys in sorted(rest.items()):
        answers.append((await source.named_by(await source.manifest(base), ids), keys))
    for answer, only in answers:
        for by in answer.by.values():
            for referrer in by:
                if (only is None or referrer.type in only) and _offered(referrer.type, referrer.place):
                    yield referrer.type, referrer.id, referrer.place


def _offered(key: str, place: str) -> bool:
    """Types that are known and hold no secrets; links that a restore may write at all."""
    entry = TYPES.get(key)
    if entry is None or entry.private:
        return False
    above, _, below = place.partition(".")
    name = below.partition(".")[0]  # of contained objects the place goes on to the property
    return above != RELATIONSHIPS or any(link.name == name and link.restorable for link in entry.relationships)

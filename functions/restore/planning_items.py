"""The items of what was asked for, and of what named an object that is made anew."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from functions.catalogue import TYPES, restore_order
from functions.catalogue.model import ObjectType
from functions.core.extension_names import applications, renamed
from functions.core.passing import was_passing
from functions.core.plan import LiveState, LossGap
from functions.core.plan_heal import healing_items
from functions.core.plan_make import items, told
from functions.restore.healing import referrers, unsearched
from functions.restore.planning_bulk import read_whole, worth_it
from functions.restore.planning_context import Planning, TooMuch
from functions.restore.planning_look import links_in, look_at
from functions.restore.planning_space import Wanted

_PORTION = 500


async def make(p: Planning) -> None:
    """The items of everything that was asked for."""
    total, done = p.space.count(), 0
    chosen = set(p.space.types("chosen"))
    for key in restore_order():
        if key in chosen:
            for some in p.space.portions(key, "chosen", _PORTION):
                await _make(p, TYPES[key], some)
                done += len(some)
                await p.progress(done, total)


async def _make(p: Planning, entry: ObjectType, some: Sequence[Wanted]) -> None:
    safety = await p.safety(entry)
    records = [one.record for one in some]
    await p.seats.learn(entry.key, records)
    if entry.extension_values and not p.elsewhere:
        await p.ids.ask(applications(records))
    missing = await p.refs.missing(records, entry)
    for one, lost in zip(some, missing, strict=True):
        state = replace(p.space.state(one.seq), missing=lost)
        if await _for_a_while(p, one, state, entry):
            continue
        one, unnamed = await _under_new_names(p, one, entry)
        record, untold = await _comparable(p, one, state, entry)
        found = items(record, state, p.options, entry, p.ids.newest, p.frame(one.run), safety)
        if found:
            found[0] = msgspec.structs.replace(found[0], gaps=(*found[0].gaps, *unnamed, *([untold] if untold else [])))
        p.put(found)


async def _for_a_while(p: Planning, one: Wanted, state: LiveState, entry: ObjectType) -> bool:
    """True for an assignment that is gone and had been given for a while only; a gap says so."""
    if state.standing != "gone" or not await p.was_passing(entry.key, one.record, one.held):
        return False
    name = str(one.record.get("principalId"))
    p.put([told(one.record, state, entry, p.frame(one.run), was_passing(name), one.origin)])
    return True


async def _under_new_names(p: Planning, one: Wanted, entry: ObjectType) -> tuple[Wanted, list[LossGap]]:
    """The record with values of extensions under the names that they have now."""
    if not entry.extension_values:
        return one, []
    record, gaps = renamed(one.record, p.ids.newest, (await p.live.told_of(entry))[1])
    return one._replace(record=record), gaps


async def _comparable(
    p: Planning, one: Wanted, state: LiveState, entry: ObjectType
) -> tuple[dict[str, Any], LossGap | None]:
    """The record without what nobody may see in the tenant now: it cannot be compared, so it is left as it is."""
    if state.standing != "live":
        return one.record, None
    hidden, extensions = await p.live.told_of(entry)
    unseen = sorted(
        name
        for name in one.record
        if name in hidden or (extensions is not None and name.startswith("extension_") and name not in extensions)
    )
    if not unseen:
        return one.record, None
    gap = LossGap(
        f"Not compared: {', '.join(unseen)}",
        "The reader identity may not see these properties in the tenant now, or the tenant does not have them.",
        "Grant the permission that reading them takes and make a new plan, or compare them by hand.",
    )
    return {name: value for name, value in one.record.items() if name not in unseen}, gap


async def heal(p: Planning) -> None:
    """The items of live objects that named what gets a new id."""
    if not p.lost or p.elsewhere or p.options.references == frozenset():
        return
    found = await referrers(p.source, p.lost, p.offers)
    if unknown := sorted(TYPES[key].title for key in await unsearched(p.source)):
        p.gaps.append(
            LossGap(
                "Not every type was searched for what names the objects that get new ids",
                f"No backup holds: {', '.join(unknown)}.",
                "Back these types up too and make a new plan, or look through them by hand for the old ids.",
            )
        )
    if p.most_referrers and len(found) > p.most_referrers:
        raise TooMuch
    by_run: dict[tuple[str, str], list[str]] = {}
    for (key, identity), named in found.items():
        by_run.setdefault((key, named.run), []).append(identity)
    for (key, run), ids in by_run.items():
        async for some in p.source.of_ids(key, ids, run):
            p.space.want(
                (one.type, one.id, one.run, one.held, "reference", sorted(found[key, one.id].places), one.data)
                for one in some
            )
    named_types = set(p.space.types("reference"))
    for key in restore_order():
        if key in named_types:
            whole = await _read_referrers(p, TYPES[key])
            await look_at(p.live, p.space, p.ids, key, "reference", None, whole=whole)
            for portion in p.space.portions(key, "reference", _PORTION):
                await _heal(p, TYPES[key], portion)


async def _read_referrers(p: Planning, entry: ObjectType) -> bool:
    """Reads a type whole where so many of its objects are concerned that it takes less time. False: it does not."""
    wanted = p.space.count(entry.key, "reference")
    if not worth_it(entry, wanted, 0):
        return False
    if not worth_it(entry, wanted, await p.source.count(entry.key, await p.source.newest())):
        return False
    links = frozenset(
        link
        for some in p.space.portions(entry.key, "reference", _PORTION)
        for one in some
        for link in links_in(one.places)
    )
    await read_whole(p.live, entry, p.space, links, None)
    return True


async def _heal(p: Planning, entry: ObjectType, some: Sequence[Wanted]) -> None:
    safety = await p.safety(entry)
    missing = await p.refs.missing([one.record for one in some], entry)
    for one, lost in zip(some, missing, strict=True):
        state = replace(p.space.state(one.seq), missing=lost)
        if await _for_a_while(p, one, state, entry):
            continue
        frame = p.frame(one.run)
        p.put(healing_items(one.record, state, entry, one.places, p.options, p.ids.newest, frame, safety, p.ids.moved))

"""Where everything in the scope stands in the tenant, and which of it the plan makes anew."""

import asyncio
from collections.abc import Mapping, Sequence

from functions.catalogue import TYPES, restore_order
from functions.catalogue.model import ObjectType, Read
from functions.core.plan import LiveState
from functions.core.plan_make import followed_by, items, makes
from functions.errors import LifeboatError
from functions.restore.going_along import Along, gone_along, holders, parts_of
from functions.restore.planning_bulk import read_bin, read_whole, worth_it
from functions.restore.planning_context import Planning
from functions.restore.planning_gather import want
from functions.restore.planning_look import look_at, simple_aliases
from functions.restore.planning_space import Wanted

_PORTION = 200
_WHOLE_AT_ONCE = 4  # types whose lists are read side by side


async def look(p: Planning) -> None:
    """The tenant's state of every object, and which of them the plan makes anew."""
    chosen = set(p.space.types("chosen"))
    whole = await _read_whole(p, [TYPES[key] for key in restore_order() if key in chosen])
    for key in restore_order():
        if key in chosen:
            await _look_at(p, TYPES[key], whole)
    for key in restore_order():
        if key in chosen:
            await _settle(p, TYPES[key])
    if p.request.named and not p.elsewhere and p.options.references != frozenset():
        await _take_along(p, chosen)


async def _take_along(p: Planning, chosen: set[str]) -> None:
    """What went with the objects that come back becomes part of what was asked for."""
    if chosen & holders("deleted"):
        await _add(p, await gone_along(p.source, p.live, p.returning, p.offers, "deleted"))
    if chosen & holders("gone"):
        await _add(p, await gone_along(p.source, p.live, p.lost, p.offers, "gone"))
    keys = set(p.space.types("chosen"))
    made = {key: [one for one in p.space.ids(key) if one in p.ids.made] for key in keys}
    await _add(p, parts_of(keys, made, p.offers))


async def _add(p: Planning, along: Along) -> None:
    for (key, run), ids in along.items():
        async for some in p.source.of_ids(key, ids, run):
            want(p, some)
    for key in restore_order():
        if any(key == added for added, _ in along):
            await _look_at(p, TYPES[key], {})
            await _settle(p, TYPES[key])


async def _read_whole(p: Planning, entries: Sequence[ObjectType]) -> dict[str, bool]:
    """The types that had better be read whole, read so; whether their recycle bin was too."""
    free = asyncio.Semaphore(_WHOLE_AT_ONCE)

    async def one(entry: ObjectType) -> tuple[str, bool]:
        async with free:
            known = p.space.ids(entry.key)
            added = (lambda one: one not in known) if _deletes(p, entry) else None
            await read_whole(p.live, entry, p.space, frozenset(followed_by(entry, p.options)), added)
            return entry.key, await read_bin(p.live, entry, p.space)

    chosen = [entry for entry in entries if not p.elsewhere and await _worth(p, entry)]
    try:
        async with asyncio.TaskGroup() as readers:
            tasks = [readers.create_task(one(entry)) for entry in chosen]
    except* LifeboatError as failures:
        raise failures.exceptions[0] from None
    return dict(task.result() for task in tasks)


async def _worth(p: Planning, entry: ObjectType) -> bool:
    wanted = p.space.count(entry.key)
    if _deletes(p, entry):
        return True
    if not worth_it(entry, wanted, 0):
        return False
    if p.request.all or p.request.tenant:
        return True
    run = p.request.changes.to if p.request.changes else p.request.run
    return worth_it(entry, wanted, await p.source.count(entry.key, await p.source.known(run)))


def _deletes(p: Planning, entry: ObjectType) -> bool:
    """True where every live object has to be seen, because those that were not in the backup are to go."""
    return p.options.delete_added and not p.request.changes and entry.read is not Read.ONE


async def _look_at(p: Planning, entry: ObjectType, whole: Mapping[str, bool]) -> None:
    await look_at(
        p.live,
        p.space,
        p.ids,
        entry.key,
        "chosen",
        frozenset(followed_by(entry, p.options)),
        whole=entry.key in whole,
        whole_bin=whole.get(entry.key, False),
        elsewhere=p.elsewhere,
    )


async def _settle(p: Planning, entry: ObjectType) -> None:
    """Takes back the tokens of what is gone and cannot be made again, so that nothing waits for it."""
    for some in p.space.portions(entry.key, "chosen", _PORTION, moved=True):
        for one in some:
            state = p.space.state(one.seq)
            coming = one.id in p.ids.made or one.id in p.ids.back
            if state.standing == "gone" and coming and makes(entry):
                made = items(one.record, state, p.options, entry, p.ids.newest, p.frame(one.run))
                if not any(item.makes for item in made):
                    p.ids.forget(one.record, one.id, entry)
                    p.refs.gone(one.id)
            _note_lost(p, one, state)
            if state.standing == "deleted" and (named := simple_aliases(one.record, entry)):
                p.returning.setdefault(one.held, set()).update(named)


def _note_lost(p: Planning, one: Wanted, state: LiveState) -> None:
    if one.id in p.ids.made or (state.standing == "live" and state.id != one.id):
        named = (one.record.get(place) for place in TYPES[one.type].aliases)
        new = [one.id, *(old for old in named if isinstance(old, str) and old in p.ids.newest)]
        p.lost.setdefault(one.held, set()).update(new)

"""Where each wanted object stands: live under its id, under the id it was given when it was made anew, or under that of
the one object with its natural keys; in the recycle bin; or gone.

In: the wanted objects, in the planner's scratch space. Out, in the same place, the state of each, and what is known of
ids: which lead to newer ones, and which the plan will make anew.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType, Read
from functions.core.calls import token
from functions.core.links_remap import remapped
from functions.core.plan import LiveState, Origin
from functions.core.plan_draft import stage_of
from functions.core.plan_make import makes
from functions.core.record import Object
from functions.restore.live import Live
from functions.restore.live_paths import record_path
from functions.restore.planning_space import Space, Wanted, folded_name
from functions.storage.idmap import IdMap

_TOGETHER = 200
_ONE_BY_ONE = 50  # ids that the id map is asked for; with more it is read whole


@dataclass(slots=True)
class Ids:
    """What is known of ids. `newest`: old → the id it has now, or the token of an object that the plan makes; `made`:
    the stage at which an id that has a token is made; `back`: ids that come back as they were, by an
    undelete or because an object is made anew under the id it had; `moved`: those of
    objects that live on under another; `alive`: those known to be in the tenant; `settled`: those of which the id map
    has been asked, one by one or as a `whole`."""

    map: IdMap
    newest: dict[str, str] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    back: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    alive: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    whole: dict[str, str] | None = None

    async def ask(self, ids: Collection[str]) -> None:
        """Asks the id map where these ids lead."""
        unknown = [one for one in dict.fromkeys(ids) if one not in self.settled]
        if not unknown:
            return
        if self.whole is None and len(self.settled) + len(unknown) > _ONE_BY_ONE:
            self.whole = await self.map.every()
        found = await self.map.resolve(unknown) if self.whole is None else self.whole
        self.newest.update({old: found[old] for old in unknown if found.get(old, old) != old})
        self.settled.update(unknown)

    def token(self, record: Object, identity: str, entry: ObjectType) -> None:
        """Notes that the plan makes the object anew, so that its ids stand for new ones."""
        for old in (identity, *simple_aliases(record, entry)):
            self.newest[old] = token(old)
            self.made[old] = stage_of(entry)

    def forget(self, record: Object, identity: str, entry: ObjectType) -> None:
        """The plan does not make it after all."""
        for old in (identity, *simple_aliases(record, entry)):
            if self.made.pop(old, None) is not None:
                del self.newest[old]
        self.back.discard(identity)

    def adopt(self, record: Object, identity: str, live: LiveState, entry: ObjectType) -> None:
        """Notes that the object lives on under another id, and what others call it by."""
        self.newest[identity] = live.id
        self.moved.add(identity)
        for place in entry.aliases:
            old, new = record.get(place), live.object.get(place)
            if isinstance(old, str) and isinstance(new, str) and old != new:
                self.newest[old] = new
                self.moved.add(old)


def simple_aliases(record: Object, entry: ObjectType) -> list[str]:
    """What others call the object by that it gets anew with its id: an appId. One that may be chosen is kept."""
    kept = entry.restore.create if entry.restore else frozenset()
    values = [record.get(place) for place in entry.aliases if place not in kept]
    return [value for value in values if isinstance(value, str) and value]


@dataclass(slots=True)
class Look:
    """Looks at the objects of one type. `elsewhere`: the records are of another tenant, whose ids say nothing here."""

    live: Live
    space: Space
    ids: Ids
    entry: ObjectType
    whole: bool = False
    whole_bin: bool = False
    elsewhere: bool = False

    async def at(self, some: Sequence[Wanted], followed: Mapping[int, Collection[str]]) -> None:
        """Keeps the state of each."""
        states = await asyncio.gather(*(self._by_id(one, one.id, followed[one.seq]) for one in some))
        lost = [one for one, state in zip(some, states, strict=True) if state is None]
        if not self.elsewhere:
            await self.ids.ask([one.id for one in lost])
        again = await asyncio.gather(*(self._without_id(one, followed[one.seq]) for one in lost))
        found = {one.seq: state for one, state in zip(some, states, strict=True) if state is not None}
        found |= {one.seq: state for one, state in zip(lost, again, strict=True)}
        for one in some:
            self._note(one, found[one.seq])
            self.space.put_state(one.seq, found[one.seq])

    async def _by_id(self, one: Wanted, identity: str, followed: Collection[str]) -> LiveState | None:
        if self.elsewhere and not self._named_alike:
            return None
        if self.whole:
            return self.space.there(self.entry.key, identity, binned=False)
        path = record_path(self.entry, remapped(one.record, self.entry, self.ids.newest))
        held = await self.live.held(self.entry, identity, path, followed)
        if held is None:
            return None
        return LiveState(id=identity, standing="live", object=held.record, links=held.links, parts=held.parts)

    async def _without_id(self, one: Wanted, followed: Collection[str]) -> LiveState:
        """Of an object that is not live under the id it had."""
        newest = self.ids.newest.get(one.id, "")
        if newest and newest not in self.ids.made:
            state = await self._directly(one, newest, followed)
            if state is not None:
                return state
        for identity in dict.fromkeys([one.id, *([newest] if newest else [])]):
            binned = None if self.elsewhere else await self._binned(identity)
            if binned is not None:
                return replace(binned, twins=await self._twins(one))
        twins = await self._twins(one)
        unique = self.entry.restore is not None and self.entry.restore.unique
        if (unique or self.elsewhere) and len(twins) == 1:
            state = await self._directly(one, twins[0], followed)
            if state is not None:
                return state
        return LiveState(id=one.id, standing="gone", twins=twins)

    async def _directly(self, one: Wanted, identity: str, followed: Collection[str]) -> LiveState | None:
        path = record_path(self.entry, remapped(one.record, self.entry, self.ids.newest))
        held = await self.live.held(self.entry, identity, path, followed)
        if held is None:
            return None
        return LiveState(id=identity, standing="live", object=held.record, links=held.links, parts=held.parts)

    async def _binned(self, identity: str) -> LiveState | None:
        if self.whole_bin:
            return self.space.there(self.entry.key, identity, binned=True)
        thing = await self.live.binned(self.entry, identity)
        return None if thing is None else LiveState(id=identity, standing="deleted", object=thing)

    async def _twins(self, one: Wanted) -> tuple[str, ...]:
        values = remapped(one.record, self.entry, self.ids.newest)
        if self.whole:
            name = folded_name(values, self.entry.natural_keys)
            return tuple(self.space.named(self.entry.key, name)) if name else ()
        found = await self.live.namesakes(self.entry, values, record_path(self.entry, values))
        return tuple(sorted(str(thing[self.entry.identity]) for thing in found))

    @property
    def _named_alike(self) -> bool:
        """Objects of this type have the same id in every tenant, or there is but one."""
        return self.entry.read is Read.ONE or bool(self.entry.restore and self.entry.restore.keeps_id)

    def _note(self, one: Wanted, state: LiveState) -> None:
        if state.standing == "gone":
            if makes(self.entry) and one.origin != "reference":
                if self._named_alike:
                    self.ids.back.add(one.id)
                else:
                    self.ids.token(one.record, one.id, self.entry)
            return
        if state.standing == "live":
            self.ids.alive.add(state.id)
        if state.id != one.id:
            self.ids.adopt(one.record, one.id, state, self.entry)
        elif state.standing == "deleted":
            self.ids.back.add(one.id)


async def look_at(
    live: Live,
    space: Space,
    ids: Ids,
    key: str,
    origin: Origin,
    followed: Collection[str] | None,
    *,
    whole: bool = False,
    whole_bin: bool = False,
    elsewhere: bool = False,
) -> None:
    """Looks at every wanted object of a type. `followed`: the relationships to read; None: those that a referrer's
    places name. Raises GraphError, StoreError, FormatError."""
    entry = TYPES[key]
    look = Look(live, space, ids, entry, whole, whole_bin, elsewhere)
    for some in space.portions(key, origin, _TOGETHER):
        names = {one.seq: links_in(one.places) if followed is None else followed for one in some}
        await look.at(some, names)


def links_in(places: Sequence[str]) -> frozenset[str]:
    """The relationships among the places where a record names something."""
    return frozenset(place.split(".")[1] for place in places if place.startswith("@relationships."))

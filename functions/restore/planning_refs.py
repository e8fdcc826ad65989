"""Which of the objects that records name are in the tenant: asked for many records together, each id once.

In: records. Out: the ids among those they name that lead to nothing, after the id map has been asked where they lead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from functions.catalogue.model import ObjectType
from functions.core.calls import tokens
from functions.core.links import Target
from functions.core.links_remap import referred, remapped
from functions.core.record import Object
from functions.restore.live import Live
from functions.restore.planning_look import Ids


@dataclass(slots=True)
class References:
    """Remembers what it has been told."""

    live: Live
    ids: Ids
    elsewhere: bool = False
    _lost: set[str] = field(default_factory=set)

    async def missing(self, records: Sequence[Object], entry: ObjectType) -> list[frozenset[str]]:
        """Per record the ids that it names, as they are now, and that are not in the tenant. Raises GraphError,
        StoreError."""
        await self._learn(self._named(records, entry))
        found = []
        for record in records:
            named = {target.id for target in referred(remapped(record, entry, self.ids.newest), entry)}
            found.append(frozenset(named & self._lost))
        return found

    def gone(self, identity: str) -> None:
        """An object that the plan was to make anew and cannot: it leads to nothing."""
        self._lost.add(identity)

    async def _learn(self, named: Sequence[Target]) -> None:
        unknown = [one for one in named if one.id not in self.ids.alive and one.id not in self._lost]
        if not unknown:
            return
        lost = await self.live.missing(unknown) - self.ids.back
        self.ids.alive.update(one.id for one in unknown if one.id not in lost)
        # An id inside a rule does not say what it is of, so that it cannot be looked up: the map may know it.
        asked = lost | {one.id for one in unknown if not one.type}
        if asked and not self.elsewhere:
            await self.ids.ask(asked)
        kinds = {one.id: one.type for one in unknown}
        moved = {one: self.ids.newest[one] for one in lost if one in self.ids.newest}
        again = [Target(new, kinds[old]) for old, new in moved.items() if not tokens(new)]
        lost_again = await self.live.missing(again) - self.ids.back if again else frozenset[str]()
        self.ids.alive.update(one.id for one in again if one.id not in lost_again)
        self._lost |= (lost - moved.keys()) | lost_again

    def _named(self, records: Iterable[Object], entry: ObjectType) -> list[Target]:
        every = (target for record in records for target in referred(remapped(record, entry, self.ids.newest), entry))
        return [target for target in dict.fromkeys(every) if not tokens(target.id)]

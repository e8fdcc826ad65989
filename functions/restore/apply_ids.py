"""The new ids of the objects that a plan makes: what stands in place of `{new:OLD-ID}` when a call is sent.

An id is written down in the id map before anything else can fail, and only what this very plan has made counts: an
object that an earlier restore made under the same old id may be the one that was lost.
"""

from collections.abc import Iterable, Mapping

from functions.clock import Clock, iso
from functions.core.plan import Item
from functions.storage.idmap import IdMap, IdRow


class Made:
    """What one plan has made so far, by old id."""

    def __init__(self, ids: IdMap, plan_id: str, clock: Clock) -> None:
        self._ids = ids
        self._plan_id = plan_id
        self._clock = clock
        self._known: dict[str, str] = {}
        self._absent: dict[str, str] = {}

    async def known(self, olds: Iterable[str]) -> Mapping[str, str]:
        """The new id of each that has been made; the others are left out."""
        wanted = set(olds)
        if unknown := wanted - self._known.keys() - self._absent.keys():
            found = await self._ids.made(unknown, self._plan_id)
            self._known |= found
            self._absent |= dict.fromkeys(unknown - found.keys(), "")
        return {old: self._known[old] for old in wanted & self._known.keys()}

    async def earlier(self, item: Item) -> str:
        """The id that an interrupted creation has been given, "" where none was written down."""
        return (await self._ids.made([item.object_id], self._plan_id)).get(item.object_id, "")

    async def note(self, item: Item, new_id: str, aliases: Mapping[str, str]) -> None:
        """The object of an item has been made. `aliases`: what others called the old one by → what they shall."""
        pairs = {item.object_id: new_id, **aliases}
        now = iso(self._clock())
        rows = [
            IdRow(old_id=old, new_id=new, type=item.type, plan_id=self._plan_id, at=now) for old, new in pairs.items()
        ]
        await self._ids.put(*rows)
        self._known |= pairs
        for old in pairs:
            self._absent.pop(old, None)

    def not_made(self, item: Item) -> None:
        """The object of an item could not be made."""
        for old in (item.object_id, *item.aliases.values()):
            self._absent[old] = f"{item.type} {item.name}"

    def reason(self, olds: Iterable[str]) -> str:
        """Why what names these objects cannot be sent."""
        named = [f"{self._absent[old]} ({old})" if self._absent.get(old) else old for old in sorted(olds)]
        return f"Not sent, because this plan did not make what it names: {', '.join(named)}."

"""What became of the items of a plan so far, as far as later items depend on it.

An object that had moved, or could not be brought back, gets no links; nothing is removed from a relationship to which
not all could be added that was missing. Kept in memory as it happens, and read back from the pages and the journal by
whoever takes up a plan in which something went wrong before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from functions.core.plan import Item
from functions.restore.journal import FINAL, Journal, Place
from functions.restore.links import ADDING
from functions.storage.restores import StepOutcome

type Read = Callable[[int], Awaitable[list[Item]]]


@dataclass(slots=True)
class Fates:
    """`page` reads a page of the plan by its number."""

    journal: Journal
    page: Read
    known: bool  # nothing went wrong before this process took up the plan
    _moved: set[tuple[str, str]] = field(default_factory=set)
    _absent: set[tuple[str, str]] = field(default_factory=set)
    _short: set[tuple[str, str, str]] = field(default_factory=set)
    _undeleted: frozenset[str] | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)  # many ask at once, and all need the whole answer

    def note(self, item: Item) -> None:
        """An item has ended."""
        places = [(item.number, place) for place in range(1, len(item.steps) + 1)]
        self._note(item, {place: self.journal.outcome(place) for place in places})

    def _note(self, item: Item, outcomes: Mapping[Place, StepOutcome]) -> None:
        thing = (item.type, item.object_id)
        for place, step in enumerate(item.steps, 1):
            outcome = outcomes.get((item.number, place), StepOutcome.PENDING)
            if outcome is StepOutcome.CONFLICT:
                self._moved.add(thing)
            elif outcome in FINAL and outcome is not StepOutcome.DONE:
                if step.action in {"create", "restoreDeleted"}:
                    self._absent.add(thing)
                if step.action in ADDING:
                    self._short.add((*thing, step.link))

    async def forbids(self, item: Item) -> str:
        """Why nothing of an item may be sent after what came before it; "" if it may."""
        if item.scope not in {"links", "removals"}:
            return ""
        await self._recall()
        thing = (item.type, item.object_id)
        if thing in self._moved:
            return "The object had moved since the plan was made, so nothing more is written to it."
        if thing in self._absent:
            return "The object was not brought back."
        return ""

    async def short(self, item: Item, link: str) -> str:
        """Why nothing may be removed from a relationship; "" if it may."""
        await self._recall()
        if (item.type, item.object_id, link) in self._short:
            return f"Nothing is removed from {link} because not all that was missing could be added."
        return ""

    async def undeleted(self) -> frozenset[str]:
        """The objects that this plan takes out of the recycle bin: with them come links that nobody else has made."""
        async with self._reading:
            if self._undeleted is None:
                found: set[str] = set()
                for ref in self.journal.plan.pages:
                    found |= {item.live_id for item in await self.page(ref.page) if item.standing == "deleted"}
                self._undeleted = frozenset(found)
            return self._undeleted

    async def _recall(self) -> None:
        async with self._reading:
            if self.known:
                return
            await self.journal.flush()
            for ref in self.journal.plan.pages:
                outcomes = await self.journal.outcomes(ref)
                for item in await self.page(ref.page):
                    self._note(item, outcomes)
            self.known = True

"""Takes a series of steps that add or remove links of one relationship.

The list is read once before: what is there (or gone) already is done without a call. Each call is journaled; then the
list is read until it shows them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.catalogue.model import Relationship
from functions.core.plan import Step
from functions.errors import GraphError, WriteUnverified
from functions.restore.journal import Journal
from functions.restore.live import Live
from functions.restore.settle import Settle
from functions.restore.write import Sender, had_its_effect, path_of

ADDING = frozenset({"addLink", "setManager"})
REMOVING = frozenset({"removeLink", "removeManager"})


@dataclass(frozen=True, slots=True)
class LinkSteps:
    """The steps of one plan that change its object's links."""

    journal: Journal
    live: Live
    sender: Sender
    settle: Settle

    async def take(self, places: Sequence[int]) -> None:
        """Takes steps of one relationship and one direction: afterwards each is done or failed."""
        steps = {place: self.journal.plan.steps[place] for place in places}
        first = steps[places[0]]
        adding = first.action in ADDING
        relationship = next(r for r in self.live.entry.relationships if r.name == first.link)
        identity = self.journal.made_id or self.journal.plan.live_id
        try:
            there = await self._there(identity, relationship)
        except GraphError as error:
            for place in places:
                await self.journal.failed(place, error)
            return
        sent: dict[int, Step] = {}
        for place, step in steps.items():
            if (step.target in there) == adding:
                await self.journal.done(place, already=True)
                continue
            await self.journal.running(place)
            if await self._send(place, step):
                sent[place] = step
        await self._verify(sent, identity, relationship, adding=adding)

    async def _send(self, place: int, step: Step) -> bool:
        try:
            path = path_of(step, self.journal.made_id)
            await self.sender.send(step, path, step.body, just_made=self.journal.makes)
        except GraphError as error:
            if not had_its_effect(step, error):
                await self.journal.failed(place, error)
                return False
        return True

    async def _verify(self, sent: dict[int, Step], identity: str, relationship: Relationship, *, adding: bool) -> None:
        unseen: set[int] = set(sent)
        lost: GraphError | None = None

        async def seen() -> bool:
            there = await self._there(identity, relationship)
            unseen.clear()
            unseen.update(place for place, step in sent.items() if (step.target in there) != adding)
            return not unseen

        try:
            if sent:
                await self.settle.until(seen)
        except GraphError as error:
            lost = error
        for place, step in sent.items():
            if place not in unseen:
                await self.journal.done(place)
                continue
            unread = WriteUnverified(
                f"Graph accepted step {step.id} ({step.action} {step.target}), but the list does not show it",
                remedy="Look at the list in the Entra admin center; make a new plan if the link is wrong",
            )
            await self.journal.failed(place, lost or unread)

    async def _there(self, identity: str, relationship: Relationship) -> set[str]:
        """The ids at the other end. An object made a moment ago may be unknown to a replica for a while."""
        for _ in range(self.settle.tries if self.journal.makes else 1):
            try:
                return {target.id for target in await self.live.targets(identity, relationship)}
            except GraphError as error:
                if error.status != 404:
                    raise
                lost = error
            await self.settle.pause()
        raise lost

"""What one item is worked on with: the tools of the whole plan, and what is known of the item so far.

Also the questions that every kind of step asks: does the object show what was written, and has anybody else changed it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.catalogue.model import ObjectType, Read
from functions.core.calls import filled, tokens
from functions.core.diff import holds, same, shape
from functions.core.plan import Item, Step
from functions.core.plan_registry import rules_of
from functions.core.record import Json, Object
from functions.errors import GraphError, LifeboatError, LiveObjectMoved, WriteUnverified
from functions.restore.apply_ids import Made
from functions.restore.guards import Guards
from functions.restore.journal import Journal
from functions.restore.live import Live
from functions.restore.settle import Settle
from functions.restore.write import Sender
from functions.storage.restores import StepOutcome

_AHEAD = frozenset({"update", "clearProperty", "addLinks", "setLink", "removeLink", "changePart", "removePart"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all items of a plan share."""

    journal: Journal
    live: Live
    sender: Sender
    settle: Settle
    made: Made
    guards: Guards


@dataclass(slots=True, kw_only=True)
class Work:
    """One item. `identity` is the id its object has now, "" while it has none; `ids` are the new ids that its tokens
    stand for, as far as they are known; `just_made`: the object, or one that it names, was made or undeleted a moment
    ago; `compared`: the object is known to be what the plan was made for."""

    bench: Bench
    item: Item
    entry: ObjectType
    identity: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    record_path: dict[str, str] = field(default_factory=dict)
    just_made: bool = False
    compared: bool = False
    marked: set[int] = field(default_factory=set)  # written down ahead of being sent

    def step(self, place: int) -> Step:
        """A step by its place, from 1."""
        return self.item.steps[place - 1]

    def tried(self, place: int) -> bool:
        """True for a step that was sent before, or was about to be."""
        row = self.bench.journal.row_of((self.item.number, place))
        if row is None or place in self.marked or row.outcome not in {StepOutcome.RUNNING, StepOutcome.FAILED}:
            return False
        # What Graph refused has had no effect.
        return row.outcome is StepOutcome.RUNNING or row.detail.get("error", {}).get("code") != "graphRejected"

    async def running(self, place: int, detail: Mapping[str, Any] | None = None) -> None:
        """Writes down that a step is about to be sent, and with it those behind it that do no harm when they are sent
        twice: what is found `running` is looked for first."""
        journal = self.bench.journal
        if place in self.marked and detail is None:
            self.marked.discard(place)
            return
        places = [place]
        for later in range(place + 1, len(self.item.steps) + 1):
            row = journal.row_of((self.item.number, later))
            if self.step(later).action not in _AHEAD or row is not None:
                break
            places.append(later)
        await journal.running(self.item, places, detail)
        self.marked |= set(places[1:])
        self.marked.discard(place)

    @property
    def links(self) -> frozenset[str]:
        """The names of the type's relationships."""
        return frozenset(relationship.name for relationship in self.entry.relationships)

    async def learn(self) -> None:
        """Finds the new ids of what the item names."""
        item, journal = self.item, self.bench.journal
        own = {item.object_id, *item.aliases.values()}
        named = tokens(list(item.record_path.values())).union(*(named_by(step) for step in item.steps))
        fresh = all(journal.row_of((item.number, place)) is None for place in range(1, len(item.steps) + 1))
        if item.makes and fresh and not self.identity:
            named = named - own  # it is what this item makes
        elif not item.live_id:
            named = named | {item.object_id}
        self.ids = await self.bench.made.known(named)
        self.just_made = self.just_made or bool(self.ids)
        self.record_path = {name: str(self.put_in(value)) for name, value in item.record_path.items()}
        if self.entry.read is Read.ONE:
            self.identity = item.live_id or item.object_id
        else:
            restore = self.entry.restore
            kept = item.object_id if restore is not None and restore.keeps_id else ""
            self.identity = self.identity or item.live_id or self.ids.get(item.object_id, kept)

    def lacking(self, value: Json) -> set[str]:
        """The old ids in a value whose new ones are not known."""
        return tokens(value) - self.ids.keys()

    def put_in(self, value: Json) -> Json:
        """The value with the new ids that are known."""
        known = {old: self.ids.get(old, f"{{new:{old}}}") for old in tokens(value)}
        return filled(value, known)

    # ---- what the tenant shows ---------------------------------------------------------------------------------------

    async def object(self) -> Object | None:
        """The live object."""
        return await self.bench.live.object(self.entry, self.identity, self.record_path)

    async def shows(self, after: Json, identity: str = "") -> bool:
        """True when the object, its links and its parts show all that a step names."""
        return not await self.unlike(after, identity)

    async def unlike(self, after: Json, identity: str = "") -> list[str]:
        """The properties and relationships of `after` that the object does not show; everything of one not there."""
        if not isinstance(after, dict):
            return []
        identity = identity or self.identity
        properties: Object = {name: value for name, value in after.items() if name not in self.links}
        found: list[str] = []
        if properties or not after:
            thing = await self.bench.live.object(self.entry, identity, self.record_path)
            if thing is None:
                return sorted(after) or ["id"]
            wanted, there = self.normal(properties), self.normal(thing)
            found = [name for name, value in wanted.items() if not holds(value, there.get(name))]
        for relationship in self.entry.relationships:
            if relationship.name not in after:
                continue
            wanted_all = after[relationship.name]
            wanted_list = wanted_all if isinstance(wanted_all, list) else [wanted_all]
            live = self.bench.live
            if relationship.contained:
                parts = await live.parts(self.entry, identity, relationship, self.record_path)
                held = all(any(holds(want, part) for part in parts) for want in wanted_list)
            else:
                targets = await live.links(self.entry, identity, relationship, self.record_path)
                ids = {target.id for target in targets}
                held = all(isinstance(want, dict) and want.get("id") in ids for want in wanted_list)
            if not held:
                found.append(relationship.name)
        return sorted(found)

    async def untouched(self, step: Step) -> bool:
        """True while each property that a step writes has the value that the plan showed."""
        if not isinstance(step.before, dict) or self.item.standing != "live":
            return True  # nobody else has touched what this plan has just made
        before: Object = {name: value for name, value in step.before.items() if name not in self.links}
        if not before:
            return True
        thing = await self.object()
        now = self.normal(thing or {})
        return thing is not None and all(same(value, now.get(name)) for name, value in before.items())

    def normal(self, thing: Object) -> Object:
        """An object in the form in which objects of its type are compared."""
        return rules_of(self.entry.key).normal(shape(thing, self.entry))

    # ---- how a step ends ---------------------------------------------------------------------------------------------

    async def verify(self, place: int, after: Json, *, result_id: str = "") -> None:
        """Waits until the object shows what a step wrote: then it is done, and otherwise failed."""
        step = self.step(place)
        if step.later:
            self.bench.journal.done(self.item, place, result_id=result_id, later=True)
            return
        unlike: list[str] = []

        async def seen() -> bool:
            unlike[:] = await self.unlike(after, result_id)
            return not unlike

        await self.settled(place, seen, lambda: unlike, result_id=result_id)

    async def settled(
        self, place: int, seen: Callable[[], Awaitable[bool]], unlike: Callable[[], list[str]], *, result_id: str = ""
    ) -> None:
        """The same with a question of its own; `unlike` names what it did not find."""
        try:
            if await self.bench.settle.until(seen):
                self.bench.journal.done(self.item, place, result_id=result_id)
                return
        except GraphError as error:  # it was sent, and can only not be read
            self.bench.journal.failed(self.item, place, unread(self.step(place), error), result_id=result_id)
            return
        lost = unseen(self.step(place), unlike())
        self.bench.journal.failed(self.item, place, lost, result_id=result_id, unlike=unlike())

    def moved(self) -> LiveObjectMoved:
        """The conflict between a plan and a tenant that somebody else has changed."""
        return LiveObjectMoved(
            f"{self.item.type} {self.item.name} ({self.identity or self.item.object_id}) is no longer what it was when "
            "the plan was made; nothing more is written to it",
            remedy="Make a new plan and look at what differs now",
        )


def named_by(step: Step) -> set[str]:
    """The old ids that a step waits for."""
    return tokens([step.path, step.body, step.after, list(step.targets)])


def unread(step: Step, error: GraphError) -> LifeboatError:
    """Graph accepted a step, and then did not say what the object is like."""
    return WriteUnverified(
        f"Graph accepted step {step.id} ({step.action}), but its effect could not be read back: {error.message}",
        remedy="Retry the plan: what shows by then is not sent again",
    )


def unseen(step: Step, unlike: list[str]) -> LifeboatError:
    """Graph accepted a step, and its effect cannot be read back."""
    what = f" ({', '.join(unlike)})" if unlike else ""
    return WriteUnverified(
        f"Graph accepted step {step.id} ({step.action}), but the object does not show it{what}",
        remedy="Look at the object; if the value is not what the plan says, make a new plan",
    )

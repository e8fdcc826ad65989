"""Applies a plan: walks its steps in order, as far as a time budget reaches, and says whether it is done.

Before the first write the tenant is compared with what the plan was made for: if anything a restore writes or depends
on has moved, nothing is written. Called again, it goes on where it stopped.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from functions.catalogue import type_named
from functions.clock import Clock
from functions.core.plan import Step, live_digest
from functions.errors import GraphError
from functions.graph.client import GraphClient
from functions.restore.journal import ENDED, FINAL, Journal
from functions.restore.links import ADDING, REMOVING, LinkSteps
from functions.restore.live import Live
from functions.restore.settle import Settle
from functions.restore.steps import ObjectSteps, moved
from functions.restore.write import Sender
from functions.storage.idmap import IdMap
from functions.storage.open import Stores
from functions.storage.restores import PlanState, StepOutcome

_LINKS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What applying works with. `reader` reads, `restorer` writes; `budget` in seconds, `tick` counts them."""

    stores: Stores
    reader: GraphClient
    restorer: GraphClient
    cloud: str
    settle: Settle
    clock: Clock
    budget: float
    tick: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan is: `state` while it works is `applying`."""

    state: str
    taken: int
    steps: int

    @property
    def done(self) -> bool:
        """True when there is nothing left to do."""
        return self.state in ENDED


async def apply_steps(plan_id: str, tools: Tools) -> Progress:
    """Takes as many steps as the budget allows. Raises only what is not the plan's fault: storage that fails."""
    journal = await Journal.open(tools.stores.restores, plan_id, tools.clock)
    if journal.header.state is not PlanState.APPLYING:
        return _progress(journal)
    live = Live(tools.reader, type_named(journal.plan.type), tools.cloud)
    if journal.untouched and journal.plan.steps:
        await _compare(journal, live, tools.stores.ids)
    sender = Sender(tools.restorer, live.entry.bucket, tools.settle)
    of_object = ObjectSteps(journal, live, sender, tools.settle, tools.stores.ids)
    of_links = LinkSteps(journal, live, sender, tools.settle)
    until = tools.tick() + tools.budget
    for places in _series(journal):
        if journal.halted:
            break
        first = journal.plan.steps[places[0]]
        if not first.at_once and tools.tick() > until:
            return _progress(journal)
        if reason := _forbidden(journal, first):
            for place in places:
                await journal.skipped(place, reason)
        elif first.action in ADDING | REMOVING:
            await of_links.take(places)
        else:
            await of_object.take(places[0])
    await journal.finish()
    return _progress(journal)


async def _compare(journal: Journal, live: Live, ids: IdMap) -> None:
    """Halts the plan unless the tenant is what it was made for."""
    plan = journal.plan
    try:
        present = (await ids.resolve([plan.object_id]))[plan.object_id]
        state = await live.state(present, plan.relationships)
    except GraphError as error:
        await journal.halt(0, error)
        return
    # The digest covers the id: an object that another plan has created meanwhile is not created again.
    if live_digest(state, live.entry, plan.relationships) != plan.live_digest:
        await journal.halt(0, moved(plan, "nothing was written"))


def _series(journal: Journal) -> Iterator[list[int]]:
    """The places of the steps still to take: one at a time, or links of one relationship together."""
    series: list[int] = []
    for place, step in enumerate(journal.plan.steps):
        if journal.outcome(place) in FINAL:
            continue
        if series and (len(series) == _LINKS_AT_ONCE or not _together(journal.plan.steps[series[-1]], step)):
            yield series
            series = []
        series.append(place)
    if series:
        yield series


def _together(one: Step, other: Step) -> bool:
    return bool(one.link) and (one.link, one.action) == (other.link, other.action)


def _forbidden(journal: Journal, step: Step) -> str:
    """Why a step may not be taken after what came before it; "" if it may."""
    if step.action in {"create", "restoreDeleted"}:
        return ""
    if journal.makes and not journal.made_id:
        return "The object was not brought back."
    if step.action in REMOVING:
        added = [p for p, other in enumerate(journal.plan.steps) if other.link == step.link and other.action in ADDING]
        if any(journal.outcome(place) is not StepOutcome.DONE for place in added):
            return f"Nothing is removed from {step.link} because not all that was missing could be added."
    return ""


def _progress(journal: Journal) -> Progress:
    taken = sum(journal.outcome(place) in FINAL for place in range(len(journal.plan.steps)))
    return Progress(journal.header.state.value, taken, len(journal.plan.steps))

"""Applies a plan: walks its pages of items, as far as a time budget reaches, and says whether it is done.

Items of one stage are worked on side by side, so that waiting for the replicas of one does not hold up the others;
stages follow each other. Called again, it goes on where it stopped: the journal knows.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from functions import log
from functions.catalogue import type_named
from functions.clock import Clock, iso
from functions.core.plan import Item
from functions.errors import RowConflict, StoreError
from functions.graph.client import GraphClient
from functions.graph.limiter import SERIAL_BUCKETS
from functions.restore.apply_fates import Fates
from functions.restore.apply_ids import Made
from functions.restore.apply_item import take
from functions.restore.apply_work import Bench
from functions.restore.guards import Guards
from functions.restore.journal import ENDED, Journal
from functions.restore.live import Live
from functions.restore.quota import Quota
from functions.restore.settle import Settle
from functions.restore.write import Sender
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.plans import PlanState
from functions.storage.rows import short

_IN_FLIGHT = 600  # items: most of them wait for replicas
_LOOK = 2.0  # seconds between two looks at whether somebody has asked to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What applying works with. `reader` reads, `restorer` writes; `budget` in seconds, `tick` counts them."""

    stores: Stores
    reader: GraphClient
    restorer: GraphClient
    settings: Settings
    settle: Settle
    quota: Quota
    clock: Clock
    budget: float
    tick: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan is: `state` while it works is `applying`. `ended` counts its first items that have all ended, the
    others steps by their outcome."""

    state: str
    items: int
    ended: int
    steps: int
    taken: int
    failed: int
    conflicts: int
    skipped: int

    @property
    def done(self) -> bool:
        """True when there is nothing left to do."""
        return self.state in ENDED


async def apply_steps(plan_id: str, tools: Tools, *, again: bool = False) -> Progress:
    """Takes as many steps as the budget allows. `again`: it is known that the journal has rows.

    Raises only what is not the plan's fault: storage that fails, and a tenant that is not the plan's.
    """
    row, tag = await tools.stores.plans.look(plan_id)
    journal = Journal(tools.stores, tools.clock, row, await tools.stores.plans.head_of(row))
    if row.state is not PlanState.APPLYING:
        await journal.look()
        return _progress(journal, row.state)
    try:
        return await _Walk(journal, tools, tag, fresh=not again).go()
    except RowConflict:
        if not journal.contested:
            raise
    # Somebody was here before: a process that died, or the first answer to what was written is lost.
    journal = Journal(tools.stores, tools.clock, row, journal.plan)
    return await _Walk(journal, tools, tag, fresh=False).go()


@dataclass(slots=True)
class _Walk:
    """One call of the activity. `tag` is that of the plan's row as it was found; `fresh`: nothing says that the journal
    has rows."""

    journal: Journal
    tools: Tools
    tag: str
    fresh: bool
    _until: float = 0.0
    _cancelled: bool = False
    _working: dict[asyncio.Task[bool], Item] = field(default_factory=dict)
    _serial: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    async def go(self) -> Progress:
        journal, tools = self.journal, self.tools
        if not self.fresh:
            await journal.resume()
        self._until = tools.tick() + tools.budget
        self._cancelled = bool(journal.row.cancel)
        guards = Guards(
            tools.reader, tools.restorer, tools.settings, journal.plan.tenant_id, caller=journal.row.claimed_by
        )
        if journal.plan.steps and not self._cancelled:
            await guards.right_tenant()
        bench = Bench(
            journal=journal,
            live=Live(tools.reader, tools.settings.cloud, tools.settings.tenant_id),
            sender=Sender(tools.restorer, tools.settle, tools.quota),
            settle=tools.settle,
            made=Made(tools.stores.ids, journal.plan.plan_id, tools.clock),
            guards=guards,
        )
        went_wrong = journal.tally.failed + journal.tally.conflicts + journal.tally.skipped
        fates = Fates(journal, self._page, known=not went_wrong)
        watch = asyncio.create_task(self._watch())
        try:
            whole = not self._cancelled and await self._items(bench, fates)
        finally:
            watch.cancel()
            for task in self._working:
                task.cancel()
            await asyncio.gather(watch, *self._working, return_exceptions=True)
        await journal.flush()
        if whole:
            return await self._finish(journal.verdict)
        if self._cancelled:
            return await self._finish(PlanState.CANCELLED)
        return _progress(journal, PlanState.APPLYING)

    async def _items(self, bench: Bench, fates: Fates) -> bool:
        """Works on the items; False where it stopped before the last."""
        stage, whole = -1, True
        async for item in self._left():
            if item.stage != stage:
                whole = await self._settle(0) and whole
                stage = item.stage
            if not whole or self._stopping():
                whole = False
                break
            whole = await self._settle(_IN_FLIGHT - 1) and whole
            self._working[asyncio.create_task(self._one(item, bench, fates))] = item
        return await self._settle(0) and whole

    async def _one(self, item: Item, bench: Bench, fates: Fates) -> bool:
        bucket = type_named(item.type).bucket
        if bucket not in SERIAL_BUCKETS:
            ended = await take(item, bench, fates, self.tools.stores.ids, self._stopping)
        else:
            async with self._serial.setdefault(bucket, asyncio.Semaphore(2)):
                ended = await take(item, bench, fates, self.tools.stores.ids, self._stopping)
        if ended:
            fates.note(item)
            bench.journal.forget(item)
        return ended

    async def _settle(self, most: int) -> bool:
        """Waits until at most so many items are being worked on; False where one of them stopped half way."""
        whole = True
        while len(self._working) > most:
            done, _ = await asyncio.wait(self._working, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                del self._working[task]
                whole = task.result() and whole
        if whole and self._working:
            self.journal.ended(min(item.number for item in self._working.values()) - 1)
        return whole

    async def _left(self) -> AsyncIterator[Item]:
        """The items that have not ended in this attempt, page by page."""
        journal = self.journal
        for ref in journal.plan.pages:
            if ref.first + ref.items - 1 <= journal.tally.ended:
                continue
            await journal.read(ref)
            for item in await self._page(ref.page):
                if item.number > journal.tally.ended and item.steps:
                    yield item

    async def _page(self, number: int) -> list[Item]:
        return await self.tools.stores.plans.page_of(self.journal.row, self.journal.plan, number)

    def _stopping(self) -> bool:
        """Between two steps: whether somebody asked to stop, or the time is up. However short it is, one step is taken:
        who comes next starts no nearer to the end otherwise."""
        return self._cancelled or (self.journal.wrote and self.tools.tick() > self._until)

    async def _watch(self) -> None:
        """Looks from time to time whether somebody has asked to stop."""
        while not self._cancelled:
            await asyncio.sleep(_LOOK)
            try:
                row = await self.tools.stores.plans.get(self.journal.plan.plan_id)
            except StoreError as error:
                log.warning("restore.watch_failed", plan=self.journal.plan.plan_id, reason=error)
                continue  # looked at again: what is asked for meanwhile must not go unheard
            self._cancelled = bool(row.cancel)

    async def _finish(self, state: PlanState) -> Progress:
        """Writes down how the plan ended."""
        journal = self.journal
        tally, row = journal.tally, journal.row
        changes = {"ended_at": iso(self.tools.clock()), "error": short(journal.first_error)}
        plans, claim, tag = self.tools.stores.plans, row.claim, self.tag
        while row.state is PlanState.APPLYING and row.claim == claim:
            try:
                row = await plans.swap(row, tag, state, **changes)
            except RowConflict:  # somebody has asked to stop, too late; or the answer to this very write was lost
                row, tag = await plans.look(row.plan_id)
        log.info("restore.ended", plan=row.plan_id, state=row.state, done=tally.done, steps=journal.plan.steps)
        return _progress(journal, state if row.state is PlanState.APPLYING else row.state)


def _progress(journal: Journal, state: PlanState) -> Progress:
    tally = journal.tally
    return Progress(
        state=state.value,
        items=journal.plan.items,
        ended=tally.ended if state is PlanState.APPLYING else journal.plan.items,
        steps=journal.plan.steps,
        taken=tally.done + tally.failed + tally.conflicts + tally.skipped,
        failed=tally.failed,
        conflicts=tally.conflicts,
        skipped=tally.skipped,
    )

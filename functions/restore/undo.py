"""A new plan that reverses what another has done, to be looked at and applied like any other.

In: a plan that has ended, its journal, and the tenant as it is now. Out: a stored plan; nothing is written to the
tenant. Items wait on disk, so that memory does not follow the size of the plan.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import batched

import msgspec

from functions import log
from functions.catalogue import type_named
from functions.clock import iso
from functions.core.calls import filled, tokens
from functions.core.plan import Item, LossGap, PageRef, Plan
from functions.core.plan_draft import Frame
from functions.core.plan_make import numbered
from functions.core.plan_undo import Done, leaving, undo_items
from functions.errors import PlanNotApplicable
from functions.restore.live import Live
from functions.restore.planning import Tools
from functions.restore.planning_space import Space
from functions.restore.safety import SENSITIVE, Guard
from functions.restore.totals import Totals, missing_permissions
from functions.storage.plans import PlanRow, PlanState
from functions.storage.restores import StepOutcome, StepRow
from functions.storage.rows import short

_ENDED = frozenset({PlanState.APPLIED, PlanState.PARTIAL, PlanState.FAILED, PlanState.CANCELLED})
_PAGE_ITEMS, _PAGE_BYTES = 200, 1 << 20
_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class _Did:
    """An item, what each of its steps did, and the id its object had afterwards."""

    item: Item
    done: Mapping[str, Done]
    identity: str


async def undo_plan(plan_id: str, row: PlanRow, tools: Tools, *, caller: str = "") -> Plan:
    """Plans the reversal and keeps it under the id of `row`.

    Raises PlanNotApplicable for a plan that has not ended, or has done nothing that can be reversed; RowMissing.
    """
    source = await tools.stores.plans.get(plan_id)
    if source.state not in _ENDED or not source.claim:
        raise PlanNotApplicable(
            f"plan {plan_id} is {source.state}: there is nothing to undo",
            remedy="A plan that is being applied can be stopped first: POST …/cancel",
        )
    head = await tools.stores.plans.head_of(source)
    with Space() as space:
        undoing = _Undoing(source, head, tools, space, Guard(tools.reader, tools.restorer, tools.settings, caller))
        await undoing.gather()
        return await undoing.keep(row)


@dataclass(slots=True)
class _Undoing:
    source: PlanRow
    head: Plan
    tools: Tools
    space: Space
    guard: Guard
    totals: Totals | None = None
    interrupted: dict[str, str] = field(default_factory=dict)  # step → object: nobody knows what became of it

    async def gather(self) -> None:
        """The items of the reversal, in the scratch space."""
        gone = frozenset([one.identity async for one in self._did() if self._leaves(one)])
        settings = self.tools.settings
        live = Live(self.tools.reader, settings.cloud, settings.tenant_id)
        self.totals = Totals()
        for ref in self.head.pages:
            for some in batched([one async for one in self._page(ref)], _TOGETHER, strict=False):
                found = await asyncio.gather(*(self._reversed(one, live, gone) for one in some))
                for items in found:
                    self.totals.add(items)
                    self.space.put_items(items)
        if not self.totals.steps and not self.totals.gaps:
            raise PlanNotApplicable(f"plan {self.head.plan_id} has done nothing that could be undone")

    async def _did(self) -> AsyncIterator[_Did]:
        for ref in self.head.pages:
            async for one in self._page(ref):
                yield one

    async def _page(self, ref: PageRef) -> AsyncIterator[_Did]:
        """The items of a page that have done anything."""
        stores = self.tools.stores
        journal = await stores.restores.journal(self.head.plan_id, ref.first, ref.first + ref.items - 1)
        rows = {(row.item, row.step): row for row in journal}
        for item in await stores.plans.page_of(self.source, self.head, ref.page):
            taken = [rows.get((item.number, place)) for place in range(1, len(item.steps) + 1)]
            done = {
                step.id: did
                for step, row in zip(item.steps, taken, strict=True)
                if row is not None and (did := _did(row)) is not None
            }
            named = f"{item.type} {item.name}"
            self.interrupted |= {
                step.id: named
                for step, row in zip(item.steps, taken, strict=True)
                if row is not None and row.outcome is StepOutcome.RUNNING
            }
            if done:
                made = next((row.result_id for row in taken if row is not None and row.action == "create"), "")
                yield _Did(item, done, made or item.live_id)

    def _leaves(self, one: _Did) -> bool:
        return leaving(one.item, one.done, type_named(one.item.type))

    async def _reversed(self, one: _Did, live: Live, gone: frozenset[str]) -> list[Item]:
        item, entry, settings = one.item, type_named(one.item.type), self.tools.settings
        held = {
            old for step in item.steps for old in tokens([step.path, step.body, step.before, step.after, *step.targets])
        }
        named = {item.object_id, *item.aliases.values(), *held, *tokens(list(item.record_path.values()))}
        ids = await self.tools.stores.ids.made(named, self.head.plan_id)
        path = {name: str(filled(value, _or_itself(value, ids))) for name, value in item.record_path.items()}
        identity = one.identity or ids.get(item.object_id, item.object_id)
        state = await live.state(entry, identity, path, item.followed)
        state = replace(state, missing=frozenset(ids))  # what was made anew is not there under the id it had
        frame = Frame(
            run=item.run, graph_url=settings.graph_url, tenant=settings.tenant_id, now=iso(self.tools.clock())
        )
        safety = await (self.guard.asked() if item.type in SENSITIVE else self.guard.known())
        return undo_items(item, one.done, state, entry, {**{old: old for old in held}, **ids}, frame, safety, gone)

    async def keep(self, row: PlanRow) -> Plan:
        """Numbers the items, cuts them into pages, and keeps the plan."""
        tools, totals = self.tools, self.totals
        assert totals is not None  # they were gathered
        draft = tools.stores.plans.draft(row.plan_id)
        first = 1
        for some in _pages(self.space.items()):
            page = numbered(some, first)
            await draft.add(page)
            first += len(page)
        needs = totals.needs(await tools.restorer.roles())
        now = tools.clock()
        head = Plan(
            plan_id=row.plan_id,
            tenant_id=self.head.tenant_id,
            scope={"undoes": self.head.plan_id},
            mode="exact",
            created_at=row.created_at,
            expires_at=iso(now + timedelta(seconds=tools.settings.plan_lifetime)),
            undoes=self.head.plan_id,
            counts=totals.counts(),
            needs=needs,
            estimate=totals.estimate(tools.settings.restore_writes),
            gaps=(*missing_permissions(needs), *self._not_undone()),
            pages=tuple(draft.pages),
        )
        row = msgspec.structs.replace(row, gaps=totals.gaps + len(head.gaps), name=self.source.name)
        await tools.stores.plans.keep(row, head, draft, begun=False)
        log.info("restore.undo_planned", plan=head.plan_id, undoes=head.undoes, steps=head.steps)
        return head

    def _not_undone(self) -> Iterable[LossGap]:
        if self.source.state is not PlanState.APPLIED:
            yield LossGap(
                "What the plan has not done is not undone",
                f"It ended {self.source.state}: only the steps that were carried out are reversed.",
                "Nothing to do.",
            )
        if self.interrupted:
            some = ", ".join(dict.fromkeys(self.interrupted.values()))
            yield LossGap(
                f"{len(self.interrupted)} steps that were interrupted are not undone",
                f"Nobody has looked whether they were carried out, since the plan was stopped: {short(some, 500)}.",
                "Retry the plan, which finds that out, and undo it then; or look at these objects.",
            )


def _did(row: StepRow) -> Done | None:
    """What a step did, None for nothing. One that was accepted and could not be read back counts as done."""
    if row.outcome is StepOutcome.FAILED:
        sent = tuple(row.detail.get("sent", ()))
        if sent:
            return Done(targets=sent)
        return (
            Done()
            if row.detail.get("error", {}).get("code") == "writeUnverified" and not row.detail.get("links")
            else None
        )
    if row.outcome is not StepOutcome.DONE or row.detail.get("already"):
        return None
    some = row.detail.get("sent")
    return Done(targets=tuple(some) if some is not None else None)


def _or_itself(value: str, ids: Mapping[str, str]) -> dict[str, str]:
    return {old: ids.get(old, old) for old in tokens(value)}


def _pages(found: Iterator[tuple[Item, int]]) -> Iterator[list[Item]]:
    page: list[Item] = []
    size = 0
    for item, length in found:
        if page and (len(page) == _PAGE_ITEMS or size + length > _PAGE_BYTES):
            yield page
            page, size = [], 0
        page.append(item)
        size += length
    if page:
        yield page

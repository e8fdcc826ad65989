"""Making a plan: a scope in, a stored plan out. Nothing is written to the tenant.

First every object of the scope is looked at in the tenant, so that it is known which ids the plan makes anew; then the
items of each are made, those of what named a new id, and those of what is to go; last they are sorted by stage, cut
into pages and kept. What there is a lot of waits on disk.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import msgspec

from functions import log
from functions.catalogue import TYPES, restore_order
from functions.catalogue.model import Deletes, ObjectType
from functions.clock import Clock, iso
from functions.core.plan import Item, LiveState, LossGap, Options, Plan
from functions.core.plan_heal import healing_items
from functions.core.plan_make import Frame, deletion_item, followed_by, items, makes, numbered
from functions.core.plan_rules import Safety
from functions.errors import CallerError, PlanNotApplicable
from functions.graph.client import GraphClient
from functions.restore.going_along import Along, gone_along, parts_of
from functions.restore.healing import referrers
from functions.restore.live import Live
from functions.restore.planning_bulk import read_bin, read_whole, worth_it
from functions.restore.planning_look import Ids, look_at
from functions.restore.planning_refs import References
from functions.restore.planning_space import Space, Wanted
from functions.restore.safety import SENSITIVE, Guard
from functions.restore.scope import PlanRequest, restorable
from functions.restore.scope_records import Found, Source
from functions.restore.tenants import check_tenants
from functions.restore.totals import Totals, missing_permissions
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.plans import PlanRow

FEW_REFERRERS = 200
_PORTION = 100
_PAGE_ITEMS, _PAGE_BYTES = 200, 1 << 20

type Progress = Callable[[int, int], Awaitable[None]]


class TooMuch(Exception):
    """The plan is larger than what a caller waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What planning works with. `reader` reads the tenant; of `restorer` only the token is looked at."""

    stores: Stores
    reader: GraphClient
    restorer: GraphClient
    settings: Settings
    clock: Clock


async def _nobody(done: int, total: int) -> None:
    """A caller who waits is told the end alone."""


async def make_plan(
    request: PlanRequest,
    row: PlanRow,
    tools: Tools,
    *,
    caller: str = "",
    begun: bool = False,
    most_referrers: int = 0,
    progress: Progress = _nobody,
) -> Plan:
    """Plans and keeps the plan under the id of `row`, `planned` until `settings.plan_lifetime` has passed.

    `caller` is the object id of who asks. `most_referrers`: raises TooMuch where more objects than that name what is
    made anew; 0: as many as there are. Raises CallerError 404 `unknownObject` or `unknownRun`, PlanNotApplicable, and
    the errors of Graph and storage.
    """
    with Space() as space:
        planner = _Planner(request, tools, space, caller, most_referrers, progress)
        await planner.prepare()
        await planner.gather()
        await planner.look()
        await planner.make()
        await planner.heal()
        await planner.delete()
        return await planner.keep(row, begun=begun)


@dataclass(slots=True)
class _Planner:
    request: PlanRequest
    tools: Tools
    space: Space
    caller: str
    most_referrers: int
    progress: Progress
    source: Source = field(init=False)
    live: Live = field(init=False)
    ids: Ids = field(init=False)
    refs: References = field(init=False)
    guard: Guard = field(init=False)
    options: Options = field(init=False)
    elsewhere: bool = field(init=False)
    totals: Totals = field(default_factory=Totals)
    gaps: list[LossGap] = field(default_factory=list)
    created: dict[str, int] = field(default_factory=dict)
    lost: dict[str, set[str]] = field(default_factory=dict)  # run that still had them → ids that get new ones

    # ---- the scope ---------------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Whose records, whose tenant. Raises PlanNotApplicable where they do not belong together."""
        tools, request = self.tools, self.request
        tenant = tools.settings.tenant_id
        self.elsewhere = await check_tenants(request, tools.reader, tenant)
        self.source = Source.of(tools.stores, tenant, request.source_tenant if self.elsewhere else "")
        self.live = Live(tools.reader, tools.settings.cloud, tenant)
        self.ids = Ids(tools.stores.ids)
        self.refs = References(self.live, self.ids, self.elsewhere)
        self.guard = Guard(tools.reader, tools.restorer, tools.settings, self.caller)
        self.options = request.options
        if request.run:
            await self.source.known(request.run)

    async def gather(self) -> None:
        """The records of the scope. Raises CallerError 404 `unknownObject` where there is none of an object asked for
        by itself."""
        if self.request.named:
            await self._gather_named()
        elif self.request.changes:
            await self._gather_changed()
        else:
            await self._gather_listed()

    async def _gather_named(self) -> None:
        named = self.request.named
        for key in dict.fromkeys(one.type for one in named):
            ids = [one.id for one in named if one.type == key]
            async for some in self.source.of_ids(key, ids, self.request.run):
                self._want(some)
        unknown = [one for one in named if not self.space.is_wanted(one.type, one.id)]
        if len(unknown) == len(named):
            raise CallerError(404, "unknownObject", "No backup up to this run holds the object.")
        if unknown:
            shown = ", ".join(f"{one.type}/{one.id}" for one in unknown[:10])
            self.gaps.append(
                LossGap(
                    f"{len(unknown)} of {len(named)} objects are not in any backup",
                    f"No backup up to this run holds {shown}{' and others' if len(unknown) > 10 else ''}.",
                    "Check the ids, or choose another run.",
                )
            )

    async def _gather_listed(self) -> None:
        run = await self.source.known(self.request.run)
        for entry in self.request.entries():
            if not await self.source.base(entry.key, run):
                self._untold(entry, run)
                continue
            async for some in self.source.all_of(entry.key, run):
                self._want(some)

    async def _gather_changed(self) -> None:
        changes = self.request.changes
        assert changes is not None
        before, after = await self.source.known(changes.from_), await self.source.known(changes.to)
        for entry in self.request.entries():
            if not await self.source.base(entry.key, before):
                self._untold(entry, before)
                continue
            created: list[str] = []
            async for some in self.source.changed(entry.key, before, after, created.append):
                self._want(some)
            self.created[entry.key] = len(created)
            if self.options.delete_added:
                self.space.add(entry.key, created)

    def _want(self, some: Sequence[Found]) -> None:
        self.space.want((one.type, one.id, one.run, one.held, "chosen", (), one.data) for one in some)

    def _untold(self, entry: ObjectType, run: str) -> None:
        if self.request.all or entry.key in self.request.types:
            why = f"Up to run {run} no backup holds a whole list of them."
            self.gaps.append(LossGap(f"{entry.title}: nothing is planned", why, "Choose another run."))

    # ---- where everything stands -------------------------------------------------------------------------------------

    async def look(self) -> None:
        """The tenant's state of every object, and which of them the plan makes anew."""
        chosen = set(self.space.types("chosen"))
        for key in restore_order():
            if key in chosen:
                await self._look_at(TYPES[key])
        for key in restore_order():
            if key in chosen:
                await self._settle(TYPES[key])
        if self.request.named and self.lost and not self.elsewhere and self.options.references != frozenset():
            await self._take_along(chosen)

    async def _take_along(self, chosen: set[str]) -> None:
        """What went with the objects that are made anew becomes part of what was asked for."""
        along = await gone_along(self.source, self.live, self.lost, self._offers)
        await self._add(along)
        keys = chosen | {key for key, _ in along}
        made = {key: [one for one in self.space.ids(key) if one in self.ids.made] for key in keys}
        await self._add(parts_of(keys, made, self._offers))

    async def _add(self, along: Along) -> None:
        for (key, run), ids in along.items():
            async for some in self.source.of_ids(key, ids, run):
                self._want(some)
        for key in restore_order():
            if any(key == added for added, _ in along):
                await self._look_at(TYPES[key])
                await self._settle(TYPES[key])

    async def _look_at(self, entry: ObjectType) -> None:
        followed = frozenset(followed_by(entry, self.options))
        wanted = self.space.count(entry.key)
        total = wanted
        if not self.request.lists and wanted > 1:
            total = await self.source.count(entry.key, await self.source.known(self.request.run))
        deleting = self.options.delete_added and not self.request.changes and entry.read.value != "one"
        whole = (deleting or worth_it(entry, wanted, total)) and not self.elsewhere
        whole_bin = False
        if whole:
            known = self.space.ids(entry.key) if deleting else frozenset[str]()
            await read_whole(
                self.live, entry, self.space, followed, (lambda one: one not in known) if deleting else None
            )
            whole_bin = await read_bin(self.live, entry, self.space)
        await look_at(
            self.live,
            self.space,
            self.ids,
            entry.key,
            "chosen",
            followed,
            whole=whole,
            whole_bin=whole_bin,
            elsewhere=self.elsewhere,
        )

    async def _settle(self, entry: ObjectType) -> None:
        """Takes back the tokens of what is gone and cannot be made again, so that nothing waits for it."""
        for some in self.space.portions(entry.key, "chosen", _PORTION):
            for one in some:
                state = self.space.state(one.seq)
                if state.standing == "gone" and one.id in self.ids.made and makes(entry):
                    made = items(one.record, state, self.options, entry, self.ids.newest, self._frame(one))
                    if not any(item.makes for item in made):
                        self.ids.forget(one.record, one.id, entry)
                        self.refs.gone(one.id)
                self._note_lost(one, state)

    def _note_lost(self, one: Wanted, state: LiveState) -> None:
        if one.id in self.ids.made or (state.standing == "live" and state.id != one.id):
            new = [one.id, *(old for old in _texts(one) if old in self.ids.newest)]
            self.lost.setdefault(one.held, set()).update(new)

    # ---- items -------------------------------------------------------------------------------------------------------

    async def make(self) -> None:
        """The items of everything that was asked for."""
        total, done = self.space.count(), 0
        chosen = set(self.space.types("chosen"))
        for key in restore_order():
            if key in chosen:
                for some in self.space.portions(key, "chosen", _PORTION):
                    await self._make(TYPES[key], some)
                    done += len(some)
                    await self.progress(done, total)

    async def _make(self, entry: ObjectType, some: Sequence[Wanted]) -> None:
        safety = await self._safety(entry)
        missing = await self.refs.missing([one.record for one in some], entry)
        for one, lost in zip(some, missing, strict=True):
            state = replace(self.space.state(one.seq), missing=lost)
            record, untold = await self._comparable(one, state, entry)
            found = items(record, state, self.options, entry, self.ids.newest, self._frame(one), safety)
            if untold and found:
                found[0] = msgspec.structs.replace(found[0], gaps=(*found[0].gaps, untold))
            self._put(found)

    async def _comparable(
        self, one: Wanted, state: LiveState, entry: ObjectType
    ) -> tuple[dict[str, Any], LossGap | None]:
        """The record without what nobody may see in the tenant now: it cannot be compared, so it is left as it is."""
        if state.standing != "live":
            return one.record, None
        hidden, extensions = await self.live.told_of(entry)
        unseen = sorted(
            name
            for name in one.record
            if name in hidden or (extensions is not None and name.startswith("extension_") and name not in extensions)
        )
        if not unseen:
            return one.record, None
        gap = LossGap(
            f"Not compared: {', '.join(unseen)}",
            "The reader identity may not see these properties in the tenant now, or the tenant does not have them.",
            "Grant the permission that reading them takes and make a new plan, or compare them by hand.",
        )
        return {name: value for name, value in one.record.items() if name not in unseen}, gap

    async def heal(self) -> None:
        """The items of live objects that named what gets a new id."""
        if not self.lost or self.elsewhere or self.options.references == frozenset():
            return
        found = await referrers(self.source, self.lost, self._offers)
        if self.most_referrers and len(found) > self.most_referrers:
            raise TooMuch
        by_run: dict[tuple[str, str], list[str]] = {}
        for (key, identity), named in found.items():
            by_run.setdefault((key, named.run), []).append(identity)
        for (key, run), ids in by_run.items():
            async for some in self.source.of_ids(key, ids, run):
                self.space.want(
                    (one.type, one.id, one.run, one.held, "reference", sorted(found[key, one.id].places), one.data)
                    for one in some
                )
        named_types = set(self.space.types("reference"))
        for key in restore_order():
            if key in named_types:
                whole = worth_it(TYPES[key], self.space.count(key, "reference"), self.space.count(key) * 8)
                del whole
                await look_at(self.live, self.space, self.ids, key, "reference", None)
                for portion in self.space.portions(key, "reference", _PORTION):
                    await self._heal(TYPES[key], portion)

    def _offers(self, key: str, identity: str) -> bool:
        return self.options.heals(key, identity) and not self.space.is_wanted(key, identity)

    async def _heal(self, entry: ObjectType, some: Sequence[Wanted]) -> None:
        safety = await self._safety(entry)
        every_lost = frozenset[str]().union(*self.lost.values())
        missing = await self.refs.missing([one.record for one in some], entry)
        for one, lost in zip(some, missing, strict=True):
            state = replace(self.space.state(one.seq), missing=lost)
            frame = self._frame(one)
            self._put(
                healing_items(
                    one.record, state, entry, one.places, self.options, self.ids.newest, frame, safety, every_lost
                )
            )

    # ---- what was not in the backup ----------------------------------------------------------------------------------

    async def delete(self) -> None:
        """The items of what was added since, where its deletion was asked for."""
        if not self.options.delete_added:
            self._tell_added()
            return
        kept = set(self.ids.newest.values())
        for key, ids in self.space.added():
            entry = TYPES[key]
            gone = [one for one in ids if one not in kept]
            if entry.restore is None or entry.restore.deletes is Deletes.NO:
                self._tell_staying(entry, len(gone))
                continue
            await self._delete(entry, gone)

    async def _delete(self, entry: ObjectType, ids: Sequence[str]) -> None:
        safety = await self._safety(entry)
        frame = Frame(
            run=self.request.run,
            graph_url=self.tools.settings.graph_url,
            tenant=self.tools.settings.tenant_id,
            made=self.ids.made,
            now=iso(self.tools.clock()),
        )
        for one in ids:
            held = await self.live.held(entry, one, {}, ())
            if held is not None:
                self._put([deletion_item(LiveState(id=one, standing="live", object=held.record), entry, frame, safety)])

    def _tell_added(self) -> None:
        """Without a wish to delete them they stay; that there are some is said."""
        for key, count in self.created.items():
            if count:
                self.gaps.append(
                    LossGap(
                        f"{TYPES[key].title}: {count} that were created since stay",
                        "Nothing is deleted unless it is asked for.",
                        'Make a new plan with "match": "exact" and "deleteAdded": true to delete them too.',
                    )
                )

    def _tell_staying(self, entry: ObjectType, count: int) -> None:
        if count:
            self.gaps.append(
                LossGap(
                    f"{entry.title}: {count} that were not in the backup stay",
                    "Deleting one would be for good, and a restore never does that.",
                    "Delete them yourself if they should not be there.",
                )
            )

    # ---- keeping it --------------------------------------------------------------------------------------------------

    async def keep(self, row: PlanRow, *, begun: bool) -> Plan:
        """Numbers the items, cuts them into pages, writes those, then the head, then the row."""
        settings, stores = self.tools.settings, self.tools.stores
        draft = stores.plans.draft(row.plan_id)
        first, name = 1, ""
        for some in _pages(self.space.items()):
            page = numbered(some, first)
            name = name or page[0].name
            await draft.add(page)
            first += len(page)
        needs = self.totals.needs(await self.tools.restorer.roles())
        now = self.tools.clock()
        head = Plan(
            plan_id=row.plan_id,
            tenant_id=settings.tenant_id,
            scope=self.request.told(),
            mode=self.options.mode,
            created_at=row.created_at,
            expires_at=iso(now + timedelta(seconds=settings.plan_lifetime)),
            source_tenant=self.source.tenant if self.elsewhere else "",
            counts=self.totals.counts(),
            needs=needs,
            estimate=self.totals.estimate(settings.restore_writes),
            gaps=(*missing_permissions(needs), *self.gaps, *self._closed()),
            pages=tuple(draft.pages),
        )
        count = self.space.count()
        row = msgspec.structs.replace(
            row,
            name=name if self.request.id else "",
            gaps=self.totals.gaps + len(head.gaps),
            done=count,
            total=count,
        )
        await stores.plans.keep(row, head, draft, begun=begun)
        log.info("restore.planned", plan=head.plan_id, items=head.items, steps=head.steps, gaps=row.gaps)
        return head

    def _closed(self) -> Iterator[LossGap]:
        for key, refusal in self.live.closed_bins.items():
            said = f"Graph answered {refusal.status} {refusal.graph_code}".rstrip()
            yield LossGap(
                f"The recycle bin of {TYPES[key].title} could not be looked into",
                f"{said}: for an application it is closed here. What is not live is made anew, with a new id.",
                "If the object still lies in the bin, restore it in the Entra admin center and make a new plan.",
            )

    def _put(self, found: Sequence[Item]) -> None:
        self.totals.add(found)
        self.space.put_items(found)

    async def _safety(self, entry: ObjectType) -> Safety:
        return await (self.guard.asked() if entry.key in SENSITIVE else self.guard.known())

    def _frame(self, one: Wanted) -> Frame:
        settings = self.tools.settings
        return Frame(
            run=one.run,
            graph_url=settings.graph_url,
            tenant=settings.tenant_id,
            made=self.ids.made,
            now=iso(self.tools.clock()),
        )


def _texts(one: Wanted) -> Iterator[str]:
    """What else others may call the object by."""
    for place in TYPES[one.type].aliases:
        value: Mapping[str, Any] | Any = one.record.get(place)
        if isinstance(value, str):
            yield value


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


def check_request(request: PlanRequest) -> None:
    """Raises PlanNotApplicable for a type, property or relationship that is not restored."""
    for key in dict.fromkeys([request.type, *(one.type for one in request.objects), *request.types]):
        if key and not restorable(TYPES[key]):
            raise PlanNotApplicable(f"{TYPES[key].title} cannot be restored")

"""What the parts of planning share: the request, the tenant, the scratch space, what is known of ids, the counts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from functions.catalogue.model import ObjectType
from functions.clock import Clock, iso
from functions.core.passing import Tie, passing, tie
from functions.core.plan import Item, LossGap, Options
from functions.core.plan_draft import Frame
from functions.core.plan_rules import Safety
from functions.core.record import Object
from functions.graph.client import GraphClient
from functions.restore.live import Live
from functions.restore.planning_look import Ids
from functions.restore.planning_refs import References
from functions.restore.planning_space import Space
from functions.restore.privileged import Privileged
from functions.restore.safety import SENSITIVE, Guard
from functions.restore.scope import PlanRequest
from functions.restore.scope_records import Source
from functions.restore.seats import Seats
from functions.restore.tenants import check_tenants
from functions.restore.totals import Totals
from functions.settings import Settings
from functions.storage.open import Stores

_decode = msgspec.json.Decoder(dict[str, object]).decode

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


@dataclass(slots=True, kw_only=True)
class Planning:
    """One plan in the making. `elsewhere`: the records are of another tenant. `created` counts, by type, what was
    created since; `lost`: run that still had them ("" the newest) → ids that get new ones."""

    request: PlanRequest
    tools: Tools
    space: Space
    most_referrers: int
    progress: Progress
    options: Options
    elsewhere: bool
    source: Source
    live: Live
    ids: Ids
    refs: References
    guard: Guard
    privileged: Privileged
    seats: Seats
    totals: Totals = field(default_factory=Totals)
    gaps: list[LossGap] = field(default_factory=list)
    created: dict[str, int] = field(default_factory=dict)
    lost: dict[str, set[str]] = field(default_factory=dict)
    # the same → what others call objects by that come out of the recycle bin
    returning: dict[str, set[str]] = field(default_factory=dict)
    _passing: dict[str, frozenset[Tie]] = field(default_factory=dict)

    @staticmethod
    async def begun(
        request: PlanRequest, tools: Tools, space: Space, caller: str, most_referrers: int, progress: Progress
    ) -> "Planning":
        """Raises PlanNotApplicable where records and tenant do not belong together, CallerError 404 `unknownRun`."""
        tenant = tools.settings.tenant_id
        elsewhere = await check_tenants(request, tools.reader, tenant)
        source = Source.of(tools.stores, tenant, request.source_tenant if elsewhere else "")
        if request.run:
            await source.known(request.run)
        live, ids = Live(tools.reader, tools.settings.cloud, tenant), Ids(tools.stores.ids)
        return Planning(
            request=request,
            tools=tools,
            space=space,
            most_referrers=most_referrers,
            progress=progress,
            options=request.options,
            elsewhere=elsewhere,
            source=source,
            live=live,
            ids=ids,
            refs=References(live, ids, elsewhere),
            guard=Guard(tools.reader, tools.restorer, tools.settings, caller),
            privileged=Privileged(tools.reader),
            seats=Seats(tools.reader),
        )

    def offers(self, key: str, identity: str) -> bool:
        """True for an object that may name what is made anew, and is not part of the plan already."""
        return self.options.heals(key, identity) and not self.space.is_wanted(key, identity)

    def frame(self, run: str) -> Frame:
        """What the items of a record of this run share."""
        settings = self.tools.settings
        return Frame(
            run=run,
            graph_url=settings.graph_url,
            tenant=settings.tenant_id,
            made=self.ids.made,
            now=iso(self.tools.clock()),
            units=self.seats.units,
        )

    async def safety(self, entry: ObjectType) -> Safety:
        """Who could be shut out: asked of the tenant for types that could do so, else what is known anyway."""
        found = await (self.guard.asked() if entry.key in SENSITIVE else self.guard.known())
        return replace(found, ranks=await self.privileged.ranks() or {}) if entry.key == "users" else found

    async def was_passing(self, key: str, record: Object, held: str) -> bool:
        """True for the assignment of a role that was given for a while only, as the schedules say of the last run that
        held it ("": the newest). False where that run has none."""
        if key != "roleAssignments":
            return False
        run = held or await self.source.newest()
        if run not in self._passing:
            found = [one async for some in self.source.all_of("roleAssignmentSchedules", run) for one in some]
            self._passing[run] = passing(_decode(one.data) for one in found)  # type: ignore[misc]
        return tie(record) in self._passing[run]

    def put(self, found: Sequence[Item]) -> None:
        """Counts and keeps the items of one object."""
        self.totals.add(found)
        self.seats.add(found)
        self.space.put_items(found)

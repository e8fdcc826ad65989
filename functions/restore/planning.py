"""Making a plan: a scope in, a stored plan out. Nothing is written to the tenant.

First every object of the scope is looked at in the tenant, so that it is known which ids the plan makes anew; then the
items of each are made, those of what named a new id, and those of what is to go; last they are sorted by stage, cut
into pages and kept. What there is a lot of waits on disk.
"""

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from functions import log
from functions.catalogue import TYPES
from functions.clock import iso
from functions.core.plan import Item, LossGap, Plan
from functions.core.plan_make import numbered
from functions.restore.planning_added import delete
from functions.restore.planning_context import Planning, Progress, Tools, TooMuch
from functions.restore.planning_gather import gather
from functions.restore.planning_items import heal, make
from functions.restore.planning_space import Space
from functions.restore.planning_stand import look
from functions.restore.scope import PlanRequest
from functions.restore.totals import missing_permissions
from functions.storage.plans import PlanRow

__all__ = ["TooMuch", "Tools", "make_plan"]

_PAGE_ITEMS, _PAGE_BYTES = 200, 1 << 20


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
        planning = await Planning.begun(request, tools, space, caller, most_referrers, progress)
        await gather(planning)
        await look(planning)
        await make(planning)
        await heal(planning)
        await delete(planning)
        return await _keep(planning, row, begun=begun)


async def _keep(p: Planning, row: PlanRow, *, begun: bool) -> Plan:
    """Numbers the items, cuts them into pages, writes those, then the head, then the row."""
    settings, stores = p.tools.settings, p.tools.stores
    draft = stores.plans.draft(row.plan_id)
    first, name = 1, ""
    for some in _pages(p.space.items()):
        page = numbered(some, first)
        name = name or page[0].name
        await draft.add(page)
        first += len(page)
    needs = p.totals.needs(await p.tools.restorer.roles())
    head = Plan(
        plan_id=row.plan_id,
        tenant_id=settings.tenant_id,
        scope=p.request.told(),
        mode=p.options.mode,
        created_at=row.created_at,
        expires_at=iso(p.tools.clock() + timedelta(seconds=settings.plan_lifetime)),
        source_tenant=p.source.tenant if p.elsewhere else "",
        counts=p.totals.counts(),
        needs=needs,
        estimate=p.totals.estimate(settings.restore_writes),
        gaps=(*missing_permissions(needs), *p.gaps, *p.seats.gaps(), *_administrators(p), *_closed(p)),
        pages=tuple(draft.pages),
    )
    count = p.space.count()
    row = msgspec.structs.replace(
        row, name=name if p.request.id else "", gaps=p.totals.gaps + len(head.gaps), done=count, total=count
    )
    await stores.plans.keep(row, head, draft, begun=begun)
    log.info("restore.planned", plan=head.plan_id, items=head.items, steps=head.steps, gaps=row.gaps)
    return head


def _administrators(p: Planning) -> Iterator[LossGap]:
    """What is not known of accounts that only a privileged restorer may change."""
    need = "Privileged Authentication Administrator"
    if p.privileged.refused:
        yield LossGap(
            "Which accounts are administrators is not known",
            "The reader may not read who holds directory roles, or who is in groups that can hold them. Sensitive "
            f"properties of such accounts can be changed only by who holds the directory role {need}.",
            "Grant the reader RoleManagement.Read.Directory and make a new plan, or give the restorer that role.",
        )
    back = next((count.undeleted for count in p.totals.counts() if count.type == "users"), 0)
    if back:
        yield LossGap(
            f"{back} accounts come out of the recycle bin, perhaps administrators among them",
            "Which groups a deleted account is in is not shown. One that is in a group that can hold roles, or holds a "
            f"privileged role, is given back only to who holds the directory role {need}.",
            f"Give the restorer the role {need} if such an account is refused with 403, then retry the plan.",
        )


def _closed(p: Planning) -> Iterator[LossGap]:
    for key, refusal in p.live.closed_bins.items():
        said = f"Graph answered {refusal.status} {refusal.graph_code}".rstrip()
        yield LossGap(
            f"The recycle bin of {TYPES[key].title} could not be looked into",
            f"{said}: for an application it is closed here. What is not live is made anew, with a new id.",
            "If the object still lies in the bin, restore it in the Entra admin center and make a new plan.",
        )


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

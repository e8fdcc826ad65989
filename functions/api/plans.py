"""The calls about plans: make one, list them, look at one, page through its items."""

import msgspec
from msgspec import UNSET

from functions import log
from functions.api.bodies import Body
from functions.api.call import Request
from functions.api.plan_answers import ItemPage, PlanAnswer, PlanList, PlanStarted, PlanSummary
from functions.api.plan_body import MakePlan
from functions.api.problem import refused
from functions.api.reply import Reply, answer
from functions.clock import iso
from functions.restore import plan_flow
from functions.restore.plan_view import items_page, plan_view, summary
from functions.restore.planning import Tools, TooMuch, make_plan
from functions.restore.scope import PlanRequest
from functions.restore.start import row_of
from functions.services import Services
from functions.storage.plans import PlanRow, PlanState, new_plan_id

FEW_REFERRERS = 200


async def make(request: Request[MakePlan]) -> Reply:
    """201 with the plan, or 202 where making it takes longer. Nothing is written to the tenant."""
    here, asked = request.services, request.body.request()
    row = _row(asked, here, request.caller.label)
    page = request.url(f"restore/plans/{row.plan_id}")
    if asked.few:
        try:
            await make_plan(asked, row, _tools(here), caller=request.caller.id, most_referrers=FEW_REFERRERS)
        except TooMuch:
            log.info("restore.plan_grows", plan=row.plan_id)
        else:
            return answer(await _view(request, row.plan_id), 201, location=page)
    await here.stores.plans.begin(msgspec.structs.replace(row, state=PlanState.PLANNING))
    try:
        await plan_flow.start(request.durable, row.plan_id, request.caller.id)
    except Exception:
        await here.stores.plans.fail(row.plan_id, "It could not be started.")
        raise
    return answer(PlanStarted(row.plan_id, page), 202, location=page)


async def list_plans(request: Request[Body]) -> Reply:
    """A page of plans, newest first."""
    here, query = request.services, request.query
    rows, cursor = await here.stores.plans.newest_first(query.top, query.cursor)
    plans = tuple(msgspec.convert(summary(row, here.clock), PlanSummary) for row in rows)
    return answer(PlanList(plans, cursor or UNSET))


async def show(request: Request[Body]) -> Reply:
    """The plan, its first items and the outcome of each step so far."""
    return answer(await _view(request, request.path.plan_id))


async def list_items(request: Request[Body]) -> Reply:
    """One page of the items. Raises CallerError 404 `unknownPage`."""
    here, query = request.services, request.query
    row = await row_of(here.stores, request.path.plan_id)
    head = await here.stores.plans.head_of(row)
    pages = len(head.pages)
    if query.page > max(1, pages):
        raise refused("unknownPage", f"The plan has {pages} pages of items")
    items = await items_page(here.stores, row, head, query.page, type=query.type, outcome=query.outcome)
    further = query.page + 1 if query.page < pages else UNSET
    found = {"page": query.page, "pages": pages, "items": items}
    return answer(msgspec.structs.replace(msgspec.convert(found, ItemPage), next_page=further))


async def _view(request: Request[MakePlan] | Request[Body], plan_id: str) -> PlanAnswer:
    here = request.services
    row = await row_of(here.stores, plan_id)
    return msgspec.convert(await plan_view(here.stores, row, here.clock, here.settings.plan_lifetime), PlanAnswer)


def _row(asked: PlanRequest, here: Services, by: str) -> PlanRow:
    now = here.clock()
    return PlanRow(
        plan_id=new_plan_id(now),
        type=asked.type if asked.id else "",
        object_id=asked.id,
        scope=asked.words(),
        request=asked.told(),
        created_by=by,
        created_at=iso(now),
    )


def _tools(here: Services) -> Tools:
    return Tools(
        stores=here.stores, reader=here.reader, restorer=here.restorer, settings=here.settings, clock=here.clock
    )

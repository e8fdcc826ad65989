"""The calls about restores: make a plan, look at it, apply it, issue passwords for the users it re-created."""

import msgspec
from msgspec import UNSET

from functions.api.answers import PasswordList, PlanAnswer, PlanStarted
from functions.api.bodies import Body, MakePlan
from functions.api.call import Request
from functions.api.problem import refused
from functions.api.reply import Reply, answer
from functions.backup.read import record_as_of
from functions.core.plan import Choice
from functions.restore import passwords, planning, start
from functions.restore.view import plan_view


async def make_plan(request: Request[MakePlan]) -> Reply:
    """201 with the plan. Nothing is written to the tenant."""
    here, body = request.services, request.body
    if body.run is not UNSET and body.run not in await here.stores.runs.committed():
        raise refused("unknownRun", f"There is no committed run {body.run}")
    made = await planning.make_plan(
        Choice(
            type=body.type,
            id=body.id,
            run=body.run or "",
            properties=_chosen(body.properties),
            relationships=_chosen(body.relationships),
            mode=body.match,
        ),
        records=record_as_of,
        stores=here.stores,
        graph=here.reader,
        settings=here.settings,
        clock=here.clock,
        by=request.caller.label,
    )
    page = request.url(f"restore/plans/{made.plan_id}")
    return answer(await _view(request, made.plan_id), 201, location=page)


async def show_plan(request: Request[Body]) -> Reply:
    """The plan and the outcome of each step so far."""
    return answer(await _view(request, request.path.plan_id))


async def apply_plan(request: Request[Body]) -> Reply:
    """202: the plan is being applied. Raises planExpired, planNotApplicable."""
    here, plan_id = request.services, request.path.plan_id
    await start.start(request.durable, here.stores, plan_id, request.caller.id, here.clock)
    page = request.url(f"restore/plans/{plan_id}")
    return answer(PlanStarted(plan_id, page), 202, location=page)


async def issue_passwords(request: Request[Body]) -> Reply:
    """The passwords, for the one time they are shown."""
    here = request.services
    issued = await passwords.issue_passwords(
        request.path.plan_id, request.caller.id, stores=here.stores, restorer=here.restorer, clock=here.clock
    )
    return answer(msgspec.convert({"passwords": issued}, PasswordList))


async def _view(request: Request[MakePlan] | Request[Body], plan_id: str) -> PlanAnswer:
    here = request.services
    return msgspec.convert(await plan_view(here.stores, plan_id, here.clock), PlanAnswer)


def _chosen(names: list[str] | msgspec.UnsetType) -> frozenset[str] | None:
    return None if names is UNSET else frozenset(names)

"""The calls about a plan that has been made: apply it, stop it, retry it, undo it, issue passwords for the users it
made."""

import msgspec

from functions.api.answers import PasswordList
from functions.api.bodies import Body
from functions.api.call import Request
from functions.api.plan_answers import PlanStarted
from functions.api.reply import Reply, answer
from functions.clock import iso
from functions.restore import passwords, planning, start
from functions.restore.undo import undo_plan as reversal_of
from functions.storage.plans import PlanRow, new_plan_id


async def apply_plan(request: Request[Body]) -> Reply:
    """202: the plan is being applied. Raises planExpired, planNotApplicable."""
    here, plan_id = request.services, request.path.plan_id
    await start.start(request.durable, here.stores, plan_id, request.caller.id, here.clock)
    return _started(request, plan_id)


async def retry_plan(request: Request[Body]) -> Reply:
    """202: what failed or was not reached is tried again. Raises planExpired, planNotApplicable."""
    here, plan_id = request.services, request.path.plan_id
    lifetime = here.settings.plan_lifetime
    await start.retry(request.durable, here.stores, plan_id, here.clock, lifetime=lifetime)
    return _started(request, plan_id)


async def cancel_plan(request: Request[Body]) -> Reply:
    """202: the plan stops when the steps that are under way have ended. Raises planNotApplicable."""
    here, plan_id = request.services, request.path.plan_id
    await start.cancel(request.durable, here.stores, plan_id, request.caller.label, here.clock)
    return _started(request, plan_id)


async def undo_plan(request: Request[Body]) -> Reply:
    """201 with where the new plan is: it reverses what this one did. Nothing is written to the tenant."""
    here = request.services
    await start.row_of(here.stores, request.path.plan_id)
    now = here.clock()
    undone = request.path.plan_id
    row = PlanRow(
        plan_id=new_plan_id(now),
        scope=f"undo of {undone}",
        request={"undoes": undone},
        undoes=undone,
        created_by=request.caller.label,
        created_at=iso(now),
    )
    tools = planning.Tools(
        stores=here.stores, reader=here.reader, restorer=here.restorer, settings=here.settings, clock=here.clock
    )
    made = await reversal_of(undone, row, tools, caller=request.caller.id)
    return _started(request, made.plan_id, 201)


async def issue_passwords(request: Request[Body]) -> Reply:
    """The passwords, for the one time they are shown."""
    here = request.services
    issued = await passwords.issue_passwords(
        request.path.plan_id, request.caller.id, stores=here.stores, restorer=here.restorer, clock=here.clock
    )
    return answer(msgspec.convert({"passwords": issued.passwords, "left": issued.left}, PasswordList))


def _started(request: Request[Body], plan_id: str, status: int = 202) -> Reply:
    page = request.url(f"restore/plans/{plan_id}")
    return answer(PlanStarted(plan_id, page), status, location=page)

"""The calls about restores: apply a plan, issue passwords for the users it re-created."""

import msgspec

from functions.api.answers import PasswordList
from functions.api.bodies import Body
from functions.api.call import Request
from functions.api.plan_answers import PlanStarted
from functions.api.reply import Reply, answer
from functions.restore import passwords, start


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

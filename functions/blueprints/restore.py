"""The functions of a restore: an orchestrator and an activity to make a large plan, and two more to apply one."""

from typing import Any

import azure.durable_functions as df

from functions.restore import activities, flow, plan_flow

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="context")
def apply_restore(context: df.DurableOrchestrationContext) -> Any:
    return (yield from flow.apply_restore(context))


@bp.activity_trigger(input_name="request")
async def apply_restore_step(request: dict) -> dict:
    return await activities.apply_restore_step(request)


@bp.orchestration_trigger(context_name="context")
def make_restore_plan(context: df.DurableOrchestrationContext) -> Any:
    return (yield from plan_flow.make_restore_plan(context))


@bp.activity_trigger(input_name="request")
async def make_restore_plan_whole(request: dict) -> dict:
    return await plan_flow.make_restore_plan_whole(request)

"""The functions of a restore: one orchestrator, one activity."""

from typing import Any

import azure.durable_functions as df

from functions.restore import activities, flow

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="context")
def apply_restore(context: df.DurableOrchestrationContext) -> Any:
    return (yield from flow.apply_restore(context))


@bp.activity_trigger(input_name="request")
async def apply_restore_step(request: dict) -> dict:
    return await activities.apply_restore_step(request)

"""The functions that look after backups once they are made."""

from typing import Any

import azure.durable_functions as df

from functions.upkeep import rebuild_flow

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="context")
def index_tenant(context: df.DurableOrchestrationContext) -> Any:
    return (yield from rebuild_flow.index_tenant(context))


@bp.activity_trigger(input_name="request")
async def index_tenant_step(request: dict) -> dict:
    return await rebuild_flow.index_tenant_step(request)

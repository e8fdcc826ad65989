"""The functions of a backup: a timer that starts it, two orchestrators, three activities."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.backup import activities, flow

bp = df.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="%BACKUP_SCHEDULE%", run_on_startup=False, use_monitor=True)
@bp.durable_client_input(client_name="client")
async def backup_timer(timer: func.TimerRequest, client: df.DurableOrchestrationClient) -> None:
    await activities.scheduled(client, past_due=timer.past_due)


@bp.orchestration_trigger(context_name="context")
def backup_tenant(context: df.DurableOrchestrationContext) -> Any:
    return (yield from flow.backup_tenant(context))


@bp.orchestration_trigger(context_name="context")
def backup_one_type(context: df.DurableOrchestrationContext) -> Any:
    return (yield from flow.backup_one_type(context))


@bp.activity_trigger(input_name="request")
async def open_run(request: dict) -> dict:
    return await activities.open_run(request)


@bp.activity_trigger(input_name="request")
async def backup_type(request: dict) -> dict:
    return await activities.backup_type(request)


@bp.activity_trigger(input_name="request")
async def commit_run(request: dict) -> dict:
    return await activities.commit_run(request)

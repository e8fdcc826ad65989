"""The functions that look after backups once they are made."""

from functools import partial
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.upkeep import housekeeping, rebuild_flow, retention_flow, verify_activities, verify_flow

bp = df.Blueprint()
_ENDED = [
    df.OrchestrationRuntimeStatus.Completed,
    df.OrchestrationRuntimeStatus.Failed,
    df.OrchestrationRuntimeStatus.Canceled,
    df.OrchestrationRuntimeStatus.Terminated,
]


@bp.orchestration_trigger(context_name="context")
def index_tenant(context: df.DurableOrchestrationContext) -> Any:
    return (yield from rebuild_flow.index_tenant(context))


@bp.activity_trigger(input_name="request")
async def index_tenant_step(request: dict) -> dict:
    return await rebuild_flow.index_tenant_step(request)


@bp.timer_trigger(arg_name="timer", schedule="%RETENTION_SCHEDULE%", run_on_startup=False, use_monitor=True)
@bp.durable_client_input(client_name="client")
async def housekeeping_timer(timer: func.TimerRequest, client: df.DurableOrchestrationClient) -> None:
    await housekeeping.scheduled(partial(client.purge_instance_history_by, runtime_status=_ENDED))


@bp.timer_trigger(arg_name="timer", schedule="%RETENTION_SCHEDULE%", run_on_startup=False, use_monitor=True)
@bp.durable_client_input(client_name="client")
async def retention_timer(timer: func.TimerRequest, client: df.DurableOrchestrationClient) -> None:
    await retention_flow.scheduled(client, past_due=timer.past_due)


@bp.orchestration_trigger(context_name="context")
def retain_runs(context: df.DurableOrchestrationContext) -> Any:
    return (yield from retention_flow.retain_runs(context))


@bp.activity_trigger(input_name="request")
async def retain_runs_step(request: dict) -> dict:
    return await retention_flow.retain_runs_step(request)


@bp.timer_trigger(arg_name="timer", schedule="%VERIFY_SCHEDULE%", run_on_startup=False, use_monitor=True)
@bp.durable_client_input(client_name="client")
async def verify_timer(timer: func.TimerRequest, client: df.DurableOrchestrationClient) -> None:
    await verify_activities.scheduled(client, past_due=timer.past_due)


@bp.orchestration_trigger(context_name="context")
def verify_backups(context: df.DurableOrchestrationContext) -> Any:
    return (yield from verify_flow.verify_backups(context))


@bp.activity_trigger(input_name="request")
async def verify_open(request: dict) -> dict:
    return await verify_activities.call(verify_flow.OPEN, request)


@bp.activity_trigger(input_name="request")
async def verify_runs(request: dict) -> dict:
    return await verify_activities.call(verify_flow.RUNS, request)


@bp.activity_trigger(input_name="request")
async def verify_index(request: dict) -> dict:
    return await verify_activities.call(verify_flow.INDEX, request)


@bp.activity_trigger(input_name="request")
async def verify_close(request: dict) -> dict:
    return await verify_activities.call(verify_flow.CLOSE, request)

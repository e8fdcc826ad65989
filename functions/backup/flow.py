"""The orchestrations of a backup: `backup_tenant` opens the run, fans out over the types and commits; `backup_one_type`
calls the activity of its type until it is done.

Deterministic: no time, no settings, no I/O here. Fan-out is over sub-orchestrations, because a task that has been
yielded in one composite cannot be yielded again in another.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import msgspec

from functions.backup.messages import (
    BackupRequest,
    CommitRequest,
    RunOutcome,
    RunPlan,
    TypeReply,
    TypeRequest,
)
from functions.catalogue.model import Outcome
from functions.core.manifest import Gap, TypeResult
from functions.durable import Context, why

ACTIVITY_CRASHED = "activityCrashed"  # the code of the gap of a type whose activity raised

type Flow = Generator[Any, Any, Any]

_PATIENCE = (30, 60, 120, 240)  # seconds before each further try of an activity that opens or commits a run
_CALLS_A_GENERATION = 20  # replays are quadratic in history, so a long read begins a new history now and then


def backup_tenant(context: Context) -> Flow:
    """One run of one tenant. Returns a RunOutcome as JSON; a storage failure that lasts is raised: no run then."""
    request = msgspec.convert(context.get_input(), BackupRequest)
    context.set_custom_status({"runId": request.run_id, "phase": "opening", "types": len(request.types)})
    plan = msgspec.convert((yield from _patiently(context, "open_run", request)), RunPlan)
    context.set_custom_status({"runId": request.run_id, "phase": "reading", "types": len(request.types)})
    replies = yield context.task_all(
        [
            context.call_sub_orchestrator(
                "backup_one_type",
                msgspec.to_builtins(TypeRequest(plan.run_id, plan.tenant_id, key, plan.bases[key])),
                f"{context.instance_id}:{plan.run_id}:{key}",
            )
            for key in request.types
        ]
    )
    results = dict(zip(request.types, (msgspec.convert(reply, TypeResult) for reply in replies), strict=True))
    whole = sum(result.whole for result in results.values())
    context.set_custom_status({"runId": request.run_id, "phase": "committing", "types": len(results), "whole": whole})
    outcome = msgspec.convert((yield from _patiently(context, "commit_run", CommitRequest(plan, results))), RunOutcome)
    context.set_custom_status({"runId": request.run_id, "phase": outcome.state, "types": len(results), "whole": whole})
    return msgspec.to_builtins(outcome)


def _patiently(context: Context, activity: str, request: BackupRequest | CommitRequest) -> Flow:
    """An activity that may be repeated as it is: hours of reading are not given up for minutes without storage."""
    for wait in _PATIENCE:
        try:
            return (yield context.call_activity(activity, msgspec.to_builtins(request)))
        except Exception:  # noqa: BLE001 - the SDK raises nothing narrower; the activity has logged what it was
            yield context.create_timer(context.current_utc_datetime + timedelta(seconds=wait))
    return (yield context.call_activity(activity, msgspec.to_builtins(request)))


def backup_one_type(context: Context) -> Flow:
    """One type, activity after activity. Returns a TypeResult as JSON; a crashed activity is the outcome `failed`."""
    request = msgspec.convert(context.get_input(), TypeRequest)
    for _ in range(_CALLS_A_GENERATION):
        try:
            answer = yield context.call_activity("backup_type", msgspec.to_builtins(request))
        except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower; the failure becomes the outcome
            return msgspec.to_builtins(_crashed(request, error))
        reply = msgspec.convert(answer, TypeReply)
        if reply.result is not None:
            return msgspec.to_builtins(reply.result)
        checkpoint = reply.checkpoint
        assert checkpoint is not None
        context.set_custom_status(
            {"type": request.key, "phase": checkpoint.phase, "objects": checkpoint.snapshot.count}
        )
        if reply.wait:
            yield context.create_timer(context.current_utc_datetime + timedelta(seconds=reply.wait))
        request = msgspec.structs.replace(request, checkpoint=checkpoint)
    context.continue_as_new(msgspec.to_builtins(request))
    return None


def _crashed(request: TypeRequest, error: Exception) -> TypeResult:
    return TypeResult(
        Outcome.FAILED,
        gaps=(
            Gap(
                ACTIVITY_CRASHED,
                f"reading {request.key} stopped unexpectedly: {why(error)}",
                "Look for the event activity.crashed in the log; the next run starts this type again",
            ),
        ),
    )

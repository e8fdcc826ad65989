"""An instance as its status page shows it.

In: a row and, if asked for, its history. Out: the dictionary that goes out as JSON. Scheduled and finished are told
as one entry, as the real extension tells them; results are left out unless asked for.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local.host.durable.events import Event, Kind
from local.host.durable.store import Instance

_SHOWN = {
    Kind.EXECUTION_STARTED: "ExecutionStarted",
    Kind.EXECUTION_COMPLETED: "ExecutionCompleted",
    Kind.EXECUTION_FAILED: "ExecutionCompleted",
    Kind.EXECUTION_TERMINATED: "ExecutionTerminated",
    Kind.TASK_COMPLETED: "TaskCompleted",
    Kind.TASK_FAILED: "TaskFailed",
    Kind.SUB_COMPLETED: "SubOrchestrationInstanceCompleted",
    Kind.SUB_FAILED: "SubOrchestrationInstanceFailed",
    Kind.TIMER_FIRED: "TimerFired",
    Kind.EVENT_RAISED: "EventRaised",
    Kind.EXECUTION_SUSPENDED: "ExecutionSuspended",
    Kind.EXECUTION_RESUMED: "ExecutionResumed",
}
_SCHEDULED = (Kind.TASK_SCHEDULED, Kind.SUB_CREATED)


def payload(
    instance: Instance, *, show_input: bool = True, history: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The status of an instance."""
    shown = {
        "name": instance.name,
        "instanceId": instance.id,
        "runtimeStatus": instance.status,
        "input": _json(instance.input) if show_input else None,
        "customStatus": _json(instance.custom),
        "output": _json(instance.output),
        "createdTime": _seconds(instance.created),
        "lastUpdatedTime": _seconds(instance.updated),
    }
    return shown if history is None else {**shown, "historyEvents": history}


def history(events: Iterable[Event], *, results: bool) -> list[dict[str, Any]]:
    """The history for a person."""
    scheduled: dict[int, Event] = {}
    shown = []
    for event in events:
        kind = event["EventType"]
        if kind in _SCHEDULED:
            scheduled[event["EventId"]] = event
        elif kind in _SHOWN:
            shown.append(_entry(event, scheduled, results=results))
    return shown


def _entry(event: Event, scheduled: dict[int, Event], *, results: bool) -> dict[str, Any]:
    kind = event["EventType"]
    entry: dict[str, Any] = {"EventType": _SHOWN[kind], "Timestamp": event["Timestamp"]}
    begun = scheduled.get(event.get("TaskScheduledId", -1))
    if begun is not None:
        entry |= {"FunctionName": begun["Name"], "ScheduledTime": begun["Timestamp"]}
    elif kind == Kind.EXECUTION_STARTED:
        entry["FunctionName"] = event["Name"]
    elif kind == Kind.EVENT_RAISED:
        entry["Name"] = event["Name"]
    for name in ("FireAt", "Reason", "OrchestrationStatus"):
        if name in event:
            entry[name] = event[name]
    if results:
        entry |= {name: _json(event[name]) for name in ("Result", "Input") if event.get(name) is not None}
    return entry


def _json(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _seconds(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""History events of the replay protocol, as the dictionaries that travel as JSON.

Out: one function a kind of event. `EventId` is -1 except for what was scheduled under an id. Times are UTC with
microseconds.
"""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

Event = dict[str, Any]


class Kind(IntEnum):
    """The `EventType` numbers."""

    EXECUTION_STARTED = 0
    EXECUTION_COMPLETED = 1
    EXECUTION_FAILED = 2
    EXECUTION_TERMINATED = 3
    TASK_SCHEDULED = 4
    TASK_COMPLETED = 5
    TASK_FAILED = 6
    SUB_CREATED = 7
    SUB_COMPLETED = 8
    SUB_FAILED = 9
    TIMER_CREATED = 10
    TIMER_FIRED = 11
    TURN_STARTED = 12
    EVENT_RAISED = 15
    EXECUTION_SUSPENDED = 19
    EXECUTION_RESUMED = 20


# The orchestrator library reads these and skips the rest, at the price of parsing them.
READ_BY_SDK = frozenset(
    {
        Kind.EXECUTION_STARTED,
        Kind.TASK_COMPLETED,
        Kind.TASK_FAILED,
        Kind.SUB_COMPLETED,
        Kind.SUB_FAILED,
        Kind.TIMER_FIRED,
        Kind.TURN_STARTED,
        Kind.EVENT_RAISED,
    }
)


def stamp(moment: float) -> str:
    """Seconds since 1970 as the protocol writes a time."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> float:
    """The inverse of `stamp`; takes any ISO form."""
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def event(kind: Kind, at: float, event_id: int = -1, **fields: Any) -> Event:
    """An event of any kind."""
    return {"EventType": int(kind), "EventId": event_id, "IsPlayed": False, "Timestamp": stamp(at), **fields}


def started(at: float, *, name: str, version: str, instance: str, execution: str, parent: str) -> Event:
    """The first event of an execution. Its input travels beside the history, not in it."""
    return event(
        Kind.EXECUTION_STARTED,
        at,
        Name=name,
        Version=version,
        Input=None,
        Tags=None,
        OrchestrationInstance={"InstanceId": instance, "ExecutionId": execution},
        ParentInstance={"OrchestrationInstance": {"InstanceId": parent}} if parent else None,
    )


def task_completed(at: float, task: int, result: str | None) -> Event:
    return event(Kind.TASK_COMPLETED, at, TaskScheduledId=task, Result=result)


def task_failed(at: float, task: int, reason: str, details: str) -> Event:
    return event(Kind.TASK_FAILED, at, TaskScheduledId=task, Reason=reason, Details=details)


def sub_completed(at: float, task: int, result: str | None) -> Event:
    return event(Kind.SUB_COMPLETED, at, TaskScheduledId=task, Result=result)


def sub_failed(at: float, task: int, reason: str, details: str = "") -> Event:
    return event(Kind.SUB_FAILED, at, TaskScheduledId=task, Reason=reason, Details=details)


def timer_fired(task: int, fire_at: float) -> Event:
    return event(Kind.TIMER_FIRED, fire_at, TimerId=task, FireAt=stamp(fire_at))


def raised(at: float, name: str, data: str) -> Event:
    """An external event; `data` is JSON text."""
    return event(Kind.EVENT_RAISED, at, Name=name, Input=data)

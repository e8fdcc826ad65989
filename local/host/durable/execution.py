"""One execution of an orchestration between replays: what is sent to the orchestrator, what it waits for by which id.

In: events that arrived and the actions of an answer. Out: history rows to keep, and `Step`s to carry out. Pure: no
clock, no storage, no calls; `restore` rebuilds the same state from the kept history.

Ids count up from 0 as the orchestrator library counts them. It takes an id for each user action in order of the
list, and, unseen by the list, one for the timer after every failed attempt of a retried call and one for the next
attempt when that timer fires. Those two never resume user code; so `order` puts them first in a batch, and every
later id belongs to list actions, in order.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from local.host.durable import answer, events
from local.host.durable.events import Event, Kind

_COMPLETIONS = {
    Kind.TASK_COMPLETED: "TaskScheduledId",
    Kind.TASK_FAILED: "TaskScheduledId",
    Kind.SUB_COMPLETED: "TaskScheduledId",
    Kind.SUB_FAILED: "TaskScheduledId",
    Kind.TIMER_FIRED: "TimerId",
}
_SCHEDULED = {
    "activity": Kind.TASK_SCHEDULED,
    "sub": Kind.SUB_CREATED,
    "timer": Kind.TIMER_CREATED,
    "pause": Kind.TIMER_CREATED,
}


class NonDeterministic(Exception):
    """The orchestrator took another path than its history shows."""


@dataclass(frozen=True, slots=True)
class Call:
    """Something awaited under an id. A `pause` is the timer between two attempts of the call it describes."""

    kind: Literal["activity", "sub", "timer", "pause"]
    position: int = -1
    """Where it stands in the list of actions; -1 if the list does not show it."""
    name: str = ""
    input: str = "null"
    instance: str = ""
    version: str = ""
    what: Literal["activity", "sub"] = "activity"
    delay_ms: int = 0
    attempts: int = 0
    """How many attempts a retried call has; 0 for a plain one."""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """A call to carry out under an id; for timers and pauses, when. `cancel` takes a timer back."""

    id: int
    call: Call
    at: float = 0.0
    cancel: bool = False


@dataclass(slots=True)
class Execution:
    """State of one execution; `fresh` holds the history rows since they were last taken."""

    instance: str
    id: str
    sent: list[str] = field(default_factory=list)
    open: dict[int, Call] = field(default_factory=dict)
    timers: dict[int, int] = field(default_factory=dict)
    """Position of a timer's action to its id: cancelling re-sends the action in its place."""
    next_id: int = 0
    seen: int = 0
    now: float = 0.0
    fresh: list[Event] = field(default_factory=list)

    def restore(self, history: Iterable[Event], seen: int) -> None:
        """Rebuilds the state from everything kept so far."""
        self.seen = seen
        for event in history:
            if "Call" in event:
                self._await(event["EventId"], Call(**event["Call"]))
            else:
                self._arrived(event)
                self.now = max(self.now, events.moment(event["Timestamp"]))

    def order(self, batch: Sequence[Event]) -> list[Event]:
        """The batch in the order in which it must be delivered: the start first, then what takes ids, then the rest."""
        return sorted(batch, key=self._rank)

    def begin(self, now: float, batch: Iterable[Event]) -> None:
        """Opens a turn. The orchestrator's clock becomes its time: not before the last one's, nor a fired timer's."""
        due = [events.moment(event["FireAt"]) for event in batch if event["EventType"] == Kind.TIMER_FIRED]
        self.now = max([now, self.now, *due])
        self._record(events.event(Kind.TURN_STARTED, self.now))

    def deliver(self, event: Event) -> list[Step]:
        """Takes an event in. A duplicate, or one whose timer was taken back, is dropped."""
        key = _COMPLETIONS.get(event["EventType"])
        if key is not None and event[key] not in self.open:
            return []
        takes_id, call = self._takes_id(event), self.open.get(event[key]) if key else None
        self._record(event)
        if not takes_id or call is None:
            return []
        if call.kind == "pause":
            return [self._schedule(replace(call, kind=call.what, attempt=call.attempt + 1))]
        return [self._schedule(replace(call, kind="pause"), self.now + call.delay_ms / 1000)]

    def accept(self, actions: Sequence[answer.Action]) -> list[Step]:
        """Takes in the answer's list: what is new in it is scheduled, timers it cancels are taken back.

        Raises NonDeterministic when the orchestrator no longer asks for what it asked for before.
        """
        if len(actions) < self.seen:
            raise NonDeterministic(f"a replay asked for {len(actions)} actions where {self.seen} were known already")
        steps = [self._cancel(position) for position in self.timers if actions[position].get("isCanceled")]
        for position in range(self.seen, len(actions)):
            steps.extend(self._new(position, actions[position]))
        self.seen = max(self.seen, len(actions))
        return [step for step in steps if step is not None]

    def _new(self, position: int, action: answer.Action) -> list[Step]:
        kind = action["actionType"]
        if kind == answer.TIMER:
            due = events.moment(action["fireAt"])
            step = self._schedule(Call("timer", position), due)
            return [step] if not action.get("isCanceled") else [s for s in (self._cancel(position),) if s]
        if kind in (answer.WAIT_EVENT, answer.CONTINUE_AS_NEW):
            return []
        what: Literal["activity", "sub"] = "sub" if kind in (answer.SUB, answer.SUB_RETRY) else "activity"
        retry: dict[str, Any] = action.get("retryOptions") or {}
        call = Call(
            kind=what,
            position=position,
            name=action["functionName"],
            input=action.get("input") or "null",
            instance=action.get("instanceId") or "",
            version=action.get("version") or "",
            what=what,
            delay_ms=retry.get("firstRetryIntervalInMilliseconds", 0),
            attempts=max(1, retry["maxNumberOfAttempts"]) if retry else 0,
        )
        return [self._schedule(call)]

    def _rank(self, event: Event) -> int:
        if event["EventType"] == Kind.EXECUTION_STARTED:
            return 0
        return 1 if self._takes_id(event) else 2

    def _takes_id(self, event: Event) -> bool:
        """Whether the orchestrator library schedules something by itself on this event."""
        kind = event["EventType"]
        if kind in (Kind.TASK_FAILED, Kind.SUB_FAILED):
            call = self.open.get(event["TaskScheduledId"])
            return call is not None and call.attempts > 0
        if kind == Kind.TIMER_FIRED:
            call = self.open.get(event["TimerId"])
            return call is not None and call.kind == "pause" and call.attempt < call.attempts
        return False

    def _schedule(self, call: Call, at: float = 0.0) -> Step:
        step = Step(self.next_id, call, at)
        extra = {"FireAt": events.stamp(at)} if at else {"Name": call.name, "Input": call.input}
        described = {name: value for name in Call.__slots__ if (value := getattr(call, name)) != _PLAIN.get(name)}
        self.fresh.append(events.event(_SCHEDULED[call.kind], self.now, step.id, Call=described, **extra))
        self._await(step.id, call)
        return step

    def _await(self, task: int, call: Call) -> None:
        self.open[task] = call
        self.next_id = task + 1
        if call.kind == "timer":
            self.timers[call.position] = task

    def _cancel(self, position: int) -> Step | None:
        call = self.open.pop(self.timers[position], None)
        return Step(self.timers[position], call, cancel=True) if call else None

    def _record(self, event: Event) -> None:
        self.fresh.append(event)
        self._arrived(event)

    def _arrived(self, event: Event) -> None:
        key = _COMPLETIONS.get(event["EventType"])
        if key is not None:
            self.open.pop(event[key], None)
        if event["EventType"] in events.READ_BY_SDK:
            self.sent.append(json.dumps(event))


_PLAIN = {name: value.default for name, value in Call.__dataclass_fields__.items()}

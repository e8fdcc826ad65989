"""Drives orchestrations: takes an instance's messages, replays the orchestrator, carries out what it asks for.

In: starts, events and commands from the management routes, outcomes of activities. Out: rows in the store. A turn
is one replay and one transaction: messages consumed, history appended, tasks, timers and children added, or none of
it. An instance is in one turn at a time; at most `limit` turns run at once.
"""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from local.host import log
from local.host.clock import Now
from local.host.durable import answer, events
from local.host.durable.activities import Activities
from local.host.durable.alarm import Alarm
from local.host.durable.answer import Answer
from local.host.durable.events import Event, Kind
from local.host.durable.execution import Execution, NonDeterministic, Step
from local.host.durable.store import Instance, Message, Store, Task
from local.host.worker import Outcome

Invoke = Callable[[str, str], Awaitable[Outcome]]
"""Calls the function of a name with a payload of JSON text."""


class AlreadyRunning(Exception):
    """An instance of this id has not ended."""


class UnknownFunction(Exception):
    """No function of this name and kind is in the app."""

    def __init__(self, name: str, kind: str, known: Collection[str]) -> None:
        super().__init__(
            f"The function '{name}' doesn't exist, is disabled, or is not an {kind} function. "
            f"Known {kind} functions: {', '.join(sorted(known)) or 'none'}."
        )


@dataclass(frozen=True, slots=True)
class Names:
    """What the app has."""

    orchestrators: frozenset[str]
    activities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """From host.json."""

    activities: int
    orchestrators: int
    version: str = ""


class Engine:
    """All orchestrations of the app."""

    def __init__(
        self,
        store: Store,
        invoke: Invoke,
        names: Names,
        limits: Limits,
        now: Now,
        watch: Callable[[asyncio.Task[None]], None],
    ) -> None:
        self._store, self._invoke, self._names, self._now, self._watch = store, invoke, names, now, watch
        self._version = limits.version
        self._activities = Activities(limits.activities, self._call, self._activity_done, watch)
        self._alarm = Alarm(now, self._wake)
        self._slots = asyncio.Semaphore(limits.orchestrators)
        self._turning: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._executions: dict[str, Execution] = {}
        self._stopped = False

    def resume(self) -> None:
        """Takes up what the last process left: open activities run again, messages are read."""
        for task in self._store.tasks():
            self._activities.add(task)
        for instance, due in self._store.waiting():
            self._alarm.set(due, instance)

    async def stop(self, grace: float) -> None:
        self._stopped = True
        self._alarm.stop()
        await self._activities.stop(grace)
        if self._turning:
            _, late = await asyncio.wait(self._turning.values(), timeout=grace)
            for task in late:
                task.cancel()

    def start(self, name: str, instance_id: str, raw_input: str | None, version: str | None = None) -> str:
        """Starts an instance; an ended one of the same id is replaced. Raises AlreadyRunning, UnknownFunction."""
        if name not in self._names.orchestrators:
            raise UnknownFunction(name, "orchestrator", self._names.orchestrators)
        instance_id = instance_id or uuid.uuid4().hex
        with self._store.transaction():
            self._create(
                Instance(instance_id, "", name, version or self._version, "Pending", raw_input, None, None, 0, 0)
            )
        self._wake(instance_id)
        return instance_id

    def raise_event(self, instance: str, name: str, data: str) -> None:
        self._post(instance, events.raised(self._now(), name, data))

    def terminate(self, instance: str, reason: str) -> None:
        self._post(instance, events.event(Kind.EXECUTION_TERMINATED, self._now(), Input=reason))

    def suspend(self, instance: str, reason: str) -> None:
        self._post(instance, events.event(Kind.EXECUTION_SUSPENDED, self._now(), Input=reason))

    def unsuspend(self, instance: str, reason: str) -> None:
        self._post(instance, events.event(Kind.EXECUTION_RESUMED, self._now(), Input=reason))

    def _post(self, instance: str, event: Event) -> None:
        self._store.post(instance, event)
        self._wake(instance)

    def _create(self, instance: Instance) -> None:
        """Writes an instance and its first message. Raises AlreadyRunning."""
        existing = self._store.instance(instance.id)
        if existing is not None and existing.open:
            raise AlreadyRunning(f"An Orchestration instance with the status {existing.status} already exists.")
        self._store.clear_history(instance.id)
        self._store.clear_messages(instance.id)
        self._executions.pop(instance.id, None)
        instance.created = instance.updated = self._now()
        self._begin_execution(instance)

    def _begin_execution(self, instance: Instance) -> None:
        instance.execution, instance.seen = uuid.uuid4().hex, 0
        self._store.put_instance(instance)
        first = events.started(
            self._now(),
            name=instance.name,
            version=instance.version,
            instance=instance.id,
            execution=instance.execution,
            parent=instance.parent,
        )
        self._store.post(instance.id, first, execution=instance.execution)

    async def _call(self, task: Task) -> Outcome:
        outcome = await self._invoke(task.name, task.input)
        if outcome.error:
            log.invocation_failed(task.name, outcome.error, instance=task.instance)
        return outcome

    def _activity_done(self, task: Task, outcome: Outcome) -> None:
        at = self._now()
        if outcome.error:
            reason = f"Activity function '{task.name}' failed:  {outcome.error}"
            event = events.task_failed(at, task.task, reason, outcome.stack)
        else:
            event = events.task_completed(at, task.task, outcome.value.json if outcome.value else None)
        with self._store.transaction():
            self._store.remove_task(task)
            self._store.post(task.instance, event, execution=task.execution)
        self._wake(task.instance)

    def _wake(self, instance: str) -> None:
        """Sees to it that the instance's messages are read, after the present turn if there is one."""
        if self._stopped:
            return
        if instance in self._turning:
            self._again.add(instance)
            return
        turning = asyncio.get_running_loop().create_task(self._turns(instance))
        self._turning[instance] = turning
        turning.add_done_callback(self._watch)

    async def _turns(self, instance: str) -> None:
        try:
            while True:
                self._again.discard(instance)
                async with self._slots:
                    await self._turn(instance)
                if instance not in self._again or self._stopped:
                    return
        finally:
            del self._turning[instance]

    async def _turn(self, instance_id: str) -> None:
        instance = self._store.instance(instance_id)
        messages = self._store.messages(instance_id, self._now())
        if instance is None or not instance.open:
            self._store.consume(messages)
            return
        stale = [message for message in messages if message.execution not in ("", instance.execution)]
        current = [message for message in messages if message.execution in ("", instance.execution)]
        commands = [message for message in current if message.event["EventType"] in _COMMANDS]
        if commands or stale:
            with self._store.transaction():
                self._store.consume(stale + commands)
                woken = self._command(instance, [message.event for message in commands])
            if woken:
                self._wake(woken)
        batch = [message for message in current if message not in commands]
        if instance.status in ("Pending", "Running") and batch:
            await self._replay(instance, batch)

    def _command(self, instance: Instance, commands: Sequence[Event]) -> str:
        """Applies terminate, suspend and resume. Answers the parent to wake, if any."""
        for command in commands:
            kind = command["EventType"]
            if kind == Kind.EXECUTION_TERMINATED:
                return self._end(instance, "Terminated", json.dumps(command["Input"]), command["Input"])
            instance.status = "Suspended" if kind == Kind.EXECUTION_SUSPENDED else "Running"
            instance.updated = self._now()
            self._store.append(instance.id, [command])
            self._store.put_instance(instance)
        return ""

    async def _replay(self, instance: Instance, batch: Sequence[Message]) -> None:
        # Taken out while the replay runs: if it is cut short, the state is read again from the store.
        execution = self._executions.pop(instance.id, None)
        if execution is None or execution.id != instance.execution:
            execution = Execution(instance.id, instance.execution)
            execution.restore(self._store.history(instance.id), instance.seen)
        replaying = bool(execution.sent)
        ordered = execution.order([message.event for message in batch])
        execution.begin(self._now(), ordered)
        steps = [step for event in ordered for step in execution.deliver(event)]
        outcome = await self._invoke(instance.name, _context(instance, execution, replaying=replaying))
        with self._store.transaction():
            self._store.consume(batch)
            work = self._conclude(instance, execution, outcome, steps)
        for task in work.tasks:
            self._activities.add(task)
        for moment in work.moments:
            self._alarm.set(moment, instance.id)
        for other in filter(None, work.woken):
            self._wake(other)
        if instance.open:
            self._executions[instance.id] = execution

    def _conclude(self, instance: Instance, execution: Execution, outcome: Outcome, steps: list[Step]) -> "_Work":
        """Writes everything that follows from a replay."""
        work = _Work([], [], [])
        instance.status, instance.updated = "Running", self._now()
        try:
            answered = answer.read(outcome)
            if not answered.error or answered.actions:
                steps += execution.accept(answered.actions)
            self._check(steps)
        except (answer.Unsupported, NonDeterministic, UnknownFunction) as error:
            steps, answered = [], Answer(done=False, actions=(), error=str(error))
        instance.seen = execution.seen
        if answered.status is not None:
            instance.custom = answered.status
        self._store.append(instance.id, execution.fresh)
        execution.fresh.clear()
        for step in steps:
            self._carry_out(instance, step, work)
        restart = answered.restart
        if restart is not None and answered.error is None:
            self._store.clear_history(instance.id)
            self._store.clear_messages(instance.id, instance.execution)
            instance.input = json.dumps(restart.get("input"))
            self._begin_execution(instance)
            work.woken.append(instance.id)
        elif answered.error is not None:
            log.invocation_failed(instance.name, answered.error, instance=instance.id)
            reason = f"Orchestrator function '{instance.name}' failed: {answered.error}"
            work.woken.append(self._end(instance, "Failed", json.dumps(reason), reason))
        elif answered.done:
            work.woken.append(self._end(instance, "Completed", answered.output))
        else:
            self._store.put_instance(instance)
        return work

    def _check(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.call.kind == "activity" and step.call.name not in self._names.activities:
                raise UnknownFunction(step.call.name, "activity", self._names.activities)
            if step.call.kind == "sub" and step.call.name not in self._names.orchestrators:
                raise UnknownFunction(step.call.name, "orchestrator", self._names.orchestrators)

    def _carry_out(self, instance: Instance, step: Step, work: "_Work") -> None:
        call = step.call
        if step.cancel:
            self._store.cancel_timer(instance.id, instance.execution, step.id)
        elif call.kind == "activity":
            work.tasks.append(self._store.add_task(instance.id, instance.execution, step.id, call.name, call.input))
        elif call.kind == "sub":
            work.woken.append(self._start_child(instance, step))
        else:
            fired = events.timer_fired(step.id, step.at)
            self._store.post(instance.id, fired, execution=instance.execution, due=step.at, timer=step.id)
            work.moments.append(step.at)

    def _start_child(self, parent: Instance, step: Step) -> str:
        """Answers whom to wake: the child, or the parent when the child cannot be started."""
        call = step.call
        child = Instance(
            id=call.instance or f"{parent.execution}:{step.id:x}",
            execution="",
            name=call.name,
            version=call.version or self._version,
            status="Pending",
            input=json.dumps(call.input),
            output=None,
            custom=None,
            created=0,
            updated=0,
            parent=parent.id,
            parent_execution=parent.execution,
            parent_task=step.id,
        )
        try:
            self._create(child)
        except AlreadyRunning as error:
            failed = events.sub_failed(self._now(), step.id, f"Orchestrator function '{call.name}' failed: {error}")
            self._store.post(parent.id, failed, execution=parent.execution)
            return parent.id
        return child.id

    def _end(self, instance: Instance, status: str, output: str | None, failure: str | None = None) -> str:
        """Ends an instance and tells its parent, whose id it answers ("" if none)."""
        at = self._now()
        instance.status, instance.output, instance.updated = status, output, at
        kind = _ENDS[status]
        self._store.append(instance.id, [events.event(kind, at, OrchestrationStatus=status, Result=output)])
        self._store.put_instance(instance)
        self._store.clear_messages(instance.id)
        self._executions.pop(instance.id, None)
        if not instance.parent:
            return ""
        if status == "Completed":
            event = events.sub_completed(at, instance.parent_task, output)
        else:
            event = events.sub_failed(at, instance.parent_task, failure or "")
        self._store.post(instance.parent, event, execution=instance.parent_execution)
        return instance.parent


@dataclass(frozen=True, slots=True)
class _Work:
    """What to set going once the transaction stands."""

    tasks: list[Task]
    moments: list[float]
    woken: list[str]


_COMMANDS = (Kind.EXECUTION_TERMINATED, Kind.EXECUTION_SUSPENDED, Kind.EXECUTION_RESUMED)
_ENDS = {
    "Completed": Kind.EXECUTION_COMPLETED,
    "Failed": Kind.EXECUTION_FAILED,
    "Terminated": Kind.EXECUTION_TERMINATED,
}


def _context(instance: Instance, execution: Execution, *, replaying: bool) -> str:
    """The payload of an orchestration trigger. History and input are JSON text already."""
    rest = {
        "instanceId": instance.id,
        "isReplaying": replaying,
        "parentInstanceId": instance.parent or None,
        "upperSchemaVersion": 1,
        "upperSchemaVersionNew": 2,
        "maximumShortTimerDuration": "6.00:00:00",
        "longRunningTimerIntervalDuration": "3.00:00:00",
        "defaultHttpAsyncRequestSleepTimeMillseconds": 30000,
    }
    return f'{{"history": [{", ".join(execution.sent)}], "input": {instance.input or "null"}, {json.dumps(rest)[1:]}'

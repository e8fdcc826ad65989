"""Drives orchestrations: reads an instance's messages, replays the orchestrator, sets going what it asks for.

In: starts, events and commands from the management routes, outcomes of activities. Out: rows in the store. A turn
is one replay and one transaction: messages consumed, history appended, tasks, timers and children added, or none of
it. An instance is in one turn at a time; at most `limits.orchestrators` turns run at once.
"""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from local.host import log
from local.host.clock import Now
from local.host.durable import events
from local.host.durable.activities import Activities
from local.host.durable.alarm import Alarm
from local.host.durable.book import Book, Names, Work
from local.host.durable.events import Event, Kind
from local.host.durable.execution import Execution
from local.host.durable.store import Instance, Message, Store, Task
from local.host.durable.versions import Versions
from local.host.worker import Outcome

Invoke = Callable[[str, str], Awaitable[Outcome]]
"""Calls the function of a name with a payload of JSON text."""

_GATHER, _GLANCE = 0.25, 0.02  # seconds
_COMMANDS = (Kind.EXECUTION_TERMINATED, Kind.EXECUTION_SUSPENDED, Kind.EXECUTION_RESUMED)


@dataclass(frozen=True, slots=True)
class Limits:
    """From host.json."""

    activities: int
    orchestrators: int
    versions: Versions = field(default_factory=Versions)


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
        self._store, self._invoke, self._now, self._watch = store, invoke, now, watch
        self._book = Book(store, names, limits.versions.default, now)
        self._activities = Activities(limits.activities, self._call, self._activity_done, watch)
        self._versions = limits.versions
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
        """Begins nothing more; what is under way has `grace` seconds, then it is cut off and done again next time."""
        self._stopped = True
        self._alarm.stop()
        await self._activities.stop(grace)
        if self._turning:
            _, late = await asyncio.wait(self._turning.values(), timeout=grace)
            for task in late:
                task.cancel()

    def start(self, name: str, instance_id: str, raw_input: str | None, version: str | None = None) -> str:
        """Starts an instance and answers its id. Raises AlreadyRunning, UnknownFunction."""
        instance = Instance(id=instance_id or uuid.uuid4().hex, name=name, version=version or "", input=raw_input)
        with self._store.transaction():
            self._book.create(instance)
        self._wake(instance.id)
        return instance.id

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
                await self._gather(instance)
                self._again.discard(instance)
                async with self._slots:
                    await self._turn(instance)
                if instance not in self._again or self._stopped:
                    return
        finally:
            del self._turning[instance]

    async def _gather(self, instance: str) -> None:
        """Lets a moment pass while more that the instance waits for is at work: a replay takes all that has come in,
        as in Azure, and one for each of a hundred sub-orchestrations costs as much as some of them."""
        until = self._now() + _GATHER
        while self._now() < until and not self._stopped:
            execution = self._executions.get(instance)
            open_ = sum(call.kind in ("activity", "sub") for call in execution.open.values()) if execution else 0
            if open_ <= self._store.waiting_for(instance):
                return
            await asyncio.sleep(_GLANCE)

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
                work = self._book.command(instance, [message.event for message in commands])
            self._set_going(instance, work)
        batch = [message for message in current if message not in commands]
        if instance.status in ("Pending", "Running") and batch:
            decision = self._versions.decide(instance.version)
            if decision == "take":
                await self._replay(instance, batch)
            else:
                self._refuse(instance, fail=decision == "fail")

    def _refuse(self, instance: Instance, *, fail: bool) -> None:
        """An instance of a version that is not this host's to run: it waits for a host that may, or it ends here."""
        reason = f"its version is {instance.version or 'none'}, this host runs {self._versions.default}"
        log.invocation_failed(instance.name, reason, instance=instance.id)
        if fail:
            with self._store.transaction():
                work = self._book.fail(instance, reason)
            self._set_going(instance, work)

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
            work = self._book.conclude(instance, execution, outcome, steps)
        self._executions[instance.id] = execution
        self._set_going(instance, work)

    def _set_going(self, instance: Instance, work: Work) -> None:
        if not instance.open:
            self._executions.pop(instance.id, None)
        for task in work.tasks:
            self._activities.add(task)
        for moment in work.moments:
            self._alarm.set(moment, instance.id)
        for other in work.woken:
            self._wake(other)


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

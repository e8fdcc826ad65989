"""The writes behind the engine: an instance begins, a replay's consequences are entered, an instance ends.

In: what happened. Out: rows in the store, within the caller's transaction, and `Work` to set going once that
transaction stands. Nothing here waits or calls the app.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from local.host import log
from local.host.clock import Now
from local.host.durable import answer, events
from local.host.durable.answer import Answer
from local.host.durable.events import Event, Kind
from local.host.durable.execution import Execution, NonDeterministic, Step
from local.host.durable.store import Instance, Store, Task
from local.host.worker import Outcome

_ENDS = {
    "Completed": Kind.EXECUTION_COMPLETED,
    "Failed": Kind.EXECUTION_FAILED,
    "Terminated": Kind.EXECUTION_TERMINATED,
}


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
class Work:
    """Activities to run, moments at which the instance must be woken, instances to wake now."""

    tasks: list[Task] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)


class Book:
    """Writes instances. `version` is given to those that name none."""

    def __init__(self, store: Store, names: Names, version: str, now: Now) -> None:
        self._store, self._names, self._version, self._now = store, names, version, now

    def create(self, instance: Instance) -> None:
        """Enters an instance with its first message; an ended one of the same id is replaced.

        Raises AlreadyRunning, UnknownFunction.
        """
        if instance.name not in self._names.orchestrators:
            raise UnknownFunction(instance.name, "orchestrator", self._names.orchestrators)
        existing = self._store.instance(instance.id)
        if existing is not None and existing.open:
            raise AlreadyRunning(f"An Orchestration instance with the status {existing.status} already exists.")
        self._store.clear_history(instance.id)
        self._store.clear_messages(instance.id)
        instance.created = instance.updated = self._now()
        instance.version = instance.version or self._version
        self._begin(instance)

    def command(self, instance: Instance, commands: Sequence[Event]) -> Work:
        """Applies terminate, suspend and resume, in order."""
        work = Work()
        for command in commands:
            kind = command["EventType"]
            if kind == Kind.EXECUTION_TERMINATED:
                reason = command["Input"]
                self._end(instance, "Terminated", json.dumps(reason), reason, work)
                return work
            instance.status = "Suspended" if kind == Kind.EXECUTION_SUSPENDED else "Running"
            instance.updated = self._now()
            self._store.append(instance.id, [command])
            self._store.put_instance(instance)
        return work

    def fail(self, instance: Instance, reason: str) -> Work:
        """Ends an instance that may not go on."""
        work = Work()
        self._end(instance, "Failed", json.dumps(reason), reason, work)
        return work

    def conclude(self, instance: Instance, execution: Execution, outcome: Outcome, steps: list[Step]) -> Work:
        """Enters everything that follows from a replay; `steps` are those of the events delivered in it."""
        work = Work()
        instance.status, instance.updated = "Running", self._now()
        try:
            answered = answer.read(outcome)
            if answered.error is None or answered.actions:
                steps = [*steps, *execution.accept(answered.actions)]
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
        self._settle(instance, answered, work)
        return work

    def _settle(self, instance: Instance, answered: Answer, work: Work) -> None:
        """Failed, gone round, done, or waiting: isDone also stands on a continue-as-new."""
        if answered.error is not None:
            log.invocation_failed(instance.name, answered.error, instance=instance.id)
            reason = f"Orchestrator function '{instance.name}' failed: {answered.error}"
            self._end(instance, "Failed", json.dumps(reason), reason, work)
        elif answered.restart is not None:
            self._store.clear_history(instance.id)
            self._store.clear_messages(instance.id, instance.execution)
            instance.input = json.dumps(answered.restart.get("input"))
            self._begin(instance)
            work.woken.append(instance.id)
        elif answered.done:
            self._end(instance, "Completed", answered.output, "", work)
        else:
            self._store.put_instance(instance)

    def _begin(self, instance: Instance) -> None:
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

    def _check(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.call.kind == "activity" and step.call.name not in self._names.activities:
                raise UnknownFunction(step.call.name, "activity", self._names.activities)
            if step.call.kind == "sub" and step.call.name not in self._names.orchestrators:
                raise UnknownFunction(step.call.name, "orchestrator", self._names.orchestrators)

    def _carry_out(self, instance: Instance, step: Step, work: Work) -> None:
        call, execution = step.call, instance.execution
        if step.cancel:
            self._store.cancel_timer(instance.id, execution, step.id)
        elif call.kind == "activity":
            work.tasks.append(self._store.add_task(instance.id, execution, step.id, call.name, call.input))
        elif call.kind == "sub":
            self._start_child(instance, step, work)
        else:
            fired = events.timer_fired(step.id, step.at)
            self._store.post(instance.id, fired, execution=execution, due=step.at, timer=step.id)
            work.moments.append(step.at)

    def _start_child(self, parent: Instance, step: Step, work: Work) -> None:
        """Starts a sub-orchestration, or tells the parent why it cannot be."""
        call = step.call
        child = Instance(
            id=call.instance or f"{parent.execution}:{step.id:x}",
            name=call.name,
            version=call.version,
            input=json.dumps(call.input),
            parent=parent.id,
            parent_execution=parent.execution,
            parent_task=step.id,
        )
        try:
            self.create(child)
        except AlreadyRunning as error:
            failed = events.sub_failed(self._now(), step.id, f"Orchestrator function '{call.name}' failed: {error}")
            self._store.post(parent.id, failed, execution=parent.execution)
            work.woken.append(parent.id)
        else:
            work.woken.append(child.id)

    def _end(self, instance: Instance, status: str, output: str | None, reason: str, work: Work) -> None:
        """Ends an instance; if it has a parent, tells it the output, or the reason if there is none to have."""
        at = self._now()
        instance.status, instance.output, instance.updated = status, output, at
        self._store.append(instance.id, [events.event(_ENDS[status], at, OrchestrationStatus=status, Result=output)])
        self._store.put_instance(instance)
        self._store.clear_messages(instance.id)
        if not instance.parent:
            return
        if status == "Completed":
            told = events.sub_completed(at, instance.parent_task, output)
        else:
            told = events.sub_failed(at, instance.parent_task, reason)
        self._store.post(instance.parent, told, execution=instance.parent_execution)
        work.woken.append(instance.parent)

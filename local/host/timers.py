"""Timer triggers: one loop a function, sleeping until its next occurrence.

In: functions with a schedule. Out: invocations, and the schedule's status {Last, Next, LastUpdated} kept in the
store. An occurrence that was missed while the host was down fires once at the start, marked past due; those missed
while the function itself was running are skipped. A schedule with occurrences less than a minute apart is not
monitored, as in Azure: nothing is kept for it.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.host import log, ncrontab
from local.host.app import Function
from local.host.clock import Now
from local.host.durable.store import Store
from local.host.errors import IndexingFailed
from local.host.invoker import Invoker
from local.host.ncrontab import Schedule
from local.host.protos import TypedData

_LONGEST_SLEEP = 60.0  # seconds; the wall clock may be set, or the machine sleep
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_LOOK_AHEAD = 10


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer function."""

    function: Function
    schedule: Schedule
    monitored: bool
    run_on_startup: bool


@dataclass(slots=True)
class Status:
    """What is known of a schedule's past; `last` is `_NEVER` before the first run."""

    last: datetime
    next: datetime
    updated: datetime

    def json(self) -> dict[str, str]:
        return {"Last": _text(self.last), "Next": _text(self.next), "LastUpdated": _text(self.updated)}


def timers(functions: Sequence[Function], now: datetime) -> list[Timer]:
    """The timer functions. Raises IndexingFailed for a schedule that cannot be read."""
    found, problems = [], []
    for function in functions:
        if function.trigger != "timer":
            continue
        try:
            schedule = ncrontab.parse(str(function.binding.get("schedule", "")))
        except ValueError as error:
            problems.append(f"function '{function.name}' cannot be indexed: {error}")
            continue
        monitored = _flag(function.binding.get("useMonitor"), default=True) and not _frequent(schedule, now)
        found.append(Timer(function, schedule, monitored, _flag(function.binding.get("runOnStartup"), default=False)))
    if problems:
        raise IndexingFailed(problems)
    return found


class Timers:
    """Runs the timers from `start` to `stop`."""

    def __init__(
        self,
        served: Sequence[Timer],
        invoker: Invoker,
        store: Store,
        now: Now,
        watch: Callable[[asyncio.Task[None]], None],
    ) -> None:
        self._served, self._invoker, self._store, self._now, self._watch = served, invoker, store, now, watch
        self._running: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for timer in self._served:
            running = asyncio.get_running_loop().create_task(self._run(timer))
            running.add_done_callback(self._watch)
            self._running.append(running)

    def stop(self) -> None:
        for running in self._running:
            running.cancel()

    async def fire(self, timer: Timer, *, past_due: bool = False) -> None:
        """Runs the function once, now, whatever its schedule; what comes next on the schedule stays as it is."""
        status = self._status(timer)
        payload = {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": status.json() if status else None,
            "IsPastDue": past_due,
        }
        log.info("timer %s fires%s", timer.function.name, ", past due" if past_due else "")
        outcome = await self._invoker.invoke(timer.function, TypedData(json=json.dumps(payload)))
        if outcome.error:
            log.invocation_failed(timer.function.name, outcome.error)

    def timer(self, name: str) -> Timer | None:
        return next((timer for timer in self._served if timer.function.name == name), None)

    async def _run(self, timer: Timer) -> None:
        if timer.monitored and self._missed(timer):
            await self._occur(timer, past_due=True)
        elif timer.run_on_startup:
            await self._occur(timer)
        while (following := timer.schedule.after(self._time())) is not None:
            wait = (following - self._time()).total_seconds()
            await asyncio.sleep(min(max(wait, 0.0), _LONGEST_SLEEP))
            if self._time() >= following:
                await self._occur(timer)

    async def _occur(self, timer: Timer, *, past_due: bool = False) -> None:
        begun = self._time()
        await self.fire(timer, past_due=past_due)
        if timer.monitored:
            self._keep(timer, Status(begun, timer.schedule.after(begun) or _NEVER, begun))

    def _missed(self, timer: Timer) -> bool:
        """Whether an occurrence fell into the time the host was down. A new or changed schedule starts afresh."""
        now, status = self._time(), self._status(timer)
        if status is None:
            self._keep(timer, Status(_NEVER, timer.schedule.after(now) or _NEVER, now))
            return False
        since = status.updated if status.last == _NEVER else status.last
        expected = timer.schedule.after(since) or _NEVER
        if status.next != expected:
            self._keep(timer, Status(_NEVER, timer.schedule.after(now) or _NEVER, now))
            return False
        return _NEVER < status.next < now

    def _status(self, timer: Timer) -> Status | None:
        row = self._store.schedule(timer.function.name) if timer.monitored else None
        return Status(*(_NEVER if value < 0 else datetime.fromtimestamp(value, UTC) for value in row)) if row else None

    def _keep(self, timer: Timer, status: Status) -> None:
        moments = (status.last, status.next, status.updated)
        self._store.put_schedule(timer.function.name, *(-1.0 if m == _NEVER else m.timestamp() for m in moments))

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)


def _frequent(schedule: Schedule, now: datetime) -> bool:
    """Whether any of the next occurrences follows another within a minute."""
    previous = schedule.after(now)
    for _ in range(_LOOK_AHEAD):
        following = schedule.after(previous) if previous else None
        if previous is None or following is None:
            return False
        if following - previous < timedelta(minutes=1):
            return True
        previous = following
    return False


def _flag(value: object, *, default: bool) -> bool:
    return default if value is None else str(value).lower() == "true"


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00") if moment != _NEVER else "0001-01-01T00:00:00"

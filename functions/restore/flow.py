"""The orchestration of a restore: calls the activity that applies a plan until the plan has ended.

Deterministic: no time, no settings, no I/O here. An activity that fails because storage does is called again after a
while, a few times; what was done is in the journal.
"""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any, Protocol

ORCHESTRATION = "apply_restore"
ACTIVITY = "apply_restore_step"

_CALLS_A_GENERATION = 20  # replays are quadratic in history
_ATTEMPTS = 5
_PAUSE = timedelta(seconds=15)


class Context(Protocol):
    """What is used of the Durable orchestration context."""

    @property
    def current_utc_datetime(self) -> datetime: ...
    def get_input(self) -> Any: ...
    def set_custom_status(self, status: Any) -> None: ...
    def call_activity(self, name: str, input_: Any = None) -> Any: ...
    def create_timer(self, fire_at: datetime) -> Any: ...
    def continue_as_new(self, input_: Any) -> None: ...


def instance_id(plan_id: str) -> str:
    """The one orchestration instance that applies a plan."""
    return f"restore-{plan_id}"


def apply_restore(context: Context) -> Generator[Any, Any, Any]:
    """Input `{"planId", "again"}`: again where the plan has been worked on before. Returns `{"planId", "state"}` with
    the state the plan ended in."""
    request = context.get_input()
    plan_id, again, failures = request["planId"], bool(request.get("again")), 0
    for _ in range(_CALLS_A_GENERATION):
        try:
            progress = yield context.call_activity(ACTIVITY, {"planId": plan_id, "again": again})
        except Exception:  # the SDK raises nothing narrower
            again, failures = True, failures + 1
            if failures == _ATTEMPTS:
                raise
            yield context.create_timer(context.current_utc_datetime + _PAUSE * failures)
            continue
        again = True
        context.set_custom_status({key: value for key, value in progress.items() if key != "done"})
        if progress["done"]:
            return {"planId": plan_id, "state": progress["state"]}
    context.continue_as_new({"planId": plan_id, "again": True})
    return None

"""The orchestration of a restore: calls the activity that applies a plan until the plan has ended.

Deterministic: no time, no settings, no I/O here. An activity that fails because storage or Graph does is called again
after a while, as often as an outage may last; what was done is in the journal.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from functions.durable import Context

ORCHESTRATION = "apply_restore"
ACTIVITY = "apply_restore_step"

_CALLS_A_GENERATION = 20  # replays are quadratic in history
_ATTEMPTS = 12  # in a row, within about three quarters of an hour
_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(minutes=5)


def instance_id(plan_id: str, claim: str) -> str:
    """The one orchestration instance of an attempt to apply a plan. A plan has ended a little before its orchestration
    has, and a retry does not wait for that: no instance is started while it runs."""
    return f"restore-{plan_id}-{claim}"


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
            pause = min(_PAUSE * 2 ** (failures - 1), _LONGEST_PAUSE)
            yield context.create_timer(context.current_utc_datetime + pause)
            continue
        again, failures = True, 0
        context.set_custom_status({key: value for key, value in progress.items() if key != "done"})
        if progress["done"]:
            return {"planId": plan_id, "state": progress["state"]}
    context.continue_as_new({"planId": plan_id, "again": True})
    return None

"""The orchestration: one activity again and again, until the plan has ended; the same calls in every replay."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.restore.flow import ACTIVITY, apply_restore, instance_id

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PLAN = "00000000-0000-4000-8000-000000000001"


class Context:
    """The platform's side: answers are given to the generator one by one, and what it asked for is kept."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.status: Any = None
        self.current_utc_datetime = START

    def get_input(self) -> Any:
        return {"planId": PLAN}

    def set_custom_status(self, status: Any) -> None:
        self.status = status

    def call_activity(self, name: str, input_: Any = None) -> Any:
        self.asked.append((name, input_))

    def create_timer(self, fire_at: datetime) -> Any:
        self.asked.append(("timer", fire_at - START))

    def continue_as_new(self, input_: Any) -> None:
        self.asked.append(("again", input_))


def run(answers: list[Any]) -> tuple[Any, Context]:
    context = Context()
    flow = apply_restore(context)
    next(flow)
    for answer in answers:
        try:
            flow.throw(answer) if isinstance(answer, Exception) else flow.send(answer)
        except StopIteration as end:
            return end.value, context
    raise AssertionError("the orchestration waits for more")


def progress(state: str, taken: int = 1) -> dict[str, Any]:
    return {"planId": PLAN, "state": state, "taken": taken, "steps": 3, "done": state != "applying"}


def test_it_calls_the_activity_until_the_plan_has_ended():
    result, context = run([progress("applying"), progress("applying", 2), progress("partial", 3)])
    assert result == {"planId": PLAN, "state": "partial"}
    assert context.asked == [(ACTIVITY, {"planId": PLAN, "again": again}) for again in (False, True, True)]
    assert context.status == {"planId": PLAN, "state": "partial", "taken": 3, "steps": 3}


def test_an_activity_that_fails_is_called_again_after_a_growing_pause():
    result, context = run([RuntimeError("storage"), None, RuntimeError("storage"), None, progress("applied")])
    assert result["state"] == "applied"
    assert [what for name, what in context.asked if name == "timer"] == [timedelta(seconds=15), timedelta(seconds=30)]


def test_a_storage_outage_of_half_an_hour_is_waited_for():
    result, context = run([*([RuntimeError("storage"), None] * 10), progress("applied")])
    assert result["state"] == "applied"
    pauses = [what for name, what in context.asked if name == "timer"]
    assert sum(pauses, timedelta(0)) > timedelta(minutes=30)
    assert max(pauses) == timedelta(minutes=5)


def test_failures_are_counted_from_the_last_success():
    _, context = run(
        [*([RuntimeError("storage"), None] * 6), progress("applying"), RuntimeError("again"), None, progress("applied")]
    )
    assert [what for name, what in context.asked if name == "timer"][-1] == timedelta(seconds=15)


def test_it_gives_up_when_storage_stays_away():
    with pytest.raises(RuntimeError):
        run([RuntimeError("storage"), None] * 12)


def test_a_long_restore_begins_a_new_history():
    result, context = run([progress("applying")] * 20)
    assert result is None
    assert context.asked[-1] == ("again", {"planId": PLAN, "again": True})


def test_the_instance_belongs_to_one_attempt_at_the_plan():
    assert instance_id(PLAN, "a1") == f"restore-{PLAN}-a1"

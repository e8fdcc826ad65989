"""The orchestration that makes a large plan: tried a few times, and the same calls in every replay."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.restore.plan_flow import ACTIVITY, make_restore_plan

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
INPUT = {"planId": "00000000-0000-4000-8000-000000000001", "caller": "somebody"}
PAUSED = {"state": ""}


class Context:
    """The platform's side: what the orchestration asks for is kept."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.current_utc_datetime = START

    def get_input(self) -> Any:
        return dict(INPUT)

    def set_custom_status(self, status: Any) -> None:
        self.asked.append(("status", status["state"]))

    def call_activity(self, name: str, input_: Any = None) -> Any:
        assert name == ACTIVITY
        self.asked.append(("plan", input_["last"]))

    def create_timer(self, fire_at: datetime) -> Any:
        self.asked.append(("timer", fire_at - START))


def run(answers: list[Any]) -> tuple[Any, list[Any]]:
    context = Context()
    flow = make_restore_plan(context)
    next(flow)
    for answer in answers:
        try:
            flow.throw(answer) if isinstance(answer, Exception) else flow.send(answer)
        except StopIteration as end:
            return end.value, context.asked
    raise AssertionError("the orchestration waits for more")


def test_a_plan_is_made_at_once() -> None:
    ended, asked = run([{"state": "planned"}])
    assert ended["state"] == "planned"
    assert asked == [("plan", False), ("status", "planned")]


@pytest.mark.parametrize("trouble", [PAUSED, RuntimeError("the worker died")])
def test_it_is_tried_again_after_a_growing_pause(trouble: Any) -> None:
    ended, asked = run([trouble, None, trouble, None, {"state": "planned"}])
    assert ended["state"] == "planned"
    assert [what for what in asked if what[0] == "timer"] == [
        ("timer", timedelta(seconds=10)),
        ("timer", timedelta(seconds=20)),
    ]


def test_the_last_try_is_told_that_it_is_the_last() -> None:
    ended, asked = run([PAUSED, None] * 3 + [{"state": "failed"}])
    assert ended["state"] == "failed"
    assert [last for what, last in asked if what == "plan"] == [False, False, False, True]


def test_a_defect_in_the_last_try_is_raised() -> None:
    with pytest.raises(RuntimeError):
        run([PAUSED, None] * 3 + [RuntimeError("still")])

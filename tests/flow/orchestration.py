"""An orchestration without a host: what it yields says what it asked for, and its end gives what it returned."""

from datetime import UTC, datetime
from typing import Any

import pytest

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Context:
    """The context of an orchestration with this input."""

    current_utc_datetime = NOW

    def __init__(self, given: Any) -> None:
        self.given = given
        self.anew: Any = None
        self.status: Any = None

    def get_input(self) -> Any:
        return self.given

    def set_custom_status(self, status: Any) -> None:
        self.status = status

    def call_activity(self, name: str, input_: Any = None) -> Any:
        return "call", name, input_

    def create_timer(self, fire_at: datetime) -> Any:
        return "wait", fire_at - NOW

    def continue_as_new(self, input_: Any) -> None:
        self.anew = input_


def ended(generator: Any, value: Any) -> Any:
    """What an orchestration returns that ends with this answer."""
    with pytest.raises(StopIteration) as stop:
        generator.send(value)
    return stop.value.value

"""What is used of Durable Functions: the client that starts orchestrations, and the context one runs in."""

from typing import Any, Protocol

_WORKING = frozenset({"Running", "Pending", "Suspended", "ContinuedAsNew"})


class Starter(Protocol):
    """The client."""

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: Any) -> str: ...
    async def get_status(self, instance_id: str) -> Any: ...


class Context(Protocol):
    """The context of an orchestrator. Moments are `datetime`, in UTC; tasks are for `yield` alone."""

    @property
    def instance_id(self) -> str: ...
    @property
    def current_utc_datetime(self) -> Any: ...
    def get_input(self) -> Any: ...
    def set_custom_status(self, status: Any) -> None: ...
    def call_activity(self, name: str, input_: Any = None) -> Any: ...
    def call_sub_orchestrator(self, name: str, input_: Any = None, instance_id: str | None = None) -> Any: ...
    def task_all(self, activities: list[Any]) -> Any: ...
    def create_timer(self, fire_at: Any) -> Any: ...
    def continue_as_new(self, input_: Any) -> None: ...


def works(status: Any) -> bool:
    """Whether an instance, of which `get_status` told this, has not ended. One that nobody knows does not work."""
    state = getattr(status, "runtime_status", None)
    return state is not None and state.value in _WORKING


def why(error: Exception) -> str:
    """What a call that failed said, in a line: an orchestration keeps it in its history and tells it in a report."""
    text = str(error).strip()
    return text.splitlines()[0][:300] if text else type(error).__name__

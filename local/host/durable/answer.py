"""What an orchestrator answered to a replay.

In: the worker's `Outcome`. Out: `Answer` with the flat list of everything the orchestrator has asked for since it
began. The list is append-only over replays, when-any and when-all are opened depth first, so a position in it never
changes meaning.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.host.worker import Outcome

ACTIVITY, ACTIVITY_RETRY, SUB, SUB_RETRY, CONTINUE_AS_NEW, TIMER, WAIT_EVENT = range(7)
_COMPOUND = (11, 12)
_NAMES = {7: "call_entity", 8: "call_http", 9: "signal_entity"}
_STATE = "\n\n$OutOfProcData$:"

Action = dict[str, Any]


class Unsupported(Exception):
    """The orchestrator asked for something this host does not have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` is None unless the orchestrator raised. `output` and `status` are JSON text or None."""

    done: bool
    actions: tuple[Action, ...]
    output: str | None = None
    status: str | None = None
    error: str | None = None

    @property
    def restart(self) -> Action | None:
        """The continue-as-new action, if that is what it ended with."""
        return next((action for action in self.actions if action["actionType"] == CONTINUE_AS_NEW), None)


def read(outcome: Outcome) -> Answer:
    """Raises Unsupported for entities and durable HTTP calls."""
    if not outcome.error:
        return _answer(json.loads(outcome.value.json or "{}") if outcome.value else {}, None)
    message, _, state = outcome.error.removeprefix("Exception: ").partition(_STATE)
    return _answer(json.loads(state) if state else {}, message)


def _answer(state: dict[str, Any], error: str | None) -> Answer:
    return Answer(
        done=bool(state.get("isDone")),
        actions=tuple(_flat(action for group in state.get("actions", ()) for action in group)),
        output=json.dumps(state["output"]) if "output" in state else None,
        status=json.dumps(state["customStatus"]) if "customStatus" in state else None,
        error=error,
    )


def _flat(actions: Iterator[Action]) -> Iterator[Action]:
    for action in actions:
        kind = action["actionType"]
        if kind in _COMPOUND:
            yield from _flat(iter(action["compoundActions"]))
        elif kind in _NAMES:
            raise Unsupported(f"this host does not serve {_NAMES[kind]}")
        else:
            yield action

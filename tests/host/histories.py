"""Recorded histories of orchestrations: how one is kept, cut at each turn, and what an orchestrator answers to it.

A history is a file tests/fixtures/histories/VERSION/NAME.json: `context` is the last payload that the orchestrator was
given, `actions` all it had asked for by then, `turns` how many of them after each replay, `ends` how it ended. An
instance that is under way when a new version is deployed is at one of those turns.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local.host.durable import answer
from local.host.durable.answer import Action, Answer
from local.host.durable.events import Kind
from local.host.worker import Outcome

FOLDER = Path(__file__).parents[1] / "fixtures" / "histories"

type Json = dict[str, Any]
type Shape = tuple[object, ...]


def answered(run: Any, context: Json) -> Answer:
    """What an orchestrator, as the worker calls it, answers to a payload."""
    try:
        return answer.read(Outcome(value=SimpleNamespace(json=run(json.dumps(context)))))  # type: ignore[arg-type]
    except Exception as error:  # an orchestrator that raises has its answer in the message
        if "$OutOfProcData$" not in str(error):
            raise
        return answer.read(Outcome(error=str(error)))


def ends(found: Answer) -> str:
    """In a word, where a replay left the orchestrator."""
    if found.error is not None:
        return "raised"
    if found.restart is not None:
        return "again"
    return "done" if found.done else "waiting"


def shape(action: Action) -> Shape:
    """What of an action must be the same again: kind, name, instance, time. What it hands over may grow."""
    return tuple(action.get(name) for name in ("actionType", "functionName", "instanceId", "fireAt"))


def shapes(found: Answer) -> list[Shape]:
    """Those of a whole answer."""
    return [shape(action) for action in found.actions]


def turns(context: Json) -> Iterator[Json]:
    """The payload as it was at each replay."""
    history = context["history"]
    begins = [place for place, event in enumerate(history) if event["EventType"] == Kind.TURN_STARTED]
    for end in [*begins[1:], len(history)]:
        yield {**context, "history": history[:end]}


def version(context: Json) -> str:
    """The version of the instance."""
    return str(context["history"][1]["Version"])


def kinds(context: Json) -> frozenset[int]:
    """What has happened to the instance."""
    return frozenset(event["EventType"] for event in context["history"])

"""Carries out the items of a plan, one step after another: the plan alone, without journal, waiting or repeating.

What is proved with it is the plan: that its calls, in its order, are what Graph takes, and make of the tenant what the
record says. How a plan is carried out safely is proved elsewhere.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.catalogue import TYPES
from functions.core.calls import check_call, filled
from functions.core.plan import Item, Step
from functions.restore.outgoing import outgoing
from tests.roundtrip.inprocess import Directory

PASSWORD = "Walked-7-through-it"
_THERE = ("already exist", "A conflicting object")


@dataclass
class Walked:
    """`ids`: old id → new id, and so for appIds. `refused`: each step Graph did not take, with its answer."""

    ids: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[Step, int, str]] = field(default_factory=list)


async def walk(directory: Directory, items: Sequence[Item]) -> Walked:
    """Sends every step. A step that follows a refused one of its own item is sent all the same."""
    walked = Walked()
    for item in sorted(items, key=lambda item: item.stage):
        for step in item.steps:
            await _take(directory, item, step, walked)
    return walked


async def _take(directory: Directory, item: Item, step: Step, walked: Walked) -> None:
    path = filled(step.path, walked.ids)
    check_call(step.method, path)
    body = await outgoing(directory.client, step, filled(step.body, walked.ids))
    if "passwordProfile" in step.generated:
        body["passwordProfile"]["password"] = PASSWORD
    status, answer = await directory.send(step.method, f"/{step.api}{path}", body, step.headers)
    if status >= 400 and step.action in ("addLinks", "addPart") and any(one in json.dumps(answer) for one in _THERE):
        await _one_by_one(directory, step, path, body)
        return  # the recycle bin kept it, which can be seen only afterwards
    if status >= 400:
        walked.refused.append((step, status, json.dumps(answer)))
        return
    if step.action == "create":
        entry = TYPES[item.type]
        made: dict[str, Any] = answer if isinstance(answer, dict) else {}
        new = made.get("targetScheduleId") or made.get(entry.identity)
        if entry.identity and new:
            walked.ids[item.object_id] = str(new)
        walked.ids |= {old: str(made[name]) for name, old in item.aliases.items() if made.get(name)}


async def _one_by_one(directory: Directory, step: Step, path: str, body: Any) -> None:
    """Links of a call that is taken whole or not at all, where some of them are there already."""
    if step.action == "addLinks" and step.method == "PATCH":
        for url in body[f"{step.link}@odata.bind"]:
            await directory.send("POST", f"/{step.api}{path}/{step.link}/$ref", {"@odata.id": url}, step.headers)

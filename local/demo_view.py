"""What the demo prints: tables and panels from the app's answers."""

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

type Json = dict[str, Any]

_COLOURS = {"read": "green", "done": "green", "failed": "red", "partial": "yellow", "running": "cyan"}


def types_table(run: Json) -> Table:
    """What was backed up: one line a type."""
    table = Table(title=f"Run {run['runId']}: {run['state']}", title_justify="left")
    for column in ("type", "outcome"):
        table.add_column(column)
    for column in ("objects", "created", "updated", "deleted", "requests", "bytes"):
        table.add_column(column, justify="right")
    for key, result in run["types"].items():
        table.add_row(
            key,
            _coloured(result["outcome"]),
            *(f"{result[column]:,}" for column in ("objects", "created", "updated", "deleted", "requests", "bytes")),
        )
    return table


def changes_table(run: Json) -> Table:
    """Only the types in which something changed."""
    changed = {
        key: result
        for key, result in run["types"].items()
        if result["created"] or result["updated"] or result["deleted"]
    }
    return types_table({**run, "types": changed})


def progress(run: Json) -> Table:
    """A run that works: how far each type is."""
    table = Table(title=f"Run {run['runId']}", title_justify="left")
    table.add_column("type")
    table.add_column("", justify="left")
    table.add_column("objects", justify="right")
    for key, result in run["types"].items():
        table.add_row(key, str(result.get("phase") or result.get("outcome") or ""), f"{result.get('objects', 0):,}")
    return table


def timeline(name: str, versions: list[Json]) -> Table:
    """An object's versions, newest first."""
    table = Table(title=f"Timeline of {name}", title_justify="left")
    for column in ("run", "change", "name", "digest"):
        table.add_column(column)
    for version in versions:
        table.add_row(version["runId"], version["change"], version["name"], version["digest"][:16])
    return table


def plan(key: str, planned: Json) -> Panel:
    """A plan: each call with what it changes, then what will not come back."""
    steps = Table(show_header=True, box=None, pad_edge=False)
    for column in ("step", "call", "before → after"):
        steps.add_column(column, overflow="fold")
    for step in planned["steps"]:
        steps.add_row(step["action"], f"{step['method']} {_short(step['path'])}", _change(step))
    gaps = [Text(f"! {gap['what']}: {gap['todo']}", style="yellow") for gap in planned["gaps"]]
    title = f"Plan for {planned['name']} ({key}, {planned['standing']})"
    return Panel(Group(steps, *gaps), title=title, title_align="left")


def journal(planned: Json) -> Text:
    """The outcome of each step so far."""
    text = Text(f"  {planned['state']}: ", style="bold")
    for step in planned["steps"]:
        outcome = step["outcome"] or "pending"
        text.append(f"{step['action']} {outcome}  ", style=_COLOURS.get(outcome, "dim"))
    return text


def _coloured(outcome: str) -> Text:
    return Text(outcome, style=_COLOURS.get(outcome, "red"))


def _short(path: str) -> str:
    return path if len(path) <= 74 else path[:36] + "…" + path[-37:]


def _change(step: Json) -> str:
    before, after = step["before"], step["after"]
    if step["action"] == "create":
        return f"nothing → {len(after)} properties"
    target = after or before
    if isinstance(target, dict) and set(target) <= {"id", "type", "name"}:
        return f"{'add' if after else 'remove'} {target.get('type', '')} {target['id']}"
    return "\n".join(_differing(before, after, ""))


def _differing(before: Any, after: Any, path: str) -> Iterator[str]:
    """`path: before → after` for the innermost values that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in after:
            if before.get(key) != after[key]:
                yield from _differing(before.get(key), after[key], f"{path}.{key}" if path else key)
    else:
        yield f"{path}: {_value(before)} → {_value(after)}"


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 46 else text[:45] + "…"

"""What the demo prints of objects: a timeline, differences with names beside ids, a plan and its journal.

In: the app's answers. Out: things that rich prints in 118 columns.
"""

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

type Json = dict[str, Any]

_COLOURS = {"done": "green", "failed": "red", "conflict": "red", "running": "cyan"}


def row(table: Table, *cells: str) -> None:
    """Adds what came from outside: brackets in it are text, never rich's markup."""
    table.add_row(*(Text(cell) for cell in cells))


def timeline(name: str, versions: list[Json]) -> Table:
    """An object's versions, newest first."""
    table = Table(title=f"Timeline of {name}", title_justify="left")
    for column in ("run", "change", "what became of it", "digest"):
        table.add_column(column)
    for version in versions:
        row(table, version["runId"], version["change"], version.get("fate", ""), version["digest"][:16])
    return table


def difference(diff: Json) -> Panel:
    """One object between two moments; ids stand beside the names they have."""
    table = Table(show_header=True, box=None, pad_edge=False)
    for column in ("where", "before", "after"):
        table.add_column(column, overflow="fold")
    for found in diff["properties"]:
        if "added" in found or "removed" in found:
            row(table, found["path"], _named(found.get("removed", ()), diff), _named(found.get("added", ()), diff))
        else:
            row(table, found["path"], _named([found.get("before")], diff), _named([found.get("after")], diff))
    for found in diff["relationships"]:
        for link in found["removed"]:
            row(table, found["name"], _named([link["id"]], diff), "–")
        for link in found["added"]:
            row(table, found["name"], "–", _named([link["id"]], diff))
    title = f"{diff['name']}: {diff['change']}, {diff['from']['at']} → {diff['to']['at']}"
    return Panel(table, title=title, title_align="left")


def _named(values: Any, diff: Json) -> str:
    told = []
    for value in values:
        name = diff["names"].get(value) if isinstance(value, str) else None
        told.append(f"{name} ({value[:8]}…)" if name else _value(value))
    return "\n".join(told) or "–"


def plan(key: str, planned: Json) -> Panel:
    """A plan: each call with what it changes, then what will not come back."""
    steps = Table(show_header=True, box=None, pad_edge=False)
    for column in ("step", "call", "before → after"):
        steps.add_column(column, overflow="fold")
    for step in planned["steps"]:
        row(steps, step["action"], f"{step['method']} {_short(step['path'])}", _change(step))
    if not planned["steps"]:
        row(steps, "–", "nothing is left to do: it is as it was", "")
    gaps = [Text(f"! {gap['what']}: {gap['todo']}", style="yellow") for gap in planned["gaps"]]
    title = f"Plan for {planned['name']} ({key}, {planned['standing']})"
    return Panel(Group(steps, *gaps), title=title, title_align="left")


def journal(planned: Json) -> Text:
    """The outcome of each step so far."""
    text = Text(f"  {planned['state']}: " if planned["steps"] else "", style="bold")
    for step in planned["steps"]:
        outcome = step["outcome"] or "pending"
        text.append(f"{step['action']} {outcome}  ", style=_COLOURS.get(outcome, "dim"))
    return text


def _short(path: str) -> str:
    return path if len(path) <= 74 else path[:36] + "…" + path[-37:]


def _change(step: Json) -> str:
    before, after = step["before"], step["after"]
    if step["action"] == "create":
        return f"nothing → {len(after)} properties"
    if step["targets"]:
        verb = "removed from" if step["action"].startswith("remove") else "put into"
        return f"{len(step['targets'])} {verb} {step['link']}"
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

"""What the demo prints of runs: progress, every type with its outcome, what was not read and why, what changed.

In: the app's answers. Out: things that rich prints in 118 columns.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local.demo_view import row

type Json = dict[str, Any]

COLOURS = {
    "read": "green",
    "partial": "yellow",
    "refused": "red",
    "unlicensed": "magenta",
    "unavailable": "cyan",
    "failed": "bold red",
}
_SUBSCRIPTION = {"missing": "is in no subscription", "unknown": "may be in no subscription"}
_COLUMNS = 3
_NAMED = 8  # objects that are named for each type that changed


def preflight(found: Json) -> Table:
    """What would not be read whole, by the permission or licence that it takes."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="yellow", no_wrap=True)
    table.add_column(overflow="fold")
    for permission, uses in found["missing"].items():
        table.add_row(f"  {permission}", f"is not granted: it reads {', '.join(uses)}")
    for licence, state in found["licences"].items():
        if state != "present":
            using = [
                key for key, gaps in found["types"].items() if any(gap["code"] == "licenceMissing" for gap in gaps)
            ]
            table.add_row(f"  {licence}", f"{_SUBSCRIPTION[state]}: it takes that to read {', '.join(using)}")
    return table


def progress(run: Json, total: int) -> Group:
    """A run that works, in three lines however many types it has. Reading and indexing a type count half each."""
    rows: dict[str, Json] = run["types"]
    states = {key: str(one.get("outcome") or one.get("phase")) for key, one in rows.items()}
    counts = Counter(states.values())
    ended = sum(counts[outcome] for outcome in COLOURS)
    working = sorted(
        (key for key in rows if states[key] not in COLOURS), key=lambda key: rows[key].get("updatedAt", "")
    )
    objects, requests = (sum(one.get(name, 0) for one in rows.values()) for name in ("objects", "requests"))
    head = Table.grid(padding=(0, 1))
    head.add_row(
        f"Run {run['runId']}",
        ProgressBar(total=2 * total, completed=len(rows) + ended, width=30),
        f"{len(rows)} of {total} types begun, {ended} done; {objects:,} objects, {requests:,} requests",
    )
    told = Text("  ")
    for outcome, colour in COLOURS.items():
        if counts[outcome]:
            told.append(f"{counts[outcome]} {outcome}  ", style=colour)
    now = Text(
        f"  {', '.join(reversed(working)) or ('opening', 'committing')[bool(ended)]}",
        style="dim",
        no_wrap=True,
        overflow="ellipsis",
    )
    return Group(head, told, now)


def outcomes(run: Json) -> Group:
    """Every type of the run with its number of objects, under the outcome it had."""
    types: dict[str, Json] = run["types"]
    sums = [sum(result[name] for result in types.values()) for name in ("objects", "requests", "bytes")]
    parts: list[Text | Table] = [
        Text(f"Run {run['runId']}: {run['state']}", style="bold"),
        Text("{} types, {:,} objects, {:,} requests, {:,} bytes stored".format(len(types), *sums)),
    ]
    for outcome, colour in COLOURS.items():
        held = [(key, result["objects"]) for key, result in types.items() if result["outcome"] == outcome]
        if held:
            parts += [Text(f"{outcome} ({len(held)})", style=f"bold {colour}"), _side_by_side(held)]
    return Group(*parts)


def _side_by_side(held: Sequence[tuple[str, int]]) -> Table:
    """Names with their counts in columns that are read downwards; the end of a long name is cut."""
    table = Table.grid(padding=(0, 1))
    for _ in range(_COLUMNS):
        table.add_column(width=32, no_wrap=True, overflow="ellipsis")
        table.add_column(width=5, justify="right", style="bold")
    rows = -(-len(held) // _COLUMNS)
    columns = [*batched(held, rows, strict=False)]
    for place in range(rows):
        cells = [column[place] for column in columns if place < len(column)]
        row(table, *(text for key, count in cells for text in (key, f"{count:,}")))
    return table


def unread(types: Iterable[Json]) -> Table:
    """The types that are not `read`: why, and what to do about it. Those with the same remedy stand together."""
    table = Table(title="Not read whole, and what to do about it", title_justify="left", show_lines=True)
    table.add_column("type", no_wrap=True)
    table.add_column("outcome")
    table.add_column("remedy", overflow="fold")
    alike: dict[tuple[str, str], list[str]] = {}
    for shown in types:
        alike.setdefault((shown["status"], shown["remedy"]), []).append(shown["key"])
    for (status, remedy), keys in alike.items():
        table.add_row(Text("\n".join(keys)), Text(status, style=COLOURS.get(status, "")), Text(remedy))
    return table


def changed_counts(run: Json) -> Table:
    """The types in which something changed since the run before."""
    table = Table(title=f"Run {run['runId']}: {run['state']}; what moved since the run before", title_justify="left")
    table.add_column("type")
    for column in ("objects", "created", "updated", "deleted"):
        table.add_column(column, justify="right")
    for key, result in run["types"].items():
        if result["created"] or result["updated"] or result["deleted"]:
            table.add_row(key, *(f"{result[name]:,}" for name in ("objects", "created", "updated", "deleted")))
    return table


def changes(diffs: Iterable[Json]) -> Table:
    """GET /api/diff/{type} of some types: each object that is not the same."""
    table = Table(title="GET /api/diff/{type}", title_justify="left")
    for column in ("type", "change", "object", "what"):
        table.add_column(column, overflow="fold")
    for diff in diffs:
        for change in diff["changes"][:_NAMED]:
            what = ", ".join(change.get("properties", ())) or change.get("fate", "")
            row(table, diff["type"], change["change"], change["name"] or change["id"], what)
    return table


def dangling(found: Json) -> Table:
    """The ids that lead nowhere, with the object and the place where each stands."""
    table = Table(
        title=f"{found['checked']:,} ids stand in policies, assignments, scopes and rules; {found['dangling']} lead to "
        "nothing that is there",
        title_justify="left",
    )
    table.add_column("type", no_wrap=True)
    table.add_column("object", max_width=27)
    table.add_column("place", overflow="fold", max_width=31)
    table.add_column("names", no_wrap=True)
    for one in found["first"][:_NAMED]:
        row(table, one["type"], one["name"], one["place"], f"{one['target'][:8]}…{' in the bin' * one['binned']}")
    return table

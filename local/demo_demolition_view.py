"""What the demo prints of a demolition: the plan in short, what will not come back, progress, counts before and after.

In: the app's answers. Out: things that rich prints in 118 columns.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import batched
from typing import Any

from rich.console import Group
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local.demo_same import GUID
from local.demo_view import row

type Json = dict[str, Any]

_LINKS = {"addLinks", "setLink"}
_FATES = ("created", "undeleted", "updated")
_PAIRS = 3  # types beside each other


def summary(plan: Json, items: list[Json]) -> Panel:
    """How much there is to do, by type."""
    fates = {one["type"]: one for one in plan["counts"]}
    sums = Counter({name: sum(one[name] for one in fates.values()) for name in (*_FATES, "links", "steps")})
    stages = len({item["stage"] for item in items if item["steps"]})
    high = sum(step["danger"] == "high" for item in items for step in item["steps"])
    lines = [
        Text(
            f"{sums['created']} objects are made anew, {sums['undeleted']} come out of a recycle bin, "
            f"{sums['updated']} that named them are put right:\n"
            f"{sums['steps']} steps in {stages} stages, {sums['links']} links."
        ),
        Text(
            f"It takes {len(plan['needs'])} permissions, all held; at least {plan['estimate']['seconds']} s by Graph's "
            f"limits; {high} steps are marked dangerous."
        ),
    ]
    table = Table.grid(padding=(0, 1))
    for _ in range(_PAIRS):
        table.add_column(width=30, no_wrap=True, overflow="ellipsis")
        table.add_column(width=5, justify="right", style="bold")
    shown = [(key, f"{one['steps']}") for key, one in fates.items() if one["steps"]]
    for some in batched(shown, _PAIRS, strict=False):
        row(table, *(cell for pair in some for cell in pair))
    title = f"Plan for {plan['scope']}: steps by type"
    return Panel(Group(*lines, table), title=title, title_align="left")


def losses(items: list[Json], gaps: Iterable[Json]) -> Table:
    """What will not come back, told once where the same is so of many."""
    alike: dict[str, list[Json]] = {}
    for gap in (*gaps, *(gap for item in items for gap in item["gaps"])):
        alike.setdefault(GUID.sub("…", gap["why"]), []).append(gap)
    table = Table(title="What will not come back as it was", title_justify="left")
    table.add_column("times", justify="right")
    table.add_column("what", max_width=44, overflow="fold")
    table.add_column("why", overflow="fold")
    for why, found in sorted(alike.items(), key=lambda one: -len(one[1])):
        row(table, str(len(found)), GUID.sub(lambda id: f"{id[0][:8]}…", found[0]["what"]), why)
    return table


def progress(shown: Json) -> Group:
    """A plan that is being applied."""
    counted = shown["progress"]
    ended = sum(counted[name] for name in ("done", "failed", "conflicts", "skipped"))
    head = Table.grid(padding=(0, 1))
    told = f"{counted['done']} of {counted['steps']} steps done, {counted['failed']} failed"
    bar = ProgressBar(total=max(1, counted["steps"]), completed=ended, width=30)
    head.add_row(Text(f"  {shown['state']}: ", style="bold"), bar, told)
    return Group(head)


def healed(items: list[Json]) -> Table:
    """What survived and was put right, and how many links were set."""
    links = Counter(
        f"{item['type']}: {step['link']}"
        for item in items
        for step in item["steps"]
        if step["action"] in _LINKS
        for _ in step["targets"] or (None,)
    )
    table = Table(title="Links that were set again, and what named a dead id", title_justify="left")
    table.add_column("where")
    table.add_column("what", overflow="fold")
    for what, count in sorted(links.items()):
        key, _, link = what.partition(": ")
        row(table, key, f"{count} × {link}")
    for item in items:
        if item["origin"] == "reference" and item["steps"]:
            row(table, item["type"], f"{item['name']}: names the new group")
    return table


def counts(gone: Collection[tuple[str, str]], ids: Mapping[str, str], razed: set[str], now: set[str]) -> Table:
    """Objects by type: in the backup, after the demolition, and now."""
    table = Table(title="Pier 9 in the tenant", title_justify="left")
    table.add_column("type")
    for column in ("in the backup", "after the demolition", "now", "with the id they had"):
        table.add_column(column, justify="right")
    for key in sorted({key for key, _ in gone}, key=str.lower):
        own = [identity for kind, identity in gone if kind == key]
        there = [identity for identity in own if ids.get(identity, identity) in now]
        kept = [identity for identity in own if ids.get(identity) == identity]
        row(table, key, str(len(own)), str(len(razed & {*own})), str(len(there)), str(len(kept) or "–"))
    every = [identity for _, identity in gone]
    there = [identity for identity in every if ids.get(identity, identity) in now]
    row(table, "all", str(len(every)), str(len(razed & {*every})), str(len(there)), "")
    return table

"""`python -m bench.restore [--users N]`: what planning and applying a restore cost.

An emulated tenant that answers after 20 ms and Azurite serve every case; each case is a process of its own. Measured:
users deleted for good brought back into the groups that they were in, at Graph's quota of writes and without it; a plan
of ten thousand objects; the requests of storage for one object in a small and in a large tenant; and the files that say
who names whom. Prints tables, writes the part `restore` of bench/results.json; exits 1 when a target is missed.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.restore_tenant import Tenant, running
from local.azurite import Azurite

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results.json"
PARTS = ("many", "large", "one", "links")
LATENCY = 0.020  # seconds until the tenant answers
QUOTA, WINDOW = 3000, 150  # writes in so many seconds
GROUPS_EACH, MEMBERS_EACH, BOUND = 20, 100, 20  # so many members go out in one call
SHARE = 0.70  # of what the quota or the latency permits
MOST_MB, MOST_PLANNING, MOST_REQUESTS = 250.0, 30.0, 12.0
SIZES = (1_000, 20_000)  # objects of a small and of a large tenant
STANDINGS, NAMED = ("live", "bin", "gone"), "gone, in three groups"
GROUP = "Bench"
LIFTED = {"restore_writes": 10_000_000, "settle_interval": 0.2}  # no quota, and replicas that follow at once
HEAD = ("what", "measured", "limit", "")

type Found = dict[str, Any]


@dataclass
class Bench:
    """One run of the benchmark: figures as they come, and for the table what is held against a limit."""

    console: Console
    storage: str
    data: Path
    figures: dict[str, Found] = field(default_factory=dict)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    kept: bool = True

    def tell(self, what: str, value: float, unit: str, *, least: float = 0.0, most: float = 0.0) -> None:
        """A line of the table."""
        met = value >= least and (not most or value <= most)
        limit = f"at least {least:,.1f}" if least else f"at most {most:,.0f}" if most else ""
        self.kept = self.kept and met
        self.rows.append((what, f"{value:,.1f} {unit}", limit, ("met" if met else "MISSED") if limit else ""))

    async def case(self, name: str, tenant: Tenant | None, request: Found, **settings: Any) -> Found:
        """Runs one case in its own process."""
        where = {"url": "http://127.0.0.1:9", "tenant": "99999999-0000-4000-a000-000000000000"}
        if tenant is not None:
            where = {"url": tenant.url, "tenant": tenant.id}
        given = json.dumps({**where, "storage": self.storage, **settings})
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.restore_case", name, given, json.dumps(request)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            raise SystemExit(f"case {name} failed:\n{said.decode()[-3000:]}")
        found: Found = json.loads(out.splitlines()[-1])
        return found

    # ---- many users, deleted for good --------------------------------------------------------------------------------

    async def many(self, users: int) -> None:
        """Brought back at the quota, and once more without it."""
        async with running(self.data / "many", self.storage, users=25) as tenant:
            with self.console.status(f"{users:,} users, each in {GROUPS_EACH} groups"):
                people = await tenant.people("bench", users)
                groups = await tenant.groups(GROUP, memberships(people))
                await tenant.call("DELETE", "/_admin/quota")
            writes = users + len(groups) * -(-MEMBERS_EACH // BOUND)
            before = await tenant.backup()
            figures = await self._again(tenant, people, before, "quota", writes)
            permitted = min(QUOTA / WINDOW, tenant.settings.restore_parallel / LATENCY)
            self.tell("calls a second", figures["writesPerSecond"], "/s", least=SHARE * permitted)
            self.tell("share of what the quota permits", 100 * figures["writesPerSecond"] / permitted, "%")
            people = await tenant.called("bench")
            before = await tenant.backup()
            figures = await self._again(tenant, people, before, "lifted", writes, **LIFTED)
            permitted = tenant.settings.restore_parallel / LATENCY
            self.tell("without the quota, calls a second", figures["writesPerSecond"], "/s")
            self.tell("  share of what 20 ms and 16 at once permit", 100 * figures["writesPerSecond"] / permitted, "%")
            self.tell("  CPU a thousand calls", 1000 * figures["applyCpuSeconds"] / figures["writes"], "s")

    async def _again(
        self, tenant: Tenant, people: list[str], before: str, name: str, writes: int, **settings: Any
    ) -> Found:
        """Deletes them for good, backs up, plans what changed and applies it; then looks at the tenant."""
        with self.console.status("deleting them for good"):
            held = await tenant.memberships(GROUP)
            await tenant.purge("users", people)
            after = await tenant.backup()
        await tenant.switch(latency=LATENCY * 1000, writeQuota={} if settings else {"writes": QUOTA, "seconds": WINDOW})
        await tenant.call("DELETE", "/_admin/quota")
        scope = {"changes": {"from": before, "to": after, "types": ["users"]}}
        with self.console.status(f"planning and applying ({name})"):
            figures = await self.case("restore", tenant, scope, **settings)
        counted = await tenant.call("GET", "/_admin/quota")
        await tenant.switch(latency=0, writeQuota={})
        if figures["state"] != "applied" or await tenant.memberships(GROUP) != held:
            raise SystemExit(f"the users are not in their groups again: {figures}")
        if counted != {"counted": writes, "refused": 0} or figures["steps"] != writes:
            raise SystemExit(f"{writes:,} writes were due; {counted}, {figures['steps']:,} steps")
        self.figures[name] = figures | {"writes": writes, "writesPerSecond": writes / figures["applySeconds"]}
        what = "at the quota" if name == "quota" else "without it"
        self.tell(
            f"{len(people):,} users and their groups {what}: planning", figures["planSeconds"], "s", most=MOST_PLANNING
        )
        self.tell(f"  applying, {writes:,} writes", figures["applySeconds"], "s")
        self.tell("  peak memory", figures["peakMb"], "MB", most=MOST_MB)
        return self.figures[name]

    # ---- a large plan ------------------------------------------------------------------------------------------------

    async def large(self, objects: int) -> None:
        """Of twenty users seventeen have changed, two lie in the bin and one is gone."""
        async with running(self.data / "large", self.storage, users=objects * 7 // 5) as tenant:
            with self.console.status(f"{objects:,} users, backed up, changed and backed up again"):
                await tenant.switch(callerRoles=["Privileged Authentication Administrator"])
                people = (await tenant.mastered_here())[:objects]
                before = await tenant.backup()
                changed = [one for n, one in enumerate(people) if n % 20 not in {3, 9, 15}]
                binned = [one for n, one in enumerate(people) if n % 20 in {3, 9}]
                await tenant.send(("PATCH", f"/users/{one}", {"jobTitle": "Changed"}) for one in changed)
                await tenant.send(("DELETE", f"/users/{one}", None) for one in binned)
                await tenant.purge("users", people[15::20])
                after = await tenant.backup()
            await tenant.switch(latency=LATENCY * 1000)
            scopes: dict[str, tuple[str, Found]] = {
                "planAll": ("all users", {"type": "users", "all": True, "run": before}),
                "planChanges": ("what changed", {"changes": {"from": before, "to": after, "types": ["users"]}}),
            }
            for name, (what, scope) in scopes.items():
                with self.console.status(f"planning {what}"):
                    figures = self.figures[name] = await self.case("plan", tenant, scope)
                planned = figures["counts"]["users"]
                if sum(planned[kind] for kind in ("updated", "undeleted", "created", "left")) < len(people):
                    raise SystemExit(f"not all of {len(people):,} users are in the plan: {figures}")
                self.tell(
                    f"planning {figures['items']:,} items, {what}", figures["planSeconds"], "s", most=MOST_PLANNING
                )
                self.tell("  peak memory", figures["peakMb"], "MB", most=MOST_MB)

    # ---- one object --------------------------------------------------------------------------------------------------

    async def one(self, objects: int) -> dict[str, Found]:
        """A user and a group in each standing, and a user who was in groups, in a tenant of so many objects."""
        found: dict[str, Found] = {}
        async with running(self.data / f"one{objects}", self.storage, users=objects) as tenant:
            with self.console.status(f"a tenant of {objects:,} users"):
                people = await tenant.people("one", len(STANDINGS))
                friends = await tenant.people("friend", 2)
                groups = await tenant.groups("One", [friends] * len(STANDINGS))
                await tenant.backup()
            things = [("users", one, standing) for one, standing in zip(people, STANDINGS, strict=True)]
            things += [("groups", one, standing) for one, standing in zip(groups, STANDINGS, strict=True)]
            for key, one, standing in (*things, ("users", friends[0], NAMED)):
                changed = {"jobTitle": "Else"} if key == "users" else {"description": "Else"}
                await tenant.send([("PATCH", f"/{key}/{one}", changed)])
                if standing == "bin":
                    await tenant.send([("DELETE", f"/{key}/{one}", None)])
                if standing.startswith("gone"):
                    await tenant.purge(key, [one])
                figures = await self.case("requests", tenant, {"type": key, "id": one}, settle_interval=0.01)
                if figures["state"] != "applied":
                    raise SystemExit(f"{key} {standing}: {figures}")
                found[f"{key}, {standing}"] = {
                    "plan": figures["planRequests"],
                    "apply": figures["applyRequests"],
                }
        return found

    async def ones(self) -> None:
        """The same in a small tenant and in a large one. What names an object is healed with it, and costs apart."""
        small, large = [await self.one(size) for size in SIZES]
        for name, figures in small.items():
            what, most = f"{name}: requests of storage to", 0.0 if NAMED in name else MOST_REQUESTS
            self.tell(f"{what} plan", figures["plan"], "", most=most)
            self.tell(f"{what} apply", figures["apply"], "", most=most)
        if small != large:
            self.kept = False
            self.console.print(f"[bold]The requests grow with the tenant:[/] {small} {large}")
        self.figures["one"] = {f"{size}": found for size, found in zip(SIZES, (small, large), strict=True)}

    # ---- who names whom ----------------------------------------------------------------------------------------------

    async def links(self, count: int) -> None:
        """The files that a run ends with."""
        with self.console.status(f"{count:,} links"):
            figures = self.figures["referrers"] = await self.case("referrers", None, {"links": count})
        millions = count / 1e6
        self.tell("who names whom, a million links: seconds", figures["writeSeconds"] / millions, "s")
        self.tell("  size of the file", figures["fileMb"] / millions, "MB")
        self.tell(f"  peak memory, {count:,} links", figures["peakMb"], "MB", most=MOST_MB)
        self.tell("  asking for 2,000 ids", figures["askSeconds"], "s")

    def show(self) -> None:
        """Prints the table."""
        table = Table(title="Restoring", title_justify="left")
        for column in HEAD:
            table.add_column(column, justify="right" if column in {"measured", "limit"} else "left")
        for row in self.rows:
            table.add_row(*row)
        self.console.print(table)


def memberships(people: list[str]) -> list[list[str]]:
    """The members of each group: everybody in twenty of them, with others in each."""
    chance, found = random.Random(20261122), []
    for _ in range(GROUPS_EACH):
        shuffled = chance.sample(people, len(people))
        found += [list(some) for some in batched(shuffled, MEMBERS_EACH, strict=False)]
    return found


async def measure(options: argparse.Namespace, console: Console) -> Bench:
    """Runs the chosen parts."""
    parts = options.only or PARTS
    with tempfile.TemporaryDirectory() as directory, Azurite() as azurite:
        bench = Bench(console, azurite.connection_string, Path(directory))
        if "many" in parts:
            await bench.many(options.users)
        if "large" in parts:
            await bench.large(options.objects)
        if "one" in parts:
            await bench.ones()
        if "links" in parts:
            await bench.links(options.links)
    return bench


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(prog="python -m bench.restore", description=__doc__)
    parser.add_argument("--users", type=int, default=2_000, help="deleted for good; a multiple of 100")
    parser.add_argument("--objects", type=int, default=10_000, help="of the large plan")
    parser.add_argument("--links", type=int, default=1_000_000, help="that name somebody")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="some parts; nothing is written then")
    options = parser.parse_args()
    if options.users % MEMBERS_EACH:
        parser.error("--users must be a multiple of 100")
    console, begun = Console(width=None if sys.stdout.isatty() else 120), time.perf_counter()
    bench = asyncio.run(measure(options, console))
    bench.show()
    if options.only is None:
        results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        RESULTS.write_text(json.dumps(results | {"restore": bench.figures}, indent=2) + "\n")
        console.print(f"{RESULTS.relative_to(ROOT)} written, {time.perf_counter() - begun:.0f} s", style="dim")
    raise SystemExit(0 if bench.kept else 1)


if __name__ == "__main__":
    main()

"""`python -m bench.costs`: what a backup of a whole tenant asks of Microsoft Graph, type by type.

An emulated tenant of 10,000 users, 3,000 groups and 1,500 service principals is backed up once with every type of the
preset `everything`, eight types at once as the deployed app does, at the pace that Graph's limits of requests allow.
Prints a table, writes docs/costs.md and the part `costs` of bench/results.json; exits 1 when a target is missed.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from bench.costs_page import Cost, Figures, costs_page, totals
from functions.backup.messages import BackupRequest, CommitRequest, TypeRequest
from functions.backup.run_activities import commit_run, open_run
from functions.backup.type_activity import backup_type
from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.choice import Choice, enabled
from functions.catalogue.model import Preset
from functions.clock import utc_now
from functions.core.manifest import TypeResult
from functions.core.runid import run_id
from functions.graph.client import GraphClient
from functions.graph.factory import reader
from functions.settings import Secret, Settings
from functions.storage.open import Stores, open_stores
from local.azurite import Azurite
from local.processes import Child

ROOT = Path(__file__).parents[1]
PAGE, RESULTS = ROOT / "docs" / "costs.md", ROOT / "bench" / "results.json"
MOST_REQUESTS, MOST_RESOURCE_UNITS = 2_500, 12_000  # of the preset `everything`
_TOGETHER = 8  # maxConcurrentActivityFunctions of host.json
_CLOUD = "local"
_TOKEN = "local-token"


class Backup:
    """One run, type by type, as the orchestration goes about it."""

    def __init__(self, tenant: str, client: GraphClient, stores: Stores, budget: float, console: Console) -> None:
        self.tenant = tenant
        self.client = client
        self.stores = stores
        self.budget = budget
        self.console = console
        self.seconds: dict[str, float] = {}
        self._slots = asyncio.Semaphore(_TOGETHER)

    async def run(self, keys: tuple[str, ...]) -> dict[str, TypeResult]:
        """Reads the types and commits. Returns each one's result."""
        now = utc_now()
        request = BackupRequest(run_id(now, lambda _: False), self.tenant, keys, "bench")
        plan = await open_run(request, stores=self.stores, clock=utc_now)
        found = await asyncio.gather(*(self._one(TypeRequest(plan.run_id, self.tenant, key, "")) for key in keys))
        results = dict(zip(keys, found, strict=True))
        outcome = await commit_run(CommitRequest(plan, results), stores=self.stores, cloud=_CLOUD, clock=utc_now)
        if outcome.state != "committed":
            raise SystemExit(f"the run {outcome.state}: {outcome.error}")
        return results

    async def _one(self, request: TypeRequest) -> TypeResult:
        spent = 0.0
        while True:
            async with self._slots:
                started = time.perf_counter()
                reply = await backup_type(
                    request,
                    TYPES[request.key],
                    client=self.client,
                    stores=self.stores,
                    cloud=_CLOUD,
                    budget=self.budget,
                    clock=utc_now,
                )
                spent += time.perf_counter() - started
            if reply.result is not None:
                self.seconds[request.key] = spent
                self.console.print(f"{request.key}: {reply.result.objects:,} objects, {spent:.1f} s", style="dim")
                return reply.result
            await asyncio.sleep(reply.wait)
            request = replace(request, checkpoint=reply.checkpoint)


async def measure(options: argparse.Namespace, console: Console) -> Figures:
    """Starts the tenant and the storage, and runs."""
    sizes = [
        f"--{name.replace('_', '-')}={getattr(options, name)}" for name in ("users", "groups", "service_principals")
    ]
    tenant = str(uuid.uuid5(uuid.NAMESPACE_URL, "bench.costs"))
    with tempfile.TemporaryDirectory() as directory, Azurite() as azurite:
        data = Path(directory)
        arguments = ["--port", "0", "--data", str(data / "tenant"), "--tenant-id", tenant, "--token", _TOKEN, *sizes]
        with console.status("making the tenant"):
            child = Child("local.tenant", arguments, log=data / "tenant.log", patience=900)
        try:
            settings = Settings(
                tenant_id=tenant,
                graph_url=str(child.ready["graphUrl"]),
                cloud=_CLOUD,
                graph_token=Secret(_TOKEN),
                storage_connection=Secret(azurite.connection_string),
            )
            stores, client = await open_stores(settings), reader(settings, spacing=options.spacing)
            try:
                backup = Backup(tenant, client, stores, settings.time_budget, console)
                started = time.perf_counter()
                results = await backup.run(enabled(Choice(Preset.EVERYTHING), ENTRIES))
                seconds = time.perf_counter() - started
            finally:
                await client.aclose()
                await stores.aclose()
        finally:
            child.stop()
    return Figures(
        users=options.users,
        groups=options.groups,
        service_principals=options.service_principals,
        seconds=round(seconds, 1),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        types={
            key: Cost(
                outcome=result.outcome,
                objects=result.objects,
                requests=result.requests,
                resource_units=result.resource_units,
                seconds=round(backup.seconds[key], 2),
            )
            for key, result in results.items()
        },
    )


def show(console: Console, figures: Figures) -> bool:
    """Prints the types, dearest first, and the totals. True when every target is met."""
    table = Table(title="One backup, type by type", title_justify="left")
    for column in ("type", "outcome", "objects", "requests", "resource units", "seconds"):
        table.add_column(column, justify="left" if column in {"type", "outcome"} else "right")
    for key, cost in sorted(figures.types.items(), key=lambda item: -item[1].requests):
        numbers = (f"{cost.objects:,}", f"{cost.requests:,}", f"{cost.resource_units:,}", f"{cost.seconds:.1f}")
        table.add_row(key, cost.outcome, *numbers)
    console.print(table)
    whole = Table(title="Presets", title_justify="left")
    for column in ("preset", "types", "requests", "resource units"):
        whole.add_column(column, justify="left" if column == "preset" else "right")
    for preset, (types, requests, units) in totals(figures).items():
        whole.add_row(preset, f"{types}", f"{requests:,}", f"{units:,}")
    console.print(whole)
    _, requests, units = totals(figures)[Preset.EVERYTHING]
    kept = requests <= MOST_REQUESTS and units <= MOST_RESOURCE_UNITS
    console.print(
        f"everything: at most {MOST_REQUESTS:,} requests and {MOST_RESOURCE_UNITS:,} resource units: "
        f"{'met' if kept else 'MISSED'}; {figures.seconds:.0f} s, peak {figures.peak_mb:.0f} MB"
    )
    return kept


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(prog="python -m bench.costs", description=__doc__)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--groups", type=int, default=3_000)
    parser.add_argument("--service-principals", type=int, default=1_500)
    parser.add_argument("--spacing", type=float, default=1.0, help="0 leaves out the waits that Graph's limits ask for")
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    figures = asyncio.run(measure(options, console))
    kept = show(console, figures)
    if not options.dry:
        results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        RESULTS.write_text(json.dumps(results | {"costs": msgspec.to_builtins(figures)}, indent=2) + "\n")
        PAGE.write_text(costs_page(figures))
        console.print(f"{PAGE.relative_to(ROOT)} and {RESULTS.relative_to(ROOT)} written", style="dim")
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()

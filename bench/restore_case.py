"""One measured case in a process of its own: `python -m bench.restore_case NAME SETTINGS REQUEST`, both JSON.

Prints one JSON line. CPU and memory are those of this process alone; clocks start after the imports, with connections
and tables open.

    plan        a plan of the scope REQUEST
    restore     the same, then applied
    requests    the same for one object, and how many requests of storage each half took
    referrers   REQUEST {"links": N}: who names whom, written for that many links and asked for two thousand ids
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from azure.core.pipeline.transport import AioHttpTransport

from bench.restore_links import referrers
from bench.restore_tenant import settings_of
from functions.clock import iso, utc_now
from functions.core.plan import Plan
from functions.graph.client import GraphClient
from functions.graph.factory import reader, restorer
from functions.restore import apply, planning, start
from functions.restore.quota import Quota
from functions.restore.scope import PlanRequest
from functions.restore.settle import Settle
from functions.settings import Settings
from functions.storage.open import Stores, open_stores
from functions.storage.plans import PlanRow, new_plan_id

type Found = dict[str, Any]

_BUDGET = 240.0  # of one activity


class Nobody:
    """Stands for the Durable client: the plan is walked here."""

    async def start_new(self, orchestration_function_name: str, instance_id: str, client_input: Any) -> str:
        return instance_id

    async def get_status(self, instance_id: str) -> Any:
        return None


@dataclass
class Meter:
    """Seconds, CPU seconds and requests of storage of a stretch of work."""

    requests: int = 0
    found: Found = field(default_factory=dict)

    def __post_init__(self) -> None:
        send = AioHttpTransport.send

        async def counted(*arguments: Any, **more: Any) -> Any:
            self.requests += 1
            return await send(*arguments, **more)

        AioHttpTransport.send = counted

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Notes `{name}Seconds`, `{name}CpuSeconds`, `{name}Requests` and `{name}PeakMb`, the peak so far."""
        before, begun, cpu = self.requests, time.perf_counter(), time.process_time()
        yield
        self.found[f"{name}Seconds"] = time.perf_counter() - begun
        self.found[f"{name}CpuSeconds"] = time.process_time() - cpu
        self.found[f"{name}Requests"] = self.requests - before
        self.found[f"{name}PeakMb"] = peak_mb()


def peak_mb() -> float:
    """What this process has held at most. `getrusage` would count what its parent held when it started this one."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


@dataclass(frozen=True, slots=True)
class Here:
    """What the app works with."""

    settings: Settings
    stores: Stores
    reader: GraphClient
    restorer: GraphClient

    async def plan(self, request: Found) -> Plan:
        tools = planning.Tools(
            stores=self.stores, reader=self.reader, restorer=self.restorer, settings=self.settings, clock=utc_now
        )
        now = utc_now()
        row = PlanRow(plan_id=new_plan_id(now), created_by="bench", created_at=iso(now))
        return await planning.make_plan(msgspec.convert(request, PlanRequest), row, tools)

    async def apply(self, plan: Plan) -> apply.Progress:
        """As the orchestration does: one activity after another."""
        settings = self.settings
        tools = apply.Tools(
            stores=self.stores,
            reader=self.reader,
            restorer=self.restorer,
            settings=settings,
            settle=Settle.of(settings),
            quota=Quota(settings.restore_writes, settings.restore_parallel),
            clock=utc_now,
            budget=_BUDGET,
        )
        await start.start(Nobody(), self.stores, plan.plan_id, "bench", utc_now)
        again = False
        while not (progress := await apply.apply_steps(plan.plan_id, tools, again=again)).done:
            again = True
        return progress


async def planned(here: Here, request: Found, meter: Meter) -> Plan:
    """(plan)"""
    with meter.of("plan"):
        plan = await here.plan(request)
    counts = {count.type: msgspec.to_builtins(count) for count in plan.counts}
    meter.found |= {"items": plan.items, "steps": plan.steps, "pages": len(plan.pages), "counts": counts}
    meter.found["planCalls"] = here.reader.usage.requests
    return plan


async def restored(here: Here, request: Found, meter: Meter) -> None:
    """(restore), (requests)"""
    plan = await planned(here, request, meter)
    before = here.reader.usage.requests + here.restorer.usage.requests
    with meter.of("apply"):
        progress = await here.apply(plan)
    meter.found["calls"] = here.reader.usage.requests + here.restorer.usage.requests - before
    meter.found |= {
        "state": progress.state,
        "taken": progress.taken,
        "throttled": here.restorer.usage.throttled_seconds,
    }


async def main(name: str, given: Found, request: Found) -> Found:
    """Runs one case."""
    settings = settings_of(given.pop("url"), given.pop("tenant"), given.pop("storage"), **given)
    stores, clients = await open_stores(settings), (reader(settings), restorer(settings))
    here, meter = Here(settings, stores, *clients), Meter()
    try:
        if name == "plan":
            await planned(here, request, meter)
        elif name == "referrers":
            with meter.of("all"):
                meter.found |= await referrers(stores, settings.tenant_id, request["links"])
        else:
            await restored(here, request, meter)
    finally:
        for client in clients:
            await client.aclose()
        await stores.aclose()
    return {**meter.found, "peakMb": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])))))

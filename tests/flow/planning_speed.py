"""How long planning a large restore takes, and how much memory: `python -m tests.flow.planning_speed [users]`.

In: an emulated tenant with 20 ms latency, backed up; then every second user is edited, every fourth deleted and every
fourth purged. Out: seconds and peak memory of planning all of them, in a process that does nothing else.
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from functions.clock import iso, utc_now
from functions.graph.factory import reader, restorer
from functions.restore.planning import Tools, make_plan
from functions.restore.scope import PlanRequest
from functions.settings import Secret, Settings
from functions.storage.open import open_stores
from functions.storage.plans import PlanRow, new_plan_id
from local.azurite import Azurite
from tests.flow.planning_world import World, open_world
from tests.tenant_process import TOKEN

LATENCY = 20


async def damage(world: World, people: list[str]) -> None:
    """As an administrator would, twenty to a request."""
    calls: list[tuple[str, str, Any]] = []
    for number, one in enumerate(people):
        if number % 4 in (0, 1):
            calls.append(("PATCH", f"/users/{one}", {"jobTitle": "Damaged"}))
        else:
            calls.append(("DELETE", f"/users/{one}", None))
    await batches(world, calls)
    await batches(world, [("DELETE", f"/directory/deletedItems/{one}", None) for one in people[3::4]])


async def batches(world: World, calls: list[tuple[str, str, Any]]) -> None:
    for start in range(0, len(calls), 20):
        requests = [
            {
                "id": str(number),
                "method": method,
                "url": path,
                **({"body": body, "headers": {"Content-Type": "application/json"}} if body else {}),
            }
            for number, (method, path, body) in enumerate(calls[start : start + 20])
        ]
        await world.call("POST", "/v1.0/$batch", {"requests": requests})


async def plan_alone(settings: dict[str, Any], request: dict[str, Any]) -> None:
    """The measured process: nothing but the plan."""
    secrets = {name: Secret(settings.pop(name)) for name in ("graph_token", "storage_connection")}
    here = Settings(**settings, **secrets)
    stores = await open_stores(here)
    clients = reader(here), restorer(here)
    tools = Tools(stores=stores, reader=clients[0], restorer=clients[1], settings=here, clock=utc_now)
    row = PlanRow(plan_id=new_plan_id(utc_now()), created_by="bench", created_at=iso(utc_now()))

    before = resource.getrusage(resource.RUSAGE_SELF)
    begun = time.monotonic()
    plan = await make_plan(msgspec.convert(request, PlanRequest), row, tools)
    seconds = time.monotonic() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    for client in clients:
        await client.aclose()
    await stores.aclose()
    found = {
        "seconds": round(seconds, 2),
        "cpuSeconds": round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 2),
        "peakMegabytes": round(used.ru_maxrss / 1024, 1),
        "items": plan.items,
        "steps": plan.steps,
        "pages": len(plan.pages),
        "requests": clients[0].usage.requests,
        "counts": [msgspec.to_builtins(count) for count in plan.counts],
    }
    sys.stdout.write(json.dumps(found) + "\n")


async def main(users: int) -> None:
    with tempfile.TemporaryDirectory() as place, Azurite() as azurite:
        async with open_world(azurite.connection_string, Path(place) / "tenant", users=users) as world:
            await world.backup("users", "groups")
            listed: list[str] = []
            path: str | None = "/v1.0/users?$select=id&$top=999"
            while path:
                page = await world.call("GET", path)
                listed += [one["id"] for one in page["value"]]
                path = str(page.get("@odata.nextLink") or "").removeprefix(world.tenant.url) or None
            await damage(world, listed)
            await world.tenant.switch(latency=LATENCY)
            settings = {
                "tenant_id": world.settings.tenant_id,
                "graph_url": world.settings.graph_url,
                "graph_token": TOKEN,
                "storage_connection": azurite.connection_string,
                "restore_enabled": True,
            }
            for request in ({"type": "users", "all": True}, {"tenant": True}):
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.flow.planning_speed", json.dumps(settings), json.dumps(request)
                )
                await process.wait()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        asyncio.run(plan_alone(json.loads(sys.argv[1]), json.loads(sys.argv[2])))
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

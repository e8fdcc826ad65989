"""`python -m local.tenant`: serves a tenant on 127.0.0.1 until SIGTERM or Ctrl-C.

Prints one JSON line once it answers. A data directory that already holds a tenant is served as it was left.
"""

import argparse
import asyncio
import json
import os
import signal
import uuid
from pathlib import Path

from aiohttp import web

from local.tenant.company import Sizes
from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.serve import Service
from local.tenant.server import application
from local.tenant.tenant import Tenant

LOOPBACK = "127.0.0.1"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.tenant", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="directory of the tenant's store")
    parser.add_argument("--users", type=int, default=100, help="size of a new tenant")
    parser.add_argument("--groups", type=int, help="groups of a new tenant; follows from the users where not given")
    parser.add_argument("--service-principals", type=int, help="service principals of a new tenant, as --groups")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tenant-id", help="of a new tenant; derived from the seed where not given")
    parser.add_argument("--token", default="local-token", help="the bearer token that is accepted")
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    tenant_id = options.tenant_id or str(uuid.uuid5(uuid.NAMESPACE_URL, f"tenant-{options.seed}"))
    tenant = Tenant(options.data, str(uuid.UUID(tenant_id)))
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    load(tenant, Sizes(options.users, options.groups, options.service_principals), options.seed)
    service = Service(tenant, Faults(), options.token)
    runner = web.AppRunner(application(service), access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, options.port)
    await site.start()
    port = runner.addresses[0][1]
    ready = {"graphUrl": f"http://{LOOPBACK}:{port}", "tenantId": tenant.id, "pid": os.getpid()}
    print(json.dumps(ready), flush=True)
    await stopped.wait()
    await runner.cleanup()
    tenant.close()


if __name__ == "__main__":
    asyncio.run(run(arguments()))

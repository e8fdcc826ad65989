"""The host put together: worker, store, engine, timers and the HTTP server on 127.0.0.1.

In: `Options`. Out: a running host with its `url`; `run` returns when the process is told to stop, and raises what
broke the host.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from local.host import app, clock, hostjson, http_functions, log, timers
from local.host.admin import Admin
from local.host.durable.book import Names
from local.host.durable.engine import Engine, Limits
from local.host.durable.links import Links
from local.host.durable.management import Management
from local.host.durable.store import Store
from local.host.errors import HostError
from local.host.invoker import Invoker
from local.host.principal import Platform
from local.host.worker import Worker

_LARGEST_BODY = 100 * 1024 * 1024
_GRACE = 1.0
_REACHABLE = "127.0.0.1"
_NAMES = frozenset({_REACHABLE, "localhost"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said, and the environment."""

    app: Path
    port: int
    data: Path
    roles: Sequence[str]
    env: Mapping[str, str]


class Host:
    """One app, served."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stop = asyncio.get_running_loop().create_future()
        self._listener = _listen(options.port)
        self.url = f"http://{_REACHABLE}:{self._listener.getsockname()[1]}"

    async def start(self) -> None:
        """Indexes the app and serves it. Raises HostError."""
        options = self._options
        config = hostjson.read(options.app, options.env)
        self._worker = Worker(self.url)
        functions = app.functions(await self._worker.index(options.app), options.env)
        served = http_functions.endpoints(functions, config.route_prefix)
        scheduled = timers.timers(functions, datetime.fromtimestamp(clock.wall(), UTC))

        options.data.mkdir(parents=True, exist_ok=True)
        self._store = Store(options.data / "host.sqlite")
        links = Links(self.url, config.hub, secrets.token_urlsafe(16))
        invoker = Invoker(self._worker, functions, links)
        names = Names(*(frozenset(f.name for f in functions if f.trigger == t) for t in ("orchestrator", "activity")))
        limits = Limits(config.activities, config.orchestrators, config.versions)
        self._engine = Engine(self._store, invoker.durable, names, limits, clock.wall, self._watch)
        self._timers = timers.Timers(scheduled, invoker, self._store, clock.wall, self._watch)
        platform = Platform(options.roles, options.env.get("TENANT_ID", ""))
        self._management = Management(self._store, self._engine, links)
        self._admin = Admin(functions, invoker, self._timers, platform, self._watch)
        self._functions = http_functions.HttpFunctions(served, invoker, platform)

        # The app's own client may call at once: serve before anything runs.
        web_app = web.Application(client_max_size=_LARGEST_BODY)
        web_app.router.add_route("*", r"/{path:[\s\S]*}", self._handle)
        self._runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=_GRACE)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener).start()
        self._engine.resume()
        self._timers.start()
        log.info("%d functions served at %s", len(functions), self.url)

    async def run(self) -> None:
        """Waits for `stop`, then closes everything."""
        try:
            await self._stop
        finally:
            self._timers.stop()
            await self._engine.stop(_GRACE)
            await self._runner.cleanup()
            await self._worker.close()
            self._store.close()

    def stop(self) -> None:
        if not self._stop.done():
            self._stop.set_result(None)

    def _watch(self, task: asyncio.Task[None]) -> None:
        """A task of the host itself that fails ends the host: nothing would go on in its place."""
        if not task.cancelled() and (error := task.exception()) is not None and not self._stop.done():
            self._stop.set_exception(error)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.url.host not in _NAMES:
            # Nobody signs in here: a page elsewhere whose name is made to lead to this machine must not get in.
            return web.Response(status=400, text=f"This host answers to {', '.join(sorted(_NAMES))} only.")
        return (
            await self._management.handle(request)
            or await self._admin.handle(request)
            or await self._functions.handle(request)
        )


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_REACHABLE, port))
    except OSError as error:
        listener.close()
        raise HostError(f"port {port} is taken: {error}") from error
    return listener

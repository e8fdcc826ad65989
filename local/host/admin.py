"""The administration routes of the real host that are of use on a laptop.

`GET /admin/host/status`, and `POST /admin/functions/{name}` with `{"input": …}`: runs a timer or HTTP function
once, 202 at once.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence

from aiohttp import web

from local.host import log
from local.host.app import Function
from local.host.invoker import Invoker
from local.host.principal import Platform
from local.host.protos import RpcHttp, TypedData
from local.host.timers import Timers


class Admin:
    """Answers `/admin`."""

    def __init__(
        self,
        functions: Sequence[Function],
        invoker: Invoker,
        timers: Timers,
        platform: Platform,
        watch: Callable[[asyncio.Task[None]], None],
    ) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._invoker, self._timers, self._platform, self._watch = invoker, timers, platform, watch
        self._running: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.Response | None:
        """None if the path is not one of these."""
        parts = request.path.strip("/").split("/")
        if parts[0].lower() != "admin":
            return None
        if request.method == "GET" and parts[1:] == ["host", "status"]:
            return web.json_response({"id": "local", "state": "Running"})
        if request.method == "POST" and len(parts) == 3 and parts[1] == "functions":
            return await self._fire(request, parts[2])
        return web.Response(status=404)

    async def _fire(self, request: web.Request, name: str) -> web.Response:
        function = self._functions.get(name.lower())
        if function is None:
            return web.Response(status=404)
        body = await request.read()
        try:
            content = json.loads(body or b"{}")
            given = content.get("input")
        except (ValueError, AttributeError):
            return web.json_response({"Message": 'The body must be JSON: {"input": …}'}, status=400)
        timer = self._timers.timer(function.name)
        if timer is not None:
            self._begin(self._timers.fire(timer))
        elif function.trigger == "http":
            self._begin(self._post(function, str(request.url), given))
        else:
            return web.json_response({"Message": f"{function.name} is not started by hand"}, status=400)
        return web.Response(status=202)

    async def _post(self, function: Function, url: str, given: object) -> None:
        text = given if isinstance(given, str) else "" if given is None else json.dumps(given)
        headers = self._platform.headers([("content-type", "application/json")])
        trigger = RpcHttp(method="POST", url=url, headers=headers, body=TypedData(bytes=text.encode()))
        outcome = await self._invoker.invoke(function, TypedData(http=trigger))
        if outcome.error:
            log.invocation_failed(function.name, outcome.error)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        running = asyncio.get_running_loop().create_task(work)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        running.add_done_callback(self._watch)

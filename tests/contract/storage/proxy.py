"""A reverse proxy before Azurite that loses answers, refuses and stalls as told. It counts the harm done."""

import re
from collections.abc import Callable
from enum import Enum
from types import TracebackType

import aiohttp
from aiohttp import web
from yarl import URL


class Harm(Enum):
    LOSE_ANSWER = "the request arrives, its answer does not"
    DROP = "the request does not arrive"
    FORBID = "403 AuthorizationPermissionMismatch"
    BUSY = "503 ServerBusy"
    KEEP = "409 BlobImmutableDueToPolicy"
    FORBID_AFTER = "the request is served, and answered by 403"


_SIGNED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # none may be added to a signed request

Which = Callable[[web.Request], bool]


class Proxy:
    """An async context manager. `harm(which, how, times)` plans a fault; `done` counts those that happened,
    `seen` has every request."""

    def __init__(self, connection: str) -> None:
        self._upstream = connection
        self._plans: list[list[object]] = []
        self.done: dict[Harm, int] = dict.fromkeys(Harm, 0)
        self.seen: list[str] = []
        self.connection_string = ""

    def heal(self) -> None:
        """No more harm."""
        self._plans.clear()

    def harm(self, which: Which, how: Harm, times: int = 1) -> None:
        self._plans.append([which, how, times])

    async def __aenter__(self) -> "Proxy":
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._runners: list[web.AppRunner] = []
        connection = self._upstream
        for service in ("Blob", "Table"):
            match = re.search(rf"{service}Endpoint=http://127\.0\.0\.1:(\d+)/", connection)
            assert match
            port = await self._serve(int(match[1]))
            connection = connection.replace(match[0], match[0].replace(match[1], str(port)))
        self.connection_string = connection
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for runner in self._runners:
            await runner.cleanup()
        await self._session.close()

    async def _serve(self, port: int) -> int:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(request, port)

        app = web.Application(client_max_size=1 << 28)
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, access_log=None)
        self._runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    async def _handle(self, request: web.Request, port: int) -> web.StreamResponse:
        self.seen.append(f"{request.method} {request.path}")
        how = self._due(request)
        if how is Harm.FORBID:
            return _error(403, "AuthorizationPermissionMismatch")
        if how is Harm.KEEP:
            return _error(409, "BlobImmutableDueToPolicy")
        if how is Harm.BUSY:
            return _error(503, "ServerBusy")
        if how is Harm.DROP:
            return _cut(request)
        url = URL(f"http://127.0.0.1:{port}{request.raw_path}", encoded=True)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in {"host", "expect"}}
        body = await request.read() or None
        async with self._session.request(
            request.method, url, headers=headers, data=body, skip_auto_headers=_SIGNED, allow_redirects=False
        ) as answer:
            body = await answer.read()
        if how is Harm.LOSE_ANSWER:
            return _cut(request)
        if how is Harm.FORBID_AFTER:
            return _error(403, "AuthorizationPermissionMismatch")
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in {"transfer-encoding", "connection", "keep-alive"}
        }
        return web.Response(status=answer.status, headers=kept, body=body if request.method != "HEAD" else None)

    def _due(self, request: web.Request) -> Harm | None:
        for plan in self._plans:
            which, how, times = plan
            if times and which(request):  # type: ignore[operator]
                plan[2] -= 1  # type: ignore[operator]
                self.done[how] += 1  # type: ignore[index]
                return how  # type: ignore[return-value]
        return None


def _error(status: int, code: str) -> web.Response:
    body = f'{{"odata.error":{{"code":"{code}","message":{{"lang":"en-US","value":"planned"}}}}}}'
    return web.Response(status=status, headers={"x-ms-error-code": code}, text=body, content_type="application/json")


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()

"""HTTP-triggered functions: from a request to the function and back.

In: a request under the route prefix. Out: the function's response as it gave it; 404 for no route, 405 with `Allow`
for a route that lacks the method (Azure's host says 404 there too), 500 without a body for a function that raised.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from multidict import CIMultiDict

from local.host import log
from local.host.app import Function
from local.host.errors import IndexingFailed
from local.host.invoker import Invoker
from local.host.principal import Platform
from local.host.protos import RpcHttp, RpcHttpCookie, TypedData
from local.host.routes import Route, compile_route, decoded

# The server writes these itself.
_FRAMING = {"content-length", "transfer-encoding", "connection", "date"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route and the function behind it; no methods means all."""

    function: Function
    route: Route
    methods: frozenset[str]


def endpoints(functions: Sequence[Function], prefix: str) -> list[Endpoint]:
    """The HTTP functions, most specific route first. Raises IndexingFailed."""
    found, problems = [], []
    for function in functions:
        if function.trigger != "http":
            continue
        methods = frozenset(str(method).upper() for method in function.binding.get("methods") or ())
        try:
            route = compile_route(function.binding.get("route") or function.name, prefix)
        except ValueError as error:
            problems.append(f"function '{function.name}' cannot be indexed: {error}")
        else:
            found.append(Endpoint(function, route, methods))
    if problems:
        raise IndexingFailed(problems)
    return sorted(found, key=lambda endpoint: endpoint.route.precedence)


class HttpFunctions:
    """Answers everything that is neither management nor administration."""

    def __init__(self, served: Sequence[Endpoint], invoker: Invoker, platform: Platform) -> None:
        self._served, self._invoker, self._platform = served, invoker, platform

    async def handle(self, request: web.Request) -> web.Response:
        path = decoded(request.raw_path.partition("?")[0])
        allowed: set[str] = set()
        for endpoint in self._served:
            values = endpoint.route.match(path)
            if values is None:
                continue
            if not endpoint.methods or request.method in endpoint.methods:
                return await self._call(endpoint.function, request, values)
            allowed |= endpoint.methods
        if allowed:
            return web.Response(status=405, headers={"Allow": ", ".join(sorted(allowed))})
        return web.Response(status=404)

    async def _call(self, function: Function, request: web.Request, values: dict[str, str]) -> web.Response:
        query: dict[str, str] = {}
        for name, value in request.query.items():
            query[name] = f"{query[name]},{value}" if name in query else value
        trigger = RpcHttp(
            method=request.method,
            url=str(request.url),
            headers=self._platform.headers(request.headers.items()),
            params=values,
            query=query,
            body=TypedData(bytes=await request.read()),
        )
        outcome = await self._invoker.invoke(function, TypedData(http=trigger))
        if outcome.error:
            log.invocation_failed(function.name, outcome.error)
            return web.Response(status=500)
        if outcome.value is None or outcome.value.http is None:
            return web.Response(text=(outcome.value.string if outcome.value else "") or "")
        return _response(outcome.value.http)


def _response(answer: RpcHttp) -> web.Response:
    headers = CIMultiDict((name, value) for name, value in answer.headers.items() if name.lower() not in _FRAMING)
    for cookie in answer.cookies or ():
        headers.add("Set-Cookie", _cookie(cookie))
    body = answer.body.bytes if answer.body is not None else b""
    return web.Response(status=int(answer.status_code), headers=headers, body=body)


def _cookie(cookie: RpcHttpCookie) -> str:
    parts = [f"{cookie.name}={cookie.value}"]
    if cookie.expires is not None:
        parts.append(f"Expires={cookie.expires.value:%a, %d %b %Y %H:%M:%S} GMT")
    for name, field in (("Max-Age", cookie.max_age), ("Domain", cookie.domain), ("Path", cookie.path)):
        if field is not None and field.value != "":
            parts.append(f"{name}={field.value:g}" if name == "Max-Age" else f"{name}={field.value}")
    for name, field in (("Secure", cookie.secure), ("HttpOnly", cookie.http_only)):
        if field is not None and field.value:
            parts.append(name)
    same_site = {1: "Lax", 2: "Strict", 3: "None"}.get(cookie.same_site)
    return "; ".join([*parts, f"SameSite={same_site}"] if same_site else parts)

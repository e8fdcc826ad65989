"""The HTTP edge: aiohttp requests in, replies out, whole or spoiled as a fault demands.

Everything under /v1.0 and /beta is the emulated API; /_admin is for whoever runs it.
"""

from aiohttp import web

from local.tenant.admin import Admin
from local.tenant.faults import Dropped, fault_reply
from local.tenant.message import Reply, Request
from local.tenant.rules import GraphFault
from local.tenant.serve import Service

LARGEST_BODY = 16 * 1024 * 1024
HOP = frozenset({"content-length", "transfer-encoding", "connection"})


def application(service: Service) -> web.Application:
    app = web.Application(client_max_size=LARGEST_BODY)

    async def graph(http: web.Request) -> web.StreamResponse:
        request = await _request(http)
        if request is None:
            segment = http.path.strip("/").split("/")[0]
            return _whole(fault_reply(GraphFault(404, "UnknownError", f"There is no version '{segment}'.")))
        try:
            reply = await service.serve(request)
        except Dropped:
            return _abort(http)
        return await _send(http, reply)

    app.add_routes(Admin(service).routes())
    app.router.add_route("*", "/{tail:.*}", graph)
    return app


async def _request(http: web.Request) -> Request | None:
    """Version, path and query as they were sent; None where the path names no version of the API."""
    raw, _, query = http.raw_path.partition("?")
    version, _, path = raw.lstrip("/").partition("/")
    if version not in ("v1.0", "beta"):
        return None
    headers = {name.lower(): value for name, value in http.headers.items()}
    host = f"{http.scheme}://{http.host}"
    return Request(http.method, version, f"/{path.rstrip('/')}", query, headers, await http.read(), host)


async def _send(http: web.Request, reply: Reply) -> web.StreamResponse:
    if not reply.cut:
        return _whole(reply)
    body = reply.encoded()
    half = body[: max(1, len(body) // 2)]
    if reply.cut == "json":
        return web.Response(status=reply.status, headers=reply.headers, body=half)
    response = web.StreamResponse(status=reply.status, headers={**reply.headers, "content-length": str(len(body))})
    await response.prepare(http)
    await response.write(half)
    return _abort(http, response)


def _whole(reply: Reply) -> web.Response:
    headers = {name: value for name, value in reply.headers.items() if name not in HOP}
    return web.Response(status=reply.status, headers=headers, body=reply.encoded())


def _abort(http: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    """Closes the connection under the client's hands."""
    if http.transport is not None:
        http.transport.abort() if response is None else http.transport.close()
    return response or web.Response()

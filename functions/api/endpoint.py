"""The edge: a request of the Functions host in, its response out, and every check between them in one order.

Settings, caller, role, body, path, query; only then are services opened and the handler called, so a request that is
refused has touched nothing. Each call that acts leaves two lines in the audit: asked for, and how it ended.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from azure.functions import HttpRequest, HttpResponse

from functions import log
from functions import services as process
from functions.api.audit import Trail
from functions.api.bodies import Body, read_body
from functions.api.call import Call, Request
from functions.api.params import Catalogue, read_path, read_query
from functions.api.principal import Caller, caller
from functions.api.problem import problem, refused, unexpected
from functions.api.reply import Reply
from functions.catalogue import TYPES
from functions.errors import LifeboatError
from functions.services import Services
from functions.settings import Settings


@dataclass(frozen=True, slots=True)
class Host:
    """Where an endpoint finds what it needs; tests give their own."""

    settings: Callable[[], Settings] = process.settings
    catalogue: Catalogue = field(default_factory=lambda: TYPES)
    services: Callable[[], Awaitable[Services]] = process.services


PROCESS = Host()


async def serve(call: Call[Any], http: HttpRequest, durable: object = None, host: Host = PROCESS) -> HttpResponse:
    """Answers one request. Never raises: a defect becomes `internalError` with a reference to the log."""
    begun = time.monotonic()
    try:
        reply = await _answer(call, http, durable, host)
    except LifeboatError as error:
        reply = problem(error)
    except Exception as error:  # noqa: BLE001 - the edge: a caller gets a reference, the log the place
        reply = unexpected(error, call.name)
    took = round((time.monotonic() - begun) * 1000)
    log.info("api.call", call=call.name, status=reply.status, code=reply.code or "none", ms=took)
    return HttpResponse(
        reply.body, status_code=reply.status, headers=reply.all_headers, mimetype=reply.content_type, charset="utf-8"
    )


async def _answer(call: Call[Any], http: HttpRequest, durable: object, host: Host) -> Reply:
    settings = host.settings()
    who = caller(http.headers, settings)
    who.require(call.roles)
    if call.restores and not settings.restore_enabled:
        raise refused("restoreDisabled", "Restore is switched off for this app")
    request = await _checked(call, http, durable, host, who)
    if call.method == "GET":
        return await call.handler(request)
    trail = Trail(request, call.name)
    await trail.asked()
    try:
        reply = await call.handler(request)
    except LifeboatError as error:
        await trail.ended(problem(error).code)
        raise
    except Exception:
        await trail.ended("internalError")
        raise
    await trail.ended("done")
    return reply


async def _checked(call: Call[Any], http: HttpRequest, durable: object, host: Host, who: Caller) -> Request[Any]:
    catalogue = host.catalogue
    body = Body()
    if call.body is not None:
        body = read_body(http.get_body(), http.headers.get("Content-Type", ""), call.body).checked(catalogue)
    path = read_path({part: http.route_params.get(part, "") for part in call.parts}, catalogue)
    query = read_query(http.url, call.query)
    url = urlsplit(http.url)
    return Request(
        caller=who,
        path=path,
        query=query,
        body=body,
        origin=f"{url.scheme}://{url.netloc}",
        services=await host.services(),
        durable=durable,
    )

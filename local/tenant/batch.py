"""`$batch`: up to twenty requests in one, each answered for itself.

In: the envelope, and how one request is answered. Out: the envelope of replies, in an order that means nothing.
"""

import asyncio
import base64
import random
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from local.tenant.message import Reply, Request
from local.tenant.rules import GraphFault

LIMIT = 20
METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})

type Serve = Callable[[Request], Awaitable[Reply]]


class Item(msgspec.Struct, rename="camel"):
    id: str
    method: str
    url: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: Any = msgspec.UNSET
    depends_on: list[str] = msgspec.field(default_factory=list)


class Envelope(msgspec.Struct):
    requests: list[Item]


async def batch(request: Request, serve: Serve, chance: random.Random) -> Reply:
    try:
        items = msgspec.json.decode(request.body, type=Envelope).requests
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise GraphFault(400, "BadRequest", f"Invalid batch payload format: {error}") from None
    _check(items)
    done: dict[str, Reply] = {}
    waiting = list(items)
    while waiting:
        ready = [item for item in waiting if all(name.lower() in done for name in item.depends_on)]
        replies = await asyncio.gather(*(_one(request, item, done, serve) for item in ready))
        done.update({item.id.lower(): reply for item, reply in zip(ready, replies, strict=True)})
        waiting = [item for item in waiting if item.id.lower() not in done]
    responses = [_response(item.id, done[item.id.lower()]) for item in items]
    chance.shuffle(responses)
    return Reply(200, {"responses": responses})


def _check(items: list[Item]) -> None:
    """What makes the whole envelope unacceptable."""
    if len(items) > LIMIT:
        raise GraphFault(
            400, "MaximumValueExceeded", f"Number of batch request steps exceeds the maximum value of {LIMIT}."
        )
    names: list[str] = [item.id.lower() for item in items]
    if not items or not all(names) or len(set(names)) != len(names):
        raise GraphFault(400, "BadRequest", "Every request of a batch needs an id of its own.")
    seen: set[str] = set()
    for item in items:
        if not all(name.lower() in names for name in item.depends_on):
            raise GraphFault(400, "BadRequest", f"The request '{item.id}' depends on one that is not in the batch.")
    while len(seen) < len(names):
        ready = {
            i.id.lower() for i in items if i.id.lower() not in seen and all(n.lower() in seen for n in i.depends_on)
        }
        if not ready:
            raise GraphFault(400, "BadRequest", "The requests of the batch depend on one another in a circle.")
        seen |= ready


async def _one(request: Request, item: Item, done: dict[str, Reply], serve: Serve) -> Reply:
    if any(done[name.lower()].status >= 400 for name in item.depends_on):
        return _refusal(424, "FailedDependency", "A request that this one depends on has failed.")
    if item.method.upper() not in METHODS:
        return _refusal(400, "BadRequest", f"The method '{item.method}' is not supported in a batch.")
    path, _, query = item.url.partition("?")
    path = "/" + path.lstrip("/")
    if "://" in item.url or path.startswith(("/v1.0/", "/beta/", "/$batch")):
        return _refusal(
            400, "BadRequest", "The url of a batch item is relative to the version and never a batch itself."
        )
    headers = {name.lower(): value for name, value in item.headers.items()}
    body = b"" if item.body is msgspec.UNSET else msgspec.json.encode(item.body)
    if body and "content-type" not in headers:
        return _refusal(
            400, "BadRequest", "Write request id : " + item.id + " does not contain Content-Type header or body."
        )
    inner = Request(item.method.upper(), request.api, path, query, headers, body, request.host, item=True)
    return await serve(inner)


def _refusal(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message}})


def _response(name: str, reply: Reply) -> dict[str, Any]:
    response: dict[str, Any] = {"id": name, "status": reply.status, "headers": reply.headers}
    if reply.headers.get("content-type", "application/json").startswith(("application/json", "text/plain")):
        encoded = reply.encoded()
        if encoded:
            response["body"] = msgspec.Raw(encoded)
    else:
        response["body"] = base64.b64encode(reply.encoded()).decode()
    return response

"""Envelopes of answers: lists with their context and links, single objects, and the links between pages."""

from typing import Any
from urllib.parse import quote, unquote_plus

import msgspec

from local.tenant.message import Reply, Request
from local.tenant.options import Expand, Options
from local.tenant.rules import GraphFault
from local.tenant.tenant import Tenant
from local.tenant.tokens import BadToken


def context(request: Request, name: str, options: Options, *, entity: bool = False) -> str:
    shown = list(options.select or ()) + [_expanded(expand) for expand in options.expand]
    listed = f"({','.join(shown)})" if shown else ""
    return f"{request.root}/$metadata#{name}{listed}" + ("/$entity" if entity else "")


def _expanded(expand: Expand) -> str:
    return f"{expand.name}({','.join(expand.select or ())})"


def envelope(
    request: Request, name: str, options: Options, value: list[Any], count: int | None, next_link: str
) -> Reply:
    body: dict[str, Any] = {"@odata.context": context(request, name, options)}
    if count is not None:
        body["@odata.count"] = count
    if next_link:
        body["@odata.nextLink"] = next_link
    body["value"] = value
    return Reply(200, body)


def entity(request: Request, name: str, options: Options, shown: Any, status: int = 200) -> Reply:
    """A single object, with its context in front of whatever the projection gave."""
    head = msgspec.json.encode({"@odata.context": context(request, name, options, entity=True)})
    tail = msgspec.json.encode(shown)
    return Reply(status, head[:-1] + (b"" if tail == b"{}" else b",") + tail[1:])


def bound(request: Request, options: Options) -> str:
    """What a page token belongs to: this path and this query, in this version."""
    return f"{request.api}{request.path}?{options.bound}"


def next_link(tenant: Tenant, request: Request, options: Options, state: dict[str, Any]) -> str:
    token = tenant.tokens.seal(bound(request, options), {**state, "eventual": request.eventual})
    kept = [
        part for part in request.query.split("&") if part and unquote_plus(part.split("=")[0]).lower() != "$skiptoken"
    ]
    return f"{request.root}{request.path}?{'&'.join([*kept, f'$skiptoken={quote(token)}'])}"


def page_state(tenant: Tenant, request: Request, options: Options) -> dict[str, Any]:
    """The state that the page token of this request carries; empty for the first page."""
    if not options.skiptoken:
        return {}
    try:
        state = tenant.tokens.open(bound(request, options), options.skiptoken)
    except BadToken:
        raise GraphFault(400, "Request_BadRequest", "Invalid page token: it was not issued for this request.") from None
    stale = tenant.tokens.age(state) > tenant.behaviour.on.page_token_seconds
    if stale or (state["eventual"] and not request.eventual):
        raise expired_page_token()
    return state


def expired_page_token() -> GraphFault:
    return GraphFault(
        400,
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    )

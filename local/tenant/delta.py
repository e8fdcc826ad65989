"""Delta queries: a first round over everything, then rounds over what the journal holds.

State travels in the tokens: while a round lasts, where it stands; at its end, the journal's number from which the next
round reads. The number is taken when the first round starts, so what changes while it lasts is told in the next one.
"""

from typing import Any
from urllib.parse import quote

from local.tenant import answers
from local.tenant.delta_items import changed_items, first_items
from local.tenant.message import Reply, Request
from local.tenant.options import Options, parse
from local.tenant.projection import selected
from local.tenant.read import check_top
from local.tenant.rules import GraphFault
from local.tenant.schema import Edition, Kind
from local.tenant.tenant import Tenant
from local.tenant.tokens import BadToken
from local.tenant.tree import Place

ALLOWED = frozenset({"$select", "$filter", "$deltatoken", "$skiptoken"})
NO_TOP = frozenset({"user", "group"})
DAY = 86_400


def delta(tenant: Tenant, request: Request, place: Place) -> Reply:
    kind = place.kind
    assert kind is not None
    options = parse(request.query, ALLOWED if kind.name in NO_TOP else ALLOWED | {"$top"})
    check_top(options.top, kind)
    if options.filter:
        raise GraphFault(400, "Request_UnsupportedQuery", "$filter is not supported in this delta query.")
    state = _state(tenant, request, kind, options)
    if options.deltatoken == "latest":
        return _answer(tenant, request, kind, [], state, {})
    names, links = _tracked(kind, state["select"], request.edition)
    size = tenant.behaviour.on.delta_page_size
    items = first_items if state["first"] else changed_items
    value, following = items(tenant, kind, names, links, state, min(options.top or size, size))
    return _answer(tenant, request, kind, value, state, following)


def _state(tenant: Tenant, request: Request, kind: Kind, options: Options) -> dict[str, Any]:
    """Where this call stands: what its token says, or the start of a first round."""
    if options.skiptoken:
        state = _opened(tenant, request, kind, "page", options.skiptoken)
        if tenant.tokens.age(state) > tenant.behaviour.on.page_token_seconds:
            raise answers.expired_page_token()
        return state
    if options.deltatoken and options.deltatoken != "latest":
        state = _opened(tenant, request, kind, "delta", options.deltatoken)
        if tenant.tokens.age(state) > tenant.behaviour.on.delta_token_days * DAY:
            raise sync_state_not_found()
        return {**state, "until": max(state["since"], tenant.lag.horizon()), "first": False}
    select = list(options.select) if options.select is not None else None
    tenant.access.check_properties(kind, options.select or ())
    _tracked(kind, select, request.edition)
    return {"select": select, "since": tenant.lag.horizon(), "first": True, "shuffle": tenant.disturbance.order()}


def _tracked(kind: Kind, select: list[str] | None, edition: Edition) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Property names and links that the query follows; groups and administrative units show members unless told."""
    tracked = [name for name, link in kind.links.items() if link.delta]
    if select is None:
        defaults = tuple(name for name in tracked if name == "members")
        return selected(kind, None, edition, single=False), defaults
    links = tuple(name for name in select if name in tracked)
    names = tuple(name for name in select if name not in tracked)
    return tuple(dict.fromkeys(("id", *selected(kind, names, edition, single=False)))), links


def _answer(
    tenant: Tenant, request: Request, kind: Kind, value: list[Any], state: dict[str, Any], following: dict[str, Any]
) -> Reply:
    """`following` is the state of the next page; empty, the round ends and hands out a delta link."""
    shown = Options(select=tuple(state["select"])) if state["select"] is not None else Options()
    body: dict[str, Any] = {
        "@odata.context": answers.context(request, f"{kind.collection}", shown).replace(")", ")/$delta")
    }
    if not body["@odata.context"].endswith("/$delta"):
        body["@odata.context"] += "/$delta"
    url = f"{request.root}{request.path}"
    if following:
        token = tenant.tokens.seal(_purpose(request, kind, "page"), {**state, **following})
        body["@odata.nextLink"] = f"{url}?$skiptoken={quote(token)}"
    else:
        since = state["until"] if not state["first"] else state["since"]
        token = tenant.tokens.seal(_purpose(request, kind, "delta"), {"select": state["select"], "since": since})
        body["@odata.deltaLink"] = f"{url}?$deltatoken={quote(token)}"
    body["value"] = value
    return Reply(200, body)


def _opened(tenant: Tenant, request: Request, kind: Kind, purpose: str, token: str) -> dict[str, Any]:
    try:
        return tenant.tokens.open(_purpose(request, kind, purpose), token)
    except BadToken:
        raise GraphFault(
            400, "Request_BadRequest", "Invalid delta token: it was not issued for this request."
        ) from None


def _purpose(request: Request, kind: Kind, purpose: str) -> str:
    return f"{request.api}/{kind.name}/delta/{purpose}"


def sync_state_not_found() -> GraphFault:
    return GraphFault(
        400, "syncStateNotFound", "The sync state generation is not found; a full synchronization is required."
    )

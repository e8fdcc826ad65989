"""POST, PATCH and DELETE of objects and of what lies below them.

In: a request and its place, inside a transaction. Out: 201 with the object, or 204.
"""

from typing import Any

import msgspec

from local.tenant import answers
from local.tenant.change import add, change, put_link, remove
from local.tenant.message import Reply, Request
from local.tenant.navigate import linked_one, walked
from local.tenant.objects import Json, Row, spelled
from local.tenant.options import Options
from local.tenant.preview import check_write
from local.tenant.projection import projection, selected
from local.tenant.read import find, missing
from local.tenant.rules import (
    GraphFault,
    Ref,
    assignment_missing,
    not_found,
)
from local.tenant.schema import KINDS, Held, Kind
from local.tenant.tenant import Tenant
from local.tenant.tree import Place


def body_of(request: Request) -> Json:
    try:
        body = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise GraphFault(
            400,
            "BadRequest",
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid "
            "JSON format.",
        )
    return body


def check_method(kind: Kind, method: str) -> None:
    if method not in kind.methods:
        raise method_not_allowed()


def method_not_allowed() -> GraphFault:
    return GraphFault(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


def create(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.kind is not None
    check_method(place.kind, "POST")
    body = body_of(request)
    check_write(place.kind, request.edition, body)
    new = add(tenant, place.kind, body)
    return created(request, place.kind, new)


def create_below(tenant: Tenant, request: Request, place: Place) -> Reply:
    """POST to a contained or derived collection; also an object made inside an administrative unit."""
    source, link = live_source(tenant, place)
    kind = KINDS[place.kinds[0]]
    if link.held is Held.STORED:
        return _create_member(tenant, request, place, source)
    if link.held not in (Held.CONTAINED, Held.DERIVED):
        raise method_not_allowed()
    check_method(kind, "POST")
    new = add(tenant, kind, body_of(request), parent=source)
    if link.held is Held.CONTAINED:
        tenant.ledger.link((source.kind, source.id), link.name, (kind.name, new["id"]))
    return created(request, kind, new)


def _create_member(tenant: Tenant, request: Request, place: Place, source: Row) -> Reply:
    assert place.link is not None
    body = body_of(request)
    named = str(body.pop("@odata.type", "")).removeprefix("#microsoft.graph.")
    if source.kind != "administrativeUnit" or named not in place.link.to:
        raise method_not_allowed()
    new = add(tenant, KINDS[named], body)
    put_link(tenant, source, place.link.name, Ref(named, new["id"]))
    return created(request, KINDS[named], new)


def created(request: Request, kind: Kind, new: Json) -> Reply:
    row = Row(0, kind.name, new["id"], "", msgspec.json.encode(new))
    names = selected(kind, None, request.edition, single=True)
    name = kind.path.strip("/") or kind.collection
    reply = answers.entity(request, name, Options(), projection(kind.name, names, single=True).show(row), 201)
    reply.headers["location"] = f"{request.root}{request.path}/{new['id']}"
    return reply


def update(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.kind is not None
    check_method(place.kind, "PATCH")
    body = body_of(request)
    row = find_to_write(tenant, place)
    if row is None and place.alternate and request.prefers("create-if-missing"):
        return _upsert(tenant, request, place, body)
    if row is None:
        raise missing(place.kind, place.key)
    check_write(place.kind, request.edition, row.object(), body)
    change(tenant, place.kind, row, body, None)
    return Reply(204)


def update_below(tenant: Tenant, request: Request, place: Place) -> Reply:
    source, link = live_source(tenant, place)
    if link.held is not Held.CONTAINED:
        raise method_not_allowed()
    kind = KINDS[place.kinds[0]]
    check_method(kind, "PATCH")
    body = body_of(request)
    row = linked_one(tenant, source, link, place)
    if row is None and request.prefers("create-if-missing") and kind.keys:
        new = add(tenant, kind, {**body, kind.keys[0]: place.target}, parent=source)
        tenant.ledger.link((source.kind, source.id), link.name, (kind.name, new["id"]))
        return created(request, kind, new)
    if row is None:
        raise not_found(place.target)
    change(tenant, kind, row, body, Ref(source.kind, source.id))
    return Reply(204)


def _upsert(tenant: Tenant, request: Request, place: Place, body: Json) -> Reply:
    assert place.kind is not None
    settable = place.kind.properties[place.alternate].writes != "ro"
    key: dict[str, Any] = {place.alternate: place.key}
    new = add(tenant, place.kind, {**body, **key} if settable else body, extra={} if settable else key)
    return created(request, place.kind, new)


def delete(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.kind is not None
    check_method(place.kind, "DELETE")
    row = find_to_write(tenant, place)
    if row is None:
        raise missing(place.kind, place.key)
    remove(tenant, place.kind, row)
    return Reply(204)


def delete_below(tenant: Tenant, request: Request, place: Place) -> Reply:
    """DELETE of what a link leads to. Without `/$ref` that is the object itself, not its membership."""
    source, link = live_source(tenant, place)
    row = linked_one(tenant, source, link, place)
    if row is None and link.held is Held.DERIVED:
        raise assignment_missing()
    if row is None:
        raise not_found(place.target or link.name)
    check_method(KINDS[row.kind], "DELETE")
    remove(tenant, KINDS[row.kind], row)
    return Reply(204)


def find_to_write(tenant: Tenant, place: Place) -> Row | None:
    """The newest state, except an object whose creation has not arrived at this replica."""
    assert place.kind is not None
    if place.kind.singleton:
        return tenant.objects.first(place.kind.name)
    kind, key = place.kind.name, spelled(place.key)
    if tenant.lag.unborn(kind, key):
        tenant.behaviour.hit("lagWrites")
        return None
    if place.alternate or "@" in key:
        return find(tenant, place)
    return tenant.objects.row(kind, key)


def live_source(tenant: Tenant, place: Place) -> tuple[Row, Any]:
    assert place.kind is not None
    row = find_to_write(tenant, place)
    if row is None:
        raise missing(place.kind, place.key)
    assert place.link is not None
    return walked(tenant, row, place), place.link

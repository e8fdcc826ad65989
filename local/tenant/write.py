"""POST, PATCH, PUT and DELETE of objects and of what lies below them, and what else can be asked of them.

In: a request and its place, inside a transaction. Out: 201 with the object, 200 with it, or 204.
"""

import base64
from typing import Any

import msgspec

from local.tenant import answers
from local.tenant.actions import EFFECTS, Call
from local.tenant.change import DELTA, add, change, put_link, remove, replace
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
    bad_request,
    not_found,
)
from local.tenant.schema import KINDS, Held, Kind, LinkRule, Writes
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


def checked_body(request: Request, kind: Kind, row: Row | None = None) -> Json:
    """A body without anything that this version of the API, or this cloud, does not know of the kind."""
    body = body_of(request)
    for name in body:
        rule = kind.properties.get(name)
        if rule is not None and not rule.known(request.edition):
            raise bad_request(f"Invalid property '{name}'.")
    check_write(kind, request.edition, *((row.object(),) if row else ()), body)
    return body


def check_method(kind: Kind, method: str) -> None:
    if method not in kind.methods:
        raise method_not_allowed()


def method_not_allowed() -> GraphFault:
    return GraphFault(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


def create(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.kind is not None
    check_method(place.kind, "POST")
    return _made(tenant, request, place.kind, add(tenant, place.kind, checked_body(request, place.kind)))


def create_below(tenant: Tenant, request: Request, place: Place) -> Reply:
    """POST to a contained or derived collection; also an object made inside an administrative unit."""
    source, link = live_source(tenant, place)
    kind = KINDS[place.kinds[0]]
    if link.held is Held.STORED:
        return _create_member(tenant, request, place, source)
    if link.held not in (Held.CONTAINED, Held.DERIVED):
        raise method_not_allowed()
    check_method(kind, "POST")
    return _made(tenant, request, kind, add(tenant, kind, checked_body(request, kind), parent=source, link=link))


def _create_member(tenant: Tenant, request: Request, place: Place, source: Row) -> Reply:
    assert place.link is not None
    body = body_of(request)
    named = str(body.pop("@odata.type", "")).removeprefix("#microsoft.graph.")
    if source.kind != "administrativeUnit" or named not in place.link.to:
        raise method_not_allowed()
    tenant.access.check_write(KINDS[named], KINDS[named].writes("POST"))
    new = add(tenant, KINDS[named], body)
    put_link(tenant, source, place.link.name, Ref(named, new.id))
    return _made(tenant, request, KINDS[named], new)


def _made(tenant: Tenant, request: Request, kind: Kind, row: Row) -> Reply:
    effects = EFFECTS.get(kind.name)
    if effects is not None and effects.created is not None:
        effects.created(tenant, row)
    reply = shown(tenant, request, kind, row, 201)
    key = row.object().get(kind.key_property, row.id) if kind.key_property else row.id
    reply.headers["location"] = f"{request.root}{request.path}/{key}"
    return reply


def shown(tenant: Tenant, request: Request, kind: Kind, row: Row, status: int) -> Reply:
    row = tenant.objects.row(row.kind, row.id) or row
    names = selected(kind, None, request.edition, single=True)
    name = kind.path.strip("/") or kind.collection
    return answers.entity(request, name, Options(), projection(kind.name, names, single=True).show(row), status)


def update(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.kind is not None
    check_method(place.kind, "PATCH")
    row = find_to_write(tenant, place)
    if row is None and (place.kind.upsert or (place.alternate and request.prefers("create-if-missing"))):
        return _upsert(tenant, request, place)
    if row is None:
        raise missing(place.kind, place.key)
    body = checked_body(request, place.kind, row)
    for name in body:
        if name.endswith(DELTA) and request.header("odata-version") != "4.01":
            raise bad_request(f"Invalid property '{name}'.")
    change(tenant, place.kind, row, body, None)
    return _changed(tenant, request, place.kind, row)


def replace_whole(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.kind is not None
    check_method(place.kind, "PUT")
    row = find_to_write(tenant, place)
    if row is None and place.kind.upsert:
        return _upsert(tenant, request, place)
    if row is None:
        raise missing(place.kind, place.key)
    replace(tenant, place.kind, row, checked_body(request, place.kind, row), None)
    return _changed(tenant, request, place.kind, row)


def _changed(tenant: Tenant, request: Request, kind: Kind, row: Row) -> Reply:
    now = tenant.objects.row(row.kind, row.id) or row
    effects = EFFECTS.get(kind.name)
    if effects is not None and effects.changed is not None:
        effects.changed(tenant, now)
    return shown(tenant, request, kind, now, 200) if kind.shows_updates else Reply(204)


def update_below(tenant: Tenant, request: Request, place: Place) -> Reply:
    """PATCH of a child, or PUT of one; by an alternate key, or where the kind allows it, one that is not there yet."""
    source, link = live_source(tenant, place)
    if link.held not in (Held.CONTAINED, Held.DERIVED):
        raise method_not_allowed()
    kind = KINDS[place.kinds[0]]
    check_method(kind, request.method)
    row = _child(tenant, source, link, place)
    if row is None:
        return _upsert_below(tenant, request, place, source, link)
    body = checked_body(request, kind, row)
    (change if request.method == "PATCH" else replace)(tenant, kind, row, body, Ref(source.kind, source.id))
    return _changed(tenant, request, kind, row)


def _child(tenant: Tenant, source: Row, link: LinkRule, place: Place) -> Row | None:
    row = linked_one(tenant, source, link, place)
    if row is not None and tenant.lag.unborn(row.kind, row.id):
        tenant.behaviour.hit("lagWrites")
        return None
    return row


def _upsert_below(tenant: Tenant, request: Request, place: Place, source: Row, link: LinkRule) -> Reply:
    kind = KINDS[place.kinds[0]]
    asked = request.prefers("create-if-missing") and bool(kind.keys) and not link.single
    if not (asked or kind.upsert):
        raise not_found(place.target or link.name)
    body = checked_body(request, kind)
    name = kind.keys[0] if asked else kind.key_property
    key = {name: place.target} if place.target and kind.properties[name].writes is not Writes.SERVER else {}
    new = add(tenant, kind, {**body, **key}, parent=source, link=link, method=request.method)
    return _made(tenant, request, kind, new)


def _upsert(tenant: Tenant, request: Request, place: Place) -> Reply:
    kind = place.kind
    assert kind is not None
    name = place.alternate or ("" if kind.singleton else kind.key_property)
    body = checked_body(request, kind)
    settable = bool(name) and kind.properties[name].writes is not Writes.SERVER
    key: dict[str, Any] = {name: place.key} if name else {}
    body, extra = ({**body, **key}, {}) if settable else (body, key)
    return _made(tenant, request, kind, add(tenant, kind, body, extra=extra, method=request.method))


def delete(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.kind is not None
    check_method(place.kind, "DELETE")
    row = find_to_write(tenant, place)
    if row is None:
        raise missing(place.kind, place.key)
    return _removed(tenant, row)


def _removed(tenant: Tenant, row: Row) -> Reply:
    remove(tenant, KINDS[row.kind], row)
    effects = EFFECTS.get(row.kind)
    if effects is not None and effects.removed is not None:
        effects.removed(tenant, row)
    return Reply(204)


def delete_below(tenant: Tenant, request: Request, place: Place) -> Reply:
    """DELETE of what a link leads to. Without `/$ref` that is the object itself, not its membership."""
    source, link = live_source(tenant, place)
    row = _child(tenant, source, link, place)
    if row is None and link.held is Held.DERIVED:
        raise assignment_missing()
    if row is None:
        raise not_found(place.target or link.name)
    check_method(KINDS[row.kind], "DELETE")
    if link.held not in (Held.CONTAINED, Held.DERIVED):
        tenant.access.check_write(KINDS[row.kind], KINDS[row.kind].writes("DELETE"))
    return _removed(tenant, row)


def put_stream(tenant: Tenant, request: Request, place: Place) -> Reply:
    """PUT of bytes, DELETE of them."""
    source, link = live_source(tenant, place)
    if not link.writable:
        raise method_not_allowed()
    before = source.object()
    after = {name: value for name, value in before.items() if name != link.via}
    if request.method == "DELETE":
        if link.via not in before:
            raise not_found(link.name)
    elif not request.body:
        raise GraphFault(400, "BadRequest", "The content of the stream is empty.")
    else:
        kept = base64.b64encode(request.body).decode()
        after[link.via] = {"contentType": request.header("content-type"), "base64": kept}
    tenant.ledger.update(source.kind, source.id, before, after)
    return _changed(tenant, request, KINDS[source.kind], source) if request.method == "PUT" else Reply(204)


def act(tenant: Tenant, request: Request, place: Place) -> Reply:
    assert place.action is not None
    row: Row | None = None
    if not place.action.collection or place.link is not None:
        row = _object_of(tenant, place)
    body = body_of(request) if request.body else {}
    return place.action.run(Call(tenant=tenant, request=request, row=row, body=body))


def _object_of(tenant: Tenant, place: Place) -> Row:
    assert place.kind is not None
    row = find_to_write(tenant, place)
    if row is None:
        raise missing(place.kind, place.key)
    return walked(tenant, row, place)


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


def live_source(tenant: Tenant, place: Place) -> tuple[Row, LinkRule]:
    assert place.link is not None
    return _object_of(tenant, place), place.link

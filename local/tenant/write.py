"""Create, update and delete of objects, after the rules have agreed.

In: a request and its place, inside a transaction. Out: 201 with the object, or 204. A body's `…@odata.bind` links are
part of the same write: one that is refused refuses all.
"""

from typing import Any

import msgspec

from local.tenant import answers
from local.tenant.clock import stamp
from local.tenant.links import Target
from local.tenant.message import Reply, Request
from local.tenant.navigate import linked_one
from local.tenant.objects import Json, Row, spelled
from local.tenant.options import Options
from local.tenant.projection import projection, selected
from local.tenant.read import find, missing
from local.tenant.rules import (
    Bound,
    GraphFault,
    Ref,
    assignment_missing,
    bound_links,
    check_create,
    check_delete,
    check_link,
    check_update,
    consequences,
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
    new = add(tenant, place.kind, body_of(request))
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
    _link(tenant, source, [Bound(place.link.name, Ref(named, new["id"]))])
    return created(request, KINDS[named], new)


def add(tenant: Tenant, kind: Kind, body: Json, *, parent: Row | None = None, extra: Json | None = None) -> Json:
    """`extra` are properties that the URL sets, which a body may not."""
    above = Ref(parent.kind, parent.id) if parent else None
    new = check_create(kind.name, body, tenant.directory, parent=above) | (extra or {})
    links = bound_links(kind.name, body, tenant.directory)
    kept = {name: value for name, value in new.items() if value is not None and value != []}
    tenant.ledger.create(kind.name, new["id"], kept)
    row = tenant.objects.row(kind.name, new["id"])
    assert row is not None
    _link(tenant, row, links)
    return kept


def created(request: Request, kind: Kind, new: Json) -> Reply:
    row = Row(0, kind.name, new["id"], "", msgspec.json.encode(new))
    names = selected(kind, None, beta=request.api == "beta", single=True)
    name = kind.path.strip("/") or kind.collection
    reply = answers.entity(request, name, Options(), projection(kind.name, names).show(row), 201)
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


def change(tenant: Tenant, kind: Kind, row: Row, body: Json, parent: Ref | None) -> None:
    before = row.object()
    after = check_update(kind.name, before, body, tenant.directory, parent=parent)
    tenant.ledger.update(kind.name, row.id, before, _kept(before, after, body))
    _link(tenant, row, bound_links(kind.name, body, tenant.directory))


def _kept(before: Json, after: Json, body: Json) -> Json:
    """A property that was never set stays unset, unless this write names it."""
    return {
        name: value
        for name, value in after.items()
        if name in before or name in body or (value is not None and value != [])
    }


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


def remove(tenant: Tenant, kind: Kind, row: Row) -> None:
    """To the recycle bin where the kind has one, else for good, with what goes along."""
    current = row.object()
    check_delete(kind.name, current, tenant.directory)
    if not kind.soft_delete:
        obliterate(tenant, row)
        return
    following = list(consequences(kind.name, current, tenant.directory, purge=False))
    at = stamp(tenant.clock.now())
    for ref in (Ref(kind.name, row.id), *following):
        other = tenant.objects.row(*ref)
        if other is not None:
            tenant.ledger.bin(*ref, {**other.object(), "deletedDateTime": at}, at)


def obliterate(tenant: Tenant, row: Row) -> None:
    following = list(consequences(row.kind, row.object(), tenant.directory, purge=True))
    for ref in following:
        tenant.ledger.purge(*ref)
    tenant.ledger.purge(row.kind, row.id)


def find_to_write(tenant: Tenant, place: Place) -> Row | None:
    """The newest state, except an object whose creation has not arrived at this replica."""
    assert place.kind is not None
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
    return row, place.link


def _link(tenant: Tenant, source: Row, links: list[Bound]) -> None:
    for bound in links:
        put_link(tenant, source, bound.link, bound.target)


def put_link(tenant: Tenant, source: Row, link: str, target: Ref) -> None:
    check_link(source.kind, source.object(), link, target, tenant.directory)
    own: Target = (source.kind, source.id)
    if KINDS[source.kind].links[link].single:
        for kind, key in tenant.links.targets(source.id, link):
            tenant.ledger.unlink(own, link, (kind, key))
        tenant.links.clear(source.id, link)
    if not tenant.links.has(source.id, link, target.id):
        tenant.ledger.link(own, link, (target.kind, target.id))

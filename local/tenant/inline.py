"""Writes to one item of a collection that lies inside an object and has an address below it.

In: POST to the collection, PATCH and DELETE of an item. Out: 201 with the item, or 204. What may become of an item is
for `rules.inline` to say; the object that holds it changes with it.
"""

from local.tenant import answers
from local.tenant.message import Reply, Request
from local.tenant.objects import Json, Row
from local.tenant.options import Options
from local.tenant.read import missing
from local.tenant.rules import not_found
from local.tenant.rules.inline import added, changed, removed
from local.tenant.schema import Kind
from local.tenant.tenant import Tenant
from local.tenant.tree import Place
from local.tenant.write import body_of, find_to_write, method_not_allowed


def add_item(tenant: Tenant, request: Request, place: Place) -> Reply:
    if place.target:
        raise method_not_allowed()
    kind, row, before = _holder(tenant, place)
    new = added(kind, place.inline, before, body_of(request), tenant.directory)
    _keep(tenant, kind, row, place, [*before.get(place.inline, ()), new])
    return answers.entity(request, f"{kind.collection}/{place.inline}", Options(), new, 201)


def change_item(tenant: Tenant, request: Request, place: Place) -> Reply:
    kind, row, before = _holder(tenant, place)
    at, item = _item(before, place)
    new = changed(kind, place.inline, before, item, body_of(request), tenant.directory)
    items = list(before[place.inline])
    items[at] = new
    _keep(tenant, kind, row, place, items)
    return Reply(204)


def remove_item(tenant: Tenant, request: Request, place: Place) -> Reply:
    kind, row, before = _holder(tenant, place)
    at, item = _item(before, place)
    removed(kind, place.inline, item)
    items = list(before[place.inline])
    del items[at]
    _keep(tenant, kind, row, place, items)
    return Reply(204)


def _holder(tenant: Tenant, place: Place) -> tuple[Kind, Row, Json]:
    assert place.kind is not None
    row = find_to_write(tenant, place)
    if row is None:
        raise missing(place.kind, place.key)
    return place.kind, row, row.object()


def _item(holder: Json, place: Place) -> tuple[int, Json]:
    if not place.target:
        raise method_not_allowed()
    for at, item in enumerate(holder.get(place.inline, ())):
        if str(item.get("id")).casefold() == place.target.casefold():
            return at, item
    raise not_found(place.target)


def _keep(tenant: Tenant, kind: Kind, row: Row, place: Place, items: list[Json]) -> None:
    before = row.object()
    stamp = tenant.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    moved = {name: stamp for name in ("lastModifiedDateTime", "modifiedDateTime") if name in kind.properties}
    tenant.ledger.update(row.kind, row.id, before, {**before, **moved, place.inline: items})

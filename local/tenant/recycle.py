"""The recycle bin: what lies in it, bringing it back, and emptying it by hand or after thirty days.

Conditional Access keeps a bin of its own, which applications may not be allowed to use: a switch says which.
"""

from dataclasses import replace
from datetime import timedelta

import msgspec

from local.tenant import answers
from local.tenant.actions import EFFECTS
from local.tenant.change import obliterate
from local.tenant.clock import stamp
from local.tenant.message import Reply, Request
from local.tenant.objects import Row, Selection
from local.tenant.options import Options, parse
from local.tenant.projection import projection, selected
from local.tenant.read import check_top, page_size, selection_of
from local.tenant.rules import GraphFault, bad_request, binned, check_restore, denied, not_found
from local.tenant.schema import KINDS
from local.tenant.tenant import Tenant
from local.tenant.tree import Place
from local.tenant.write import body_of, method_not_allowed

KEPT_DAYS = 30


def expire(tenant: Tenant) -> None:
    """Empties the bin of what has lain there too long; called before anybody looks into it."""
    oldest = stamp(tenant.clock.now() - timedelta(days=KEPT_DAYS))
    overdue = tenant.objects.binned_before(oldest)
    if overdue:
        with tenant.database.transaction():
            for kind, key in overdue:
                row = tenant.objects.row(kind, key, binned=True)
                if row is not None:
                    obliterate(tenant, row)


def check_allowed(tenant: Tenant, place: Place) -> None:
    own_bin = place.kind is not None and place.kind.bucket == "conditionalAccess"
    if own_bin and tenant.behaviour.on.ca_restore == "notSupported":
        tenant.behaviour.hit("caRestore")
        raise denied()


def list_binned(tenant: Tenant, request: Request, place: Place) -> Reply:
    check_allowed(tenant, place)
    kind = place.kind
    if kind is None:
        raise bad_request("Deleted items can only be listed by type: the path has to end with one.")
    if place.tail == "$count":
        if not request.eventual:
            raise bad_request("$count is not currently supported.")
        return Reply(
            200,
            str(tenant.objects.count(Selection((kind.name,), binned=True))).encode(),
            {"content-type": "text/plain"},
        )
    options = parse(request.query, (kind.query | {"$skiptoken"}) - {"$expand", "$search", "$skip"})
    check_top(options.top, kind)
    tenant.access.check_properties(kind, options.select or ())
    names = selected(kind, options.select, request.edition, single=False)
    state = answers.page_state(tenant, request, options)
    selection = selection_of(tenant, request, options, kind, binned=True)
    size = page_size(tenant, kind, options)
    shuffle = state["shuffle"] if state else tenant.disturbance.order()
    placed = tenant.view.page(selection, state.get("after", -1), size + 1, shuffle)
    more = ""
    if len(placed) > size:
        more = answers.next_link(tenant, request, options, {"after": placed[size - 1][0], "shuffle": shuffle})
    shown = [projection(kind.name, names).show(_as_binned(row)) for _, row in placed[:size]]
    number = tenant.objects.count(selection) if options.count and request.eventual and not options.skiptoken else None
    shown = tenant.disturbance.objects([kind] * len(shown), shown)
    return answers.envelope(request, kind.collection, options, shown, number, more)


def _as_binned(row: Row) -> Row:
    return replace(row, data=msgspec.json.encode(binned(row.kind, row.object())))


def one_binned(tenant: Tenant, request: Request, place: Place) -> Reply:
    check_allowed(tenant, place)
    row = _row(tenant, place)
    kind = KINDS[row.kind]
    options = parse(request.query, frozenset({"$select"}))
    tenant.access.check_properties(kind, options.select or ())
    names = selected(kind, options.select, request.edition, single=True)
    shown = projection(kind.name, names, typed=True, single=True).show(_as_binned(row))
    return answers.entity(request, "directoryObjects", options, tenant.disturbance.objects([kind], [shown])[0])


def restore(tenant: Tenant, request: Request, place: Place) -> Reply:
    check_allowed(tenant, place)
    row = _row(tenant, place)
    kind = KINDS[row.kind]
    tenant.access.check_write(kind, kind.writes("restore"))
    body = body_of(request) if request.body else {}
    new = check_restore(kind.name, row.object(), tenant.directory, body)
    tenant.ledger.unbin(kind.name, row.id, new)
    effects = EFFECTS.get(kind.name)
    if effects is not None and effects.restored is not None:
        effects.restored(tenant, replace(row, deleted="", data=msgspec.json.encode(new)))
    names = selected(kind, None, request.edition, single=True)
    shown = projection(kind.name, names, typed=True, single=True).show(
        replace(row, deleted="", data=msgspec.json.encode(new))
    )
    return answers.entity(request, "directoryObjects", Options(), shown)


def purge(tenant: Tenant, request: Request, place: Place) -> Reply:
    check_allowed(tenant, place)
    if place.tail:
        raise method_not_allowed()
    row = _row(tenant, place)
    tenant.access.check_write(KINDS[row.kind], KINDS[row.kind].writes("DELETE"))
    if row.kind == "administrativeUnit":
        # it is documented that a unit cannot be purged early; the words of the refusal are not known
        raise GraphFault(400, "Request_BadRequest", "An administrative unit cannot be permanently deleted.")
    obliterate(tenant, row)
    return Reply(204)


def _row(tenant: Tenant, place: Place) -> Row:
    for kind in place.kinds:
        row = tenant.objects.row(kind, place.key.lower(), binned=True)
        if row is not None:
            return row
    raise not_found(place.key)

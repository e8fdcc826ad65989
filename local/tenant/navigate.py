"""GET below an object: its members, owners, manager, assignments and whatever else its links lead to."""

from typing import Any

from local.tenant import answers
from local.tenant.filters import compile_filter
from local.tenant.linked import Placed, count, derived, linked
from local.tenant.message import Reply, Request
from local.tenant.objects import Row
from local.tenant.options import Options, parse
from local.tenant.projection import mixed, projection, selected
from local.tenant.read import check_top, find, missing, page_size, show_one
from local.tenant.rules import GraphFault, not_found
from local.tenant.schema import KINDS, Held, Kind, LinkRule
from local.tenant.tenant import Tenant
from local.tenant.tree import Place

ALLOWED = frozenset({"$select", "$top", "$count", "$filter", "$skiptoken"})


def source_of(tenant: Tenant, place: Place) -> tuple[Row, LinkRule]:
    kind, link = place.kind, place.link
    assert kind is not None
    assert link is not None
    row = find(tenant, place)
    if row is None:
        raise missing(kind, place.key)
    return row, link


def visible_kinds(request: Request, place: Place, link: LinkRule) -> tuple[str, ...]:
    """What a GET of the link shows: v1.0 leaves some kinds out, also where the path casts to them."""
    if request.api == "beta":
        return place.kinds
    return tuple(kind for kind in place.kinds if kind not in link.omits)


def list_linked(tenant: Tenant, request: Request, place: Place) -> Reply:
    row, link = source_of(tenant, place)
    kinds = visible_kinds(request, place, link)
    if place.tail == "$count":
        return _number(tenant, request, row, link, kinds)
    options = parse(request.query, ALLOWED)
    target = KINDS[place.kinds[0]]
    check_top(options.top, target)
    state = answers.page_state(tenant, request, options)
    size = page_size(tenant, target, options)
    placed = _placed(tenant, request, row, link, kinds, options, state.get("after"), size + 1)
    more = answers.next_link(tenant, request, options, {"after": placed[size - 1][0]}) if len(placed) > size else ""
    rows = [found for _, found in placed[:size]]
    shown = _refs(request, rows) if place.tail == "$ref" else _shown(tenant, request, place, link, rows, options)
    number = count(tenant, row, link, kinds) if options.count and request.eventual and not options.skiptoken else None
    return answers.envelope(request, _name(place, link), options, shown, number, more)


def _placed(
    tenant: Tenant,
    request: Request,
    row: Row,
    link: LinkRule,
    kinds: tuple[str, ...],
    options: Options,
    after: Any,
    limit: int,
) -> list[Placed]:
    if not kinds:
        return []
    if not options.filter:
        return linked(tenant, row, link, kinds, after, limit)
    if link.held is not Held.DERIVED:
        raise GraphFault(400, "Request_UnsupportedQuery", "$filter is not supported on this collection.")
    where, values = compile_filter(options.filter, KINDS[kinds[0]], advanced=request.eventual and options.count)
    return list(tenant.view.page(derived(link, row, kinds, where, values), after or 0, limit, 0))


def _number(tenant: Tenant, request: Request, row: Row, link: LinkRule, kinds: tuple[str, ...]) -> Reply:
    if not request.eventual:
        raise GraphFault(400, "Request_BadRequest", "$count is not currently supported.")
    parse(request.query, frozenset())
    number = count(tenant, row, link, kinds) if kinds else 0
    return Reply(200, str(number).encode(), {"content-type": "text/plain"})


def _refs(request: Request, rows: list[Row]) -> list[Any]:
    return [{"@odata.id": f"{request.root}/directoryObjects/{row.id}"} for row in rows]


def _shown(
    tenant: Tenant, request: Request, place: Place, link: LinkRule, rows: list[Row], options: Options
) -> list[Any]:
    beta = request.api == "beta"
    plain_kind = KINDS[place.cast or link.to[0]] if place.cast or len(link.to) == 1 else None
    if plain_kind is not None:
        one = projection(plain_kind.name, selected(plain_kind, options.select, beta=beta, single=False))
        shown = [one.show(row) for row in rows]
    else:
        projections = mixed(link.to, options.select, beta=beta)
        shown = [_readable(tenant, link, row, projections[row.kind].show(row)) for row in rows]
    return tenant.disturbance.objects([KINDS[row.kind] for row in rows], shown)


def _readable(tenant: Tenant, link: LinkRule, row: Row, shown: Any) -> Any:
    """A member the caller may not read comes as its type and id alone."""
    if link.name == "members" and row.kind in tenant.behaviour.on.unreadable_members:
        tenant.behaviour.hit("unreadableMembers")
        return {"@odata.type": KINDS[row.kind].odata_type, "id": row.id}
    return shown


def one_linked(tenant: Tenant, request: Request, place: Place) -> Reply:
    row, link = source_of(tenant, place)
    found = linked_one(tenant, row, link, place)
    if found is None:
        raise not_found(place.target or link.name)
    if place.tail == "$ref":
        url = f"{request.root}/directoryObjects/{found.id}"
        return answers.entity(request, "$ref", Options(), {"@odata.id": url})
    kind = KINDS[found.kind]
    options = parse(request.query, frozenset({"$select", "$expand"}) & kind.query)
    if link.held in (Held.CONTAINED, Held.DERIVED):
        return answers.entity(request, _name(place, link), options, show_one(tenant, request, kind, found, options))
    shown = mixed((kind.name,), options.select, beta=request.api == "beta")[kind.name].show(found)
    return answers.entity(request, "directoryObjects", options, tenant.disturbance.objects([kind], [shown])[0])


def linked_one(tenant: Tenant, row: Row, link: LinkRule, place: Place) -> Row | None:
    """The target that a path names; a contained object also by an alternate key of its kind."""
    if link.single:
        found = linked(tenant, row, link, place.kinds, None, 1)
        return found[0][1] if found else None
    for name in place.kinds:
        target = tenant.view.row(name, place.target) or _by_key(tenant, row, link, KINDS[name], place.target)
        if target is not None and _is_linked(tenant, row, link, target):
            return target
    return None


def _by_key(tenant: Tenant, row: Row, link: LinkRule, kind: Kind, value: str) -> Row | None:
    if link.held is not Held.CONTAINED or not kind.keys:
        return None
    rows = (found for _, found in linked(tenant, row, link, (kind.name,), None, kind.max_top))
    return next((found for found in rows if found.object().get(kind.keys[0]) == value), None)


def _is_linked(tenant: Tenant, row: Row, link: LinkRule, target: Row) -> bool:
    if link.held is Held.DERIVED:
        return str(target.object().get(link.via, "")).lower() == row.id.lower()
    if link.held is Held.INVERSE:
        return tenant.links.has(target.id, link.via, row.id)
    return any(kind == target.kind and key == target.id for kind, key in tenant.view.linked_ids(row.id, link.name))


def _name(place: Place, link: LinkRule) -> str:
    if link.held is Held.STORED or link.held is Held.INVERSE:
        return KINDS[place.cast].collection if place.cast else "directoryObjects"
    assert place.kind is not None
    return f"{place.kind.collection}('{place.key}')/{link.name}"


def any_object(tenant: Tenant, request: Request, place: Place) -> Reply:
    options = parse(request.query, frozenset({"$select"}))
    row = tenant.objects.any_kind(place.key)
    row = tenant.view.row(row.kind, row.id) if row else None
    if row is None or row.kind not in place.kinds:
        raise not_found(place.key)
    shown = mixed((row.kind,), options.select, beta=request.api == "beta")[row.kind].show(row)
    return answers.entity(
        request, "directoryObjects", options, tenant.disturbance.objects([KINDS[row.kind]], [shown])[0]
    )

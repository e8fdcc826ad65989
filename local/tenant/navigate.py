"""GET below an object: its members, owners, manager, assignments and whatever else its links lead to."""

from typing import Any

from local.tenant import answers
from local.tenant.enums import understood
from local.tenant.expand import expanded
from local.tenant.filters import check_filter, compile_filter
from local.tenant.linked import Placed, count, linked
from local.tenant.message import Reply, Request
from local.tenant.objects import Row, spelled
from local.tenant.options import Options, parse
from local.tenant.projection import mixed, projection, selected
from local.tenant.read import as_read, check_top, find, missing, page_size, show_one
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
    return walked(tenant, row, place), link


def walked(tenant: Tenant, row: Row, place: Place) -> Row:
    """From the object that the path starts with to the one whose link it ends with."""
    for step in place.steps:
        found = _target(tenant, row, step.link, step.link.to, step.target)
        if found is None:
            raise not_found(step.target or step.link.name)
        row = found
    return row


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
    target = KINDS[place.kinds[0]]
    options = parse(request.query, ALLOWED if target.directory_object else ALLOWED | ({"$expand"} & target.query))
    check_top(options.top, target)
    state = answers.page_state(tenant, request, options)
    size = page_size(tenant, target, options)
    placed = _placed(tenant, request, row, link, kinds, options, state.get("after"), size + 1)
    more = answers.next_link(tenant, request, options, {"after": placed[size - 1][0]}) if len(placed) > size else ""
    rows = [as_read(tenant, request, found) for _, found in placed[:size]]
    shown = _refs(request, rows) if place.tail == "$ref" else _shown(tenant, request, place, link, rows, options)
    counted = options.count and not options.skiptoken and (request.eventual or not target.directory_object)
    number = count(tenant, row, link, kinds) if counted else None
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
    if options.filter and link.held not in (Held.DERIVED, Held.CONTAINED):
        raise GraphFault(400, "Request_UnsupportedQuery", "$filter is not supported on this collection.")
    found = compile_filter(options.filter, KINDS[kinds[0]], advanced=request.eventual and options.count)
    if link.held is Held.CONTAINED:
        check_filter(KINDS[kinds[0]], found)
    return linked(tenant, row, link, kinds, after, limit, found.where, found.values)


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
    plain_kind = KINDS[place.cast or link.to[0]] if place.cast or len(link.to) == 1 else None
    hidden = _hidden(tenant, link)
    if plain_kind is not None:
        tenant.access.check_properties(plain_kind, options.select or ())
        one = projection(plain_kind.name, selected(plain_kind, options.select, request.edition, single=False))
        shown = understood(request, plain_kind, [one.show(row) for row in rows])
    else:
        projections = mixed(link.to, options.select, request.edition)
        shown = [projections[row.kind].show(row) for row in rows]
    if hidden:
        shown = [_bare(tenant, row) if row.kind in hidden else one for row, one in zip(rows, shown, strict=True)]
    if options.expand and plain_kind is not None:
        shown = [
            expanded(tenant, request, plain_kind, row, one, options.expand)
            for row, one in zip(rows, shown, strict=True)
        ]
    return tenant.disturbance.objects([KINDS[row.kind] for row in rows], shown)


def _hidden(tenant: Tenant, link: LinkRule) -> set[str]:
    """Kinds whose objects the caller may see as members, and may not read."""
    if link.held not in (Held.STORED, Held.INVERSE):
        return set()
    named = set(tenant.behaviour.on.unreadable_members) if link.name == "members" else set()
    known = [KINDS[name] for name in link.to if name in KINDS]
    return named | {kind.name for kind in known if kind.directory_object and not tenant.access.readable(kind)}


def _bare(tenant: Tenant, row: Row) -> dict[str, Any]:
    """What the caller may not read comes as its type and id alone."""
    tenant.behaviour.hit("unreadableMembers")
    return {"@odata.type": KINDS[row.kind].odata_type, "id": row.id}


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
    if link.held in (Held.CONTAINED, Held.DERIVED) or not kind.directory_object:
        return answers.entity(request, _name(place, link), options, show_one(tenant, request, kind, found, options))
    if kind.name in _hidden(tenant, link):
        return answers.entity(request, "directoryObjects", options, _bare(tenant, found))
    shown = mixed((kind.name,), options.select, request.edition)[kind.name].show(found)
    return answers.entity(request, "directoryObjects", options, tenant.disturbance.objects([kind], [shown])[0])


def linked_one(tenant: Tenant, row: Row, link: LinkRule, place: Place) -> Row | None:
    """The target that a path names; a contained object also by an alternate key of its kind."""
    return _target(tenant, row, link, place.kinds, place.target)


def _target(tenant: Tenant, row: Row, link: LinkRule, kinds: tuple[str, ...], named: str) -> Row | None:
    if link.single:
        found = linked(tenant, row, link, kinds, None, 1)
        return found[0][1] if found else None
    for kind in kinds:
        keys = (spelled(named), f"{row.id}/{named}")
        stored = (target for key in keys if (target := tenant.view.row(kind, key)) is not None)
        target = next(stored, None) or _by_key(tenant, row, link, KINDS[kind], named)
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
    row = tenant.objects.any_kind(place.key, place.kinds)
    row = tenant.view.row(row.kind, row.id) if row else None
    if row is None:
        raise not_found(place.key)
    tenant.access.check(KINDS[row.kind])
    shown = mixed((row.kind,), options.select, request.edition)[row.kind].show(row)
    return answers.entity(
        request, "directoryObjects", options, tenant.disturbance.objects([KINDS[row.kind]], [shown])[0]
    )

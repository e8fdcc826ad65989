"""GET of collections and single objects: projection, filter, expansion and paging of one kind."""

from typing import Any

from local.tenant import answers
from local.tenant.clouds import as_in
from local.tenant.enums import understood
from local.tenant.events import check_operators, newest_first, still_kept
from local.tenant.expand import expanded
from local.tenant.filters import check_filter, compile_filter
from local.tenant.licensing import licensed
from local.tenant.message import Reply, Request
from local.tenant.objects import Row, Selection, spelled
from local.tenant.options import Options, parse
from local.tenant.preview import check_read, shown_in
from local.tenant.projection import projection, selected
from local.tenant.rules import GraphFault, not_found
from local.tenant.schema import Kind
from local.tenant.tenant import Tenant
from local.tenant.tree import Place

SIGN_IN_PAGE = 500  # the documented maximum once signInActivity is selected


def check_top(top: int | None, kind: Kind) -> None:
    if top is not None and not 1 <= top <= kind.max_top:
        raise GraphFault(
            400,
            "Request_UnsupportedQuery",
            f"Invalid page size specified: '{top}'. Must be between 1 and {kind.max_top} inclusive.",
        )


def check_advanced(request: Request, options: Options, kind: Kind) -> bool:
    """Whether the query may use the secondary index; refuses what only that index could answer, or cannot."""
    advanced = request.eventual and options.count
    if options.search:
        raise GraphFault(
            400, "Request_UnsupportedQuery", "Request with $search query parameter is not supported by this tenant."
        )
    if options.orderby and options.filter and kind.directory_object and not advanced:
        raise GraphFault(400, "Request_UnsupportedQuery", "Sorting not supported for current query.")
    if options.expand and advanced and kind.directory_object:
        raise GraphFault(400, "Request_UnsupportedQuery", "$expand cannot be combined with an advanced query.")
    return advanced


def page_size(tenant: Tenant, kind: Kind, options: Options) -> int:
    size = options.top or kind.default_top
    if options.expand and kind.directory_object:
        size = min(size, kind.expand_top)
    if "signInActivity" in (options.select or ()):
        size = min(size, SIGN_IN_PAGE)
    return min(size, tenant.behaviour.on.max_page or size)


def selection_of(tenant: Tenant, request: Request, options: Options, kind: Kind, *, binned: bool = False) -> Selection:
    advanced = check_advanced(request, options, kind)
    found = compile_filter(options.filter, kind, advanced=advanced)
    if binned:
        return Selection((kind.name,), binned=True, where=found.where, parameters=found.values)
    check_filter(kind, found)
    tenant.access.check_filtered(kind, found.equal)
    return Selection((kind.name,), where=_where(found.where, request, kind), parameters=found.values)


def _where(filtered: str, request: Request, kind: Kind) -> str:
    return " AND ".join(part for part in (filtered, shown_in(kind, request.edition)) if part)


def as_read(tenant: Tenant, request: Request, row: Row) -> Row:
    """A row as licences and the cloud let it be seen."""
    row = licensed(tenant.behaviour, row)
    return row if request.cloud == "global" else as_in(request.cloud, row)


def list_objects(tenant: Tenant, request: Request, place: Place) -> Reply:
    kind = place.kind
    assert kind is not None
    if place.tail == "$count":
        return count_objects(tenant, request, kind)
    options = parse(request.query, kind.query | {"$skiptoken"})
    check_top(options.top, kind)
    tenant.access.check_properties(kind, options.select or ())
    check_operators(kind, options.filter)
    names = selected(kind, options.select, request.edition, single=False)
    state = answers.page_state(tenant, request, options)
    selection = still_kept(tenant, kind, selection_of(tenant, request, options, kind))
    size = page_size(tenant, kind, options)
    rows, following = _page(tenant, kind, options, selection, state, size)
    rows = [as_read(tenant, request, row) for row in rows]
    shown: list[Any] = [projection(kind.name, names).show(row) for row in rows]
    if options.expand:
        shown = [
            expanded(tenant, request, kind, row, one, options.expand) for row, one in zip(rows, shown, strict=True)
        ]
    shown = tenant.disturbance.objects([kind] * len(shown), understood(request, kind, shown))
    link = answers.next_link(tenant, request, options, following) if following else ""
    return answers.envelope(
        request, kind.path.strip("/"), options, shown, _count(tenant, request, options, kind, selection), link
    )


def _page(
    tenant: Tenant, kind: Kind, options: Options, selection: Selection, state: dict[str, Any], size: int
) -> tuple[list[Row], dict[str, Any]]:
    """Rows of this page, and the state of the next one, empty where there is none."""
    orderby = options.orderby or newest_first(kind)
    if orderby or options.skip:
        offset = state.get("offset", options.skip)
        rows = tenant.objects.ordered(selection, _order(kind, orderby), offset, size + 1)
        return rows[:size], {"offset": offset + size} if len(rows) > size else {}
    shuffle = state["shuffle"] if state else tenant.disturbance.order()
    placed = tenant.view.page(selection, state.get("after", -1), size + 1, shuffle)
    more = len(placed) > size
    placed = placed[:size]
    return [row for _, row in placed], {"after": placed[-1][0], "shuffle": shuffle} if more else {}


def _order(kind: Kind, orderby: str) -> tuple[str, bool]:
    name, _, direction = orderby.strip().partition(" ")
    rule = kind.properties.get(name)
    if orderby and (rule is None or rule.collection or direction.strip() not in ("", "asc", "desc")):
        raise GraphFault(400, "Request_UnsupportedQuery", f"Unsupported sort property '{orderby}' for '{kind.name}'.")
    return name, direction.strip() == "desc"


def _count(tenant: Tenant, request: Request, options: Options, kind: Kind, selection: Selection) -> int | None:
    """On the first page only; without ConsistencyLevel the directory leaves $count=true unanswered."""
    if not options.count or options.skiptoken or (kind.directory_object and not request.eventual):
        return None
    return tenant.objects.count(selection)


def count_objects(tenant: Tenant, request: Request, kind: Kind) -> Reply:
    if kind.directory_object and not request.eventual:
        raise GraphFault(400, "Request_BadRequest", "$count is not currently supported.")
    options = parse(request.query, frozenset({"$filter"}))
    found = compile_filter(options.filter, kind, advanced=True)
    check_filter(kind, found)
    tenant.access.check_filtered(kind, found.equal)
    number = tenant.objects.count(
        Selection((kind.name,), where=_where(found.where, request, kind), parameters=found.values)
    )
    return Reply(200, str(number).encode(), {"content-type": "text/plain"})


def find(tenant: Tenant, place: Place) -> Row | None:
    """The live object a place names, by its key or by an alternate one, as a read sees it; a singleton by nothing."""
    kind = place.kind
    assert kind is not None
    if kind.singleton:
        only = tenant.objects.first(kind.name)
        return tenant.view.row(kind.name, only.id) if only else None
    if place.alternate:
        rows = list(tenant.objects.where(kind.name, place.alternate, place.key))
        return rows[0] if rows else None
    if kind.name == "user" and "@" in place.key:
        rows = list(tenant.objects.where("user", "userPrincipalName", place.key))
        return tenant.view.row("user", rows[0].id) if rows else None
    return tenant.view.row(kind.name, spelled(place.key))


def one_object(tenant: Tenant, request: Request, place: Place) -> Reply:
    kind = place.kind
    assert kind is not None
    options = parse(request.query, frozenset({"$select", "$expand"}) & kind.query)
    row = find(tenant, place)
    if row is None:
        raise missing(kind, place.key)
    check_read(kind, row, request.edition)
    shown = show_one(tenant, request, kind, row, options)
    return answers.entity(request, kind.path.strip("/"), options, shown)


def show_one(tenant: Tenant, request: Request, kind: Kind, row: Row, options: Options) -> Any:
    tenant.access.check_properties(kind, options.select or ())
    names = selected(kind, options.select, request.edition, single=True)
    revealed = frozenset(kind.blanked) & frozenset(options.select or ())
    shown = projection(kind.name, names, single=True, revealed=revealed).show(as_read(tenant, request, row))
    if options.expand:
        shown = expanded(tenant, request, kind, row, shown, options.expand)
    return tenant.disturbance.objects([kind], understood(request, kind, [shown]))[0]


def missing(kind: Kind, key: str) -> GraphFault:
    if kind.bucket == "conditionalAccess":
        name = "NamedLocation" if kind.name == "namedLocation" else "Policy"
        return GraphFault(404, "ResourceNotFound", f"{name} with id {key} does not exist in the directory.")
    return not_found(key or kind.collection)

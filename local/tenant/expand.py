"""$expand: related objects inside an answer.

Of a directory object at most twenty of a collection come, without a link to the rest, and one navigation at a time;
other services expand several at once, whole, and to any depth.
"""

from typing import Any

from local.tenant.answers import context
from local.tenant.enums import understood
from local.tenant.linked import linked
from local.tenant.message import Request
from local.tenant.objects import Row
from local.tenant.options import Expand, Options
from local.tenant.projection import Answer, Projection, mixed, plain, projection, selected, unknown_property
from local.tenant.rules import GraphFault
from local.tenant.schema import KINDS, Kind, LinkRule
from local.tenant.tenant import Tenant
from local.tenant.view import EVERYTHING


def expanded(tenant: Tenant, request: Request, kind: Kind, row: Row, shown: Any, expand: tuple[Expand, ...]) -> Answer:
    if len(expand) > 1 and kind.directory_object:
        raise GraphFault(400, "Request_BadRequest", "Only one property can be expanded in a single query.")
    answer = plain(shown)
    for one in expand:
        link = kind.links.get(one.name)
        if link is None or not link.expand or link.stream or not link.known(request.edition):
            raise unknown_property(one.name, kind)
        if one.expand and kind.directory_object:
            raise GraphFault(400, "Request_UnsupportedQuery", "The option '$expand' is not supported inside $expand.")
        tenant.access.check_link(kind, link)
        related = _related(tenant, request, kind, row, link, one)
        if not kind.directory_object:
            answer[f"{one.name}@odata.context"] = context(
                request,
                f"{kind.collection}('{row.id}')/{one.name}",
                Options(one.select, one.expand),
                entity=link.single,
            )
        if not link.single:
            answer[one.name] = related
        elif related:
            answer[one.name] = related[0]
        elif not kind.directory_object:
            answer[one.name] = None
    return answer


def _related(tenant: Tenant, request: Request, kind: Kind, row: Row, link: LinkRule, expand: Expand) -> list[Any]:
    projections = _projections(request, link, expand)
    most = link.expand_cap if kind.directory_object else EVERYTHING
    rows = [found for _, found in linked(tenant, row, link, link.to, None, 1 if link.single else most)]
    shown = [understood(request, KINDS[found.kind], [projections[found.kind].show(found)])[0] for found in rows]
    if expand.expand:
        shown = [
            expanded(tenant, request, KINDS[found.kind], found, one, expand.expand)
            for found, one in zip(rows, shown, strict=True)
        ]
    return tenant.disturbance.objects([KINDS[found.kind] for found in rows], shown)


def _projections(request: Request, link: LinkRule, expand: Expand) -> dict[str, Projection]:
    """Directory objects, and objects of several kinds, say what they are; others do where they have subtypes."""
    only = KINDS[link.to[0]] if len(link.to) == 1 else None
    if only is None or only.directory_object:
        return mixed(link.to, expand.select, request.edition)
    names = selected(only, expand.select, request.edition, single=False)
    return {only.name: projection(only.name, names)}

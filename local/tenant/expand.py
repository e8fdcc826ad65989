"""$expand: related objects inside an answer, at most twenty of a collection, without a link to the rest."""

from typing import Any

from local.tenant.linked import linked
from local.tenant.message import Request
from local.tenant.objects import Row
from local.tenant.options import Expand
from local.tenant.projection import Answer, mixed, plain, unknown_property
from local.tenant.rules import GraphFault
from local.tenant.schema import KINDS, Kind, LinkRule
from local.tenant.tenant import Tenant


def expanded(tenant: Tenant, request: Request, kind: Kind, row: Row, shown: Any, expand: tuple[Expand, ...]) -> Answer:
    if len(expand) > 1 and kind.directory_object:
        raise GraphFault(400, "Request_BadRequest", "Only one property can be expanded in a single query.")
    answer = plain(shown)
    for one in expand:
        link = kind.links.get(one.name)
        if link is None or not link.expand:
            raise unknown_property(one.name, kind)
        related = _related(tenant, request, row, link, one)
        if not link.single:
            answer[one.name] = related
        elif related:
            answer[one.name] = related[0]
    return answer


def _related(tenant: Tenant, request: Request, row: Row, link: LinkRule, expand: Expand) -> list[Any]:
    projections = mixed(link.to, expand.select, beta=request.api == "beta")
    limit = 1 if link.single else link.expand_cap
    rows = [found for _, found in linked(tenant, row, link, link.to, None, limit)]
    shown = [projections[found.kind].show(found) for found in rows]
    return tenant.disturbance.objects([KINDS[found.kind] for found in rows], shown)

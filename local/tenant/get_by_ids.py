"""`POST /directoryObjects/getByIds`: up to a thousand objects by id, of the kinds asked for, in one call."""

from typing import Any

from local.tenant import answers
from local.tenant.message import Reply, Request
from local.tenant.options import parse
from local.tenant.projection import mixed
from local.tenant.rules import bad_request
from local.tenant.schema import KINDS
from local.tenant.tenant import Tenant
from local.tenant.tree import Place
from local.tenant.write import body_of

LIMIT = 1000


def get_by_ids(tenant: Tenant, request: Request, place: Place) -> Reply:
    options = parse(request.query, frozenset({"$select"}))
    body = body_of(request)
    ids, types = body.get("ids"), body.get("types") or ["directoryObject"]
    if not isinstance(ids, list) or not ids or len(ids) > LIMIT or set(body) - {"ids", "types"}:
        raise bad_request(f"Invalid value specified for property 'ids': between 1 and {LIMIT} ids are expected.")
    wanted = set(place.kinds) if "directoryObject" in types else set(types) & set(place.kinds)
    wanted = {kind for kind in wanted if tenant.access.readable(KINDS[kind])}
    rows = [tenant.objects.any_kind(str(key).lower(), place.kinds) for key in dict.fromkeys(ids)]
    seen = [tenant.view.row(row.kind, row.id) for row in rows if row is not None and row.kind in wanted]
    found = [row for row in seen if row is not None]
    projections = mixed(place.kinds, options.select, request.edition)
    shown: list[Any] = [projections[row.kind].show(row) for row in found]
    shown = tenant.disturbance.objects([KINDS[row.kind] for row in found], shown)
    return answers.envelope(request, "directoryObjects", options, shown, None, "")

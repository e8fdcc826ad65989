"""GET of what is bytes and not JSON: logos, images of the sign-in page."""

import base64
from typing import Any

from local.tenant.message import Reply, Request
from local.tenant.navigate import source_of
from local.tenant.options import parse
from local.tenant.rules import not_found
from local.tenant.tenant import Tenant
from local.tenant.tree import Place


def stream(tenant: Tenant, request: Request, place: Place) -> Reply:
    parse(request.query, frozenset())
    row, link = source_of(tenant, place)
    kept: dict[str, Any] | None = row.object().get(link.via)
    if not kept:
        raise not_found(link.name)
    return Reply(200, base64.b64decode(kept["base64"]), {"content-type": kept["contentType"]})

"""Whether the caller may make a write at all: asked before anything is looked for.

In: the request and its place. A refusal is Graph's 403. What depends on the object itself (a privileged account, a unit
with restricted management) is for the rules.
"""

import msgspec

from local.tenant.message import Request
from local.tenant.schema import KINDS, Held, Kind, LinkRule
from local.tenant.tenant import Tenant
from local.tenant.tree import Place, Shape

CHILDREN = (Held.CONTAINED, Held.DERIVED)


def check(tenant: Tenant, request: Request, place: Place) -> None:
    access, source = tenant.access, place.source
    if source is None or place.shape is Shape.BINNED:
        return  # the general bin: by the kind of what lies there
    if place.action is not None:
        kind = KINDS[place.action.kind]
        access.check_write(kind, place.action.writes_with or kind.writes("PATCH"))
    elif place.link is not None:
        _check_link(tenant, request, place, source, place.link)
    elif request.method == "PATCH" and not request.prefers("create-if-missing"):
        access.check_written(source, _names(request))
    else:
        access.check_write(source, source.writes(request.method))


def _check_link(tenant: Tenant, request: Request, place: Place, source: Kind, link: LinkRule) -> None:
    access = tenant.access
    if link.stream or place.tail == "$ref":
        access.check_write(source, link.writes_with or source.writes("PATCH"))
        return
    target = KINDS[place.kinds[0]]
    if link.writes_with:
        access.check_write(target, link.writes_with)
    elif request.method == "PATCH":
        access.check_written(target, _names(request))
    else:
        below = target.writes(request.method) or (source.writes("PATCH") if link.held in CHILDREN else ())
        access.check_write(target, below)


def _names(request: Request) -> tuple[str, ...]:
    """What a body names; whether it can be used is not asked here."""
    try:
        return tuple(msgspec.json.decode(request.body, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()

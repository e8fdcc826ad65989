"""`$ref`: adding, setting and removing links without touching the objects they join."""

from local.tenant.actions import EFFECTS
from local.tenant.assigned import attach, detach
from local.tenant.change import put_link
from local.tenant.message import Reply, Request
from local.tenant.rules import Ref, bad_request, check_unlink, not_found, target_of
from local.tenant.rules.references import any_object
from local.tenant.schema import Held
from local.tenant.tenant import Tenant
from local.tenant.tree import Place
from local.tenant.write import body_of, live_source, method_not_allowed


def add_ref(tenant: Tenant, request: Request, place: Place) -> Reply:
    """POST to a collection of links, PUT to a single one."""
    source, link = live_source(tenant, place)
    if link.single != (request.method == "PUT") or place.target:
        raise method_not_allowed()
    body = body_of(request)
    if set(body) != {"@odata.id"}:
        raise bad_request("A reference has to be given as '@odata.id', and nothing else.")
    if link.held is Held.INVERSE:
        attach(tenant, source, link, body["@odata.id"])
        return Reply(204)
    target = target_of(body["@odata.id"], link, tenant.directory)
    put_link(tenant, source, link.name, target)
    effects = EFFECTS.get(source.kind)
    if effects is not None and effects.linked is not None:
        effects.linked(tenant, source, link.name, target)
    return Reply(204)


def remove_ref(tenant: Tenant, request: Request, place: Place) -> Reply:
    source, link = live_source(tenant, place)
    if link.held is Held.INVERSE and place.target:
        detach(tenant, source, link, place.target)
        return Reply(204)
    if link.single:
        targets = tenant.links.targets(source.id, link.name)
        target = Ref(*targets[0]) if targets else None
    elif place.target:
        target = any_object(tenant.directory, place.target) or any_object(tenant.directory, place.target, link.to)
    else:
        raise method_not_allowed()
    if target is None:
        raise not_found(place.target or link.name)
    check_unlink(source.kind, source.object(), link.name, target, tenant.directory)
    tenant.ledger.unlink((source.kind, source.id), link.name, target)
    effects = EFFECTS.get(source.kind)
    if effects is not None and effects.unlinked is not None:
        effects.unlinked(tenant, source, link.name, target)
    return Reply(204)

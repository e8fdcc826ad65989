"""The changes that a write makes once its place is known: the rules are asked, then the ledger is told.

In: kinds, rows, bodies, inside a transaction. A body's `…@odata.bind` links are part of the same change: one that is
refused refuses all.
"""

from local.tenant.clock import stamp
from local.tenant.links import Target
from local.tenant.objects import Json, Row
from local.tenant.rules import (
    Bound,
    Ref,
    bound_links,
    check_create,
    check_delete,
    check_link,
    check_update,
    consequences,
)
from local.tenant.schema import KINDS, Kind
from local.tenant.tenant import Tenant


def add(tenant: Tenant, kind: Kind, body: Json, *, parent: Row | None = None, extra: Json | None = None) -> Json:
    """`extra` are properties that the URL sets, which a body may not."""
    above = Ref(parent.kind, parent.id) if parent else None
    new = check_create(kind.name, body, tenant.directory, parent=above) | (extra or {})
    links = bound_links(kind.name, body, tenant.directory)
    kept = {name: value for name, value in new.items() if value is not None and value != []}
    tenant.ledger.create(kind.name, new["id"], kept)
    row = tenant.objects.row(kind.name, new["id"])
    assert row is not None
    put_links(tenant, row, links)
    return kept


def change(tenant: Tenant, kind: Kind, row: Row, body: Json, parent: Ref | None) -> None:
    before = row.object()
    after = check_update(kind.name, before, body, tenant.directory, parent=parent)
    tenant.ledger.update(kind.name, row.id, before, _kept(before, after, body))
    put_links(tenant, row, bound_links(kind.name, body, tenant.directory))


def _kept(before: Json, after: Json, body: Json) -> Json:
    """A property that was never set stays unset, unless this write names it."""
    return {
        name: value
        for name, value in after.items()
        if name in before or name in body or (value is not None and value != [])
    }


def remove(tenant: Tenant, kind: Kind, row: Row) -> None:
    """To the recycle bin where the kind has one, else for good, with what goes along."""
    current = row.object()
    check_delete(kind.name, current, tenant.directory)
    if not kind.soft_delete:
        obliterate(tenant, row)
        return
    following = list(consequences(kind.name, current, tenant.directory, purge=False))
    at = stamp(tenant.clock.now())
    for ref in (Ref(kind.name, row.id), *following):
        other = tenant.objects.row(*ref)
        if other is not None:
            tenant.ledger.bin(*ref, {**other.object(), "deletedDateTime": at}, at)


def obliterate(tenant: Tenant, row: Row) -> None:
    following = list(consequences(row.kind, row.object(), tenant.directory, purge=True))
    for ref in following:
        tenant.ledger.purge(*ref)
    tenant.ledger.purge(row.kind, row.id)


def put_links(tenant: Tenant, source: Row, links: list[Bound]) -> None:
    for bound in links:
        put_link(tenant, source, bound.link, bound.target)


def put_link(tenant: Tenant, source: Row, link: str, target: Ref) -> None:
    check_link(source.kind, source.object(), link, target, tenant.directory)
    own: Target = (source.kind, source.id)
    if KINDS[source.kind].links[link].single:
        for kind, key in tenant.links.targets(source.id, link):
            tenant.ledger.unlink(own, link, (kind, key))
        tenant.links.clear(source.id, link)
    if not tenant.links.has(source.id, link, target.id):
        tenant.ledger.link(own, link, (target.kind, target.id))

"""The changes that a write makes once its place is known: the rules are asked, then the ledger is told.

In: kinds, rows, bodies, inside a transaction. A body's `…@odata.bind` links and the children it brings along are part
of the same change: one that is refused refuses all.
"""

from collections.abc import Iterator
from typing import Any

from local.tenant.clock import stamp
from local.tenant.links import Target
from local.tenant.objects import Json, Row
from local.tenant.rules import (
    Bound,
    Ref,
    bad_request,
    bound_links,
    check_create,
    check_delete,
    check_link,
    check_replace,
    check_update,
    consequences,
    stored_key,
)
from local.tenant.schema import KINDS, Held, Kind, LinkRule
from local.tenant.tenant import Tenant


def add(
    tenant: Tenant,
    kind: Kind,
    body: Json,
    *,
    parent: Row | None = None,
    link: LinkRule | None = None,
    extra: Json | None = None,
    method: str = "POST",
) -> Row:
    """`parent` and `link` are what a child hangs on; `extra` are properties that the URL sets, which a body may not."""
    above = Ref(parent.kind, parent.id) if parent else None
    plain, children = _apart(kind, body)
    new = check_create(kind.name, plain, tenant.directory, parent=above, method=method) | (extra or {})
    if link is not None and link.held is Held.DERIVED and above is not None:
        new[link.via] = above.id
    links = bound_links(kind.name, plain, tenant.directory)
    kept = {name: value for name, value in new.items() if value is not None and value != []}
    key = stored_key(kind, kept, above)
    tenant.ledger.create(kind.name, key, kept)
    row = _row(tenant, kind, key)
    if parent is not None and link is not None and link.held is Held.CONTAINED:
        tenant.ledger.link((parent.kind, parent.id), link.name, (kind.name, key))
    put_links(tenant, row, links)
    _add_children(tenant, row, children)
    return row


def _row(tenant: Tenant, kind: Kind, key: str) -> Row:
    row = tenant.objects.row(kind.name, key)
    assert row is not None
    return row


def _apart(kind: Kind, body: Json) -> tuple[Json, list[tuple[LinkRule, list[Json]]]]:
    """A body without the children it brings along, and those."""
    deep = {name: kind.links[name] for name in body if name in kind.links and kind.links[name].deep}
    plain = {name: value for name, value in body.items() if name not in deep}
    return plain, [(link, list(_children(link, body[name]))) for name, link in deep.items()]


def _children(link: LinkRule, sent: Any) -> Iterator[Json]:
    many = [sent] if link.single and sent is not None else sent
    for child in many if isinstance(many, list) else (None,):
        if not isinstance(child, dict):
            raise bad_request(f"Invalid value specified for property '{link.name}'.")
        yield child


def _add_children(tenant: Tenant, row: Row, children: list[tuple[LinkRule, list[Json]]]) -> None:
    for link, bodies in children:
        for body in bodies:
            add(tenant, KINDS[link.to[0]], body, parent=row, link=link)


def change(tenant: Tenant, kind: Kind, row: Row, body: Json, parent: Ref | None) -> None:
    before = row.object()
    body, changed = _changed_children(kind, body)
    plain, children = _apart(kind, body)
    after = check_update(kind.name, before, plain, tenant.directory, parent=parent)
    tenant.ledger.update(kind.name, row.id, before, _kept(before, after, plain))
    put_links(tenant, row, bound_links(kind.name, plain, tenant.directory))
    _replace_children(tenant, row, children)
    for link, bodies in changed:
        _change_children(tenant, row, link, bodies)


DELTA = "@delta"


def _changed_children(kind: Kind, body: Json) -> tuple[Json, list[tuple[LinkRule, list[Json]]]]:
    """A body without the changes to its children (`allowedValues@delta`), and those."""
    links = {name: kind.links.get(name.removesuffix(DELTA)) for name in body if name.endswith(DELTA)}
    found = [
        (link, list(_children(link, body[name]))) for name, link in links.items() if link is not None and link.deep
    ]
    known = {f"{link.name}{DELTA}" for link, _ in found}
    return {name: value for name, value in body.items() if name not in known}, found


def _change_children(tenant: Tenant, row: Row, link: LinkRule, bodies: list[Json]) -> None:
    """Each is changed where it is there, and added where it is not."""
    kind = KINDS[link.to[0]]
    there = {
        found.object().get(kind.key_property): found
        for target in tenant.links.targets(row.id, link.name)
        if (found := tenant.objects.row(*target)) is not None
    }
    for body in bodies:
        key = body.get(kind.key_property)
        if key in there:
            rest = {name: value for name, value in body.items() if name != kind.key_property}
            change(tenant, kind, there[key], rest, Ref(row.kind, row.id))
        else:
            add(tenant, kind, body, parent=row, link=link)


def replace(tenant: Tenant, kind: Kind, row: Row, body: Json, parent: Ref | None) -> None:
    before = row.object()
    plain, children = _apart(kind, body)
    after = check_replace(kind.name, before, plain, tenant.directory, parent=parent)
    kept = {name: value for name, value in after.items() if value is not None and value != []}
    tenant.ledger.update(kind.name, row.id, before, kept)
    put_links(tenant, row, bound_links(kind.name, plain, tenant.directory))
    _replace_children(tenant, row, children)


def _replace_children(tenant: Tenant, row: Row, children: list[tuple[LinkRule, list[Json]]]) -> None:
    for link, bodies in children:
        replace_children(tenant, row, link, bodies)


def replace_children(tenant: Tenant, row: Row, link: LinkRule, bodies: list[Json]) -> None:
    """What hangs on the link goes, and these are made."""
    for target in tenant.links.targets(row.id, link.name):
        old = tenant.objects.row(*target)
        if old is not None:
            obliterate(tenant, old)
    _add_children(tenant, row, [(link, bodies)])


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
    following = list(consequences(row.kind, row.object(), tenant.directory, purge=True, key=row.id))
    for ref in following:
        below = tenant.objects.row(*ref, binned=None)
        if below is not None:
            obliterate(tenant, below)
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

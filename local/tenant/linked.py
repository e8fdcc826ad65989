"""The objects at the other end of a link, whatever holds it: stored rows, a property, or somebody else's link.

In: the source object and the rule of its link. Out: rows, each with its place, so that a next page can start behind it.
"""

from local.tenant.database import value_of
from local.tenant.objects import Row, Selection
from local.tenant.schema import Held, LinkRule
from local.tenant.tenant import Tenant

type Place = int | str
type Placed = tuple[Place, Row]


def linked(
    tenant: Tenant,
    source: Row,
    link: LinkRule,
    kinds: tuple[str, ...],
    after: Place | None,
    limit: int,
    where: str = "",
    values: tuple[object, ...] = (),
) -> list[Placed]:
    """`where` is a compiled filter; only what is stored, contained or derived takes one."""
    if _hidden(tenant, source, link):
        return []
    if link.held in (Held.STORED, Held.CONTAINED):
        wanted = Selection(kinds, where=where, parameters=values)
        rows = tenant.view.targets(source.id, link.name, wanted, str(after or ""), limit)
    elif link.held is Held.INVERSE:
        rows = tenant.links.source_rows(source.id, link.via, kinds, str(after or ""), limit)
    elif link.held is Held.OWN:
        rows = _own(tenant, source, link)
    else:
        return list(tenant.view.page(derived(link, source, kinds, where, values), int(after or 0), limit, 0))
    return [(row.id, row) for row in rows]


def derived(
    link: LinkRule, source: Row, kinds: tuple[str, ...], where: str = "", values: tuple[object, ...] = ()
) -> Selection:
    """The selection of the objects whose property `via` names the source."""
    own = f"{value_of(link.via)} = ? COLLATE NOCASE"
    return Selection(kinds, where=f"{own} AND {where}" if where else own, parameters=(source.id, *values))


def count(tenant: Tenant, source: Row, link: LinkRule, kinds: tuple[str, ...]) -> int:
    if _hidden(tenant, source, link):
        return 0
    if link.held is Held.DERIVED:
        return tenant.objects.count(derived(link, source, kinds))
    if link.held is Held.INVERSE:
        return tenant.links.count("source", source.id, link.via, kinds)
    return tenant.links.count("target", source.id, link.name, kinds)


def _hidden(tenant: Tenant, source: Row, link: LinkRule) -> bool:
    """Members of hidden groups and units. That they are left out in silence is what callers have reported; the API
    pages say only that they take a permission of their own."""
    if not link.hidden or source.object().get("visibility") != "HiddenMembership":
        return False
    hidden = not tenant.access.holds((link.hidden,))
    if hidden:
        tenant.behaviour.hit("hiddenMembers")
    return hidden


def _own(tenant: Tenant, source: Row, link: LinkRule) -> list[Row]:
    key = source.object().get(link.via)
    found = (tenant.view.row(kind, key) for kind in link.to) if key else ()
    return [row for row in found if row is not None]

"""The items of a delta page: objects with what was set on them, links piece by piece, and tombstones.

A first round walks the objects in order; a large group is spread over pages and comes back with further members. A
later round tells the journal's news, each object once, its links with the last thing that happened to each.
"""

from collections.abc import Iterator
from typing import Any

from local.tenant.journal import Change
from local.tenant.objects import Row, Selection
from local.tenant.projection import Answer, plain, projection
from local.tenant.schema import KINDS, Kind
from local.tenant.tenant import Tenant

type Page = tuple[list[Any], dict[str, Any]]

GONE = {"deleted": "changed", "purged": "deleted"}


def first_items(
    tenant: Tenant, kind: Kind, names: tuple[str, ...], links: tuple[str, ...], state: dict[str, Any], size: int
) -> Page:
    after, link_at, link_after = state.get("after", -1), state.get("link", 0), state.get("linkAfter", "")
    budget = tenant.behaviour.on.delta_links_per_page
    rows = tenant.view.page(Selection((kind.name,)), after, size + 1, state["shuffle"])
    items: list[Any] = _tombstones(tenant, kind) if after == -1 and not state.get("started") else []
    for number, (place, row) in enumerate(rows[:size]):
        item = _shown(tenant, kind, names, row)
        for at in range(link_at, len(links)):
            targets = tenant.view.linked_ids(row.id, links[at], link_after, budget + 1)
            link_after = ""
            if targets:
                item[f"{links[at]}@delta"] = [_linked(*target) for target in targets[:budget]]
            if len(targets) > budget:
                state = {"after": after, "link": at, "linkAfter": targets[budget - 1][1], "started": True}
                return [*items, item], state
            budget -= len(targets)
        items.append(item)
        after, link_at = place, 0
        if number + 1 < len(rows) and budget <= 0:
            return items, {"after": after, "link": 0, "linkAfter": "", "started": True}
    return items, {"after": after, "link": 0, "linkAfter": "", "started": True} if len(rows) > size else {}


def changed_items(
    tenant: Tenant, kind: Kind, names: tuple[str, ...], links: tuple[str, ...], state: dict[str, Any], size: int
) -> Page:
    since = state.get("at", state["since"])
    changes = tenant.journal.since(kind.name, since, state["until"])
    by_id: dict[str, list[Change]] = {}
    for change in changes:
        if len(by_id) == size and change.id not in by_id:
            return _items(tenant, kind, names, links, by_id), {"at": change.version - 1}
        by_id.setdefault(change.id, []).append(change)
    return _items(tenant, kind, names, links, by_id), {}


def _items(
    tenant: Tenant, kind: Kind, names: tuple[str, ...], links: tuple[str, ...], by_id: dict[str, list[Change]]
) -> list[Any]:
    found = (_changed(tenant, kind, names, links, key, news) for key, news in by_id.items())
    most = tenant.behaviour.on.delta_links_per_page
    return [part for item in found if item is not None for part in _parts(item, links, most)]


def _parts(item: Answer, links: tuple[str, ...], most: int) -> Iterator[Answer]:
    """An object with many links comes several times, each time with some of them."""
    rest = {f"{link}@delta": item[f"{link}@delta"][most:] for link in links if f"{link}@delta" in item}
    yield {name: value[:most] if name in rest else value for name, value in item.items()}
    for name, news in rest.items():
        for at in range(0, len(news), most):
            yield {"id": item["id"], name: news[at : at + most]}


def _changed(
    tenant: Tenant, kind: Kind, names: tuple[str, ...], links: tuple[str, ...], key: str, news: list[Change]
) -> Answer | None:
    """What a round tells of one object; None where it is nothing new: untracked properties moved, or links of an
    object whose removal was told before. An object may be gone already while its removal is told in a later round."""
    last = next((change.action for change in reversed(news) if not change.link), "")
    if last in GONE:
        return {"id": key, "@removed": {"reason": GONE[last]}}
    if not last and tenant.journal.last_action(kind.name, key, news[0].version) in GONE:
        return None
    row = tenant.objects.row(kind.name, key)
    born = row is not None and any(change.action in ("created", "restored") for change in news)
    moved = any(change.names & set(names) for change in news)
    item: Answer = _shown(tenant, kind, names, row) if row is not None and (born or moved) else {"id": key}
    for link in links:
        moved_links = {one["id"]: one for one in _moved_links(news, link)}
        if born:
            moved_links |= {one["id"]: one for one in _born_links(tenant, key, link)}
        if moved_links:
            item[f"{link}@delta"] = list(moved_links.values())
    return item if len(item) > 1 or born or (moved and row is not None) else None


def _born_links(tenant: Tenant, key: str, link: str) -> list[Answer]:
    return [_linked(*target) for target in tenant.links.targets(key, link)]


def _moved_links(news: list[Change], link: str) -> list[Answer]:
    last = {change.target: change for change in news if change.link == link}
    return [
        _linked(change.target_kind, change.target)
        | ({"@removed": {"reason": "deleted"}} if change.action == "unlinked" else {})
        for change in last.values()
    ]


def _linked(kind: str, key: str) -> Answer:
    return {"@odata.type": KINDS[kind].odata_type, "id": key}


def _shown(tenant: Tenant, kind: Kind, names: tuple[str, ...], row: Row) -> Answer:
    shown = plain(projection(kind.name, names, sparse=True).show(row))
    return plain(tenant.disturbance.objects([kind], [shown])[0])


def _tombstones(tenant: Tenant, kind: Kind) -> list[Any]:
    """Where the switch says so, a first round also tells of what lies in the recycle bin."""
    if not tenant.behaviour.on.delta_removed_at_start:
        return []
    rows = tenant.objects.page(Selection((kind.name,), binned=True), -1, 1000)
    return [{"id": row.id, "@removed": {"reason": "changed"}} for _, row in rows]

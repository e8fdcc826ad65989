"""Fills a new store with a generated company, once: a store that already holds one is used as it is.

An object that has a deletedDateTime lies in the recycle bin.
"""

from collections.abc import Iterable
from typing import Any

from local.tenant.company import Link, Sizes, company
from local.tenant.objects import text
from local.tenant.schema import KINDS, Writes
from local.tenant.tenant import Tenant

BATCH = 2000


def load(tenant: Tenant, size: int | Sizes, seed: int) -> None:
    if tenant.database.meta("loaded"):
        tenant.database.index()
        return
    with tenant.database.transaction():
        _fill(tenant, company(size, seed, tenant.id, tenant.clock.now()))
    tenant.database.index()
    tenant.database.set_meta("loaded", f"{size}, seed {seed}")


def _fill(tenant: Tenant, items: Iterable[Any]) -> None:
    sql = tenant.database.sql
    sql.execute("DELETE FROM objects")
    sql.execute("DELETE FROM links")
    objects: list[tuple[str, str, str | None, str]] = []
    links: list[tuple[str, str, str, str, str]] = []
    for item in items:
        if isinstance(item, Link):
            links.append((item.source_id, item.link, item.target_id, item.kind, item.target_kind))
        else:
            kept = {name: value for name, value in item.properties.items() if value is not None and value != []}
            key = item.key or KINDS[item.kind].key_of(kept)
            if item.kind == "servicePrincipal" and _foreign(tenant, kept):
                tenant.database.set_meta(f"elsewhere:{kept['appId']}", text(_registered(kept)))
            objects.append((item.kind, key, kept.get("deletedDateTime"), text(kept)))
        if len(objects) + len(links) >= BATCH:
            _write(sql, objects, links)
    _write(sql, objects, links)


def _foreign(tenant: Tenant, principal: dict[str, Any]) -> bool:
    """Whether its application is registered elsewhere: with Microsoft, or in another tenant."""
    return principal.get("appOwnerOrganizationId") not in (None, tenant.id)


def _registered(principal: dict[str, Any]) -> dict[str, Any]:
    """What a principal says of its application, which is registered in another tenant and stays there."""
    mirrored = {name for name, rule in KINDS["servicePrincipal"].properties.items() if rule.writes is Writes.SERVER}
    own = mirrored - {"id", "deletedDateTime", "passwordCredentials", "applicationTemplateId"}
    return {name: value for name, value in principal.items() if name in own | {"displayName"}}


def _write(sql: Any, objects: list[Any], links: list[Any]) -> None:
    sql.executemany("INSERT INTO objects (kind, id, deleted, data) VALUES (?, ?, ?, ?)", objects)
    sql.executemany("INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?, ?)", links)
    objects.clear()
    links.clear()

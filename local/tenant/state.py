"""The tenant's whole state, to compare with what it was: every object with its links, and a digest of each kind.

Objects come in the order of their ids, keys sorted, so that equal states are equal bytes. One object at a time is held.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from local.tenant.tenant import Tenant


def lines(tenant: Tenant, kind: str) -> Iterator[bytes]:
    after = ""
    while True:
        rows = tenant.objects.by_id(kind, after, 500)
        for row in rows:
            links: dict[str, list[str]] = {}
            for link, _, target in tenant.links.of_source((row.kind, row.id)):
                links.setdefault(link, []).append(target)
            whole: dict[str, Any] = {"deleted": row.deleted, "id": row.id, "links": links, "object": row.object()}
            yield msgspec.json.encode(whole, order="sorted")
        if not rows:
            return
        after = rows[-1].id


def digests(tenant: Tenant) -> dict[str, dict[str, Any]]:
    return {kind: _digest(tenant, kind) for kind in tenant.objects.kinds()}


def _digest(tenant: Tenant, kind: str) -> dict[str, Any]:
    live = binned = 0
    digest = hashlib.sha256()
    for line in lines(tenant, kind):
        digest.update(line)
        binned += line.startswith(b'{"deleted":"2')
        live += line.startswith(b'{"deleted":""')
    return {"live": live, "deleted": binned, "sha256": digest.hexdigest()}

"""Policies attached to applications and service principals: `$ref` at one end of a link that the other end holds.

In: the application, the link by which it names its policies, and a reference. An object has one policy of each kind.
"""

import re

from local.tenant.objects import Row
from local.tenant.rules import Ref, bad_request, not_found
from local.tenant.schema import KINDS, LinkRule
from local.tenant.tenant import Tenant

_URL = re.compile(r"/(?P<collection>[A-Za-z0-9]+)/(?P<id>[^/?#]+)$")


def attach(tenant: Tenant, source: Row, link: LinkRule, url: object) -> None:
    found = _URL.search(url) if isinstance(url, str) else None
    if found is None:
        raise bad_request("Invalid URL format specified in @odata.bind for " + link.name)
    kind = next((name for name in link.to if KINDS[name].collection == found["collection"]), "")
    policy = Ref(kind, found["id"])
    if not kind or tenant.directory.get(*policy) is None:
        raise not_found(policy.id)
    held = _held(tenant, source, link)
    if policy in held:
        raise bad_request(
            f"One or more added object references already exist for the following modified properties: '{link.name}'."
        )
    if held:
        # that there can be only one is documented, the words are not
        raise bad_request(
            "A conflicting object with one or more of the specified property values is present in the directory."
        )
    tenant.ledger.link(policy, link.via, (source.kind, source.id))


def detach(tenant: Tenant, source: Row, link: LinkRule, id: str) -> None:
    policy = next((ref for ref in _held(tenant, source, link) if ref.id == id), None)
    if policy is None:
        raise bad_request(
            f"One or more removed object references do not exist for the following modified properties: '{link.name}'."
        )
    tenant.ledger.unlink(policy, link.via, (source.kind, source.id))


def _held(tenant: Tenant, source: Row, link: LinkRule) -> list[Ref]:
    return [Ref(row.kind, row.id) for row in tenant.links.source_rows(source.id, link.via, link.to, "", -1)]

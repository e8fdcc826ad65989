"""Whose records go into whose tenant: told apart before anything is planned.

In: a request, the tenant of the settings, and the tenant that Graph answers for. Out: whether the records are of
another tenant, whose ids then mean nothing here; or a refusal.
"""

import msgspec

from functions.errors import PlanNotApplicable
from functions.graph.client import GraphClient
from functions.graph.pages import page
from functions.restore.scope import PlanRequest

_decode = msgspec.json.Decoder(dict[str, object]).decode


async def check_tenants(request: PlanRequest, reader: GraphClient, tenant: str) -> bool:
    """True where the records are of another tenant, on purpose. Raises PlanNotApplicable."""
    found = await page(reader, "/organization?$select=id")
    there = {str(_decode(item).get("id", "")).lower() for item in found.items}
    if there != {tenant}:
        raise PlanNotApplicable(
            "Graph answers for another tenant than the one in the settings: nothing is restored into it",
            remedy="Check TENANT_ID and the identities of the app",
        )
    source = request.source_tenant
    if not source or source == tenant:
        return False
    if not request.cross_tenant:
        raise PlanNotApplicable(
            f"the records are of tenant {source}, and the restore would write to {tenant}",
            remedy='Ask for it with "crossTenant": true: objects are then found again by their names, not by their ids',
        )
    return True

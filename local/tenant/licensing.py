"""The licences that the tenant shows agree with those it has: subscribed products list no plan that a switch took away.

In: rows as they are stored. Out: rows as they are read.
"""

from dataclasses import replace

import msgspec

from local.tenant.objects import Row
from local.tenant.schema import KINDS
from local.tenant.switches import Behaviour

# the plans that something depends on; all others (mail, chat) stay whatever the switch says
DECIDING = frozenset(
    plan for kind in KINDS.values() for plan in kind.licence.union(*(rule.licence for rule in kind.properties.values()))
)


def licensed(behaviour: Behaviour, row: Row) -> Row:
    lacking = DECIDING - set(behaviour.on.licences)
    if row.kind != "subscribedSku" or not lacking:
        return row
    sku = row.object()
    plans = [plan for plan in sku.get("servicePlans", ()) if plan.get("servicePlanName") not in lacking]
    return replace(row, data=msgspec.json.encode({**sku, "servicePlans": plans}))

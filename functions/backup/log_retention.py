"""How long Graph keeps the events of a log: it depends on the tenant's licence."""

from datetime import timedelta

import msgspec

from functions.catalogue.licences import P1, PLANS
from functions.catalogue.model import ObjectType
from functions.errors import GraphError
from functions.graph.client import GraphClient
from functions.graph.pages import pages

LICENSED, FREE = timedelta(days=30), timedelta(days=7)


class _Plan(msgspec.Struct):
    name: str | None = msgspec.field(name="servicePlanName", default=None)
    status: str | None = msgspec.field(name="provisioningStatus", default=None)


class _Subscription(msgspec.Struct):
    plans: list[_Plan] = msgspec.field(name="servicePlans", default=[])
    status: str | None = msgspec.field(name="capabilityStatus", default=None)


_decode = msgspec.json.Decoder(_Subscription).decode
_OVER = {"Suspended", "Deleted", "LockedOut"}


async def kept(client: GraphClient, entry: ObjectType) -> timedelta:
    """How long events are kept in this tenant. Where the licence cannot be read, the longer time: asking for what is
    no longer there costs a request, not asking for what still is would lose it."""
    if entry.licence:
        return LICENSED  # without the licence Graph refuses the log
    try:
        async for page in pages(client, "/subscribedSkus"):
            if any(_holds_premium(item) for item in page.items):
                return LICENSED
    except GraphError:
        return LICENSED
    return FREE


def _holds_premium(item: msgspec.Raw) -> bool:
    try:
        subscription = _decode(item)
    except msgspec.MsgspecError:
        return True  # of another shape than documented: nothing can be told from it
    if subscription.status in _OVER:
        return False
    return any(plan.name in PLANS[P1] and plan.status != "Disabled" for plan in subscription.plans)

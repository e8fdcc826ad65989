"""Plans for tests: of chosen objects, as the planning flow makes them, or of items that a test has put together."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from functions.clock import iso, utc_now
from functions.core.plan import Item, Plan
from functions.core.plan_make import numbered
from functions.graph.client import GraphClient
from functions.restore import planning
from functions.restore.scope import PlanRequest
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.plans import PlanRow


async def planned(
    request: PlanRequest, stores: Stores, reader: GraphClient, restorer: GraphClient, settings: Settings, by: str
) -> Plan:
    """As the API makes it."""
    tools = planning.Tools(stores=stores, reader=reader, restorer=restorer, settings=settings, clock=utc_now)
    return await planning.make_plan(request, _row(by, settings), tools)


async def kept(found: Sequence[Item], stores: Stores, settings: Settings, by: str, *, page: int = 100) -> Plan:
    """The plan of these items in storage."""
    row = _row(by, settings)
    draft = stores.plans.draft(row.plan_id)
    whole = numbered(found, 1)
    for start in range(0, max(1, len(whole)), page):
        await draft.add(whole[start : start + page])
    head = Plan(
        plan_id=row.plan_id,
        tenant_id=settings.tenant_id,
        scope={},
        mode="add",
        created_at=row.created_at,
        expires_at=row.expires_at,
        pages=tuple(draft.pages),
    )
    row = msgspec.structs.replace(row, gaps=sum(len(item.gaps) for item in whole))
    await stores.plans.keep(row, head, draft, begun=False)
    return head


def _row(by: str, settings: Settings) -> PlanRow:
    now = utc_now()
    expires = iso(now + timedelta(seconds=settings.plan_lifetime))
    return PlanRow(plan_id=str(uuid.uuid4()), created_by=by, created_at=iso(now), expires_at=expires)

"""Plans of chosen objects made from the planner alone: for tests of applying, which need no planning flow."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec

from functions.backup.read import record_as_of
from functions.catalogue import TYPES
from functions.clock import iso, utc_now
from functions.core.calls import token
from functions.core.links_remap import referred, remapped
from functions.core.plan import Item, LiveState, Options, Plan
from functions.core.plan_draft import Frame, stage_of
from functions.core.plan_make import followed_by, items, numbered
from functions.graph.client import GraphClient
from functions.restore.live import Live
from functions.restore.live_paths import record_path
from functions.restore.planning_look import simple_aliases
from functions.restore.safety import SENSITIVE, Guard
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.plans import PlanRow


async def planned_items(
    things: Sequence[tuple[str, str]],
    options: Options,
    stores: Stores,
    reader: GraphClient,
    restorer: GraphClient,
    settings: Settings,
    run: str = "",
) -> list[Item]:
    live = Live(reader, settings.cloud, settings.tenant_id)
    found = []
    for key, identity in things:
        record = await record_as_of(stores, key, identity, run)
        assert record is not None, f"no backup holds {key} {identity}"
        found.append((TYPES[key], identity, msgspec.json.decode(record.data), record.version.run))
    named = {one.id for entry, _, record, _ in found for one in referred(record, entry)}
    ids = await stores.ids.resolve([*(identity for _, identity, _, _ in found), *named])
    states, made = {}, {}
    for entry, identity, record, _ in found:
        path = record_path(entry, remapped(record, entry, ids))
        state = await live.state(entry, ids[identity], path, followed_by(entry, options))
        states[entry.key, identity] = state
        if state.standing == "gone":
            states[entry.key, identity] = LiveState(id=identity, standing="gone")
            for old in (identity, *simple_aliases(record, entry)):
                ids[old] = token(old)
                made[old] = stage_of(entry)
    guard = Guard(reader, restorer, settings, "")
    sensitive = any(key in SENSITIVE for key, _ in things)
    safety = await (guard.asked() if sensitive else guard.known())
    all_items: list[Item] = []
    for entry, identity, record, version_run in found:
        wanted = referred(remapped(record, entry, ids), entry)
        missing = await live.missing([one for one in wanted if not one.id.startswith("{")])
        frame = Frame(
            run=version_run, graph_url=settings.graph_url, tenant=settings.tenant_id, made=made, now=iso(utc_now())
        )
        state = replace(states[entry.key, identity], missing=missing)
        all_items += items(record, state, options, entry, ids, frame, safety)
    return sorted(all_items, key=lambda item: item.stage)


async def kept(found: Sequence[Item], stores: Stores, settings: Settings, by: str, *, page: int = 100) -> Plan:
    """The plan of these items in storage."""
    plan_id, now = str(uuid.uuid4()), utc_now()
    draft = stores.plans.draft(plan_id)
    whole = numbered(found, 1)
    for start in range(0, max(1, len(whole)), page):
        await draft.add(whole[start : start + page])
    head = Plan(
        plan_id=plan_id,
        tenant_id=settings.tenant_id,
        scope={},
        mode="add",
        created_at=iso(now),
        expires_at=iso(now + timedelta(seconds=settings.plan_lifetime)),
        pages=tuple(draft.pages),
    )
    row = PlanRow(
        plan_id=plan_id,
        created_by=by,
        created_at=head.created_at,
        expires_at=head.expires_at,
        gaps=sum(len(item.gaps) for item in whole),
    )
    await stores.plans.keep(row, head, draft, begun=False)
    return head

"""The three logs of the emulated tenant, read as the catalogue says: every event of every log, and one that is late."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from functions.backup.messages import BackupRequest, CommitRequest, TypeReply, TypeRequest
from functions.backup.run_activities import commit_run, open_run
from functions.backup.type_activity import backup_type
from functions.catalogue.logs import ENTRIES
from functions.catalogue.model import ObjectType, Outcome
from functions.clock import utc_now
from functions.core.gzipped import json_lines
from functions.core.manifest import TypeResult
from functions.core.runid import run_id
from tests.flow.restore_world import World

KINDS = {"signIns": "signIn", "directoryAudits": "directoryAudit", "provisioning": "provisioningObjectSummary"}


async def read(world: World, entry: ObjectType) -> TypeResult:
    run = run_id(utc_now(), world.runs.__contains__)
    world.runs.add(run)
    plan = await open_run(
        BackupRequest(run, world.settings.tenant_id, (entry.key,), "test"), stores=world.stores, clock=utc_now
    )
    reply = TypeReply()
    while reply.result is None:
        reply = await backup_type(
            TypeRequest(run, plan.tenant_id, entry.key, "", reply.checkpoint),
            entry,
            client=world.reader,
            stores=world.stores,
            cloud="local",
            budget=0.2,
            clock=utc_now,
        )
    await commit_run(CommitRequest(plan, {entry.key: reply.result}), stores=world.stores, cloud="local", clock=utc_now)
    return reply.result


async def stored(world: World, key: str) -> Counter[str]:
    found: Counter[str] = Counter()
    async for name in world.stores.blobs.list(f"{world.settings.tenant_id}/_logs/{key}/"):
        found.update([json.loads(line)["id"] async for line in json_lines(world.stores.blobs.stream(name))])
    return found


async def listed(world: World, kind: str) -> Counter[str]:
    reply = await world.http.get(f"/_admin/state/{kind}")
    return Counter(json.loads(line)["id"] for line in reply.text.splitlines())


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.key for entry in ENTRIES])
async def test_every_event_of_a_tenant_is_stored_once_and_a_late_one_the_next_time(world: World, entry: ObjectType):
    kind = KINDS[entry.key]
    first = await read(world, entry)
    assert (first.outcome, first.gaps) == (Outcome.READ, ())
    assert await stored(world, entry.key) == await listed(world, kind)
    assert first.objects == sum((await stored(world, entry.key)).values()) > 5
    late = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    event = {"id": "0fadeab1-0000-4000-8000-000000000001", entry.time: late}
    await world.call("POST", f"/_admin/events/{kind}", event)
    second = await read(world, entry)
    assert (second.outcome, second.objects) == (Outcome.READ, 1)
    assert await stored(world, entry.key) == await listed(world, kind)

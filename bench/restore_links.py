"""Who names whom at the size of a large tenant: files of one run with many memberships, and what it costs to turn them.

In: how many links. Out: seconds, size and number of what `functions.backup.referrers` wrote, and the seconds in which
it found who names two thousand ids.
"""

import hashlib
import random
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from functions.backup.messages import Blocks
from functions.backup.referrers import named_by, write_referrers
from functions.backup.upload import BlockFile, commit_blocks
from functions.catalogue import TYPES
from functions.catalogue.model import Outcome
from functions.core import names
from functions.core.manifest import Manifest, Referrers, TypeResult
from functions.storage.open import Stores

RUN, KEY = "2026-11-22T020000Z", "groups"
_MEMBERS = 100  # of a group
_IN = 20  # groups that somebody is in
_ASKED = 2_000


def _id(kind: str, number: int) -> str:
    digest = hashlib.sha256(f"{kind} {number}".encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def _groups(links: int) -> Iterator[dict[str, Any]]:
    people = [_id("user", number) for number in range(links // _IN)]
    chance = random.Random(20261122)
    for number in range(links // _MEMBERS):
        members = sorted(chance.sample(people, _MEMBERS))
        yield {
            "id": _id("group", number),
            "displayName": f"Group {number}",
            "securityEnabled": True,
            "@relationships": {"members": [{"id": one, "type": "user"} for one in members], "owners": []},
        }


async def referrers(stores: Stores, tenant: str, links: int) -> dict[str, Any]:
    """Writes the groups, then measures."""
    file = BlockFile(stores.blobs, names.snapshot_name(tenant, RUN, KEY), Blocks())
    for one in _groups(links):
        file.add(msgspec.json.encode(one, order="sorted"))
        await file.flush()
    blocks, _ = await file.close()
    await commit_blocks(stores.blobs, file.name, blocks, {"type": KEY})

    begun, cpu = time.perf_counter(), time.process_time()
    written = await write_referrers(tenant, RUN, [KEY], TYPES, stores.blobs)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    if written.named != links:
        raise SystemExit(f"{links:,} links were written, {written.named:,} were found")

    asked = {_id("user", number) for number in range(min(_ASKED, links // _IN))}
    begun = time.perf_counter()
    found = await named_by(stores, _manifest(tenant, links, written), asked)
    if found.by.keys() != asked:
        raise SystemExit(f"{len(asked):,} ids were asked for, {len(found.by):,} were found")
    return {
        "links": links,
        "writeSeconds": seconds,
        "writeCpuSeconds": cpu_seconds,
        "fileMb": written.bytes / 1e6,
        "askSeconds": time.perf_counter() - begun,
    }


def _manifest(tenant: str, links: int, written: Referrers) -> Manifest:
    moment = "2026-11-22T02:00:00Z"
    return Manifest(
        product="bench",
        tenant_id=tenant,
        cloud="local",
        run_id=RUN,
        started_at=moment,
        ended_at=moment,
        started_by="bench",
        previous=None,
        types={KEY: TypeResult(outcome=Outcome.READ, objects=links // _MEMBERS)},
        bases={KEY: RUN},
        referrers=written,
    )

"""A backup that was changed or damaged in storage: nothing is planned from it."""

import gzip
import json

import pytest

from functions.core import names
from functions.errors import IntegrityError
from functions.restore import scope_records
from tests.flow.restore_world import World


async def rewritten(world: World, name: str, text: bytes) -> None:
    await world.stores.blobs.delete(name)
    await world.stores.blobs.put(name, gzip.compress(text), content_type="application/gzip")


async def test_a_snapshot_that_was_altered_is_not_restored_from(world: World):
    ann = await world.user("altered-record", jobTitle="Engineer")
    run = await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    file = names.snapshot_name(world.settings.tenant_id, run, "users")
    text = gzip.decompress(await world.stores.blobs.get(file))
    await rewritten(world, file, text.replace(b"Engineer", b"Director"))
    with pytest.raises(IntegrityError):
        await world.plan_scope(types=("users",), run=run)


async def test_a_table_of_contents_that_leads_to_another_record_is_not_followed(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scope_records, "_FROM_INDEX", 0)
    people = [await world.user(f"swapped-{number}", jobTitle="Engineer") for number in range(2)]
    run = await world.backup()
    for one in people:
        await world.call("PATCH", f"/v1.0/users/{one}", {"jobTitle": "Clerk"})
    assert (await world.plan_of([("users", one) for one in people], run)).steps == 2
    file = names.toc_name(world.settings.tenant_id, run, "users")
    entries = {entry["id"]: entry for entry in json.loads(gzip.decompress(await world.stores.blobs.get(file)))}
    one, other = (entries[person] for person in people)
    assert one["offset"] == other["offset"]
    (one["at"], one["size"]), (other["at"], other["size"]) = (other["at"], other["size"]), (one["at"], one["size"])
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries.values())
    await rewritten(world, file, b"[\n" + lines.encode() + b"\n]\n")
    with pytest.raises(IntegrityError):
        await world.plan_of([("users", one) for one in people], run)

"""Types that hold secrets: their files in a container of their own, their records answered to nobody."""

import json
import uuid
from collections.abc import AsyncIterator
from types import MappingProxyType
from typing import Any

import pytest

from functions.backup import read
from functions.backup.messages import TypeReply
from functions.backup.read import record_as_of
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType, Outcome
from functions.core.gzipped import json_lines
from functions.core.names import work_prefix
from functions.errors import CallerError, StoreError
from tests.flow.backup_world import Json, Vault, listed, open_vault

KEYS = ObjectType(
    key="devices",
    title="Recovery keys",
    path="/keys",
    private=True,
    name="deviceName",
    volatile=frozenset({"readAt"}),
)
GROUPS = ObjectType(key="groups", title="Groups", path="/groups")
SECRET = "564221-198330-070554"


def answer(path: str) -> Json:
    return listed([{"id": "k", "deviceName": "HALDEN-1", "key": SECRET, "readAt": SECRET + "!"}])


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        vault.graph.answer = answer
        yield vault


async def blobs(vault: Vault) -> tuple[set[str], set[str]]:
    snapshots, secrets = [
        {name async for name in container.list(f"{vault.tenant}/")} for container in vault.stores.containers
    ]
    return snapshots, secrets


async def test_no_secret_leaves_its_container(vault: Vault):
    manifest = await vault.run(KEYS, GROUPS)
    result = manifest.types["devices"]
    assert (result.container, result.objects, result.created) == ("secrets", 1, 1)
    assert manifest.types["groups"].container == "snapshots"
    [record] = [json.loads(line) async for line in json_lines(vault.stores.secrets.stream(result.file))]
    assert record["key"] == SECRET
    snapshots, secrets = await blobs(vault)
    assert {result.file, result.toc, result.volatile} == secrets
    assert {name.rpartition("/")[2] for name in snapshots} == {"manifest.json", "groups.json.gz"}
    for name in snapshots - {manifest.types["groups"].file}:
        assert SECRET.encode() not in await vault.stores.blobs.get(name)


async def test_rows_of_a_secret_name_the_object_and_no_digest_to_guess_by(vault: Vault):
    await vault.run(KEYS)
    vault.graph.answer = lambda path: listed([{"id": "k", "deviceName": "HALDEN-1", "key": "other"}])
    manifest = await vault.run(KEYS)
    assert manifest.types["devices"].updated == 1
    rows = await vault.stores.versions.of_object("devices", "k")
    assert [(row.change, row.name, row.digest) for row in rows] == [
        ("updated", "HALDEN-1", ""),
        ("created", "HALDEN-1", ""),
    ]
    found, _ = await vault.stores.objects.search("devices", "hal", committed=await vault.stores.runs.committed())
    assert [row.name for row in found] == ["HALDEN-1"]
    vault.graph.answer = lambda path: listed([]) if "?" not in path and path == "/keys" else (404, {})
    assert (await vault.run(KEYS)).types["devices"].deleted == 1


async def test_a_record_that_holds_a_secret_is_answered_to_nobody(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    await vault.run(KEYS)
    monkeypatch.setattr(read, "TYPES", MappingProxyType({**TYPES, "devices": KEYS}))
    with pytest.raises(CallerError) as refused:
        await record_as_of(vault.stores, "devices", "k")
    assert (refused.value.status, refused.value.slug) == (403, "secretType")


async def test_what_a_read_sets_down_between_two_activities_is_secret_too(vault: Vault):
    vault.graph.answer = lambda path: (
        answer(path)
        if "skip" in path
        else listed([{"id": "a", "key": SECRET}], **{"@odata.nextLink": f"{vault.graph.url}/v1.0/keys?skip=1"})
    )
    plan = await vault.open("devices", "groups")
    paused = await vault.call(plan, KEYS, None, budget=0.0)
    assert paused.checkpoint is not None
    work = work_prefix(vault.tenant, plan.run_id)
    snapshots, secrets = await blobs(vault)
    assert not snapshots
    assert not {name for name in secrets if "_work" in name}
    assert [name async for name in vault.stores.work.list(work)]
    last: TypeReply = paused
    while last.result is None:
        last = await vault.call(plan, KEYS, last)
    assert last.result.objects == 2
    vault.graph.answer = answer
    await vault.commit(plan, {"devices": last.result, "groups": await vault.read(plan, GROUPS)})
    assert not [name async for name in vault.stores.work.list(work)]


async def test_a_dead_run_leaves_no_secret_behind(vault: Vault):
    plan = await vault.open("devices")
    assert (await vault.read(plan, KEYS)).whole
    _, secrets = await blobs(vault)
    assert secrets
    await vault.open("devices")  # buries the first
    assert await blobs(vault) == (set(), set())


async def test_a_secret_type_whose_rows_could_not_be_written_is_taken_back(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
):
    plan = await vault.open("devices", "groups")
    write = vault.stores.versions.write

    async def failing(key: str, *rest: Any) -> int:
        if key == "devices":
            raise StoreError("out of reach")
        return await write(key, *rest)

    monkeypatch.setattr(vault.stores.versions, "write", failing)
    last = await vault.call(plan, KEYS, None)
    for _ in range(10):
        last = await vault.call(plan, KEYS, last) if last.result is None else last
    assert last.result is not None
    assert last.result.outcome is Outcome.FAILED
    _, secrets = await blobs(vault)
    assert secrets
    await vault.commit(plan, {"devices": last.result, "groups": await vault.read(plan, GROUPS)})
    assert await blobs(vault) == ({name for name in (await blobs(vault))[0] if "devices" not in name}, set())

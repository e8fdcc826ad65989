"""What a network and a service do on a bad day: answers lost, requests dropped, rights missing, the emulator killed."""

import asyncio
from types import SimpleNamespace

import pytest
from aiohttp import web

from functions.errors import BlobExists, PlanNotApplicable, StoreError
from functions.restore.start import start
from functions.storage.keys import literal
from functions.storage.open import Stores, open_stores
from functions.storage.plans import PlanRow, PlanState
from functions.storage.runs import RunState
from functions.storage.tables import Row
from local.azurite import Azurite
from tests.contract.storage.conftest import HASTY, SetClock, settings_for
from tests.contract.storage.proxy import Harm, Proxy
from tests.contract.storage.test_plans import item, kept
from tests.contract.storage.test_runs import AT, ids

LABELS = {"run": "2026-11-22T020000Z"}


def batches(request: web.Request) -> bool:
    return request.path.endswith("$batch")


def writes(request: web.Request) -> bool:
    return request.method in {"PUT", "POST", "PATCH"}


def tagged(request: web.Request) -> bool:
    return "x-ms-tags" in request.headers


@pytest.mark.parametrize("how", [Harm.LOSE_ANSWER, Harm.DROP, Harm.BUSY])
async def test_rows_arrive_once_though_a_transaction_goes_astray(
    behind: Stores, proxy: Proxy, tenant: str, how: Harm
) -> None:
    proxy.harm(batches, how)
    assert (
        await behind.tables.write("Versions", [Row(tenant, f"{number:03}", {"N": number}) for number in range(250)])
        == 250
    )
    rows = [row["N"] async for row in behind.tables.query("Versions", f"PartitionKey eq {literal(tenant)}")]
    assert rows == list(range(250))
    assert proxy.done[how] == 1


async def test_rows_that_cannot_be_written_are_an_error_not_silence(behind: Stores, proxy: Proxy, tenant: str) -> None:
    proxy.harm(batches, Harm.DROP, 1000)
    with pytest.raises(StoreError, match="Versions"):
        await behind.tables.write("Versions", [Row(tenant, f"{number}", {}) for number in range(1000)])
    assert 3 <= proxy.done[Harm.DROP] <= 12


async def test_missing_rights_are_said_with_what_to_do(behind: Stores, proxy: Proxy, tenant: str) -> None:
    proxy.harm(batches, Harm.FORBID)
    with pytest.raises(StoreError, match="403 AuthorizationPermissionMismatch") as refused:
        await behind.tables.write("Versions", [Row(tenant, "a", {})])
    assert "Storage Table Data Contributor" in refused.value.remedy


async def test_a_commit_whose_answer_was_lost_is_told_apart_by_its_metadata(
    behind: Stores, proxy: Proxy, tenant: str
) -> None:
    name = f"{tenant}/lost"
    await behind.blobs.stage(name, "0001", b"data")
    proxy.harm(lambda request: "comp=blocklist" in request.query_string, Harm.LOSE_ANSWER)
    with pytest.raises(BlobExists):
        await behind.blobs.commit(name, ["0001"], content_type="application/gzip", metadata={"seal": "mine"})
    assert proxy.done[Harm.LOSE_ANSWER] == 1
    assert (await behind.blobs.metadata(name)) == {"seal": "mine"}
    assert await behind.blobs.get(name) == b"data"


async def test_blobs_survive_tags_being_refused(
    behind: Stores, proxy: Proxy, tenant: str, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.harm(tagged, Harm.FORBID, 1000)
    for name in ("a", "b"):
        await behind.blobs.put(f"{tenant}/{name}", b"x", content_type="text/plain", metadata=LABELS, tags=LABELS)
    await behind.blobs.stage(f"{tenant}/c", "0001", b"x")
    await behind.blobs.commit(f"{tenant}/c", ["0001"], content_type="text/plain", metadata=LABELS, tags=LABELS)
    for name in "abc":
        assert await behind.blobs.metadata(f"{tenant}/{name}") == LABELS
    assert proxy.done[Harm.FORBID] == 1  # asked once, then left out
    assert caplog.text.count("blob.tags_refused") == 1


async def test_a_taken_name_is_not_mistaken_for_refused_tags(stores: Stores, tenant: str) -> None:
    await stores.blobs.put(f"{tenant}/a", b"x", content_type="text/plain", tags=LABELS)
    with pytest.raises(BlobExists):
        await stores.blobs.put(f"{tenant}/a", b"y", content_type="text/plain", tags=LABELS)


async def test_a_write_that_is_forbidden_altogether_fails(behind: Stores, proxy: Proxy, tenant: str) -> None:
    proxy.harm(writes, Harm.FORBID, 1000)
    with pytest.raises(StoreError, match="403"):
        await behind.blobs.put(f"{tenant}/a", b"x", content_type="text/plain", tags=LABELS)
    assert not await behind.blobs.exists(f"{tenant}/a")


async def test_a_claim_whose_answer_was_lost_still_has_one_winner(
    behind: Stores, stores: Stores, clock: SetClock, proxy: Proxy
) -> None:
    class Idle:
        """A Durable client at which nothing is running."""

        started = 0

        async def start_new(self, name: str, instance_id: str, client_input: object) -> str:
            self.started += 1
            return instance_id

        async def get_status(self, instance_id: str) -> object:
            return None if self.started == 0 else SimpleNamespace(runtime_status=SimpleNamespace(value="Running"))

    made = await kept(stores, PlanRow(plan_id="p1", created_at=AT), [[item(1)]])
    await stores.plans.change(made.plan_id, {PlanState.PLANNED}, expires_at="2999-01-01T00:00:00Z")
    proxy.harm(lambda request: request.method == "PUT", Harm.LOSE_ANSWER)
    durable = Idle()
    await start(durable, behind, "p1", "ada", clock)
    assert proxy.done[Harm.LOSE_ANSWER] == 1
    row = await stores.plans.get("p1")
    assert (row.state, row.claimed_by) == (PlanState.APPLYING, "ada")
    with pytest.raises(PlanNotApplicable):
        await start(durable, stores, "p1", "ada", clock)
    assert durable.started == 1


async def test_runs_start_and_end_though_answers_are_lost(behind: Stores, proxy: Proxy) -> None:
    run = ids(1)[0]
    proxy.harm(writes, Harm.LOSE_ANSWER)
    await behind.runs.start(run, started_at=AT, started_by="timer")
    proxy.harm(writes, Harm.LOSE_ANSWER)
    await behind.runs.finish(run, RunState.COMMITTED, ended_at=AT)
    assert proxy.done[Harm.LOSE_ANSWER] == 2
    assert await behind.runs.committed(fresh=True) == {run}


async def test_storage_that_dies_under_a_write_is_an_error_not_silence(own_empty: Azurite, tenant: str) -> None:
    stores = await open_stores(settings_for(own_empty.connection_string, tenant), patience=HASTY)

    async def rows() -> None:
        await stores.tables.write("Versions", (Row(tenant, f"{number:06}", {"N": number}) for number in range(200_000)))

    writing = asyncio.create_task(rows())
    await asyncio.sleep(0.3)
    assert not writing.done()
    own_empty.kill()
    with pytest.raises(StoreError, match="Versions"):
        await writing
    for call in (
        stores.blobs.put("a", b"x", content_type="text/plain"),
        stores.blobs.get("a"),
        stores.runs.newest_first(1),
    ):
        with pytest.raises(StoreError):
            await call
    await stores.aclose()

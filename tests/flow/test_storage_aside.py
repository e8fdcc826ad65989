"""The stores in memory that some tests of backups write to do what the real ones do: the same calls of both, the same
answers; and what is real stays as it was."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from functions.backup.upload import write_pieces
from functions.errors import LifeboatError
from functions.settings import Secret, Settings
from functions.storage.naming import ObjectChange
from functions.storage.open import Stores, open_stores
from functions.storage.runs import RunState
from functions.storage.tables import Row
from functions.storage.versions import VersionRow
from functions.storage.wire import Write
from tests.flow.storage_aside import Behind

TENANT = str(uuid.uuid4())
OTHER = str(uuid.uuid4())  # the same done to it, by the real stores alone
TABLE = "Audit"
BEFORE, RUN = "2026-11-20T020000Z", "2026-11-21T020000Z"


@pytest.fixture
async def pair(azurite: str) -> AsyncIterator[tuple[Stores, Stores]]:
    """The real stores of a tenant, and those of another with as much in it."""
    opened = []
    for tenant in (TENANT, OTHER):
        settings = Settings(tenant_id=tenant, graph_url="http://127.0.0.1:9", storage_connection=Secret(azurite))
        opened.append(await open_stores(settings))
    yield opened[0], opened[1]
    for stores in opened:
        await stores.aclose()


async def answer(asked: Awaitable[Any]) -> Any:
    try:
        return await asked
    except LifeboatError as error:
        return type(error)


async def all_of(found: AsyncIterator[Any]) -> list[Any]:
    return [one async for one in found]


async def prepare(stores: Stores, tenant: str) -> None:
    await stores.blobs.put(f"{tenant}/a/old.json", b"0123456789", content_type="text/plain", metadata={"Who": "x"})
    await stores.runs.start(BEFORE, started_at="2026-11-20T02:00:00Z", started_by="test")
    await stores.runs.finish(BEFORE, RunState.COMMITTED, ended_at="2026-11-20T03:00:00Z")
    change = ObjectChange("1", "Ann", "created", BEFORE)
    await stores.objects.write("users", [change], first=True)
    await stores.versions.write("users", [VersionRow(id="1", change="created", name="Ann", run=BEFORE)])
    await stores.tables.put(
        TABLE, Row(tenant, "kept", {"Name": "it's", "Number": "7", "Number@odata.type": "Edm.Int64"})
    )


async def with_blobs(stores: Stores, tenant: str, said: Callable[[Any], None]) -> None:
    blobs, names = stores.blobs, (f"{tenant}/a/old.json", f"{tenant}/a/b/new.json", f"{tenant}/never")
    await blobs.stage(names[1], "00", b"first ")
    await blobs.stage(names[1], "01", b"second")
    said(await answer(blobs.commit(names[1], ["00", "02"], content_type="text/plain")))
    said(await answer(blobs.commit(names[1], ["01", "00"], content_type="text/plain", metadata={"Kind": "n"})))
    said(await answer(blobs.commit(names[1], [], content_type="text/plain")))
    for name in names:
        said(await answer(blobs.exists(name)))
        said(await answer(blobs.get(name)))
        said(await answer(blobs.metadata(name)))
        said(await answer(blobs.read(name, 3, 4)))
        said(await answer(blobs.read(name, 8, 9)))
        said(await answer(all_of(blobs.stream(name))))
    said(await answer(blobs.put(names[0], b"again", content_type="text/plain")))
    said(await answer(write_pieces(blobs, names[1], [b"x"], {})))
    for prefix in ("", "a/", "a/o"):
        cut = len(tenant) + 1
        said([name[cut:] for name in await all_of(blobs.list(f"{tenant}/{prefix}"))])
        said([(name[cut:], size) for name, size in await all_of(blobs.sizes(f"{tenant}/{prefix}"))])
        said(await all_of(blobs.folders(f"{tenant}/{prefix}")))
    await blobs.replace(f"{tenant}/scratch", b"1")
    await blobs.replace(f"{tenant}/scratch", b"2")
    said(await blobs.get(f"{tenant}/scratch"))
    await blobs.delete(names[1])
    await blobs.delete(names[2])
    said(await blobs.exists(names[1]))


async def with_rows(stores: Stores, tenant: str, said: Callable[[Any], None]) -> None:
    tables = stores.tables

    async def show() -> None:
        where = f"PartitionKey eq '{tenant}'"
        for more in ("", " and (Name eq 'it''s' or Name ge 'n')", " and Name ne 'new'", " and RowKey lt 'l'"):
            rows = await all_of(tables.query(TABLE, where + more, select=["RowKey", "Name", "Number"]))
            said([{name: value for name, value in row.items() if "odata" not in name} for row in rows])
        said(len(await tables.first(TABLE, where, 1)))

    await show()
    said(await answer(tables.insert(TABLE, Row(tenant, "kept", {"Name": "other"}))))
    said(await answer(tables.insert(TABLE, Row(tenant, "new", {"Name": "new", "More": "m"}))))
    await tables.put(TABLE, Row(tenant, "kept", {"More": "more"}, Write.MERGE))
    await tables.put(TABLE, Row(tenant, "new", {"Name": "newer"}))
    await show()
    found = await tables.get(TABLE, tenant, "kept")
    assert found is not None
    said(await answer(tables.swap(TABLE, Row(tenant, "kept", {"Name": "swapped"}), found.etag)))
    said(await answer(tables.swap(TABLE, Row(tenant, "kept", {"Name": "too late"}), found.etag)))
    said(await tables.remove(TABLE, tenant, "kept", found.etag))
    for row in (
        Row(tenant, "none", {"Name": "n"}, Write.UPDATE),
        Row(tenant, "none", {}, Write.REMOVE),
        Row(tenant, "none", {}, Write.DELETE),
        Row(tenant, "new", {}, Write.DELETE),
        Row(tenant, "made", {"Name": "z"}, Write.INSERT),
        Row(tenant, "made", {"Name": "z"}, Write.INSERT),
        Row(tenant, "made", {"Name": "zz"}, Write.UPDATE),
    ):
        said(await answer(tables.write(TABLE, [row])))
    await show()
    said(await tables.get(TABLE, tenant, "new"))
    found = await tables.get(TABLE, tenant, "made")
    assert found is not None
    said(await tables.remove(TABLE, tenant, "made", found.etag))
    said(await tables.clear(TABLE, f"PartitionKey eq '{tenant}'"))
    await show()


async def with_runs(stores: Stores, said: Callable[[Any], None]) -> None:
    said(await answer(stores.runs.start(BEFORE, started_at="2026-11-20T02:00:00Z", started_by="another")))
    said(await answer(stores.runs.start(RUN, started_at="2026-11-21T02:00:00Z", started_by="test")))
    said([row.run_id for row in await stores.runs.running()])
    changes = [
        ObjectChange("1", "Anna", "updated", RUN, "Ann"),
        ObjectChange("2", "Ben", "created", RUN),
        ObjectChange("1", "Ann", "created", RUN),  # known of old
    ]
    for change in changes:
        said(await stores.objects.write("users", [change]))
    rows = [VersionRow(id=one, change="updated", name="Anna", run=RUN, offset=2**40, size=7) for one in ("1", "2")]
    said(await stores.versions.write("users", rows))
    said(await stores.versions.of_object("users", "1"))
    said(await all_of(stores.versions.types()))
    said(await answer(stores.versions.remove_run(BEFORE)))
    said(await stores.versions.remove_run(RUN))
    said(await stores.versions.of_object("users", "1"))
    said(await answer(stores.runs.finish(RUN, RunState.COMMITTED, ended_at="2026-11-21T03:00:00Z")))
    said(await answer(stores.runs.finish(RUN, RunState.FAILED, ended_at="2026-11-21T04:00:00Z")))
    committed = await stores.runs.committed(fresh=True)
    said(committed)
    said(await all_of(stores.runs.committed_newest_first()))
    for prefix in ("", "ann"):
        said(await stores.objects.search("users", prefix, deleted=None, committed=committed))


async def test_both_say_the_same_and_what_is_real_stays(pair: tuple[Stores, Stores]) -> None:
    real, other = pair
    await prepare(real, TENANT)
    await prepare(other, OTHER)
    aside = Behind(real, TENANT).aside()
    told: list[list[Any]] = [[], []]
    for stores, tenant, heard in ((aside, TENANT, told[0]), (other, OTHER, told[1])):
        await with_blobs(stores, tenant, heard.append)
        await with_rows(stores, tenant, heard.append)
        await with_runs(stores, heard.append)
    assert told[0] == told[1]
    assert len(told[0]) > 60
    assert await all_of(real.blobs.list(f"{TENANT}/")) == [f"{TENANT}/a/old.json"]
    kept = await all_of(real.tables.query(TABLE, f"PartitionKey eq '{TENANT}'"))
    assert [(row["RowKey"], row["Name"]) for row in kept] == [("kept", "it's")]
    assert [row.run_id async for row in real.runs.briefly()] == [BEFORE]
    assert len(await real.versions.of_object("users", "1")) == 1
    with pytest.raises(AssertionError):
        await aside.blobs.delete(f"{TENANT}/a/old.json")

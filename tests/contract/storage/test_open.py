"""Opening and closing, what is imported when, and the emulator itself."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web

from functions.errors import ConfigError, StoreError
from functions.settings import Secret, Settings
from functions.storage.open import TABLES, Stores, open_stores
from functions.storage.tables import Row
from local.azurite import Azurite
from tests.contract.storage.conftest import HASTY, settings_for
from tests.contract.storage.proxy import Harm, Proxy

TENANT = "22222222-2222-4222-8222-222222222222"


async def test_opening_makes_what_is_missing_and_may_be_repeated(own_empty: Azurite) -> None:
    for _ in range(2):
        stores = await open_stores(settings_for(own_empty.connection_string, TENANT), patience=HASTY)
        await stores.blobs.replace("a", b"x")
        for table in TABLES:
            assert await stores.tables.get(table, "p", "k") is None
        await stores.aclose()


async def test_rights_on_each_container_and_table_are_enough(stores: Stores, proxy: Proxy) -> None:
    # What nobody but the account's owner may: making containers and tables, listing them, asking for the account.
    proxy.harm(_of_the_account, Harm.FORBID, times=1000)
    opened = await open_stores(settings_for(proxy.connection_string, TENANT), patience=HASTY)
    await opened.tables.put(TABLES[0], Row("p", "rights", {}))
    assert await stores.tables.get(TABLES[0], "p", "rights") is not None
    await opened.aclose()
    assert proxy.done[Harm.FORBID] == 0
    assert len(proxy.seen) == 3 + len(TABLES) + 1


@pytest.mark.parametrize("what", ["snapshots", TABLES[0]])
async def test_what_is_missing_and_may_not_be_made_is_told_with_the_remedy(
    own_empty: Azurite, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with Proxy(own_empty.connection_string) as proxy:
        proxy.harm(
            lambda request: _of_the_account(request) and (what != TABLES[0] or _of_a_table(request)), Harm.FORBID, 99
        )
        with pytest.raises(StoreError, match=rf"create (container|table) {what}: 403") as told:
            await open_stores(settings_for(proxy.connection_string, TENANT), patience=HASTY)
        assert "Storage Table Data Contributor" in told.value.remedy


async def test_no_right_on_a_table_is_told_with_the_remedy(stores: Stores, proxy: Proxy) -> None:
    proxy.harm(lambda request: request.path.endswith(f"/{TABLES[-1]}()"), Harm.FORBID, times=99)
    with pytest.raises(StoreError, match=rf"open table {TABLES[-1]}: 403") as told:
        await open_stores(settings_for(proxy.connection_string, TENANT), patience=HASTY)
    assert "storage-roles.bicep" in told.value.remedy


def _of_the_account(request: web.Request) -> bool:
    """What a role on a container or a table does not allow."""
    creates_container = request.method == "PUT" and request.query.get("restype") == "container"
    return creates_container or not request.path.strip("/").partition("/")[2] or _of_a_table(request)


def _of_a_table(request: web.Request) -> bool:
    return request.path.strip("/").split("/")[1:2] == ["Tables"]


async def test_a_connection_string_beside_the_real_graph_is_refused() -> None:
    settings = Settings(tenant_id=TENANT, storage_connection=Secret("DefaultEndpointsProtocol=http;AccountName=a"))
    with pytest.raises(ConfigError, match="loopback"):
        await open_stores(settings)


async def test_storage_that_is_not_there_is_a_store_error(azurite: str) -> None:
    with socket.socket() as bound:  # and nobody listens
        bound.bind(("127.0.0.1", 0))
        nowhere = re.sub(r"(127\.0\.0\.1):\d+", rf"\1:{bound.getsockname()[1]}", azurite)
        with pytest.raises(StoreError, match="snapshots"):
            await open_stores(settings_for(nowhere, TENANT), patience=HASTY)


async def test_without_a_connection_string_the_reader_identity_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []

    async def token(request: web.Request) -> web.Response:
        asked.append(dict(request.query))
        resource = request.query["resource"]
        return web.json_response({"access_token": "t", "expires_on": "4102444800", "resource": resource})

    app = web.Application()
    app.router.add_get("/msi/token", token)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{runner.addresses[0][1]}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "x")
    settings = Settings(
        tenant_id=TENANT,
        blob_url="https://127.0.0.1:1",
        table_url="https://127.0.0.1:1",
        reader_client_id="33333333-3333-4333-8333-333333333333",
    )
    try:
        with pytest.raises(StoreError, match="snapshots"):
            await open_stores(settings, patience=HASTY)
    finally:
        await runner.cleanup()
    assert {query["client_id"] for query in asked} == {settings.reader_client_id}
    assert {query["resource"] for query in asked} == {"https://storage.azure.com"}


def test_importing_the_stores_loads_no_sdk() -> None:
    """A cold start that touches no storage does not pay for it."""
    code = (
        "import sys, functions.storage.open as o; print([m for m in sys.modules if m.startswith(('azure', 'aiohttp'))])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert found.stdout.strip() == "[]"


async def test_data_on_disk_outlives_the_emulator(tmp_path: Path) -> None:
    for expected in (None, 1):
        with Azurite(tmp_path / "data") as running:
            stores: Stores = await open_stores(settings_for(running.connection_string, TENANT), patience=HASTY)
            stored = await stores.tables.get("Versions", "p", "k")
            assert (stored and stored.entity["N"]) == expected
            if expected is None:
                await stores.tables.put("Versions", Row("p", "k", {"N": 1}))
                await stores.blobs.put("a", b"x", content_type="text/plain")
            assert await stores.blobs.get("a") == b"x"
            await stores.aclose()
        assert running.process.poll() is not None


def test_an_emulator_that_cannot_start_says_why(azurite: str) -> None:
    blob, queue, table = (int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", azurite))
    with pytest.raises(RuntimeError, match=r"(?s)did not start.*(EADDRINUSE|already|in use)"):
        Azurite(ports=(blob, queue, table))

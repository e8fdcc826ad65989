"""Opening and closing, what is imported when, and the emulator itself."""

import os
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

TENANT = "22222222-2222-4222-8222-222222222222"


async def test_opening_makes_what_is_missing_and_may_be_repeated(own_empty: Azurite) -> None:
    for _ in range(2):
        stores = await open_stores(settings_for(own_empty.connection_string, TENANT), patience=HASTY)
        await stores.blobs.replace("a", b"x")
        for table in TABLES:
            assert await stores.tables.get(table, "p", "k") is None
        await stores.aclose()


async def test_a_connection_string_beside_the_real_graph_is_refused() -> None:
    settings = Settings(tenant_id=TENANT, storage_connection=Secret("DefaultEndpointsProtocol=http;AccountName=a"))
    with pytest.raises(ConfigError, match="loopback"):
        await open_stores(settings)


async def test_storage_that_is_not_there_is_a_store_error(own_empty: Azurite) -> None:
    own_empty.kill()
    with pytest.raises(StoreError, match="snapshots"):
        await open_stores(settings_for(own_empty.connection_string, TENANT), patience=HASTY)


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


def test_an_emulator_that_cannot_start_says_why(own_empty: Azurite) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)did not start.*(EADDRINUSE|already|in use)"):
        Azurite(ports=own_empty.ports)

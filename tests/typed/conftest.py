"""The whole catalogue read once by the typed client: from an emulated company, and from the fixtures."""

from contextlib import aclosing

import pytest

from functions.catalogue import ENTRIES
from local.tenant.load import load
from local.tenant.tenant import Tenant
from tests.tenant.conftest import serving
from tests.typed.client import Client
from tests.typed.fixture_tenant import TENANT, URL, FixtureTransport
from tests.typed.reading import Reader, Seen

COMPANY = "6d8c3a0e-95b1-4f27-8c55-1f0b9a7d2e64"
USERS, SEED, TOKEN = 25, 11, "local-token"


@pytest.fixture(scope="session")
async def of_company(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    tenant = Tenant(tmp_path_factory.mktemp("typed"), COMPANY)
    load(tenant, USERS, SEED)
    async with serving(tenant, TOKEN) as api, aclosing(Client(api.url, TOKEN)) as client:
        extensions = await client.extension_properties()
        return await Reader(client, COMPANY, extensions=extensions, enough=2, rows=50).read(ENTRIES)


@pytest.fixture(scope="session")
async def of_fixtures() -> Seen:
    transport = FixtureTransport()
    async with aclosing(Client(URL, TOKEN, transport)) as client:
        reader = Reader(client, TENANT, extensions={}, enough=1000, rows=50)
        for entry in ENTRIES:
            transport.entry = entry
            await reader.read([entry])
        return reader.seen

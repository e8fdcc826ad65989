"""Stores on Azurite: each test works in a tenant of its own, so tests share the emulator and nothing else."""

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from functions.settings import Secret, Settings
from functions.storage.open import Patience, Stores, open_stores
from local.azurite import Azurite
from tests.contract.storage.proxy import Proxy

HASTY = Patience(attempts=2, first_wait=0.02, growth=0, longest_wait=0.1, connect=5, read=20)


def settings_for(connection: str, tenant: str) -> Settings:
    return Settings(tenant_id=tenant, graph_url="http://127.0.0.1:1", storage_connection=Secret(connection))


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def tenant() -> str:
    return str(uuid.uuid4())


@pytest.fixture
async def stores(azurite: str, tenant: str, clock: SetClock) -> AsyncIterator[Stores]:
    opened = await open_stores(settings_for(azurite, tenant), clock=clock, patience=HASTY)
    yield opened
    await opened.aclose()


@pytest.fixture
async def other(azurite: str, tenant: str, clock: SetClock) -> AsyncIterator[Stores]:
    """The same tenant's stores in, as it were, another process."""
    opened = await open_stores(settings_for(azurite, tenant), clock=clock, patience=HASTY)
    yield opened
    await opened.aclose()


@pytest.fixture
async def proxy(azurite: str) -> AsyncIterator[Proxy]:
    async with Proxy(azurite) as running:
        yield running


@pytest.fixture
async def behind(proxy: Proxy, tenant: str, clock: SetClock) -> AsyncIterator[Stores]:
    """The same tenant's stores, reached through the proxy that can do harm."""
    opened = await open_stores(settings_for(proxy.connection_string, tenant), clock=clock, patience=HASTY)
    yield opened
    await opened.aclose()


@pytest.fixture
def own_empty() -> Iterator[Azurite]:
    """An emulator of the test's own, to be killed if need be."""
    with Azurite() as running:
        yield running

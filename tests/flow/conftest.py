"""One emulated tenant for all tests of restoring: each test makes objects of its own in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.restore_world import World, open_world


@pytest.fixture(scope="session")
async def shared_world(lasting_azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data: Path = tmp_path_factory.mktemp("tenant")
    async with open_world(lasting_azurite, data) as world:
        yield world


@pytest.fixture
async def world(shared_world: World) -> AsyncIterator[World]:
    """The shared tenant, without the faults and switches of the test before."""
    yield shared_world
    await shared_world.call("DELETE", "/_admin/faults")
    await shared_world.call("DELETE", "/_admin/switches")

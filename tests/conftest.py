"""Fixtures that every kind of test may use."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """The connection string of a storage emulator, started when the first test asks for it. Shared: use own tenants."""
    from local.azurite import Azurite

    with Azurite() as running:
        yield running.connection_string

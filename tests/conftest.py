"""Fixtures that every kind of test may use."""

from collections.abc import Iterator

import pytest

from local.azurite import Azurite


@pytest.fixture(scope="module")
def azurite() -> Iterator[str]:
    """The connection string of a storage emulator, one a file of tests: it looks through every row that was ever
    written to it, so one for all would grow slower with each test."""
    with Azurite() as running:
        yield running.connection_string


@pytest.fixture(scope="session")
def lasting_azurite() -> Iterator[str]:
    """Another one, for what lasts longer than a file."""
    with Azurite() as running:
        yield running.connection_string

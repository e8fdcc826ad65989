"""Fixtures that every kind of test may use."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local.azurite import Azurite

_WORN = 45.0  # seconds of use


@dataclass
class Emulator:
    """A storage emulator that is replaced when it has been used for a while: it looks through every row that was ever
    written to it, and so grows slower with each test."""

    running: Azurite | None = None
    used: float = 0.0

    def lent(self) -> str:
        """The connection string of one that is not worn."""
        if self.used > _WORN:
            self.stop()
        if self.running is None:
            self.running, self.used = Azurite(), 0.0
        return self.running.connection_string

    def stop(self) -> None:
        """Ends the one that runs."""
        if self.running is not None:
            self.running.stop()
            self.running = None


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The storage emulator of a worker."""
    lender = Emulator()
    yield lender
    lender.stop()


@pytest.fixture(scope="module")
def azurite(emulator: Emulator) -> Iterator[str]:
    """The connection string of a storage emulator, the same for all tests of a file. Others may have left things in
    it: every test takes a tenant, and so keys, of its own."""
    begun = time.monotonic()
    yield emulator.lent()
    emulator.used += time.monotonic() - begun


@pytest.fixture(scope="session")
def lasting_azurite() -> Iterator[str]:
    """Another one, for what lasts longer than a file."""
    with Azurite() as running:
        yield running.connection_string

"""A scripted server, and clients on it whose waits are only recorded."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from functions.graph.client import GraphClient
from functions.graph.limiter import Limiters
from functions.graph.links import GraphRoot
from functions.graph.transport import Timeouts, Transport
from functions.graph.waits import WaitPolicy
from tests.contract.graph.wire import Wire

NOW = datetime(2026, 11, 22, 2, 0, 0, tzinfo=UTC)


@dataclass
class Tokens:
    """Gives `old` until asked for a fresh one."""

    asked: list[bool] = field(default_factory=list)
    current: str = "old"

    async def token(self, *, fresh: bool = False) -> str:
        self.asked.append(fresh)
        if fresh:
            self.current = f"fresh-{sum(self.asked)}"
        return self.current

    async def aclose(self) -> None:
        return None


@dataclass
class Time:
    """A clock that moves only by the waits asked of it."""

    waits: list[float] = field(default_factory=list)
    now: float = 0.0

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def read(self) -> float:
        return self.now


@dataclass
class Bench:
    """A client on the scripted server, with all that a test looks at."""

    client: GraphClient
    wire: Wire
    tokens: Tokens
    time: Time


Open = Callable[..., Awaitable[Bench]]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    server = Wire()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def open_client(wire: Wire) -> AsyncIterator[Open]:
    opened: list[GraphClient] = []

    async def build(
        *, timeouts: Timeouts | None = None, spacing: float = 0.0, url: str = "", **policy: object
    ) -> Bench:
        tokens, time = Tokens(), Time()
        root = GraphRoot(url or wire.url)
        rules = WaitPolicy(**{"sleep": time.sleep, "dice": lambda: 0.0, "now": lambda: NOW, **policy})  # type: ignore[arg-type]
        limiters = Limiters(spacing, clock=time.read, sleep=time.sleep)
        transport = Transport(root.origin, tokens, loopback=True, timeouts=timeouts)
        client = GraphClient(root, transport, tokens, limiters, rules)
        opened.append(client)
        return Bench(client, wire, tokens, time)

    yield build
    for client in opened:
        await client.aclose()


@pytest.fixture
async def bench(open_client: Open) -> Bench:
    return await open_client()

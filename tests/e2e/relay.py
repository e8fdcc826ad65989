"""A relay in front of a service: passes bytes on untouched, notes every request, and can hold those a test names.

`hold(..., when="before")` keeps requests from reaching the service, `when="after"` keeps the answers from coming back:
a process killed meanwhile stopped exactly before, or exactly after, the effect of a request. Answers are passed on as
raw bytes, so a connection that the service breaks off breaks off for the client too.
"""

import asyncio
import contextlib
import re
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal

type When = Literal["before", "after"]

_LARGEST_HEAD = 1 << 20


@dataclass(slots=True)
class Seen:
    """One request. `status` is 0 until an answer came back."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float
    status: int = 0


@dataclass(slots=True)
class Hold:
    """Requests that stop here. `reached` is set when the first does; then `release` or `drop` all of them."""

    method: str
    target: str
    when: When
    skip: int
    body: str
    loop: asyncio.AbstractEventLoop
    held: list[Seen] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    _met: int = 0
    _verdict: asyncio.Event = field(default_factory=asyncio.Event)
    _pass: bool = True

    def matches(self, seen: Seen) -> bool:
        """Counts a request of the kind, and says whether it stops here."""
        if self._verdict.is_set() or not _fits(seen, self.method, self.target, self.body):
            return False
        self._met += 1
        return self._met > self.skip

    async def stop(self, seen: Seen) -> bool:
        """Waits for the verdict. False: the request is dropped."""
        self.held.append(seen)
        self.reached.set()
        await self._verdict.wait()
        return self._pass

    def wait(self, seconds: float = 30.0) -> Seen:
        """Waits until a request stops here."""
        assert self.reached.wait(seconds), f"no {self.method} {self.target} came within {seconds:g} s"
        return self.held[0]

    def release(self) -> None:
        """Lets everything pass, now and later."""
        self._end(go_on=True)

    def drop(self) -> None:
        """Breaks off what is held; later requests pass."""
        self._end(go_on=False)

    def _end(self, *, go_on: bool) -> None:
        self._pass = go_on
        self.loop.call_soon_threadsafe(self._verdict.set)


class Relay:
    """Listens on a free port of its own and passes everything on to `port`."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self._upstream = port
        self._loop = loop
        self._holds: list[Hold] = []
        self._work: set[asyncio.Task[None]] = set()
        self.requests: list[Seen] = []
        self._server: asyncio.Server = self._run(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def hold(self, method: str, target: str, *, when: When = "before", skip: int = 0, body: str = "") -> Hold:
        """Holds requests with this method whose target (and body) match, but for the first `skip` of them."""
        hold = Hold(method, target, when, skip, body, self._loop)
        self._loop.call_soon_threadsafe(self._holds.append, hold)
        return hold

    def seen(self, method: str, target: str, body: str = "", since: float = 0.0) -> list[Seen]:
        """The requests so far that fit, in the order of their arrival."""
        return [one for one in list(self.requests) if one.at >= since and _fits(one, method, target, body)]

    def break_off(self) -> None:
        """Drops everything held, as after the death of the client."""
        for hold in self._holds:
            hold.drop()
        self._holds.clear()

    def reset(self) -> None:
        """Lets go of everything held and forgets the requests."""
        for hold in self._holds:
            hold.release()
        self._holds.clear()
        self.requests.clear()

    def close(self) -> None:
        """Closes the port and every connection."""
        self.reset()
        self._run(self._close())

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_LARGEST_HEAD)

    async def _close(self) -> None:
        self._server.close()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._work.add(task)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, OSError):
                await _Connection(self, reader, writer).serve()
        except asyncio.CancelledError:
            pass  # close() ends it; the stream library logs a handler that ends cancelled
        finally:
            self._work.discard(task)

    def _stopped_by(self, seen: Seen, when: When) -> Hold | None:
        return next((hold for hold in self._holds if hold.when == when and hold.matches(seen)), None)

    @property
    def upstream(self) -> int:
        """The port of the service."""
        return self._upstream


class _Connection:
    """One connection of a client, and its own to the service."""

    def __init__(self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._relay = relay
        self._reader = reader
        self._writer = writer
        self._current: Seen | None = None
        self._gate: Hold | None = None

    async def serve(self) -> None:
        upstream: asyncio.StreamWriter | None = None
        answers: asyncio.Task[None] | None = None
        try:
            while True:
                head = await self._reader.readuntil(b"\r\n\r\n")
                seen, raw = await self._request(head)
                self._relay.requests.append(seen)
                hold = self._relay._stopped_by(seen, "before")
                if hold is not None and not await hold.stop(seen):
                    return
                if upstream is None:
                    source, upstream = await asyncio.open_connection("127.0.0.1", self._relay.upstream)
                    answers = asyncio.create_task(self._answers(source))
                self._current, self._gate = seen, self._relay._stopped_by(seen, "after")
                upstream.write(raw)
                await upstream.drain()
        finally:
            if answers is not None:
                answers.cancel()
                await asyncio.gather(answers, return_exceptions=True)
            for writer in (upstream, self._writer):
                if writer is not None:
                    writer.transport.abort()

    async def _request(self, head: bytes) -> tuple[Seen, bytes]:
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        raw = await self._body(headers)
        body = raw if "content-length" in headers else b""
        return Seen(method, target, headers, body, time.monotonic()), head + raw

    async def _body(self, headers: dict[str, str]) -> bytes:
        if length := headers.get("content-length"):
            return await self._reader.readexactly(int(length))
        if "chunked" not in headers.get("transfer-encoding", ""):
            return b""
        raw = b""
        while True:
            size = await self._reader.readuntil(b"\r\n")
            chunk = await self._reader.readexactly(int(size, 16) + 2)
            raw += size + chunk
            if int(size, 16) == 0:
                return raw

    async def _answers(self, source: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                seen, self._current = self._current, None
                if seen is not None:
                    seen.status = int(data[9:12])
                    gate, self._gate = self._gate, None
                    if gate is not None and not await gate.stop(seen):
                        break
                self._writer.write(data)
                await self._writer.drain()
        self._writer.close()


class Relays:
    """The thread in which relays work."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def to(self, port: int) -> Relay:
        """A relay to the service at `port`."""
        return Relay(port, self._loop)

    def close(self) -> None:
        """Ends the thread; every relay has been closed."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def _fits(seen: Seen, method: str, target: str, body: str) -> bool:
    return (
        re.fullmatch(method, seen.method) is not None
        and re.search(target, seen.target) is not None
        and (not body or re.search(body.encode(), seen.body) is not None)
    )

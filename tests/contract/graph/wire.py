"""A server that answers byte by byte as a test says, and remembers what it was asked.

Each request takes the next answer of the script; the last one is used for all that follow.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

Answer = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Wire:
    script: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    open_now: int = 0
    most_open: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            while (asked := await _read(reader)) is not None and not writer.is_closing():
                self.asked.append(asked)
                answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                self.open_now += 1
                self.most_open = max(self.most_open, self.open_now)
                try:
                    await answer(asked, writer)
                finally:
                    self.open_now -= 1
                if writer.is_closing():
                    break
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target, headers, body)


def raw(data: bytes, *, close: bool = False) -> Answer:
    """Exactly these bytes; then the connection is closed if told."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return answer


def answer(status: int, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
    """A whole answer. A body that is not bytes is sent as JSON."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return raw(head(status, len(data), headers) + data)


def head(status: int, length: int, headers: Mapping[str, str] | None = None) -> bytes:
    lines = {"Content-Type": "application/json", "Content-Length": str(length), **(headers or {})}
    return f"HTTP/1.1 {status} X\r\n".encode() + "".join(f"{k}: {v}\r\n" for k, v in lines.items()).encode() + b"\r\n"


def listing(*ids: str, next_link: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    return answer(200, list_body(*ids, next_link=next_link), headers)


def list_body(*ids: str, next_link: str = "") -> dict[str, object]:
    body: dict[str, object] = {"value": [{"id": one} for one in ids]}
    return {**body, "@odata.nextLink": next_link} if next_link else body


def refused(status: int, code: str, message: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    body = {"error": {"code": code, "message": message, "innerError": {"request-id": "r-1"}}}
    return answer(status, body, headers)


async def dropped(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """The connection goes away without a byte."""
    writer.close()


async def hang(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Nothing comes, ever."""
    await asyncio.sleep(3600)


async def trickle(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, so that no single read times out."""
    writer.write(head(200, 100000))
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


def batch_answer(serve: Callable[[str, str], Mapping[str, object] | None]) -> Answer:
    """A `$batch` answer: `serve(id, url)` gives status, headers and body of an item, None leaves it out.

    The items come back in the opposite order: Graph promises none.
    """

    async def given(asked: Asked, writer: asyncio.StreamWriter) -> None:
        items = json.loads(asked.body)["requests"]
        replies = [{"id": i["id"], **reply} for i in items if (reply := serve(i["id"], i["url"])) is not None]
        await answer(200, {"responses": replies[::-1]})(asked, writer)

    return given

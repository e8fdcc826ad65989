"""Many reads in few round trips: `$batch`, 20 to a request; one after another in a bucket that does not bear that.

In: any number of reads. Out: their answers in the order asked. An item Graph throttled, lost or failed to serve is
sent again, and only that item. A batch costs as much of Graph's quota as its items would alone.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

import msgspec

from functions import log
from functions.clock import utc_now
from functions.errors import ForeignLink, GraphError, GraphRejected, GraphUnreachable
from functions.graph.client import READ_HEADERS, Call, GraphClient, Reply, Unreadable
from functions.graph.limiter import SERIAL_BUCKETS
from functions.graph.links import path_of
from functions.graph.pages import page, read_page
from functions.graph.reply import RETRIABLE, THROTTLED, refusal
from functions.graph.waits import Patience, retry_after

LARGEST = 20
_IN_FLIGHT = 4
_NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class BatchGet:
    """One read. `url` is relative to the version root."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class BatchReply:
    """The answer to one read. `body` is undecoded JSON, b"" if none; `status` 0: Graph left this item out; `error`:
    what became of a read that was sent alone."""

    id: str
    status: int
    headers: Mapping[str, str]
    body: msgspec.Raw | bytes
    error: GraphError | None = None

    def failure(self, url: str) -> GraphError | None:
        """The error this answer stands for, None if it is a success."""
        if self.error is not None or 200 <= self.status < 300:
            return self.error
        if self.status == _NO_ANSWER:
            return GraphUnreachable(f"Graph left GET {path_of(url)} out of a batch's answer", path=path_of(url))
        reply = Reply(self.status, self.headers, bytes(self.body))
        return refusal(reply, "GET", path_of(url), retry_after=retry_after(self.headers, utc_now()) or 0.0)


class _Item(msgspec.Struct):
    id: str
    status: int
    headers: dict[str, object] | None = None
    body: msgspec.Raw = msgspec.Raw(b"")


class _Answer(msgspec.Struct):
    responses: list[_Item]


_DECODE = msgspec.json.Decoder(_Answer).decode


async def batch(
    client: GraphClient, items: Iterable[BatchGet], *, api: str = "v1.0", bucket: str = "identity"
) -> list[BatchReply]:
    """Reads all items. An item that Graph keeps refusing comes back with that status: see `BatchReply.failure`.

    In a bucket that is read one after another, what would meet the next item too (throttling, a broken connection) is
    raised instead.
    """

    async def read(part: tuple[BatchGet, ...]) -> list[BatchReply]:
        return await _read_part(client, part, api, bucket)

    return [reply async for reply in _in_order(items, read, bucket)]


async def children(
    client: GraphClient, items: Iterable[BatchGet], *, api: str = "v1.0", bucket: str = "identity"
) -> AsyncIterator[tuple[str, list[msgspec.Raw] | GraphError]]:
    """Reads the list behind each item to its last page. An item whose list could not be read whole gives the error.

    Raises as `batch` does.
    """

    async def read(part: tuple[BatchGet, ...]) -> list[tuple[str, list[msgspec.Raw] | GraphError]]:
        replies = await _read_part(client, part, api, bucket)
        return [
            (item.id, await _whole_list(client, item.url, reply, api, bucket))
            for item, reply in zip(part, replies, strict=True)
        ]

    async for answer in _in_order(items, read, bucket):
        yield answer


async def streams(
    client: GraphClient, items: Iterable[BatchGet], *, api: str = "v1.0", bucket: str = "identity"
) -> AsyncIterator[tuple[str, Reply | GraphRejected]]:
    """Reads what is not JSON, such as images: no batch, where their bytes would come as text. Raises GraphError for
    anything but an answer or a refusal."""

    async def read(part: tuple[BatchGet, ...]) -> list[tuple[str, Reply | GraphRejected]]:
        [item] = part
        try:
            return [(item.id, await client.get(_relative(item.url), api=api, bucket=bucket, headers={"accept": "*/*"}))]
        except GraphRejected as error:
            return [(item.id, error)]

    async for answer in _in_order(items, read, bucket, size=1):
        yield answer


async def _in_order[T](
    items: Iterable[BatchGet],
    read: Callable[[tuple[BatchGet, ...]], Coroutine[None, None, list[T]]],
    bucket: str,
    size: int = LARGEST,
) -> AsyncIterator[T]:
    """The answers in the order of the items, a few requests being under way at once."""
    size, in_flight = (1, 1) if bucket in SERIAL_BUCKETS else (size, _IN_FLIGHT)
    under_way: deque[asyncio.Task[list[T]]] = deque()
    try:
        for part in batched(items, size, strict=False):
            under_way.append(asyncio.create_task(read(part)))
            if len(under_way) == in_flight:
                for answer in await under_way.popleft():
                    yield answer
        while under_way:
            for answer in await under_way.popleft():
                yield answer
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _read_part(client: GraphClient, part: tuple[BatchGet, ...], api: str, bucket: str) -> list[BatchReply]:
    if bucket in SERIAL_BUCKETS:
        return [await _alone(client, item, api, bucket) for item in part]
    patience = Patience(client.policy)
    answers: dict[int, BatchReply] = {}
    pending = list(enumerate(part))
    while True:
        answers.update(await _round_trip(client, pending, api, bucket))
        pending = [(number, item) for number, item in pending if _again(answers[number])]
        now = client.policy.now()
        told = max((retry_after(answers[number].headers, now) or 0.0 for number, _ in pending), default=0.0)
        wait = patience.next_wait(told or None) if pending else None
        if wait is None:
            return [answers[number] for number in range(len(part))]
        log.info("graph.batch_retry", items=len(pending), wait=round(wait, 2), attempt=patience.attempts + 1)
        if any(answers[number].status in THROTTLED for number, _ in pending):
            client.usage.throttled_seconds += wait
        await patience.wait(wait)


async def _alone(client: GraphClient, item: BatchGet, api: str, bucket: str) -> BatchReply:
    try:
        reply = await client.get(_relative(item.url), api=api, bucket=bucket)
    except GraphRejected as error:
        return BatchReply(item.id, error.status, {}, b"", error)
    return BatchReply(item.id, reply.status, reply.headers, reply.body)


async def _round_trip(
    client: GraphClient, pending: Sequence[tuple[int, BatchGet]], api: str, bucket: str
) -> dict[int, BatchReply]:
    requests = [
        {"id": str(number), "method": "GET", "url": _relative(item.url), "headers": READ_HEADERS}
        for number, item in pending
    ]
    call = Call(
        method="POST",
        url="/$batch",
        api=api,
        bucket=bucket,
        body=msgspec.json.encode({"requests": requests}),
        headers=READ_HEADERS,
        weight=len(pending),
    )
    given = {item.id: item for item in await client.exchange(call, _read_answer)}
    answers: dict[int, BatchReply] = {}
    for number, item in pending:
        answer = given.get(str(number))
        if answer is None:
            answers[number] = BatchReply(item.id, _NO_ANSWER, {}, b"")
            continue
        headers = {name.lower(): str(value) for name, value in (answer.headers or {}).items()}
        client.account(bucket, headers)
        answers[number] = BatchReply(item.id, answer.status, headers, answer.body)
    return answers


def _read_answer(reply: Reply) -> list[_Item]:
    try:
        return _DECODE(reply.body).responses
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable("the body is not a whole batch answer") from error


async def _whole_list(
    client: GraphClient, url: str, reply: BatchReply, api: str, bucket: str
) -> list[msgspec.Raw] | GraphError:
    if (failure := reply.failure(url)) is not None:
        return failure
    try:
        current = read_page(reply.body)
        items = current.items
        while current.next_link:
            current = await page(client, current.next_link, api=api, bucket=bucket)
            items.extend(current.items)
    except Unreadable as error:
        return GraphUnreachable(f"GET {path_of(url)}: {error}", path=path_of(url))
    except GraphError as error:
        return error
    return items


def _again(reply: BatchReply) -> bool:
    return reply.status == _NO_ANSWER or reply.status in RETRIABLE


def _relative(url: str) -> str:
    if not url.startswith("/") or url.startswith("//"):
        raise ForeignLink(f"A batch item must name a path, not {url[:100]!r}")
    return url

"""The Graph client: one call in, one whole successful answer out, or an error of the Graph family.

It checks where a request goes before a token is asked for, sends it in a slot of its bucket's limiter, and is the only
place that tries again: 429 and 503 after the time Graph told, other failures of the service and broken connections
after a growing pause, a 401 once with a fresh token. What must not happen twice (`repeatable=False`) is sent again only
after an answer that says Graph did nothing: 429 and 401, or when no connection came about.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from functions import log
from functions.errors import GraphError, GraphUnreachable
from functions.graph.limiter import Bucket, Limiters
from functions.graph.links import GraphRoot, path_of
from functions.graph.reply import RETRIABLE, THROTTLED, NoAnswer, Reply, refusal
from functions.graph.roles import application_of, principal_of, roles_of, tenant_of
from functions.graph.tokens import TokenSource
from functions.graph.waits import Patience, WaitPolicy, retry_after

if TYPE_CHECKING:
    from functions.graph.transport import Transport

__all__ = ["READ_HEADERS", "Call", "GraphClient", "Reply", "TokenSource", "Unreadable", "Usage"]

READ_HEADERS: Mapping[str, str] = {
    "x-ms-throttle-priority": "Low",  # a backup yields to the tools of administrators
    "prefer": "include-unknown-enum-members",  # or newer enum values come as unknownFutureValue
}
_CONCURRENT_WRITE = "Directory_ConcurrencyViolation"  # two writes to one object at once; Graph asks to come again


class Unreadable(Exception):
    """Raised by a `read` function for a body that is not what was asked for, whole: the call is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked of Graph. `repeatable` says that doing it twice is the same as doing it once, `weight` how many
    requests Graph counts it for."""

    method: str
    url: str
    api: str = "v1.0"
    bucket: str = "identity"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    weight: int = 1


@dataclass(slots=True)
class Usage:
    """What was spent. A `$batch` counts as one request; the resource units of its items are added."""

    requests: int = 0
    resource_units: int = 0
    throttled_seconds: float = 0.0


class GraphClient:
    """Speaks to one Graph host as one identity. Made by `factory`; closed by who made it."""

    def __init__(
        self,
        root: GraphRoot,
        transport: "Transport",
        tokens: TokenSource,
        limiters: Limiters,
        policy: WaitPolicy,
    ) -> None:
        self._root = root
        self._transport = transport
        self._tokens = tokens
        self._limiters = limiters
        self.policy = policy
        self.usage = Usage()

    async def roles(self) -> frozenset[str] | None:
        """The application permissions that the identity's token carries, None where the token does not say.

        Raises GraphTokenRefused when there is no token.
        """
        return roles_of(await self._tokens.token())

    async def tenant(self) -> str:
        """The id of the tenant that gave the identity its token, "" where the token does not say."""
        return tenant_of(await self._tokens.token())

    async def principal(self) -> str:
        """The object id of the identity, "" where its token does not say. Raises GraphTokenRefused."""
        return principal_of(await self._tokens.token())

    async def application(self) -> str:
        """The appId of the identity, "" where its token does not say. Raises GraphTokenRefused."""
        return application_of(await self._tokens.token())

    def with_usage(self) -> "GraphClient":
        """The same connections, limiters and token, with counters of its own."""
        return GraphClient(self._root, self._transport, self._tokens, self._limiters, self.policy)

    async def get(
        self,
        url: str,
        *,
        api: str = "v1.0",
        headers: Mapping[str, str] | None = None,
        bucket: str = "identity",
    ) -> Reply:
        """Reads. `url` is a path under the version root or an absolute link taken from Graph."""
        return await self.exchange(
            Call(method="GET", url=url, api=api, bucket=bucket, headers=reading(headers)), _whole_json
        )

    async def send(
        self,
        method: str,
        url: str,
        *,
        api: str = "v1.0",
        body: object | None = None,
        repeatable: bool,
        bucket: str = "identity",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Writes. A None inside `body` is sent as null, bytes as they are. The answer may have no body."""
        content = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
        call = Call(
            method=method, url=url, api=api, bucket=bucket, body=content, headers=headers or {}, repeatable=repeatable
        )
        return await self.exchange(call, _as_it_is)

    async def exchange[T](self, call: Call, read: Callable[[Reply], T]) -> T:
        """Sends until there is a successful answer that `read` accepts. `read` may raise Unreadable."""
        url = self._root.absolute(call.url, call.api)  # before a token is asked for
        bucket = self._limiters.bucket(call.bucket)
        patience = Patience(self.policy)
        headers = {"accept": "application/json", "client-request-id": str(uuid.uuid4()), **call.headers}
        token = ""
        while True:
            try:
                reply = await self._once(call, url, headers, bucket, token)
            except NoAnswer as lost:
                failure = GraphUnreachable(f"{call.method} {path_of(url)}: {lost.what}", path=path_of(url))
                await self._wait(patience, failure, None, again=call.repeatable or not lost.sent)
                continue
            if reply.status == 401 and not token:
                token = await self._tokens.token(fresh=True)
                continue
            if 200 <= reply.status < 300:
                try:
                    return read(reply)
                except Unreadable as error:
                    unread = GraphUnreachable(f"{call.method} {path_of(url)}: {error}", path=path_of(url))
                    await self._wait(patience, unread, None, again=call.repeatable)
                    continue
            told = retry_after(reply.headers, self.policy.now())
            refused = refusal(reply, call.method, path_of(url), retry_after=told or 0.0)
            await self._wait(patience, refused, told, again=_worth_repeating(refused, repeatable=call.repeatable))

    async def _once(self, call: Call, url: str, headers: Mapping[str, str], bucket: Bucket, token: str) -> Reply:
        async with bucket.slot(call.weight):
            self.usage.requests += 1
            reply = await self._transport.send(call.method, url, headers, call.body, token=token)
        self.account(call.bucket, reply.headers)
        return reply

    async def _wait(self, patience: Patience, failure: GraphError, told: float | None, *, again: bool) -> None:
        """Waits for the next attempt, or raises `failure` where there is none."""
        wait = patience.next_wait(told) if again else None
        if wait is None:
            raise failure
        log.info(
            "graph.retry",
            path=failure.path,
            status=failure.status,
            code=failure.graph_code,
            wait=round(wait, 2),
            attempt=patience.attempts + 1,
            request=failure.request_id,
        )
        if failure.status in THROTTLED:
            self.usage.throttled_seconds += wait
        await patience.wait(wait)

    def account(self, bucket: str, headers: Mapping[str, str]) -> None:
        """Takes in what an answer, or an item of a `$batch`, says of its cost."""
        self.usage.resource_units += round(self._limiters.bucket(bucket).learn(headers))

    async def aclose(self) -> None:
        """Closes connections and credential, also for the clients made by `with_usage`."""
        await self._transport.aclose()
        await self._tokens.aclose()


def reading(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers of a read: the caller's, and those that every read carries."""
    own = {name.lower(): value for name, value in (headers or {}).items()}
    if "prefer" in own:
        own["prefer"] = f"{READ_HEADERS['prefer']}, {own['prefer']}"
    return {**READ_HEADERS, **own}


def _worth_repeating(error: GraphError, *, repeatable: bool) -> bool:
    if error.status == 429:
        return True  # turned away before anything was done
    return repeatable and (error.status in RETRIABLE or error.graph_code == _CONCURRENT_WRITE)


def _as_it_is(reply: Reply) -> Reply:
    return reply


def _whole_json(reply: Reply) -> Reply:
    """Accepts an answer that is not JSON, such as a photo, and JSON that is whole."""
    if "json" in reply.headers.get("content-type", ""):
        try:
            msgspec.json.decode(reply.body, type=msgspec.Raw)
        except msgspec.MsgspecError as error:
            raise Unreadable("the body is not whole JSON") from error
    return reply

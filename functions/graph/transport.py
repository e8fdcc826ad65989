"""One request, one answer: the Graph SDK's request adapter, given raw requests and asked for the native response.

In: a method, a URL already checked by `links`, headers, a body. Out: a `Reply`, or `NoAnswer` where no whole answer
came. Never retries and never follows a redirect: the SDK's handlers for both are left out, and so are those that
rewrite a URL (a link is sent as Graph gave it) or copy bodies. This module loads the SDK and httpx; import it late.
"""

import asyncio
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import httpx
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.request_option import RequestOption
from kiota_http.middleware.options import ResponseHandlerOption
from kiota_http.middleware.user_agent_handler import UserAgentHandler
from msgraph_core.base_graph_request_adapter import BaseGraphRequestAdapter
from msgraph_core.graph_client_factory import GraphClientFactory
from msgraph_core.middleware.telemetry import GraphTelemetryHandler

from functions.errors import ForeignLink
from functions.graph.reply import NoAnswer, Reply
from functions.graph.tokens import TokenSource

# httpcore looks for this optional library ten times a call, on the disk each time where it is not installed: a third of
# the CPU that a call costs.
if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # the import system's word for "there is none"

_CONNECTIONS = 48  # more than the limiters let through, so that nobody waits for a connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """In seconds. `whole` bounds a call from its start to the last byte, however slowly they come."""

    connect: float = 10.0
    read: float = 75.0
    whole: float = 150.0


class _Tokens(AccessTokenProvider):
    """Gives the SDK's authentication provider its token, for the configured host only."""

    def __init__(self, source: TokenSource, host: str) -> None:
        self._source = source
        self._validator = AllowedHostsValidator([host])

    async def get_authorization_token(
        self, uri: str, additional_authentication_context: dict[str, Any] | None = None
    ) -> str:
        if not self._validator.is_url_host_valid(uri):
            raise ForeignLink("A request to another host than the configured one was not sent")
        return await self._source.token()

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return self._validator


class _Adapter(BaseGraphRequestAdapter):
    async def retry_cae_response_if_required(
        self, resp: httpx.Response, request_info: RequestInformation, claims: str
    ) -> httpx.Response:
        # retries are in one place, client.py
        return resp


@cache
def _trusted(trust_env: bool) -> ssl.SSLContext:
    """The authorities that connections trust. To read them takes 40 ms: once for all clients of a process."""
    return httpx.create_ssl_context(trust_env=trust_env)


class Transport:
    """Connections to one Graph host. Belongs to the event loop that first uses it."""

    def __init__(self, origin: str, tokens: TokenSource, *, loopback: bool, timeouts: Timeouts | None = None) -> None:
        timeouts = timeouts or Timeouts()
        self._whole = timeouts.whole
        client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect),
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS, keepalive_expiry=20.0
            ),
            follow_redirects=False,
            trust_env=not loopback,  # a proxy of the environment cannot reach a loopback address
            headers={"User-Agent": "Lifeboat"},
            verify=_trusted(not loopback),
        )
        # the SDK wraps these in transports whose aclose does nothing
        self._pools = [pool for pool in (client._transport, *client._mounts.values()) if pool is not None]
        self._client = GraphClientFactory.create_with_custom_middleware(
            [UserAgentHandler(), GraphTelemetryHandler()], client=client
        )
        authentication = BaseBearerTokenAuthenticationProvider(_Tokens(tokens, httpx.URL(origin).host))
        self._adapter = _Adapter(authentication, http_client=self._client)
        self._native: list[RequestOption] = [ResponseHandlerOption(NativeResponseHandler())]

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, *, token: str = ""
    ) -> Reply:
        """Sends once. `token` replaces the one the token source would give."""
        request = RequestInformation(Method(method))
        request.url = url
        kind = "application/json"
        for name, value in headers.items():
            if name.lower() == "content-type":
                kind = value
            else:
                request.headers.add(name, value)
        if token:
            request.headers.add("Authorization", f"Bearer {token}")
        if content is not None:
            request.set_stream_content(content, kind)
        request.add_request_options(self._native)
        try:
            async with asyncio.timeout(self._whole):
                response: httpx.Response | None = await self._adapter.send_primitive_async(request, "bytes", {})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NoAnswer(f"no connection ({_named(error)})", sent=False) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise NoAnswer(f"the answer broke off ({_named(error)})", sent=True) from error
        except TimeoutError as error:
            raise NoAnswer(f"no whole answer in {self._whole:g} s", sent=True) from error
        assert response is not None  # what the native response handler hands back
        reply = Reply(response.status_code, dict(response.headers), response.content)
        # A response and its stream refer to each other: left so, each page would wait for the cyclic collector.
        response.stream = httpx.ByteStream(b"")
        return reply

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
        for pool in self._pools:
            await pool.aclose()


def _named(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")

"""Where an access token comes from: a managed identity in Azure, a fixed one on a laptop.

In: a client id and the scope of the national cloud's Graph. Out: a token, kept until five minutes before it expires.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from functions.errors import GraphTokenRefused
from functions.settings import Secret

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_EXPIRY_MARGIN = 300.0
_SETTLED = 5.0  # seconds in which a second request for a fresh token gets the one just fetched
_BYPASS_CACHE = "{}"  # a claims challenge that asks for nothing: the credential does not answer it from its cache


class TokenSource(Protocol):
    """Gives access tokens for Graph."""

    async def token(self, *, fresh: bool = False) -> str:
        """A token. `fresh` bypasses every cache: Graph refused the last one."""
        ...

    async def aclose(self) -> None:
        """Lets go of what it holds."""
        ...


class FixedToken:
    """The one token of a Graph-shaped server on a loopback address."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    async def token(self, *, fresh: bool = False) -> str:
        return self._token.reveal()

    async def aclose(self) -> None:
        return None


class IdentityToken:
    """Tokens of an azure-identity credential for one scope."""

    def __init__(self, credential: "AsyncTokenCredential", scope: str) -> None:
        self._credential = credential
        self._scope = scope
        self._token = ""
        self._use_until = 0.0
        self._fetched = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def token(self, *, fresh: bool = False) -> str:
        if not fresh and time.time() < self._use_until:
            return self._token
        async with self._one_at_a_time:
            known = time.time() < self._use_until and (not fresh or time.monotonic() - self._fetched < _SETTLED)
            if not known:
                await self._fetch(fresh=fresh)
            return self._token

    async def _fetch(self, *, fresh: bool) -> None:
        from azure.core.exceptions import AzureError

        try:
            given = await self._credential.get_token(self._scope, claims=_BYPASS_CACHE if fresh else None)
        except AzureError as error:
            raise GraphTokenRefused(
                f"The app's managed identity gave no token for {self._scope}: {type(error).__name__}",
                remedy="Check that the identity is assigned to the function app and that its client id is set.",
            ) from error
        self._token = given.token
        self._use_until = given.expires_on - _EXPIRY_MARGIN
        self._fetched = time.monotonic()

    async def aclose(self) -> None:
        await self._credential.close()

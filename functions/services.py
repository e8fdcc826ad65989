"""What the functions of one process share: settings, stores, Graph clients, clock. Opened when first needed.

In: the environment. Out: `services()`, the same object for every call on an event loop: connections belong to the loop
they were made on. Nothing heavy is imported before the first call, so a cold start that answers 401 stays cheap.
"""

import asyncio
import os
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from functions.clock import Clock, utc_now
from functions.settings import Settings

if TYPE_CHECKING:
    from functions.graph.client import GraphClient
    from functions.storage.open import Stores


@dataclass(frozen=True, slots=True)
class Services:
    """One per process and event loop. The Graph clients are made when first asked for, one for each identity."""

    settings: Settings
    stores: "Stores"
    clock: Clock = utc_now
    _clients: "dict[str, GraphClient]" = field(default_factory=dict)

    @property
    def reader(self) -> "GraphClient":
        """Graph under the identity that may only read."""
        if "reader" not in self._clients:
            from functions.graph.factory import reader  # brings azure.identity and httpx

            self._clients["reader"] = reader(self.settings)
        return self._clients["reader"]

    @property
    def restorer(self) -> "GraphClient":
        """Graph under the identity that may write."""
        if "restorer" not in self._clients:
            from functions.graph.factory import restorer  # brings azure.identity and httpx

            self._clients["restorer"] = restorer(self.settings)
        return self._clients["restorer"]

    async def aclose(self) -> None:
        """Closes every connection."""
        for client in self._clients.values():
            await client.aclose()
        await self.stores.aclose()


@cache
def settings() -> Settings:
    """The settings of this process. Raises ConfigError, again at each call until they are right."""
    return Settings.from_env(os.environ)


async def services() -> Services:
    """The services of the running event loop. Callers that come while they are being opened wait for the same ones."""
    loop = asyncio.get_running_loop()
    for ended in [other for other in _opened if other.is_closed()]:
        del _opened[ended]
    opening = _opened.get(loop)
    if opening is None or (opening.done() and (opening.cancelled() or opening.exception())):
        opening = _opened[loop] = loop.create_task(_open(settings()))
    return await asyncio.shield(opening)


async def close() -> None:
    """Closes what `services` opened on the running loop; the next call opens it anew."""
    opening = _opened.pop(asyncio.get_running_loop(), None)
    if opening is not None:
        await (await opening).aclose()


_opened: dict[asyncio.AbstractEventLoop, asyncio.Task[Services]] = {}


async def _open(read: Settings) -> Services:
    from functions.storage.open import open_stores  # brings azure.storage and azure.data

    return Services(read, await open_stores(read))

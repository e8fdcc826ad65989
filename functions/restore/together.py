"""Single questions answered together: those asked within a few milliseconds of each other become one.

In: a question to ask for many keys of one group at once. Out: the answer for one key. Where such a question fails for a
reason that may lie in one key alone, each key is asked by itself, so that no object suffers for another.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from functions.errors import FormatError, GraphRejected

GATHERING = 0.003


@dataclass(slots=True)
class _Waiting[V]:
    keys: dict[str, asyncio.Future[V]] = field(default_factory=dict)


class Together[G: Hashable, V]:
    """`ask` gets a group and some keys, and gives an answer for each. `most` keys are asked at once."""

    def __init__(
        self, ask: Callable[[G, Sequence[str]], Awaitable[Mapping[str, V]]], *, wait: float = GATHERING, most: int = 80
    ) -> None:
        self._ask = ask
        self._wait = wait
        self._most = most
        self._waiting: dict[G, _Waiting[V]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    async def get(self, group: G, key: str) -> V:
        """The answer for one key. The same key asked by two at once is asked once."""
        waiting = self._waiting.get(group)
        if waiting is None:
            waiting = self._waiting[group] = _Waiting()
            self._start(self._later(group, waiting))
        future = waiting.keys.get(key)
        if future is None:
            future = waiting.keys[key] = asyncio.get_running_loop().create_future()
            if len(waiting.keys) >= self._most:
                del self._waiting[group]
                self._start(self._answer(group, waiting.keys))
        return await asyncio.shield(future)

    async def _later(self, group: G, waiting: _Waiting[V]) -> None:
        await asyncio.sleep(self._wait)
        if self._waiting.get(group) is waiting:
            del self._waiting[group]
            await self._answer(group, waiting.keys)

    async def _answer(self, group: G, keys: Mapping[str, asyncio.Future[V]]) -> None:
        try:
            found = await self._ask(group, list(keys))
        except (GraphRejected, FormatError) as error:
            if len(keys) == 1:
                _fail(keys, error)
            else:
                for key, future in keys.items():
                    await self._answer(group, {key: future})
        except BaseException as error:
            _fail(keys, error)
            if not isinstance(error, Exception):
                raise
        else:
            for key, future in keys.items():
                if not future.done():
                    future.set_result(found[key])

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)


def _fail[V](keys: Mapping[str, asyncio.Future[V]], error: BaseException) -> None:
    for future in keys.values():
        if not future.done():
            future.set_exception(error)
            future.exception()  # whoever asked may have stopped waiting

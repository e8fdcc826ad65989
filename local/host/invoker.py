"""Calls a function with its trigger's payload, and hands a Durable client to each parameter that asks for one.

In: a function, or the name of an activity or orchestrator with JSON text. Out: the worker's `Outcome`.
"""

from collections.abc import Sequence

from local.host.app import Function
from local.host.durable.links import Links
from local.host.protos import TypedData
from local.host.worker import Outcome, Worker


class Invoker:
    """The functions of the app, ready to be called."""

    def __init__(self, worker: Worker, functions: Sequence[Function], links: Links) -> None:
        self._worker = worker
        self._by_name = {function.name: function for function in functions}
        self._client = TypedData(string=links.binding())

    async def invoke(self, function: Function, payload: TypedData) -> Outcome:
        arguments = [(function.parameter, payload), *((name, self._client) for name in function.clients)]
        return await self._worker.invoke(function.id, arguments)

    async def durable(self, name: str, payload: str) -> Outcome:
        """An activity or an orchestrator."""
        return await self.invoke(self._by_name[name], TypedData(string=payload))

"""Microsoft's worker library, in this process: indexes the app, binds arguments, calls functions as it does in Azure.

In: an app directory, then calls by function id. Out: the functions' metadata, then one `Outcome` a call. What the
app raises is in the outcome, never raised here. The library keeps its registry in module globals, so a process
serves one app.
"""

import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime

from local.host import protos
from local.host.errors import IndexingFailed
from local.host.protos import ParameterBinding, RpcFunctionMetadata, StatusResult, TypedData

_NO_TRACE = SimpleNamespace(trace_parent="", trace_state="", attributes={})
_NO_RETRY = SimpleNamespace(retry_count=0, max_retry_count=0, exception=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: a value, or the error as `Type: text` with its stack."""

    value: TypedData | None = None
    error: str = ""
    stack: str = ""


class Worker:
    """The one app of this process."""

    def __init__(self, url: str) -> None:
        self._properties = {"host": url, "protos": protos}

    async def index(self, app: Path) -> list[RpcFunctionMetadata]:
        """Imports the app and lists its functions. Raises IndexingFailed with the library's message."""
        if not (app / "function_app.py").is_file():
            raise IndexingFailed([f"{app} holds no function_app.py"])
        sys.path.insert(0, str(app))
        runtime.start_threadpool_executor()
        init = await runtime.worker_init_request(
            self._request(
                worker_init_request=SimpleNamespace(
                    capabilities={}, function_app_directory=str(app), worker_directory="", host_version="4.0.0"
                )
            )
        )
        if init.result.status != StatusResult.Success:
            raise IndexingFailed([_first_sentences(init.result.exception.message), init.result.exception.stack_trace])
        answer = await runtime.functions_metadata_request(self._request(functions_metadata_request=SimpleNamespace()))
        return list(answer.function_metadata_results or ())

    async def invoke(self, function_id: str, arguments: Sequence[tuple[str, TypedData]]) -> Outcome:
        """Calls a function once."""
        answer = await runtime.invocation_request(
            self._request(
                invocation_request=SimpleNamespace(
                    invocation_id=str(uuid.uuid4()),
                    function_id=function_id,
                    input_data=[ParameterBinding(name=name, data=data) for name, data in arguments],
                    trigger_metadata={},
                    trace_context=_NO_TRACE,
                    retry_context=_NO_RETRY,
                )
            )
        )
        if answer.result.status == StatusResult.Success:
            return Outcome(value=answer.return_value)
        return Outcome(error=answer.result.exception.message, stack=answer.result.exception.stack_trace)

    async def close(self) -> None:
        """Lets idle threads go; one that is inside a function keeps running. Ends the Durable client's connections."""
        executor = runtime.get_threadpool_executor()
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
        client = sys.modules.get("azure.durable_functions.models.utils.http_utils")
        if client is not None:
            await client._close_session()

    def _request(self, **content: Any) -> SimpleNamespace:
        return SimpleNamespace(request=SimpleNamespace(**content), properties=self._properties)


def _first_sentences(message: str) -> str:
    """The library appends its whole sys.path to an import error; the stack that follows says more."""
    return message.partition(" Current sys.path:")[0]

"""The messages that the worker library reads and writes, as plain classes in place of generated protobuf code.

In: keyword arguments, as protobuf constructors take them; an unknown field is a TypeError. A field that was not set
is None. Only what azure-functions-runtime 1.3 touches is here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(slots=True, kw_only=True)
class TypedData:
    """One value on its way in or out: at most one field is set."""

    string: str | None = None
    json: str | None = None
    bytes: Any = None
    stream: Any = None
    http: Any = None
    int: Any = None
    double: float | None = None
    collection_bytes: Any = None
    collection_string: Any = None
    collection_double: Any = None
    collection_sint64: Any = None
    model_binding_data: Any = None
    collection_model_binding_data: Any = None

    def WhichOneof(self, _group: str) -> str | None:
        return next((name for name in self.__slots__ if getattr(self, name) is not None), None)


@dataclass(slots=True, kw_only=True)
class ParameterBinding:
    """A named value: an argument of an invocation, or an output."""

    name: str = ""
    data: TypedData | None = None

    def WhichOneof(self, _group: str) -> str:
        return "data"


@dataclass(slots=True, kw_only=True)
class RpcHttp:
    """A request on the way in, a response on the way out."""

    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: TypedData | None = None
    params: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    status_code: str = ""
    cookies: list[RpcHttpCookie] | None = None
    enable_content_negotiation: bool = False


class _SameSite:
    Lax = 1
    Strict = 2
    ExplicitNone = 3


setattr(_SameSite, "None", 0)  # a Python keyword, and a name the library asks for


@dataclass(slots=True, kw_only=True)
class RpcHttpCookie:
    """A cookie of a response; the optional parts are Nullable… messages or None."""

    SameSite: ClassVar[type] = _SameSite

    name: str = ""
    value: str = ""
    domain: Any = None
    path: Any = None
    expires: Any = None
    secure: Any = None
    http_only: Any = None
    same_site: int = 0
    max_age: Any = None


@dataclass(slots=True, kw_only=True)
class NullableString:
    value: str = ""


@dataclass(slots=True, kw_only=True)
class NullableBool:
    value: bool = False


@dataclass(slots=True, kw_only=True)
class NullableDouble:
    value: float = 0.0


@dataclass(slots=True, kw_only=True)
class NullableTimestamp:
    value: Any = None


@dataclass(slots=True, kw_only=True)
class BindingInfo:
    """How a parameter is bound."""

    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2
    undefined: ClassVar[int] = 0

    type: str = ""
    direction: int = 0
    data_type: Any = None
    properties: dict[str, str] = field(default_factory=dict)


setattr(BindingInfo, "in", 0)


@dataclass(slots=True, kw_only=True)
class RpcException:
    source: str = ""
    stack_trace: str = ""
    message: str = ""


@dataclass(slots=True, kw_only=True)
class StatusResult:
    """Whether a request went well, and if not, what was raised."""

    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1

    status: int = 0
    result: str = ""
    exception: RpcException | None = None


@dataclass(slots=True, kw_only=True)
class WorkerMetadata:
    runtime_name: str = ""
    runtime_version: str = ""
    worker_version: str = ""
    worker_bitness: str = ""
    custom_properties: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class WorkerInitResponse:
    capabilities: dict[str, str] = field(default_factory=dict)
    worker_metadata: WorkerMetadata | None = None
    result: StatusResult | None = None


@dataclass(slots=True, kw_only=True)
class RpcRetryOptions:
    max_retry_count: int = 0
    retry_strategy: Any = None
    delay_interval: Any = None
    minimum_interval: Any = None
    maximum_interval: Any = None


@dataclass(slots=True, kw_only=True)
class RpcFunctionMetadata:
    """A function as the worker found it."""

    name: str = ""
    function_id: str = ""
    managed_dependency_enabled: bool = False
    directory: str = ""
    script_file: str = ""
    entry_point: str = ""
    is_proxy: bool = False
    language: str = ""
    bindings: dict[str, BindingInfo] = field(default_factory=dict)
    raw_bindings: list[str] = field(default_factory=list)
    retry_options: RpcRetryOptions | None = None
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class FunctionMetadataResponse:
    use_default_metadata_indexing: bool = False
    function_metadata_results: list[RpcFunctionMetadata] | None = None
    result: StatusResult | None = None


@dataclass(slots=True, kw_only=True)
class FunctionLoadResponse:
    function_id: str = ""
    result: StatusResult | None = None


@dataclass(slots=True, kw_only=True)
class InvocationResponse:
    invocation_id: str = ""
    return_value: TypedData | None = None
    result: StatusResult | None = None
    output_data: list[ParameterBinding] = field(default_factory=list)

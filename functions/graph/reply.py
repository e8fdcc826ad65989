"""What Graph answered, and the error family a refused answer belongs to.

In: status, headers and body of one answer. Out: `Reply`, and `refusal(reply, …)`, the one place that maps an answer
to the errors of functions/errors.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from functions.errors import (
    DeltaExpired,
    GraphError,
    GraphRejected,
    GraphThrottled,
    GraphTokenRefused,
    GraphUnreachable,
    PageTokenExpired,
)

THROTTLED = frozenset({429, 503})
RETRIABLE = THROTTLED | {500, 502, 504, 509}

_PAGE_TOKEN_CODES = frozenset({"directory_expiredpagetoken", "directorypagetokennotfoundexception"})
_DELTA_CODES = frozenset({"syncstatenotfound", "resyncrequired"})


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """No whole answer arrived. `sent` is False only if the request cannot have reached Graph."""

    def __init__(self, what: str, *, sent: bool) -> None:
        super().__init__(what)
        self.what = what
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Said:
    """The code and message of an error body; both empty where the body has none."""

    code: str = ""
    message: str = ""
    request_id: str = ""


class _Error(msgspec.Struct):
    code: object = ""
    message: object = ""
    inner: dict[str, object] | None = msgspec.field(name="innerError", default=None)
    inner_old: dict[str, object] | None = msgspec.field(name="innererror", default=None)


class _Envelope(msgspec.Struct):
    error: _Error


_DECODE = msgspec.json.Decoder(_Envelope).decode


def said(body: bytes | msgspec.Raw) -> Said:
    """Reads Graph's error body. A body of another shape, such as a gateway's page, says nothing."""
    try:
        error = _DECODE(body)
    except msgspec.MsgspecError:
        return Said()
    inner = error.error.inner or error.error.inner_old or {}
    return Said(_text(error.error.code), _text(error.error.message), _text(inner.get("request-id")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def refusal(reply: Reply, method: str, path: str, *, retry_after: float = 0.0) -> GraphError:
    """The error of an answer that is not a success. `path` is without query, fit for a log or a person."""
    answer = said(reply.body)
    error = _family(reply, answer.code.lower(), method)(
        f"Graph answered {method} {path} with {reply.status} {answer.code}".rstrip(),
        status=reply.status,
        graph_code=answer.code,
        graph_message=answer.message,
        path=path,
        request_id=reply.headers.get("request-id", "") or answer.request_id,
    )
    if isinstance(error, GraphThrottled):
        error.retry_after = retry_after
    if isinstance(error, DeltaExpired):
        error.location = reply.headers.get("location", "")
    return error


def _family(reply: Reply, code: str, method: str) -> type[GraphError]:
    if reply.status == 401:
        return GraphTokenRefused
    if reply.status in THROTTLED:
        return GraphThrottled
    if reply.status in RETRIABLE:
        return GraphUnreachable
    if code in _PAGE_TOKEN_CODES:
        return PageTokenExpired
    if code in _DELTA_CODES or (reply.status == 410 and method == "GET"):
        return DeltaExpired
    return GraphRejected

"""Errors as problem details (RFC 9457): the one place where an exception becomes a status and a body.

In: any exception. Out: a Reply of `application/problem+json` with a stable `code`. An exception that is not ours gives
`internalError` and a reference; neither its type nor its text leaves the process.
"""

import math
import secrets
from collections.abc import Mapping
from pathlib import PurePath
from traceback import extract_tb

import msgspec
from msgspec import UNSET, UnsetType

from functions import log
from functions.api.codes import CODES
from functions.api.reply import Reply
from functions.errors import CallerError, GraphError, GraphThrottled, LifeboatError

CONTENT_TYPE = "application/problem+json"
_LONGEST_DETAIL = 2000


class Problem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Problem details (RFC 9457). Go by `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str | UnsetType = UNSET
    graph_request_id: str | UnsetType = UNSET
    reference: str | UnsetType = UNSET


def refused(slug: str, detail: str, *, remedy: str = "") -> CallerError:
    """The error to raise for a request that is refused with `slug`, at the status the table gives it."""
    return CallerError(CODES[slug].status, slug, detail, remedy=remedy)


def problem(error: LifeboatError) -> Reply:
    """An error of ours as the caller sees it."""
    slug, status = error.code, CODES[error.code].status
    if isinstance(error, CallerError):
        slug, status = error.slug, error.status
    known = CODES.get(slug, CODES[error.code])
    request_id = error.request_id if isinstance(error, GraphError) else ""
    return _reply(
        Problem(
            type=f"urn:lifeboat:error:{slug}",
            title=known.title,
            status=status,
            detail=error.message[:_LONGEST_DETAIL],
            code=slug,
            remedy=error.remedy or known.todo,
            graph_request_id=request_id or UNSET,
        ),
        _pause(error),
    )


def unexpected(error: Exception, call: str) -> Reply:
    """A defect: a reference for the caller, the place for the log. Its text may hold anything, so it goes nowhere."""
    reference = secrets.token_hex(8)
    frames = extract_tb(error.__traceback__)[-6:]
    place = " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    log.error("api.defect", reference=reference, call=call, error=type(error).__name__, at=place)
    known = CODES["internalError"]
    return _reply(
        Problem(
            type=f"urn:lifeboat:error:{known.slug}",
            title=known.title,
            status=known.status,
            detail="An unexpected error stopped this call.",
            code=known.slug,
            remedy=known.todo,
            reference=reference,
        ),
        {},
    )


def _pause(error: LifeboatError) -> Mapping[str, str]:
    if isinstance(error, GraphThrottled):
        return {"Retry-After": str(max(1, math.ceil(error.retry_after)))}
    return {}


def _reply(content: Problem, headers: Mapping[str, str]) -> Reply:
    return Reply(content.status, msgspec.json.encode(content), CONTENT_TYPE, headers, content.code)

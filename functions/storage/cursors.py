"""Cursors: where a paged answer goes on. Opaque to callers, checked when they come back.

A cursor holds the last key given out and a digest of the question it belongs to, so that one that was altered, or that
belongs to another question, is refused instead of giving wrong rows. It is no secret and grants nothing.
"""

import base64
import hashlib

from functions.errors import CallerError

_CHECK = 8
_LONGEST = 4096


def cursor_after(last: str, *question: str) -> str:
    """The cursor that goes on after the key `last` of this question."""
    data = last.encode()
    return base64.urlsafe_b64encode(_check(data, question) + data).decode().rstrip("=")


def after(cursor: str, *question: str) -> str:
    """The key to go on after. Raises CallerError(404, "invalidCursor"): there is no such page."""
    data = _decoded(cursor)
    if data[:_CHECK] != _check(data[_CHECK:], question):
        raise _invalid()
    return data[_CHECK:].decode()


def _decoded(cursor: str) -> bytes:
    if len(cursor) > _LONGEST:
        raise _invalid()
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as problem:  # binascii's, and that of letters beyond ASCII
        raise _invalid() from problem


def _invalid() -> CallerError:
    remedy = "Start again without a cursor, or ask what the cursor was given for"
    return CallerError(404, "invalidCursor", "The cursor is not one of this list.", remedy=remedy)


def _check(data: bytes, question: tuple[str, ...]) -> bytes:
    digest = hashlib.sha256()
    for part in (*(text.encode("utf-8", "surrogatepass") for text in question), data):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()[:_CHECK]

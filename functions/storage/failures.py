"""Turns what azure-core raises into the errors of functions/errors.py, naming the action and what it was done to.

The azure packages are imported when the first call needs them: they take a third of a second, which a cold start that
only answers a status page need not pay.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from functions.errors import BlobExists, BlobImmutable, BlobMissing, StoreError

_ROLES = (
    "Give the app's reader identity 'Storage Blob Data Contributor' on the containers and 'Storage Table Data "
    "Contributor' on the tables, as infra/modules/storage-roles.bicep does"
)
_RETRY = "Check that the storage account is reachable from the app, then run it again"


@contextmanager
def told(action: str, subject: str) -> Iterator[None]:
    """Raises BlobExists, BlobMissing, BlobImmutable or StoreError for any failure of the SDK inside the block."""
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        yield
    except HttpResponseError as problem:
        raise _refused(action, subject, problem.status_code or 0, code_of(problem)) from problem
    except AzureError as problem:
        raise StoreError(f"{action} {subject}: {type(problem).__name__}: {problem.message}", remedy=_RETRY) from problem


def code_of(problem: BaseException) -> str:
    """The service's own error code, or an empty string."""
    code = getattr(problem, "error_code", None) or ""
    return str(getattr(code, "value", code))


def refused(action: str, subject: str, status: int, code: str, message: str = "") -> StoreError:
    """A StoreError for an answer of the service that is not a success."""
    text = f"{action} {subject}: {status} {code}"
    if message:
        text += f": {message}"
    return StoreError(text, remedy=_ROLES if status in {401, 403} else "")


def _refused(action: str, subject: str, status: int, code: str) -> StoreError:
    if code == "BlobAlreadyExists" or (status, code) == (412, "ConditionNotMet"):
        return BlobExists(f"{action} {subject}: the name is taken; it is written once")
    if code == "BlobNotFound":
        return BlobMissing(f"{action} {subject}: there is no such blob")
    if code.startswith("BlobImmutableDueTo"):
        return BlobImmutable(f"{action} {subject}: the storage account keeps it unchanged ({code})")
    return refused(action, subject, status, code)

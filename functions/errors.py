"""Every error Lifeboat raises, each with a stable code.

    LifeboatError(code, message, remedy)
      ConfigError                     settings are wrong or missing: all problems at once
      CallerError(status)             a caller's request that cannot be served (HTTP 4xx)
      GraphError(status, graph_code, path, request_id)
        GraphRejected                 Graph said no: 4xx that a retry cannot change
        GraphThrottled(retry_after)   429 or 503, and the retries are used up
        GraphUnreachable              no whole answer: dropped, truncated, timed out, 5xx
        GraphTokenRefused             401 with a fresh token
        PageTokenExpired              the list has to start again
        DeltaExpired(location)        the delta link has to start again
        ForeignLink                   a link led away from the configured Graph host; nothing was sent
      StoreError
        BlobExists, BlobMissing       a write-once name is taken; a name is not there
        BlobImmutable                 the account's immutability keeps the blob
        RowConflict, RowMissing       the same for a table row
      FormatError                     a file that is not what docs/format.md says
        UnsupportedVersion, IntegrityError
      RestoreError
        PlanExpired, PlanNotApplicable, LiveObjectMoved, WriteUnverified

`code` is stable and documented in docs/errors.md; `message` says what failed and on which object; `remedy` what to do.
"""

from typing import ClassVar


class LifeboatError(Exception):
    """The root. `code` is part of the public surface; `remedy` may be empty where the message says all."""

    code: ClassVar[str] = "internalError"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class ConfigError(LifeboatError):
    code = "invalidConfiguration"


class CallerError(LifeboatError):
    """A request that is refused. `status` is the HTTP status; `slug` the code the caller sees."""

    code = "invalidRequest"

    def __init__(self, status: int, slug: str, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.slug = slug


class GraphError(LifeboatError):
    """A call to Graph that did not give what was asked for.

    `status` 0 means that no whole answer arrived; `graph_code` is the `error.code` of the body, which may be empty;
    `graph_message` its `error.message`.
    """

    code = "graphError"

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        graph_code: str = "",
        graph_message: str = "",
        path: str = "",
        request_id: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.graph_code = graph_code
        self.graph_message = graph_message
        self.path = path
        self.request_id = request_id


class GraphRejected(GraphError):
    code = "graphRejected"


class GraphThrottled(GraphError):
    """`retry_after` is in seconds, 0.0 where Graph named none."""

    code = "graphThrottled"
    retry_after: float = 0.0


class GraphUnreachable(GraphError):
    code = "graphUnreachable"


class GraphTokenRefused(GraphError):
    code = "graphTokenRefused"


class PageTokenExpired(GraphError):
    code = "pageTokenExpired"


class DeltaExpired(GraphError):
    """`location` is the URL Graph named for the new start, or empty."""

    code = "deltaExpired"
    location: str = ""


class ForeignLink(GraphError):
    code = "foreignLink"


class StoreError(LifeboatError):
    code = "storeError"


class BlobExists(StoreError):
    code = "blobExists"


class BlobMissing(StoreError):
    code = "blobMissing"


class BlobImmutable(StoreError):
    code = "blobImmutable"


class RowConflict(StoreError):
    code = "rowConflict"


class RowMissing(StoreError):
    code = "rowMissing"


class FormatError(LifeboatError):
    code = "formatError"


class UnsupportedVersion(FormatError):
    code = "unsupportedVersion"


class IntegrityError(FormatError):
    code = "integrityError"


class RestoreError(LifeboatError):
    code = "restoreError"


class PlanExpired(RestoreError):
    code = "planExpired"


class PlanNotApplicable(RestoreError):
    code = "planNotApplicable"


class LiveObjectMoved(RestoreError):
    code = "liveObjectMoved"


class WriteUnverified(RestoreError):
    code = "writeUnverified"

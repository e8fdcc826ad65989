"""Requests to the Table service through the pipeline of the tables SDK, which signs and retries them.

The SDK's own entity methods cost about half a millisecond of CPU a row. Here bodies are made and read by hand: an
operation of a transaction is bytes, made once, and an answer is a status and bytes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from functions.errors import RowConflict, RowMissing, StoreError
from functions.storage.failures import refused, told
from functions.storage.keys import literal

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient

MAX_OPERATIONS = 100
MAX_BYTES = 1_000_000  # the service takes 4 MiB; aiohttp wants bodies beyond 1 MiB as a stream

_REPEATED = frozenset({"GET", "HEAD", "PUT", "DELETE", "PATCH", "POST"})
_BATCH = b"batch_lifeboat"
_CHANGES = b"changeset_lifeboat"
_HEAD = b"--%b\r\nContent-Type: multipart/mixed; boundary=%b\r\n\r\n" % (_BATCH, _CHANGES)
_PART = b"--%b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n" % _CHANGES
_TAIL = b"--%b--\r\n--%b--\r\n" % (_CHANGES, _BATCH)
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})[^\r\n]*\r?\n((?:[^\r\n]+\r?\n)*)(?:\r?\n)?(\{[^\r\n]*)?", re.M)
_PLAIN = re.compile(r"[A-Za-z0-9|._-]*")
_INDEX = re.compile(r"(\d{1,2}):")


class Write(StrEnum):
    """What an operation does to a row."""

    REPLACE = "replace"  # the whole row, made if missing
    MERGE = "merge"  # these columns, made if missing; others stay
    INSERT = "insert"  # only if there is none
    UPDATE = "update"  # the whole row, only if there is one
    DELETE = "delete"  # one that is not there is no error
    REMOVE = "remove"  # deleted, only if there is one


DELETIONS = frozenset({Write.DELETE, Write.REMOVE})


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of a transaction, ready to send."""

    partition: str
    row: str
    write: Write
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said. Header names are matched without case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request or an operation was not done. `index` is the operation's place, -1 for the whole."""

    status: int
    code: str
    message: str
    index: int = -1

    def error(self, action: str, subject: str) -> StoreError:
        """The error a caller sees."""
        text = f"{action} {subject}: {self.status} {self.code}"
        if self.status == 412 or self.code == "EntityAlreadyExists":
            return RowConflict(text)
        if self.code in {"ResourceNotFound", "EntityNotFound"}:
            return RowMissing(text)
        return refused(action, subject, self.status, self.code, self.message)


class Wire:
    """The Table service of one account."""

    def __init__(self, service: "TableServiceClient") -> None:
        self._pipeline = service._client  # the one private name we rely on: the SDK's signed, retrying pipeline
        self._endpoint = service.url.partition("?")[0].rstrip("/")
        self._version = service.api_version

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        subject: str,
    ) -> Answer:
        """One request. Raises StoreError where no whole answer came; a refusal is an answer."""
        from azure.core.rest import HttpRequest

        request = HttpRequest(
            method,
            f"{self._endpoint}/{path}",
            content=body,
            headers={
                "x-ms-version": self._version,
                "DataServiceVersion": "3.0",
                "MaxDataServiceVersion": "3.0;NetFx",
                "Accept": "application/json;odata=nometadata",
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        with told(f"{method} of table", subject):
            # stream=True keeps the SDK from decoding the body, which leaves reading it to us.
            response = await self._pipeline.send_request(request, stream=True, retry_on_methods=_REPEATED)
            return Answer(response.status_code, response.headers, await response.read())

    def operation(self, table: str, partition: str, row: str, write: Write, entity: bytes) -> Operation:
        """An operation of a transaction; `entity` is the row as JSON, empty for a deletion."""
        where = f"{self._endpoint}/{table}"
        if write is Write.INSERT:
            verb, extra = f"POST {where}", "Prefer: return-no-content\r\n"
        elif write in DELETIONS:
            verb, extra = f"DELETE {where}{at(partition, row)}", "If-Match: *\r\n"
        else:
            verb = f"{'PATCH' if write is Write.MERGE else 'PUT'} {where}{at(partition, row)}"
            extra = "If-Match: *\r\n" if write is Write.UPDATE else ""
        kind = "" if write in DELETIONS else f"Content-Type: application/json\r\nContent-Length: {len(entity)}\r\n"
        lines = (
            f"{verb} HTTP/1.1\r\n{kind}Accept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n"
        )
        return Operation(partition, row, write, b"%b%b%b\r\n%b\r\n" % (_PART, lines.encode(), extra.encode(), entity))

    async def transaction(self, table: str, operations: Sequence[Operation]) -> Refusal | None:
        """Does all the operations or none: None for done, else why not."""
        answer = await self.send(
            "POST",
            "$batch",
            body=b"".join([_HEAD, *(operation.data for operation in operations), _TAIL]),
            headers={"Content-Type": f"multipart/mixed; boundary={_BATCH.decode()}", "Accept": "application/json"},
            subject=table,
        )
        return read_transaction(answer, len(operations))


def at(partition: str, row: str) -> str:
    """The address of a row below its table."""
    return f"(PartitionKey={_quoted(partition)},RowKey={_quoted_once(row)})"


@lru_cache(maxsize=256)
def _quoted(partition: str) -> str:
    return _quoted_once(partition)


def _quoted_once(text: str) -> str:
    if _PLAIN.fullmatch(text):  # most keys: ids and times joined; quoting costs ten times as much
        return f"'{text.replace('|', '%7C')}'"
    return quote(literal(text), safe="'")


def read_transaction(answer: Answer, operations: int) -> Refusal | None:
    """Reads the answer to a transaction of so many operations."""
    if answer.status != 202:
        return refusal(answer)
    parts = [(int(match[1]), match[3] or b"") for match in _STATUS.finditer(answer.body)]
    for status, body in parts:
        if not 200 <= status < 300:
            return _refusal(status, body, "")
    if len(parts) != operations:
        return Refusal(answer.status, "IncompleteAnswer", f"{operations} operations sent, {len(parts)} answered")
    return None


def refusal(answer: Answer) -> Refusal:
    """What an answer that is no success says."""
    return _refusal(answer.status, answer.body, answer.headers.get("x-ms-error-code") or "")


class _Message(msgspec.Struct):
    value: str = ""


class _Problem(msgspec.Struct):
    code: str = ""
    message: _Message = msgspec.field(default_factory=_Message)


class _Envelope(msgspec.Struct):
    problem: _Problem = msgspec.field(name="odata.error", default_factory=_Problem)


def _refusal(status: int, body: bytes, code: str) -> Refusal:
    try:
        problem = msgspec.json.decode(body, type=_Envelope).problem
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal(status, code or "Unknown", body[:200].decode("utf-8", "replace"))
    message = problem.message.value
    index = _INDEX.match(message)
    return Refusal(status, problem.code or code, message.partition("\n")[0], int(index[1]) if index else -1)

"""What the rules need to know of the directory they judge against, and the refusal they raise.

The store implements `Directory`; the rules never write to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

type Object = dict[str, Any]


class Ref(NamedTuple):
    """One object, by kind and id."""

    kind: str
    id: str


class Bound(NamedTuple):
    """A link that a create or update asks for through `{link}@odata.bind`."""

    link: str
    target: Ref


class Directory(Protocol):
    def get(self, kind: str, id: str) -> Object | None:
        """A live object; None for a deleted or unknown one."""

    def find(self, kind: str, property: str, value: object) -> Iterator[Object]:
        """Live objects whose top-level property equals the value; of a collection, one item does. Text without case."""

    def links(self, kind: str, id: str, link: str) -> Sequence[tuple[str, str]]:
        """(kind, id) of each target of a stored link."""

    def now(self) -> datetime: ...

    def new_id(self) -> str: ...

    def tenant_id(self) -> str: ...

    def verified_domains(self) -> set[str]: ...

    def elsewhere(self, app_id: str) -> Object | None:
        """What is known of an application that is registered in another tenant and lets others in."""

    def security_defaults(self) -> bool: ...

    def licensed(self, service_plan: str) -> bool:
        """Whether the tenant has a plan: AAD_PREMIUM (P1) or AAD_PREMIUM_P2."""

    def permitted(self, *permissions: str) -> bool:
        """Whether the caller holds one of these application permissions."""

    def caller_is(self, *roles: str, units: Sequence[str] = ()) -> bool:
        """Whether the caller's service principal has one of these directory roles, or any in one of the units."""


class GraphFault(Exception):
    """A refusal in Graph's own terms: HTTP status, `error.code`, `error.message`, `error.details`."""

    def __init__(
        self, status: int, code: str, message: str, details: Sequence[Mapping[str, str]] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details


def bad_request(message: str, *, target: str = "", detail: str = "") -> GraphFault:
    """400 Request_BadRequest; with a `details` entry when a detail code is given."""
    details = [{"code": detail, "message": message, "target": target}] if detail else None
    return GraphFault(400, "Request_BadRequest", message, details)


def not_found(id: str) -> GraphFault:
    return GraphFault(
        404,
        "Request_ResourceNotFound",
        f"Resource '{id}' does not exist or one of its queried reference-property objects are not present.",
    )


def denied() -> GraphFault:
    return GraphFault(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")

"""What the tests of refusals share: attempts at a write, well-known objects of the small company, the one check."""

from collections.abc import Callable
from typing import Any

import pytest

from local.tenant.rules import (
    GraphFault,
    Ref,
    check_create,
    check_delete,
    check_link,
    check_unlink,
    check_update,
)
from tests.tenant_rules.memory import Memory

NOBODY = "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"
SYNCED = "Unable to update the specified properties for on-premises mastered Directory Sync objects"
MALFORMED = "The server could not process the request because it is malformed or incorrect."
BAD = "Request_BadRequest"
CLOUD = {"jobTitle": "Chief Executive Officer"}
SYNCED_USER = {"onPremisesSyncEnabled": True}
EVERYONE = {"displayName": "All employees"}
TIER_0 = {"isAssignableToRole": True}
LIST = {"mailNickname": "newsletter"}
DYNAMIC = {"mailNickname": "dyn-engineering"}
M365 = {"mailNickname": "dept-0"}
SYNCED_GROUP = {"onPremisesNetBiosName": "HALDEN"}
API = {"displayName": "Cargo API"}
PIPELINE = {"displayName": "Deployment Pipeline"}
OFFICES = {"displayName": "Halden offices"}
MFA = {"displayName": "CA001 Require MFA for everyone"}

type Attempt = Callable[[Memory], object]
type Row = tuple[str, Attempt, int, str, str]  # what is wrong, the attempt, status, code, core of the message


def create(kind: str, body: dict[str, Any], parent: Callable[[Memory], Ref] | None = None) -> Attempt:
    return lambda directory: check_create(kind, body, directory, parent=parent(directory) if parent else None)


def update(kind: str, having: dict[str, Any], body: dict[str, Any]) -> Attempt:
    return lambda directory: check_update(kind, directory.one(kind, **having), body, directory)


def delete(kind: str, **having: Any) -> Attempt:
    return lambda directory: check_delete(kind, directory.one(kind, **having), directory)


def link(kind: str, having: dict[str, Any], name: str, target: Callable[[Memory], Ref]) -> Attempt:
    return lambda directory: check_link(kind, directory.one(kind, **having), name, target(directory), directory)


def unlink(kind: str, having: dict[str, Any], name: str, target: Callable[[Memory], Ref]) -> Attempt:
    return lambda directory: check_unlink(kind, directory.one(kind, **having), name, target(directory), directory)


def ref(kind: str, **having: Any) -> Callable[[Memory], Ref]:
    return lambda directory: Ref(kind, directory.one(kind, **having)["id"])


def missing(kind: str = "user") -> Callable[[Memory], Ref]:
    return lambda directory: Ref(kind, NOBODY)


def unlicensed(attempt: Attempt) -> Attempt:
    def on_free(directory: Memory) -> object:
        directory.plans.clear()
        return attempt(directory)

    return on_free


def refused(rows: list[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("attempt", "status", "code", "core"), [row[1:] for row in rows], ids=[row[0] for row in rows]
    )


def check_refused(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    with pytest.raises(GraphFault) as caught:
        attempt(directory)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert core in caught.value.message

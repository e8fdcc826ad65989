"""Waiting for replicas, and telling "not yet" from "no"."""

import pytest

from functions.errors import GraphRejected
from functions.restore.password import LENGTH, new_password
from functions.restore.settle import Settle, tries_for
from functions.restore.write import added_before, gone_before, there_before
from tests.unit.restore.entries import ANN

NOT_PRESENT = f"Resource '{ANN}' does not exist or one of its queried reference-property objects are not present."


async def settled(answers: str, *, reads: int = 3, tries: int = 8) -> tuple[bool, int]:
    """`+` is a good read, `-` a bad one; returns the verdict and how often was waited."""
    given, waits = iter(answers), []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def good() -> bool:
        return next(given) == "+"

    settle = Settle(interval=5, reads=reads, tries=tries, sleep=sleep)
    return await settle.until(good), len(waits)


@pytest.mark.parametrize(
    ("answers", "verdict", "waits"),
    [("+++", True, 2), ("-+++", True, 3), ("++-+++", True, 5), ("++-++-++", False, 7), ("--------", False, 7)],
)
async def test_only_good_reads_in_a_row_count(answers, verdict, waits):
    assert await settled(answers) == (verdict, waits)


@pytest.mark.parametrize(
    ("status", "code", "message", "just_made", "again"),
    [
        (404, "Request_ResourceNotFound", NOT_PRESENT, True, True),
        (404, "Request_ResourceNotFound", NOT_PRESENT, False, False),
        (400, "Request_BadRequest", NOT_PRESENT, False, True),
        (400, "Request_BadRequest", "One or more property values specified are invalid.", False, True),
        (400, "BadRequest", "1040: NamedLocation with id x does not exist in the directory.", False, True),
        (409, "Directory_ConcurrencyViolation", "", False, True),
        (409, "Request_MultipleObjectsWithSameKeyValue", "", True, False),
        (400, "Request_BadRequest", "Another object with the same value for property userPrincipalName", True, False),
        (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", True, False),
    ],
)
def test_only_what_may_be_replication_is_sent_again(status, code, message, just_made, again):
    assert (tries_for(status, code, message, just_made=just_made) > 1) == again


@pytest.mark.parametrize(
    ("done", "status", "message", "said"),
    [
        (added_before, 400, "One or more added object references already exist for the following …: 'members'.", True),
        (added_before, 400, "Property is invalid.", False),
        (added_before, 404, NOT_PRESENT, False),
        (gone_before, 404, NOT_PRESENT, True),
        (gone_before, 400, "One or more removed object references do not exist …", True),
        (gone_before, 403, "Insufficient privileges to complete the operation.", False),
        (there_before, 400, "Permission being assigned already exists on the object", True),
        (there_before, 409, "Permission entry already exists.", True),
        (there_before, 403, "Permission entry already exists.", False),
        (there_before, 400, "Another object with the same value already exists.", False),
    ],
)
def test_what_is_done_already_is_no_failure(done, status, message, said):
    assert done(GraphRejected("x", status=status, graph_message=message)) == said


def test_passwords_are_long_of_every_kind_and_never_the_same():
    found = {new_password() for _ in range(200)}
    assert len(found) == 200
    for password in found:
        assert len(password) == LENGTH
        assert any(c.islower() for c in password)
        assert any(c.isupper() for c in password)
        assert any(c.isdigit() for c in password)
        assert any(not c.isalnum() for c in password)

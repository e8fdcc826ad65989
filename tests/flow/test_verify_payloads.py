"""What the calls of a verification hand each other does not grow with the number of runs."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from functions.core.verify import Tally
from functions.upkeep.verify_flow import VerifyState, verify_backups
from functions.upkeep.verify_messages import IndexReply, Opened, RunPlace, RunsReply, VerifyRequest
from tests.flow.verify_world import Walk

TYPES = tuple(f"type{number:03}" for number in range(130))
CALLS = 100  # that look at runs


def largest(runs: int) -> int:
    """The most bytes that an orchestration over so many runs ever gives to a call or to itself."""
    place = RunPlace(read=TYPES, tally=Tally(counts={"records": 10**9}))
    answers: list[Any] = [Opened("t/_work/verify-r/tasks.0.json", runs, TYPES, Tally())]
    answers += [RunsReply(runs // CALLS, place, Tally(counts={"runs": 10**6})) for _ in range(CALLS)]
    answers += [IndexReply(len(TYPES), None, Tally())]
    request = VerifyRequest(report_id="r", tenant_id="t", depth="readable", started_by="test")
    given: Any = msgspec.to_builtins(VerifyState(request=request))
    most = calls = 0
    while given is not None:
        walk = Walk(given, datetime(2026, 11, 22, tzinfo=UTC))
        flow, answer = verify_backups(walk), None
        try:
            while True:
                _, name, asked = flow.send(answer)
                most, calls = max(most, len(json.dumps(asked))), calls + 1
                answer = None if name == "verify_close" else msgspec.to_builtins(answers.pop(0))
        except StopIteration:
            given = walk.continued
            most = max(most, len(json.dumps(given)) if given else 0)
    assert calls == CALLS + 3
    return most


def test_what_is_handed_over_does_not_grow_with_the_number_of_runs():
    assert largest(20_000) <= largest(100) + 10  # digits of the counts
    assert largest(20_000) < 8_000

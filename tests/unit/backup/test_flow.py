"""The orchestrations, driven step by step: what they call, in which order, and what becomes of failures."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from functions.backup import flow
from functions.backup.messages import BackupRequest, Checkpoint, TypeReply, TypeRequest
from functions.catalogue.model import Outcome
from functions.core.manifest import TypeResult

REQUEST = BackupRequest("2026-11-22T020000Z", "tenant", ("users", "groups"), "test")
PLAN = {
    "runId": "2026-11-22T020000Z",
    "tenantId": "tenant",
    "startedAt": "2026-11-22T02:00:00Z",
    "startedBy": "test",
    "bases": {"users": "2026-11-21T020000Z", "groups": ""},
    "knownBases": {"users": "2026-11-21T020000Z"},
    "previous": None,
}


class Recorder:
    """A context that notes what is asked of it; each call is a plain tuple."""

    instance_id = "backup-tenant"
    current_utc_datetime = datetime(2026, 11, 22, 2, tzinfo=UTC)

    def __init__(self, given: object) -> None:
        self.given = msgspec.to_builtins(given)
        self.statuses: list[dict[str, Any]] = []
        self.continued: object = None

    def get_input(self) -> object:
        return self.given

    def set_custom_status(self, status: Any) -> None:
        self.statuses.append(status)

    def call_activity(self, name: str, input_: Any = None) -> Any:
        return ("activity", name, input_)

    def call_sub_orchestrator(self, name: str, input_: Any = None, instance_id: str | None = None) -> Any:
        return ("sub", name, input_, instance_id)

    def task_all(self, activities: list[Any]) -> Any:
        return ("all", activities)

    def create_timer(self, fire_at: Any) -> Any:
        return ("timer", fire_at)

    def continue_as_new(self, input_: Any) -> None:
        self.continued = input_


def ended(generator: Any, value: Any) -> Any:
    try:
        generator.send(value)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the orchestration goes on")


def reply(**parts: Any) -> Any:
    return msgspec.to_builtins(TypeReply(**parts))


def test_a_run_opens_fans_out_over_its_types_and_commits():
    context = Recorder(REQUEST)
    generator = flow.backup_tenant(context)
    assert next(generator)[:2] == ("activity", "open_run")
    kind, subs = generator.send(PLAN)
    assert kind == "all"
    assert [(sub[1], sub[2]["key"], sub[2]["base"]) for sub in subs] == [
        ("backup_one_type", "users", "2026-11-21T020000Z"),
        ("backup_one_type", "groups", ""),
    ]
    assert len({sub[3] for sub in subs}) == 2, "each type has an instance of its own"
    results = [msgspec.to_builtins(TypeResult(Outcome.READ)), msgspec.to_builtins(TypeResult(Outcome.REFUSED))]
    _, name, commit = generator.send(results)
    assert name == "commit_run"
    assert {key: result["outcome"] for key, result in commit["results"].items()} == {
        "users": "read",
        "groups": "refused",
    }
    outcome = ended(generator, {"runId": REQUEST.run_id, "state": "committed", "error": ""})
    assert outcome["state"] == "committed"
    assert [status["phase"] for status in context.statuses] == ["opening", "reading", "committing", "committed"]


def test_a_type_is_called_again_with_its_checkpoint_until_it_is_done():
    context = Recorder(TypeRequest("run", "tenant", "users", ""))
    generator = flow.backup_one_type(context)
    assert next(generator)[2]["checkpoint"] is None
    second = generator.send(reply(checkpoint=Checkpoint(link="next")))
    assert second[2]["checkpoint"]["link"] == "next"
    assert ended(generator, reply(result=TypeResult(Outcome.READ, objects=3)))["objects"] == 3


def test_a_long_wait_is_a_durable_timer():
    generator = flow.backup_one_type(Recorder(TypeRequest("run", "tenant", "users", "")))
    next(generator)
    kind, fire_at = generator.send(reply(checkpoint=Checkpoint(), wait=90.0))
    assert (kind, (fire_at - Recorder.current_utc_datetime).total_seconds()) == ("timer", 90.0)
    assert generator.send(None)[:2] == ("activity", "backup_type")


def test_a_crashed_activity_fails_its_type_and_nothing_else():
    generator = flow.backup_one_type(Recorder(TypeRequest("run", "tenant", "users", "")))
    next(generator)
    try:
        generator.throw(Exception("Activity function 'backup_type' failed: MemoryError"))
    except StopIteration as stop:
        result = stop.value
    assert result["outcome"] == "failed"
    assert result["gaps"][0]["code"] == flow.ACTIVITY_CRASHED


def test_a_long_read_begins_a_new_history():
    context = Recorder(TypeRequest("run", "tenant", "users", ""))
    generator = flow.backup_one_type(context)
    next(generator)
    for count in range(100):
        try:
            generator.send(reply(checkpoint=Checkpoint(link=str(count))))
        except StopIteration:
            break
    assert context.continued["checkpoint"]["link"] == str(count)


def test_a_commit_that_fails_is_tried_again_and_given_up_in_the_end():
    generator = flow.backup_tenant(Recorder(REQUEST))
    next(generator)
    generator.send(PLAN)
    first = generator.send([msgspec.to_builtins(TypeResult(Outcome.READ))] * 2)
    waits = []
    for _ in range(4):
        kind, fire_at = generator.throw(Exception("Activity function 'commit_run' failed: StoreError"))
        assert kind == "timer"
        waits.append((fire_at - Recorder.current_utc_datetime).total_seconds())
        assert generator.send(None) == first, "the same call"
    assert waits == [30, 60, 120, 240]
    with pytest.raises(Exception, match="StoreError"):
        generator.throw(Exception("Activity function 'commit_run' failed: StoreError"))


def test_a_run_that_opens_at_the_second_try_goes_on():
    generator = flow.backup_tenant(Recorder(REQUEST))
    first = next(generator)
    assert generator.throw(Exception("out of reach"))[0] == "timer"
    assert generator.send(None) == first
    assert generator.send(PLAN)[0] == "all"

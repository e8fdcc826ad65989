"""The log lines of a run: the events and keys that the queries of the monitoring name."""

import logging

import pytest

from functions.backup.run_told import tell_committed, tell_failed
from functions.catalogue.model import Outcome
from functions.core.manifest import Gap, Manifest, TypeResult
from functions.core.run_alerts import Alert

RUN = "2026-11-22T020000Z"
MANY = Gap("manyDeleted", "users: 60 of 100 objects are gone", "Check")
FAILED = Gap("graphUnreachable", "no answer", "The next run reads it again.")
TYPES = {
    "users": TypeResult(
        Outcome.READ, objects=40, created=1, updated=2, deleted=60, requests=7, resource_units=9, throttled_seconds=1.5,
        started_at="2026-11-22T02:00:01Z", ended_at="2026-11-22T02:03:40Z", gaps=(FAILED, FAILED, MANY),
    ),
    "groups": TypeResult(Outcome.FAILED, requests=1, gaps=(FAILED,)),
    "devices": TypeResult(Outcome.PARTIAL, objects=3, requests=2, resource_units=1, throttled_seconds=0.25),
}  # fmt: skip
MANIFEST = Manifest(
    product="Lifeboat 0", tenant_id="t", cloud="global", run_id=RUN, started_at="2026-11-22T02:00:00Z",
    ended_at="2026-11-22T02:03:41Z", started_by="timer", previous=None, types=TYPES, bases={},
    alerts=(Gap("manifestMissing", "gone", "Find out"), MANY),
)  # fmt: skip


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="lifeboat")
    return caplog


def lines(caplog: pytest.LogCaptureFixture, event: str) -> list[tuple[int, dict[str, str]]]:
    """Level and keys of each line of an event."""
    found = [(record.levelno, record.getMessage().split()) for record in caplog.records]
    return [
        (level, dict(word.split("=", 1) for word in words if "=" in word))
        for level, (first, *words) in found
        if first == event
    ]


def test_a_committed_run_tells_its_totals(told: pytest.LogCaptureFixture) -> None:
    tell_committed(MANIFEST, (Alert("users", MANY),))
    assert lines(told, "run.committed") == [
        (
            logging.INFO,
            {
                "run": RUN, "types": "3", "whole": "2", "objects": "43", "created": "1", "updated": "2",
                "deleted": "60", "requests": "10", "units": "10", "throttled": "1.75", "seconds": "221", "alerts": "2",
            },
        )
    ]  # fmt: skip


def test_each_type_has_a_line_whether_it_was_read_or_not(told: pytest.LogCaptureFixture) -> None:
    tell_committed(MANIFEST, ())
    users, groups, devices = lines(told, "type.result")
    assert users == (
        logging.INFO,
        {
            "run": RUN, "type": "users", "outcome": "read", "objects": "40", "created": "1", "updated": "2",
            "deleted": "60", "requests": "7", "units": "9", "throttled": "1.5", "seconds": "219", "gaps": "3",
            "codes": "graphUnreachable,manyDeleted",
        },
    )  # fmt: skip
    assert groups[1]["outcome"] == "failed"
    assert (groups[1]["seconds"], groups[1]["gaps"]) == ("0", "1")
    assert (devices[1]["outcome"], devices[1]["codes"]) == ("partial", "none")
    assert users[1].keys() == groups[1].keys() == devices[1].keys()


def test_each_alert_is_a_warning_that_names_its_type(told: pytest.LogCaptureFixture) -> None:
    tell_committed(MANIFEST, (Alert("users", MANY),))
    assert lines(told, "run.alert") == [
        (logging.WARNING, {"run": RUN, "code": "manifestMissing", "type": "none"}),
        (logging.WARNING, {"run": RUN, "code": "manyDeleted", "type": "users"}),
    ]


def test_a_run_that_failed_tells_its_types_and_why(told: pytest.LogCaptureFixture) -> None:
    tell_failed(RUN, {"groups": TYPES["groups"]}, "unreachable")
    assert lines(told, "run.failed") == [(logging.ERROR, {"run": RUN, "error": "unreachable"})]
    assert [keys["type"] for _, keys in lines(told, "type.result")] == ["groups"]
    assert lines(told, "run.committed") == []

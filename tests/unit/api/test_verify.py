"""What GET /api/verify says: never that a verification works when it is dead, nor that all is well when it is not."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from functions.api import verify
from functions.api.bodies import Body, StartVerification
from functions.api.call import Request
from functions.api.params import Path, Query
from functions.api.principal import LAPTOP
from functions.catalogue import TYPES
from functions.clock import utc_now
from functions.errors import CallerError, RowMissing
from functions.services import Services
from functions.storage.reports import ReportRow
from functions.storage.runs import RunRow, RunState
from tests.unit.api.principals import LOCAL

RUN = "2026-11-22T020000Z"
FIRST, SECOND, THIRD = (f"2026-11-{day}T070000Z" for day in (20, 21, 22))


def row(report: str, **more: Any) -> ReportRow:
    told = {"state": "done", "started_at": "s", "ended_at": f"end of {report}", "request": {"depth": "readable"}} | more
    return ReportRow(report_id=report, **told)


@dataclass
class Reports:
    rows: list[ReportRow]

    async def newest(self, kind: str, count: int = 1, *, findings: bool = True) -> list[ReportRow]:
        assert kind == "verify"
        return self.rows[:count]


@dataclass
class Runs:
    state: RunState = RunState.COMMITTED

    async def get(self, run: str) -> RunRow:
        if run != RUN:
            raise RowMissing("there is no such run")
        return RunRow(run_id=run, state=self.state, started_at="s")


@dataclass
class Durable:
    """The instances that work, by the first part of their id, and what they tell of themselves."""

    works: dict[str, Any] = field(default_factory=dict)
    started: list[Any] = field(default_factory=list)

    async def get_status(self, instance: str) -> Any:
        told = self.works.get(instance.partition("-")[0])
        state = SimpleNamespace(value="Running" if told is not None else "Completed")
        return SimpleNamespace(runtime_status=state, custom_status=told, input_=json.dumps({"request": told}))

    async def start_new(self, name: str, instance: str, given: Any) -> str:
        self.started.append((name, instance, given))
        return instance


def request(rows: list[ReportRow], durable: Durable, body: Body | None = None, *, top: int = 100) -> Request[Any]:
    stores: Any = SimpleNamespace(reports=Reports(rows), runs=Runs())
    return Request(
        caller=LAPTOP,
        path=Path(),
        query=Query(top=top),
        body=body or Body(),
        origin="https://app",
        services=Services(LOCAL, stores, utc_now),
        durable=durable,
    )


async def shown(rows: list[ReportRow], durable: Durable | None = None, **more: Any) -> dict[str, Any]:
    reply = await verify.show_verification(request(rows, durable or Durable(), **more))
    assert reply.status == 200
    return dict(json.loads(reply.body))


async def test_a_report_that_works_while_nothing_does_is_shown_as_failed():
    found = await shown([row(THIRD, state="running", ended_at="")])
    assert (found["report"]["state"], found["report"]["endedAt"]) == ("failed", None)
    assert "stopped" in found["report"]["error"]
    other = Durable({"verify": {"reportId": THIRD}})
    found = await shown([row(SECOND, state="running", ended_at="")], other)
    assert found["report"]["reportId"] == THIRD
    assert found["earlier"][0]["state"] == "failed"


async def test_one_that_works_shows_its_progress_and_what_it_has_found_so_far():
    told = {"reportId": THIRD, "runs": 9, "runsLeft": 4, "typesLeft": 2, "counts": {"runs": 5}, "found": {"x": 1}}
    found = await shown([row(THIRD, state="running", ended_at="")], Durable({"verify": told}))
    assert found["report"]["state"] == "running"
    assert found["report"]["progress"] == {"runs": 9, "runsLeft": 4, "typesLeft": 2}
    assert (found["report"]["counts"], found["report"]["found"]) == ({"runs": 5}, {"x": 1})
    assert "findings" not in found["report"]


async def test_one_that_has_just_been_started_is_shown_before_it_has_a_row():
    told = {"reportId": THIRD, "depth": "present", "startedBy": "Ada"}
    found = await shown([row(SECOND)], Durable({"verify": told}))
    assert found["report"]["reportId"] == THIRD
    assert (found["report"]["state"], found["report"]["depth"], found["report"]["startedBy"]) == (
        "running",
        "present",
        "Ada",
    )
    assert [one["reportId"] for one in found["earlier"]] == [SECOND]
    asked = {"reportId": THIRD, "depth": "readable", "runs": [RUN], "due": False}  # before its first words
    found = await shown([row(SECOND)], Durable({"verify": asked}))
    assert found["report"]["progress"] == {"runs": 0, "runsLeft": 0, "typesLeft": 0}


@pytest.mark.parametrize(
    ("asked", "compared"),
    [
        ({"depth": "readable"}, True),
        ({"depth": "readable", "due": True}, True),
        ({"depth": "readable", "runs": [RUN]}, False),
        ({"depth": "present"}, False),
    ],
)
async def test_a_report_says_whether_the_index_was_compared(asked: dict[str, Any], *, compared: bool):
    assert (await shown([row(THIRD, request=asked)]))["report"]["index"] is compared
    begun = await shown([], Durable({"verify": asked | {"reportId": THIRD}}))
    assert begun["report"]["index"] is compared


@pytest.mark.parametrize(
    ("newest", "present", "readable"),
    [
        (row(THIRD), THIRD, THIRD),
        (row(THIRD, request={"depth": "present"}), THIRD, SECOND),
        (row(THIRD, counts={"runs": 3, "strayFile": 2}), THIRD, THIRD),
        (row(THIRD, counts={"runs": 3, "hashDiffers": 1}), SECOND, SECOND),
        (row(THIRD, state="failed"), SECOND, SECOND),
        (row(THIRD, request={"depth": "readable", "runs": [RUN]}), SECOND, SECOND),
    ],
    ids=["clean", "present", "stray", "damaged", "failed", "one run"],
)
async def test_when_all_was_last_well(newest: ReportRow, present: str, readable: str):
    found = await shown([newest, row(SECOND), row(FIRST)])
    assert found["lastClean"] == {"present": f"end of {present}", "readable": f"end of {readable}"}


async def test_findings_are_those_of_the_newest_report_and_the_others_are_short():
    finding = {"code": "strayFile", "run": RUN, "type": "", "name": "n", "object": "", "message": "m", "remedy": "r"}
    found = await shown([row(THIRD, findings=(finding,), counts={"runs": 1, "strayFile": 1}), row(SECOND)], top=1)
    shown_one = {"code": "strayFile", "run": RUN, "name": "n", "message": "m", "remedy": "r", "damage": False}
    assert found["report"]["findings"] == [shown_one]
    assert (found["report"]["counts"], found["report"]["found"]) == ({"runs": 1}, {"strayFile": 1})
    assert [("findings" in one, one["reportId"]) for one in found["earlier"]] == [(False, SECOND)]
    assert (await shown([]))["report"] is None


async def started(body: StartVerification, durable: Durable) -> Any:
    return await verify.start_verification(request([row(THIRD)], durable, body.checked(TYPES)))


async def test_a_verification_is_started_once_and_of_runs_that_are_there():
    durable = Durable()
    reply = await started(StartVerification(depth="readable", runs=[RUN]), durable)
    assert (reply.status, json.loads(reply.body)["statusUrl"]) == (202, "https://app/api/verify")
    [(name, instance, given)] = durable.started
    assert (name, instance) == ("verify_backups", f"verify-{LOCAL.tenant_id}")
    assert (list(given["request"]["runs"]), given["request"]["due"]) == ([RUN], False)
    with pytest.raises(CallerError) as refusal:
        await started(StartVerification(depth="readable", runs=["2020-01-01T000000Z"]), durable)
    assert (refusal.value.status, refusal.value.slug) == (404, "unknownRun")
    for works, code in (("verify", "verifyAlreadyRunning"), ("rebuild", "indexBusy")):
        with pytest.raises(CallerError) as refusal:
            await started(StartVerification(depth="present"), Durable({works: {"reportId": THIRD}}))
        assert (refusal.value.status, refusal.value.slug) == (409, code)
    assert len(durable.started) == 1
    with pytest.raises(CallerError) as refusal:  # of one that has said nothing yet
        await started(StartVerification(depth="present"), Durable({"verify": {}}))
    assert refusal.value.slug == "verifyAlreadyRunning"

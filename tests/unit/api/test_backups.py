"""A run is never shown as something it is not: not before its row is there, not while it ends, not when it is dead."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from functions.api import backups
from functions.api.bodies import Body, StartBackup
from functions.api.call import Request
from functions.api.params import Path, Query
from functions.api.principal import LAPTOP
from functions.catalogue import TYPES
from functions.catalogue.model import Preset
from functions.clock import utc_now
from functions.core.manifest import Dangling, Gap, Manifest, References, write_manifest
from functions.core.runid import is_run_id
from functions.errors import CallerError, RowMissing
from functions.services import Services
from functions.storage.choices import ChoiceRow
from functions.storage.runs import ProgressRow, RunRow, RunState
from tests.unit.api.principals import LOCAL, TENANT

RUN, OTHER = "2026-11-22T020000Z", "2026-11-22T030000Z"
USERS = {
    "outcome": "partial",
    "objects": 3,
    "created": 1,
    "file": "x",
    "gaps": [GAP := dict(code="c", message="m", remedy="r")],
}


def run_row(state: RunState, **more: Any) -> RunRow:
    return RunRow(run_id=RUN, state=state, started_at="2026-11-22T02:00:00Z", started_by="timer", **more)


WORKING = run_row(RunState.RUNNING)
COMMITTED = run_row(RunState.COMMITTED, ended_at="2026-11-22T02:01:00Z", types={"users": USERS})


@dataclass
class Runs:
    """The rows a reader sees, look after look; the last one stays."""

    looks: list[RunRow | None]
    running_progress: list[ProgressRow] = field(default_factory=list)

    async def get(self, run: str) -> RunRow:
        row = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if row is None or run != RUN:
            raise RowMissing("there is no such run")
        return row

    async def newest_first(self, top: int, cursor: str = "", *, without: str = "") -> tuple[list[RunRow], str]:
        if top == 1:  # asked by a start: is there a run of later date?
            return [], ""
        assert (top, cursor, without) == (100, "", "removed")
        row = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return [row] if row else [], "next"

    async def progress(self, run: str) -> list[ProgressRow]:
        assert run == RUN
        return self.running_progress


class Manifests:
    """The manifest of the one run, in which somebody should look at something."""

    async def get(self, name: str) -> bytes:
        assert name == f"{TENANT}/{RUN}/manifest.json"
        manifest = Manifest(
            product="Lifeboat",
            tenant_id=TENANT,
            cloud="global",
            run_id=RUN,
            started_at="",
            ended_at="",
            started_by="",
            previous=None,
            types={},
            bases={},
            alerts=(Gap("manyDeleted", "m", "r"),),
            references=References(3, 1, (Dangling("groups", "g", "Crew", "membershipRule", "t"),)),
        )
        return write_manifest(manifest)


class Unchosen:
    """Nobody has chosen types."""

    async def types(self) -> ChoiceRow:
        return ChoiceRow()


@dataclass
class Durable:
    """The Durable client: the run whose orchestration works, whether the index is being made anew, what was started."""

    works: str = ""
    rebuilds: bool = False
    started: list[Any] = field(default_factory=list)

    async def get_status(self, instance: str) -> Any:
        if instance == f"rebuild-{TENANT}":
            return SimpleNamespace(runtime_status=SimpleNamespace(value="Running" if self.rebuilds else "Completed"))
        assert instance == f"backup-{TENANT}"
        given = {"runId": self.works, "tenantId": TENANT, "types": [], "startedBy": ""}
        return SimpleNamespace(runtime_status=SimpleNamespace(value="Running"), input_=given) if self.works else None

    async def start_new(self, name: str, instance: str, given: Any) -> str:
        self.started.append(given)
        return instance


def request(runs: Runs, durable: Durable, body: Body | None = None) -> Request[Any]:
    stores: Any = SimpleNamespace(runs=runs, choices=Unchosen(), blobs=Manifests())
    return Request(
        caller=LAPTOP,
        path=Path(run_id=RUN),
        query=Query(),
        body=body or Body(),
        origin="https://lifeboat.example",
        services=Services(LOCAL, stores, utc_now),
        durable=durable,
    )


async def shown(runs: Runs, works: str = "") -> dict[str, Any]:
    one: dict[str, Any] = json.loads((await backups.show_backup(request(runs, Durable(works)))).body)
    return one


async def listed(runs: Runs, works: str = "") -> dict[str, Any]:
    page = json.loads((await backups.list_backups(request(runs, Durable(works)))).body)
    assert page["nextCursor"] == "next"
    (one,) = page["runs"]
    return dict(one)


async def test_a_run_that_works_shows_its_progress() -> None:
    progress = [ProgressRow(type="users", phase="reading", objects=7, requests=2, updated_at="2026-11-22T02:00:09Z")]
    for look in (shown, listed):
        run = await look(Runs([WORKING], progress), RUN)
        assert (run["state"], run["endedAt"], run["startedBy"]) == ("running", None, "timer")
        assert run["types"]["users"]["phase"] == "reading"
        assert run["types"]["users"]["objects"] == 7
        assert "outcome" not in run["types"]["users"]


async def test_a_committed_run_shows_what_its_manifest_says() -> None:
    for look in (shown, listed):
        run = await look(Runs([COMMITTED]))
        assert (run["state"], run["endedAt"]) == ("committed", "2026-11-22T02:01:00Z")
        users = run["types"]["users"]
        assert {key: users[key] for key in ("outcome", "objects", "created", "updated", "deleted", "gaps")} == {
            "outcome": "partial",
            "objects": 3,
            "created": 1,
            "updated": 0,
            "deleted": 0,
            "gaps": [GAP],
        }
        assert "error" not in run
    run = await shown(Runs([COMMITTED]))
    assert [alert["code"] for alert in run["alerts"]] == ["manyDeleted"]
    assert (run["references"]["checked"], run["references"]["first"][0]["place"]) == (3, "membershipRule")


async def test_a_run_that_has_only_been_started_is_running() -> None:
    run = await shown(Runs([None]), RUN)
    assert (run["runId"], run["state"], run["startedAt"]) == (RUN, "running", "2026-11-22T02:00:00Z")


async def test_a_run_whose_row_comes_between_two_looks_is_shown() -> None:
    assert (await shown(Runs([None, COMMITTED])))["state"] == "committed"


async def test_a_run_that_ends_between_two_looks_is_not_shown_as_failed() -> None:
    assert (await shown(Runs([WORKING, COMMITTED])))["state"] == "committed"
    assert (await listed(Runs([WORKING, COMMITTED])))["state"] == "committed"


@pytest.mark.parametrize("works", ["", OTHER])
async def test_a_dead_run_is_failed_and_says_so(works: str) -> None:
    for look in (shown, listed):
        run = await look(Runs([WORKING]), works)
        assert run["state"] == "failed"
        assert "stopped before its manifest" in run["error"]


async def test_a_failed_run_shows_its_error() -> None:
    run = await shown(Runs([run_row(RunState.FAILED, ended_at="2026-11-22T02:01:00Z", error="no type could be read")]))
    assert (run["state"], run["error"]) == ("failed", "no type could be read")


async def test_an_unknown_run_is_unknown() -> None:
    for works in ("", OTHER):
        with pytest.raises(CallerError) as refusal:
            await shown(Runs([None]), works)
        assert (refusal.value.status, refusal.value.slug) == (404, "unknownRun")


async def test_a_backup_is_started_with_the_types_asked_for_and_has_a_page() -> None:
    durable = Durable()
    reply = await backups.start_backup(request(Runs([None]), durable, StartBackup(types=["users"])))
    content = json.loads(reply.body)
    assert reply.status == 202
    assert is_run_id(content["runId"])
    assert (
        content["statusUrl"] == reply.headers["Location"] == f"https://lifeboat.example/api/backups/{content['runId']}"
    )
    assert [(tuple(given["types"]), given["startedBy"]) for given in durable.started] == [(("users",), "local")]


async def test_without_types_those_that_are_switched_on_are_backed_up() -> None:
    durable = Durable()
    await backups.start_backup(request(Runs([None]), durable, StartBackup()))
    assert {"users", "conditionalAccessPolicies", "roleAssignments"} <= set(durable.started[0]["types"])
    off = {key for key, entry in TYPES.items() if entry.preset is Preset.EVERYTHING}
    assert not off & set(durable.started[0]["types"])


async def test_no_backup_starts_while_the_index_is_made_anew() -> None:
    durable = Durable(rebuilds=True)
    with pytest.raises(CallerError) as refusal:
        await backups.start_backup(request(Runs([None]), durable, StartBackup()))
    assert (refusal.value.status, refusal.value.slug) == (409, "indexBusy")
    assert not durable.started


async def test_a_second_backup_is_refused_by_the_name_of_the_first() -> None:
    durable = Durable(works=OTHER)
    with pytest.raises(CallerError, match=OTHER) as refusal:
        await backups.start_backup(request(Runs([None]), durable, StartBackup()))
    assert (refusal.value.status, refusal.value.slug) == (409, "backupAlreadyRunning")
    assert not durable.started

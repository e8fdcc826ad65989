"""`python -m tests.host.record [SCENE …]`: plays orchestrations on the local host, keeps a history of each way through.

A file that is there already stays as it is: an instance with that history may be under way somewhere. Histories of a
version that was never released may be deleted by hand and recorded anew. A new orchestrator needs a scene here.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local.azurite import Azurite
from local.host.durable import answer
from local.host.worker import Outcome
from local.processes import ROOT, Child
from tests.e2e.relay import Relays
from tests.e2e.stage import Stage
from tests.host.histories import FOLDER, ends, kinds, shapes, turns, version

# Activities that fail once in a scene: [name, text in the payload].
_FAILURES = {
    "backup": [("open_run", ""), ("backup_type", '"devices"'), ("commit_run", "")],
    "restore": [("make_restore_plan_whole", ""), ("apply_restore_step", "")],
    "index": [("index_tenant_step", "")],
    "retention": [("retain_runs_step", "")],
    "verify": [("verify_runs", ""), ("verify_close", "")],
}


class Recorded(Stage):
    """A stage whose host writes down every replay."""

    @property
    def replays(self) -> Path:
        """Where they are."""
        return self.data / "replays.jsonl"

    def start_host(self) -> None:
        arguments = [str(self.replays), "--app", str(ROOT), "--port", "0", "--data", str(self.data / "host")]
        self.host = Child(
            "tests.host.recorded", arguments, log=self.data / "host.log", env=self.app_settings(), patience=60
        )

    def ended_as(self, instance: str, seconds: float = 180.0) -> None:
        """Waits until the orchestration of this id has ended."""
        where, deadline = f"{self.functions_url}/runtime/webhooks/durabletask/instances/{instance}", time.monotonic()
        while self.http.get(where).status_code != 200:
            assert time.monotonic() < deadline + seconds, f"{instance} has not ended"
            time.sleep(0.1)


def _backup(stage: Recorded) -> None:
    """Two types that take many activities, one whose activity crashes; opening and committing fail once."""
    stage.switch(maxPage=5, latency=10)
    run = stage.start("users", "groups", "devices")
    assert stage.ended(run, 150)["state"] == "committed"
    stage.idle()
    stage.calm()


def _restore(stage: Recorded) -> None:
    """A plan of several objects, made and applied by orchestrations that each fail once."""
    people = [stage.user(f"person-{number}", jobTitle="Pilot") for number in range(6)]
    stage.backup("users")
    for person in people:
        stage.admin("PATCH", f"/v1.0/users/{person}", {"jobTitle": "Clerk"})
    reply = stage.call("POST", "restore/plans", json={"type": "users", "all": True})
    assert reply.status_code == 202, reply.text
    plan = {"planId": reply.json()["planId"]}
    while (state := stage.get(f"restore/plans/{plan['planId']}")["state"]) == "planning":
        time.sleep(0.1)
    assert state == "planned"
    assert stage.call("POST", f"restore/plans/{plan['planId']}/apply").status_code == 202
    assert stage.applied(plan, 120)["state"] == "applied"


def _index(stage: Recorded) -> None:
    """The index of two runs made anew."""
    stage.backup("groups")
    stage.backup("groups")
    assert stage.call("POST", "index", json={"replace": True}).status_code == 202
    stage.ended_as(f"rebuild-{stage.tenant_id}")


def _retention(stage: Recorded) -> None:
    """What is too old is looked for."""
    stage.backup("groups")
    assert stage.http.post(f"{stage.functions_url}/admin/functions/retention_timer", json={}).status_code == 202
    stage.ended_as(f"retention-{stage.tenant_id}")


def _verify(stage: Recorded) -> None:
    """Two runs read through."""
    stage.backup("groups")
    stage.backup("groups")
    assert stage.call("POST", "verify", json={"depth": "readable"}).status_code == 202
    stage.ended_as(f"verify-{stage.tenant_id}")


_SCENES = {"backup": _backup, "restore": _restore, "index": _index, "retention": _retention, "verify": _verify}


def main(scenes: list[str]) -> None:
    """Plays the scenes and writes the files."""
    with tempfile.TemporaryDirectory() as folder, Azurite() as azurite:
        relays = Relays()
        settings = {"BACKUP_TIME_BUDGET_SECONDS": "0.02", "RESTORE_SETTLE_SECONDS": "0.05"}
        settings["RECORD_FAILURES"] = json.dumps([failure for scene in scenes for failure in _FAILURES[scene]])
        with Recorded(Path(folder), azurite.connection_string, relays, **settings) as stage:
            for scene in scenes:
                _SCENES[scene](stage)
            rows = [json.loads(line) for line in stage.replays.read_text().splitlines()]
        relays.close()
    for name, kept in _kept(rows).items():
        target = FOLDER / version(kept["context"]) / f"{name}.json"
        if target.exists():
            print(f"{target.relative_to(ROOT)} is there already and stays")
            continue
        text = json.dumps(kept, indent=1) + "\n"
        assert str(ROOT) not in text, f"{name} tells where it was recorded"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        print(f"{target.relative_to(ROOT)}: {len(kept['turns'])} turns, {len(kept['actions'])} actions, {kept['ends']}")


def _kept(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """File name → history: of each orchestrator one for each way to end and each set of things that happened."""
    executions = dict[str, list[dict[str, Any]]]()
    for row in rows:
        executions.setdefault(row["payload"]["history"][1]["OrchestrationInstance"]["ExecutionId"], []).append(row)
    kept, ways = dict[str, dict[str, Any]](), set[object]()
    for replays in executions.values():
        name, context = replays[-1]["name"], replays[-1]["payload"]
        found = [_answer(row) for row in replays]
        ended, way = ends(found[-1]), (name, ends(found[-1]), kinds(context))
        if way in ways:
            continue
        ways.add(way)
        assert len(found) == len(list(turns(context))), name
        number = sum(1 for one in kept if one.startswith(f"{name}-{ended}"))
        kept[f"{name}-{ended}" + (f"-{number + 1}" if number else "")] = {
            "orchestrator": name,
            "ends": ended,
            "turns": [len(shapes(one)) for one in found],
            "actions": list(found[-1].actions),
            "context": context,
        }
    return kept


def _answer(row: dict[str, Any]) -> answer.Answer:
    return answer.read(Outcome(value=SimpleNamespace(json=row["value"]), error=row["error"]))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1:] or list(_SCENES))

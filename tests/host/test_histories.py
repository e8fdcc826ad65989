"""Orchestrations under way survive a new version: every recorded history replays in today's code to the same actions.

What fails here fails in Azure for each instance that is at that place when the new version comes.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from functions.backup.messages import BackupRequest, CommitRequest, TypeRequest
from functions.upkeep.rebuild import RebuildStep
from functions.upkeep.retention import RetentionStep
from functions.upkeep.verify_messages import CloseRequest, IndexRequest, RunsRequest, VerifyRequest
from local.host.durable.versions import older
from tests.host.histories import FOLDER, answered, ends, shape, shapes, turns, version

# said once a process, to whoever comes first
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads was called:DeprecationWarning")

_ROOT = Path(__file__).parents[2]
_FILES = sorted(FOLDER.rglob("*.json"))
_WHAT_TO_DO = (
    "Instances of {name} that are under way with this history would fail in Azure. Either keep the sequence of its "
    "actions as it was, or leave the old path in place for instances with context.version {version}, put the new one "
    "behind it, raise durableTask.defaultVersion in host.json and record what is new: python -m tests.host.record"
)
# What each activity of a recorded instance makes of its payload; a field that is new since needs a default.
_PAYLOADS: dict[str, Any] = {
    "open_run": BackupRequest,
    "backup_type": TypeRequest,
    "commit_run": CommitRequest,
    "apply_restore_step": dict[str, str | bool],
    "make_restore_plan_whole": dict[str, str | bool],
    "index_tenant_step": RebuildStep,
    "retain_runs_step": RetentionStep,
    "verify_open": VerifyRequest,
    "verify_runs": RunsRequest,
    "verify_index": IndexRequest,
    "verify_close": CloseRequest,
}


def _recorded(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text()))


def _default() -> str:
    host = json.loads((_ROOT / "host.json").read_text())
    return str(host["extensions"]["durableTask"]["defaultVersion"])


@pytest.fixture(scope="module")
def orchestrators() -> dict[str, Any]:
    """Name → what the worker calls with a payload."""
    import function_app

    found = {}
    for function in function_app.app.get_functions():
        if function.get_trigger().type == "orchestrationTrigger":
            found[function.get_function_name()] = function.get_user_function()
    return found


@pytest.mark.parametrize("file", _FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_recorded_history_replays_to_the_same_actions(file: Path, orchestrators: dict[str, Any]) -> None:
    recorded = _recorded(file)
    name, expected = recorded["orchestrator"], [shape(action) for action in recorded["actions"]]
    what_to_do = _WHAT_TO_DO.format(name=name, version=version(recorded["context"]) or "none")
    states = list(turns(recorded["context"]))
    assert len(states) == len(recorded["turns"])
    for number, (context, asked) in enumerate(zip(states, recorded["turns"], strict=True), 1):
        found = answered(orchestrators[name], context)
        assert shapes(found) == expected[:asked], f"{file.name}, turn {number}: {found.error or ''} {what_to_do}"
        ending = recorded["ends"] if number == len(states) else "waiting"
        assert ends(found) == ending, f"{file.name}, turn {number}: {found.error or ''} {what_to_do}"


@pytest.mark.parametrize("file", _FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_a_recorded_instance_hands_to_its_activities_is_still_understood(file: Path) -> None:
    for action in _recorded(file)["actions"]:
        if action["actionType"] == 0:
            name = action["functionName"]
            assert name in _PAYLOADS, f"say in _PAYLOADS what {name} makes of its payload"
            msgspec.convert(json.loads(action["input"]), _PAYLOADS[name])


def test_every_orchestrator_has_a_history(orchestrators: dict[str, Any]) -> None:
    recorded = {_recorded(file)["orchestrator"] for file in _FILES}
    missing = sorted(orchestrators.keys() - recorded)
    assert not missing, f"give {', '.join(missing)} a scene in tests/host/record.py, then python -m tests.host.record"
    assert recorded <= orchestrators.keys(), "an orchestrator stays as long as an instance of it may be under way"


def test_the_version_of_the_app_has_histories_and_none_is_newer() -> None:
    versions = {version(_recorded(file)["context"]) for file in _FILES}
    assert _default() in versions, f"record what is new in {_default()}: python -m tests.host.record"
    assert [one for one in versions if older(_default(), one)] == []
    assert all(version(_recorded(file)["context"]) == file.parent.name for file in _FILES)


def test_the_histories_show_what_a_replay_must_get_right() -> None:
    """Fan-out, a failed activity with its timer, a new generation, a crash that becomes an outcome."""
    ways = {(one["orchestrator"], one["ends"]) for one in map(_recorded, _FILES)}
    assert {
        ("backup_tenant", "done"),
        ("backup_one_type", "done"),
        ("backup_one_type", "again"),
        ("apply_restore", "done"),
        ("make_restore_plan", "done"),
    } <= ways
    happened = {event["EventType"] for one in map(_recorded, _FILES) for event in one["context"]["history"]}
    assert {5, 6, 8, 11} <= happened, "completed, failed, sub-orchestration completed, timer fired"

"""The workflows of the repository: they parse, name what exists, are pinned, and may do no more than they need.

They have never been run; what can be held without running them is held here.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / ".github" / "workflows"
_FILES = sorted(_FOLDER.glob("*.yml"))
_PIN = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
_OURS = re.compile(r"\b(?:infra|release|local|functions|docs)/[\w./*-]+")
_MADE = re.compile(r"\bmake ([a-z-]+)")

type Json = dict[Any, Any]


def _read(name: str) -> Json:
    return dict(yaml.safe_load((_FOLDER / name).read_text()))


def _jobs() -> Iterator[tuple[str, Json]]:
    for file in _FILES:
        for name, job in _read(file.name)["jobs"].items():
            yield f"{file.name}: {name}", job


def _steps() -> Iterator[tuple[str, Json]]:
    for name, job in _jobs():
        for step in job.get("steps", ()):
            yield name, step


def test_there_is_a_workflow_to_check_to_deploy_and_to_release() -> None:
    assert {file.name for file in _FILES} == {"ci.yml", "deploy.yml", "release.yml"}


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.name)
def test_a_workflow_grants_nothing_that_a_job_does_not_ask_for(file: Path) -> None:
    content = _read(file.name)
    assert content["permissions"] == {}
    for name, job in content["jobs"].items():
        assert job["permissions"], name
        assert set(job["permissions"]) <= {"contents", "id-token"}, name
        assert "timeout-minutes" in job or "uses" in job, name


def test_only_jobs_behind_an_environment_write_or_sign_in() -> None:
    writing = {name for name, job in _jobs() if job["permissions"].get("contents") == "write"}
    signing = {name for name, job in _jobs() if "id-token" in job["permissions"]}
    assert writing == {"release.yml: publish"}
    assert signing == {"deploy.yml: what-if", "deploy.yml: deploy"}
    for name, job in _jobs():
        logs_in = any("azure/login" in step.get("uses", "") for step in job.get("steps", ()))
        assert logs_in is (name in signing), name
        assert ("environment" in job) is (name in writing | signing), name


def test_every_action_is_pinned_to_a_commit() -> None:
    for name, step in _steps():
        if "uses" in step:
            assert _PIN.fullmatch(step["uses"]), f"{name}: {step['uses']}"
    for file in _FILES:
        for line in file.read_text().splitlines():
            if re.search(r"uses: [^.]", line):
                assert re.search(r" # v\d+\.\d+\.\d+$", line), f"{file.name} says no version: {line.strip()}"


def test_one_action_has_one_commit_everywhere() -> None:
    pins = {step["uses"] for _, step in _steps() if "uses" in step}
    assert len(pins) == len({pin.partition("@")[0] for pin in pins})


def test_no_stored_secret_is_used_and_nothing_is_pasted_into_a_script() -> None:
    for file in _FILES:
        assert "secrets." not in file.read_text()
    for name, step in _steps():
        assert "${{" not in step.get("run", ""), f"{name}: give it as a variable of the environment"
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False, name


def test_what_a_workflow_runs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (_ROOT / "Makefile").read_text(), re.MULTILINE))
    made, named = set[str](), set[str]()
    for _, step in _steps():
        made.update(_MADE.findall(step.get("run", "")))
        named.update(_OURS.findall(step.get("run", "")))
    named.add(_read("deploy.yml")[True]["workflow_dispatch"]["inputs"]["parameters"]["default"])  # `on` is true in YAML
    assert {"check", "test", "package"} <= made <= targets
    assert len(named) >= 6
    for path in named:
        assert list(_ROOT.glob(path)), f"{path} is not there"
    script = _ROOT / "infra" / "scripts" / "deploy-package.sh"
    assert script.stat().st_mode & 0o111, f"{script} is run as it is"
    called = [job["uses"] for _, job in _jobs() if "uses" in job]
    assert called == ["./.github/workflows/ci.yml"]


def test_a_deployment_waits_for_what_it_shows_and_a_release_for_the_tests() -> None:
    assert _read("deploy.yml")["jobs"]["deploy"]["needs"] == ["package", "what-if"]
    jobs = _read("release.yml")["jobs"]
    assert (jobs["build"]["needs"], jobs["publish"]["needs"]) == ("ci", "build")


def test_the_deployment_reads_outputs_that_the_template_has() -> None:
    scripts = "".join(step.get("run", "") for name, step in _steps() if name.startswith("deploy.yml"))
    asked = set(re.findall(r"\.([A-Z_]+)\.value'", scripts))
    given = set(re.findall(r"^output (\w+)", (_ROOT / "infra" / "main.bicep").read_text(), re.MULTILINE))
    assert asked
    assert asked <= given

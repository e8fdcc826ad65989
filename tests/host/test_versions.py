"""Orchestrations over the versions of an app: an old one goes on in a newer host, a new one does not in an older."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from local.host.durable.versions import Versions, older
from tests.host.conftest import APPS, HostEnded, HostMaker, HostProcess


def _app(folder: Path, version: str, **more: str) -> Path:
    """The app with this version in its host.json."""
    shutil.copytree(APPS / "versions", folder, ignore=shutil.ignore_patterns("__pycache__"))
    durable = {"hubName": "%TASK_HUB_NAME%", "defaultVersion": version, **more}
    (folder / "host.json").write_text(json.dumps({"version": "2.0", "extensions": {"durableTask": durable}}))
    return folder


async def _start(host: HostProcess, instance: str, query: str = "") -> None:
    status, _ = await host.call("POST", f"/api/start/{instance}{query}")
    assert status == 200


async def _go(host: HostProcess, instance: str) -> None:
    where = f"/runtime/webhooks/durabletask/instances/{instance}/raiseEvent/go"
    status, _ = await host.call("POST", where, json={})
    assert status == 202


async def test_an_instance_keeps_its_version_and_a_newer_host_goes_on_with_it(
    host_of: HostMaker, tmp_path: Path
) -> None:
    old, new, data = _app(tmp_path / "old", "1.0"), _app(tmp_path / "new", "1.10"), tmp_path / "data"
    host = await host_of(old, data).start()
    await _start(host, "begun-old")
    await _start(host, "asked", "?version=0.9")
    await asyncio.sleep(0.3)
    await host.stop()

    host = await host_of(new, data).start()
    await _start(host, "begun-new")
    for instance in ("begun-old", "asked", "begun-new"):
        await _go(host, instance)
    found = {name: (await host.ended(name))["output"] for name in ("begun-old", "asked", "begun-new")}
    await host.stop()
    assert found["begun-old"] == ["1.0", "1.0", "1.10"], "what it starts now is of the version of now"
    assert found["asked"] == ["0.9", "0.9", "1.10"]
    assert found["begun-new"] == ["1.10"] * 3


async def test_an_older_host_leaves_a_newer_instance_for_a_newer_host(host_of: HostMaker, tmp_path: Path) -> None:
    old, new, data = _app(tmp_path / "old", "1.0"), _app(tmp_path / "new", "2.0"), tmp_path / "data"
    host = await host_of(new, data).start()
    await _start(host, "one")
    await asyncio.sleep(0.3)
    await host.stop()

    host = await host_of(old, data).start()
    await _go(host, "one")
    await asyncio.sleep(0.5)
    assert (await host.status("one"))["runtimeStatus"] == "Running"
    _, errors = await host.stop()
    assert "parent (one) failed: its version is 2.0, this host runs 1.0" in errors

    host = await host_of(new, data).start()
    assert (await host.ended("one"))["output"] == ["2.0"] * 3
    await host.stop()


async def test_a_host_that_is_told_so_fails_what_is_newer(host_of: HostMaker, tmp_path: Path) -> None:
    host = await host_of(_app(tmp_path / "app", "1.0", versionFailureStrategy="Fail"), tmp_path / "data").start()
    await _start(host, "one", "?version=1.1")
    found = await host.ended("one")
    await host.stop()
    assert (found["runtimeStatus"], found["output"]) == ("Failed", "its version is 1.1, this host runs 1.0")


async def test_a_strategy_that_does_not_exist_is_refused(host_of: HostMaker, tmp_path: Path) -> None:
    app = _app(tmp_path / "app", "1.0", versionMatchStrategy="Newest")
    with pytest.raises(HostEnded, match="versionMatchStrategy must be one of None, Strict, CurrentOrOlder"):
        await host_of(app, tmp_path / "data").start()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1.2", "1.10", True),
        ("1.10", "1.2", False),
        ("1.0", "1.0", False),
        ("", "1.0", True),
        ("1.0", "", False),
        ("", "", False),
        ("alpha", "Beta", True),
        ("10", "9", True),
    ],
)
def test_which_version_is_older(one: str, other: str, expected: bool) -> None:
    assert older(one, other) is expected


def test_strict_takes_its_own_version_only() -> None:
    versions = Versions("1.0", "Strict")
    assert [versions.decide(version) for version in ("1.0", "0.9", "1.1")] == ["take", "leave", "leave"]
    assert Versions("1.0", "None").decide("7.0") == Versions().decide("7.0") == "take"

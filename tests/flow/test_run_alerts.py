"""What a run tells after the runs before it: of types that fail again, permissions that were lost, and changes."""

import logging
import uuid
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from functions.backup import run_activities
from functions.catalogue.model import Fetch, ObjectType, Outcome, Relationship
from functions.core.manifest import Manifest
from tests.flow.backup_world import DENIED, Given, Vault, listed, open_vault

DEVICES = ObjectType(key="devices", title="Devices", path="/devices", read_scopes=("Device.Read.All",))
OWNERS = Relationship(name="owners", fetch=Fetch.EXPAND, read_scopes=("Owner.Read.All",))
GROUPS = ObjectType(
    key="groups", title="Groups", path="/groups", read_scopes=("Group.Read.All",), relationships=(OWNERS,)
)
MANY = 1000


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        vault.graph.answer = answers()
        yield vault


def answers(*, refused: tuple[str, ...] = (), broken: tuple[str, ...] = (), title: str = "A", groups: int = 3):
    """`refused` and `broken` are parts of paths."""

    def answer(path: str) -> Given:
        if any(part in path for part in refused):
            return DENIED
        if any(part in path for part in broken):
            return (400, {"error": {"code": "BadRequest", "message": ""}})
        if path.startswith("/groups"):
            owners = {"owners": [{"id": "ann", "@odata.type": "#microsoft.graph.user"}]} if "owners" in path else {}
            return listed([{"id": f"g{number:04}", "displayName": title, **owners} for number in range(groups)])
        return listed([{"id": f"d{number:04}", "displayName": title} for number in range(MANY)])

    return answer


async def told(vault: Vault, *entries: ObjectType) -> list[str]:
    return [alert.code for alert in (await vault.run(*entries)).alerts]


async def failing(vault: Vault, *entries: ObjectType) -> None:
    """A run of which nothing is kept."""
    plan = await vault.open(*(entry.key for entry in entries))
    results = {entry.key: await vault.read(plan, entry) for entry in entries}
    assert (await vault.commit(plan, results)).state == "failed"


async def test_a_permission_that_is_taken_away_is_told_and_then_that_it_stays_away(vault: Vault) -> None:
    assert await told(vault, DEVICES, GROUPS) == []
    vault.graph.answer = answers(refused=("/devices",))
    manifest = await vault.run(DEVICES, GROUPS)
    assert [(alert.code, "Device.Read.All" in alert.remedy) for alert in manifest.alerts] == [("permissionLost", True)]
    assert await told(vault, DEVICES, GROUPS) == ["typeFailedAgain"]
    assert await told(vault, GROUPS) == [], "a run that does not read the type says nothing of it"
    assert await told(vault, DEVICES, GROUPS) == ["typeFailedAgain"], "the last run that tried it is further back"
    vault.graph.answer = answers()
    assert await told(vault, DEVICES, GROUPS) == []


async def test_a_run_that_failed_as_a_whole_counts_as_one_that_tried(vault: Vault) -> None:
    assert await told(vault, DEVICES, GROUPS) == []
    vault.graph.answer = answers(broken=("/devices", "/groups"))
    await failing(vault, DEVICES, GROUPS)
    vault.graph.answer = answers(broken=("/devices",))
    assert await told(vault, DEVICES, GROUPS) == ["typeFailedAgain"]


async def test_a_type_that_was_never_readable_raises_no_alarm_run_after_run(vault: Vault) -> None:
    vault.graph.answer = answers(refused=("/devices",))
    assert [await told(vault, DEVICES, GROUPS) for _ in range(3)] == [[], [], []]


async def test_a_part_that_is_refused_and_comes_back_is_no_change_of_its_objects(vault: Vault) -> None:
    vault.graph.answer = answers(groups=MANY)
    assert await told(vault, GROUPS) == []
    vault.graph.answer = answers(groups=MANY, refused=("owners",))
    lost = await vault.run(GROUPS)
    assert (lost.types["groups"].outcome, lost.types["groups"].updated) == (Outcome.PARTIAL, MANY)
    assert [alert.code for alert in lost.alerts] == ["permissionLost"]
    assert await told(vault, GROUPS) == [], "it is told once"
    vault.graph.answer = answers(groups=MANY)
    back = await vault.run(GROUPS)
    assert (back.types["groups"].outcome, back.types["groups"].updated, back.alerts) == (Outcome.READ, MANY, ())


async def test_a_change_of_everything_is_told_once_and_names_the_run_before(vault: Vault) -> None:
    first = await vault.run(DEVICES)
    vault.graph.answer = answers(title="B")
    second = await vault.run(DEVICES)
    assert [alert.code for alert in second.alerts] == ["manyChanged"]
    assert first.run_id in second.alerts[0].message
    assert await told(vault, DEVICES) == []


async def test_after_an_upgrade_changes_of_everything_are_not_told(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_activities, "PRODUCT", "Lifeboat 0.0.1")
    await vault.run(DEVICES)
    monkeypatch.undo()
    vault.graph.answer = answers(title="B")
    assert await told(vault, DEVICES) == []
    vault.graph.answer = answers(title="C")
    assert await told(vault, DEVICES) == ["manyChanged"]


async def test_a_manifest_written_twice_has_the_same_alerts(vault: Vault) -> None:
    await vault.run(DEVICES)
    vault.graph.answer = answers(title="B")
    plan = await vault.open("devices")
    results = {"devices": await vault.read(plan, DEVICES)}
    await vault.commit(plan, results)
    first: Manifest = await vault.manifest(plan.run_id)
    await vault.commit(replace(plan, earlier={}), results)
    assert await vault.manifest(plan.run_id) == first


async def test_each_alert_of_a_run_is_a_line_with_its_type(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="lifeboat")
    await vault.run(DEVICES, GROUPS)
    vault.graph.answer = answers(title="B", refused=("/groups",))
    run = (await vault.run(DEVICES, GROUPS)).run_id
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if line.startswith("run.alert")] == [
        f"run.alert run={run} code=manyChanged type=devices",
        f"run.alert run={run} code=permissionLost type=groups",
    ]
    [last] = [line for line in lines if line.startswith("run.committed") and run in line]
    assert f"updated={MANY}" in last
    assert last.endswith("alerts=2")
    assert sum(line.startswith("type.result") and run in line for line in lines) == 2

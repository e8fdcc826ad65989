"""Intune through the whole product: backed up, damaged or deleted for good, restored, and the same as before.

What stands in calls of its own (assignments, settings, actions, fields of templates, messages, categories) is compared
as it was read by a backup; ids that were given anew count as the old ones.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.catalogue import TYPES, intune_apps, intune_devices
from functions.core.plan_intune_apps import MAKEABLE
from tests.flow.restore_world import World, open_world

KEYS = tuple(entry.key for entry in (*intune_devices.ENTRIES, *intune_apps.ENTRIES) if entry.restore)
BUILT_IN = {"isBuiltIn": True, "isGlobalScript": True, "priority": 0}
ASSIGN = {
    "deviceManagementScripts": "deviceManagementScriptAssignments",
    "deviceShellScripts": "deviceManagementScriptAssignments",
    "deviceHealthScripts": "deviceHealthScriptAssignments",
    "deviceEnrollmentConfigurations": "enrollmentConfigurationAssignments",
    "mobileApps": "mobileAppAssignments",
}
ONE_BY_ONE = {"windowsAutopilotDeploymentProfiles", "termsAndConditions"}


@pytest.fixture(scope="module")
async def world(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_world(azurite, tmp_path_factory.mktemp("intune")) as world:
        await world.backup(*KEYS)
        yield world


def path_of(key: str) -> str:
    return f"/beta{TYPES[key].path}"


async def one(world: World, key: str, identity: str) -> dict[str, Any]:
    """The object whole, with what a backup expands."""
    expand = ",".join(TYPES[key].expand)
    at = f"{path_of(key)}/{identity}" + (f"?$expand={expand}" if expand else "")
    found: dict[str, Any] = await world.call("GET", at)
    return found


async def below(world: World, key: str, identity: str) -> dict[str, list[str]]:
    """What hangs below the object in relationships that no call writes one by one: without ids, stamps and secrets."""
    found = {}
    for link in TYPES[key].relationships:
        if link.restorable and link.part is None:
            expand = f"?$expand={','.join(link.expand)}" if link.expand else ""
            answer = await world.call("GET", f"{path_of(key)}/{identity}/{link.path or link.name}{expand}", ok=False)
            things = answer["value"] if answer else []
            found[link.name] = sorted(json.dumps(bare(one), sort_keys=True) for one in things if not secret(one))
    return found


def bare(thing: Any) -> Any:
    if isinstance(thing, list):
        return [bare(one) for one in thing]
    if isinstance(thing, dict):
        moved = ("id", "createdDateTime", "lastModifiedDateTime", "source", "sourceId")
        return {name: bare(value) for name, value in thing.items() if name not in moved and "@odata.c" not in name}
    return thing


def secret(setting: dict[str, Any]) -> bool:
    return "encryptedValueToken" in json.dumps(setting)


async def listed(world: World, key: str) -> list[dict[str, Any]]:
    return list((await world.call("GET", path_of(key)))["value"])


async def makeable(world: World, key: str) -> dict[str, Any]:
    """An object of the type that can be made anew, with assignments if any has some."""
    found = []
    for thing in await listed(world, key):
        shipped = any(thing.get(name) == value for name, value in BUILT_IN.items())
        if not shipped and (key != "mobileApps" or thing["@odata.type"] in MAKEABLE):
            found.append(await one(world, key, thing["id"]))
    assert found, key
    return max(found, key=lambda thing: len(thing.get("assignments", ())))


def targets(thing: dict[str, Any]) -> list[Any]:
    """Whom a thing is assigned to, without ids."""
    shown = [
        {name: value for name, value in bare(assignment).items() if name != "@odata.type"}
        for assignment in thing.get("assignments", ())
    ]
    return sorted(shown, key=str)


@pytest.mark.parametrize("key", KEYS)
async def test_what_was_deleted_for_good_is_the_same_again(world: World, key: str):
    thing = await makeable(world, key)
    hung = await below(world, key, thing["id"])
    await world.call("DELETE", f"{path_of(key)}/{thing['id']}")
    view = await world.restore(key, thing["id"])
    assert view["state"] == "applied", failed(view)
    made = view["liveId"]
    assert made != thing["id"]
    assert targets(await one(world, key, made)) == targets(thing)
    assert await below(world, key, made) == hung
    gaps = " ".join(gap["what"] + gap["why"] for gap in view["gaps"])
    differ = await world.differences(key, thing["id"])
    assert {name for name in differ if name not in gaps} - hung.keys() == set()
    again = await world.plan(key, thing["id"])
    assert [(step.method, step.path, step.body) for step in await world.steps(again)] == []


@pytest.mark.parametrize("key", KEYS)
async def test_what_was_changed_and_assigned_otherwise_is_put_right(world: World, key: str):
    thing = await makeable(world, key)
    await world.backup(key)
    hung = await below(world, key, thing["id"])
    at = f"{path_of(key)}/{thing['id']}"
    name = TYPES[key].name
    if key == "configurationPolicies":
        settings = (await world.call("GET", f"{at}/settings"))["value"]
        whole = {part: thing[part] for part in ("platforms", "technologies", "templateReference")}
        kept = [{"settingInstance": setting["settingInstance"]} for setting in settings]
        kept[0]["settingInstance"]["choiceSettingValue"]["value"] = "other"
        await world.call("PUT", at, {**whole, "name": "Changed", "settings": kept})
    else:
        await world.call("PATCH", at, {**kind(key, thing), name: "Changed", "description": "Changed"} | tags(thing))
    if "assignments" in thing and key not in ONE_BY_ONE:
        await world.call("POST", f"{at}/assign", {ASSIGN.get(key, "assignments"): []})
    view = await world.restore(key, thing["id"], mode="exact")
    assert view["state"] == "applied", failed(view)
    now = await one(world, key, thing["id"])
    assert (now[name], targets(now)) == (thing[name], targets(thing))
    differ = await world.differences(key, thing["id"])
    assert {name: values for name, values in differ.items() if name not in hung} == {}
    assert await below(world, key, thing["id"]) == hung


def failed(view: dict[str, Any]) -> str:
    return json.dumps([step for step in view["steps"] if step["outcome"] != "done"])


def kind(key: str, thing: dict[str, Any]) -> dict[str, Any]:
    return {"@odata.type": thing["@odata.type"]} if "@odata.type" in thing else {}


def tags(thing: dict[str, Any]) -> dict[str, Any]:
    return {"roleScopeTagIds": ["2"]} if "roleScopeTagIds" in thing else {}

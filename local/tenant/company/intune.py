"""What the company's parts of Intune share: to whom something is assigned, and what hangs below an object."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import World

# Microsoft's own ids for everybody and everything, at the end of the id of an assignment to them
ALL_USERS = "acacacac-9df4-4c7d-9d50-4ef0226f57a9"
ALL_DEVICES = "adadadad-808e-44e2-905a-0b7873a8a531"
DEFAULT_TAG = "0"

_WHOM = (
    ("groupAssignmentTarget", "group:dyn-devices"),
    ("allDevicesAssignmentTarget", ""),
    ("groupAssignmentTarget", "group:team"),
    ("exclusionGroupAssignmentTarget", "group:automation"),
    ("allLicensedUsersAssignmentTarget", ""),
    ("groupAssignmentTarget", "group:all"),
)


def stamps(world: World, what: str, number: int = 0) -> dict[str, str]:
    """When it was created and last changed; Intune gives fractions of a second."""
    roll = world.draw(what, number)
    created = world.moment(roll, within=1_200, after=200).replace("Z", ".4417523Z")
    changed = world.moment(roll[:-4] + bytes(reversed(roll[-4:])), within=190, after=2).replace("Z", ".1093388Z")
    return {"createdDateTime": created, "lastModifiedDateTime": changed}


def tags(number: int) -> list[str]:
    """Every fourth object is tagged for a region besides, or instead of, the default."""
    return {1: ["1"], 3: [DEFAULT_TAG, "2"]}.get(number % 8, [DEFAULT_TAG])


def child(
    parent: str, parent_id: str, link: str, kind: str, properties: dict[str, Any], key: str = ""
) -> Iterator[Item]:
    """An object below another, and the link to it. `key` where its id comes back below another parent."""
    yield Object(kind, properties, key)
    yield Link(parent, parent_id, link, kind, key or properties["id"])


def assignments(
    world: World, parent: str, parent_id: str, kind: str, number: int, more: dict[str, Any] | None = None
) -> Iterator[Item]:
    """None for every seventh object, one or two for the others; some through a filter, some to exclude a group."""
    if number % 7 == 5:
        return
    for turn in range(1 + number % 2):
        name, group = _WHOM[(number * 2 + turn) % len(_WHOM)]
        target = _target(world, name, group, number)
        whom = target.get("groupId") or (ALL_DEVICES if name.startswith("allDevices") else ALL_USERS)
        properties = {"id": f"{parent_id}_{whom}", "target": target, **(more or {})}
        yield from child(parent, parent_id, "assignments", kind, properties)


def _target(world: World, name: str, group: str, number: int) -> dict[str, Any]:
    filtered = number % 3 == 1 and not name.startswith("exclusion")
    target: dict[str, Any] = {
        "@odata.type": f"#microsoft.graph.{name}",
        "deviceAndAppManagementAssignmentFilterId": world.id("intune:filter", number % 2) if filtered else None,
        "deviceAndAppManagementAssignmentFilterType": "include" if filtered else "none",
    }
    if group:
        target["groupId"] = world.id(group, number % world.teams if group == "group:team" else 0)
    return target

"""Intune objects for the tests of planning, planned with the entries and rules of the product."""

from typing import Any

from functions.catalogue import TYPES
from functions.core.plan import Item, LiveState, LossGap, Options, Step
from functions.core.plan_make import items
from functions.core.record import RELATIONSHIPS, Object
from tests.unit.restore.entries import FRAME, ME, guid

GROUP, OTHER, FILTER = guid(20), guid(21), guid(22)
KIND = "#microsoft.graph."


def planned(key: str, record: Object | None = None, current: Object | None = None, **how: Any) -> list[Item]:
    """The items for one object. Without `current` it is gone; `missing`, `ids` and the options of a plan are named."""
    missing, ids = frozenset(how.pop("missing", ())), how.pop("ids", {})
    wanted = {"id": ME, **(record or {})}
    there = {name: value for name, value in (current or {}).items() if name != RELATIONSHIPS}
    parts: Any = (current or {}).get(RELATIONSHIPS, {})
    live = LiveState(
        id=ME,
        standing="gone" if current is None else "live",
        object={"id": ME, **there} if current is not None else {},
        parts={name: tuple(found) for name, found in parts.items()},
        missing=missing,
    )
    return items(wanted, live, Options(**how), TYPES[key], ids, FRAME)


def steps(found: list[Item]) -> list[Step]:
    return [step for item in found for step in item.steps]


def gaps(found: list[Item]) -> list[LossGap]:
    return [gap for item in found for gap in item.gaps]


def told(found: list[Item]) -> str:
    return " ".join(f"{gap.what} {gap.why} {gap.todo}" for gap in gaps(found))


def to(group: str = "", *, exclude: bool = False, through: str | None = None, **more: Any) -> Object:
    """An assignment as Graph shows it."""
    name = (
        "exclusionGroupAssignmentTarget"
        if exclude
        else "groupAssignmentTarget"
        if group
        else "allDevicesAssignmentTarget"
    )
    target: Object = {
        "@odata.type": f"{KIND}{name}",
        "deviceAndAppManagementAssignmentFilterId": through,
        "deviceAndAppManagementAssignmentFilterType": "include" if through else "none",
    }
    if group:
        target["groupId"] = group
    return {"id": f"{ME}_{group or name}", "source": "direct", "sourceId": ME, "target": target, **more}


def groups_in(step: Step, envelope: str = "assignments") -> list[str]:
    return [str(one["target"].get("groupId", "all")) for one in step.body[envelope]]

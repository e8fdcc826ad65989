"""Links between objects: the URLs that change them, and what differs between links wanted and links there; pure.

In: ids, and the targets of a relationship on both sides. Out: `$ref` paths, and targets to add and to remove.

`DELETE …/members/{id}` without `/$ref` deletes the member itself instead of its membership. So every path of a link
comes from `ref_path`, and every call of a plan passes `check_call`, which knows no DELETE without `/$ref`.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from functions.core.record import RELATIONSHIPS, Object
from functions.errors import PlanNotApplicable

Mode = Literal["add", "exact"]

NEW_ID = "{newId}"
"""Stands in a plan for the id of an object that applying it will create."""

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ID = rf"(?:{_GUID}|\{{newId\}})"
_COLLECTION = r"(?:/[A-Za-z]+)+"
_OBJECT = f"{_COLLECTION}/{_ID}"
_CALLS = {
    "POST": rf"{_COLLECTION}|{_OBJECT}/restore|{_OBJECT}/[A-Za-z]+/\$ref",
    "PATCH": _OBJECT,
    "PUT": rf"{_OBJECT}/[A-Za-z]+/\$ref",
    "DELETE": rf"{_OBJECT}/[A-Za-z]+(?:/{_ID})?/\$ref",
}


class Target(NamedTuple):
    """The object at the other end of a link. `type` is Graph's type name without its namespace, or empty."""

    id: str
    type: str = ""


class LinkChanges(NamedTuple):
    """Each sorted by id."""

    add: list[Target]
    remove: list[Target]


def is_guid(text: object) -> bool:
    """True for an object id; keywords such as `All` are none."""
    return isinstance(text, str) and re.fullmatch(_GUID, text) is not None


def ref_path(collection: str, source: str, link: str, target: str = "") -> str:
    """The path that changes one link: `/groups/{source}/members/{target}/$ref`; without a target, the list's own."""
    path = "/".join([f"{collection}/{source}/{link}", *([target] if target else []), "$ref"])
    if not re.fullmatch(rf"{_OBJECT}/[A-Za-z]+(?:/{_ID})?/\$ref", path):
        raise PlanNotApplicable(f"{path!r} is not the path of a link")
    return path


def check_call(method: str, path: str) -> None:
    """Raises PlanNotApplicable unless the call is one that a restore may make: nothing here can delete an object."""
    if not re.fullmatch(_CALLS.get(method, r"(?!)"), path):
        raise PlanNotApplicable(f"{method} {path} is not a call that a restore makes")


def targets(record: Object, link: str) -> list[Target] | None:
    """The targets a record holds for a relationship, or None when the backup could not read it."""
    relationships = record.get(RELATIONSHIPS)
    found = relationships.get(link) if isinstance(relationships, dict) else None
    if not isinstance(found, list):
        return None
    return [Target(str(item.get("id")), str(item.get("type") or "")) for item in found if isinstance(item, dict)]


def link_changes(wanted: Iterable[Target], current: Iterable[Target], mode: Mode) -> LinkChanges:
    """What to add, and in `exact` mode what to remove, so that `current` becomes `wanted`."""
    goal = {target.id: target for target in wanted}
    there = {target.id: target for target in current}
    return LinkChanges(
        add=sorted(target for key, target in goal.items() if key not in there),
        remove=sorted(target for key, target in there.items() if key not in goal) if mode == "exact" else [],
    )

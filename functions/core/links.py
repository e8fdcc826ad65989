"""Links between objects: the URLs that change them, and what differs between links wanted and links there; pure.

In: addresses, and the targets of a relationship on both sides. Out: `$ref` paths, and targets to add and to remove.

`DELETE …/members/{id}` without `/$ref` deletes the member itself instead of its membership. So every path of a link
comes from `ref_path`, and every call of a plan passes `calls.check_call`.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from functions.core.record import RELATIONSHIPS, Object
from functions.errors import PlanNotApplicable

Mode = Literal["add", "exact"]

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ID = r"(?:\{new:[^{}/]{1,200}\}|[0-9A-Za-z_-][0-9A-Za-z_.@!|'-]{0,255})"
_LINK = re.compile(rf"(?:/[A-Za-z]+)(?:/{_ID})+/[A-Za-z]+(?:/[A-Za-z]+)*(?:/{_ID})?/\$ref")


class Target(NamedTuple):
    """The object at the other end of a link. `type` is Graph's type name without its namespace, or empty."""

    id: str
    type: str = ""

    @property
    def shown(self) -> Object:
        """As it stands in a plan and a record."""
        return {"id": self.id, "type": self.type}


class LinkChanges(NamedTuple):
    """Each sorted by id."""

    add: list[Target]
    remove: list[Target]


def is_guid(text: object) -> bool:
    """True for an object id; keywords such as `All` are none."""
    return isinstance(text, str) and re.fullmatch(_GUID, text) is not None


def ref_path(source: str, link: str, target: str = "") -> str:
    """The path that changes one link of the object at `source`: `/groups/{id}/members/{target}/$ref`; without a target,
    the list's own. Raises PlanNotApplicable for what is no such path."""
    path = "/".join([source, link, *([target] if target else []), "$ref"])
    if not re.fullmatch(r"[A-Za-z/]+", link) or "/" in target or ".." in path or not _LINK.fullmatch(path):
        raise PlanNotApplicable(f"{path!r} is not the path of a link")
    return path


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

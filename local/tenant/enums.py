"""Members that were added to an enumeration after it was published (`LATER` of the kinds' families).

A caller that does not send `Prefer: include-unknown-enum-members` gets the sentinel in their place.
"""

from typing import Any

from local.tenant.message import Request
from local.tenant.projection import plain
from local.tenant.schema import LATER, Kind

PREFERENCE = "include-unknown-enum-members"
SENTINEL = "unknownFutureValue"


def understood(request: Request, kind: Kind, shown: list[Any]) -> list[Any]:
    later = LATER.get(kind.name)
    if later is None or request.prefers(PREFERENCE):
        return shown
    answers = [plain(one) for one in shown]
    for answer in answers:
        for path, members in later.items():
            _veil(answer, path.split("."), members)
    return answers
    return answers


def _veil(holder: Any, path: list[str], members: frozenset[str]) -> None:
    """Puts the sentinel where the path leads, through collections as well."""
    if isinstance(holder, list):
        for item in holder:
            _veil(item, path, members)
    elif isinstance(holder, dict) and path[0] in holder:
        value = holder[path[0]]
        if len(path) > 1:
            _veil(value, path[1:], members)
        elif isinstance(value, list):
            holder[path[0]] = [SENTINEL if one in members else one for one in value]
        elif value in members:
            holder[path[0]] = SENTINEL

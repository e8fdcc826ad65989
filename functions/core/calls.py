"""Which calls a restore makes at all, and the tokens that stand in a plan for ids nobody knows yet; pure.

In: a method and a path. Out: nothing, or PlanNotApplicable. `DELETE …/members/{id}` without `/$ref` deletes the member
itself instead of its membership, so every call of a plan passes here when it is planned, when it is read back, and when
it is sent: a DELETE is known only with `/$ref` behind it, or for the very addresses that the catalogue lets a restore
delete.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from functions.catalogue import TYPES
from functions.catalogue.model import Deletes, Read
from functions.core.record import Json
from functions.errors import PlanNotApplicable

_WORD = r"[A-Za-z][A-Za-z0-9.]*"
_ID = r"(?:\{new:[^{}/]{1,200}\}|[0-9A-Za-z_-][0-9A-Za-z_.@!|'-]{0,255})"
_KEYED = rf"{_WORD}\([a-zA-Z]+='{_ID}'\)"
_PATH = re.compile(rf"(?:/(?:{_KEYED}|{_ID}|\$ref))+")
# An object, its link, and the other end: what is shorter names no link, and might be taken for the object itself.
_REF = re.compile(rf"/{_WORD}(?:/{_ID}){{2,}}/\$ref")
# The object at the other end of a link, reached through it: whatever is sent there falls on that object itself. Graph
# takes names in any case, a type between name and id, and keys in brackets.
_OTHER_END = re.compile(
    r".*/(?:directReports|manager|memberOf|members|ownedObjects|owners|registeredOwners|registeredUsers|sponsors"
    r"|transitiveMemberOf|transitiveMembers)(?:[/(].*)?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\{new:([^{}]+)\}")


def token(old: str) -> str:
    """What stands in a plan for the new id of an object whose id was `old`; also for a new appId."""
    return f"{{new:{old}}}"


def tokens(value: Json) -> set[str]:
    """The old ids of all objects that a path or a body waits for."""
    if isinstance(value, str):
        return set(_TOKEN.findall(value))
    if isinstance(value, dict):
        return {found for part in value.values() for found in tokens(part)}
    if isinstance(value, list):
        return {found for part in value for found in tokens(part)}
    return set()


def spoken(text: str) -> str:
    """A sentence or a name with the old id in the place of a token: that is what a reader knows."""
    return _TOKEN.sub(r"\1", text)


def filled(value: Json, ids: Mapping[str, str]) -> Json:
    """A copy with the new ids put in. Raises PlanNotApplicable for one that is not known."""
    if isinstance(value, str):
        return _TOKEN.sub(lambda match: _known(match[1], ids), value)
    if isinstance(value, dict):
        return {key: filled(part, ids) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, ids) for part in value]
    return value


def check_call(method: str, path: str) -> None:
    """Raises PlanNotApplicable unless the call is one that a restore may make."""
    allowed = _PATH.fullmatch(path) is not None and ".." not in path
    allowed = allowed and (path.endswith("/$ref") or _OTHER_END.fullmatch(path) is None)
    if method == "DELETE":
        allowed = allowed and (_REF.fullmatch(path) is not None or any(fits(path) for fits in _deletable()))
    elif method not in ("POST", "PATCH", "PUT"):
        allowed = False
    if not allowed:
        raise PlanNotApplicable(f"{method} {path} is not a call that a restore makes")


@cache
def _deletable() -> tuple[Callable[[str], object], ...]:
    """The addresses of objects in the recycle bin's keeping, of grants and assignments, and of removable parts."""
    found = []
    for entry in TYPES.values():
        if entry.restore is None:
            continue
        address = entry.restore.collection + ("" if entry.read is Read.ONE else "/{id}")
        if entry.restore.deletes not in (Deletes.NO, Deletes.REQUEST):
            found.append(_fits(address))
        found += [
            _fits(f"{address}/{link.part.path or link.path or link.name}/{{part}}")
            for link in entry.relationships
            if link.part is not None and link.part.removable
        ]
    return tuple(found)


def _fits(template: str) -> Callable[[str], object]:
    pattern = "".join(_ID if piece.startswith("{") else re.escape(piece) for piece in re.split(r"(\{\w+\})", template))
    return re.compile(pattern).fullmatch


def _known(old: str, ids: Mapping[str, str]) -> str:
    if old not in ids:
        raise PlanNotApplicable(f"the object {old} was not made, so nothing can name it")
    if "/" in ids[old]:
        raise PlanNotApplicable(f"{ids[old]!r}, which stands for {old}, is no id")
    return ids[old]

"""Where the objects of a type are: an entry in, URLs below the version root out. Pure.

Whatever comes from the tenant (its id, a parent's, an object's) is quoted, so that it cannot lead to another address or
end the text of a filter.
"""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from functions.catalogue.model import CAST, ObjectType, Read
from functions.errors import FormatError

_SAFE = "/:'(),$=;@*"  # as the documentation writes filters and expansions
_BIN = "/directory/deletedItems"  # of all kinds: {id}/microsoft.graph.user
# Collections of parents whose page of 999 is documented; elsewhere the service chooses the size.
_LARGE_PAGES = frozenset({"/users", "/groups", "/applications", "/servicePrincipals", "/devices"})


class Origin(NamedTuple):
    """The collection some objects were read from, and the version of the API."""

    path: str
    api: str


def collection(entry: ObjectType, tenant: str, parent: str = "") -> str:
    """The path of a type, with the tenant and the parent in it."""
    return _filled(entry.path, tenant, parent)


def parents(entry: ObjectType, tenant: str) -> str:
    """The collection of the parents of a type read by `Read.CHILDREN`."""
    return _filled(entry.parent, tenant, "")


def parent_query(entry: ObjectType) -> str:
    """What is asked of the list of parents."""
    return query((entry.parent_id,), top=999 if entry.parent in _LARGE_PAGES else 0)


def condition(entry: ObjectType, tenant: str, parent: str = "") -> str:
    """The `$filter` of a type, with the tenant and the parent in it as literals; not quoted."""
    return entry.filter.replace("{tenant}", _literal(tenant)).replace("{parent}", _literal(parent))


def query(select: Iterable[str] = (), expand: Iterable[str] = (), where: str = "", top: int = 0) -> str:
    """The query of a URL, "" when there is nothing to say."""
    options = {
        "$select": ",".join(select),
        "$filter": where,
        "$expand": ",".join(expand),
        "$top": str(top) if top else "",
    }
    said = "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in options.items() if value)
    return f"?{said}" if said else ""


def address(entry: ObjectType, origin: str, identity: str) -> str:
    """The path of one object of the collection at `origin`."""
    if entry.read is Read.ONE:
        return origin
    above, _, last = origin.rpartition("/")
    if last.startswith(CAST) and above == _BIN:  # elsewhere the id follows the cast
        return f"{within(above, identity)}/{last}"
    return within(origin, identity)


def within(above: str, identity: str) -> str:
    """The path of what has this id in a collection."""
    return f"{above}/{_segment(identity)}"


def _filled(template: str, tenant: str, parent: str) -> str:
    return template.replace("{tenant}", _segment(tenant)).replace("{parent}", _segment(parent))


def _segment(text: str) -> str:
    if text in {".", ".."}:
        raise FormatError(f"{text!r} is no id: it would lead to another address")
    return quote(text, safe="")


def _literal(text: str) -> str:
    return text.replace("'", "''")

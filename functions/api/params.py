"""What a caller may put into a path or a query: pattern, check, and JSON schema, side by side.

In: raw text. Out: checked values, or a CallerError with the code of what is wrong. Whatever passes here is safe in a
path, a filter or a key: types are keys of the catalogue, run ids match an ASCII pattern, and ids one of letters,
digits, dots, dashes and underscores.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import msgspec

from functions.api.problem import refused
from functions.catalogue import TYPES
from functions.catalogue.model import GUID_ID, ObjectType
from functions.core.runid import is_run_id

RUN_ID = (
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z"
    r"(-([2-9]|[1-9][0-9]))?"
)
PLAN_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CURSOR = r"[0-9A-Za-z_-]{1,2048}"
NAME = r"[^\u0000-\u001f\u007f-\u009f]{0,256}"
TOP_DEFAULT, TOP_MOST = 100, 999
LIVE = "live"  # the tenant as it is now, where a run could be named

_LONGEST_QUERY = 8192
_TOP = re.compile(r"[1-9][0-9]{0,2}")
PAGE_MOST = 99_999
OUTCOMES = ("pending", "running", "done", "skipped", "conflict", "failed")
_PAGE = re.compile(r"[1-9][0-9]{0,4}")

Catalogue = Mapping[str, ObjectType]


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """The checked parts of a path; "" where the call has none."""

    type: str = ""
    id: str = ""
    run_id: str = ""
    plan_id: str = ""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """The checked query. `deleted` None: not asked for."""

    name: str = ""
    deleted: bool | None = None
    top: int = TOP_DEFAULT
    cursor: str = ""
    run: str = ""
    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    page: int = 1
    type: str = ""
    outcome: str = ""


def entry(text: str, catalogue: Catalogue) -> ObjectType:
    """The catalogue entry of a type, by its exact key."""
    found = catalogue.get(text)
    if found is None:
        raise refused("unknownType", f"{_shown(text)} is not in the catalogue")
    return found


def object_id(text: str, of: ObjectType) -> str:
    """An id in the form Graph uses for the type: GUIDs in lower case."""
    if not re.fullmatch(of.id_pattern, text):
        raise refused("malformedId", f"{_shown(text)} cannot be the id of one of {of.key}")
    return text.lower() if of.id_pattern == GUID_ID else text


def run_id(text: str) -> str:
    """A well-formed run id that names a real moment."""
    if not re.fullmatch(RUN_ID, text):
        raise refused("malformedRunId", f"{_shown(text)} is not a run id")
    if not is_run_id(text):
        raise refused("unknownRun", f"There is no run {text}")
    return text


def plan_id(text: str) -> str:
    """A plan id of the form that plans are given."""
    if not re.fullmatch(PLAN_ID, text):
        raise refused("malformedPlanId", f"{_shown(text)} is not a plan id")
    return text


def read_path(parts: Mapping[str, str], catalogue: Catalogue) -> Path:
    """Checks the parts of a path. The type comes first: it decides what an id looks like."""
    of = entry(parts["type"], catalogue) if "type" in parts else None
    return Path(
        type=of.key if of else "",
        id=object_id(parts["id"], of) if of and "id" in parts else "",
        run_id=run_id(parts["runId"]) if "runId" in parts else "",
        plan_id=plan_id(parts["planId"]) if "planId" in parts else "",
    )


def read_query(url: str, allowed: tuple[str, ...]) -> Query:
    """Checks the query of a URL as it was sent: a name outside `allowed`, or one given twice, is refused.

    `to:live` stands for a parameter `to` that also takes `live`.
    """
    kinds = {kind.partition(":")[0]: kind for kind in allowed}
    text = urlsplit(url).query
    if len(text) > _LONGEST_QUERY:
        raise refused("invalidQuery", "The query is too long")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise refused("invalidQuery", "The query is not percent-encoded UTF-8 of a few parameters") from error
    values: dict[str, object] = {}
    for name, value in pairs:
        if name not in kinds:
            raise refused("invalidQuery", f"This call takes no parameter {_shown(name)}")
        if name in values:
            raise refused("invalidQuery", f"The parameter {name} is given twice")
        values[name] = _QUERY[kinds[name]](value)
    return msgspec.convert(values, Query)


def _name(text: str) -> str:
    if not re.fullmatch(NAME, text):
        raise refused("invalidQuery", "name must be at most 256 characters without control characters")
    return text


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise refused("invalidQuery", "deleted must be true or false")
    return text == "true"


def _top(text: str) -> int:
    if not _TOP.fullmatch(text):
        raise refused("invalidQuery", f"top must be a whole number from 1 to {TOP_MOST}")
    return int(text)


def _page(text: str) -> int:
    if not _PAGE.fullmatch(text):
        raise refused("invalidQuery", f"page must be a whole number from 1 to {PAGE_MOST}")
    return int(text)


def _type(text: str) -> str:
    return entry(text, TYPES).key


def _outcome(text: str) -> str:
    if text not in OUTCOMES:
        raise refused("invalidQuery", f"outcome must be one of {', '.join(OUTCOMES)}")
    return text


def _cursor(text: str) -> str:
    if not re.fullmatch(CURSOR, text):
        raise refused("invalidQuery", "cursor must be the nextCursor of the page before")
    return text


def _run_or_live(text: str) -> str:
    return text if text == LIVE else run_id(text)


_QUERY: dict[str, Callable[[str], object]] = {
    "name": _name,
    "deleted": _flag,
    "top": _top,
    "cursor": _cursor,
    "run": run_id,
    "from": run_id,
    "to": run_id,
    "to:live": _run_or_live,
    "page": _page,
    "type": _type,
    "outcome": _outcome,
}


def _shown(text: str) -> str:
    """What the caller sent, short enough for a sentence; it goes back to the caller, never into a log."""
    return repr(text if len(text) <= 60 else text[:60] + "…")

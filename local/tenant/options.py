"""The query string, read into `Options`; what is unknown or not supported where it is asked for is refused.

In: the raw query, and which options the place allows. Out: `Options`. Values are checked by whoever knows the kind.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from local.tenant.rules import GraphFault

NESTED = re.compile(r"(\w+)(?:\((.*)\))?\Z", re.DOTALL)
KNOWN = frozenset(
    {"$select", "$expand", "$top", "$filter", "$count", "$orderby", "$search", "$skip", "$skiptoken", "$deltatoken"}
)


@dataclass(frozen=True, slots=True)
class Expand:
    """`name($select=…;$expand=…)`."""

    name: str
    select: tuple[str, ...] | None
    expand: tuple["Expand", ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """`select` None means that nothing was selected; `bound` is the query without its page token."""

    select: tuple[str, ...] | None = None
    expand: tuple[Expand, ...] = ()
    top: int | None = None
    count: bool = False
    filter: str = ""
    skiptoken: str = ""
    deltatoken: str = ""
    orderby: str = ""
    search: str = ""
    skip: int = 0
    bound: str = ""


def parse(query: str, allowed: frozenset[str]) -> Options:
    given: dict[str, str] = {}
    for raw_name, value in parse_qsl(query, keep_blank_values=True):
        name = raw_name.lower() if raw_name.lower() in KNOWN else raw_name
        if name not in allowed:
            raise GraphFault(400, "BadRequest", f"The query parameter '{raw_name}' is not supported.")
        if name in given:
            raise GraphFault(
                400,
                "BadRequest",
                f"Query option '{name}' was specified more than once, but it must be specified at most once.",
            )
        given[name] = value
    return Options(
        select=_names(given["$select"]) if "$select" in given else None,
        expand=_expand(given.get("$expand", "")),
        top=_number("$top", given["$top"]) if "$top" in given else None,
        count=_flag(given.get("$count", "false")),
        filter=given.get("$filter", ""),
        skiptoken=given.get("$skiptoken", ""),
        deltatoken=given.get("$deltatoken", ""),
        orderby=given.get("$orderby", ""),
        search=given.get("$search", ""),
        skip=_number("$skip", given.get("$skip", "0")),
        bound="&".join(f"{name}={given[name]}" for name in sorted(given) if name != "$skiptoken"),
    )


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if not all(names):
        raise GraphFault(400, "BadRequest", "Parsing OData Select and Expand failed: a property name is empty.")
    return names


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise GraphFault(400, "BadRequest", f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise GraphFault(400, "BadRequest", f"Invalid value '{text}' for $count query option found.")
    return text == "true"


def _expand(text: str) -> tuple[Expand, ...]:
    return tuple(_one_expand(part) for part in _split(text))


def _split(text: str, mark: str = ",") -> list[str]:
    """At marks outside of parentheses."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == mark and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def _one_expand(text: str) -> Expand:
    match = NESTED.match(text)
    if match is None:
        raise GraphFault(400, "BadRequest", f"Parsing OData Select and Expand failed: '{text}' is not understood.")
    select: tuple[str, ...] | None = None
    inner: tuple[Expand, ...] = ()
    for option in _split(match[2] or "", ";"):
        name, _, value = option.partition("=")
        if name in ("$select", "select"):
            select = _names(value)
        elif name in ("$expand", "expand"):
            inner = _expand(value)
        else:
            raise GraphFault(400, "Request_UnsupportedQuery", f"The option '{name}' is not supported inside $expand.")
    return Expand(match[1], select, inner)

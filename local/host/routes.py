"""Route templates of HTTP triggers, as ASP.NET Core routing reads them.

In: `objects/{type}/{id:int}/{*rest}`. Out: whether a path matches, with which values, and which of several
templates comes first. Literals match in any case; `{x?}` may be missing, `{x=1}` has a default, `{*x}` takes the
rest. Never sees the query string.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{(\*{0,2})(\w+)((?::[a-zA-Z]+(?:\((?:[^()]|\([^()]*\))*\))?)*)(?:(\?)|=([^{}]*))?\}")
_CONSTRAINT = re.compile(r":([a-zA-Z]+)(?:\(((?:[^()]|\([^()]*\))*)\))?")
_RESERVED = ("admin", "runtime")

Check = Callable[[str], bool]


def _number(kind: type[int] | type[float], low: float, high: float) -> Check:
    def check(text: str) -> bool:
        try:
            return text.isascii() and low <= kind(text) <= high
        except ValueError:
            return False

    return check


def _length(low: int, high: int) -> Check:
    return lambda text: low <= len(text) <= high


def _pattern(expression: str) -> Check:
    compiled = re.compile(expression, re.IGNORECASE)
    return lambda text: compiled.search(text) is not None


def _check(name: str, argument: str) -> Check:
    bounds = [int(part) for part in re.findall(r"-?\d+", argument)] if name.lower() != "regex" else []
    huge = float("inf")
    try:
        return {
            "int": lambda: _number(int, -(2**31), 2**31 - 1),
            "long": lambda: _number(int, -(2**63), 2**63 - 1),
            "double": lambda: _number(float, -huge, huge),
            "float": lambda: _number(float, -huge, huge),
            "decimal": lambda: _number(float, -huge, huge),
            "min": lambda: _number(int, bounds[0], huge),
            "max": lambda: _number(int, -huge, bounds[0]),
            "range": lambda: _number(int, bounds[0], bounds[1]),
            "bool": lambda: _pattern(r"^(true|false)$"),
            "guid": lambda: _pattern(r"^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$"),
            "alpha": lambda: _pattern(r"^[a-z]*$"),
            "length": lambda: _length(bounds[0], bounds[-1]),
            "minlength": lambda: _length(bounds[0], 2**31),
            "maxlength": lambda: _length(0, bounds[0]),
            "required": lambda: _length(1, 2**31),
            "regex": lambda: _pattern(argument),
        }[name.lower()]()
    except KeyError:
        raise ValueError(f"route constraint '{name}' is not known") from None
    except (IndexError, re.error) as error:
        raise ValueError(f"route constraint '{name}({argument})' cannot be read: {error}") from error


@dataclass(slots=True)
class Route:
    """A compiled template. Routes are tried in the order of `precedence`, most specific first."""

    template: str
    pattern: re.Pattern[str]
    precedence: tuple[int, ...]
    checks: dict[str, list[Check]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)

    def match(self, path: str) -> dict[str, str] | None:
        """The route values of `path` (decoded, without slashes at its ends); None if it does not match."""
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        values = {name: value for name, value in found.groupdict().items() if value is not None}
        for name, checks in self.checks.items():
            if name in values and not all(check(values[name]) for check in checks):
                return None
        return self.defaults | values


def compile_route(template: str, prefix: str = "") -> Route:
    """Compiles a trigger's template under the route prefix. Raises ValueError, also for what the real host refuses."""
    template = template.strip("/")
    if template.lower().startswith(_RESERVED):
        raise ValueError(f"the route '{template}' begins with 'admin' or 'runtime', which the host keeps for itself")
    route = Route(template, re.compile(""), ())
    segments = [part for part in f"{prefix}/{template}".split("/") if part]
    expression, precedence, seen = "", [], set[str]()
    for position, segment in enumerate(segments):
        text, rank = _segment(segment, route, seen, last=position == len(segments) - 1)
        expression += text if text.startswith("(?:") else ("/" if expression else "") + text
        precedence.append(rank)
    route.pattern = re.compile(
        expression.replace("(?:/", "(?:", 1) if len(segments) == 1 else expression, re.IGNORECASE
    )
    route.precedence = tuple(precedence)
    return route


def _segment(segment: str, route: Route, seen: set[str], *, last: bool) -> tuple[str, int]:
    """The expression for one segment and its rank: literal 1, constrained 2, parameter 3, catch-all 4 and 5."""
    parameters = list(_PARAMETER.finditer(segment))
    literals = _PARAMETER.sub("", segment)
    if "{" in literals or "}" in literals:
        raise ValueError(f"'{segment}' in the route '{route.template}' cannot be read")
    for parameter in parameters:
        name = parameter[2]
        if name.lower() in seen:
            raise ValueError(f"the route '{route.template}' has the parameter '{name}' twice")
        seen.add(name.lower())
        if parameter[3]:
            route.checks[name] = [_check(kind, text) for kind, text in _CONSTRAINT.findall(parameter[3])]
        if parameter[5] is not None:
            route.defaults[name] = parameter[5]
    if not parameters:
        return re.escape(segment), 1
    if len(parameters) == 1 and parameters[0][0] == segment:
        return _whole(parameters[0], route, last=last)
    expression, end = "", 0
    for parameter in parameters:
        if parameter[1] or parameter[4]:
            raise ValueError(f"'{parameter[0]}' must stand alone between slashes in the route '{route.template}'")
        expression += re.escape(segment[end : parameter.start()]) + f"(?P<{parameter[2]}>[^/]+)"
        end = parameter.end()
    return expression + re.escape(segment[end:]), 2


def _whole(parameter: re.Match[str], route: Route, *, last: bool) -> tuple[str, int]:
    stars, name, constraints, optional, default = parameter.groups()
    if (stars or optional or default is not None) and not last:
        raise ValueError(f"only the last part of the route '{route.template}' may be optional or take the rest")
    if stars:
        return f"(?:/(?P<{name}>.*))?", 4 if constraints else 5
    rank = 2 if constraints else 3
    if optional or default is not None:
        return f"(?:/(?P<{name}>[^/]+))?", rank
    return f"(?P<{name}>[^/]+)", rank


def decoded(raw_path: str) -> str:
    """A request path as the router sees it: decoded but for `%2F`, without slashes at its ends."""
    return unquote(re.sub("%2f", "%252F", raw_path, flags=re.IGNORECASE)).strip("/")

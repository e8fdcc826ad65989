"""$filter, compiled to an SQL condition over an object's JSON text.

Supported as the directory supports it: eq, in, startswith, and, or, comparisons of moments and numbers, any(); and with
`ConsistencyLevel: eventual` and `$count=true` also ne, not, endswith and eq null. All else is refused as Graph does.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from local.tenant.database import value_of
from local.tenant.objects import spelled
from local.tenant.rules import GraphFault
from local.tenant.schema import COMPLEX, Kind, Property

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<moment>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<number>-?\d+)|(?P<word>[A-Za-z_][\w.]*(?:/[A-Za-z_]\w*)*)|(?P<mark>[(),:]))"
)
COMPARE = {"eq": "=", "ne": "<>", "ge": ">=", "le": "<=", "gt": ">", "lt": "<"}
ORDERED = ("ge", "le", "gt", "lt")
LAST = "\U0010ffff"


class Filter(NamedTuple):
    """`equal` are the properties, with their values, that every object let through has been compared with `eq`."""

    where: str = ""
    values: tuple[object, ...] = ()
    equal: Mapping[str, object] = MappingProxyType({})


def compile_filter(text: str, kind: Kind, *, advanced: bool) -> Filter:
    return _Parser(text, kind, advanced=advanced).whole() if text else Filter()


def check_filter(kind: Kind, found: Filter) -> None:
    """Some lists are answered only where the filter says whose they are."""
    if kind.filters and not any(needed <= found.equal.keys() for needed in kind.filters):
        needed = " or ".join(" and ".join(sorted(names)) for names in kind.filters)
        # the code and the nesting are what privileged identity management answers; the words are not verified
        raise GraphFault(
            400,
            "UnknownError",
            f'{{"errorCode":"MissingParameters","message":"A filter on {needed} is required.",'
            '"instanceAnnotations":[]}',
        )


class _Parser:
    def __init__(self, text: str, kind: Kind, *, advanced: bool) -> None:
        self._kind = kind
        self._advanced = advanced
        self._by_key = bool(kind.path) and kind.key_property == "id"  # the id is what the object is stored under
        self._tokens = list(_tokens(text))
        self._at = 0
        self._parameters: list[object] = []
        self._equal_values: dict[str, object] = {}

    def whole(self) -> Filter:
        sql = self._either()
        if self._at != len(self._tokens):
            raise syntax(f"'{self._tokens[self._at][1]}' was not expected")
        return Filter(sql, tuple(self._parameters), self._equal_values)

    def _either(self) -> str:
        before = dict(self._equal_values)
        parts = [self._both()]
        while self._take_word("or"):
            parts.append(self._both())
            self._equal_values = dict(before)
        return "(" + " OR ".join(parts) + ")"

    def _both(self) -> str:
        parts = [self._term()]
        while self._take_word("and"):
            parts.append(self._term())
        return "(" + " AND ".join(parts) + ")"

    def _term(self) -> str:
        if self._take_word("not"):
            self._need_advanced("not")
            before = dict(self._equal_values)
            inner = self._term()
            self._equal_values = before
            return f"NOT coalesce({inner}, 0)"
        if self._take("mark", "("):
            inner = self._either()
            self._expect(")")
            return inner
        name = self._word()
        if name.lower() in ("startswith", "endswith"):
            return self._prefix(name.lower())
        if name.endswith("/any"):
            return self._any(name.removesuffix("/any"))
        return self._comparison(name)

    def _prefix(self, function: str) -> str:
        self._expect("(")
        name = self._word()
        self._expect(",")
        value = str(self._value())
        self._expect(")")
        expression = self._expression(name)
        if function == "endswith":
            self._need_advanced(name)
            self._parameters += [value, value]
            return f"substr({expression}, -length(?)) = ? COLLATE NOCASE"
        self._parameters += [value, value + LAST]
        return f"({expression} >= ? COLLATE NOCASE AND {expression} < ? COLLATE NOCASE)"

    def _any(self, name: str) -> str:
        rule = self._property(name)
        if not rule.collection or rule.type in COMPLEX:
            raise unsupported(name, self._kind)
        self._expect("(")
        variable = self._word()
        self._expect(":")
        if self._word() != variable or self._word() != "eq":
            raise unsupported(name, self._kind)
        self._parameters.append(self._value())
        self._expect(")")
        path = f"'$.\"{rule.name}\"'"
        return f"EXISTS (SELECT 1 FROM json_each(data, {path}) WHERE value = ? COLLATE NOCASE)"

    def _comparison(self, name: str) -> str:
        expression = self._expression(name)
        operator = self._word()
        if operator == "in":
            return self._in(name, expression)
        if operator not in COMPARE:
            raise unsupported(name, self._kind)
        value = self._value()
        if operator == "ne" or value is None:
            self._need_advanced(name)
            return self._differs(expression, operator, value)
        typed = self._type(name)
        if operator in ORDERED and typed not in ("datetime", "int"):
            raise unsupported(name, self._kind)
        if operator == "eq":
            self._equal_values[name] = value
        if typed == "datetime":
            return self._moment(expression, operator, value)
        return self._equal(name, expression, value) if operator == "eq" else self._bound(expression, operator, value)

    def _bound(self, expression: str, operator: str, value: object) -> str:
        self._parameters.append(value)
        return f"{expression} {COMPARE[operator]} ? COLLATE NOCASE"

    def _moment(self, expression: str, operator: str, value: object) -> str:
        """Moments are told apart to the fraction of a second, however many digits either side spells out."""
        self._parameters.append(moment(str(value)))
        return f"rtrim({expression}, 'Z0.') {COMPARE[operator]} ?"

    def _equal(self, name: str, expression: str, value: object) -> str:
        """Ids are compared as they are stored, so that their index serves; all other text without regard to case."""
        if name != "id" or not self._by_key:
            return self._bound(expression, "eq", value)
        self._parameters.append(spelled(str(value)))
        return "id = ?"

    def _differs(self, expression: str, operator: str, value: object) -> str:
        if value is None:
            return f"{expression} IS {'NOT ' if operator == 'ne' else ''}NULL"
        self._parameters.append(value)
        return f"({expression} IS NULL OR {expression} <> ? COLLATE NOCASE)"

    def _in(self, name: str, expression: str) -> str:
        self._expect("(")
        values = [self._value()]
        while self._take("mark", ","):
            values.append(self._value())
        self._expect(")")
        return "(" + " OR ".join(self._equal(name, expression, value) for value in values) + ")"

    def _expression(self, name: str) -> str:
        first, _, inner = name.partition("/")
        rule = self._property(first)
        if first == "id" and self._by_key:
            return "id"
        if rule.collection or bool(inner) != (rule.type in COMPLEX) or (inner and inner not in COMPLEX[rule.type]):
            raise unsupported(name, self._kind)
        return value_of(first) if not inner else f'json_extract(data, \'$."{first}"."{inner}"\')'

    def _type(self, name: str) -> str:
        first, _, inner = name.partition("/")
        rule = self._property(first)
        return COMPLEX[rule.type][inner].type if inner else rule.type

    def _property(self, name: str) -> Property:
        rule = self._kind.properties.get(name)
        if rule is None and self._kind.open and name.startswith("extension_"):
            return Property(name, "string", nullable=True)
        if rule is None:
            raise GraphFault(
                400,
                "BadRequest",
                f"Invalid filter clause: Could not find a property named '{name}' "
                f"on type 'microsoft.graph.{self._kind.name}'.",
            )
        return rule

    def _need_advanced(self, name: str) -> None:
        if not self._advanced:
            raise unsupported(name, self._kind)

    def _value(self) -> object:
        group, text = self._next()
        if group == "string":
            return text[1:-1].replace("''", "'")
        if group == "number":
            return int(text)
        if group in ("moment", "guid"):
            return text
        if group == "word" and text in ("true", "false", "null"):
            return {"true": 1, "false": 0, "null": None}[text]
        raise syntax(f"'{text}' is not a value")

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise syntax("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _word(self) -> str:
        group, text = self._next()
        if group != "word":
            raise syntax(f"'{text}' was not expected")
        return text

    def _take(self, group: str, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == (group, text):
            self._at += 1
            return True
        return False

    def _take_word(self, word: str) -> bool:
        return self._take("word", word)

    def _expect(self, mark: str) -> None:
        if not self._take("mark", mark):
            raise syntax(f"'{mark}' was expected")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None:
            raise syntax(f"position {at} is not understood")
        yield str(match.lastgroup), match[str(match.lastgroup)]
        at = match.end()


def moment(text: str) -> str:
    """In UTC, without what a comparison of texts has to pass over: the zone and trailing zeros."""
    if not text.endswith("Z"):
        text = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None).isoformat()
    return text.rstrip("Z0.")


def syntax(problem: str) -> GraphFault:
    return GraphFault(400, "BadRequest", f"Invalid filter clause: {problem}.")


def unsupported(name: str, kind: Kind) -> GraphFault:
    resource = kind.name[0].upper() + kind.name[1:]
    return GraphFault(
        400,
        "Request_UnsupportedQuery",
        f"Unsupported or invalid query filter clause specified for property '{name}' of resource '{resource}'.",
    )

"""Reads Bicep as text: a file in; its params, variables, resources, modules and outputs out, as Python values.

What is literal becomes a Python value (str, int, bool, None, list, dict); every other expression becomes `Expr`,
its text as it stands there. Nothing is evaluated, and no type is checked: the compiler does that.

    file = read(INFRA / "modules" / "backup-storage.bicep")
    file.params["lock"].default              # True
    file.resource("account").body["properties"]["allowSharedKeyAccess"]
    file.strings("tables")                   # every string in `var tables = …`, keys of objects included
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

INFRA = Path(__file__).resolve().parents[3] / "infra"

type Value = Any  # str, int, bool, None, list, dict or Expr

_LANGUAGE = Language(tree_sitter_bicep.language())
_ESCAPE = re.compile(r"\\(u\{([0-9a-fA-F]+)\}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
# The grammar knows no `extension` line, and takes a value in a parameter file for a type: both are put in its words.
_EXTENSION = re.compile(r"^extension\b.*$", re.MULTILINE)
_ASSIGNED = re.compile(r"^param(?=\s+\w+\s*=)", re.MULTILINE)


class Expr(str):
    """An expression that has no value before the deployment: its text, with every run of white space as one blank."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a template. `default` is None without one: see `required`."""

    name: str
    type: str
    default: Value = None
    required: bool = True
    description: str = ""
    secure: bool = False
    decorators: dict[str, list[Value]] = field(default_factory=dict)

    @property
    def allowed(self) -> list[Value]:
        """The values of @allowed, or of a union type."""
        given = self.decorators.get("allowed")
        return given[0] if given else re.findall(r"'([^']*)'", self.type)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource or a module. `type` is that of the resource or the path of the module; `condition` and `loop` are the
    texts of its `if` and `for`."""

    symbol: str
    type: str
    version: str = ""
    body: dict[str, Value] = field(default_factory=dict)
    existing: bool = False
    condition: str = ""
    loop: str = ""
    parent: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a template."""

    name: str
    type: str
    value: Value
    description: str = ""


@dataclass(frozen=True, slots=True)
class BicepFile:
    """What a file declares. `errors` are the lines that the grammar could not read."""

    path: Path
    text: str
    scope: str
    using: str
    params: dict[str, Param]
    variables: dict[str, Value]
    resources: list[Resource]
    modules: list[Resource]
    outputs: dict[str, Output]
    errors: list[int]

    def resource(self, symbol: str) -> Resource:
        """A resource by the name that the file gives it; nested ones too."""
        return next(each for each in self.resources if each.symbol == symbol)

    def module(self, symbol: str) -> Resource:
        """A module by the name that the file gives it. Its params are `body["params"]`."""
        return next(each for each in self.modules if each.symbol == symbol)

    def of_type(self, type_: str) -> list[Resource]:
        """The resources of a type, in any version and any case; existing ones too."""
        return [each for each in self.resources if each.type.lower() == type_.lower()]

    def strings(self, variable: str) -> list[str]:
        """Every literal string in a variable: values and keys of objects, at any depth."""
        return list(strings(self.variables[variable]))


def bicep_files(suffix: str = "bicep") -> list[Path]:
    """Every file under infra with this suffix."""
    return sorted(INFRA.rglob(f"*.{suffix}"))


@cache
def read(path: Path) -> BicepFile:
    """Reads a .bicep or .bicepparam file."""
    return parse(path.read_text(encoding="utf-8"), path)


def parse(text: str, path: Path = Path("text.bicep")) -> BicepFile:
    """Reads the text of a file. In a .bicepparam file what is assigned to parameters lies in `variables`."""
    plain = _EXTENSION.sub("", text)
    if path.suffix == ".bicepparam":
        plain = _ASSIGNED.sub("var", plain)
    root = Parser(_LANGUAGE).parse(plain.encode()).root_node
    file = BicepFile(path, text, "resourceGroup", "", {}, {}, [], [], {}, sorted(set(_errors(root))))
    found: dict[str, str] = {}
    decorators: dict[str, list[Value]] = {}
    for node in root.named_children:
        if node.type == "decorators":
            decorators = _decorators(node)
            continue
        if node.type in {"target_scope_assignment", "using_statement"}:
            found[node.type] = str(value(node.named_children[-1]))
        _declare(file, node, decorators)
        if node.type not in {"comment", "diagnostic_comment"}:
            decorators = {}
    scope, using = found.get("target_scope_assignment", file.scope), found.get("using_statement", "")
    return BicepFile(
        path, text, scope, using, file.params, file.variables, file.resources, file.modules, file.outputs, file.errors
    )


def value(node: Node) -> Value:
    """The Python value of a literal; an Expr of anything else."""
    match node.type:
        case "string":
            return _string(node)
        case "number":
            return int(_text(node))
        case "boolean":
            return _text(node) == "true"
        case "null":
            return None
        case "array":
            return [value(each) for each in _operands(node)]
        case "object":
            return _object(node)
        case _:
            return Expr(" ".join(_text(node).split()))


def strings(of: Value) -> Iterator[str]:
    """Every literal string in a value, keys included."""
    if isinstance(of, dict):
        for key, each in of.items():
            yield key
            yield from strings(each)
    elif isinstance(of, list):
        for each in of:
            yield from strings(each)
    elif isinstance(of, str) and not isinstance(of, Expr):
        yield of


def _declare(file: BicepFile, node: Node, decorators: dict[str, list[Value]]) -> None:
    said = decorators.get("description") or decorators.get("sys.description") or [""]
    name = next((_text(each) for each in node.named_children if each.type == "identifier"), "")
    match node.type:
        case "parameter_declaration":
            kind, default = _type_of(node), _assigned(node)
            file.params[name] = Param(
                name=name,
                type=kind,
                default=None if default is None else value(default),
                required=default is None,
                description=str(said[0]),
                secure="secure" in decorators,
                decorators=decorators,
            )
        case "variable_declaration":
            assigned = _assigned(node)
            file.variables[name] = None if assigned is None else value(assigned)
        case "output_declaration":
            assigned = _assigned(node)
            file.outputs[name] = Output(name, _type_of(node), assigned and value(assigned), str(said[0]))
        case "resource_declaration":
            file.resources.extend(_resources(node, ""))
        case "module_declaration":
            file.modules.extend(_resources(node, ""))
        case _:
            pass


def _resources(node: Node, parent: str) -> Iterator[Resource]:
    symbol = _text(next(each for each in node.named_children if each.type == "identifier"))
    type_, _, version = str(value(next(each for each in node.named_children if each.type == "string"))).partition("@")
    body, condition, loop = node.named_children[-1], "", ""
    while body.type in {"for_statement", "if_statement"}:
        inner = body.named_children[-1]
        words = _text(body)[: inner.start_byte - body.start_byte]
        if body.type == "if_statement":
            condition = " ".join(words.split()).removeprefix("if").strip()
        else:
            loop = " ".join(words.split()).strip("[: ").removeprefix("for").strip()
        body = inner
    yield Resource(
        symbol=symbol,
        type=type_,
        version=version,
        body=_object(body) if body.type == "object" else {},
        existing=any(each.type == "existing" for each in node.children),
        condition=condition,
        loop=loop,
        parent=parent,
        line=node.start_point.row + 1,
    )
    for property_ in body.named_children if body.type == "object" else ():
        for nested in property_.named_children:
            if nested.type == "resource_declaration":
                yield from _resources(nested, symbol)


def _object(node: Node) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for each in node.named_children:
        parts = _operands(each)
        if each.type == "object_property" and len(parts) == 2:
            key = value(parts[0])
            found[key if parts[0].type == "string" else _text(parts[0])] = value(parts[1])
    return found


def _string(node: Node) -> str:
    text = _text(node)
    if text.startswith("'''"):
        return text.removeprefix("'''").removesuffix("'''").removeprefix("\n")
    if any(each.type == "interpolation" for each in node.named_children):
        return Expr(text)
    return _ESCAPE.sub(lambda found: chr(int(found[2], 16)) if found[2] else _PLAIN.get(found[1], found[1]), text[1:-1])


def _decorators(node: Node) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for each in node.named_children:
        call = each.named_children[0]
        arguments = next((part for part in call.named_children if part.type == "arguments"), None)
        name = _text(call).partition("(")[0].removeprefix("sys.")
        found[name] = [value(part) for part in _operands(arguments)] if arguments else []
    return found


def _type_of(node: Node) -> str:
    return next((_text(each) for each in node.named_children if each.type == "type"), "")


def _assigned(node: Node) -> Node | None:
    """What stands behind the equals sign."""
    rest = iter(node.children)
    for each in rest:
        if each.type == "=":
            return next((part for part in rest if part.is_named), None)
    return None


def _operands(node: Node) -> list[Node]:
    return [each for each in node.named_children if each.type not in {"comment", "diagnostic_comment"}]


def _errors(node: Node) -> Iterator[int]:
    if node.is_error or node.is_missing:
        yield node.start_point.row + 1
    for each in node.children:
        yield from _errors(each)


def _text(node: Node) -> str:
    return (node.text or b"").decode()

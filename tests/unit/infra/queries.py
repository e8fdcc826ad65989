"""The queries of infra/queries, what each names, and two that judge them: Microsoft's parser, and a database.

There is no Azure here. The parser checks words, names and types as the service does. The database runs the query on
lines that the app's own logger wrote. It does not know `parse-kv`, which is put in other words for it here: the value
after ` key=`, up to the next blank, or between quotes.
"""

import ast
import json
import logging
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb_kql

from functions import log
from tests.unit.infra.bicep_text import INFRA

ROOT = INFRA.parent
ALERTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((INFRA / "queries/alerts").glob("*.kql"))}
WORKBOOK = {path.stem: path.read_text(encoding="utf-8") for path in sorted((INFRA / "queries/workbook").glob("*.kql"))}
_KV = re.compile(r"\| parse-kv (substring\(.*?\) \+ 1\)) as \(([^)]*)\)\s+with \(([^)]*)\)")
_CAST = {"string": "", "long": "tolong", "int": "toint", "real": "todouble"}
_LEVELS: dict[str, Callable[..., None]] = {"info": log.info, "warning": log.warning, "error": log.error}


def filled(query: str, hours: int = 26) -> str:
    """The query as Bicep hands it on."""
    return query.replace("{hours}", str(hours))


def events(query: str) -> set[str]:
    """The events that it looks for."""
    return set(re.findall(r'message startswith "([^" ]+) "', query))


def keys(query: str) -> set[str]:
    """The keys that it reads from a line."""
    return {part.split(":")[0].strip() for found in _KV.finditer(query) for part in found[2].split(",")}


@cache
def emitted() -> dict[str, frozenset[str]]:
    """Every event that the app logs → the keys that it has at each place that logs it."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted((ROOT / "functions").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
                for event, here in _logged(scope):
                    found[event] = found[event] & here if event in found else here
    return found


def _logged(scope: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, frozenset[str]]]:
    """The calls of the log in a function. `**fields` counts where `fields` is a literal of the same function."""
    literals: dict[str, frozenset[str]] = {}
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=named)):
                literals[name] = frozenset(one.value for one in named if isinstance(one, ast.Constant))
    for node in ast.walk(scope):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="log"), attr="info" | "warning" | "error"),
                args=[ast.Constant(value=str(event))],
                keywords=given,
            ):
                spread = [one.value.id for one in given if one.arg is None and isinstance(one.value, ast.Name)]
                keys_ = {one.arg for one in given if one.arg}
                yield event, frozenset(keys_).union(*(literals.get(name, frozenset()) for name in spread))


def parsed(queries: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Name → `problems` and `columns` (name → type), by Microsoft's parser."""
    command = ["node", str(Path(__file__).with_name("kusto.cjs"))]
    done = subprocess.run(command, input=json.dumps(queries), capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def line(level: str, event: str, **fields: object) -> str:
    """What the app's logger writes."""
    with _listening() as heard:
        _LEVELS[level](event, **fields)
    [one] = heard
    return one


def run(query: str, lines: dict[str, float]) -> list[dict[str, Any]]:
    """What the query answers of these lines, each with how many hours ago it was written."""
    now = datetime.now(UTC).replace(tzinfo=None)
    connection = duckdb_kql.connect()
    connection.execute("pragma disable_optimizer")  # a dozen lines, and a plan that takes longer than they do
    connection.execute("create table traces (timestamp timestamp, message varchar)")
    for text, hours in lines.items():
        connection.execute("insert into traces values (?, ?)", [now - timedelta(hours=hours), text])
    answer = duckdb_kql.query(connection, _KV.sub(_spelled, query))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]


def _spelled(found: re.Match[str]) -> str:
    if 'pair_delimiter=" ", kv_delimiter="=", quote=\'"\'' not in found[3]:
        raise AssertionError(f'lines are `event key=value key="two words"`, not {found[3]}')
    columns = []
    for part in found[2].split(","):
        name, kind = (word.strip() for word in part.split(":"))
        value = f"extract(@' {name}=([^\" ]+)', 1, message)"
        if kind == "string":
            value = f'strcat({value}, extract(@\' {name}="([^"]*)"\', 1, message))'
        columns.append(f"{name} = {_CAST[kind]}({value})")
    return "| extend " + ", ".join(columns)


@contextmanager
def _listening() -> Iterator[list[str]]:
    heard: list[str] = []
    logger = logging.getLogger("lifeboat")
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield heard
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)

"""What a national cloud does not know inside of a complex value is taken out of it; whole properties never get here.

In: rows as they are stored. Out: rows as that cloud's schema shows them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec

from local.tenant.objects import Row
from local.tenant.schema import COMPLEX, KINDS, Property

type Path = tuple[str, ...]


def as_in(cloud: str, row: Row) -> Row:
    unknown = _unknown(row.kind, cloud)
    if not unknown:
        return row
    shown = row.object()
    for path in unknown:
        _take(shown, path)
    return replace(row, data=msgspec.json.encode(shown))


@cache
def _unknown(kind: str, cloud: str) -> tuple[Path, ...]:
    inner = ((rule, (name,)) for name, rule in KINDS[kind].properties.items() if rule.type in COMPLEX)
    return tuple(path for rule, at in inner for path in _inside(COMPLEX[rule.type], cloud, at))


def _inside(fields: Mapping[str, Property], cloud: str, at: Path) -> Iterator[Path]:
    for name, rule in fields.items():
        if cloud in rule.not_in:
            yield (*at, name)
        elif rule.type in COMPLEX and len(at) < 8:  # some types contain themselves
            yield from _inside(COMPLEX[rule.type], cloud, (*at, name))


def _take(holder: Any, path: Path) -> None:
    if isinstance(holder, list):
        for item in holder:
            _take(item, path)
    elif isinstance(holder, dict) and len(path) == 1:
        holder.pop(path[0], None)
    elif isinstance(holder, dict):
        _take(holder.get(path[0]), path[1:])

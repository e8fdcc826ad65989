"""Structs to columns and back, so that a table reads well in Storage Explorer.

A field `started_at` is the column `StartedAt`. Text stays text; moments are ISO text. A whole number is an Edm.Int64,
which the service's JSON writes as text beside its type; a `Small` one is an Edm.Int32. Anything else (a dict, a tuple)
is JSON text, cut into `Types`, `Types2`, `Types3` … where one column cannot hold it. Absent columns take the field's
default; columns that are unknown are left alone, so that a newer version's rows can be read.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, get_origin

import msgspec

from functions.errors import IntegrityError, StoreError

COLUMN_LIMIT = 32_000  # UTF-16 units; the service takes 32 Ki
NAME_LIMIT = 4_000
_SURELY_FITS = 16_000  # letters of at most two units
_INT64 = range(-(2**63), 2**63)
_INT32 = range(-(2**31), 2**31)

Small = Annotated[int, "Edm.Int32"]  # a number that stays below 2**31: cheaper by a tenth of a row for the service


class StoredRow(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """The base of every row. Subclasses say `frozen=True, kw_only=True` too."""


def columns(row: StoredRow) -> dict[str, object]:
    """The row's columns in the service's form. Raises StoreError for a value that no column can hold."""
    found: dict[str, Any] = dict(zip(row.__struct_encode_fields__, msgspec.structs.astuple(row), strict=True))
    plan = _plan(type(row))
    for name in plan.whole:
        if found[name] not in _INT64:
            raise StoreError(f"column {name}: {found[name]} does not fit in 64 bits")
        found[name] = str(found[name])
        found[name + "@odata.type"] = "Edm.Int64"
    for name in plan.small:
        if found[name] not in _INT32:
            raise StoreError(f"column {name}: {found[name]} does not fit in 32 bits")
    for name in plan.text:
        if len(found[name]) > _SURELY_FITS and utf16(found[name]) > COLUMN_LIMIT:
            raise StoreError(f"column {name}: the text has more than {COLUMN_LIMIT} UTF-16 units")
    for name in plan.json:
        for place, part in enumerate(_parts(msgspec.json.encode(found.pop(name)).decode()), 1):
            found[name if place == 1 else f"{name}{place}"] = part
    return found


def row_of[R: StoredRow](kind: type[R], entity: Mapping[str, Any]) -> R:
    """The struct of a row that was read. Raises IntegrityError if the columns are not what `columns` writes."""
    found = dict(entity)
    try:
        for name in _plan(kind).json:
            if name in found:
                found[name] = msgspec.json.decode("".join(_gathered(found, name)))
        return msgspec.convert(found, kind, strict=False)
    except (msgspec.ValidationError, msgspec.DecodeError, TypeError) as problem:
        where = f"{entity.get('PartitionKey')} / {entity.get('RowKey')}"
        raise IntegrityError(f"table row {where} is not a {kind.__name__}: {problem}") from problem


def short(text: str, limit: int = NAME_LIMIT) -> str:
    """The text, cut to `limit` UTF-16 units with an ellipsis where it is longer."""
    if len(text) * 2 <= limit or utf16(text) <= limit:
        return text
    return text.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


def utf16(text: str) -> int:
    """The length as the service counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


class _Plan(msgspec.Struct, frozen=True):
    whole: tuple[str, ...]
    small: tuple[str, ...]
    text: tuple[str, ...]
    json: tuple[str, ...]


@cache
def _plan(kind: type[StoredRow]) -> _Plan:
    fields = msgspec.structs.fields(kind)
    whole = tuple(field.encode_name for field in fields if field.type is int)
    small = tuple(field.encode_name for field in fields if field.type == Small)
    text = tuple(field.encode_name for field in fields if _is_text(field.type))
    plain = {field.encode_name for field in fields if field.type in {bool, float}}
    rest = tuple(field.encode_name for field in fields if field.encode_name not in {*whole, *small, *text, *plain})
    return _Plan(whole, small, text, rest)


def _is_text(kind: Any) -> bool:
    kind = getattr(kind, "__value__", kind)
    return get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, str))


def _parts(text: str) -> list[str]:
    if len(text) <= _SURELY_FITS:
        return [text]
    return [text[start : start + _SURELY_FITS] for start in range(0, len(text), _SURELY_FITS)]


def _gathered(found: Mapping[str, Any], name: str) -> list[str]:
    parts = [found[name]]
    while (more := found.get(f"{name}{len(parts) + 1}")) is not None:
        parts.append(more)
    return parts

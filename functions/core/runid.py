"""Run ids: the UTC start of a run, sortable and readable, `2026-11-22T020000Z`, with `-2`, `-3` … when taken."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

_PATTERN = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2})(\d{2})(\d{2})Z(?:-([2-9]|[1-9]\d))?", re.ASCII)
_DIGITS = 14
_LARGEST = 10**_DIGITS - 1


def run_id(moment: datetime, taken: Callable[[str], bool] = lambda _: False) -> str:
    """The id of a run that starts at `moment`; a suffix is added while `taken` says so (at most 99)."""
    base = moment.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    for suffix in ("", *(f"-{n}" for n in range(2, 100))):
        if not taken(base + suffix):
            return base + suffix
    raise ValueError(f"a hundred runs started in the second of {base}")


def is_run_id(text: str) -> bool:
    """True for a well-formed run id that names a real moment."""
    try:
        _number(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def started(run: str) -> datetime:
    """The moment a run id names. Raises ValueError for anything else."""
    match = _PATTERN.fullmatch(run)
    if not match:
        raise ValueError(f"{run!r} is not a run id")
    return datetime(*(int(part) for part in match.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type, misc]


@lru_cache(maxsize=1024)
def inverted(run: str) -> str:
    """Fourteen digits that sort newest run first: the key order of the index tables."""
    return f"{_LARGEST - _number(run):0{_DIGITS}d}"


def _number(run: str) -> int:
    moment = started(run)
    match = _PATTERN.fullmatch(run)
    suffix = int(match.group(7) or 1) if match else 1
    return int(moment.timestamp()) * 100 + suffix

"""The time, asked for in one place so that tests can set it. Always UTC, always aware."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


def iso(moment: datetime) -> str:
    """`2026-11-22T02:00:00Z`: seconds, the form used in every file, row and answer."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """The inverse of `iso`; also takes fractions of a second and a numeric offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment.astimezone(UTC)

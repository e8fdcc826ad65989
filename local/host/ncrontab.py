"""NCRONTAB, the schedules of timer triggers: `second minute hour day month day-of-week`, in UTC.

In: six fields (five mean second 0), each `*`, a value, `a-b`, `a/n` or `*/n`, or a list of these; months and days
of the week also by English name or its beginning. Out: the next moment after a given one. Both day fields must
agree on a day, unlike in cron, and a range written backwards means the same range: the library that Azure uses
reads them so. Sunday is 0.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
_DAYS = tuple(name.lower() for name in (calendar.day_name[6], *calendar.day_name[:6]))
_FIELDS: tuple[tuple[str, int, int, Sequence[str]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
# Every date comes round within 28 years, leap days and centuries such as 2100 included.
_LONGEST_WAIT = 40 * 366


@dataclass(frozen=True, slots=True)
class Schedule:
    """The allowed values of each field, in order."""

    text: str
    fields: tuple[tuple[int, ...], ...]

    def after(self, moment: datetime) -> datetime | None:
        """The first occurrence later than `moment`; None if there is none."""
        moment = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        clock = self._time(moment.hour, moment.minute, moment.second)
        day = moment.date()
        if clock is None or not self._on(day):
            clock = (self.fields[2][0], self.fields[1][0], self.fields[0][0])
            found = self._day(day + timedelta(days=1))
            if found is None:
                return None
            day = found
        return datetime(day.year, day.month, day.day, *clock, tzinfo=UTC)

    def _on(self, day: date) -> bool:
        _, _, _, days, months, weekdays = self.fields
        return day.month in months and day.day in days and (day.weekday() + 1) % 7 in weekdays

    def _day(self, day: date) -> date | None:
        for _ in range(_LONGEST_WAIT):
            if self._on(day):
                return day
            day += timedelta(days=1)
        return None

    def _time(self, hour: int, minute: int, second: int) -> tuple[int, int, int] | None:
        seconds, minutes, hours = self.fields[:3]
        for h in hours:
            if h < hour:
                continue
            for m in minutes:
                if h == hour and m < minute:
                    continue
                for s in seconds:
                    if (h, m, s) >= (hour, minute, second):
                        return h, m, s
        return None


def parse(text: str) -> Schedule:
    """Reads a schedule. Raises ValueError that names the field."""
    parts = text.split()
    if len(parts) == 1 and ":" in text:
        raise ValueError(
            f"schedule {text!r} is a TimeSpan, which only App Service plans serve; write six NCRONTAB fields"
        )
    if len(parts) == 5:
        parts = ["0", *parts]
    if len(parts) != 6:
        raise ValueError(
            f"schedule {text!r} has {len(parts)} fields; NCRONTAB has six: second minute hour day month weekday"
        )
    return Schedule(text, tuple(_field(part, *limits) for part, limits in zip(parts, _FIELDS, strict=True)))


def _field(text: str, name: str, low: int, high: int, names: Sequence[str]) -> tuple[int, ...]:
    values: set[int] = set()
    for part in text.split(","):
        try:
            values.update(_values(part, low, high, names))
        except ValueError as error:
            raise ValueError(f"{text!r} is no {name} field: {error}") from None
    return tuple(sorted(values))


def _values(part: str, low: int, high: int, names: Sequence[str]) -> range:
    span, slash, step_text = part.partition("/")
    if slash and not step_text.isdecimal():
        raise ValueError(f"{step_text!r} is no step")
    step = int(step_text) if slash else 1
    if step < 1:
        raise ValueError("a step is at least 1")
    first_text, dash, last_text = span.partition("-")
    if span == "*":
        first, last = low, high
    elif dash:
        first, last = sorted((_value(first_text, low, high, names), _value(last_text, low, high, names)))
    else:
        first = _value(span, low, high, names)
        last = high if step > 1 else first
    return range(first, last + 1, step)


def _value(text: str, low: int, high: int, names: Sequence[str]) -> int:
    if text.isdecimal():
        value = int(text)
        if not low <= value <= high:
            raise ValueError(f"{value} is not from {low} to {high}")
        return value
    for offset, name in enumerate(names):
        if text and name.startswith(text.lower()):
            return low + offset
    raise ValueError(f"{text!r} is neither a number nor a name")

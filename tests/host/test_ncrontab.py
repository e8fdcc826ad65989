"""NCRONTAB expressions: the next occurrence, and what is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from local.host import ncrontab

# A Sunday.
_NOW = datetime(2026, 11, 22, 2, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "following"),
    [
        ("0 0 2,14 * * *", "2026-11-22T14:00:00"),
        ("* * * * * *", "2026-11-22T02:00:01"),
        ("*/15 * * * * *", "2026-11-22T02:00:15"),
        ("0 */5 * * * *", "2026-11-22T02:05:00"),
        ("0 10/20 * * * *", "2026-11-22T02:10:00"),
        ("0 30 1 * * *", "2026-11-23T01:30:00"),
        ("0 0 9-17/4 * * 1-5", "2026-11-23T09:00:00"),
        ("0 0 9 * * MON-FRI", "2026-11-23T09:00:00"),
        ("0 0 9 * * sat,sunday", "2026-11-22T09:00:00"),
        ("0 0 0 1 Jan *", "2027-01-01T00:00:00"),
        ("0 0 0 * January-March *", "2027-01-01T00:00:00"),
        ("0 0 0 31 * *", "2026-12-31T00:00:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00"),
        ("59 59 23 31 12 *", "2026-12-31T23:59:59"),
        ("0 0 0 13 * 5", "2027-08-13T00:00:00"),  # both day fields must hold
        ("0 17-9/4 * * * *", "2026-11-22T02:09:00"),  # backwards is the same range
        ("30 2 * * *", "2026-11-22T02:30:00"),  # five fields: second 0
        ("0 0 0 * * 0", "2026-11-29T00:00:00"),
    ],
)
def test_the_next_occurrence(schedule: str, following: str) -> None:
    found = ncrontab.parse(schedule).after(_NOW)
    assert found == datetime.fromisoformat(following).replace(tzinfo=UTC)


def test_an_occurrence_is_later_than_the_moment_asked_from() -> None:
    schedule = ncrontab.parse("0 0 2 * * *")
    assert schedule.after(_NOW) == _NOW + timedelta(days=1)
    assert schedule.after(_NOW - timedelta(microseconds=1)) == _NOW


def test_any_time_zone_is_read_as_the_utc_moment() -> None:
    east = _NOW.astimezone(timezone(timedelta(hours=5)))
    assert ncrontab.parse("0 0 3 * * *").after(east) == _NOW + timedelta(hours=1)


def test_a_day_that_never_comes_has_no_occurrence() -> None:
    assert ncrontab.parse("0 0 0 31 2 *").after(_NOW) is None


@pytest.mark.parametrize(
    ("schedule", "complaint"),
    [
        ("", "0 fields"),
        ("* * * *", "4 fields"),
        ("* * * * * * *", "7 fields"),
        ("00:05:00", "TimeSpan"),
        ("60 * * * * *", "second field: 60 is not from 0 to 59"),
        ("* * 24 * * *", "hour field"),
        ("* * * 0 * *", "day field"),
        ("* * * * 13 *", "month field"),
        ("* * * * * 7", "day of the week field"),
        ("*/0 * * * * *", "a step is at least 1"),
        ("*/x * * * * *", "'x' is no step"),
        ("1, * * * * *", "second field"),
        ("mon * * * * *", "neither a number nor a name"),
        ("* * * * * noday", "neither a number nor a name"),
        ("1-2-3 * * * * *", "second field"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(schedule: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        ncrontab.parse(schedule)

"""Windows of a log: every doubt is settled by reading more, and every moment lies in a slice."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.core.windows import DELAY, LONGEST, OVERLAP, SHORTEST, days, shorter, slice_end, window

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_first_window_is_as_long_as_events_are_kept():
    found = window(NOW, None, None, MONTH)
    assert (found.since, found.until, found.lost) == (NOW - MONTH, NOW - DELAY, None)


def test_a_window_begins_before_the_watermark():
    found = window(NOW, NOW - 12 * HOUR, NOW - 12 * HOUR, MONTH)
    assert (found.since, found.until, found.lost) == (NOW - 12 * HOUR - OVERLAP, NOW - DELAY, None)


def test_a_window_begins_before_the_newest_event_if_that_is_older():
    assert window(NOW, NOW - HOUR, NOW - 5 * DAY, MONTH).since == NOW - 5 * DAY - OVERLAP
    assert window(NOW, NOW - HOUR, NOW + 5 * DAY, MONTH).since == NOW - HOUR - OVERLAP, "a stamp from the future"
    assert window(NOW, NOW - HOUR, None, MONTH).since == NOW - MONTH, "a log without events"


def test_what_was_not_read_while_it_was_kept_is_lost():
    found = window(NOW, NOW - 40 * DAY, NOW - 41 * DAY, MONTH)
    assert (found.since, found.lost) == (NOW - MONTH, (NOW - 40 * DAY, NOW - MONTH))
    assert window(NOW, NOW - 30 * DAY, NOW - 41 * DAY, MONTH).lost is None


def test_a_watermark_ahead_of_the_clock_does_not_hide_what_came_since():
    found = window(NOW, NOW + 3 * DAY, NOW - DAY, MONTH)
    assert (found.since, found.until) == (NOW - DAY - OVERLAP, NOW - DELAY)
    assert window(NOW, NOW + 3 * DAY, NOW + DAY, MONTH).since == NOW - DELAY - OVERLAP, (
        "a stamp from the future as well"
    )


@given(
    start=st.timedeltas(timedelta(0), timedelta(days=300)).map(lambda ahead: datetime(2026, 1, 1, tzinfo=UTC) + ahead),
    length=st.timedeltas(timedelta(0), MONTH),
    span=st.timedeltas(SHORTEST, LONGEST),
)
def test_slices_follow_one_another_to_the_end(start: datetime, length: timedelta, span: timedelta):
    at, until = start, start + length
    while at < until:
        end = slice_end(at, until, span)
        assert at < end <= until
        assert end - at <= span
        assert end == until or span < DAY or (end.hour, end.minute, end.second) == (0, 0, 0), "days are not split"
        at = end
    assert at == until


def test_slices_get_shorter_down_to_the_shortest():
    lengths = [LONGEST]
    while (following := shorter(lengths[-1])) != lengths[-1]:
        lengths.append(following)
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == SHORTEST
    assert len(lengths) < 8, "a service that is down is not asked for hours"


def test_the_days_of_a_stretch():
    assert days(NOW - HOUR, NOW) == ["2026-11-22"]
    assert days(datetime(2026, 10, 31, 23, 59, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)) == [
        "2026-10-31",
        "2026-11-01",
        "2026-11-02",
    ]

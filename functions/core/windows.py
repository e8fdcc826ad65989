"""Which stretch of a log a run reads, and how it is cut into slices. Pure: moments in, moments out.

A run reads from a little before where the run before stopped up to a little before now. What is read twice is told
apart by the ids of events; what is read never is lost, so every doubt is settled by reading more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

DELAY = timedelta(minutes=5)  # events younger than this are left to the next run: most of them are not listed yet
# Microsoft has named five minutes for 99 of 100 events and two hours for the last sign-ins; three times that.
OVERLAP = timedelta(hours=6)
LONGEST = timedelta(days=3)  # where Graph's guidance says to begin
SHORTEST = timedelta(hours=1)
_SHRINK = 4


@dataclass(frozen=True, slots=True)
class Window:
    """What a run reads: from `since` to `until`, both included. `lost` is the stretch whose events are gone unread."""

    since: datetime
    until: datetime
    lost: tuple[datetime, datetime] | None = None


def window(now: datetime, watermark: datetime | None, newest: datetime | None, kept: timedelta) -> Window:
    """The window of a run. `watermark` is how far the log was read, `newest` the latest event that was stored,
    `kept` how long Graph keeps events.

    A clock that was ahead has left a watermark that is too late, but Graph's own events are never newer than Graph's
    time: reading begins before the earlier of the two.
    """
    until = now.replace(microsecond=0) - DELAY
    oldest = now.replace(microsecond=0) - kept
    known = oldest
    if watermark is not None and newest is not None:
        known = min(watermark, newest, until).replace(microsecond=0) - OVERLAP
    lost = (watermark, oldest) if watermark is not None and watermark < oldest else None
    return Window(max(known, oldest), until, lost)


def slice_end(start: datetime, until: datetime, length: timedelta) -> datetime:
    """Where the slice that begins at `start` ends: at a midnight where there is one, so that few days are split."""
    end = start + length
    if end >= until:
        return until
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight > start else end


def shorter(length: timedelta) -> timedelta:
    """The next length to try when Graph cannot answer for this one; the shortest stays as it is."""
    return max(SHORTEST, length / _SHRINK)


def days(since: datetime, until: datetime) -> list[str]:
    """The UTC days that a stretch touches, as YYYY-MM-DD, in order."""
    count = (until.date() - since.date()).days
    return [(since.date() + timedelta(days=ahead)).isoformat() for ahead in range(count + 1)]

"""Which runs stay, and why: the rules of retention.

Pure. In: the runs that are there, what each holds, the rules and the time. Out: a decision for each run, with its
reasons in words and the moment they end. A run holds a type if it has its whole list. Of a day, week, month or year
the first run that holds a type stays, and not the last: what stays of a period then does not change when later runs
come, so version rows seldom have to be moved. Everything is UTC.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from functions.core.runid import inverted, started

type Period = Literal["day", "week", "month", "year"]

_NAMED = 3  # types that a reason names
_HALF = 0.5
_SHORTEST_NOTICE = timedelta(days=1)  # before more than half of all runs go at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Every run of the last `all_days` days stays, and one for each of the last so many periods, this one counted."""

    all_days: int
    daily: int
    weekly: int
    monthly: int
    yearly: int


@dataclass(frozen=True, slots=True)
class Held:
    """A run and the types whose whole list it holds: True where nothing of it was refused. A `damaged` run has no
    manifest that can be trusted: it is not counted on, and not let go of either, for a person has to see it."""

    run: str
    types: Mapping[str, bool] = field(default_factory=dict)
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a run stays. `until` is when this ends, None where only a later run ends it."""

    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A run and why it stays; one without a reason may go."""

    run: str
    reasons: tuple[Reason, ...] = ()

    @property
    def keep(self) -> bool:
        """True when the rules keep the run."""
        return bool(self.reasons)

    @property
    def until(self) -> datetime | None:
        """When the last of the reasons ends; None where nobody can say, or where there is none."""
        ends = [reason.until for reason in self.reasons]
        return max((end for end in ends if end), default=None) if None not in ends else None


def decide(runs: Iterable[Held], rules: Rules, now: datetime, *, bases: Collection[str] = ()) -> list[Decision]:
    """A decision for each run, newest first. `bases` are the runs that the newest manifest is built on."""
    ordered = sorted(runs, key=lambda held: inverted(held.run))
    reasons: dict[str, list[Reason]] = {held.run: [] for held in ordered}
    for held in ordered:
        if held.damaged:
            reasons[held.run].append(Reason("its manifest is missing or damaged: nobody can say what would go"))
    whole = [held for held in ordered if not held.damaged]
    if whole:
        reasons[whole[0].run].append(Reason("the newest run"))
        complete = _newest_complete(whole)
        if complete and complete != whole[0].run:
            reasons[complete].append(Reason("the newest run that has the list of every type"))
    for run in bases:
        if run in reasons and whole and run != whole[0].run:
            reasons[run].append(Reason(f"the list that the run {whole[0].run} was compared with"))
    for held in whole:
        end = started(held.run) + timedelta(days=rules.all_days)
        if end > now:
            reasons[held.run].append(Reason(f"one of the last {_count(rules.all_days, 'day')}", end))
    for period, count in _counts(rules):
        _first_of_each(whole, period, count, now, reasons)
    for run, needs in _lists(ordered, lambda run: bool(reasons[run])):
        until = Decision(run, tuple(reasons[run])).until
        for older, types in needs.items():
            reasons[older].append(Reason(f"has the list of {_some(types)} for the run {run}", until))
    return [Decision(held.run, tuple(reasons[held.run])) for held in ordered]


def removable(
    decisions: Sequence[Decision], due: Mapping[str, datetime], now: datetime, notice: timedelta, *, begun: int = 0
) -> tuple[list[str], bool]:
    """The runs that go now, oldest first: those that the rules have let go of for as long as `notice`. And whether
    some wait longer, because more than half of all runs would go: a mistake in the rules costs a day, not the backups.
    `begun` counts those that an earlier pass has begun to remove.
    """
    gone = [one.run for one in reversed(decisions) if not one.keep and one.run in due and due[one.run] + notice <= now]
    if len(gone) + begun > (len(decisions) + begun) * _HALF and notice < _SHORTEST_NOTICE:
        waited = [run for run in gone if due[run] + _SHORTEST_NOTICE <= now]
        return waited, len(waited) < len(gone)
    return gone, False


def needed(runs: Iterable[Held], stay: Collection[str]) -> set[str]:
    """The runs without which some of those that stay would lack a list."""
    ordered, whole = sorted(runs, key=lambda held: inverted(held.run)), set(stay)
    for _, needs in _lists(ordered, whole.__contains__):
        whole.update(needs)
    return whole.difference(stay)


def first_of(period: Period, moment: datetime) -> datetime:
    """When the period began that a moment lies in."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if period == "year" else day


def after(period: Period, begin: datetime, count: int) -> datetime:
    """The beginning of the period that comes `count` after the one that began then (before it, if negative)."""
    if period in {"day", "week"}:
        return begin + timedelta(days=count * (7 if period == "week" else 1))
    months = begin.month - 1 + count * (12 if period == "year" else 1)
    return begin.replace(year=begin.year + months // 12, month=months % 12 + 1)


def _counts(rules: Rules) -> tuple[tuple[Period, int], ...]:
    return ("day", rules.daily), ("week", rules.weekly), ("month", rules.monthly), ("year", rules.yearly)


def _newest_complete(newest_first: Sequence[Held]) -> str:
    """The newest run that has the list of every type that any run has; "" where there is none."""
    every = {key for held in newest_first for key in held.types}
    return next((held.run for held in newest_first if held.types.keys() >= every), "") if every else ""


def _first_of_each(
    newest_first: Sequence[Held], period: Period, count: int, now: datetime, reasons: dict[str, list[Reason]]
) -> None:
    """Per type, the first run of each period in reach that holds it, a whole one before one that lacks a part."""
    if not count:
        return
    earliest = after(period, first_of(period, now), 1 - count)
    first: dict[tuple[datetime, str], str] = {}
    first_partial: dict[tuple[datetime, str], str] = {}
    for held in reversed(newest_first):
        begin = first_of(period, started(held.run))
        if begin < earliest:
            continue
        for key, whole in held.types.items():
            (first if whole else first_partial).setdefault((begin, key), held.run)
    kept: dict[tuple[str, datetime], list[str]] = {}
    for (begin, key), run in (first_partial | first).items():
        kept.setdefault((run, begin), []).append(key)
    held_by = {held.run: held.types for held in newest_first}
    for (run, begin), keys in kept.items():
        which = "" if len(keys) == len(held_by[run]) else f" for {_some(keys)}"
        reasons[run].append(Reason(f"first of {_name(period, begin)}{which}", after(period, begin, count)))


def _lists(newest_first: Sequence[Held], stays: Callable[[str], bool]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """For each run that stays, the older runs that have the lists of the types that it could not read itself.

    From the newest to the oldest, because such a run is older, and is itself to be whole: `stays` is asked late.
    """
    holders: dict[str, list[str]] = {}  # per type, the runs that hold it, oldest first
    for held in reversed(newest_first):
        for key in () if held.damaged else held.types:
            holders.setdefault(key, []).append(held.run)
    for held in newest_first:
        if stays(held.run):
            lists: dict[str, list[str]] = {}
            for key in holders.keys() - held.types.keys():
                older = _newest_before(holders[key], held.run)
                if older:
                    lists.setdefault(older, []).append(key)
            yield held.run, lists


def _newest_before(oldest_first: Sequence[str], run: str) -> str:
    low, high, mark = 0, len(oldest_first), inverted(run)
    while low < high:
        middle = (low + high) // 2
        if inverted(oldest_first[middle]) > mark:
            low = middle + 1
        else:
            high = middle
    return oldest_first[low - 1] if low else ""


def _name(period: Period, begin: datetime) -> str:
    if period == "day":
        return f"{begin:%Y-%m-%d}"
    if period == "week":
        return f"the week of {begin:%Y-%m-%d}"
    return f"{begin:%B %Y}" if period == "month" else f"{begin:%Y}"


def _some(keys: Iterable[str]) -> str:
    ordered = sorted(keys)
    named = ", ".join(ordered[:_NAMED])
    return named if len(ordered) <= _NAMED else f"{named} and {len(ordered) - _NAMED} more"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

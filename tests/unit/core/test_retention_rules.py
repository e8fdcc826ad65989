"""Which runs retention keeps: examples by the calendar, and what holds for any runs, rules and time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.retention import Decision, Held, Reason, Rules, after, decide, first_of, needed, removable
from functions.core.runid import inverted, run_id, started

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # a Sunday
NONE = Rules(all_days=1, daily=0, weekly=0, monthly=0, yearly=0)
WHOLE = {"users": True, "groups": True}


def at(text: str) -> str:
    return run_id(datetime.fromisoformat(text).replace(tzinfo=UTC))


def kept(runs: list[Held], rules: Rules, now: datetime = NOW) -> list[str]:
    return sorted(one.run for one in decide(runs, rules, now) if one.keep)


def why(runs: list[Held], rules: Rules, run: str) -> list[str]:
    return next([reason.text for reason in one.reasons] for one in decide(runs, rules, NOW) if one.run == run)


def twice_a_day(days: int) -> list[Held]:
    return [Held(run_id(NOW - timedelta(days=day, hours=hour)), WHOLE) for day in range(days) for hour in (3, 15)]


def test_the_first_of_each_period_stays_and_says_so():
    runs = twice_a_day(430)
    rules = Rules(all_days=2, daily=4, weekly=3, monthly=3, yearly=2)
    # 2025-11-09 is the first run of the second year in reach that is there: the year began long before.
    oldest = min(run.run for run in runs if run.run >= "2025")
    assert kept(runs, rules) == sorted(
        {
            oldest,
            at("2026-01-01T02:00:00"),
            at("2026-09-01T02:00:00"),
            at("2026-10-01T02:00:00"),
            at("2026-11-01T02:00:00"),
            at("2026-11-02T02:00:00"),
            at("2026-11-09T02:00:00"),
            at("2026-11-16T02:00:00"),
            *(at(f"2026-11-{day}T02:00:00") for day in (19, 20, 21, 22)),
            at("2026-11-20T14:00:00"),  # of the last two days all
            at("2026-11-21T14:00:00"),
        }
    )
    assert why(runs, rules, at("2026-11-16T02:00:00")) == ["first of the week of 2026-11-16"]
    assert why(runs, rules, at("2026-11-01T02:00:00")) == ["first of November 2026"]
    assert why(runs, rules, at("2026-01-01T02:00:00")) == ["first of 2026"]


def test_a_type_that_the_first_run_could_not_read_is_kept_by_the_next_one():
    first, second = Held(at("2026-03-01T02:00:00"), {"users": True}), Held(at("2026-03-01T14:00:00"), WHOLE)
    newest = Held(at("2026-11-21T14:00:00"), WHOLE)
    rules = Rules(all_days=1, daily=0, weekly=0, monthly=9, yearly=0)
    assert kept([first, second, newest], rules) == [first.run, second.run, newest.run]
    assert why([first, second, newest], rules, second.run) == ["first of March 2026 for groups"]
    assert why([first, second, newest], rules, first.run) == ["first of March 2026"]


def test_a_run_that_read_all_of_a_type_is_preferred_to_one_that_read_part_of_it():
    part, all_of_it = Held(at("2026-03-01T02:00:00"), {"users": False}), Held(at("2026-03-09T02:00:00"), WHOLE)
    newest = Held(at("2026-11-21T14:00:00"), WHOLE)
    rules = Rules(all_days=1, daily=0, weekly=0, monthly=9, yearly=0)
    assert kept([part, all_of_it, newest], rules) == [all_of_it.run, newest.run]
    assert kept([part, newest], rules) == [part.run, newest.run]


def test_the_run_that_has_a_list_for_one_that_stays_stays_too():
    base, poor = Held(at("2026-10-31T14:00:00"), WHOLE), Held(at("2026-11-01T02:00:00"), {"users": True})
    newest = Held(at("2026-11-21T14:00:00"), WHOLE)
    rules = Rules(all_days=1, daily=0, weekly=0, monthly=1, yearly=0)
    assert kept([base, poor, newest], rules) == [base.run, poor.run, newest.run]
    assert why([base, poor, newest], rules, base.run) == [f"has the list of groups for the run {poor.run}"]


def test_the_newest_run_and_what_it_is_built_on_never_go():
    old, middle, newest = (Held(at(f"20{year}-01-01T02:00:00"), types) for year, types in
                           ((10, WHOLE), (11, {"users": True}), (12, {})))  # fmt: skip
    assert kept([old, middle, newest], NONE) == [old.run, middle.run, newest.run]
    assert "the newest run that has the list of every type" in why([old, middle, newest], NONE, old.run)
    bare = [Held(old.run), Held(middle.run), Held(newest.run)]
    assert [one.run for one in decide(bare, NONE, NOW, bases={old.run}) if one.keep] == [newest.run, old.run]


def test_a_run_without_a_manifest_to_trust_is_neither_counted_on_nor_removed():
    damaged, whole = Held(at("2026-03-01T02:00:00"), WHOLE, damaged=True), Held(at("2026-03-02T02:00:00"), WHOLE)
    newest = Held(at("2026-11-21T14:00:00"), WHOLE)
    rules = Rules(all_days=1, daily=0, weekly=0, monthly=9, yearly=0)
    assert kept([damaged, whole, newest], rules) == [damaged.run, whole.run, newest.run]


def test_what_stays_says_until_when():
    month, newest = Held(at("2026-03-05T02:00:00"), WHOLE), Held(at("2026-11-21T14:00:00"), WHOLE)
    rules = Rules(all_days=1, daily=0, weekly=0, monthly=9, yearly=1)
    decisions = {one.run: one for one in decide([month, newest], rules, NOW)}
    assert decisions[month.run].until == datetime(2027, 1, 1, tzinfo=UTC)  # the year's end, after nine months
    assert decisions[newest.run].until is None


def test_runs_wait_for_the_notice_and_many_at_once_for_a_day_at_least():
    runs = [Decision(run_id(NOW - timedelta(days=day)), (Reason("x"),) if day < 2 else ()) for day in range(5)]
    due = {one.run: NOW - timedelta(hours=hours) for one, hours in zip(runs[2:], (1, 5, 30), strict=True)}
    hour = timedelta(hours=1)
    assert removable(runs, due, NOW, hour * 10) == ([runs[4].run], False)
    assert removable(runs, due, NOW, hour * 3) == ([runs[4].run, runs[3].run], False)
    assert removable(runs, due, NOW, hour * 0) == ([runs[4].run], True)  # three of five
    assert removable(runs, {}, NOW, hour * 0) == ([], False)


@pytest.mark.parametrize(
    ("period", "begin", "count", "then"),
    [
        ("day", "2026-02-28", 1, "2026-03-01"),
        ("week", "2026-12-28", 1, "2027-01-04"),
        ("month", "2026-01-01", -1, "2025-12-01"),
        ("month", "2026-11-01", 14, "2028-01-01"),
        ("year", "2026-01-01", -2, "2024-01-01"),
    ],
)
def test_periods_by_the_calendar(period, begin, count, then):
    begin, then = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (begin, then))
    assert after(period, begin, count) == then
    assert first_of(period, begin + timedelta(hours=23)) == begin


# ---- what holds always -----------------------------------------------------------------------------------------------

TYPES = ("a", "b", "c")
holdings = st.dictionaries(st.sampled_from(TYPES), st.booleans())
ages = st.integers(min_value=1, max_value=3 * 365 * 24)  # hours


@st.composite
def histories(draw: st.DrawFn) -> list[Held]:
    hours = draw(st.lists(ages, unique=True, min_size=1, max_size=40))
    return [Held(run_id(NOW - timedelta(hours=age)), draw(holdings), draw(st.integers(0, 15)) == 0) for age in hours]


counts = st.integers(min_value=0, max_value=6)
any_rules = st.builds(
    Rules, all_days=st.integers(1, 10), daily=counts, weekly=counts, monthly=counts, yearly=st.integers(0, 3)
)


@given(histories(), any_rules)
def test_once_pruned_nothing_more_goes(runs, rules):
    stays = set(kept(runs, rules))
    assert set(kept([held for held in runs if held.run in stays], rules)) == stays


@given(histories(), any_rules, any_rules)
def test_keeping_longer_never_removes_more(runs, one, other):
    wider = Rules(**{name: max(getattr(one, name), getattr(other, name)) for name in Rules.__dataclass_fields__})
    assert set(kept(runs, one)) <= set(kept(runs, wider))


@given(histories(), any_rules)
def test_every_period_in_reach_keeps_each_type_that_any_of_its_runs_held(runs, rules):
    stays = set(kept(runs, rules))
    for period, count in zip(("day", "week", "month", "year"), (rules.daily, rules.weekly, rules.monthly, rules.yearly),
                             strict=True):  # fmt: skip
        for number in range(count):
            begin = after(period, first_of(period, NOW), -number)
            inside = [held for held in runs if not held.damaged and first_of(period, started(held.run)) == begin]
            for key in TYPES:
                there = [held for held in inside if key in held.types]
                assert not there or any(held.run in stays for held in there)
                assert not any(held.types[key] for held in there) or any(
                    held.types[key] for held in there if held.run in stays
                )


@given(histories(), any_rules)
def test_the_newest_run_stays_and_whatever_stays_has_its_lists(runs, rules):
    stays = set(kept(runs, rules))
    ordered = sorted((held for held in runs if not held.damaged), key=lambda held: inverted(held.run), reverse=True)
    assert not ordered or ordered[-1].run in stays
    for held in runs:
        for key in TYPES if held.run in stays else ():
            lists = [one.run for one in ordered if key in one.types and inverted(one.run) >= inverted(held.run)]
            assert (held.damaged and key in held.types) or not lists or lists[-1] in stays
    assert needed(runs, stays) == set()


@given(histories(), st.randoms(use_true_random=False))
def test_what_some_runs_need_makes_them_whole(runs, chance):
    stay = {held.run for held in runs if chance.random() < 0.5}
    more = needed(runs, stay)
    assert more.isdisjoint(stay)
    assert needed(runs, stay | more) == set()


@given(histories(), any_rules, st.integers(1, 24 * 400))
@settings(max_examples=50)
def test_a_run_that_stays_for_its_period_stays_while_it_is_in_reach_whatever_comes_after(runs, rules, hours):
    later = NOW + timedelta(hours=hours)
    more = [Held(run_id(NOW + timedelta(hours=age)), dict.fromkeys(TYPES, True)) for age in range(1, hours, 11)]
    then = set(kept([*runs, *more], rules, later))
    for one in decide(runs, rules, NOW):
        own = [reason for reason in one.reasons if reason.until and not reason.text.startswith("has the list")]
        whole = next(held for held in runs if held.run == one.run).types
        if all(whole.values()) and any(reason.until and reason.until > later for reason in own):
            assert one.run in then


@given(histories(), any_rules)
def test_decisions_come_newest_first_one_a_run(runs, rules):
    found = [one.run for one in decide(runs, rules, NOW)]
    assert sorted(found) == sorted(held.run for held in runs)
    assert all(inverted(newer) < inverted(older) for newer, older in pairwise(found))

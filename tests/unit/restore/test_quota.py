"""Graph's quota for writes: a short burst, and never more than allowed in any window."""

import asyncio

import pytest

from functions.restore.quota import Quota


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("writes", [30, 300, 3000])
async def test_no_window_holds_more_than_the_quota_and_most_of_it_is_used(writes: int):
    time = Time()
    quota = Quota(writes, 1, clock=time, sleep=time.sleep)
    starts: list[float] = []
    for _ in range(writes * 3):
        async with quota.slot():
            starts.append(time.now)
    for first in range(len(starts)):
        within = sum(1 for start in starts[first : first + writes + 2] if start < starts[first] + 150.0)
        assert within <= writes + 1
    assert starts[-1] <= 3 * 150.0 * 1.1


async def test_what_was_not_used_is_saved_up_for_a_short_burst_only():
    time = Time()
    quota = Quota(3000, 1, clock=time, sleep=time.sleep)
    time.now = 10_000.0
    for _ in range(150):
        async with quota.slot():
            assert time.now == 10_000.0
    async with quota.slot():
        assert time.now > 10_000.0


async def test_only_so_many_are_sent_at_once_and_one_under_a_lock():
    quota = Quota(1_000_000, 3)
    at_once = most = locked = most_locked = 0

    async def one(number: int) -> None:
        nonlocal at_once, most, locked, most_locked
        async with quota.slot():
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.001)
            at_once -= 1
        async with quota.lock("licences"):
            locked += 1
            most_locked = max(most_locked, locked)
            await asyncio.sleep(0.001)
            locked -= 1

    await asyncio.gather(*(one(number) for number in range(20)))
    assert (most, most_locked) == (3, 1)

"""The watermarks of logs: noted once a run, moved forward, and never lost to another writer."""

import asyncio

import pytest

from functions.errors import RowConflict
from functions.storage.logs import LogRow
from functions.storage.open import Stores
from tests.contract.storage.conftest import SetClock

NONE = ("", "")
SINCE, UNTIL = "2026-11-21T00:00:00Z", "2026-11-22T01:55:00Z"


async def test_a_log_that_was_never_read_has_no_watermark(stores: Stores):
    assert await stores.logs.get("signIns") == LogRow(type="signIns")


async def test_the_window_that_a_run_noted_first_stays(stores: Stores):
    first = await stores.logs.begin("signIns", "r1", SINCE, UNTIL, ("2026-10-01T00:00:00Z", SINCE))
    again = await stores.logs.begin("signIns", "r1", "2026-11-22T00:00:00Z", "2026-11-22T02:00:00Z", NONE)
    assert (again.since, again.until, again.lost_since) == (first.since, first.until, first.lost_since)
    other = await stores.logs.begin("signIns", "r2", UNTIL, UNTIL, NONE)
    assert (other.run, other.since, other.lost_since) == ("r2", UNTIL, "")


async def test_a_watermark_moves_forward_and_a_new_window_leaves_it(stores: Stores):
    await stores.logs.begin("signIns", "r1", SINCE, UNTIL, NONE)
    await stores.logs.move("signIns", UNTIL, "2026-11-22T01:00:00Z")
    await stores.logs.move("signIns", SINCE, "2026-11-20T01:00:00Z")  # a call that is delivered late
    await stores.logs.begin("signIns", "r2", UNTIL, UNTIL, NONE)
    row = await stores.logs.get("signIns")
    assert (row.watermark, row.newest, row.run) == (UNTIL, "2026-11-22T01:00:00Z", "r2")
    assert (await stores.logs.get("directoryAudits")).watermark == ""


async def test_a_watermark_ahead_of_the_clock_is_put_right(stores: Stores, clock: SetClock):
    await stores.logs.move("signIns", "2026-12-24T00:00:00Z", SINCE)
    await stores.logs.move("signIns", UNTIL, SINCE)
    assert (await stores.logs.get("signIns")).watermark == UNTIL
    clock.advance(days=1)
    await stores.logs.move("signIns", SINCE, SINCE)
    assert (await stores.logs.get("signIns")).watermark == UNTIL


async def test_two_writers_at_once_lose_nothing(stores: Stores, other: Stores):
    await stores.logs.begin("signIns", "r1", SINCE, UNTIL, NONE)
    moments = [f"2026-11-21T0{hour}:00:00Z" for hour in range(4)]
    await asyncio.gather(
        *(
            store.logs.move("signIns", moment, moment)
            for store, moment in zip((stores, other) * 2, moments, strict=True)
        )
    )
    row = await stores.logs.get("signIns")
    assert (row.watermark, row.newest, row.run) == (moments[-1], moments[-1], "r1")


async def test_a_row_that_never_rests_is_given_up(stores: Stores, monkeypatch: pytest.MonkeyPatch):
    async def taken(*_: object) -> None:
        raise RowConflict("somebody else was first")

    monkeypatch.setattr(type(stores.tables), "insert", taken)
    with pytest.raises(RowConflict):
        await stores.logs.move("signIns", UNTIL, UNTIL)

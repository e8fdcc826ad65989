"""Runs: started once, ended once, listed newest first; who is committed is known at once where it was committed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from functions.core.runid import run_id
from functions.errors import CallerError, RowConflict, RowMissing
from functions.storage.open import Stores
from functions.storage.runs import ProgressRow, Runs, RunState

AT = "2026-11-22T02:00:00Z"


def ids(count: int) -> list[str]:
    first = datetime(2026, 11, 22, 2, tzinfo=UTC)
    return [run_id(first + timedelta(hours=12 * number)) for number in range(count)]


async def commit(stores: Stores, run: str) -> None:
    await stores.runs.start(run, started_at=AT)
    await stores.runs.finish(run, RunState.COMMITTED, ended_at=AT)


async def test_a_run_from_start_to_end(stores: Stores) -> None:
    run = ids(1)[0]
    await stores.runs.start(run, started_at=AT, started_by="timer")
    row = await stores.runs.get(run)
    assert (row.run_id, row.state, row.started_at, row.started_by) == (run, RunState.RUNNING, AT, "timer")
    types = {"users": {"outcome": "read", "objects": 100_000, "gaps": []}}
    await stores.runs.finish(run, RunState.COMMITTED, ended_at=AT, types=types)
    row = await stores.runs.get(run)
    assert (row.state, row.types, row.started_by) == (RunState.COMMITTED, types, "timer")


async def test_the_same_start_and_the_same_end_twice_are_one(stores: Stores, other: Stores) -> None:
    run = ids(1)[0]
    for where in (stores, other):
        await where.runs.start(run, started_at=AT, started_by="timer")
    with pytest.raises(RowConflict):
        await other.runs.start(run, started_at=AT, started_by="somebody")
    for where in (stores, other):
        await where.runs.finish(run, RunState.FAILED, ended_at=AT, error="no type could be read")
    with pytest.raises(RowConflict, match="failed and cannot become committed"):
        await other.runs.finish(run, RunState.COMMITTED, ended_at=AT)
    with pytest.raises(RowConflict):
        await stores.runs.start(run, started_at=AT, started_by="timer")


async def test_two_ends_at_once_leave_one(stores: Stores, other: Stores) -> None:
    run = ids(1)[0]
    await stores.runs.start(run, started_at=AT)

    async def finish(where: Stores, state: RunState) -> RunState | None:
        try:
            return (await where.runs.finish(run, state, ended_at=AT)).state
        except RowConflict:
            return None

    ended = await asyncio.gather(finish(stores, RunState.COMMITTED), finish(other, RunState.FAILED))
    assert [state for state in ended if state] == [(await stores.runs.get(run)).state]


async def test_runs_are_listed_newest_first_by_pages(stores: Stores) -> None:
    runs = ids(7)
    for run in runs:
        await stores.runs.start(run, started_at=AT)
    found, cursor = list[str](), ""
    for size in (3, 3, 1):
        rows, cursor = await stores.runs.newest_first(3, cursor)
        assert len(rows) == size
        found += [row.run_id for row in rows]
    assert cursor == ""
    assert found == runs[::-1]
    rows, cursor = await stores.runs.newest_first(7)
    assert (len(rows), cursor) == (7, "")


@pytest.mark.parametrize("cursor", ["x", "äö", "a" * 5000, "AAAAAAAAAAAAAAAA", "=", "%27"])
async def test_a_cursor_nobody_gave_out_is_refused(stores: Stores, cursor: str) -> None:
    with pytest.raises(CallerError) as refused:
        await stores.runs.newest_first(3, cursor)
    assert refused.value.slug == "invalidCursor"


async def test_a_cursor_of_another_list_is_refused(stores: Stores) -> None:
    for run in ids(2):
        await stores.runs.start(run, started_at=AT)
    _, cursor = await stores.runs.newest_first(1)
    with pytest.raises(CallerError):
        await stores.objects.search("users", "", cursor=cursor, committed=frozenset())


async def test_only_committed_runs_are_committed(stores: Stores) -> None:
    committed, failed, running = ids(3)
    await commit(stores, committed)
    await stores.runs.start(failed, started_at=AT)
    await stores.runs.finish(failed, RunState.FAILED, ended_at=AT)
    await stores.runs.start(running, started_at=AT)
    assert await stores.runs.committed() == {committed}
    assert await stores.runs.committed(fresh=True) == {committed}
    assert [run async for run in stores.runs.committed_newest_first()] == [committed]
    assert [row.run_id for row in await stores.runs.running()] == [running]


async def test_a_commit_shows_at_once_here_and_soon_elsewhere(stores: Stores, tenant: str) -> None:
    now = 0.0
    first, second = (Runs(stores.tables, tenant, tick=lambda: now) for _ in range(2))
    run = ids(1)[0]
    assert await second.committed() == await first.committed() == frozenset()
    await first.start(run, started_at=AT)
    await first.finish(run, RunState.COMMITTED, ended_at=AT)
    assert await first.committed() == {run}
    assert await second.committed() == frozenset()
    assert await second.committed(fresh=True) == {run}
    now = 6.0
    assert await first.committed() == await second.committed() == {run}


async def test_no_run_is_not_a_run(stores: Stores) -> None:
    with pytest.raises(RowMissing):
        await stores.runs.get(ids(1)[0])
    with pytest.raises(RowMissing):
        await stores.runs.finish(ids(1)[0], RunState.FAILED, ended_at=AT)
    assert [run async for run in stores.runs.committed_newest_first()] == []
    assert await stores.runs.newest_first(5) == ([], "")


async def test_progress_is_per_type_and_overwritten(stores: Stores) -> None:
    run, later = ids(2)
    await stores.runs.put_progress(run, ProgressRow(type="users", phase="reading", objects=10))
    users = ProgressRow(type="users", phase="writing", objects=2**40, requests=7, updated_at=AT)
    groups = ProgressRow(type="groups", phase="reading")
    for row in (users, groups):
        await stores.runs.put_progress(run, row)
    await stores.runs.put_progress(later, users)
    assert await stores.runs.progress(run) == [groups, users]
    assert await stores.runs.newest_first(5) == ([], "")

"""The journal of a plan: rows with their counters in one transaction, read back page by page, and issued passwords; the
id map; the audit trail."""

import asyncio

import pytest

from functions.errors import RowConflict, RowMissing
from functions.storage.audit import AuditRow
from functions.storage.idmap import IdRow
from functions.storage.open import Stores
from functions.storage.restores import MOST_ROWS, PasswordRow, StepOutcome, StepRow, Tally
from tests.contract.storage.conftest import SetClock
from tests.contract.storage.test_runs import AT


def row(item: int, step: int, outcome: StepOutcome = StepOutcome.DONE, **more: object) -> StepRow:
    return StepRow(item=item, step=step, action="update", outcome=outcome, claim="c1", **more)  # type: ignore[arg-type]


async def test_rows_and_counters_are_written_together_and_read_by_item(stores: Stores):
    journal = stores.restores
    assert await journal.tally("p1") is None
    detail = {
        "error": {"code": "graphRejected", "message": "no | 'quoted' / text"},
        "links": {"a": {"outcome": "failed"}},
    }
    rows = [row(9, 1), row(10, 1), row(10, 2, StepOutcome.FAILED, detail=detail), row(100_000, 1)]
    await journal.write("p1", rows, Tally(claim="c1", ended=9, done=3, failed=1), turn=0)
    assert await journal.tally("p1") == Tally(claim="c1", ended=9, done=3, failed=1)
    assert await journal.journal("p1", 10, 99_999) == rows[1:3]
    assert await journal.journal("p1", 1, 200_000) == rows
    assert await journal.journal("p", 1, 200_000) == []


async def test_a_row_is_overwritten_and_a_journal_is_begun_once(stores: Stores):
    journal = stores.restores
    await journal.write("p2", [row(1, 1, StepOutcome.RUNNING)], Tally(claim="c1"), turn=0)
    with pytest.raises(RowConflict):
        await journal.write("p2", [row(1, 1), row(2, 1)], Tally(claim="c2", done=2), turn=0)
    assert await journal.journal("p2", 1, 9) == [row(1, 1, StepOutcome.RUNNING)]
    await journal.write("p2", [row(1, 1)], Tally(claim="c1", done=1), turn=1)
    assert await journal.journal("p2", 1, 9) == [row(1, 1)]
    assert await journal.tally("p2") == Tally(claim="c1", done=1)


async def test_as_many_rows_as_fit_into_one_transaction(stores: Stores):
    rows = [row(item, 1) for item in range(1, MOST_ROWS + 1)]
    await stores.restores.write("p3", rows, Tally(done=MOST_ROWS), turn=0)
    assert await stores.restores.journal("p3", 1, MOST_ROWS) == rows


async def test_a_password_is_issued_once_unless_it_could_not_be(stores: Stores):
    journal = stores.restores
    await journal.write("p4", [row(7, 1)], Tally(done=1), turn=0)
    assert await journal.passwords("p4") == {}
    await journal.issue("p4", PasswordRow(item=7, at="2026-11-22T02:00:00Z"), again=False)
    with pytest.raises(RowConflict):
        await journal.issue("p4", PasswordRow(item=7, at="2026-11-22T02:01:00Z"), again=False)
    failed = PasswordRow(item=7, at="2026-11-22T02:02:00Z", failed=True)
    await journal.issue("p4", failed, again=True)
    assert await journal.passwords("p4") == {7: failed}
    assert await journal.journal("p4", 1, 9) == [row(7, 1)]  # no password among the steps


async def test_ids_resolve_along_their_chain(stores: Stores) -> None:
    for old, new in (("a", "b"), ("b", "c"), ("x", "y"), ("y", "x"), ("self", "self"), ("o/ld", "n'ew")):
        await stores.ids.put(IdRow(old_id=old, new_id=new, type="users", plan_id="p", at=AT))
    wanted = ["a", "b", "c", "x", "self", "o/ld", "a"]
    assert await stores.ids.resolve(wanted) == {
        "a": "c", "b": "c", "c": "c", "x": "y", "self": "self", "o/ld": "n'ew",
    }  # fmt: skip
    assert (await stores.ids.get("a")).new_id == "b"
    await stores.ids.put(IdRow(old_id="a", new_id="z", type="users", plan_id="p2", at=AT))
    assert await stores.ids.resolve(["a"]) == {"a": "z"}
    with pytest.raises(RowMissing):
        await stores.ids.get("unknown")


async def test_the_audit_trail_is_newest_first_by_month(stores: Stores, clock: SetClock) -> None:
    for number in range(5):
        await stores.audit.append(
            AuditRow(who=f"{number}", roles=("Backup.Run",), action="backup.start", subject="x" * 9000, outcome="done")
        )
        clock.advance(seconds=0.5)
    await stores.audit.append(AuditRow(who="same moment", action="a", outcome="done"))
    await stores.audit.append(AuditRow(who="same moment", action="b", outcome="done"))
    month = clock()
    first, cursor = await stores.audit.of_month(month, 4)
    rest, end = await stores.audit.of_month(month, 4, cursor)
    assert [row.who for row in first + rest] == ["same moment"] * 2 + ["4", "3", "2", "1", "0"]
    assert end == ""
    assert rest[-1].roles == ("Backup.Run",)
    assert rest[-1].at == "2026-11-22T02:00:00.000000Z"
    clock.advance(days=30)
    assert await stores.audit.of_month(clock(), 4) == ([], "")


async def test_new_ids_are_written_together_and_known_by_the_plan_that_gave_them(stores: Stores) -> None:
    rows = [IdRow(old_id=old, new_id=old.upper(), type="applications", plan_id="p9", at=AT) for old in ("app", "appid")]
    await stores.ids.put(*rows)
    await stores.ids.put(IdRow(old_id="other", new_id="OTHER", type="users", plan_id="p8", at=AT))
    assert await stores.ids.made(["app", "appid", "other", "unknown"], "p9") == {"app": "APP", "appid": "APPID"}


async def test_who_takes_over_is_the_only_one_to_write(stores: Stores):
    journal = stores.restores
    assert await journal.take_over("p5") == 0
    await journal.write("p5", [row(1, 1)], Tally(done=1), turn=0)
    assert await journal.take_over("p5") == 2
    with pytest.raises(RowConflict):
        await journal.write("p5", [row(2, 1)], Tally(done=9), turn=1)
    await journal.write("p5", [row(3, 1)], Tally(done=2), turn=2)
    assert await journal.take_over("p5") == 3
    with pytest.raises(RowConflict):
        await journal.write("p5", [row(2, 1)], Tally(done=9), turn=2)
    assert await journal.journal("p5", 1, 9) == [row(1, 1), row(3, 1)]
    assert await journal.tally("p5") == Tally(done=2)


async def test_of_two_who_take_over_at_once_one_does(stores: Stores):
    journal = stores.restores
    await journal.write("p6", [row(1, 1)], Tally(), turn=0)
    turns = await asyncio.gather(*(journal.take_over("p6") for _ in range(4)), return_exceptions=True)
    assert all(isinstance(turn, int | RowConflict) for turn in turns)
    taken = [turn for turn in turns if isinstance(turn, int)]
    assert len(taken) == len(set(taken)) > 0
    await journal.write("p6", [row(1, 1)], Tally(), turn=max(taken))

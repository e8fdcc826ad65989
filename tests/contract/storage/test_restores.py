"""Plans, their journal, the id map and the audit trail."""

import asyncio

import pytest

from functions.errors import IntegrityError, RowConflict, RowMissing
from functions.storage.audit import AuditRow
from functions.storage.idmap import IdRow
from functions.storage.open import Stores
from functions.storage.restores import PlanRow, PlanState, StepOutcome, StepRow
from tests.contract.storage.conftest import SetClock
from tests.contract.storage.test_runs import AT, ids

TEXT = '{"steps":[],"note":"é"}'.encode()


def plan(id: str = "p1") -> PlanRow:
    return PlanRow(
        plan_id=id,
        type="users",
        object_id="8e2b6d1c",
        run=ids(1)[0],
        created_by="ada@contoso.example",
        created_at=AT,
        expires_at=AT,
    )


async def test_a_plan_is_kept_and_read_back(stores: Stores, tenant: str) -> None:
    kept = await stores.restores.create(plan(), TEXT)
    assert await stores.restores.get("p1") == kept
    assert (kept.state, kept.blob) == (PlanState.PLANNED, f"{tenant}/_plans/p1.json")
    assert await stores.restores.text("p1") == TEXT
    assert await stores.restores.create(plan(), TEXT) == kept
    with pytest.raises(RowConflict):
        await stores.restores.create(plan(), TEXT + b" ")
    with pytest.raises(RowMissing):
        await stores.restores.get("p2")


async def test_a_plan_that_was_tampered_with_is_refused(stores: Stores) -> None:
    kept = await stores.restores.create(plan(), TEXT)
    await stores.blobs.replace(kept.blob, TEXT.replace(b"[]", b"[1]"))
    with pytest.raises(IntegrityError, match="p1"):
        await stores.restores.text("p1")


async def test_of_many_who_claim_a_plan_one_gets_it(stores: Stores, other: Stores, clock: SetClock) -> None:
    await stores.restores.create(plan(), TEXT)

    async def claim(where: Stores, by: str) -> str | None:
        try:
            return (await where.restores.claim_apply("p1", by)).claimed_by
        except RowConflict:
            return None

    claims = [claim(where, f"{number}") for number in range(6) for where in (stores, other)]
    won = [by for by in await asyncio.gather(*claims) if by is not None]
    row = await other.restores.get("p1")
    assert won == [row.claimed_by]
    assert (row.state, row.claimed_at) == (PlanState.APPLYING, "2026-11-22T02:00:00Z")


async def test_a_plan_ends_once_and_is_never_applied_again(stores: Stores) -> None:
    await stores.restores.create(plan(), TEXT)
    with pytest.raises(RowConflict, match="planned and cannot become applied"):
        await stores.restores.finish("p1", PlanState.APPLIED)
    await stores.restores.claim_apply("p1", "ada")
    with pytest.raises(RowConflict):
        await stores.restores.finish("p1", PlanState.EXPIRED)
    for _ in range(2):
        assert (await stores.restores.finish("p1", PlanState.PARTIAL, error="step 2")).error == "step 2"
    with pytest.raises(RowConflict):
        await stores.restores.finish("p1", PlanState.APPLIED)
    with pytest.raises(RowConflict, match="partial and cannot become applying"):
        await stores.restores.claim_apply("p1", "ada")
    await stores.restores.create(plan("p2"), TEXT)
    await stores.restores.finish("p2", PlanState.EXPIRED)
    with pytest.raises(RowConflict, match="expired"):
        await stores.restores.claim_apply("p2", "ada")


async def test_the_journal_keeps_the_last_word_on_each_step_in_order(stores: Stores) -> None:
    await stores.restores.create(plan(), TEXT)
    await stores.restores.create(plan("p1|2"), TEXT)
    for step in (11, 2, 1):
        await stores.restores.put_step("p1", StepRow(step=step, step_id=f"s{step}", outcome=StepOutcome.RUNNING))
    done = StepRow(step=2, outcome=StepOutcome.DONE, result_id="new", detail={"status": 204, "why": None})
    await stores.restores.put_step("p1", done)
    await stores.restores.put_step("p1|2", done)
    journal = await stores.restores.steps("p1")
    assert [row.step for row in journal] == [1, 2, 11]
    assert journal[1] == done
    assert (await stores.restores.get("p1")).state == PlanState.PLANNED


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

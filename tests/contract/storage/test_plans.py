"""Plans in storage: small ones in their row, large ones in blobs, none before it is whole."""

from datetime import timedelta

import msgspec
import pytest

from functions.core.plan import Item, Plan, Step
from functions.errors import IntegrityError, PlanNotApplicable, RowConflict
from functions.storage.open import Stores
from functions.storage.plans import TABLE, PlanRow, PlanState, new_plan_id
from functions.storage.tables import Row
from tests.contract.storage.conftest import SetClock


def item(number: int, size: int = 10) -> Item:
    path = f"/users/00000000-0000-4000-8000-{number:012d}"
    step = Step(f"{number}.1", "update", "PATCH", path, "It differs.", after={"jobTitle": "x" * size})
    return Item(
        number, 40_000, "users", path[-36:], path[-36:], f"user {number}", "2026-11-22T020000Z", "live", steps=(step,)
    )


def row(clock: SetClock) -> PlanRow:
    return PlanRow(plan_id=new_plan_id(clock()), created_by="somebody", created_at=clock().isoformat())


async def kept(stores: Stores, row: PlanRow, pages: list[list[Item]], *, begun: bool = False) -> PlanRow:
    draft = stores.plans.draft(row.plan_id)
    for page in pages:
        await draft.add(page)
    head = Plan(row.plan_id, "tenant", {"tenant": True}, "add", row.created_at, "later", pages=tuple(draft.pages))
    return await stores.plans.keep(row, head, draft, begun=begun)


async def test_a_small_plan_lies_in_its_row(stores: Stores, clock: SetClock) -> None:
    made = await kept(stores, row(clock), [[item(1), item(2)]])
    assert made.folder == ""
    again = await stores.plans.get(made.plan_id)
    assert again == made
    head = await stores.plans.head_of(again)
    assert (head.items, head.steps) == (2, 2)
    assert await stores.plans.page_of(again, head, 1) == [item(1), item(2)]


async def test_a_large_plan_lies_in_blobs_and_reads_the_same(stores: Stores, clock: SetClock) -> None:
    pages = [[item(number, 9000) for number in range(first, first + 3)] for first in (1, 4, 7)]
    made = await kept(stores, row(clock), pages)
    assert made.folder
    assert not made.inline
    head = await stores.plans.head(made.plan_id)
    assert [page.first for page in head.pages] == [1, 4, 7]
    for number, page in enumerate(pages, 1):
        assert await stores.plans.page(made.plan_id, number) == page


async def test_pages_without_a_row_are_no_plan(stores: Stores, clock: SetClock) -> None:
    """The process ends after its pages: the plan is still being made, and another attempt is not in their way."""
    mine = msgspec.structs.replace(row(clock), state=PlanState.PLANNING)
    await stores.plans.begin(mine)
    lost = stores.plans.draft(mine.plan_id)
    await lost.add([item(number, 9000) for number in range(1, 6)])
    assert lost.folder
    found = await stores.plans.get(mine.plan_id)
    assert found.state is PlanState.PLANNING
    with pytest.raises(PlanNotApplicable, match="no steps yet"):
        await stores.plans.head(mine.plan_id)
    made = await kept(stores, mine, [[item(number, 9000) for number in range(1, 8)]], begun=True)
    assert made.state is PlanState.PLANNED
    assert made.folder != lost.folder
    assert (await stores.plans.head(mine.plan_id)).items == 7


async def test_a_page_that_was_changed_is_refused(stores: Stores, clock: SetClock) -> None:
    made = await kept(stores, row(clock), [[item(1)]])
    text = made.inline[1].replace("It differs.", "It differs!")
    await stores.plans.change(made.plan_id, {PlanState.PLANNED}, inline=(made.inline[0], text))
    with pytest.raises(IntegrityError, match="page 1"):
        await stores.plans.page(made.plan_id, 1)


async def test_a_plan_is_claimed_once(stores: Stores, clock: SetClock) -> None:
    made = await kept(stores, row(clock), [[item(1)]])
    await stores.plans.move(made.plan_id, PlanState.APPLYING, claim="one")
    await stores.plans.move(made.plan_id, PlanState.APPLYING, claim="one")  # its answer was lost
    with pytest.raises(RowConflict):
        await stores.plans.move(made.plan_id, PlanState.PLANNED)


async def test_plans_are_listed_newest_first_and_apart_from_journals(
    stores: Stores, clock: SetClock, tenant: str
) -> None:
    made = []
    for _ in range(5):
        made.append((await kept(stores, row(clock), [[item(1)]])).plan_id)
        clock.advance(seconds=1)
    await stores.tables.put(TABLE, Row(tenant, f"{made[0]}|00001", {"Outcome": "done"}))
    first, cursor = await stores.plans.newest_first(3)
    rest, end = await stores.plans.newest_first(3, cursor)
    assert [found.plan_id for found in (*first, *rest)] == made[::-1]
    assert end == ""


def test_ids_of_plans_made_later_sort_first(clock: SetClock) -> None:
    first = new_plan_id(clock())
    assert new_plan_id(clock() + timedelta(milliseconds=1)) < first

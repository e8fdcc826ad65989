"""Restore plans as they are kept: a row in the table `Restores` each, and the head and the pages of items behind it.

A small plan lies whole in its row; a larger one in blobs `{tenant}/_plans/{planId}/{nonce}/…` of the container `work`:
the pages written first, then the head, and last the row that names them. What is not in a row does not exist, so no
half plan is ever seen.
What is read is compared with the SHA-256 in the row (of the head) or in the head (of a page), so that what is applied
is what was shown. The journal of applying a plan is in `restores`.
"""

import hashlib
import re
import secrets
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from isal import igzip

from functions.clock import Clock, iso
from functions.core.gzipped import member_text
from functions.core.plan import Item, PageRef, Plan, dump, load_page, load_plan
from functions.errors import BlobExists, IntegrityError, PlanNotApplicable, RowConflict, RowMissing
from functions.storage.blobs import BlobStore
from functions.storage.cursors import after, cursor_after
from functions.storage.keys import joined, key, literal
from functions.storage.rows import StoredRow, columns, row_of, short
from functions.storage.tables import Row, Stored, Tables

TABLE = "Restores"
INLINE = 30_000  # bytes of a plan that lies in its row
_ATTEMPTS = 5
_MOST = 2**48 - 1
_PLAN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class PlanState(StrEnum):
    """`planning` → `planned` → `applying` → one of `applied`, `partial`, `failed`, `cancelled`; `planning` → `failed`;
    `planned` → `expired`. A plan that ended other than `applied` may be taken up again: `applying`."""

    PLANNING = "planning"
    PLANNED = "planned"
    APPLYING = "applying"
    APPLIED = "applied"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_NEXT = {
    PlanState.PLANNING: frozenset({PlanState.PLANNED, PlanState.FAILED}),
    PlanState.PLANNED: frozenset({PlanState.APPLYING, PlanState.EXPIRED}),
    PlanState.APPLYING: frozenset(
        {PlanState.APPLYING, PlanState.APPLIED, PlanState.PARTIAL, PlanState.FAILED, PlanState.CANCELLED}
    ),
    PlanState.PARTIAL: frozenset({PlanState.APPLYING}),
    PlanState.FAILED: frozenset({PlanState.APPLYING}),
    PlanState.CANCELLED: frozenset({PlanState.APPLYING}),
}


class PlanRow(StoredRow, frozen=True, kw_only=True):
    """A plan without its items. Moments are ISO text. `type` and `object_id` are those of a plan for one object, else
    empty. `request` is what was asked for, `scope` the same in a few words; `done` of `total` objects have been looked
    at while it is planned. `claim` tells one claim from another; `cancel` says who asked to stop. `folder` is where the
    blobs lie, `inline` the text of a plan that has none.
    """

    plan_id: str
    state: PlanState = PlanState.PLANNED
    type: str = ""
    object_id: str = ""
    name: str = ""
    scope: str = ""
    undoes: str = ""
    request: Mapping[str, Any] = {}
    created_by: str = ""
    created_at: str = ""
    expires_at: str = ""
    items: int = 0
    steps: int = 0
    gaps: int = 0
    done: int = 0
    total: int = 0
    hash: str = ""
    folder: str = ""
    claimed_by: str = ""
    claimed_at: str = ""
    claim: str = ""
    cancel: str = ""
    ended_at: str = ""
    error: str = ""
    inline: tuple[str, ...] = ()


_LISTED = tuple(
    name for name in ("PartitionKey", "RowKey", *PlanRow.__struct_encode_fields__) if name not in {"Inline", "Request"}
)


def new_plan_id(now: datetime, noise: str = "") -> str:
    """An id that sorts before all that were given out earlier, so that the newest plan is read first."""
    digits = f"{_MOST - int(now.timestamp() * 1000):012x}{noise or secrets.token_hex(10)}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def made_at(plan_id: str) -> datetime | None:
    """When a plan id was given out; None for text that is none."""
    if not _PLAN_ID.fullmatch(plan_id):
        return None
    return datetime.fromtimestamp((_MOST - int(plan_id.replace("-", "")[:12], 16)) / 1000, UTC)


class Draft:
    """A plan on its way into storage. `add` a page at a time, in order, then `Plans.keep`."""

    def __init__(self, blobs: BlobStore, tenant: str, plan_id: str) -> None:
        self.pages: list[PageRef] = []
        self.texts: list[bytes] = []  # while all of it may still lie in the row
        self.folder = ""
        self._blobs = blobs
        self._tenant = tenant
        self._place = f"{tenant}/_plans/{plan_id}/{secrets.token_hex(4)}/"

    async def add(self, items: list[Item]) -> None:
        """The next page. Raises StoreError."""
        text = dump(items)
        self.pages.append(
            PageRef(
                page=len(self.pages) + 1,
                first=items[0].number if items else 1,
                items=len(items),
                steps=sum(len(item.steps) for item in items),
                sha256=hashlib.sha256(text).hexdigest(),
            )
        )
        self.texts.append(text)
        if self.folder or sum(map(len, self.texts)) > INLINE:
            await self.spill()

    async def spill(self) -> None:
        """Puts the pages into blobs that are not there yet: the plan is too large for its row."""
        self.folder = self._place
        first = len(self.pages) - len(self.texts) + 1
        for number, text in enumerate(self.texts, first):
            await self.put(_page_name(self.folder, number), igzip.compress(text, compresslevel=1, mtime=0))
        self.texts = []

    async def put(self, name: str, data: bytes) -> None:
        """Writes one blob of the plan."""
        kind = "application/gzip" if name.endswith(".gz") else "application/json"
        try:
            await self._blobs.put(name, data, content_type=kind, metadata={"tenant": self._tenant})
        except BlobExists:  # sent twice by the SDK, because the first answer was lost: the name is nobody else's
            if await self._blobs.get(name) != data:
                raise


class Plans:
    """The plans of one tenant."""

    def __init__(self, tables: Tables, blobs: BlobStore, tenant: str, clock: Clock) -> None:
        self._tables = tables
        self._blobs = blobs
        self._tenant = tenant
        self._clock = clock

    # ---- writing -----------------------------------------------------------------------------------------------------

    async def begin(self, row: PlanRow) -> None:
        """Notes that a plan is being made: `planning`. Repeating it is harmless."""
        try:
            await self._tables.insert(TABLE, self._row(row))
        except RowConflict:
            if (await self.get(row.plan_id)).created_at != row.created_at:
                raise

    def draft(self, plan_id: str) -> Draft:
        """Where the items of a plan go first."""
        return Draft(self._blobs, self._tenant, plan_id)

    async def keep(self, row: PlanRow, head: Plan, draft: Draft, *, begun: bool) -> PlanRow:
        """Makes the plan visible as `planned`. `begun`: its row is there, `planning`. Raises RowConflict for one that
        has become something else meanwhile."""
        text = dump(head)
        if not draft.folder and len(text) + sum(map(len, draft.texts)) > INLINE:
            await draft.spill()
        if draft.folder:
            await draft.put(f"{draft.folder}head.json", text)
        kept: dict[str, Any] = {
            "hash": hashlib.sha256(text).hexdigest(),
            "folder": draft.folder,
            "inline": () if draft.folder else tuple(part.decode() for part in (text, *draft.texts)),
            "items": head.items,
            "steps": head.steps,
            "expires_at": head.expires_at,
        }
        row = msgspec.structs.replace(row, state=PlanState.PLANNED, name=short(row.name), **kept)
        if begun:
            kept |= {"name": row.name, "gaps": row.gaps, "done": row.done, "total": row.total}
            return await self.move(row.plan_id, PlanState.PLANNED, **kept)
        try:
            await self._tables.insert(TABLE, self._row(row))
        except RowConflict:
            if await self.get(row.plan_id) != row:
                raise
        return row

    async def tell(self, plan_id: str, done: int, total: int) -> None:
        """How far planning is. Raises RowConflict where the plan is not being planned any more."""
        await self.change(plan_id, {PlanState.PLANNING}, done=done, total=total)

    async def move(self, plan_id: str, state: PlanState, *, claim: str = "", **changes: Any) -> PlanRow:
        """The plan in its next state. Repeating it is harmless; RowConflict where the plan is in a state that leads
        elsewhere. Of two movers with different `claim`s one wins."""
        for _ in range(_ATTEMPTS):
            row, stored = await self._stored(plan_id)
            if row.state is state and (not claim or row.claim == claim):
                return row  # done before, or by a write of ours whose answer was lost
            if state not in _NEXT.get(row.state, frozenset()):
                break
            row = msgspec.structs.replace(row, state=state, claim=claim or row.claim, **changes)
            try:
                await self._tables.swap(TABLE, self._row(row), stored.etag)
            except RowConflict:
                continue
            return row
        raise RowConflict(f"plan {plan_id} is {row.state} and cannot become {state}")

    async def change(self, plan_id: str, states: Collection[PlanState], **changes: Any) -> PlanRow:
        """The plan with other columns, in the state that it has. Raises RowConflict where that is none of `states`."""
        for _ in range(_ATTEMPTS):
            row, stored = await self._stored(plan_id)
            if row.state not in states:
                break
            row = msgspec.structs.replace(row, **changes)
            try:
                await self._tables.swap(TABLE, self._row(row), stored.etag)
            except RowConflict:
                continue
            return row
        raise RowConflict(f"plan {plan_id} is {row.state}")

    async def fail(self, plan_id: str, error: str) -> PlanRow:
        """`planning` → `failed`: no plan came about."""
        return await self.move(plan_id, PlanState.FAILED, ended_at=iso(self._clock()), error=short(error))

    # ---- reading -----------------------------------------------------------------------------------------------------

    async def get(self, plan_id: str) -> PlanRow:
        """The plan's row. Raises RowMissing."""
        return (await self._stored(plan_id))[0]

    async def look(self, plan_id: str) -> tuple[PlanRow, str]:
        """The plan's row, and the tag that `swap` compares. Raises RowMissing."""
        row, stored = await self._stored(plan_id)
        return row, stored.etag

    async def swap(self, row: PlanRow, tag: str, state: PlanState, **changes: Any) -> PlanRow:
        """The plan in its next state, in one request. Raises RowConflict where the row has been changed since it was
        looked at, or the state leads elsewhere."""
        if state not in _NEXT.get(row.state, frozenset()):
            raise RowConflict(f"plan {row.plan_id} is {row.state} and cannot become {state}")
        row = msgspec.structs.replace(row, state=state, **changes)
        await self._tables.swap(TABLE, self._row(row), tag)
        return row

    async def head(self, plan_id: str) -> Plan:
        """The head of a plan. Raises as `head_of` does, and RowMissing."""
        return await self.head_of(await self.get(plan_id))

    async def page(self, plan_id: str, number: int) -> list[Item]:
        """One page of a plan, from 1. Raises as `page_of` does, and RowMissing."""
        row = await self.get(plan_id)
        return await self.page_of(row, await self.head_of(row), number)

    async def head_of(self, row: PlanRow) -> Plan:
        """The head that a row names; no request where it lies in the row.

        Raises PlanNotApplicable for a plan that is not there yet or never came about, IntegrityError for one that is
        not, to the byte, what was kept.
        """
        if not row.hash:
            raise PlanNotApplicable(
                f"plan {row.plan_id} is {row.state}: it has no steps yet"
                if row.state is PlanState.PLANNING
                else f"plan {row.plan_id} came to nothing: {row.error or row.state}",
                remedy="Wait until its state is planned, or make a new plan",
            )
        text = row.inline[0].encode() if row.inline else await self._blobs.get(f"{row.folder}head.json")
        _verify(row.plan_id, "its head", text, row.hash)
        return load_plan(text)

    async def page_of(self, row: PlanRow, head: Plan, number: int) -> list[Item]:
        """A page that a head names, from 1; no request where it lies in the row. Raises IntegrityError."""
        wanted = head.pages[number - 1]
        if row.inline:
            text = row.inline[number].encode()
        else:
            text = member_text(await self._blobs.get(_page_name(row.folder, number)))
        _verify(row.plan_id, f"page {number}", text, wanted.sha256)
        return load_page(text)

    async def newest_first(self, top: int, cursor: str = "") -> tuple[list[PlanRow], str]:
        """At most `top` plans, without their texts, and the cursor of the next, "" at the end."""
        where = f"PartitionKey eq {literal(self._partition)}"
        if cursor:
            where += f" and RowKey gt {literal(after(cursor, TABLE, self._tenant))}"
        found: list[PlanRow] = []
        async with aclosing(self._tables.query(TABLE, where, select=_LISTED, page=top + 1)) as entities:
            async for entity in entities:
                if len(found) == top:
                    return found, cursor_after(key(found[-1].plan_id), TABLE, self._tenant)
                found.append(row_of(PlanRow, entity))
        return found, ""

    async def in_state(self, state: PlanState) -> list[PlanRow]:
        """Every plan in a state, without its text: few, for the states that pass."""
        where = f"PartitionKey eq {literal(self._partition)} and State eq {literal(state)}"
        return [row_of(PlanRow, entity) async for entity in self._tables.query(TABLE, where, select=_LISTED)]

    async def made_before(self, moment: datetime) -> AsyncGenerator[PlanRow]:
        """The plans made before a moment, newest first, without their texts."""
        first = key(new_plan_id(moment, "0" * 20))
        where = f"PartitionKey eq {literal(self._partition)} and RowKey gt {literal(first)}"
        async for entity in self._tables.query(TABLE, where, select=_LISTED):
            yield row_of(PlanRow, entity)

    async def folders(self) -> AsyncGenerator[tuple[str, str]]:
        """Plan id and folder of every plan, in the order of their ids; the folder is "" where there are no blobs."""
        where = f"PartitionKey eq {literal(self._partition)}"
        async for entity in self._tables.query(TABLE, where, select=("PlanId", "Folder")):
            yield entity["PlanId"], entity.get("Folder", "")

    # ---- removing ----------------------------------------------------------------------------------------------------

    async def remove(self, row: PlanRow, tag: str) -> None:
        """Removes a plan that is as it was looked at, its row before its blobs: no reader finds half of one. Raises
        RowConflict for one that is not."""
        if not await self._tables.remove(TABLE, self._partition, key(row.plan_id), tag):
            raise RowConflict(f"plan {row.plan_id} is being changed by others")
        if row.folder:
            async for name in self._blobs.list(row.folder):
                await self._blobs.delete(name)

    @property
    def _partition(self) -> str:
        return joined(self._tenant, "plans")

    def _row(self, row: PlanRow) -> Row:
        return Row(self._partition, key(row.plan_id), columns(row))

    async def _stored(self, plan_id: str) -> tuple[PlanRow, Stored]:
        stored = await self._tables.get(TABLE, self._partition, key(plan_id))
        if stored is None:
            raise RowMissing(f"there is no plan {plan_id}")
        return row_of(PlanRow, stored.entity), stored


def _page_name(folder: str, number: int) -> str:
    return f"{folder}{number:05d}.json.gz"


def _verify(plan_id: str, what: str, text: bytes, wanted: str) -> None:
    found = hashlib.sha256(text).hexdigest()
    if found != wanted:
        raise IntegrityError(
            f"plan {plan_id}: {what} has SHA-256 {found}, and was kept as {wanted}",
            remedy="Make a new plan; find out who changed the stored one",
        )

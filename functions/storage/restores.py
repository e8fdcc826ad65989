"""The table `Restores` and the blobs `{tenant}/_plans/{planId}.json`: plans, and the journal of applying them.

A plan's text is written once; its SHA-256 lies in the row and is compared whenever the text is read, so that what is
applied is what was shown. The journal is one row a step, overwritten as the step goes on.
"""

import hashlib
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from functions.clock import Clock, iso
from functions.errors import BlobExists, IntegrityError, RowConflict, RowMissing
from functions.storage.blobs import BlobStore
from functions.storage.keys import joined, key, literal, starting
from functions.storage.rows import StoredRow, columns, row_of, short
from functions.storage.tables import Row, Stored, Tables

TABLE = "Restores"
_ATTEMPTS = 5


class PlanState(StrEnum):
    """`planned` → `applying` → one of `applied`, `partial`, `failed`; or `planned` → `expired`."""

    PLANNED = "planned"
    APPLYING = "applying"
    APPLIED = "applied"
    PARTIAL = "partial"
    FAILED = "failed"
    EXPIRED = "expired"


class StepOutcome(StrEnum):
    """How far a step is. `conflict`: the live object had moved, nothing was written."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    CONFLICT = "conflict"
    FAILED = "failed"


_NEXT = {
    PlanState.PLANNED: frozenset({PlanState.APPLYING, PlanState.EXPIRED}),
    PlanState.APPLYING: frozenset({PlanState.APPLIED, PlanState.PARTIAL, PlanState.FAILED}),
}


class PlanRow(StoredRow, frozen=True, kw_only=True):
    """A plan without its steps. Moments are ISO text. `claim` tells one claim from another."""

    plan_id: str
    state: PlanState = PlanState.PLANNED
    type: str
    object_id: str
    run: str
    created_by: str
    created_at: str
    expires_at: str
    hash: str = ""
    blob: str = ""
    claimed_by: str = ""
    claimed_at: str = ""
    claim: str = ""
    ended_at: str = ""
    error: str = ""


class StepRow(StoredRow, frozen=True, kw_only=True):
    """One step of the journal. `step` is its place in the plan; `detail` is for people, never a secret."""

    step: int
    step_id: str = ""
    action: str = ""
    outcome: StepOutcome = StepOutcome.PENDING
    started_at: str = ""
    ended_at: str = ""
    result_id: str = ""
    detail: Mapping[str, Any] = {}


class Restores:
    """The plans of one tenant."""

    def __init__(self, tables: Tables, blobs: BlobStore, tenant: str, clock: Clock) -> None:
        self._tables = tables
        self._blobs = blobs
        self._tenant = tenant
        self._clock = clock

    async def create(self, plan: PlanRow, text: bytes) -> PlanRow:
        """Keeps a plan; `hash` and `blob` of the row are filled in. RowConflict if the id names another plan."""
        digest = hashlib.sha256(text).hexdigest()
        plan = msgspec.structs.replace(plan, hash=digest, blob=f"{self._tenant}/_plans/{plan.plan_id}.json")
        try:
            await self._blobs.put(plan.blob, text, content_type="application/json", metadata={"tenant": self._tenant})
        except BlobExists as taken:
            if await self._blobs.get(plan.blob) != text:
                raise RowConflict(f"plan {plan.plan_id} exists with another text") from taken
        try:
            await self._tables.insert(TABLE, self._row(plan))
        except RowConflict:
            if await self.get(plan.plan_id) != plan:
                raise
        return plan

    async def get(self, plan_id: str) -> PlanRow:
        """The plan's row. Raises RowMissing."""
        return (await self._stored(plan_id))[0]

    async def applying(self, type: str, object_id: str) -> list[PlanRow]:
        """The plans for one object that are being applied, or were when their process died."""
        where = f"PartitionKey eq {literal(key(self._tenant))} and State eq {literal(PlanState.APPLYING)}"
        where += f" and Type eq {literal(type)} and ObjectId eq {literal(object_id)}"
        return [row_of(PlanRow, entity) async for entity in self._tables.query(TABLE, where)]

    async def text(self, plan_id: str) -> bytes:
        """The plan itself. Raises IntegrityError if it is not, to the byte, what was kept."""
        plan = await self.get(plan_id)
        text = await self._blobs.get(plan.blob)
        found = hashlib.sha256(text).hexdigest()
        if found != plan.hash:
            raise IntegrityError(
                f"plan {plan_id}: {plan.blob} has SHA-256 {found}, the index says {plan.hash}",
                remedy="Make a new plan; find out who changed the file",
            )
        return text

    async def claim_apply(self, plan_id: str, by: str) -> PlanRow:
        """`planned` → `applying`, for one caller only. Raises RowConflict for every other."""
        claim = secrets.token_hex(8)
        return await self._move(
            plan_id,
            PlanState.APPLYING,
            claim,
            claimed_by=short(by),
            claimed_at=iso(self._clock()),
        )

    async def finish(self, plan_id: str, state: PlanState, *, error: str = "") -> PlanRow:
        """How applying ended, or that the plan expired. Repeating it is harmless; RowConflict if it ended otherwise."""
        return await self._move(plan_id, state, "", ended_at=iso(self._clock()), error=short(error))

    async def put_step(self, plan_id: str, row: StepRow) -> None:
        """Writes one row of the journal over the one before."""
        await self._tables.put(TABLE, Row(key(self._tenant), joined(plan_id, f"{row.step:05d}"), columns(row)))

    async def add_step(self, plan_id: str, row: StepRow) -> None:
        """Writes a row of the journal that must not be there yet. Raises RowConflict if it is."""
        await self._tables.insert(TABLE, Row(key(self._tenant), joined(plan_id, f"{row.step:05d}"), columns(row)))

    async def steps(self, plan_id: str) -> list[StepRow]:
        """The journal, in the order of the plan."""
        where = f"PartitionKey eq {literal(key(self._tenant))} and {starting('RowKey', key(plan_id) + '|')}"
        return [row_of(StepRow, entity) async for entity in self._tables.query(TABLE, where)]

    async def _move(self, plan_id: str, state: PlanState, claim: str, **changes: str) -> PlanRow:
        for _ in range(_ATTEMPTS):
            plan, stored = await self._stored(plan_id)
            if plan.state is state and (not claim or plan.claim == claim):
                return plan  # done before, or by a write of ours whose answer was lost
            if state not in _NEXT.get(plan.state, frozenset()):
                break
            plan = msgspec.structs.replace(plan, state=state, claim=claim or plan.claim, **changes)
            try:
                await self._tables.swap(TABLE, self._row(plan), stored.etag)
            except RowConflict:
                continue
            return plan
        raise RowConflict(f"plan {plan_id} is {plan.state} and cannot become {state}")

    def _row(self, plan: PlanRow) -> Row:
        return Row(key(self._tenant), key(plan.plan_id), columns(plan))

    async def _stored(self, plan_id: str) -> tuple[PlanRow, Stored]:
        stored = await self._tables.get(TABLE, key(self._tenant), key(plan_id))
        if stored is None:
            raise RowMissing(f"there is no plan {plan_id}")
        return row_of(PlanRow, stored.entity), stored

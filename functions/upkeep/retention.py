"""One pass of retention, step by step: what the rules let go of is marked, and removed when the notice has passed.

The order makes every moment safe. A run that goes is `pruning`, and nobody sees it any more; its manifest is put away;
the version rows that are still needed are pointed to runs that stay; its files go; rows that lead nowhere go; it is
`removed`. Whatever step is done twice, or never ends, the next one or the next pass finds what is left to do. A run
that cannot go comes back whole, before anything of it was deleted but its manifest, which is put back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from itertools import batched

from msgspec.structs import replace

from functions import log
from functions.backup.run_activities import clear_run
from functions.clock import Clock, iso
from functions.core.runid import inverted
from functions.errors import BlobImmutable, IntegrityError
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.runs import RunState
from functions.upkeep.retention_judge import Judge, over
from functions.upkeep.retention_rows import Outcome, Place, move, sweep
from functions.upkeep.retention_runs import put_away
from functions.upkeep.retention_step import Refused, RetentionStep, failed, report

_RUNS_AT_ONCE = 8


async def retain(
    step: RetentionStep, *, settings: Settings, stores: Stores, clock: Clock, tick: Callable[[], float] = time.monotonic
) -> RetentionStep:
    """Works for the time budget, at least on one part of one phase. Doing a step again changes nothing, or what the
    step after it would change.

    Raises StoreError, FormatError.
    """
    work = _Pass(step, settings, stores, clock)
    ends = tick() + settings.time_budget
    try:
        while not work.step.done:
            await work.next(ends)
            if tick() > ends:
                break
    except Refused as refusal:
        log.error("retention.refused", reason=refusal.reason)
        work.step = failed(work.step, refusal.message)
        work.found("refused", "", refusal.reason)
    await report(work.step, settings, stores, clock)
    return work.step


class _Pass(Judge):
    async def next(self, ends: float) -> None:
        """Does one part."""
        phases: dict[str, Callable[[float], Awaitable[None]]] = {
            "judge": self.judge,
            "unlist": self._unlist,
            "move": self._move,
            "clear": self._clear,
            "sweep": self._sweep,
            "close": self._close,
        }
        await phases[self.step.phase](ends)

    # ---- taking their names off --------------------------------------------------------------------------------------

    async def _unlist(self, ends: float) -> None:
        """Puts the manifests away, oldest first: where the account still keeps one, it keeps the later ones too."""
        last = self.step.last
        for one in reversed(await self._roll.known()):
            if one.state is not RunState.PRUNING or one.final or (last and inverted(one.run) >= inverted(last)):
                continue
            try:
                if self.step.kept:
                    await self._kept(one.run, "immutable")
                else:
                    await put_away(self._tenant, one, self._stores)
            except BlobImmutable:
                self.step = replace(self.step, kept=True)
                await self._kept(one.run, "immutable")
            except IntegrityError as error:
                await self._kept(one.run, "damaged")
                self.found("damaged", one.run, error.message)
                self.step = replace(self.step, damaged=(*self.step.damaged, one.run))
            self.step = replace(self.step, last=one.run)
            if over(ends):
                return
        if await self._complete(ends):
            self.step = replace(self.step, phase="move", types=None, last="", kept=False)

    # ---- rows --------------------------------------------------------------------------------------------------------

    async def _move(self, ends: float) -> None:
        done = await self._rows(move, ends)
        if done is not None:
            key = self._types[0]
            self.step = replace(
                self.step,
                unresolved=tuple(sorted({*self.step.unresolved, *done.unresolved})),
                dead=(*self.step.dead, key) if done.dead and key not in self.step.dead else self.step.dead,
                counts=replace(self.step.counts, rows_moved=self.step.counts.rows_moved + done.moved),
            )
            self._onward(done.bucket)
            return
        going = [one for one in await self._roll.known() if one.state is RunState.PRUNING and not one.final]
        back = [one.run for one in going if one.run in self.step.unresolved]
        if await self._back(back, "unresolved", ends) and await self._complete(ends):
            self.step = replace(self.step, phase="clear", types=None, unresolved=())

    async def _sweep(self, ends: float) -> None:
        done = await self._rows(sweep, ends, only=self.step.dead)
        if done is None:
            self.step = replace(self.step, phase="close", types=None)
            return
        removed = self.step.counts.rows_removed + done.dead
        self.step = replace(self.step, counts=replace(self.step.counts, rows_removed=removed))
        self._onward(done.bucket)

    async def _rows(
        self,
        work: Callable[[Place, str, float], Awaitable[Outcome]],
        ends: float,
        only: Collection[str] | None = None,
    ) -> Outcome | None:
        """Does the work on the rows of one type; None when no type is left. Rows of a type lead into a run only if the
        run holds the type."""
        # First which runs count, then what they are: one that commits in between is neither counted nor gone.
        counted = await self._stores.runs.counted(fresh=True)
        runs = [one for one in await self._roll.known() if one.run in counted]
        if self.step.types is None:
            going = [one for one in runs if one.state is RunState.PRUNING]
            types = {key for one in going for key in one.types}
            types = types if only is None else types & set(only)
            self.step = replace(self.step, types=tuple(sorted(types)), bucket="", going=len(going))
        if not self.step.types:
            return None
        key = self.step.types[0]
        holding = [one for one in reversed(runs) if key in one.types]
        there = [one.run for one in holding if one.state is RunState.COMMITTED]
        place = Place(
            tenant=self._tenant,
            type=key,
            blobs=self._stores.secrets if any(key in one.secret for one in holding) else self._stores.blobs,
            versions=self._stores.versions,
            objects=self._stores.objects,
            holders=[run for run in there if run not in self.step.damaged],
            spare=[run for run in there if run in self.step.damaged],
            gone=counted - {one.run for one in runs if one.state is RunState.COMMITTED},
            counted=counted,
        )
        return await work(place, self.step.bucket, ends)

    @property
    def _types(self) -> tuple[str, ...]:
        return self.step.types or ()

    def _onward(self, bucket: str) -> None:
        self.step = replace(self.step, types=self._types if bucket else self._types[1:], bucket=bucket)

    # ---- files -------------------------------------------------------------------------------------------------------

    async def _clear(self, ends: float) -> None:
        if not self.step.cleared:
            decided = await self._decided(ends)
            if decided is None:
                return
            if not decided:
                self.step = replace(self.step, phase="move", types=None, dead=())
                return
        going = await self._pruning()
        for some in batched(going[self.step.cleared :], _RUNS_AT_ONCE, strict=False):
            kept = await asyncio.gather(*(clear_run(self._tenant, run, self._stores) for run in some))
            counts = replace(self.step.counts, files_kept=self.step.counts.files_kept + sum(kept))
            self.step = replace(self.step, cleared=self.step.cleared + len(some), counts=counts)
            if time.monotonic() > ends:
                return
        self.step = replace(self.step, phase="sweep", types=None)

    async def _decided(self, ends: float) -> bool | None:
        """The last look before files are deleted; from here on no run comes back. False where one has since the rows
        were gone through: it may hold versions that no other run does. None where the time was up."""
        if not await self.spared(ends):
            return None
        going = await self._pruning()
        if len(going) != self.step.going:
            return False
        now = iso(self._clock())
        for run in going:
            await self._stores.runs.change(run, lambda row: replace(row, final_at=row.final_at or now))
        return True

    async def _close(self, _: float) -> None:
        for run in await self._pruning():
            await self._become(run, RunState.REMOVED)
            log.info("retention.removed", run=run)
            self.step = replace(self.step, counts=replace(self.step.counts, removed=self.step.counts.removed + 1))
        self.step = replace(self.step, phase="done")

    async def _pruning(self) -> list[str]:
        runs = [row.run_id async for row in self._stores.runs.of_states(RunState.PRUNING)]
        return sorted(runs, key=inverted, reverse=True)

"""One pass of retention, step by step: what the rules let go of is marked, and removed when the notice has passed.

The order makes every moment safe. A run that goes is `pruning`, and nobody sees it any more; its manifest is put away;
the version rows that are still needed are pointed to runs that stay; its files go; rows that lead nowhere go; it is
`removed`. Whatever step is done twice, or never ends, the next one or the next pass finds what is left to do. A run
that cannot go comes back whole, before anything of it was deleted but its manifest, which is put back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from itertools import batched

import msgspec
from msgspec.structs import replace

from functions import log
from functions.backup.run_activities import clear_run
from functions.clock import Clock, iso, parse_iso
from functions.core.names import manifest_name
from functions.core.retention import Decision, decide, needed, removable
from functions.core.runid import inverted, started
from functions.errors import BlobImmutable, BlobMissing, FormatError, IntegrityError
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.reports import Kind, ReportRow, ReportState
from functions.storage.runs import RunRow, RunState
from functions.upkeep.retention_rows import Outcome, Place, move, sweep
from functions.upkeep.retention_runs import (
    Known,
    checked_manifest,
    damaged_of,
    known_runs,
    put_away,
    rules_of,
    taken_back,
)

KIND: Kind = "retention"
_RUNS_AT_ONCE = 8


class Refused(Exception):
    """Retention removes nothing in this pass. `reason` is a stable word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """What a pass did so far. `due` are the runs that the rules let go of; `kept` those of them that had to stay."""

    runs: int = 0
    due: int = 0
    removed: int = 0
    kept: int = 0
    rows_moved: int = 0
    rows_removed: int = 0
    files_kept: int = 0


class RetentionStep(msgspec.Struct, frozen=True, rename="camel"):
    """Where a pass is. `phase`: judge → unlist → move → clear → sweep → close → done. `types` are left to be done in
    the phase, the first from `bucket` on; `damaged` the runs whose manifests cannot be trusted; `unresolved` those that
    have to come back; `dead` the types with rows that lead nowhere; `cleared` counts runs whose files are gone."""

    report_id: str
    started_by: str
    phase: str = "judge"
    types: tuple[str, ...] | None = None
    bucket: str = ""
    damaged: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    cleared: int = 0
    counts: Counts = Counts()
    findings: tuple[dict[str, str], ...] = ()
    failures: int = 0
    error: str = ""

    @property
    def done(self) -> bool:
        """True at the end of the pass, well or not."""
        return self.phase == "done"


async def retain(
    step: RetentionStep, *, settings: Settings, stores: Stores, clock: Clock, tick: Callable[[], float] = time.monotonic
) -> RetentionStep:
    """Works for the time budget, at least on one part of one phase. Doing a step again changes nothing.

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


def failed(step: RetentionStep, error: str) -> RetentionStep:
    """The end of a pass that could not do its work."""
    return replace(step, phase="done", error=error)


async def report(step: RetentionStep, settings: Settings, stores: Stores, clock: Clock) -> None:
    """Writes down how far the pass is."""
    state: ReportState = "running" if not step.done else "failed" if step.error else "done"
    begun, now = started(step.report_id), clock()
    await stores.reports.put(
        KIND,
        ReportRow(
            report_id=step.report_id,
            state=state,
            started_at=iso(begun),
            started_by=step.started_by,
            ended_at=iso(now) if step.done else "",
            request={"mode": settings.retention_mode},
            counts=msgspec.to_builtins(step.counts),
            findings=step.findings,
            findings_count=len(step.findings),
            error=step.error,
        ),
    )
    if step.done:
        log.info(
            "retention.ended",
            mode=settings.retention_mode,
            due=step.counts.due,
            removed=step.counts.removed,
            kept=step.counts.kept,
            seconds=round((now - begun).total_seconds()),
        )


class _Pass:
    def __init__(self, step: RetentionStep, settings: Settings, stores: Stores, clock: Clock) -> None:
        self.step = step
        self._settings = settings
        self._tenant = settings.tenant_id
        self._stores = stores
        self._clock = clock

    async def next(self, ends: float) -> None:
        """Does one part."""
        phases: dict[str, Callable[[float], Awaitable[None]]] = {
            "judge": self._judge,
            "unlist": self._unlist,
            "move": self._move,
            "clear": self._clear,
            "sweep": self._sweep,
            "close": self._close,
        }
        await phases[self.step.phase](ends)

    def found(self, code: str, run: str, reason: str) -> None:
        """Adds to the findings of the report."""
        finding = {"code": code, "run": run, "reason": reason}
        if finding not in self.step.findings:
            self.step = replace(self.step, findings=(*self.step.findings, finding))

    # ---- who goes ----------------------------------------------------------------------------------------------------

    async def _judge(self, _: float) -> None:
        now, runs = self._clock(), await known_runs(self._stores)
        runs = await self._begun_before(runs)
        there = [one for one in runs if one.state is RunState.COMMITTED]
        if not there:
            self.step = replace(self.step, phase="unlist")
            return
        await self._not_before(now)
        damaged = await damaged_of(self._tenant, there, self._stores)
        for run, problem in damaged.items():
            log.warning("retention.kept", run=run, reason="damaged")
            self.found("damaged", run, problem)
        bases = await self._bases(there[0])
        decisions = decide((one.held(damaged) for one in there), rules_of(self._settings), now, bases=bases)
        due = await self._marked(there, decisions, now)
        going: list[str] = []
        if self._settings.retention_mode == "prune":
            going = self._going(decisions, due, now, len(runs) - len(there))
            # Of two that are due, the one that has a list for the other does not go before it.
            staying = {one.run for one in there} - set(going)
            going = [run for run in going if run not in needed((one.held(damaged) for one in there), staying)]
            for run in going:
                if run == there[0].run or run in bases:
                    raise Refused("newestWouldGo", f"the rules would let go of {run}, which the newest run is built on")
            for run in going:
                await self._become(run, RunState.PRUNING)
        counts = replace(self.step.counts, runs=len(there), due=len(due))
        self.step = replace(self.step, phase="unlist", damaged=tuple(damaged), counts=counts)

    async def _begun_before(self, runs: list[Known]) -> list[Known]:
        """A pass that was broken off left runs that are going. If runs are not to be removed any more, they come back
        as long as one has its manifest: nothing else has been touched then. Later they are removed to the end."""
        going = [one.run for one in runs if one.state is RunState.PRUNING]
        if self._settings.retention_mode == "prune":
            return runs
        for run in going:
            if await self._stores.blobs.exists(manifest_name(self._tenant, run)):
                for one in going:
                    await self._back(one, "mode")
                return await known_runs(self._stores)
        return runs

    async def _not_before(self, now: datetime) -> None:
        [newest], _ = await self._stores.runs.newest_first(1)
        if now < started(newest.run_id):
            raise Refused("clockBehind", f"it is {iso(now)} here, and the newest run is of {newest.run_id}")

    async def _bases(self, newest: Known) -> frozenset[str]:
        try:
            return frozenset((await checked_manifest(self._tenant, newest, self._stores)).bases.values())
        except (BlobMissing, FormatError) as error:
            raise Refused("newestUnreadable", f"the newest run cannot be read: {error.message}") from error

    async def _marked(self, there: list[Known], decisions: list[Decision], now: datetime) -> dict[str, datetime]:
        """Notes since when each run is due, and takes the mark from those that the rules keep again."""
        keep = {one.run: one.keep for one in decisions}
        due: dict[str, datetime] = {}
        for one in there:
            since = "" if keep[one.run] else one.due_at or iso(now)
            if since != one.due_at:
                await self._stores.runs.change(one.run, lambda row, since=since: replace(row, due_at=since))  # type: ignore[misc]
                if since:
                    log.info("retention.due", run=one.run)
            if since:
                due[one.run] = parse_iso(since)
        return due

    def _going(self, decisions: list[Decision], due: dict[str, datetime], now: datetime, begun: int) -> list[str]:
        notice = timedelta(seconds=self._settings.retention_notice)
        going, more_than_half = removable(decisions, due, now, notice, begun=begun)
        if more_than_half:
            log.warning("retention.refused", reason="moreThanHalf")
            self.found("waiting", "", "moreThanHalf")
        return going

    # ---- taking their names off --------------------------------------------------------------------------------------

    async def _unlist(self, _: float) -> None:
        """Puts the manifests away, oldest first: where the account still keeps one, it keeps the later ones too."""
        kept = False
        for one in reversed(await known_runs(self._stores)):
            if one.state is not RunState.PRUNING:
                continue
            try:
                if kept:
                    await self._kept(one.run, "immutable")
                else:
                    await put_away(self._tenant, one.run, self._stores)
            except BlobImmutable:
                kept = True
                await self._kept(one.run, "immutable")
            except IntegrityError as error:
                await self._kept(one.run, "damaged")
                self.found("damaged", one.run, error.message)
        await self._complete()
        self.step = replace(self.step, phase="move", types=None)

    async def _complete(self) -> None:
        """What came back is whole: the runs that have its lists come back too. Their files are all there yet."""
        runs = await known_runs(self._stores)
        stay = {one.run for one in runs if one.state is RunState.COMMITTED}
        for run in sorted(needed((one.held(self.step.damaged) for one in runs), stay)):
            await self._kept(run, "listed")

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
        again = False
        for run in self.step.unresolved:
            if (await self._stores.runs.get(run)).state is RunState.PRUNING:
                await self._kept(run, "unresolved")
                again = True  # what came back may hold versions that no other run does: the rows are gone through again
        if again:
            await self._complete()
        phase = "move" if again else "clear"
        self.step = replace(self.step, phase=phase, types=None, unresolved=(), dead=() if again else self.step.dead)

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
        runs = await known_runs(self._stores)
        if self.step.types is None:
            types = {key for one in runs if one.state is RunState.PRUNING for key in one.types}
            self.step = replace(self.step, types=tuple(sorted(types if only is None else types & set(only))), bucket="")
        if not self.step.types:
            return None
        key = self.step.types[0]
        holding = [one for one in reversed(runs) if key in one.types]
        there = [one.run for one in holding if one.state is RunState.COMMITTED]
        counted = await self._stores.runs.counted(fresh=True)
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
        going = await self._pruning()
        for some in batched(going[self.step.cleared :], _RUNS_AT_ONCE, strict=False):
            kept = await asyncio.gather(*(clear_run(self._tenant, run, self._stores) for run in some))
            counts = replace(self.step.counts, files_kept=self.step.counts.files_kept + sum(kept))
            self.step = replace(self.step, cleared=self.step.cleared + len(some), counts=counts)
            if time.monotonic() > ends:
                return
        self.step = replace(self.step, phase="sweep", types=None)

    async def _close(self, _: float) -> None:
        for run in await self._pruning():
            await self._become(run, RunState.REMOVED)
            log.info("retention.removed", run=run)
            self.step = replace(self.step, counts=replace(self.step.counts, removed=self.step.counts.removed + 1))
        self.step = replace(self.step, phase="done")

    # ---- their rows in `Runs` ----------------------------------------------------------------------------------------

    async def _pruning(self) -> list[str]:
        runs = [row.run_id async for row in self._stores.runs.of_states(RunState.PRUNING)]
        return sorted(runs, key=inverted, reverse=True)

    async def _become(self, run: str, state: RunState) -> None:
        removed_at = iso(self._clock()) if state is RunState.REMOVED else ""

        def changed(row: RunRow) -> RunRow:
            return replace(row, state=state, removed_at=removed_at) if row.state is not state else row

        await self._stores.runs.change(run, changed)

    async def _kept(self, run: str, reason: str) -> None:
        await self._back(run, reason)
        self.step = replace(self.step, counts=replace(self.step.counts, kept=self.step.counts.kept + 1))

    async def _back(self, run: str, reason: str) -> None:
        await taken_back(self._tenant, run, self._stores)
        await self._become(run, RunState.COMMITTED)
        log.warning("retention.kept", run=run, reason=reason)
        self.found("kept", run, reason)

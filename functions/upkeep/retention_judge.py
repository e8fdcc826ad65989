"""Who goes: the part of a pass that decides, and that may change its mind as long as no file has been deleted.

In: the rows of `Runs`, the settings, the clock. Out: runs that are `pruning`, marks on those that are due, and findings
for the report. A run comes back whole as long as its row does not say `final_at`: its manifest is put back.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched

from msgspec.structs import replace

from functions import log
from functions.clock import Clock, iso, parse_iso
from functions.core.retention import Decision, decide, needed, removable
from functions.core.runid import inverted, started
from functions.errors import BlobMissing, FormatError
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.runs import RunRow, RunState
from functions.upkeep.retention_runs import (
    Known,
    Roll,
    checked_manifest,
    damaged_of,
    rules_of,
    taken_back,
    unknown_runs,
)
from functions.upkeep.retention_step import Refused, RetentionStep

_LOOKED_AT = 64  # manifests, before the clock is


def over(ends: float) -> bool:
    """Whether the time is up. Asked behind a piece of work, so that each step does at least one."""
    return time.monotonic() > ends


class Judge:
    """A pass as far as it is about which runs go."""

    def __init__(self, step: RetentionStep, settings: Settings, stores: Stores, clock: Clock) -> None:
        self.step = step
        self._settings = settings
        self._tenant = settings.tenant_id
        self._stores = stores
        self._clock = clock
        self._roll = Roll(stores)

    def found(self, code: str, run: str, reason: str) -> None:
        """Adds to the findings of the report."""
        finding = {"code": code, "run": run, "reason": reason}
        if finding not in self.step.findings:
            self.step = replace(self.step, findings=(*self.step.findings, finding))

    async def judge(self, ends: float) -> None:
        """Decides which runs go in this pass, until the time is up; the next step decides the same of what is left.
        Raises Refused."""
        await self._all_known()
        if not await self.spared(ends):
            return
        now, runs = self._clock(), await self._roll.known()
        there = [one for one in runs if one.state is RunState.COMMITTED]
        if not there:
            self._judged()
            return
        await self._not_before(now)
        if not await self._looked(there, ends):
            return
        damaged = self.step.damaged
        bases = await self._bases(there[0])
        held = [one.held(damaged) for one in there]
        decisions = decide(held, rules_of(self._settings), now, bases=bases)
        due = await self._marked(there, decisions, now, ends)
        if due is None:
            return
        # Those that are on their way are due, too: some may be of a step before this one.
        begun = len(runs) - len(there)
        counts = replace(self.step.counts, runs=len(runs), due=len(due) + begun)
        self.step = replace(self.step, counts=counts)
        if self._settings.retention_mode == "prune":
            going = self._going(decisions, due, now, begun)
            # Of two that are due, the one that has a list for the other does not go before it.
            lists = needed(held, {one.run for one in there} - set(going))
            going = [run for run in going if run not in lists]
            for run in going:
                if run == there[0].run or run in bases:
                    raise Refused("newestWouldGo", f"the rules would let go of {run}, which the newest run is built on")
            # The newest first: one that has a list for another goes after it, wherever this breaks off.
            for run in reversed(going):
                await self._become(run, RunState.PRUNING)
                if over(ends):
                    return
        self._judged()

    def _judged(self) -> None:
        self.step = replace(self.step, phase="unlist", last="")

    async def _looked(self, there: Sequence[Known], ends: float) -> bool:
        """Looks at the manifests, oldest first, so that a run which commits meanwhile is looked at as well. False where
        the time was up."""
        left = [one for one in reversed(there) if not self.step.last or inverted(one.run) < inverted(self.step.last)]
        for some in batched(left, _LOOKED_AT, strict=False):
            for run, problem in (await damaged_of(self._tenant, some, self._stores)).items():
                log.warning("retention.kept", run=run, reason="damaged")
                self.found("damaged", run, problem)
                self.step = replace(self.step, damaged=(*self.step.damaged, run))
            self.step = replace(self.step, last=some[-1].run)
            if over(ends):
                return False
        return True

    async def spared(self, ends: float) -> bool:
        """Has runs come back that were to go, and are not to any more: the mode was changed, or the rules keep them
        again. Of those that have lost a file none comes back. False where the time was up."""
        runs = [one for one in await self._roll.known() if not one.final]
        begun = [one.run for one in runs if one.state is RunState.PRUNING]
        if not begun:
            return True
        reason = "mode"
        if self._settings.retention_mode == "prune":
            held = (one.held(self.step.damaged) for one in runs)
            keep = {one.run for one in decide(held, rules_of(self._settings), self._clock()) if one.keep}
            begun, reason = [run for run in begun if run in keep], "rules"
        return await self._back(begun, reason, ends) and await self._complete(ends)

    async def _all_known(self) -> None:
        """Of a run that has no row nobody can say which lists it needs, nor whether it is the newest."""
        unknown = await unknown_runs(self._tenant, self._stores)
        if unknown:
            raise Refused(
                "runsUnknown",
                f"the table of runs does not know {len(unknown)} that are there, such as {unknown[-1]}: "
                "have the index made anew",
            )

    async def _not_before(self, now: datetime) -> None:
        [newest], _ = await self._stores.runs.newest_first(1)
        if now < started(newest.run_id):
            raise Refused("clockBehind", f"it is {iso(now)} here, and the newest run is of {newest.run_id}")

    async def _bases(self, newest: Known) -> frozenset[str]:
        try:
            return frozenset((await checked_manifest(self._tenant, newest, self._stores)).bases.values())
        except (BlobMissing, FormatError) as error:
            raise Refused("newestUnreadable", f"the newest run cannot be read: {error.message}") from error

    async def _marked(
        self, there: list[Known], decisions: list[Decision], now: datetime, ends: float
    ) -> dict[str, datetime] | None:
        """Notes since when each run is due, and takes the mark from those that the rules keep again. None where the
        time was up."""
        keep = {one.run: one.keep for one in decisions}
        due: dict[str, datetime] = {}
        for one in there:
            since = "" if keep[one.run] else one.due_at or iso(now)
            if since != one.due_at:
                await self._stores.runs.change(one.run, lambda row, since=since: replace(row, due_at=since))  # type: ignore[misc]
                if since:
                    log.info("retention.due", run=one.run)
                if over(ends):
                    return None
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

    # ---- their rows in `Runs` ----------------------------------------------------------------------------------------

    async def _complete(self, ends: float) -> bool:
        """What came back is whole: the runs that have its lists come back too, as long as their files are all there.
        False where the time was up."""
        runs = [one for one in await self._roll.known() if not one.final]
        stay = {one.run for one in runs if one.state is RunState.COMMITTED}
        return await self._back(sorted(needed((one.held(self.step.damaged) for one in runs), stay)), "listed", ends)

    async def _back(self, runs: Iterable[str], reason: str, ends: float) -> bool:
        """Has runs come back until the time is up, and says whether it was enough for all of them."""
        for run in runs:
            await self._kept(run, reason)
            if over(ends):
                return False
        return True

    async def _become(self, run: str, state: RunState) -> None:
        removed_at = iso(self._clock()) if state is RunState.REMOVED else ""

        def changed(row: RunRow) -> RunRow:
            return replace(row, state=state, removed_at=removed_at) if row.state is not state else row

        await self._stores.runs.change(run, changed)

    async def _kept(self, run: str, reason: str) -> None:
        await taken_back(self._tenant, run, self._stores)
        await self._become(run, RunState.COMMITTED)
        log.warning("retention.kept", run=run, reason=reason)
        self.found("kept", run, reason)
        self.step = replace(self.step, counts=replace(self.step.counts, kept=self.step.counts.kept + 1))

"""Who goes: the part of a pass that decides, and that may change its mind as long as no file has been deleted.

In: the rows of `Runs`, the settings, the clock. Out: runs that are `pruning`, marks on those that are due, and findings
for the report. A run comes back whole as long as its row does not say `final_at`: its manifest is put back.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from functions import log
from functions.clock import Clock, iso, parse_iso
from functions.core.retention import Decision, decide, needed, removable
from functions.core.runid import started
from functions.errors import BlobMissing, FormatError
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.runs import RunRow, RunState
from functions.upkeep.retention_runs import (
    Known,
    checked_manifest,
    damaged_of,
    known_runs,
    rules_of,
    taken_back,
    unknown_runs,
)
from functions.upkeep.retention_step import Refused, RetentionStep


class Judge:
    """A pass as far as it is about which runs go."""

    def __init__(self, step: RetentionStep, settings: Settings, stores: Stores, clock: Clock) -> None:
        self.step = step
        self._settings = settings
        self._tenant = settings.tenant_id
        self._stores = stores
        self._clock = clock

    def found(self, code: str, run: str, reason: str) -> None:
        """Adds to the findings of the report."""
        finding = {"code": code, "run": run, "reason": reason}
        if finding not in self.step.findings:
            self.step = replace(self.step, findings=(*self.step.findings, finding))

    async def judge(self, _: float) -> None:
        """Decides which runs go in this pass. Raises Refused."""
        await self._all_known()
        await self.spared()
        now, runs = self._clock(), await known_runs(self._stores)
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
        held = [one.held(damaged) for one in there]
        decisions = decide(held, rules_of(self._settings), now, bases=bases)
        due = await self._marked(there, decisions, now)
        if self._settings.retention_mode == "prune":
            going = self._going(decisions, due, now, len(runs) - len(there))
            # Of two that are due, the one that has a list for the other does not go before it.
            lists = needed(held, {one.run for one in there} - set(going))
            going = [run for run in going if run not in lists]
            for run in going:
                if run == there[0].run or run in bases:
                    raise Refused("newestWouldGo", f"the rules would let go of {run}, which the newest run is built on")
            for run in going:
                await self._become(run, RunState.PRUNING)
        counts = replace(self.step.counts, runs=len(there), due=len(due))
        self.step = replace(self.step, phase="unlist", damaged=tuple(damaged), counts=counts)

    async def spared(self) -> bool:
        """Has runs come back that were to go, and are not to any more, and says whether there were any: the mode was
        changed, or the rules keep them again. Of those that have lost a file none comes back."""
        runs = [one for one in await known_runs(self._stores) if not one.final]
        begun = [one.run for one in runs if one.state is RunState.PRUNING]
        if not begun:
            return False
        reason = "mode"
        if self._settings.retention_mode == "prune":
            held = (one.held(self.step.damaged) for one in runs)
            keep = {one.run for one in decide(held, rules_of(self._settings), self._clock()) if one.keep}
            begun, reason = [run for run in begun if run in keep], "rules"
        for run in begun:
            await self._kept(run, reason)
        if begun:
            await self._complete()
        return bool(begun)

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

    # ---- their rows in `Runs` ----------------------------------------------------------------------------------------

    async def _complete(self) -> None:
        """What came back is whole: the runs that have its lists come back too, as long as their files are all there."""
        runs = [one for one in await known_runs(self._stores) if not one.final]
        stay = {one.run for one in runs if one.state is RunState.COMMITTED}
        for run in sorted(needed((one.held(self.step.damaged) for one in runs), stay)):
            await self._kept(run, "listed")

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

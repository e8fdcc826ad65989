"""What is handed on from one step of retention to the next, and the report that is made of it.

In: a step. Out: its row in the table of reports, and the line in the log when the pass has ended.
"""

import msgspec
from msgspec.structs import replace

from functions import log
from functions.clock import Clock, iso
from functions.core.runid import started
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.reports import Kind, ReportRow, ReportState

KIND: Kind = "retention"


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
    the phase, the first from `bucket` on; `last` is the run that was done last in it, where they are done one after the
    other; `damaged` the runs whose manifests cannot be trusted; `kept` says that the account keeps manifests;
    `unresolved` are the runs that have to come back; `dead` the types with rows that lead nowhere; `going` counts the
    runs that went when the rows were begun with, `cleared` those whose files are gone."""

    report_id: str
    started_by: str
    phase: str = "judge"
    types: tuple[str, ...] | None = None
    bucket: str = ""
    damaged: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    going: int = 0
    cleared: int = 0
    last: str = ""
    kept: bool = False
    counts: Counts = Counts()
    findings: tuple[dict[str, str], ...] = ()
    failures: int = 0
    error: str = ""

    @property
    def done(self) -> bool:
        """True at the end of the pass, well or not."""
        return self.phase == "done"


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

"""The calls about verification: start one, and see what the last one found or how far it is.

A report that says it works while no orchestration does is shown as failed: it is dead.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from functions.api.answers import ReportStarted
from functions.api.bodies import Body, StartVerification
from functions.api.call import Request
from functions.api.problem import refused
from functions.api.reply import Reply, answer
from functions.api.verify_answers import (
    DepthName,
    FindingAnswer,
    LastClean,
    VerifyAnswer,
    VerifyProgress,
    VerifyReport,
)
from functions.clock import iso
from functions.core.runid import started
from functions.core.verify import INFORMATION, REMEDIES
from functions.errors import RowMissing
from functions.storage.reports import ReportRow
from functions.storage.runs import RunState
from functions.upkeep.verify_start import KIND, start, under_way

_LOOKED_BACK = 60  # reports: a month of daily ones and as many by hand
_DEAD = "It stopped before its report was written; start it again"


async def start_verification(request: Request[StartVerification]) -> Reply:
    """202 with where to look. Raises verifyAlreadyRunning, indexBusy, unknownRun."""
    here, body = request.services, request.body
    runs = tuple(body.runs or ())
    for run in runs:
        await _check(request, run)
    report = await start(
        request.durable,
        here.stores,
        here.settings.tenant_id,
        body.depth,
        runs=runs,
        started_by=request.caller.label,
        clock=here.clock,
    )
    page = request.url("verify")
    return answer(ReportStarted(report, page), 202, location=page)


async def show_verification(request: Request[Body]) -> Reply:
    """The newest report, those before it, and when all was last well."""
    here = request.services
    told = await under_way(request.durable, here.settings.tenant_id)
    brief = await here.stores.reports.newest(KIND, _LOOKED_BACK, findings=False)
    newest = await here.stores.reports.newest(KIND)  # after the look at the orchestration, which may just have ended
    # One that ended between the two looks is not still at work in one half of the answer.
    rows = newest + [row for row in brief if row.report_id not in {one.report_id for one in newest}]
    report = _shown(newest[0], told) if newest else None
    if told and told.get("reportId") and (report is None or report.report_id < told["reportId"]):
        report = _begun(told)
    earlier = [row for row in rows if report is None or row.report_id != report.report_id]
    return answer(
        VerifyAnswer(
            report=report,
            earlier=tuple(_summary(row, told) for row in earlier[: request.query.top]),
            last_clean=LastClean(_last_clean(rows, "present"), _last_clean(rows, "readable")),
        )
    )


async def _check(request: Request[Any], run: str) -> None:
    try:
        row = await request.services.stores.runs.get(run)
    except RowMissing:
        row = None
    if row is None or row.state is not RunState.COMMITTED:
        raise refused("unknownRun", f"There is no run {run}")


def _last_clean(rows: list[ReportRow], depth: DepthName) -> str | None:
    """When the newest verification of all runs ended that found no damage; a `readable` one looks for files, too."""
    for row in rows:
        whole = row.state == "done" and not row.request.get("runs")
        deep = depth == "present" or row.request.get("depth") == "readable"
        if whole and deep and not any(name in REMEDIES and name not in INFORMATION for name in row.counts):
            return row.ended_at
    return None


def _shown(row: ReportRow, told: Mapping[str, Any] | None) -> VerifyReport:
    """A report whole: with its findings, or with its progress while it works."""
    report = _summary(row, told)
    if report.state == "running" and told:
        return replace(
            report, counts=dict(told.get("counts", {})), found=dict(told.get("found", {})), progress=_left(told)
        )
    return replace(report, findings=tuple(_finding(one) for one in row.findings))


def _summary(row: ReportRow, told: Mapping[str, Any] | None) -> VerifyReport:
    dead = row.state == "running" and (told is None or told.get("reportId") not in {None, row.report_id})
    return VerifyReport(
        report_id=row.report_id,
        state="failed" if dead else row.state,
        depth=row.request.get("depth", "present"),
        due=bool(row.request.get("due")),
        index=row.request.get("depth") == "readable" and not row.request.get("runs"),
        runs=tuple(row.request.get("runs", ())) or UNSET,
        started_at=row.started_at,
        ended_at=row.ended_at or None,
        started_by=row.started_by,
        counts={name: number for name, number in row.counts.items() if name not in REMEDIES},
        found={name: number for name, number in row.counts.items() if name in REMEDIES},
        error=_DEAD if dead else row.error or UNSET,
    )


def _begun(told: Mapping[str, Any]) -> VerifyReport:
    """One that was started a moment ago and has no row yet."""
    return VerifyReport(
        report_id=told["reportId"],
        state="running",
        depth=told.get("depth", "readable"),
        due=bool(told.get("due")),
        index=bool(told.get("index", told.get("depth") == "readable" and not told.get("runs"))),
        started_at=iso(started(told["reportId"])),
        ended_at=None,
        started_by=str(told.get("startedBy", "")),
        counts={},
        found={},
        progress=_left(told),
    )


def _left(told: Mapping[str, Any]) -> VerifyProgress:
    runs = told.get("runs", 0)
    return VerifyProgress(
        runs=runs if isinstance(runs, int) else 0,  # what was asked for stands in: a list of them
        runs_left=told.get("runsLeft", 0),
        types_left=told.get("typesLeft", 0),
    )


def _finding(one: Mapping[str, Any]) -> FindingAnswer:
    return FindingAnswer(
        code=one["code"],
        run=one["run"],
        type=one.get("type") or UNSET,
        name=one.get("name") or UNSET,
        object=one.get("object") or UNSET,
        message=one["message"],
        remedy=one["remedy"],
        damage=one["code"] not in INFORMATION,
    )

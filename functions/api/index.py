"""The calls about the index: have it made anew from the files, and see how far that is."""

from msgspec import UNSET

from functions.api.answers import IndexAnswer, IndexFinding, ReportStarted
from functions.api.bodies import Body, RebuildIndex
from functions.api.call import Request
from functions.api.problem import refused
from functions.api.reply import Reply, answer
from functions.api.reports import newest_report
from functions.backup.start import rebuild_id
from functions.upkeep import rebuild_flow

_DEAD = "It stopped before it was done: have the index made anew again, with replace"


async def rebuild_index(request: Request[RebuildIndex]) -> Reply:
    """202 with where to look. Raises indexBusy, indexNotEmpty."""
    here = request.services
    step = await rebuild_flow.start(
        request.durable,
        here.stores,
        here.settings.tenant_id,
        replace=request.body.replace,
        started_by=request.caller.label,
        clock=here.clock,
    )
    page = request.url("index")
    return answer(ReportStarted(step.report_id, page), 202, location=page)


async def show_index(request: Request[Body]) -> Reply:
    """How the last rebuild went, or how far it is. Raises neverRebuilt."""
    row, dead = await newest_report(request, "index", rebuild_id(request.services.settings.tenant_id))
    if row is None:
        raise refused("neverRebuilt", "The index has never been made anew")
    findings = tuple(
        IndexFinding(one["code"], one["run"], one["type"] or UNSET, one["message"]) for one in row.findings
    )
    return answer(
        IndexAnswer(
            report_id=row.report_id,
            state="failed" if dead else row.state,
            started_at=row.started_at,
            ended_at=row.ended_at or None,
            started_by=row.started_by,
            runs=row.counts.get("runs", 0),
            rows=row.counts.get("rows", 0),
            findings=findings,
            error=(_DEAD if dead else row.error) or UNSET,
        )
    )

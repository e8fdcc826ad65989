"""The call about retention: what the rules say of every run that is there, and what the last pass did."""

from datetime import timedelta

import msgspec
from msgspec import UNSET

from functions.api.answers import (
    ReasonAnswer,
    RetainedRun,
    RetentionAnswer,
    RetentionFinding,
    RetentionMode,
    RetentionPass,
    RulesAnswer,
)
from functions.api.bodies import Body
from functions.api.call import Request
from functions.api.reply import Reply, answer
from functions.api.reports import newest_report
from functions.clock import iso, parse_iso
from functions.core.retention import Decision, decide
from functions.core.runid import inverted
from functions.storage.reports import ReportRow
from functions.storage.runs import RunState
from functions.upkeep.retention_flow import retention_id
from functions.upkeep.retention_runs import Known, known_runs, rules_of
from functions.upkeep.retention_step import KIND

_DEAD = "It stopped before it was done; the next pass goes on with it"


async def show_retention(request: Request[Body]) -> Reply:
    """The rules, each run with the reasons for which it stays or since when it is due, and the last pass."""
    here = request.services
    settings, rules = here.settings, rules_of(here.settings)
    runs = await known_runs(here.stores)
    report, dead = await newest_report(request, KIND, retention_id(settings.tenant_id))
    last = _pass(report, dead=dead) if report else UNSET
    there = [one for one in runs if one.state is RunState.COMMITTED]
    damaged = {one["run"] for one in report.findings if one["code"] == "damaged"} if report else set[str]()
    decisions = {one.run: one for one in decide((one.held(damaged) for one in there), rules, here.clock())}
    notice = timedelta(seconds=settings.retention_notice)
    shown = RetentionAnswer(
        mode=msgspec.convert(settings.retention_mode, RetentionMode),
        notice_hours=settings.retention_notice / 3600,
        rules=RulesAnswer(
            all_days=rules.all_days,
            daily=rules.daily,
            weekly=rules.weekly,
            monthly=rules.monthly,
            yearly=rules.yearly,
        ),
        runs=tuple(
            _run(one, decisions.get(one.run, Decision(one.run)), notice)
            for one in sorted(runs, key=lambda one: inverted(one.run))
        ),
        last=last,
    )
    return answer(shown)


def _run(known: Known, decision: Decision, notice: timedelta) -> RetainedRun:
    due = "" if decision.keep else known.due_at
    return RetainedRun(
        run_id=known.run,
        state="committed" if known.state is RunState.COMMITTED else "pruning",
        keep=decision.keep,
        reasons=tuple(
            ReasonAnswer(reason.text, iso(reason.until) if reason.until else UNSET) for reason in decision.reasons
        ),
        kept_until=iso(decision.until) if decision.until else UNSET,
        due_at=due or UNSET,
        goes_at=iso(parse_iso(due) + notice) if due else UNSET,
    )


def _pass(row: ReportRow, *, dead: bool) -> RetentionPass:
    return RetentionPass(
        report_id=row.report_id,
        state="failed" if dead else row.state,
        mode=row.request.get("mode", ""),
        started_at=row.started_at,
        ended_at=row.ended_at or None,
        started_by=row.started_by,
        counts=dict(row.counts),
        findings=tuple(RetentionFinding(one["code"], one["run"] or UNSET, one["reason"]) for one in row.findings),
        error=(_DEAD if dead else row.error) or UNSET,
    )

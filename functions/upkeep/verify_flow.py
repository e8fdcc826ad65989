"""The orchestration of a verification: it opens, goes from run to run and from type to type, and closes with a report.

Deterministic: no time, no settings, no I/O here. What is found stands in the histories of the calls, so a call that is
delivered twice changes nothing. Storage that cannot be read for long ends it as failed: that says nothing of backups.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from functions.core.verify import Tally
from functions.durable import Context, why
from functions.upkeep.verify_messages import (
    CloseRequest,
    IndexPlace,
    IndexReply,
    IndexRequest,
    Opened,
    RunPlace,
    RunsReply,
    RunsRequest,
    VerifyRequest,
)

ORCHESTRATION = "verify_backups"
OPEN, RUNS, INDEX, CLOSE = "verify_open", "verify_runs", "verify_index", "verify_close"

type Flow = Generator[Any, Any, Any]

_PATIENCE = (30, 60, 120, 240)  # seconds before each further try of a call
_CALLS_A_GENERATION = 20  # replays are quadratic in history


class VerifyState(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How far a verification is: what is left, and what was found. `work` is the blob that says which runs there are to
    look at, `total` how many, and `looked` at how many of them it has been."""

    request: VerifyRequest
    opened: bool = False
    work: str = ""
    total: int = 0
    looked: int = 0
    run_place: RunPlace | None = None
    types: tuple[str, ...] = ()
    index_place: IndexPlace | None = None
    tally: Tally = Tally()

    @property
    def done(self) -> bool:
        """True when nothing is left to look at."""
        return self.opened and self.looked == self.total and not self.types


def verify_backups(context: Context) -> Flow:
    """Input: a VerifyState as JSON. Returns the tally as JSON."""
    state = msgspec.convert(context.get_input(), VerifyState)
    error = ""
    for _ in range(_CALLS_A_GENERATION):
        _show(context, state)
        if state.done:
            break
        try:
            state, wait = yield from _next(context, state)
        except _Failed as failure:
            error = failure.reason
            break
        if wait:
            yield context.create_timer(context.current_utc_datetime + timedelta(seconds=wait))
    else:
        context.continue_as_new(msgspec.to_builtins(state))
        return None
    close = CloseRequest(state.request, state.tally, error)
    yield from _patiently(context, CLOSE, close)
    return msgspec.to_builtins(state.tally)


class _Failed(Exception):
    """A call that could not be done however often it was tried."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _next(context: Context, state: VerifyState) -> Flow:
    """One call. Returns the state after it, and the seconds to wait before the next."""
    request = state.request
    if not state.opened:
        opened = msgspec.convert((yield from _patiently(context, OPEN, request)), Opened)
        return replace(
            state, opened=True, work=opened.work, total=opened.tasks, types=opened.types, tally=opened.tally
        ), 0.0
    if state.looked < state.total:
        asked = RunsRequest(request.tenant_id, state.work, state.looked, state.run_place)
        reply = msgspec.convert((yield from _patiently(context, RUNS, asked)), RunsReply)
        looked, tally = state.looked + reply.done, state.tally.plus(reply.tally)
        return replace(state, looked=looked, run_place=reply.place, tally=tally), 0.0
    bad = tuple(sorted({one.name for one in state.tally.findings if "/_toc/" in one.name}))
    wanted = IndexRequest(request.report_id, request.tenant_id, state.work, state.types, bad, state.index_place)
    found = msgspec.convert((yield from _patiently(context, INDEX, wanted)), IndexReply)
    types, tally = state.types[found.done :], state.tally.plus(found.tally)
    wait = found.place.wait if found.place else 0.0
    return replace(state, types=types, index_place=found.place, tally=tally), wait


def _patiently(context: Context, activity: str, request: msgspec.Struct) -> Flow:
    """A call that may be repeated as it is. Raises _Failed with what it said last."""
    for wait in (*_PATIENCE, 0):
        try:
            return (yield context.call_activity(activity, msgspec.to_builtins(request)))
        except Exception as error:  # the SDK raises nothing narrower; the activity has logged what it was
            if not wait:
                raise _Failed(why(error)) from error
        yield context.create_timer(context.current_utc_datetime + timedelta(seconds=wait))
    return None


def _show(context: Context, state: VerifyState) -> None:
    """What GET /api/verify tells while the work goes on."""
    context.set_custom_status(
        {
            "reportId": state.request.report_id,
            "depth": state.request.depth,
            "due": state.request.due,
            "index": state.request.depth == "readable" and not state.request.runs,
            "startedBy": state.request.started_by,
            "runs": state.total,
            "runsLeft": state.total - state.looked,
            "typesLeft": len(state.types),
            "counts": state.tally.counts,
            "found": state.tally.found,
        }
    )

"""The calls about runs: start one, list them, look at one.

A run that is under way is shown from its progress rows, one that has ended from its row, which holds what its manifest
says. A run that says it works while no orchestration does is shown as failed: it is dead, and the next run buries it.
"""

from typing import Any

import msgspec
from msgspec import UNSET

from functions.api.answers import GapAnswer, ReferencesAnswer, RunAnswer, RunList, RunType, Started
from functions.api.bodies import Body, StartBackup
from functions.api.call import Request
from functions.api.problem import refused
from functions.api.reply import Reply, answer
from functions.backup.kept import manifest_of
from functions.backup.start import running_run, start
from functions.catalogue import ENTRIES
from functions.catalogue.choice import enabled
from functions.clock import iso
from functions.core.runid import started
from functions.errors import RowMissing
from functions.storage.runs import WAS_COMMITTED, RunRow, RunState

_MOST_RUNS = 100  # a page of them: each says something of over a hundred types
_DEAD = "The run stopped before its manifest was written; the next run starts afresh"


async def start_backup(request: Request[StartBackup]) -> Reply:
    """202 with the run's id and page. Raises backupAlreadyRunning."""
    here = request.services
    types = tuple(request.body.types or enabled((await here.stores.choices.types()).choice, ENTRIES))
    if not types:
        raise refused("invalidBody", "No type is switched on: name those to back up in types")
    run = await start(
        request.durable,
        here.stores,
        here.settings.tenant_id,
        types,
        request.caller.label,
        here.clock,
    )
    page = request.url(f"backups/{run}")
    return answer(Started(run, page), 202, location=page)


async def list_backups(request: Request[Body]) -> Reply:
    """A page of runs, newest first, without those that retention has removed."""
    top = min(request.query.top, _MOST_RUNS)
    rows, cursor = await request.services.stores.runs.newest_first(top, request.query.cursor, without=RunState.REMOVED)
    under_way = await _under_way(request) if any(row.state == "running" for row in rows) else ""
    runs = tuple([await _shown(request, row, under_way) for row in rows])
    return answer(RunList(runs, cursor or msgspec.UNSET))


async def show_backup(request: Request[Body]) -> Reply:
    """One run. A run that has just been started may not have its row yet: its orchestration vouches for it."""
    run = request.path.run_id
    row, under_way = await _row(request, run), ""
    if row is None:
        under_way = await _under_way(request)
        row = await _row(request, run)  # it may have begun between the two looks
    elif row.state == "running":
        under_way = await _under_way(request)
    if row is not None:
        return answer(await _with_manifest(request, await _shown(request, row, under_way)))
    if under_way == run:
        return answer(
            RunAnswer(run_id=run, state="running", started_at=iso(started(run)), ended_at=None, started_by="", types={})
        )
    raise refused("unknownRun", f"There is no run {run}")


async def _with_manifest(request: Request[Any], shown: RunAnswer) -> RunAnswer:
    """What a row of a table has no room for: alerts, and ids that lead nowhere."""
    if shown.state not in WAS_COMMITTED:
        return shown
    here = request.services
    manifest = await manifest_of(here.stores.blobs, here.settings.tenant_id, shown.run_id)
    told = msgspec.to_builtins(manifest)
    return msgspec.structs.replace(
        shown,
        alerts=msgspec.convert(told["alerts"], tuple[GapAnswer, ...]),
        references=msgspec.convert(told["references"], ReferencesAnswer) if manifest.references else UNSET,
    )


async def _row(request: Request[Any], run: str) -> RunRow | None:
    try:
        return await request.services.stores.runs.get(run)
    except RowMissing:
        return None


async def _under_way(request: Request[Any]) -> str:
    return await running_run(request.durable, request.services.settings.tenant_id)


async def _shown(request: Request[Any], row: RunRow, under_way: str) -> RunAnswer:
    if row.state == "running" and row.run_id != under_way:
        # It may have ended between the two looks: the row says so before the orchestration does.
        row = await _row(request, row.run_id) or row
    types = {key: msgspec.convert(result, RunType) for key, result in row.types.items()}
    state, error = str(row.state), row.error
    if row.state == "running":
        types = await _progress(request, row.run_id)
        state, error = ("running", "") if row.run_id == under_way else ("failed", _DEAD)
    return msgspec.convert(
        {
            "runId": row.run_id,
            "state": state,
            "startedAt": row.started_at,
            "endedAt": row.ended_at or None,
            "startedBy": row.started_by,
            "types": types,
            **({"dueAt": row.due_at} if row.due_at else {}),
            **({"removedAt": row.removed_at} if row.removed_at else {}),
            **({"error": error} if error else {}),
        },
        RunAnswer,
    )


async def _progress(request: Request[Any], run: str) -> dict[str, RunType]:
    rows = await request.services.stores.runs.progress(run)
    return {
        row.type: RunType(phase=row.phase, objects=row.objects, requests=row.requests, updated_at=row.updated_at)
        for row in rows
    }

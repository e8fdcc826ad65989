"""Starting a backup: by timer or by a caller, at most one a tenant at a time."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from functions import log
from functions.backup.messages import BackupRequest
from functions.clock import Clock
from functions.core.runid import run_id, started
from functions.durable import Starter, works
from functions.errors import CallerError, RowMissing
from functions.storage.open import Stores
from functions.storage.runs import RunState

_ENDING, _PAUSE = 10.0, 0.2  # seconds that an orchestration has to end after its run, and between two looks at it


def instance_id(tenant: str) -> str:
    """The one orchestration instance that backs up a tenant: a fixed id, so that two cannot run."""
    return f"backup-{tenant}"


def rebuild_id(tenant: str) -> str:
    """The one orchestration instance that makes a tenant's index anew: no backup starts while it works."""
    return f"rebuild-{tenant}"


async def start(
    starter: Starter,
    stores: Stores,
    tenant: str,
    types: Sequence[str],
    started_by: str,
    clock: Clock,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> str:
    """Starts a run of these types and returns its id.

    Raises CallerError 409: `backupAlreadyRunning` when one runs; its message names that run; `indexBusy` while the
    index is being made anew: what it does not know yet would count as created.
    """
    rebuild = await starter.get_status(rebuild_id(tenant))
    if works(rebuild):
        raise CallerError(
            409, "indexBusy", "the index is being made anew", remedy="Wait until it is done: GET /api/index"
        )
    if running := await _under_way(starter, stores, tenant, sleep):
        raise already_running(running)
    taken: set[str] = set()
    moment = await _not_before_the_last(stores, clock())
    while await _exists(stores, run := run_id(moment, taken.__contains__)):
        taken.add(run)
    request = BackupRequest(run, tenant, tuple(types), started_by, secrets.token_hex(8))
    try:
        await starter.start_new("backup_tenant", instance_id(tenant), msgspec.to_builtins(request))
    except Exception as error:
        # The SDK raises a bare Exception when another start came first; anything else is passed on.
        running_request = await _running_request(starter, tenant)
        if running_request is None:
            raise
        if running_request != request:
            raise already_running(running_request.run_id) from error
    log.info("run.started", run=run, types=len(request.types), by=log.starter(started_by))
    return run


async def _under_way(starter: Starter, stores: Stores, tenant: str, sleep: Callable[[float], Awaitable[None]]) -> str:
    """The run under way, "" for none.

    A run is shown as ended a moment before its orchestration is: who has seen that may start the next one at once.
    """
    running = await running_run(starter, tenant)
    for _ in range(round(_ENDING / _PAUSE)):
        if not running or not await _ended(stores, running):
            break
        await sleep(_PAUSE)
        running = await running_run(starter, tenant)
    return running


async def _ended(stores: Stores, run: str) -> bool:
    try:
        return (await stores.runs.get(run)).state is not RunState.RUNNING
    except RowMissing:
        return False


async def _not_before_the_last(stores: Stores, now: datetime) -> datetime:
    """The moment a run is named after: a clock that was set back must not file it before the run it follows."""
    newest, _ = await stores.runs.newest_first(1)
    if not newest or now >= started(newest[0].run_id):
        return now
    log.warning("clock.behind", newest=newest[0].run_id)
    return started(newest[0].run_id) + timedelta(seconds=1)


async def _exists(stores: Stores, run: str) -> bool:
    try:
        await stores.runs.get(run)
    except RowMissing:
        return False
    return True


async def running_run(starter: Starter, tenant: str) -> str:
    """The id of the run under way, "" when there is none."""
    request = await _running_request(starter, tenant)
    return request.run_id if request else ""


async def _running_request(starter: Starter, tenant: str) -> BackupRequest | None:
    status = await starter.get_status(instance_id(tenant))
    if not works(status):
        return None
    given = status.input_
    if isinstance(given, str):
        given = msgspec.json.decode(given)
    return msgspec.convert(given, BackupRequest)


def already_running(run: str) -> CallerError:
    """The refusal of a second backup."""
    return CallerError(
        409, "backupAlreadyRunning", f"run {run} is still under way", remedy=f"Wait for it: GET /api/backups/{run}"
    )

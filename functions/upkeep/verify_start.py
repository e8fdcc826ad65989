"""Starting a verification: by timer or by a caller, at most one a tenant at a time."""

import secrets
from typing import Any

import msgspec

from functions import log
from functions.backup.start import rebuild_id
from functions.clock import Clock
from functions.core.runid import run_id
from functions.durable import Starter, works
from functions.errors import CallerError
from functions.storage.open import Stores
from functions.storage.reports import Kind
from functions.upkeep.verify_flow import ORCHESTRATION, VerifyState
from functions.upkeep.verify_messages import Depth, VerifyRequest

KIND: Kind = "verify"


def verify_id(tenant: str) -> str:
    """The one orchestration instance that verifies a tenant's backups: a fixed id, so that two cannot run."""
    return f"verify-{tenant}"


async def start(
    starter: Starter,
    stores: Stores,
    tenant: str,
    depth: Depth,
    *,
    runs: tuple[str, ...] = (),
    due: bool = False,
    started_by: str,
    clock: Clock,
) -> str:
    """Starts a verification and returns the id of its report.

    Raises CallerError 409: `verifyAlreadyRunning`, or `indexBusy` while the index is being made anew.
    """
    if await under_way(starter, tenant) is not None:
        raise CallerError(
            409, "verifyAlreadyRunning", "a verification is under way", remedy="Wait for it: GET /api/verify"
        )
    if await _running(starter, rebuild_id(tenant)):
        raise CallerError(409, "indexBusy", "the index is being made anew", remedy="Wait for it: GET /api/index")
    taken = {row.report_id for row in await stores.reports.newest(KIND, 10, findings=False)}
    request = VerifyRequest(
        report_id=run_id(clock(), taken.__contains__),
        tenant_id=tenant,
        depth=depth,
        runs=runs,
        due=due,
        started_by=started_by,
        nonce=secrets.token_hex(8),
    )
    state = msgspec.to_builtins(VerifyState(request=request))
    try:
        await starter.start_new(ORCHESTRATION, verify_id(tenant), state)
    except Exception as error:
        # The SDK raises a bare Exception when another start came first; anything else is passed on.
        if await under_way(starter, tenant) is None:
            raise
        raise CallerError(
            409, "verifyAlreadyRunning", "a verification is under way", remedy="Wait for it: GET /api/verify"
        ) from error
    log.info(
        "verify.started", report=request.report_id, depth=depth, runs=len(runs) or "all", by=log.starter(started_by)
    )
    return request.report_id


async def under_way(starter: Starter, tenant: str) -> dict[str, Any] | None:
    """What the verification that works tells of itself, None where there is none. Its first words come late: what it
    was asked for stands in until then."""
    status = await starter.get_status(verify_id(tenant))
    if not works(status):
        return None
    told = status.custom_status
    if isinstance(told, str):
        told = msgspec.json.decode(told)
    if isinstance(told, dict) and told:
        return told
    given = status.input_
    given = msgspec.json.decode(given) if isinstance(given, str) else given
    return dict(given["request"]) if isinstance(given, dict) and "request" in given else {}


async def _running(starter: Starter, instance: str) -> bool:
    return works(await starter.get_status(instance))

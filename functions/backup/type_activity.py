"""The activity `backup_type`: one call's worth of work on one type, from its checkpoint to the next one or the result.

Whatever Graph or storage did wrong comes back as a value: the type's outcome and a gap. Running the same call twice
gives the same blobs and rows: files are committed from the block list in the orchestration's history, rows are upserts.
"""

import secrets
import time
from collections.abc import AsyncIterator
from copy import deepcopy

from functions import log
from functions.backup.collect import Collector
from functions.backup.doubt import USUALLY, Doubting
from functions.backup.index import index_type
from functions.backup.logs import backup_log
from functions.backup.messages import Checkpoint, TypeReply, TypeRequest
from functions.backup.progress import Progress
from functions.backup.reading import Reading
from functions.backup.upload import BlockFile, write_pieces
from functions.backup.workspace import Workspace
from functions.catalogue.model import ObjectType, Outcome, Read
from functions.clock import Clock, iso
from functions.core import names
from functions.core.manifest import Gap, TypeResult
from functions.core.run_alerts import BASE_UNREADABLE
from functions.core.toc import read_ids
from functions.errors import BlobMissing, FormatError, GraphError, GraphThrottled, LifeboatError, StoreError
from functions.graph.classify import gap
from functions.graph.client import GraphClient
from functions.storage.open import Stores
from functions.storage.runs import RunState

_MOST_WAITS = 6
INDEX_INCOMPLETE = "indexIncomplete"  # the code of the gap of a type whose rows are only partly there
_SHORTEST_WAIT, _LONGEST_WAIT = 30.0, 3600.0  # seconds
_REFUSALS = {Outcome.REFUSED, Outcome.UNLICENSED, Outcome.UNAVAILABLE}
_REFUSED = {"permissionMissing", "licenceMissing", "notInThisCloud"}  # the codes of parts that were refused


async def backup_type(
    request: TypeRequest,
    entry: ObjectType,
    *,
    client: GraphClient,
    stores: Stores,
    cloud: str,
    budget: float,
    clock: Clock,
    doubting: Doubting = USUALLY,
) -> TypeReply:
    """One call: reads or indexes until done or until `budget` seconds are used up. `entry` is the type's own;
    `doubting` says when objects of which many are gone at once are asked for again."""
    if entry.read is Read.LOG:
        return await backup_log(request, entry, client=client, stores=stores, cloud=cloud, budget=budget, clock=clock)
    work = _Work(request, entry, client.with_usage(), stores, cloud, budget, clock, doubting)
    try:
        return await work.run()
    except StoreError as error:
        return work.unstored(error)
    except LifeboatError as error:
        return work.failed(error)


class _Work:
    def __init__(
        self,
        request: TypeRequest,
        entry: ObjectType,
        client: GraphClient,
        stores: Stores,
        cloud: str,
        budget: float,
        clock: Clock,
        doubting: Doubting,
    ) -> None:
        self._doubting = doubting
        self._request = request
        self._client = client
        self._stores = stores
        self._blobs = stores.of(entry)
        self._cloud = cloud
        self._clock = clock
        self._entry = entry
        self._ends = time.monotonic() + budget
        # A copy: where this call began is what it is repeated from when storage fails.
        self.checkpoint = deepcopy(request.checkpoint) or Checkpoint(started_at=iso(clock()))
        self._indexing = self.checkpoint.phase == "index"
        self._progress = Progress(request, self.checkpoint, self._client, stores.runs, clock)

    async def run(self) -> TypeReply:
        if (await self._stores.runs.get(self._request.run_id)).state is not RunState.RUNNING:
            # Delivered late, or left over from a run that was given up: what it wrote would count for nothing or worse.
            raise FormatError(f"run {self._request.run_id} has ended; nothing more is written under it")
        if self._cloud in self._entry.missing_in:
            return TypeReply(result=self._unavailable())
        with Workspace() as workspace:
            if self.checkpoint.work:
                await workspace.load(self._stores.work.stream(self.checkpoint.work))
            if not self._indexing:
                wait = await self._collect(workspace)
                # Index work is a call of its own: only what stands in the orchestration's history is committed.
                await self._save(workspace)
                self._account()
                return TypeReply(checkpoint=self.checkpoint, wait=wait)
            result = await index_type(
                self._request,
                self._entry,
                self.checkpoint,
                workspace,
                self._stores,
                report=self._progress.tell,
                clock=self._clock,
            )
        log.info(
            "type.read",
            run=self._request.run_id,
            type=self._request.key,
            outcome=result.outcome,
            objects=result.objects,
            requests=result.requests,
            throttled=result.throttled_seconds,
        )
        await self._progress.tell(result.outcome, result.objects, always=True)
        return TypeReply(result=result)

    async def _collect(self, workspace: Workspace) -> float:
        """Reads on. Returns the seconds to wait before the next call: 0.0 unless Graph throttled for long, or so much
        is gone at once that it is asked for again."""
        request, blobs = self._request, self._blobs
        place = (request.tenant_id, request.run_id, request.key)
        snapshot = BlockFile(blobs, names.snapshot_name(*place), self.checkpoint.snapshot, placing=True)
        volatile = BlockFile(blobs, names.volatile_name(*place), self.checkpoint.volatile)
        reading = Reading(
            client=self._client,
            entry=self._entry,
            cloud=self._cloud,
            tenant=request.tenant_id,
            workspace=workspace,
            checkpoint=self.checkpoint,
            expired=lambda: time.monotonic() >= self._ends,
            report=self._progress.tell,
        )
        collector = Collector(reading, snapshot, volatile, self._read_base, self._doubting)
        try:
            if await collector.run():
                await collector.close()
                self.checkpoint.phase, self.checkpoint.waits = "index", 0
            else:
                await collector.pause()
                if collector.wait is not None:
                    self._tell_doubt(collector.wait)
        except GraphThrottled as error:
            await collector.pause()
            return self._patience(error)
        finally:
            await snapshot.abandon()
            await volatile.abandon()
        return collector.wait or 0.0

    def _tell_doubt(self, wait: float) -> None:
        if (doubt := self.checkpoint.doubt) is not None:
            run, key = self._request.run_id, self._request.key
            log.warning("type.doubted", run=run, type=key, before=doubt.before, gone=doubt.gone, wait=wait)

    async def _read_base(self) -> AsyncIterator[list[str]]:
        """The ids of the run this one is compared with. What cannot be read is no base: else no run could be again."""
        request = self._request
        if not request.base or self.checkpoint.base_lost:
            return
        try:
            toc = names.toc_name(request.tenant_id, request.base, request.key)
            async for ids in read_ids(self._blobs.stream(toc)):
                yield ids
        except (FormatError, BlobMissing) as error:
            log.error("base.unreadable", run=request.run_id, type=request.key, base=request.base, reason=error.message)
            self.checkpoint.base_lost = True
            self.checkpoint.gaps.append(
                Gap(
                    BASE_UNREADABLE,
                    f"{request.key}: the table of contents of run {request.base} cannot be read ({error.message}), so "
                    "every object counts as created, and none as deleted",
                    "Find out who changed it; the storage account's versions and soft delete may still hold it",
                )
            )

    def _patience(self, error: GraphThrottled) -> float:
        """A long wait is the orchestrator's, with a durable timer; after several without a page it is a failure."""
        if self.checkpoint.waits >= _MOST_WAITS:
            raise error
        self.checkpoint.waits += 1
        wait = min(max(error.retry_after, _SHORTEST_WAIT), _LONGEST_WAIT)
        log.warning("type.throttled", run=self._request.run_id, type=self._request.key, wait=wait)
        return wait

    async def _save(self, workspace: Workspace) -> None:
        request = self._request
        name = names.work_name(request.tenant_id, request.run_id, request.key, secrets.token_hex(8))
        await write_pieces(self._stores.work, name, workspace.dump(), {})
        self.checkpoint.work = name

    def _account(self) -> None:
        usage = self._client.usage
        self.checkpoint.requests += usage.requests
        self.checkpoint.resource_units += usage.resource_units
        self.checkpoint.throttled_seconds += usage.throttled_seconds

    def unstored(self, error: StoreError) -> TypeReply:
        """Index work may be repeated as it is, so a storage account out of reach for a while costs only time."""
        request = self._request
        checkpoint = request.checkpoint
        if not self._indexing or checkpoint is None or checkpoint.waits >= _MOST_WAITS:
            return self.failed(error)
        checkpoint.waits += 1
        log.warning("type.unstored", run=request.run_id, type=request.key, reason=error.message)
        return TypeReply(checkpoint=checkpoint, wait=_SHORTEST_WAIT)

    def failed(self, error: LifeboatError) -> TypeReply:
        """The type's outcome for an error: refused, unlicensed, unavailable or failed."""
        self._account()
        if self._indexing:
            # Some of its rows may be there: whoever commits the run has to take them back first.
            self.checkpoint.gaps.append(Gap(INDEX_INCOMPLETE, error.message, "Nothing to do: it is cleaned up"))
        outcome, reason = Outcome.FAILED, Gap(error.code, error.message, error.remedy)
        if isinstance(error, GraphError):
            found = gap(error, self._entry, self._cloud)
            outcome, reason = found.outcome, Gap(found.code, found.message, found.remedy)
        log.warning("type.failed", run=self._request.run_id, type=self._request.key, outcome=outcome, code=reason.code)
        return TypeReply(result=self._result(outcome, reason))

    def _unavailable(self) -> TypeResult:
        reason = Gap("notInThisCloud", f"{self._entry.title} do not exist in the cloud {self._cloud}", "Nothing to do")
        return self._result(Outcome.UNAVAILABLE, reason)

    def _result(self, outcome: Outcome, reason: Gap) -> TypeResult:
        checkpoint = self.checkpoint
        # Who may not read the objects is refused their parts as well, whatever permissions there are for these.
        others = (gap for gap in checkpoint.gaps if outcome not in _REFUSALS or gap.code not in _REFUSED)
        return TypeResult(
            outcome,
            started_at=checkpoint.started_at,
            ended_at=iso(self._clock()),
            requests=checkpoint.requests,
            resource_units=checkpoint.resource_units,
            throttled_seconds=round(checkpoint.throttled_seconds, 3),
            gaps=(reason, *others),
        )

"""The index made anew from the files: for a storage account whose tables were lost, or that the files were copied to.

In: the manifests and tables of contents in the containers. Out: the rows of `Runs`, `Versions` and `Objects`, oldest
run first, and a report. A run's own row is written last: until then nobody sees what its other rows say, and a rebuild
that was interrupted goes on with the first run that has none. What the files do not hold does not come back: choices,
restore plans, the audit, and which new id an old one was given.
"""

import time
from collections.abc import AsyncIterator

import msgspec
from msgspec.structs import replace

from functions import log
from functions.backup.index_rows import write_rows
from functions.backup.messages import TypeRequest
from functions.backup.run_activities import summary
from functions.clock import Clock, iso
from functions.core import names
from functions.core.manifest import Manifest, manifest_digest, read_manifest
from functions.core.runid import inverted, is_run_id, started
from functions.core.toc import Change, Entry, changes, read_toc
from functions.errors import BlobMissing, FormatError
from functions.storage.blobs import BlobStore
from functions.storage.open import Stores
from functions.storage.reports import ReportRow
from functions.storage.runs import RunRow, RunState

_MANIFEST = "/manifest.json"
_FINDINGS = 1000  # that are handed on from step to step; all are counted, and in the log


class RebuildStep(msgspec.Struct, frozen=True, rename="camel"):
    """Where a rebuild is. `replace`: the index that is there is removed first. `run` is under way with `keys` done;
    `bases` name, per type, the newest run before it that holds its list; `findings` what could not be indexed, `found`
    how many of them there are; `error` why it was given up."""

    report_id: str
    started_by: str
    replace: bool = False
    cleared: bool = False
    run: str = ""
    keys: tuple[str, ...] = ()
    bases: dict[str, str] = {}
    runs: int = 0
    rows: int = 0
    findings: tuple[dict[str, str], ...] = ()
    found: int = 0
    done: bool = False
    error: str = ""


def report(step: RebuildStep, now: str) -> ReportRow:
    """How far a rebuild is, for whoever asks."""
    return ReportRow(
        report_id=step.report_id,
        state="failed" if step.error else "done" if step.done else "running",
        started_at=iso(started(step.report_id)),
        started_by=step.started_by,
        ended_at=now if step.done or step.error else "",
        request={"replace": step.replace},
        counts={"runs": step.runs, "rows": step.rows},
        findings=step.findings,
        findings_count=step.found,
        error=step.error,
    )


async def rebuild(step: RebuildStep, *, tenant: str, stores: Stores, budget: float, clock: Clock) -> RebuildStep:
    """Works for `budget` seconds at least on one type of one run. Doing a step again changes nothing.

    Raises StoreError.
    """
    work = _Rebuild(step, tenant, stores, time.monotonic() + budget, clock)
    await work.run()
    await work.report()
    return work.step


class _Rebuild:
    def __init__(self, step: RebuildStep, tenant: str, stores: Stores, ends: float, clock: Clock) -> None:
        self.step = step
        self._tenant = tenant
        self._stores = stores
        self._ends = ends
        self._clock = clock
        self._worked = False

    async def run(self) -> None:
        if self.step.replace and not self.step.cleared:
            for table in (self._stores.runs, self._stores.versions, self._stores.objects):
                await table.clear()
        self.step = replace(self.step, cleared=True)
        for run, name in await self._manifests():
            if self.step.run and inverted(run) > inverted(self.step.run):
                continue  # indexed by an earlier step
            if not await self._index(run, name):
                return
        self.step = replace(self.step, done=True)

    async def report(self) -> None:
        step = self.step
        await self._stores.reports.put("index", report(step, iso(self._clock())))
        if step.done:
            log.info("index.rebuilt", runs=step.runs, rows=step.rows, findings=step.found)

    async def _manifests(self) -> list[tuple[str, str]]:
        """Every run that committed and the blob of its manifest, oldest first."""
        found: dict[str, str] = {}
        async for name in self._stores.blobs.list(f"{self._tenant}/"):
            folder, _, last = name.removeprefix(f"{self._tenant}/").rpartition("/")
            if folder == "_removed" and is_run_id(run := last.removesuffix(".json")):
                found.setdefault(run, name)
            elif f"/{last}" == _MANIFEST and is_run_id(folder):
                found[folder] = name
        return sorted(found.items(), key=lambda item: inverted(item[0]), reverse=True)

    async def _index(self, run: str, name: str) -> bool:
        """One run. False when the time was up before its last type: the step says how far it is."""
        if self.step.run != run:
            self.step = replace(self.step, run=run, keys=())
        data = await self._stores.blobs.get(name)
        try:
            manifest = read_manifest(data)
        except FormatError as error:
            self._find(run, "", error)
            return True
        removed = name == names.removed_name(self._tenant, run)
        listed = [] if removed else [key for key, result in manifest.types.items() if result.listed]
        for key in listed:
            if key in self.step.keys:
                continue
            if self._worked and time.monotonic() >= self._ends:
                return False
            await self._index_type(manifest, key)
            self._worked = True
            self.step = replace(self.step, keys=(*self.step.keys, key))
        await self._stores.runs.put(_row(manifest, data, removed=removed))
        self.step = replace(self.step, runs=self.step.runs + 1, keys=tuple(listed))
        return True

    async def _index_type(self, manifest: Manifest, key: str) -> None:
        result, base = manifest.types[key], self.step.bases.get(key, "")
        secret = result.container == names.SECRETS
        blobs = self._stores.secrets if secret else self._stores.blobs
        request = TypeRequest(manifest.run_id, self._tenant, key, base)
        try:
            found = _changes(blobs, names.toc_name(self._tenant, base, key) if base else "", result.toc)
            counts = await write_rows(request, found, self._stores, _nobody, secret=secret)
        except (FormatError, BlobMissing) as error:
            if manifest.run_id not in await self._stores.runs.counted(fresh=True):  # else an earlier call has done it
                await self._stores.versions.remove_run(manifest.run_id, key)
                await self._stores.objects.remove_run(manifest.run_id, key)
            self._find(manifest.run_id, key, error)
            return
        rows = self.step.rows + sum(counts.values())
        self.step = replace(self.step, rows=rows, bases=self.step.bases | {key: manifest.run_id})

    def _find(self, run: str, key: str, error: FormatError | BlobMissing) -> None:
        log.error("index.unreadable", run=run, type=key or "none", code=error.code)
        finding = {"code": error.code, "run": run, "type": key, "message": error.message}
        findings = (*self.step.findings, finding)[:_FINDINGS]
        self.step = replace(self.step, findings=findings, found=self.step.found + 1)


def _row(manifest: Manifest, data: bytes, *, removed: bool) -> RunRow:
    return RunRow(
        run_id=manifest.run_id,
        state=RunState.REMOVED if removed else RunState.COMMITTED,
        started_at=manifest.started_at,
        started_by=manifest.started_by,
        ended_at=manifest.ended_at,
        types=summary(manifest.types),
        manifest_sha256=manifest_digest(data),
    )


async def _changes(blobs: BlobStore, before: str, after: str) -> AsyncIterator[Change]:
    old = read_toc(blobs.stream(before)) if before else _nothing()
    async for change in changes(old, read_toc(blobs.stream(after))):
        yield change


async def _nothing() -> AsyncIterator[Entry]:
    return
    yield


async def _nobody(phase: str, objects: int) -> None:
    """A rebuild tells how far it is a step at a time."""

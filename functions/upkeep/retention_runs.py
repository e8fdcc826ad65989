"""What retention reads of the runs and does with their manifests.

In: the rows of `Runs`, the manifests. Out: what each run holds, which manifests cannot be trusted, which runs have no
row; the manifest of a run that goes moved to `_removed`, or back.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from functions import log
from functions.catalogue.model import Outcome
from functions.core.manifest import Manifest, manifest_digest, read_manifest
from functions.core.names import SECRETS, manifest_name, removed_name
from functions.core.retention import Held, Rules
from functions.core.runid import inverted, is_run_id
from functions.errors import BlobExists, BlobImmutable, BlobMissing, FormatError, IntegrityError
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.runs import RunRow, RunState

_AT_ONCE = 16
_KNOWN = (RunState.COMMITTED, RunState.PRUNING)
_WHOLE = {Outcome.READ.value: True, Outcome.PARTIAL.value: False}


@dataclass(frozen=True, slots=True)
class Known:
    """A run as its row has it. `types` are those whose whole list it holds: True where nothing was refused; `secret`
    those whose files lie in the container of secrets. One that is `final` has lost files, and cannot come back."""

    run: str
    state: RunState
    due_at: str
    manifest_sha256: str
    types: Mapping[str, bool]
    secret: frozenset[str]
    final: bool

    def held(self, damaged: Iterable[str] = ()) -> Held:
        """For the rules."""
        return Held(self.run, self.types, damaged=self.run in damaged)


def rules_of(settings: Settings) -> Rules:
    """The rules that the settings say."""
    return Rules(
        all_days=settings.keep_all_days,
        daily=settings.keep_daily,
        weekly=settings.keep_weekly,
        monthly=settings.keep_monthly,
        yearly=settings.keep_yearly,
    )


async def known_runs(stores: Stores) -> list[Known]:
    """The runs that are there and those that are going, newest first."""
    return [_known(row) async for row in stores.runs.of_states(*_KNOWN)]


class Roll:
    """The same, asked for again and again: what a run holds does not change, so the rows are read whole only once."""

    def __init__(self, stores: Stores) -> None:
        self._runs = stores.runs
        self._held: dict[str, Known] = {}

    async def known(self) -> list[Known]:
        """The runs that are there and those that are going, newest first. Always asks the service."""
        if self._held:
            brief = [row async for row in self._runs.briefly() if row.state in _KNOWN]
            if all(row.run_id in self._held for row in brief):
                return [_now(self._held[row.run_id], row) for row in brief]
        self._held = {row.run_id: _known(row) async for row in self._runs.of_states(*_KNOWN)}
        return list(self._held.values())


def _now(held: Known, row: RunRow) -> Known:
    return replace(held, state=row.state, due_at=row.due_at, final=bool(row.final_at))


def _known(row: RunRow) -> Known:
    lists = {
        key: result
        for key, result in row.types.items()
        if result.get("outcome") in _WHOLE and result.get("file")  # a log has files of its own, of no run
    }
    return Known(
        row.run_id,
        row.state,
        row.due_at,
        row.manifest_sha256,
        {key: _WHOLE[result["outcome"]] for key, result in lists.items()},
        frozenset(key for key, result in lists.items() if result.get("container") == SECRETS),
        bool(row.final_at),
    )


async def unknown_runs(tenant: str, stores: Stores) -> list[str]:
    """The runs that have a manifest and no row in `Runs`, oldest first."""
    # Folders first: a run has its row before it has a file.
    folders = [name async for name in stores.blobs.folders(f"{tenant}/") if is_run_id(name)]
    known = {row.run_id async for row in stores.runs.briefly()}
    return [
        run
        for run in sorted(folders, key=inverted, reverse=True)
        if run not in known and await stores.blobs.exists(manifest_name(tenant, run))
    ]


async def damaged_of(tenant: str, runs: Iterable[Known], stores: Stores) -> dict[str, str]:
    """The runs whose manifest is missing or is not what was written, each with what is wrong."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def problem(one: Known) -> str:
        async with free:
            try:
                await checked_manifest(tenant, one, stores)
            except (BlobMissing, FormatError) as error:
                return error.message
        return ""

    looked = list(runs)
    found = await asyncio.gather(*map(problem, looked))
    return {one.run: text for one, text in zip(looked, found, strict=True) if text}


async def checked_manifest(tenant: str, known: Known, stores: Stores) -> Manifest:
    """The manifest of a run, which has to be the one that was written. Raises BlobMissing, FormatError."""
    name = manifest_name(tenant, known.run)
    data = await stores.blobs.get(name)
    _compare(name, data, known)
    return read_manifest(data)


async def put_away(tenant: str, known: Known, stores: Stores) -> None:
    """Moves a run's manifest to `_removed`: from then on there is no such run, and the chain of manifests is whole.

    Doing it again changes nothing. Raises BlobImmutable where the account keeps the manifest, IntegrityError where it
    is gone or not what was written, or another one of this run was put away before.
    """
    name, away = manifest_name(tenant, known.run), removed_name(tenant, known.run)
    try:
        data = await stores.blobs.get(name)
    except BlobMissing:
        if await stores.blobs.exists(away):
            return  # put away by a call before this one
        raise IntegrityError(f"{name} is gone, and was not put away") from None
    _compare(name, data, known)
    await _copied(stores, away, data, tenant, known.run, "removed")
    await stores.blobs.delete(name)


async def taken_back(tenant: str, run: str, stores: Stores) -> None:
    """The opposite, as long as the run's files are there. Doing it again changes nothing."""
    name, away = manifest_name(tenant, run), removed_name(tenant, run)
    try:
        data = await stores.blobs.get(away)
    except BlobMissing:
        return
    if not await stores.blobs.exists(name):
        await _copied(stores, name, data, tenant, run, "committed")
    elif await stores.blobs.get(name) != data:
        return  # somebody else wrote what lies there: it is no copy of ours
    try:
        await stores.blobs.delete(away)
    except BlobImmutable:
        log.info("blob.kept", name=away, reason="immutable")  # beside the run's own manifest it says nothing


def _compare(name: str, data: bytes, known: Known) -> None:
    if known.manifest_sha256 and manifest_digest(data) != known.manifest_sha256:
        raise IntegrityError(f"{name} is not what was written: its hash differs")


async def _copied(stores: Stores, name: str, data: bytes, tenant: str, run: str, outcome: str) -> None:
    labels = {"tenant": tenant, "run": run, "outcome": outcome}
    try:
        await stores.blobs.put(name, data, content_type="application/json", metadata=labels, tags=labels)
    except BlobExists:
        if await stores.blobs.get(name) != data:
            raise IntegrityError(
                f"{name} is there already and says something else",
                remedy="Find out who wrote it; the storage account's versions may hold what was there before",
            ) from None

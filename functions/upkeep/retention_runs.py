"""What retention reads of the runs and does with their manifests.

In: the rows of `Runs`, the manifests. Out: what each run holds, which manifests cannot be trusted; the manifest of a
run that goes moved to `_removed`, or back.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from functions import log
from functions.catalogue.model import Outcome
from functions.core.manifest import Manifest, manifest_digest, read_manifest
from functions.core.names import SECRETS, manifest_name, removed_name
from functions.core.retention import Held, Rules
from functions.errors import BlobExists, BlobImmutable, BlobMissing, FormatError, IntegrityError
from functions.settings import Settings
from functions.storage.open import Stores
from functions.storage.runs import RunRow, RunState

_AT_ONCE = 16
_WHOLE = {Outcome.READ.value: True, Outcome.PARTIAL.value: False}


@dataclass(frozen=True, slots=True)
class Known:
    """A run as its row has it. `types` are those whose whole list it holds: True where nothing was refused; `secret`
    those whose files lie in the container of secrets."""

    run: str
    state: RunState
    due_at: str
    manifest_sha256: str
    types: Mapping[str, bool]
    secret: frozenset[str]

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
    return [_known(row) async for row in stores.runs.of_states(RunState.COMMITTED, RunState.PRUNING)]


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
    )


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
    if known.manifest_sha256 and manifest_digest(data) != known.manifest_sha256:
        raise IntegrityError(f"{name} is not what was written: its hash differs")
    return read_manifest(data)


async def put_away(tenant: str, run: str, stores: Stores) -> None:
    """Moves a run's manifest to `_removed`: from then on there is no such run, and the chain of manifests is whole.

    Doing it again changes nothing. Raises BlobImmutable where the account keeps the manifest, IntegrityError where
    another one of this run was put away before.
    """
    name = manifest_name(tenant, run)
    try:
        data = await stores.blobs.get(name)
    except BlobMissing:
        return  # put away by a call before this one
    await _copied(stores, removed_name(tenant, run), data, tenant, run, "removed")
    await stores.blobs.delete(name)


async def taken_back(tenant: str, run: str, stores: Stores) -> None:
    """The opposite, as long as the run's files are there. Doing it again changes nothing."""
    name = removed_name(tenant, run)
    try:
        data = await stores.blobs.get(name)
    except BlobMissing:
        return
    await _copied(stores, manifest_name(tenant, run), data, tenant, run, "committed")
    try:
        await stores.blobs.delete(name)
    except BlobImmutable:
        log.info("blob.kept", name=name, reason="immutable")  # beside the run's own manifest it says nothing


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

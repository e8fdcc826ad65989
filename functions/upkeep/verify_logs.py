"""Files of logs that no manifest names: of runs that died after they had written them, or of nobody.

In: what lies under `_logs`, without what manifests name. Out: the runs whose files are to be looked at by what they say
of themselves, and findings about strays. A file of a log is whole as soon as it is there, so those of dead runs count.
"""

import asyncio
from collections.abc import Container
from dataclasses import dataclass
from itertools import batched

from functions.backup.log_files import log_file
from functions.core import names
from functions.core.verify import Finding, finding
from functions.errors import BlobMissing, FormatError
from functions.storage.open import Stores
from functions.upkeep.verify_messages import LogName

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Unnamed:
    """The files that no manifest names. `good` are runs whose manifest can be relied on, `silent` those of which
    nothing is said: they work, or have just ended."""

    tenant: str
    files: set[LogName]
    good: Container[str]
    silent: Container[str]


async def files_of_logs(tenant: str, stores: Stores) -> set[LogName]:
    """Every file under `_logs`, as (container, name)."""
    found: set[LogName] = set()
    for container, blobs in zip((names.SNAPSHOTS, names.SECRETS), stores.containers, strict=True):
        found |= {(container, name) async for name in blobs.list(names.all_logs_prefix(tenant))}
    return found


async def unnamed_logs(given: Unnamed, stores: Stores) -> tuple[dict[str, tuple[LogName, ...]], list[Finding]]:
    """For each run that wrote some of the files, which; and findings about those that no run can have written.

    Raises StoreError.
    """
    of_runs: dict[str, tuple[LogName, ...]] = {}
    strays: list[Finding] = []
    for some in batched(sorted(given.files), _AT_ONCE, strict=False):
        for file, run in zip(some, await asyncio.gather(*(_writer(given, file, stores) for file in some)), strict=True):
            if run is None or run in given.silent:
                continue
            if run and run not in given.good:
                of_runs[run] = (*of_runs.get(run, ()), file)
            else:
                message = f"no manifest names {file[1]} in the container {file[0]}"
                strays.append(finding("strayFile", run, message, type=file[1].split("/")[2], name=file[1]))
    return of_runs, strays


async def _writer(given: Unnamed, file: LogName, stores: Stores) -> str | None:
    """The run that wrote a file, "" where none did, None where the file has gone."""
    container, name = file
    blobs = stores.secrets if container == names.SECRETS else stores.blobs
    try:
        metadata = await blobs.metadata(name)
        log_file(name, metadata)
    except BlobMissing:
        return None
    except FormatError:
        return ""
    ours = (metadata.get("tenant"), metadata.get("type")) == (given.tenant, name.split("/")[2])
    return metadata.get("run", "") if ours and names.log_part(name) else ""

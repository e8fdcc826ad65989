"""What a run is said to hold: by its manifest, or, of files of a log that no manifest names, by the files themselves.

In: a task. Out: which files there have to be, and the parts that are read one after another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from functions.backup.log_files import log_file
from functions.catalogue.model import Outcome
from functions.core import names
from functions.core.manifest import LogFile, LogResult, Manifest, Referrers, TypeResult, read_manifest
from functions.core.verify import finding
from functions.errors import BlobMissing, FormatError
from functions.storage.blobs import BlobStore
from functions.upkeep.verify_messages import LogName, RunTask
from functions.upkeep.verify_notes import Notes

REFERRERS = "_referrers"  # stands for both files in the list of the parts that are read


@dataclass(frozen=True, slots=True)
class Expected:
    """A file that has to be there. `bytes` is 0 where nobody says how many: no file is empty."""

    container: str
    name: str
    type: str = ""
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a run holds. `manifest` is the name of the manifest in the run's folder, "" for a run that has none."""

    run: str
    types: Mapping[str, TypeResult]
    referrers: Referrers | None = None
    manifest: str = ""

    def files(self) -> Iterator[Expected]:
        """Every file there has to be."""
        for key, result in self.types.items():
            where = result.container
            if result.listed:
                yield Expected(where, result.file, key, result.bytes)
                yield Expected(where, result.toc, key, result.toc_bytes)
                if result.volatile:
                    yield Expected(where, result.volatile, key, result.volatile_bytes)
            for file in result.log.files if result.log else ():
                yield Expected(where, file.name, key, file.bytes)
        if self.referrers:
            yield Expected(names.SNAPSHOTS, self.referrers.file, bytes=self.referrers.bytes)
            yield Expected(names.SNAPSHOTS, self.referrers.index)

    def parts(self) -> list[str]:
        """What is read, each by itself."""
        keys = [key for key, result in self.types.items() if result.listed or result.log]
        return [*keys, *([REFERRERS] if self.referrers else [])]


async def told(tenant: str, task: RunTask, containers: Mapping[str, BlobStore], notes: Notes) -> Told | None:
    """What a run holds; None, with a finding, where that cannot be said. Raises StoreError."""
    if task.logs:
        return Told(task.run, await _by_files(task, containers, notes))
    name = (names.removed_name if task.removed else names.manifest_name)(tenant, task.run)
    try:
        manifest = read_manifest(await containers[names.SNAPSHOTS].get(name))
    except BlobMissing:
        notes.add(finding("manifestMissing", task.run, f"{name} is not there", name=name))
        return None
    except FormatError as error:
        notes.add(finding("manifestUnreadable", task.run, f"{name}: {error.message}", name=name))
        return None
    return _of_removed(manifest) if task.removed else Told(task.run, manifest.types, manifest.referrers, name)


def _of_removed(manifest: Manifest) -> Told:
    return Told(manifest.run_id, {key: result for key, result in manifest.types.items() if result.log})


async def _by_files(task: RunTask, containers: Mapping[str, BlobStore], notes: Notes) -> dict[str, TypeResult]:
    found: dict[LogName, list[LogFile]] = {}
    for container, name in task.logs:
        key = name.split("/")[2]
        try:
            file = log_file(name, await containers[container].metadata(name))
        except BlobMissing:
            notes.add(finding("fileMissing", task.run, f"{name} is not there", type=key, name=name))
        except FormatError as error:
            notes.add(finding("logDiffers", task.run, error.message, type=key, name=name))
        else:
            found.setdefault((container, key), []).append(file)
    return {
        key: TypeResult(outcome=Outcome.READ, container=container, log=LogResult("", "", tuple(files)))
        for (container, key), files in found.items()
    }

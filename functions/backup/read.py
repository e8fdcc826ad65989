"""Reading back: one object's record as of a run, with one query of the index and one ranged read of a snapshot file."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from functions.catalogue import TYPES
from functions.core.gzipped import member_text
from functions.core.names import SECRETS
from functions.core.runid import inverted
from functions.errors import CallerError, IntegrityError
from functions.storage.open import Stores
from functions.storage.versions import VersionRow


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of an object counts, and where it lies. `deleted` as of an ObjectRecord."""

    id: str
    row: VersionRow
    deleted: str


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """A record and the version it is. `deleted` is the run that found the object gone, "" while it is there."""

    version: VersionRow
    data: bytes
    deleted: str


async def versions_of(stores: Stores, key: str, identity: str) -> list[VersionRow]:
    """The object's timeline, newest first: versions of runs that have committed, also of those removed since."""
    counted = await stores.runs.counted()
    return [row for row in await stores.versions.of_object(key, identity) if row.run in counted]


async def record_as_of(stores: Stores, key: str, identity: str, run: str = "") -> ObjectRecord | None:
    """The record as a run found it (default: the newest run); of an object that was gone by then, its last record.

    None when no committed run up to then has met the object. Raises as `version_as_of` and `read_versions` do.
    """
    found = await version_as_of(stores, key, identity, run)
    if found is None:
        return None
    [data] = await read_versions(stores, [found.row])
    return ObjectRecord(found.row, data, found.deleted)


async def version_as_of(stores: Stores, key: str, identity: str, run: str = "") -> Version | None:
    """Where that record lies. Raises CallerError 403 `secretType` for a type whose records hold secrets."""
    if key in TYPES and TYPES[key].private:
        raise CallerError(
            403,
            "secretType",
            f"The records of {key} hold secrets and are not answered",
            remedy=f"Open the file in the container {SECRETS} of the storage account, with the rights that takes.",
        )
    rows = [row for row in await versions_of(stores, key, identity) if not run or inverted(row.run) >= inverted(run)]
    if not rows:
        return None
    return Version(identity, rows[0], rows[0].run if rows[0].change == "deleted" else "")


async def read_versions(stores: Stores, rows: Sequence[VersionRow]) -> list[bytes]:
    """The bytes of versions that lie together in one gzip member, each checked against its digest. Raises
    IntegrityError when the file does not hold what the index says, BlobMissing when it is not there."""
    text = member_text(await stores.blobs.read(rows[0].blob, rows[0].offset, rows[0].length))
    return [_cut(text, row) for row in rows]


def _cut(text: bytes, row: VersionRow) -> bytes:
    data = text[row.at : row.at + row.size]
    if sha256(data).hexdigest() != row.digest:
        raise IntegrityError(
            f"{row.blob} does not hold the version of {row.id} that run {row.run} recorded",
            remedy="The file was changed or damaged; restore it from the storage account's own versions",
        )
    return data

"""Reading back: one object's record as of a run, with one query of the index and one ranged read of a snapshot file."""

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
class ObjectRecord:
    """A record and the version it is. `deleted` is the run that found the object gone, "" while it is there."""

    version: VersionRow
    data: bytes
    deleted: str


async def versions_of(stores: Stores, key: str, identity: str) -> list[VersionRow]:
    """The object's timeline, newest first: only versions of committed runs."""
    committed = await stores.runs.committed()
    return [row for row in await stores.versions.of_object(key, identity) if row.run in committed]


async def record_as_of(stores: Stores, key: str, identity: str, run: str = "") -> ObjectRecord | None:
    """The record as a run found it (default: the newest run); of an object that was gone by then, its last record.

    None when no committed run up to then has met the object. Raises CallerError 403 `secretType` for a type whose
    records hold secrets, IntegrityError when the file does not hold what the index says, BlobMissing when it is not
    there.
    """
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
    newest = rows[0]
    data = await read_version(stores, newest)
    return ObjectRecord(newest, data, newest.run if newest.change == "deleted" else "")


async def read_version(stores: Stores, row: VersionRow) -> bytes:
    """The bytes of one version's record, checked against its digest."""
    text = member_text(await stores.blobs.read(row.blob, row.offset, row.length))
    data = text[row.at : row.at + row.size]
    if sha256(data).hexdigest() != row.digest:
        raise IntegrityError(
            f"{row.blob} does not hold the version of {row.id} that run {row.run} recorded",
            remedy="The file was changed or damaged; restore it from the storage account's own versions",
        )
    return data

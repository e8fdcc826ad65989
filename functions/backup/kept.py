"""The manifest of a run, also of one that retention has removed: its manifest is kept for ever."""

from functions.core.manifest import Manifest, read_manifest
from functions.core.names import manifest_name, removed_name
from functions.errors import BlobMissing
from functions.storage.blobs import BlobStore


async def manifest_of(blobs: BlobStore, tenant: str, run: str) -> Manifest:
    """Raises BlobMissing where neither the run nor retention has one, FormatError, StoreError."""
    try:
        data = await blobs.get(manifest_name(tenant, run))
    except BlobMissing as missing:
        try:
            data = await blobs.get(removed_name(tenant, run))
        except BlobMissing:
            raise missing from None
    return read_manifest(data)

"""One blob container: names in, bytes out. Final names are written once, with `If-None-Match: *`.

No blob carries Content-Encoding: a compressed file is a file, so that every tool gets the bytes that were stored.
A write whose answer was lost is sent again by the SDK and then finds its own blob: the caller sees BlobExists and tells
the two cases apart by the metadata or the content.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from functions import log
from functions.errors import StoreError
from functions.storage.failures import code_of, told

if TYPE_CHECKING:
    from azure.core.exceptions import HttpResponseError
    from azure.storage.blob.aio import BlobClient, ContainerClient

type _Send = Callable[[dict[str, str] | None], Awaitable[None]]

RAW_LIMIT = 1 << 20  # aiohttp wants bodies beyond it as a stream, so as not to hold up the loop
_WITHOUT_TAGS = frozenset({400, 403, 409})
_TAKEN = frozenset({"BlobAlreadyExists", "BlobImmutableDueToPolicy"})


class BlobStore:
    """The blobs of one container."""

    def __init__(self, container: "ContainerClient") -> None:
        self._container = container
        self._tags_allowed = True

    async def put(
        self,
        name: str,
        data: bytes,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Writes a whole blob under a new name. Raises BlobExists."""
        from azure.storage.blob import ContentSettings

        async def send(tags: dict[str, str] | None) -> None:
            await self._blob(name).upload_blob(
                data,
                overwrite=False,
                content_settings=ContentSettings(content_type=content_type),
                metadata=_ascii(name, metadata),
                tags=tags,
            )

        with told("write blob", name):
            await self._with_tags(name, tags, send)

    async def replace(self, name: str, data: bytes) -> None:
        """Writes or overwrites a blob: for scratch names only."""
        with told("write blob", name):
            await self._blob(name).upload_blob(data, overwrite=True)

    async def get(self, name: str) -> bytes:
        """The whole blob. Raises BlobMissing."""
        with told("read blob", name):
            return await (await self._blob(name).download_blob()).readall()

    async def read(self, name: str, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`. Raises BlobMissing, and StoreError if the blob ends before."""
        if length == 0:
            return b""
        with told("read blob", name):
            data = await (await self._blob(name).download_blob(offset=offset, length=length)).readall()
        if len(data) != length:
            raise StoreError(f"read blob {name}: {length} bytes from {offset} asked for, {len(data)} there")
        return data

    async def stream(self, name: str) -> AsyncIterator[bytes]:
        """The blob in pieces of a few MiB; one piece in memory at a time. Raises BlobMissing."""
        with told("read blob", name):
            async for piece in (await self._blob(name).download_blob()).chunks():
                yield piece

    async def stage(self, name: str, block_id: str, data: bytes) -> None:
        """Uploads one block; it shows nowhere until `commit` names it. All block ids of a blob have one length."""
        with told("write block of", name):
            body = BytesIO(data) if len(data) > RAW_LIMIT else data
            await self._blob(name).stage_block(block_id, body, length=len(data))

    async def commit(
        self,
        name: str,
        block_ids: Sequence[str],
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Makes a new blob of staged blocks, in this order. Raises BlobExists."""
        from azure.core import MatchConditions
        from azure.storage.blob import BlobBlock, ContentSettings

        async def send(tags: dict[str, str] | None) -> None:
            await self._blob(name).commit_block_list(
                [BlobBlock(block_id) for block_id in block_ids],
                content_settings=ContentSettings(content_type=content_type),
                metadata=_ascii(name, metadata),
                match_condition=MatchConditions.IfMissing,
                tags=tags,
            )

        with told("commit blob", name):
            await self._with_tags(name, tags, send)

    async def exists(self, name: str) -> bool:
        """True if the blob is there (staged blocks alone do not count)."""
        with told("look up blob", name):
            return await self._blob(name).exists()

    async def metadata(self, name: str) -> dict[str, str]:
        """The blob's metadata, keys in lower case. Raises BlobMissing."""
        with told("look up blob", name):
            properties = await self._blob(name).get_blob_properties()
        return {key.lower(): value for key, value in (properties.metadata or {}).items()}

    async def list(self, prefix: str) -> AsyncIterator[str]:
        """Names that start with `prefix`, in order."""
        with told("list blobs", prefix):
            async for name in self._container.list_blob_names(name_starts_with=prefix):
                yield name

    async def sizes(self, prefix: str) -> AsyncIterator[tuple[str, int]]:
        """Names that start with `prefix` and the bytes of each, in order: one request for thousands."""
        with told("list blobs", prefix):
            async for blob in self._container.list_blobs(name_starts_with=prefix):
                yield blob.name, blob.size

    async def folders(self, prefix: str) -> AsyncIterator[str]:
        """The next parts of names that start with `prefix` and go on behind a further slash, each once, in order."""
        with told("list blobs", prefix):
            async for item in self._container.walk_blobs(name_starts_with=prefix):
                if item.name.endswith("/"):
                    yield item.name.removeprefix(prefix).removesuffix("/")

    async def delete(self, name: str) -> None:
        """Deletes a blob; one that is not there is no error, so that a repeated clean-up succeeds."""
        from azure.core.exceptions import ResourceNotFoundError

        with told("delete blob", name):
            try:
                await self._blob(name).delete_blob()
            except ResourceNotFoundError as problem:
                if code_of(problem) != "BlobNotFound":
                    raise

    def _blob(self, name: str) -> "BlobClient":
        return self._container.get_blob_client(name)

    async def _with_tags(self, name: str, tags: Mapping[str, str] | None, send: _Send) -> None:
        # Index tags need a right of their own, which 'Storage Blob Data Contributor' may lack, and some account kinds
        # have none. They are a convenience for searching: the blob must not be lost for want of them.
        from azure.core.exceptions import HttpResponseError

        if not (tags and self._tags_allowed):
            return await send(None)
        try:
            return await send(dict(tags))
        except HttpResponseError as problem:
            if not _may_be_the_tags(problem):
                raise
            refusal = code_of(problem)
        await send(None)
        self._tags_allowed = False
        log.warning("blob.tags_refused", name=name, code=refusal)
        return None


def _may_be_the_tags(problem: "HttpResponseError") -> bool:
    return problem.status_code in _WITHOUT_TAGS and code_of(problem) not in _TAKEN


def _ascii(name: str, metadata: Mapping[str, str] | None) -> dict[str, str]:
    for key, value in (metadata or {}).items():
        if not (key.isidentifier() and key.isascii() and value.isascii() and value.isprintable()):
            raise StoreError(f"write blob {name}: metadata {key!r} must be an ASCII name with an ASCII value")
    return dict(metadata or {})

"""The way back to a state of storage: a world is built once, and each test that changes it finds it as it was built.

Everything of one tenant counts: blobs with their metadata and tags, rows of all tables with the types of their columns.
What nobody wrote since is told by its tag and not read again, so a look costs a dozen requests.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import ContainerClient

from functions.clock import utc_now
from functions.core.names import SECRETS, SNAPSHOTS, WORK
from functions.settings import Secret, Settings
from functions.storage.blobs import BlobStore
from functions.storage.keys import literal
from functions.storage.open import TABLES, Stores, _stores, open_stores
from functions.storage.tables import Row, Tables, _continued
from functions.storage.wire import Write

CONTAINERS = (SNAPSHOTS, SECRETS, WORK)


@dataclass(frozen=True)
class File:
    """A blob. Two that say the same are equal, whenever they were written."""

    data: bytes
    content_type: str
    metadata: dict[str, str]
    tags: dict[str, str]
    etag: str = field(compare=False)


type State = dict[tuple[str, ...], Any]  # (container, name) → File; (table, partition, key) → columns


@dataclass
class Storage:
    """All that lies in storage of one tenant."""

    tenant: str
    stores: Stores
    _known: dict[tuple[str, str], File] = field(default_factory=dict)

    async def look(self, containers: Collection[str] = CONTAINERS, tables: Collection[str] = TABLES) -> State:
        """What is there now."""
        found: State = {}
        for some in await asyncio.gather(
            *(self._files(container) for container in containers), *(self._rows(table) for table in tables)
        ):
            found |= some
        return found

    async def make(self, wanted: State) -> None:
        """Makes everything what it was when somebody looked, and takes away what was not there."""
        now = await self.look()
        rows: dict[str, list[Row]] = {}
        for place in wanted.keys() | now.keys():
            if wanted.get(place) == now.get(place):
                continue
            if len(place) == 2:
                await self._put(place, wanted.get(place))  # type: ignore[arg-type]
                continue
            table, *keys = place
            write = Write.REPLACE if place in wanted else Write.DELETE
            rows.setdefault(table, []).append(Row(keys[0], keys[1], wanted.get(place, {}), write))
        for table, changed in rows.items():
            await self.stores.tables.write(table, changed)

    def _container(self, name: str) -> ContainerClient:
        blobs = dict(zip(CONTAINERS, (self.stores.blobs, self.stores.secrets, self.stores.work), strict=True))
        return blobs[name]._container

    async def _files(self, container: str) -> State:
        client, found = self._container(container), {}
        async for one in client.list_blobs(name_starts_with=f"{self.tenant}/", include=["metadata", "tags"]):
            place, tag = (container, one.name), one.etag.strip('"')
            known = self._known.get(place)
            if known is None or known.etag != tag:
                data = await (await client.download_blob(one.name)).readall()
                kind = one.content_settings.content_type
                known = File(data, kind, dict(one.metadata or {}), dict(one.tags or {}), tag)
                self._known[place] = known
            found[place] = known
        return found

    async def _put(self, place: tuple[str, str], file: File | None) -> None:
        blob = self._container(place[0]).get_blob_client(place[1])
        if file is None:
            await blob.delete_blob()
            return
        settings = ContentSettings(content_type=file.content_type)
        answer = await blob.upload_blob(
            file.data, overwrite=True, content_settings=settings, metadata=file.metadata, tags=file.tags or None
        )
        self._known[place] = File(file.data, file.content_type, file.metadata, file.tags, answer["etag"].strip('"'))

    async def _rows(self, table: str) -> State:
        low, high = literal(self.tenant), literal(self.tenant + "~")
        fixed = f"{table}()?$filter={quote(f'PartitionKey ge {low} and PartitionKey lt {high}', safe='')}"
        path, found = fixed, {}
        while path:
            # With the types of numbers beside them, without which they would come back as text.
            headers = {"Accept": "application/json;odata=minimalmetadata"}
            answer = await self.stores.tables._wire.send("GET", path, headers=headers, subject=table)
            assert answer.status == 200
            for entity in json.loads(answer.body)["value"]:
                place = table, entity.pop("PartitionKey"), entity.pop("RowKey")
                found[place] = {
                    name: value for name, value in entity.items() if not name.startswith(("odata.", "Timestamp"))
                }
            path = _continued(fixed, answer.headers)
        return found


@asynccontextmanager
async def open_storage(connection: str, tenant: str) -> AsyncIterator[Storage]:
    settings = Settings(tenant_id=tenant, graph_url="http://127.0.0.1:1", storage_connection=Secret(connection))
    stores = await open_stores(settings)
    try:
        yield Storage(tenant, stores)
    finally:
        await stores.aclose()


def forgetful(stores: Stores, tenant: str) -> Stores:
    """The same connections, with nothing known of what was there before."""
    blobs, secrets, work = (BlobStore(one._container) for one in (stores.blobs, stores.secrets, stores.work))
    return _stores(tenant, (blobs, secrets, work), Tables(stores.tables._wire), utc_now, stores._open)

"""What lies in storage, read with Azure's own clients and the standard library: none of the product's code.

In: a connection string and a tenant. Out: blobs, manifests, records as bytes, rows as dictionaries.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobProperties, BlobServiceClient, ContainerClient

type Row = dict[str, Any]


class Vault:
    """The stored things of one tenant."""

    def __init__(self, connection: str, tenant: str, container: str = "snapshots") -> None:
        self.tenant = tenant
        self._name = container
        self._connection = connection
        self._blobs = BlobServiceClient.from_connection_string(connection)
        self._tables = TableServiceClient.from_connection_string(connection)
        self._kept: dict[str, bytes] | None = None

    def close(self) -> None:
        self._blobs.close()
        self._tables.close()

    @property
    def _container(self) -> ContainerClient:
        return self._blobs.get_container_client(self._name)

    @contextmanager
    def inside(self, container: str) -> Iterator["Vault"]:
        """The same tenant's blobs in another container."""
        other = Vault(self._connection, self.tenant, container)
        other._kept = None if self._kept is None else {}
        try:
            yield other
        finally:
            other.close()

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Each blob is read from storage once: for a look at runs that nobody changes meanwhile."""
        before, self._kept = self._kept, {} if self._kept is None else self._kept
        try:
            yield
        finally:
            self._kept = before

    # blobs
    def names(self, below: str = "") -> list[str]:
        """Names of the tenant's blobs, without the tenant."""
        prefix = f"{self.tenant}/{below}"
        return [
            name.removeprefix(f"{self.tenant}/") for name in self._container.list_blob_names(name_starts_with=prefix)
        ]

    def work(self, run: str) -> list[str]:
        """What a run has set down for itself: nothing once it has ended."""
        with self.inside("work") as work:
            return work.names(f"_work/{run}/")

    def blob(self, name: str) -> bytes:
        if self._kept is not None and name in self._kept:
            return self._kept[name]
        data = self._container.download_blob(f"{self.tenant}/{name}").readall()
        if self._kept is not None:
            self._kept[name] = data
        return data

    def properties(self, name: str) -> BlobProperties:
        return self._container.get_blob_client(f"{self.tenant}/{name}").get_blob_properties()

    def described(self, below: str) -> dict[str, BlobProperties]:
        """name → properties, with metadata and tags, of the tenant's blobs."""
        prefix = f"{self.tenant}/{below}"
        found = self._container.list_blobs(name_starts_with=prefix, include=["metadata", "tags"])
        return {blob.name.removeprefix(f"{self.tenant}/"): blob for blob in found}

    def manifest(self, run: str) -> dict[str, Any]:
        return dict(json.loads(self.blob(f"{run}/manifest.json")))

    def lines(self, name: str) -> list[bytes]:
        """The items of an array file, as their bytes."""
        text = gzip.decompress(self.blob(name))
        first, *items, last, rest = text.split(b"\n")
        assert (first, last, rest) == (b"[", b"]", b""), f"{name} is not an array with one item a line"
        assert all(item.endswith(b",") for item in items[:-1])
        assert not items or not items[-1].endswith(b",")
        return [item.removesuffix(b",") for item in items]

    def records(self, run: str, key: str) -> dict[str, bytes]:
        """id → record of one type, each id once. The table of contents says which id a record goes by."""
        lines = self.lines(f"{run}/{key}.json.gz")
        ids = {entry["digest"]: str(entry["id"]) for entry in self.toc(run, key)}
        found = {ids[hashlib.sha256(line).hexdigest()]: line for line in lines}
        assert len(found) == len(lines), f"{key}: an id occurs twice"
        return found

    def toc(self, run: str, key: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines(f"{run}/_toc/{key}.json.gz")]

    # rows
    def rows(self, table: str, where: str) -> list[Row]:
        with self._tables.get_table_client(table) as client:
            return [dict(row) for row in client.query_entities(where)]

    def runs(self) -> list[Row]:
        """Newest first."""
        return self.rows("Runs", f"PartitionKey eq '{self.tenant}'")

    def versions(self, run: str = "") -> list[Row]:
        """Rows of the table Versions, of one run or of all."""
        where = f"PartitionKey ge '{self.tenant}|' and PartitionKey lt '{self.tenant}}}'"
        return self.rows("Versions", where + (f" and Run eq '{run}'" if run else ""))

    def changes(self, run: str) -> set[tuple[str, str, str]]:
        """(type, id, change) of a run's version rows."""
        return {(row["PartitionKey"].split("|")[1], row["Id"], row["Change"]) for row in self.versions(run)}

    def objects(self) -> list[Row]:
        return self.rows("Objects", f"PartitionKey ge '{self.tenant}|' and PartitionKey lt '{self.tenant}}}'")

    def audit(self) -> list[Row]:
        return self.rows("Audit", f"PartitionKey ge '{self.tenant}|' and PartitionKey lt '{self.tenant}}}'")

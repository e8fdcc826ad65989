"""The files in storage, read with gzip and json alone and held against the manifest: as anybody can without the app."""

import gzip
import json
from hashlib import sha256
from typing import Any

from azure.storage.blob import ContainerClient

from local.demo_pick import expect

type Json = dict[str, Any]


class Files:
    """What the runs of one tenant left behind."""

    def __init__(self, storage: str, tenant: str) -> None:
        self.tenant = tenant
        self._containers = {
            name: ContainerClient.from_connection_string(storage, name) for name in ("snapshots", "secrets")
        }

    def manifest(self, run: str) -> Json:
        """What a run says of itself."""
        found: Json = json.loads(self._blob("snapshots", f"{self.tenant}/{run}/manifest.json"))
        return found

    def records(self, run: str, key: str) -> list[Json]:
        """The records of a type, after the file's SHA-256 and count were found to be those of the manifest."""
        stated = self.manifest(run)["types"][key]
        data = self._blob(stated["container"], stated["file"])
        expect(sha256(data).hexdigest() == stated["sha256"], f"{stated['file']} has the SHA-256 of the manifest")
        things: list[Json] = json.loads(gzip.decompress(data))
        expect(len(things) == stated["objects"], f"{stated['file']} holds the manifest's {stated['objects']} records")
        return things

    def second_line(self, run: str, key: str) -> str:
        """The first record of a file, as it stands there."""
        stated = self.manifest(run)["types"][key]
        return gzip.decompress(self._blob(stated["container"], stated["file"])).decode().splitlines()[1]

    def events(self, run: str, key: str) -> int:
        """How many events of a log a run stored, each file held against what the manifest says of it."""
        log = self.manifest(run)["types"][key]["log"]
        for file in log["files"]:
            data = self._blob("snapshots", file["name"])
            expect(sha256(data).hexdigest() == file["sha256"], f"{file['name']} has the SHA-256 of the manifest")
            expect(len(json.loads(gzip.decompress(data))) == file["events"], f"{file['name']} holds its events")
        return sum(file["events"] for file in log["files"])

    def names(self, container: str) -> list[str]:
        """Every blob of a container."""
        return sorted(self._containers[container].list_blob_names())

    def close(self) -> None:
        """Closes the connections."""
        for container in self._containers.values():
            container.close()

    def _blob(self, container: str, name: str) -> bytes:
        return self._containers[container].download_blob(name).readall()

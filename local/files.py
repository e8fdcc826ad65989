"""`python -m local files`: copies what the running stack has stored into a folder, to be looked at with any tool.

In: the folder of `python -m local up`, whose stack.json says where its storage is. Out: `TO/snapshots/…` and
`TO/secrets/…`, named as in storage. A file that is there already is left: each is written once.
"""

import json
from pathlib import Path

from azure.storage.blob import BlobServiceClient

CONTAINERS = ("snapshots", "secrets")


def copy_files(data: Path, to: Path) -> list[Path]:
    """Copies; the paths of the manifests, oldest first."""
    stack = data / "stack.json"
    if not stack.is_file():
        raise SystemExit(f"no stack is running in {data}: start it with `make up`")
    with BlobServiceClient.from_connection_string(json.loads(stack.read_text())["storageConnectionString"]) as storage:
        for container in CONTAINERS:
            files = storage.get_container_client(container)
            if not files.exists():
                continue
            for name in files.list_blob_names():
                path = to / container / name
                if not path.exists():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(files.download_blob(name).readall())
    return sorted(to.glob("snapshots/*/*/manifest.json"))

"""The whole product on a laptop: Azurite, the emulated tenant, and the Functions host with the app.

In: a data directory and a few choices. Out: the addresses, also in `DIR/stack.json`. Started again on the same
directory, everything is as it was left.
"""

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.azurite import Azurite
from local.processes import ROOT, Child

TOKEN = "local-token"  # accepted by the emulated tenant only; the app refuses a fixed token for any other Graph host
ROLES = "Backup.Read,Backup.Run,Restore.Plan,Restore.Apply"


@dataclass(kw_only=True)
class Choices:
    """What `python -m local up` was told. `graph_url` replaces the emulated tenant by another Graph-shaped server;
    `token` is what the app shows it."""

    data: Path
    port: int = 0
    graph_url: str = ""
    users: int = 200
    seed: int = 1
    roles: str = ROLES
    token: str = TOKEN
    env: Mapping[str, str] = field(default_factory=dict)


class Stack:
    """The running stack; use it as a context manager."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.data = choices.data
        self.data.mkdir(parents=True, exist_ok=True)
        self.tenant_id = self._tenant_id()
        self.azurite: Azurite | None = None
        self.tenant: Child | None = None
        self.host: Child | None = None

    def __enter__(self) -> "Stack":
        try:
            self.azurite = Azurite(self.data / "azurite")
            if not self.choices.graph_url:
                self.start_tenant()
            self.start_host()
            self._write_file()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start_tenant(self) -> None:
        """Starts the emulated tenant; it keeps its state in the data directory."""
        arguments = ["--port", "0", "--data", str(self.data / "tenant"), "--users", str(self.choices.users)]
        arguments += ["--seed", str(self.choices.seed), "--tenant-id", self.tenant_id, "--token", self.choices.token]
        self.tenant = Child("local.tenant", arguments, log=self.data / "tenant.log", patience=600)

    def start_host(self) -> None:
        """Starts the Functions host with the app."""
        arguments = ["--app", str(ROOT), "--port", str(self.choices.port), "--data", str(self.data / "host")]
        arguments += ["--roles", self.choices.roles]
        self.host = Child("local.host", arguments, log=self.data / "host.log", env=self.app_settings(), patience=60)

    def app_settings(self) -> dict[str, str]:
        """The application settings, as Bicep sets them in Azure."""
        return {
            "TENANT_ID": self.tenant_id,
            "GRAPH_URL": self.graph_url,
            "GRAPH_TOKEN": self.choices.token,
            "SNAPSHOT_STORAGE_CONNECTION": self.storage,
            "AzureWebJobsStorage": self.storage,
            "BACKUP_SCHEDULE": os.environ.get("BACKUP_SCHEDULE", "0 0 2,14 * * *"),
            "RETENTION_SCHEDULE": "0 0 5 * * *",
            "VERIFY_SCHEDULE": "0 0 7 * * *",
            "TASK_HUB_NAME": "LifeboatLocal",
            "WEBSITE_AUTH_ENABLED": "True",
            "RESTORE_SETTLE_SECONDS": "0.2",
            "DOUBT_WAIT_SECONDS": "1",
            "RESTORE_SETTLE_READS": "2",
            **self.choices.env,
        }

    @property
    def functions_url(self) -> str:
        """Where the app answers, without the route prefix."""
        assert self.host is not None
        return str(self.host.ready["functionsUrl"])

    @property
    def graph_url(self) -> str:
        """The Graph-shaped server, without a version."""
        if self.choices.graph_url:
            return self.choices.graph_url.rstrip("/")
        assert self.tenant is not None
        return str(self.tenant.ready["graphUrl"])

    @property
    def storage(self) -> str:
        """The connection string of Azurite."""
        assert self.azurite is not None
        return self.azurite.connection_string

    def stop(self) -> None:
        """Ends everything, the app first."""
        for part in (self.host, self.tenant, self.azurite):
            if part is not None:
                part.stop()
        (self.data / "stack.json").unlink(missing_ok=True)

    def _tenant_id(self) -> str:
        file = self.data / "tenant-id"
        if not file.exists():
            file.write_text(str(uuid.uuid4()))
        return file.read_text().strip()

    def _write_file(self) -> None:
        parts = {"azurite": self.azurite, "tenant": self.tenant, "host": self.host}
        content = {
            "functionsUrl": self.functions_url,
            "graphUrl": self.graph_url,
            "storageConnectionString": self.storage,
            "tenantId": self.tenant_id,
            "pids": {name: part.pid for name, part in parts.items() if part is not None},
        }
        waiting = self.data / "stack.json.new"
        waiting.write_text(json.dumps(content, indent=2) + "\n")
        waiting.replace(self.data / "stack.json")

"""`python -m bench.sizes [USERS …]`: what one later backup leaves behind and asks of storage; writes bench/sizes.json.

An emulated tenant is backed up twice with the preset `standard`; the second run counts, for a customer has one first
run and thousands of later ones. Nothing has changed in between. Requests of storage are counted where the Azure SDK
logs them, lines of the log where they are written. Nothing here depends on how fast the machine is.
"""

import argparse
import asyncio
import json
import logging
import re
import tempfile
import uuid
from collections import Counter
from pathlib import Path

from rich.console import Console

from bench.costs import Backup
from functions.backup.messages import BackupRequest, CommitRequest, TypeRequest
from functions.backup.run_activities import commit_run, open_run
from functions.catalogue import ENTRIES
from functions.catalogue.choice import Choice, enabled
from functions.catalogue.model import Preset
from functions.clock import utc_now
from functions.core.manifest import TypeResult
from functions.core.runid import run_id
from functions.graph.factory import reader
from functions.settings import Secret, Settings
from functions.storage.open import open_stores
from local.azurite import ACCOUNT, Azurite
from local.processes import Child

FILE = Path(__file__).with_name("sizes.json")
_TOKEN = "local-token"
_REQUEST = re.compile(rf"Request URL: 'http://[^/]+:(\d+)/{ACCOUNT}\S*'\nRequest method: '(\w+)'")


class Heard(logging.Handler):
    """Counts what the app and the Azure SDK log."""

    def __init__(self, table_port: int) -> None:
        super().__init__(logging.INFO)
        self.table_port = table_port
        self.reset()

    def reset(self) -> None:
        """Begins anew."""
        self.lines = self.bytes = 0
        self.asked: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the app, or a request of the SDK."""
        text = record.getMessage()
        if record.name == "lifeboat":
            self.lines += 1
            self.bytes += len(text.encode())
        elif found := _REQUEST.search(text):
            port, method = int(found[1]), found[2]
            reads = method in {"GET", "HEAD"}
            kind = (
                "table" if port == self.table_port else "delete" if method == "DELETE" else "read" if reads else "write"
            )
            self.asked[kind] += 1


class Later(Backup):
    """A run that is compared with the one before."""

    async def run(self, keys: tuple[str, ...]) -> dict[str, TypeResult]:
        """Reads the types and commits. Returns each one's result."""
        request = BackupRequest(run_id(utc_now(), lambda _: False), self.tenant, keys, "bench")
        plan = await open_run(request, stores=self.stores, clock=utc_now)
        asked = (TypeRequest(plan.run_id, self.tenant, key, plan.bases[key]) for key in keys)
        results = dict(zip(keys, await asyncio.gather(*map(self._one, asked)), strict=True))
        outcome = await commit_run(CommitRequest(plan, results), stores=self.stores, cloud="local", clock=utc_now)
        if outcome.state != "committed":
            raise SystemExit(f"the run {outcome.state}: {outcome.error}")
        return results


async def measure(users: int, console: Console) -> dict[str, int]:
    """What the second of two runs took."""
    tenant = str(uuid.uuid5(uuid.NAMESPACE_URL, "bench.sizes"))
    with tempfile.TemporaryDirectory() as directory, Azurite() as azurite:
        arguments = [
            "--port",
            "0",
            "--data",
            directory,
            "--tenant-id",
            tenant,
            "--token",
            _TOKEN,
            "--users",
            str(users),
        ]
        child = Child("local.tenant", arguments, log=Path(directory) / "tenant.log", patience=900)
        heard = Heard(azurite.ports[2])
        loggers = [logging.getLogger("lifeboat"), logging.getLogger("azure.core.pipeline.policies.http_logging_policy")]
        for logger in loggers:
            logger.addHandler(heard)
            logger.setLevel(logging.INFO)
        try:
            settings = Settings(
                tenant_id=tenant,
                graph_url=str(child.ready["graphUrl"]),
                cloud="local",
                graph_token=Secret(_TOKEN),
                storage_connection=Secret(azurite.connection_string),
            )
            stores, client = await open_stores(settings), reader(settings, spacing=0.0)
            try:
                backup = Later(tenant, client, stores, settings.time_budget, console)
                keys = enabled(Choice(Preset.STANDARD), ENTRIES)
                await backup.run(keys)
                await asyncio.sleep(1.1)  # a run is named by its second
                heard.reset()
                results = (await backup.run(keys)).values()
            finally:
                await client.aclose()
                await stores.aclose()
        finally:
            for logger in loggers:
                logger.removeHandler(heard)
            child.stop()
    return {
        "types": len(results),
        "objects": sum(result.objects for result in results),
        "bytes": sum(result.bytes for result in results),
        "graphRequests": sum(result.requests for result in results),
        "blobWrites": heard.asked["write"],
        "blobReads": heard.asked["read"],
        "tableRequests": heard.asked["table"],
        "logLines": heard.lines,
        "logBytes": heard.bytes,
    }


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(prog="python -m bench.sizes", description=__doc__)
    parser.add_argument("users", type=int, nargs="*", default=[1_000, 10_000])
    console = Console(quiet=True)
    found = {str(users): asyncio.run(measure(users, console)) for users in parser.parse_args().users}
    FILE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

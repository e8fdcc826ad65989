"""Starts and stops Azurite, Microsoft's storage emulator, on free ports: a data directory in, a connection string out.

Without a directory everything is kept in memory. The ports are chosen by the system and read from what Azurite says,
so that several can run side by side.
"""

import base64
import os
import queue
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

from local.processes import die_with_parent

ACCOUNT = "devstoreaccount1"
# Public and the same in every Azurite: it protects nothing.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
assert len(base64.b64decode(KEY)) == 64

_SCRIPT = Path(__file__).resolve().parent.parent / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
_FIRST = Path(__file__).with_name("azurite_start.cjs")
_LISTENING = re.compile(r"(Blob|Queue|Table) service (?:is )?successfully listen\w* (?:at|on) http://[\d.]+:(\d+)")
_PATIENCE = 60.0


class Azurite:
    """A running emulator. Use it as a context manager, or call `stop`."""

    def __init__(self, data: Path | None = None, *, ports: tuple[int, int, int] = (0, 0, 0)) -> None:
        node = shutil.which("node")
        if node is None or not _SCRIPT.exists():
            raise RuntimeError("Azurite is not installed: `make` installs it (Node.js and node_modules are needed)")
        blob, queue_port, table = (str(port) for port in ports)
        where = ["--inMemoryPersistence"] if data is None else ["--location", str(data)]
        if data is not None:
            data.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [
                *(node, "--require", str(_FIRST)),
                *(str(_SCRIPT), "--silent", "--skipApiVersionCheck", "--disableTelemetry", *where),
                # Longer than clients keep an idle connection, so that none writes into one that is being closed.
                *("--blobKeepAliveTimeout", "60", "--queueKeepAliveTimeout", "60", "--tableKeepAliveTimeout", "60"),
                *("--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1"),
                *("--blobPort", blob, "--queuePort", queue_port, "--tablePort", table),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "NODE_ENV": "production"},
            start_new_session=True,  # Ctrl-C in the terminal reaches us alone; we stop it in our own order
            preexec_fn=die_with_parent,
        )
        self._starting = True
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.ports = self._wait()
        except BaseException:
            self.stop()
            raise
        self._starting = False

    @property
    def connection_string(self) -> str:
        """What every Azure Storage client takes."""
        endpoints = ";".join(
            f"{service}Endpoint=http://127.0.0.1:{port}/{ACCOUNT}"
            for service, port in zip(("Blob", "Queue", "Table"), self.ports, strict=True)
        )
        return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{endpoints};"

    @property
    def pid(self) -> int:
        """The process id, for `stack.json`."""
        return self.process.pid

    def stop(self) -> None:
        """Ends the process; what it holds on disk is written first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def kill(self) -> None:
        """Ends the process at once, as a power cut would."""
        self.process.kill()
        self.process.wait(10)

    def __enter__(self) -> "Azurite":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read(self) -> None:
        # Read for as long as it runs: a full pipe would stop it.
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if self._starting:
                self._lines.put(line)
        self._lines.put(None)

    def _wait(self) -> tuple[int, int, int]:
        said: list[str] = []
        found: dict[str, int] = {}
        deadline = time.monotonic() + _PATIENCE
        while len(found) < 3:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise RuntimeError("Azurite did not start:\n" + "".join(said))
            said.append(line)
            if match := _LISTENING.search(line):
                found[match[1]] = int(match[2])
        return found["Blob"], found["Queue"], found["Table"]

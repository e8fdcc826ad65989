"""Child processes that say when they are ready and do not outlive their parent."""

import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """In a child, before it runs: on Linux the kernel ends it when the parent dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A Python module run as a process. `ready` is the JSON object it printed first; its log goes to a file."""

    def __init__(
        self, module: str, arguments: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, patience: float
    ) -> None:
        self.module = module
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=sink,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(env or {})},
                text=True,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the children in our own order
                preexec_fn=die_with_parent,
            )
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.ready = self._first_object(patience)
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def stop(self) -> None:
        """Ends the process, politely first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def kill(self) -> None:
        """Ends the process at once, as a power cut would."""
        self.process.kill()
        self.process.wait(15)

    def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            for line in self.process.stdout:
                self._lines.put(line)
        except ValueError:
            pass  # the pipe was closed by stop()
        self._lines.put(None)

    def _first_object(self, patience: float) -> dict[str, object]:
        said: list[str] = []
        while True:
            try:
                line = self._lines.get(timeout=patience)
            except queue.Empty:
                raise RuntimeError(f"{self.module} did not start within {patience:g} s; see {self.log}") from None
            if line is None:
                tail = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{self.module} did not start:\n{''.join(said)}{tail}")
            said.append(line)
            if line.startswith("{"):
                ready: dict[str, object] = json.loads(line)
                return ready

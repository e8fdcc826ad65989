"""A scratch database in a temporary directory, so that memory does not grow with the tenant.

In: a schema. Out: a connection, gone with its file when the context ends. Nothing in it has to survive the process.
"""

import sqlite3
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

_PRAGMAS = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-8192;"


class ScratchDatabase:
    """Use as a context manager. `schema` is run whenever the database is opened."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._directory = tempfile.TemporaryDirectory(prefix="lifeboat-")
        self._path = Path(self._directory.name) / "work.db"
        self._open()

    def _open(self) -> None:
        self._db = sqlite3.connect(self._path, isolation_level=None)
        self._db.executescript(_PRAGMAS + self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._directory.cleanup()

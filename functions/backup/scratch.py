"""A scratch database in a temporary directory, so that memory does not grow with the tenant.

In: a schema. Out: a connection, gone with its file when the context ends. Nothing in it has to survive the process.
"""

import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from isal import isal_zlib

_PRAGMAS = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-8192;"
_PIECE = 1 << 20
_GZIP = 31


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

    def dump(self) -> Iterator[bytes]:
        """The database, gzipped, piece by piece."""
        self._db.close()
        try:
            deflater = isal_zlib.compressobj(1, isal_zlib.DEFLATED, _GZIP)
            with self._path.open("rb") as file:
                while piece := file.read(_PIECE):
                    if packed := deflater.compress(piece):
                        yield packed
            yield deflater.flush()
        finally:
            self._open()

    async def load(self, chunks: AsyncIterator[bytes]) -> None:
        """Replaces the database by a dump."""
        self._db.close()
        inflater = isal_zlib.decompressobj(_GZIP)
        with self._path.open("wb") as file:
            async for chunk in chunks:
                file.write(inflater.decompress(chunk, _PIECE))
                while inflater.unconsumed_tail:
                    file.write(inflater.decompress(inflater.unconsumed_tail, _PIECE))
            file.write(inflater.flush())
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._directory.cleanup()

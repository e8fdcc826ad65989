"""The deployment address of an app: takes a zip over TLS, as Flex Consumption does, and keeps what it was sent."""

import asyncio
import json
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass
class Site:
    """The deployment address of an app: what it was sent, and what it says."""

    address: str = ""
    accepts: int = 202
    statuses: list[int] = field(default_factory=lambda: [1, 4])
    asked: list[tuple[str, str]] = field(default_factory=list)
    zip: bytes = b""
    tokens: set[str] = field(default_factory=set)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.splitlines()[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.splitlines()[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append((method, path))
        self.tokens.add(headers.get("authorization", ""))
        if method == "POST":
            assert headers["content-type"] == "application/zip"
            self.zip, status, said = body, self.accepts, '"d3b07384-d113"'
        else:
            now = self.statuses.pop(0) if self.statuses else 4
            status, said = 200, json.dumps({"id": "x", "status": now, "complete": False})
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n{said}".encode())
        await writer.drain()
        writer.close()


@cache
def certificate() -> dict[str, bytes]:
    """A key and its certificate, made once: each site of these tests may have the same."""
    subject = ["-subj", "/CN=127.0.0.1", "-days", "1", "-nodes"]
    with TemporaryDirectory() as home:
        files = {name: Path(home, name) for name in ("key", "cert")}
        made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", files["key"]]
        command = ["openssl", "req", "-x509", *subject, *made, "-out", files["cert"]]
        subprocess.run(command, check=True, capture_output=True)
        return {name: file.read_bytes() for name, file in files.items()}


@asynccontextmanager
async def listening(home: Path) -> AsyncIterator[Site]:
    """A site on this machine. curl trusts it when HOME is `home`."""
    for name, pem in certificate().items():
        (home / name).write_bytes(pem)
    (home / ".curlrc").write_text(f"cacert = {home / 'cert'}\n", encoding="utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "cert", home / "key")
    site = Site()
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0, ssl=context)
    site.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield site
    finally:
        server.close()
        await server.wait_closed()

"""A request and a reply as the emulated API sees them, whether they came alone or as an item of a batch.

`Request.path` is what follows the version (`/users/{id}`), still percent-encoded; `Reply.body` is a value still to be
encoded, or bytes to be sent as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import msgspec

from local.tenant.schema import Edition

JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


@dataclass(slots=True)
class Request:
    """`host` is scheme and authority; `item` says that the request is an item of a batch."""

    method: str
    api: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    host: str
    item: bool = False
    request_id: str = ""
    cloud: str = "global"

    @property
    def edition(self) -> Edition:
        return Edition(self.api == "beta", self.cloud)

    @property
    def root(self) -> str:
        return f"{self.host}/{self.api}"

    @property
    def url(self) -> str:
        return self.root + self.path + (f"?{self.query}" if self.query else "")

    @property
    def shown(self) -> str:
        """Version, path and query, decoded: what fault rules are matched against."""
        return unquote(f"/{self.api}{self.path}" + (f"?{self.query}" if self.query else ""))

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @property
    def eventual(self) -> bool:
        return self.header("consistencylevel").lower() == "eventual"

    def prefers(self, preference: str) -> bool:
        return preference in [part.strip().lower() for part in self.header("prefer").split(",")]


@dataclass(slots=True)
class Reply:
    """`body` None is sent as no body at all. `cut` tells the transport to lose half of it: "connection" closes in the
    middle, "json" sends a shorter body as if it were whole."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return msgspec.json.encode(self.body)

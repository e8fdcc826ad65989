"""What goes back to a caller, free of any web framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

_SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the body as it is sent, and headers. `code` is the problem's code, "" where all went well."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = ""

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers of this reply and those of every reply: answers are not for caches."""
        return {**_SAFE, **self.headers}


def answer(content: object, status: int = 200, *, location: str = "") -> Reply:
    """A JSON reply. `content` is a struct or plain data; a `location` becomes the Location header."""
    return Reply(status, msgspec.json.encode(content), headers={"Location": location} if location else {})

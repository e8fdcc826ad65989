"""A fault as an administrator of the emulator describes it: what to do, to which calls, how often.

A rule counts the calls it matched (`seen`) and those it was done to (`hits`), so that a test can prove that it was hit.

    throttle         429 (or `status`), with `retryAfter` as it is given: a number, a decimal, a date, or not at all
    status           `status` with `code`, `message`, `headers`
    headers          the tenant's own answer, with `headers` added
    drop             the connection closes without an answer
    truncate         half the body: `form` "connection" closes in the middle, "json" pretends to be whole
    delay            `seconds` before the call, or after it
    expireAccess     401, as for a token whose time is over
    expirePageToken  400 Directory_ExpiredPageToken (or `code`) where the call carries a page token
    deltaReset       410 and Location, or `form` "syncStateNotFound": 400, where the call carries a delta token
    refuse           403 Authorization_RequestDenied
    unlicensed       403 for a premium report; `form` "pim", "intune", "entitlement", "governance" for what those say
    foreignNextLink  the next link leads to `host`
    duplicate        the last `count` objects of the page before come again
    absent           what a replica answers that has not got the objects: an empty list, or 404 for one of them
    emptyPage        no objects, and a next link to the page that should have come
    interleave       somebody else makes `requests` ({"method", "path", "body"}) once the page is read
"""

import re
from typing import Any, Literal

import msgspec

from local.tenant.message import Request

PAGED = frozenset({"foreignNextLink", "duplicate", "emptyPage", "interleave", "absent"})

type Action = Literal[
    "throttle",
    "status",
    "headers",
    "drop",
    "truncate",
    "delay",
    "expireAccess",
    "expirePageToken",
    "deltaReset",
    "refuse",
    "unlicensed",
    "foreignNextLink",
    "duplicate",
    "emptyPage",
    "interleave",
    "absent",
]


class Rule(msgspec.Struct, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """`method` and `path` are regular expressions, the path with version and query, decoded. `calls` picks the n-th
    matching calls, counted from one; empty picks all. `times` limits the hits. `where` tells single requests from items
    of a batch. `when` "after" lets the call act before its answer is spoiled."""

    do: Action
    method: str = ".*"
    path: str = ""
    calls: list[int] = msgspec.field(default_factory=list)
    times: int = 0
    where: Literal["any", "request", "item"] = "any"
    when: Literal["before", "after"] = "before"
    status: int = 0
    code: str = ""
    message: str = ""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    retry_after: int | float | str | None = None
    seconds: float = 0
    form: str = ""
    host: str = "graph.attacker.example"
    count: int = 2
    requests: list[dict[str, Any]] = msgspec.field(default_factory=list)
    id: int = 0
    seen: int = 0
    hits: int = 0

    def applies(self, request: Request) -> bool:
        """Counts the call if it matches, and says whether it is one that the fault is for."""
        if not self._matches(request):
            return False
        self.seen += 1
        if (self.calls and self.seen not in self.calls) or (self.times and self.hits >= self.times):
            return False
        self.hits += 1
        return True

    def _matches(self, request: Request) -> bool:
        if (self.where == "item" and not request.item) or (self.where == "request" and request.item):
            return False
        if self.do in PAGED and request.method != "GET":
            return False
        if self.do == "expirePageToken" and "skiptoken=" not in request.query:
            return False
        if self.do == "deltaReset" and "deltatoken=" not in request.query:
            return False
        return bool(re.fullmatch(self.method, request.method)) and bool(re.search(self.path, request.shown))


def rule(body: bytes) -> Rule:
    """Read from JSON; a pattern that does not compile or an unknown name is refused."""
    described = msgspec.json.decode(body, type=Rule)
    try:
        re.compile(described.path)
        re.compile(described.method)
    except re.error as error:
        raise msgspec.ValidationError(f"not a regular expression: {error}") from None
    return described

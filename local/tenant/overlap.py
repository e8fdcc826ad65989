"""Writes that Graph does not take side by side: two to the credentials of one application, two to licences.

of(request, place)    what the write must have to itself, "" for nothing
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from local.tenant.message import Request
from local.tenant.rules import GraphFault
from local.tenant.tree import Place, Shape

LICENCES = "licences"
CREDENTIALS = frozenset({"addPassword", "removePassword", "addKey", "removeKey"})


class Overlaps:
    def __init__(self) -> None:
        self._busy: Counter[str] = Counter()

    @contextmanager
    def entered(self, name: str) -> Iterator[bool]:
        """Whether another write to the same thing is under way."""
        if not name:
            yield False
            return
        met = self._busy[name] > 0
        self._busy[name] += 1
        try:
            yield met
        finally:
            self._busy[name] -= 1


def of(request: Request, place: Place) -> str:
    if request.method == "GET" or place.kind is None:
        return ""
    if place.action is not None and place.action.name == "assignLicense":
        return LICENCES
    if place.kind.name != "application":
        return ""
    below = place.link.name if place.link else place.steps[0].link.name if place.steps else ""
    own = place.shape is Shape.ONE and request.method == "PATCH"
    secret = place.action is not None and place.action.name in CREDENTIALS
    return f"application/{place.key}" if own or secret or below == "federatedIdentityCredentials" else ""


def refused() -> GraphFault:
    return GraphFault(
        409,
        "Directory_ConcurrencyViolation",
        "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
    )

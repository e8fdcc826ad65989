"""What Microsoft Graph has and an application cannot read, or only with a permission to write. Data only.

docs/coverage.md lists it, so that nobody takes it for backed up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """`what` people call it, `path` in Graph, `why` it is not read, and what to do instead."""

    what: str
    path: str
    why: str
    todo: str


UNREAD: tuple[Unread, ...] = ()

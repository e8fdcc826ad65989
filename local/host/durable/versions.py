"""Which orchestrations this host may go on with, by the version that each was started with.

In: `defaultVersion`, `versionMatchStrategy` and `versionFailureStrategy` of host.json, and an instance's version. Out:
whether to take it, to leave it for another host, or to fail it. Versions are compared number by number where both are
numbers with points, as text where they are not; no version is older than any.
"""

import re
from dataclasses import dataclass
from typing import Literal

_NUMBERS = re.compile(r"\d+(\.\d+){1,3}")
MATCHES = ("None", "Strict", "CurrentOrOlder")
FAILURES = ("Reject", "Fail")


def _key(version: str) -> tuple[int, ...] | str:
    return tuple(map(int, version.split("."))) if _NUMBERS.fullmatch(version) else version.lower()


def older(one: str, other: str) -> bool:
    """Whether the first of two versions is the older one."""
    if not one or not other:
        return bool(other) and not one
    left, right = _key(one), _key(other)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left < right
    return one.lower() < other.lower()


@dataclass(frozen=True, slots=True)
class Versions:
    """What host.json says. `default` is stamped on every instance that is started without a version."""

    default: str = ""
    match: str = "CurrentOrOlder"
    failure: str = "Reject"

    def decide(self, version: str) -> Literal["take", "leave", "fail"]:
        """What to do with an instance of this version. A host without a version of its own takes everything."""
        refused = {"None": False, "Strict": version != self.default, "CurrentOrOlder": older(self.default, version)}
        if not self.default or not refused[self.match]:
            return "take"
        return "leave" if self.failure == "Reject" else "fail"

"""Findings gathered while one thing is looked at, and the log lines of those that are reported."""

from collections.abc import Iterable

from functions import log
from functions.core.verify import KEPT, Finding, Tally


class Notes:
    """What one look has found. Many findings of one code are counted, and the first kept."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._found: dict[str, int] = {}
        self.counts: dict[str, int] = {}

    def add(self, one: Finding) -> None:
        """Notes a finding."""
        self._found[one.code] = self._found.get(one.code, 0) + 1
        if self._found[one.code] <= KEPT:
            self._kept.append(one)

    def extend(self, some: Iterable[Finding]) -> None:
        """Notes several."""
        for one in some:
            self.add(one)

    def count(self, **more: int) -> None:
        """Counts what was looked at."""
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number

    @property
    def names(self) -> set[str]:
        """The blobs that something was found about."""
        return {one.name for one in self._kept if one.name}

    def tally(self) -> Tally:
        """All of it."""
        return Tally(dict(self.counts), dict(self._found), tuple(self._kept))


def tell(tally: Tally) -> None:
    """A log line for each finding that is reported: damage raises an alert, what is only worth knowing does not."""
    for one in tally.findings:
        fields = {"code": one.code, "run": one.run or "none", "type": one.type or "none"}
        if one.damage:
            log.error("verify.finding", **fields, name=one.name or "none")
        else:
            log.info("verify.noted", **fields, name=one.name or "none")

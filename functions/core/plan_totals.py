"""What a plan amounts to: objects by what happens to them, permissions, calls and time; pure.

In: the items of one object after the other. Out: counts by type, permissions with the number of steps that take them,
and an estimate. Nothing but the sums is kept, however many items there are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from functions.catalogue.model import ObjectType
from functions.core.plan import Estimate, Item, Needed, TypeCount

_LINKING = ("addLinks", "setLink", "removeLink")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What Graph lets an application do. `rates`: writes a second by bucket, where a bucket has a limit of its own.
    `reads_back`: how often a write is read back until it is taken to be everywhere."""

    writes: int = 3000
    seconds: int = 150
    rates: Mapping[str, float] = field(default_factory=lambda: {"conditionalAccess": 1.0})
    reads_back: int = 1


@dataclass(slots=True)
class Totals:
    """The sums so far."""

    quota: Quota = field(default_factory=Quota)
    items: int = 0
    steps: int = 0
    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _needs: Counter[str] = field(default_factory=Counter)
    _writes: Counter[str] = field(default_factory=Counter)
    _reads: int = 0

    def add(self, found: Sequence[Item], entry: ObjectType) -> None:
        """Counts all items of one object."""
        counts = self._counts.setdefault(entry.key, Counter())
        counts[_fate(found)] += 1
        for item in found:
            self.items += 1
            self._reads += (1 + len(item.followed)) if item.digest and item.steps else 0
            for step in item.steps:
                self.steps += 1
                counts["steps"] += 1
                counts["links"] += len(step.targets) if step.action in _LINKING else 0
                self._needs.update(set(step.needs))
                self._writes[entry.bucket] += 1
                self._reads += 0 if step.later else self.quota.reads_back

    def counts(self) -> tuple[TypeCount, ...]:
        """By type, in the order in which the types came."""
        return tuple(TypeCount(type=key, **counts) for key, counts in self._counts.items())

    def needs(self, held: frozenset[str] | None) -> tuple[Needed, ...]:
        """The permissions, by name. `held`: those that the restorer has, None where that is not known."""
        return tuple(
            Needed(name, steps, None if held is None else name in held) for name, steps in sorted(self._needs.items())
        )

    def estimate(self) -> Estimate:
        """What applying will cost at least."""
        writes = sum(self._writes.values())
        slowest = max((self._writes[bucket] / rate for bucket, rate in self.quota.rates.items()), default=0.0)
        return Estimate(writes, self._reads, ceil(max(slowest, writes * self.quota.seconds / self.quota.writes)))


def _fate(found: Sequence[Item]) -> str:
    """What happens to an object: the field of TypeCount that counts it."""
    actions = {step.action for item in found for step in item.steps}
    for action, fate in (("restoreDeleted", "undeleted"), ("create", "created"), ("delete", "deleted")):
        if action in actions:
            return fate
    if actions:
        return "created" if found[0].standing == "gone" else "updated"
    return "left" if any(item.gaps for item in found) else "unchanged"

"""What a plan comes to, counted as its items are made: objects by what becomes of them, steps, permissions, calls."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from functions.catalogue import TYPES
from functions.core.plan import Estimate, Item, LossGap, Needed, TypeCount
from functions.graph.roles import grants

_LINKS = frozenset({"addLinks", "setLink", "removeLink"})
_WINDOW = 150.0  # seconds over which Graph counts writes
_SECOND_EACH = frozenset({"conditionalAccess"})  # about one request a second for a whole tenant
_READS_A_STEP = 2  # it is read before it is written, and afterwards until it shows


@dataclass(slots=True)
class Totals:
    """Counts items; the rest follows from the counts."""

    steps: int = 0
    gaps: int = 0
    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _needs: Counter[str] = field(default_factory=Counter)
    _slow: int = 0
    _items: int = 0

    def add(self, items: Sequence[Item]) -> None:
        """Counts what the plan does with one object."""
        if not items:
            return
        count = self._counts.setdefault(items[0].type, Counter())
        steps = [step for item in items for step in item.steps]
        count[_fate(items)] += 1
        count["steps"] += len(steps)
        count["links"] += sum(max(1, len(step.targets)) for step in steps if step.action in _LINKS)
        self._needs.update(need for step in steps for need in dict.fromkeys(step.needs))
        self.steps += len(steps)
        self.gaps += sum(len(item.gaps) for item in items)
        self._items += len(items)
        if TYPES[items[0].type].bucket in _SECOND_EACH:
            self._slow += len(steps)

    def counts(self) -> tuple[TypeCount, ...]:
        """By type."""
        return tuple(TypeCount(type=key, **dict(count)) for key, count in sorted(self._counts.items()))

    def needs(self, held: frozenset[str] | None) -> tuple[Needed, ...]:
        """The permissions that the steps take, and whether the restorer holds them; None: its token does not say."""
        return tuple(
            Needed(permission, steps, None if held is None else grants(held, permission))
            for permission, steps in sorted(self._needs.items())
        )

    def estimate(self, writes_a_window: int) -> Estimate:
        """The least that applying takes."""
        seconds = max(self.steps / writes_a_window * _WINDOW, float(self._slow * (1 + _READS_A_STEP)))
        return Estimate(writes=self.steps, reads=self._items + _READS_A_STEP * self.steps, seconds=ceil(seconds))


def missing_permissions(needs: Iterable[Needed]) -> list[LossGap]:
    """What is said of permissions that the restorer lacks."""
    lacking = [need for need in needs if need.held is False]
    if not lacking:
        return []
    names = ", ".join(need.permission for need in lacking)
    return [
        LossGap(
            f"{max(need.steps for need in lacking)} or more steps will be refused",
            f"The restorer identity does not hold: {names}.",
            "Grant it these application permissions (docs/permissions.md), then apply; or leave out what takes them.",
        )
    ]


def _fate(items: Sequence[Item]) -> str:
    actions = {step.action for item in items for step in item.steps}
    if "create" in actions or (actions and items[0].standing == "gone"):  # or it is asked for, and made by the service
        return "created"
    if "restoreDeleted" in actions:
        return "undeleted"
    if "delete" in actions:
        return "deleted"
    if actions:
        return "updated"
    return "left" if any(item.gaps for item in items) else "unchanged"

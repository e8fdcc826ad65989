"""Values that a backup could not read: Graph has a word for what it does not tell a reader. Pure."""

from functions.core.plan import LossGap
from functions.core.plan_rules import Gaps, Situation
from functions.core.record import Json

_UNTOLD = "unknownFutureValue"


def unreadable(s: Situation, *names: str) -> Gaps:
    """Gaps that forbid writing an object of which one of these properties holds such a value: it would be lost."""
    found = sorted(name for name in names if holds_untold(s.wanted.get(name)))
    if not found:
        return []
    return [
        LossGap(
            f"{s.name} is left as it is",
            f"The backup holds a value that Graph named {_UNTOLD} ({', '.join(found)}): it was newer than the way of "
            "reading it, and writing the object would lose it.",
            "Choose another run, or compare the object with the portal by hand.",
        )
    ]


def holds_untold(value: Json) -> bool:
    """True where a value is or holds the word that stands for what was not told."""
    if isinstance(value, str):
        return value == _UNTOLD
    if isinstance(value, dict):
        return any(holds_untold(part) for part in value.values())
    return isinstance(value, list) and any(holds_untold(part) for part in value)

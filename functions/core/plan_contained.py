"""What an object contains, on both sides of a restore, for rules that write it with calls of their own; pure.

In: the situation of an object. Out: the contained objects of a relationship as they were and as they are, and the gaps
that such rules share.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from functions.core.plan import LossGap
from functions.core.plan_gaps import unread_tenant
from functions.core.plan_rules import Gaps, Situation
from functions.core.record import RELATIONSHIPS, Object


class Sides(NamedTuple):
    """The contained objects of one relationship, as they were and as they are."""

    wanted: Sequence[Object]
    current: Sequence[Object]


def sides(s: Situation, link: str, gaps: Gaps) -> Sides | None:
    """Both sides of a relationship; None where it was not chosen, or cannot be compared, which is then a gap."""
    if not s.options.follows(link):
        return None
    held = s.record.get(RELATIONSHIPS)
    wanted = held.get(link) if isinstance(held, dict) else None
    if not isinstance(wanted, list):
        gaps.append(
            LossGap(
                f"The {link} of {s.name}",
                "The backup could not read them.",
                "Choose another run, in which the type has no such gap.",
            )
        )
        return None
    if s.live.standing == "live" and link not in s.live.parts:
        if wanted:
            gaps.append(unread_tenant(s, link))
        return None
    current = () if s.live.standing == "gone" else s.live.parts.get(link, ())
    return Sides([thing for thing in wanted if isinstance(thing, dict)], current)


def left_over(s: Situation, names: Iterable[str], todo: str) -> Gaps:
    """The gap of what was not in the backup and stays although an exact match was asked for."""
    told = ", ".join(sorted(names))
    if not told or s.options.mode != "exact":
        return []
    return [
        LossGap(f"{told} of {s.name} stays", "It was not there in the backup, and a restore does not remove it.", todo)
    ]

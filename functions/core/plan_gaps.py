"""Sentences that the plans of all types share; pure."""

from collections.abc import Sequence

from functions.core.links import Mode
from functions.core.plan import LossGap
from functions.core.plan_rules import Situation

STAMPS = frozenset(
    {
        "id",
        "createdDateTime",
        "deletedDateTime",
        "modifiedDateTime",
        "lastModifiedDateTime",
        "renewedDateTime",
        "lastPasswordChangeDateTime",
        "signInSessionsValidFromDateTime",
        "securityIdentifier",
        "@odata.type",
    }
)
"""What the service writes by itself, and nobody misses."""


def new_id(s: Situation) -> LossGap:
    """Of an object that is created again."""
    return LossGap(
        f"The id {s.identity}",
        "Microsoft Entra ID gives every new object an id of its own.",
        "The id map remembers which is which, and what named the old one in the directory is offered in this plan. "
        "What refers to it outside the directory is yours to change.",
    )


def namesakes(s: Situation) -> list[LossGap]:
    """Of an object that may have been rebuilt by hand."""
    if not s.live.twins:
        return []
    return [
        LossGap(
            f"There is another {s.name}",
            f"{', '.join(s.live.twins)} has the same name, and no restore made it. Applying this plan makes one more.",
            "If somebody has rebuilt the object by hand, keep that one and do not apply this plan.",
        )
    ]


def kept(name: str, *, mode: Mode) -> LossGap:
    """Of a property that had no value in the backup."""
    if mode == "exact":
        return LossGap(f"{name} keeps its value", "Graph does not clear this property.", "Set the value you want.")
    return LossGap(
        f"{name} keeps its value",
        "It had no value in the backup, and nothing is removed unless an exact match is asked for.",
        'Make a new plan with "match": "exact" to clear it.',
    )


def not_writable(s: Situation, names: Sequence[str], what: str) -> LossGap:
    """Of properties that Graph gives and does not take."""
    at_creation = [name for name in names if s.entry.restore and name in s.entry.restore.create]
    only = f" Only a new object can have another value of: {', '.join(at_creation)}." if at_creation else ""
    return LossGap(
        f"Not written: {', '.join(names)}",
        f"These properties {what}, and a restore cannot write them: the service sets them, or Graph refuses.{only}",
        "Compare them with the record and put right by hand what matters.",
    )


def not_in_tenant(what: str, lost: Sequence[str]) -> LossGap:
    """Of what names an object that is not there."""
    return LossGap(
        what,
        f"It names {', '.join(lost)}, which is not in the tenant, and no restore has re-created it.",
        "Restore that object first (it may lie in the recycle bin), then make a new plan.",
    )


def unread_run(s: Situation, link: str, run: str) -> LossGap:
    """Of a relationship that the backup lacks."""
    return LossGap(f"The {link} of {s.name}", f"The run {run} could not read them.", "Choose another run.")


def unread_tenant(s: Situation, link: str) -> LossGap:
    """Of a relationship that cannot be compared."""
    return LossGap(
        f"The {link} of {s.name}",
        "They could not be read in the tenant, so what differs is not known.",
        "Check the permissions of the app, then make a new plan.",
    )

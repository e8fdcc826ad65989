"""What restoring people, their groups, units and devices has in common: who else has a say in an object; pure."""

from functions.core.diff import changes, empty
from functions.core.plan import LossGap
from functions.core.plan_rules import Gaps, Situation
from functions.core.record import Object


def source(s: Situation) -> Object:
    """The object as it is, or where it is gone as it was."""
    return s.record if s.live.standing == "gone" else s.live.object


def synced(s: Situation) -> bool:
    """True where an on-premises Active Directory masters the object."""
    return source(s).get("onPremisesSyncEnabled") is True


def written(s: Situation) -> set[str]:
    """The properties of an object that is there which the plan changes or clears."""
    restore = s.entry.restore
    if s.live.standing == "gone" or restore is None:
        return set()
    return {
        change.property
        for change in changes(s.current, s.wanted, restore.update)
        if s.options.takes(change.property) and (s.options.mode == "exact" or not empty(change.after))
    }


def restricted(s: Situation) -> Gaps:
    """A gap for an object that only administrators of its unit may change."""
    if s.live.object.get("isManagementRestricted") is not True:
        return []
    return [
        LossGap(
            f"{s.name} is protected by an administrative unit with restricted management",
            "Graph lets nobody change it who has no directory role at the scope of that unit, whatever permissions the "
            "restorer has.",
            "Give the restorer a role at the scope of the unit for the time of the restore; otherwise these steps are "
            "refused with 403.",
        )
    ]


def stays(s: Situation, why: str) -> LossGap:
    """Why a live object that was not in the backup is not deleted."""
    return LossGap(f"{s.name} stays", why, "Delete it yourself if it should not be there.")

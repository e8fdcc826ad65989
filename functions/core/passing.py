"""Which assignments of roles end by themselves: pure.

In: the schedules of roles that a backup holds. Out: the ties between a principal, a role and a scope that were given
for a while only, so that nobody takes the plain assignment, which names no end, for one that was given for good.
"""

from collections.abc import Iterable

from functions.core.plan import LossGap
from functions.core.record import Object

type Tie = tuple[str, str, str]


def ends(schedule: Object) -> bool:
    """True for a schedule that ends by itself: an activation of a few hours, or one with a last day."""
    info = schedule.get("scheduleInfo")
    expiration = info.get("expiration") if isinstance(info, dict) else None
    until = expiration if isinstance(expiration, dict) else {}
    activated = str(schedule.get("assignmentType")).casefold() == "activated"
    return activated or bool(until.get("endDateTime") or until.get("duration"))


def tie(assignment: Object) -> Tie:
    """Who holds what where."""
    scope = assignment.get("directoryScopeId") or assignment.get("appScopeId")
    return str(assignment.get("principalId")), str(assignment.get("roleDefinitionId")), str(scope or "/")


def passing(schedules: Iterable[Object]) -> frozenset[Tie]:
    """The ties of all schedules that end, without those that another schedule gives for good."""
    ending, lasting = set[Tie](), set[Tie]()
    for schedule in schedules:
        (ending if ends(schedule) else lasting).add(tie(schedule))
    return frozenset(ending - lasting)


def was_passing(name: str) -> LossGap:
    """Why an assignment that ended by itself is not made again."""
    return LossGap(
        f"The role of {name} does not come back by this assignment",
        "It was given for a while: somebody had activated it, or it was to end on a certain day. The plain assignment "
        "names no end, and made again it would be for good.",
        "Restore roleAssignmentSchedules and roleEligibilitySchedules, which know the end, or assign the role by hand.",
    )

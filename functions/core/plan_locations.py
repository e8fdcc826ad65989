"""What restoring a named location asks for beyond the catalogue: pure."""

from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Gaps, Rules, Situation
from functions.core.record import Object


def no_bin(s: Situation) -> LossGap | None:
    """Why an object of Conditional Access that was added may not be deleted: the cloud has no recycle bin for it. Where
    there is one, Graph shows when an object was put there, or that it was not."""
    if "deletedDateTime" in s.live.object:
        return None
    return LossGap(
        f"{s.name} is not deleted",
        "Graph shows no recycle bin for it in this cloud, so it would be gone for good.",
        "Delete it by hand if it should not be there.",
    )


def _deletion(s: Situation) -> LossGap | None:
    if s.live.object.get("isTrusted") is True:
        return LossGap(
            f"{s.name} is not deleted",
            "It is a trusted location. Graph deletes only those that are not, and policies may let people in from it.",
            "Look for the policies that name it, set isTrusted to false, then make a new plan.",
        )
    return no_bin(s)


def _same_kind(s: Situation) -> Gaps:
    if s.live.standing == "gone" or s.wanted.get("@odata.type") == s.current.get("@odata.type"):
        return []
    return [
        LossGap(
            f"{s.name} is left as it is",
            f"It is {_kind(s.current)} now and was {_kind(s.wanted)}; Graph does not change that.",
            "Create a new location and use it in the policies that need it.",
        )
    ]


def _danger(s: Situation, step: Step) -> Danger:
    """From a trusted location people may get in without a second factor."""
    if step.action not in ("create", "update", "restoreDeleted", "clearProperty"):
        return "low"
    return "high" if True in (s.wanted.get("isTrusted"), s.current.get("isTrusted")) else "elevated"


def _kind(location: Object) -> str:
    return str(location.get("@odata.type", "")).rpartition(".")[2] or "of unknown kind"


NAMED_LOCATION = Rules(
    stop=_same_kind,
    deletion=_deletion,
    danger=_danger,
    always=("@odata.type",),
    never_null=frozenset({"displayName", "ipRanges", "countriesAndRegions", "isTrusted"}),
)

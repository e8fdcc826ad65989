"""What restoring devices, and their extension attributes, asks for beyond the catalogue: pure."""

from collections.abc import Sequence

from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_people import restricted, written
from functions.core.plan_rules import Call, Gaps, Rules, Situation
from functions.core.record import Object

_ENABLED = "accountEnabled"


def _stop(s: Situation) -> Gaps:
    """A device object is worth nothing without the machine that made it."""
    if s.live.standing == "live":
        return []
    return [
        LossGap(
            f"The device {s.name} is not made again",
            "Its keys and certificates live on the machine: an object that Graph makes would be joined by none.",
            "Join or register the machine anew, then add the new object to the groups that the record names.",
        )
    ]


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if body.get(_ENABLED) is False:
        gaps.append(
            LossGap(
                f"{s.name} stays enabled",
                "It was disabled in the backup, and a restore never disables a device that works.",
                "Disable it yourself if that is what you want.",
            )
        )
        body = {name: value for name, value in body.items() if name != _ENABLED}
    elif _ENABLED in body:
        gaps.append(
            LossGap(
                f"{s.name} is enabled again",
                "It was enabled in the backup; somebody has disabled it since, perhaps because it was lost. Graph asks "
                "the restorer for the directory role Cloud Device Administrator, which no permission stands in for.",
                "Make sure that it may be used again, or leave accountEnabled out of the restore.",
            )
        )
    return body


def _calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    if written(s):
        gaps += restricted(s)
    return ()


def _danger(s: Situation, step: Step) -> Danger:
    body = step.body if isinstance(step.body, dict) else {}
    return "elevated" if _ENABLED in body or step.link == "registeredOwners" else "low"


DEVICE = Rules(stop=_stop, patch=_patch, calls=_calls, danger=_danger, never_null=frozenset({_ENABLED}))
DEVICE_ATTRIBUTES = Rules(stop=_stop, patch=_patch, calls=_calls)

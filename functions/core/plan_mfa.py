"""What restoring how people sign in asks for beyond the catalogue: pure.

Of it an application may write the state of multifactor authentication alone. The service moves the state on by itself,
from enabled to enforced, as soon as the person has registered a method.
"""

from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Gaps, Rules, Situation, within
from functions.core.record import Object

_REQUIREMENTS, _STATE = "requirements", "perUserMfaState"


def _stop(s: Situation) -> Gaps:
    if s.live.standing != "gone":
        return []
    return [
        LossGap(
            f"How {s.name} signs in does not come back",
            "The account is not in the tenant, and this plan does not make it.",
            "Restore the account first, then make a new plan.",
        )
    ]


def _part(s: Situation, link: str, body: Object, gaps: Gaps) -> Object:
    current = next((part.get(_STATE) for part in s.live.parts.get(_REQUIREMENTS, ())), None)
    if body.get(_STATE) != "enabled":
        return body
    if current == "enforced":
        gaps.append(
            LossGap(
                f"{_STATE} of {s.name} stays enforced",
                "It was enabled; the service goes on to enforced by itself when a method has been registered.",
                "Nothing.",
            )
        )
        return {}
    gaps.append(
        LossGap(
            f"{_STATE} of {s.name} may become enforced",
            "It was enabled; where the person has registered a method the service goes on to enforced at once, and the "
            "step is told as one whose value does not show.",
            "Nothing, if it is enforced afterwards.",
        )
    )
    return body


def _danger(s: Situation, step: Step) -> Danger:
    return "high" if within(step.body, _STATE) == "disabled" else "elevated"


RULES = Rules(stop=_stop, part=_part, danger=_danger)

"""What restoring an administrative unit asks for beyond the catalogue: pure.

Its administrators are role assignments with the unit as their scope, and are restored as such.
"""

from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_people import stays
from functions.core.plan_rules import Gaps, Rules, Situation
from functions.core.record import Object

_MEMBERSHIP = ("membershipType", "membershipRule", "membershipRuleProcessingState")
_RESTRICTED = "isMemberManagementRestricted"


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    """A unit that turns from assigned to dynamic loses its members; one that turns back has none to begin with."""
    if "membershipType" not in body:
        return body
    if _dynamic(s.wanted) and not _dynamic(s.current) and s.options.mode != "exact":
        gaps.append(
            LossGap(
                f"{s.name} keeps its assigned members",
                "The backup holds a dynamic unit; making it dynamic again throws its present members out.",
                'Make a new plan with "match": "exact" if that is what you want.',
            )
        )
        return {name: value for name, value in body.items() if name not in _MEMBERSHIP}
    return {**body, **{name: s.wanted.get(name) for name in _MEMBERSHIP}}


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    if _dynamic(body):
        body.setdefault("membershipRuleProcessingState", "On")
    if body.get(_RESTRICTED) is not True:
        body.pop(_RESTRICTED, None)
    return body


def _create_notes(s: Situation) -> Gaps:
    return _protecting(s) if s.record.get(_RESTRICTED) is True else []


def _protecting(s: Situation) -> Gaps:
    return [
        LossGap(
            f"Members of {s.name} are protected as soon as they are in it",
            "The unit restricts the management of its members: from then on only administrators of the unit may "
            "change them.",
            "Restore everything else about its members in this plan, which writes it before, or not at all.",
        )
    ]


def _links(s: Situation, link: str) -> LossGap | None:
    """Members of a unit that is dynamic, or becomes it with this plan, follow from its rule."""
    turns = s.options.takes("membershipType") and (s.options.mode == "exact" or not _dynamic(s.wanted))
    unit = s.wanted if s.live.standing == "gone" or turns else s.current
    if link != "members" or not _dynamic(unit):
        return None
    return LossGap(
        f"The members of {s.name} are not written",
        "The unit is dynamic: its members follow from its rule, and Graph refuses to add or remove any.",
        "Wait until the rule has been processed (up to a day), then compare the members with the record.",
    )


def _deletion(s: Situation) -> LossGap | None:
    if s.live.object.get(_RESTRICTED) is True:
        return stays(s, "It protects its members from administrators of the whole tenant; deleting it lifts that.")
    return None


def _role(s: Situation, step: Step) -> LossGap | None:
    if step.action not in ("delete", "removeLink"):
        return None
    what = f"Members are taken out of {s.name}" if step.link else f"{s.name} is deleted"
    return LossGap(
        what,
        "Besides the permission that takes a directory role, and which roles the restorer holds the plan cannot see.",
        "Give the restorer the role Privileged Role Administrator for the time of the restore; otherwise these steps "
        "are refused with 403.",
    )


def _link_notes(s: Situation, link: str) -> Gaps:
    """Of a unit that is there; one that is made again says so itself."""
    if s.live.standing == "gone" or link != "members" or not _restricts(s):
        return []
    return _protecting(s)


def _danger(s: Situation, step: Step) -> Danger:
    return "elevated" if _restricts(s) and step.link == "members" else "low"


def _restricts(s: Situation) -> bool:
    """Whether who is in the unit is protected."""
    return (s.live.object or s.record).get(_RESTRICTED) is True


def _dynamic(unit: Object) -> bool:
    return unit.get("membershipType") == "Dynamic"


RULES = Rules(
    patch=_patch,
    create=_create,
    create_notes=_create_notes,
    links=_links,
    link_notes=_link_notes,
    role=_role,
    deletion=_deletion,
    danger=_danger,
    never_null=frozenset({"displayName"}),
    together=(frozenset(_MEMBERSHIP),),
)

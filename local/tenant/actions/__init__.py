"""Actions and effects of all kinds, each family in a module of its own with `ACTIONS` and `EFFECTS`.

ACTIONS              (kind, name, whether of a collection) → Action
EFFECTS              kind → Effects
action_at(kind, …)   the action that segments of a path name, or None
"""

from collections.abc import Mapping, Sequence

from local.tenant.actions import access, apps, governance, intune, people
from local.tenant.actions.model import Action, Call, Effects, shown

_FAMILIES = (people, apps, access, governance, intune)

ACTIONS: Mapping[tuple[str, str, bool], Action] = {
    (action.kind, action.name, action.collection): action for family in _FAMILIES for action in family.ACTIONS
}
EFFECTS: Mapping[str, Effects] = {kind: effects for family in _FAMILIES for kind, effects in family.EFFECTS.items()}


def action_at(kind: str, segments: Sequence[str], *, collection: bool) -> Action | None:
    name = "/".join(segments).removesuffix("()").removeprefix("microsoft.graph.")
    return ACTIONS.get((kind, name, collection))


__all__ = ["ACTIONS", "EFFECTS", "Action", "Call", "Effects", "action_at", "shown"]

"""From a record, the tenant's state and a choice to a restore plan; pure.

    live                 one PATCH of what differs and can be written, then the links
    in the recycle bin   undelete, then PATCH what differs from the body in the bin, then the links
    gone                 create, then what only a PATCH can set, then the links

Additions come before removals, and removals exist in `exact` mode only, each a step of its own. What is not written
is a gap with what to do about it.
"""

from collections.abc import Mapping

from functions.catalogue.model import ObjectType
from functions.core import plan_groups, plan_policies, plan_users
from functions.core.diff import shape
from functions.core.links_remap import remapped
from functions.core.plan import Choice, LiveState, Plan, live_digest
from functions.core.plan_draft import Draft, Frame
from functions.core.plan_links import link_steps
from functions.core.plan_object import object_steps
from functions.core.plan_rules import Rules, Situation
from functions.core.record import Object
from functions.errors import PlanNotApplicable

__all__ = ["RULES", "Frame", "not_restorable", "plan"]

RULES: Mapping[str, Rules] = {
    "users": plan_users.RULES,
    "groups": plan_groups.RULES,
    "conditionalAccessPolicies": plan_policies.CONDITIONAL_ACCESS,
    "namedLocations": plan_policies.NAMED_LOCATION,
}


def plan(
    record: Object, live: LiveState, choice: Choice, entry: ObjectType, ids: Mapping[str, str], frame: Frame
) -> Plan:
    """The plan. `ids` maps old ids to the newest. Raises PlanNotApplicable where the type cannot be restored at all."""
    restore = entry.restore
    if restore is None:
        raise not_restorable(entry)
    rules = RULES.get(entry.key, Rules())
    record = remapped(record, entry, ids)
    situation = Situation(
        entry=entry,
        choice=choice,
        record=record,
        live=live,
        wanted=rules.normal(shape(record, entry)),
        current=rules.normal(shape(live.object, entry)),
    )
    draft = Draft(situation, rules, restore, frame)
    followed = tuple(r.name for r in entry.relationships if r.restorable and choice.follows(r.name))
    draft.gaps += rules.stop(situation)
    if not draft.gaps and object_steps(draft):
        for relationship in entry.relationships:
            if relationship.name in followed:
                link_steps(draft, relationship)
    return Plan(
        plan_id=frame.plan_id,
        tenant_id=frame.tenant_id,
        type=entry.key,
        object_id=choice.id,
        live_id=live.id,
        name=situation.name,
        run=frame.run,
        mode=choice.mode,
        standing=live.standing,
        created_at=frame.created_at,
        expires_at=frame.expires_at,
        live_digest=live_digest(live, entry, followed),
        relationships=followed,
        steps=tuple(draft.steps),
        gaps=tuple(draft.gaps),
    )


def not_restorable(entry: ObjectType) -> PlanNotApplicable:
    """The refusal of a type that Graph or this release cannot write."""
    return PlanNotApplicable(
        f"{entry.title} cannot be restored", remedy="The record shows what to rebuild by hand: GET /api/objects"
    )

"""From a record, the tenant's state and a choice to a restore plan; pure.

    live                 one PATCH of what differs and can be written, then the links
    in the recycle bin   undelete, then PATCH what differs from the body in the bin, then the links
    gone                 create, then what only a PATCH can set, then the links

Additions come before removals, and removals exist in `exact` mode only, each a step of its own. What is not written
is a gap with what to do about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.catalogue.model import ObjectType, Relationship, Restore
from functions.core import plan_groups, plan_policies, plan_users
from functions.core.diff import changes, empty, shape
from functions.core.links import NEW_ID, Target, link_changes, ref_path, targets
from functions.core.links_remap import remapped
from functions.core.plan import Action, Choice, LiveState, LossGap, Plan, Step, live_digest
from functions.core.plan_rules import Rules, Situation
from functions.core.record import Json, Object
from functions.errors import PlanNotApplicable

RULES: Mapping[str, Rules] = {
    "users": plan_users.RULES,
    "groups": plan_groups.RULES,
    "conditionalAccessPolicies": plan_policies.CONDITIONAL_ACCESS,
    "namedLocations": plan_policies.NAMED_LOCATION,
}
_STAMPS = frozenset(
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a plan carries that does not follow from the objects. `run` is the run whose record it restores."""

    plan_id: str
    tenant_id: str
    run: str
    created_at: str
    expires_at: str
    graph_url: str


@dataclass(slots=True)
class _Draft:
    situation: Situation
    rules: Rules
    restore: Restore
    frame: Frame
    steps: list[Step] = field(default_factory=list)
    gaps: list[LossGap] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return NEW_ID if self.situation.live.standing == "gone" else self.situation.live.id

    @property
    def path(self) -> str:
        return f"{self.restore.collection}/{self.identity}"

    def step(self, action: Action, method: str, path: str, reason: str, **more: Any) -> None:
        number = str(len(self.steps) + 1)
        self.steps.append(Step(id=number, action=action, method=method, path=path, reason=reason, **more))


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
    draft = _Draft(situation, rules, restore, frame)
    followed = tuple(r.name for r in entry.relationships if r.restorable and choice.follows(r.name))
    draft.gaps += rules.stop(situation)
    if not draft.gaps and _object_steps(draft):
        for relationship in entry.relationships:
            if relationship.name in followed:
                _link_steps(draft, relationship)
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


def _object_steps(draft: _Draft) -> bool:
    """The steps for the object itself; False when there will be no object to link."""
    if draft.situation.live.standing == "gone":
        return _create_steps(draft)
    if draft.situation.live.standing == "deleted":
        _undelete_steps(draft)
    _update_steps(draft)
    return True


def _undelete_steps(draft: _Draft) -> None:
    s = draft.situation
    draft.step(
        "restoreDeleted",
        "POST",
        draft.restore.undelete.replace("{id}", s.live.id),
        "It lies in the recycle bin, from where it returns with its id.",
        before={"deletedDateTime": s.live.object.get("deletedDateTime")},
        after={"id": s.live.id},
    )
    draft.gaps += draft.rules.bin_notes(s)
    first = draft.rules.first(s)
    if first:
        draft.step(
            "update",
            "PATCH",
            draft.path,
            "Written at once, so that it does no harm.",
            body=first,
            before={key: s.current.get(key) for key in first},
            after=first,
            at_once=True,
        )


def _update_steps(draft: _Draft) -> None:
    s, rules = draft.situation, draft.rules
    differing = [change for change in changes(s.current, s.wanted) if s.choice.takes(change.property)]
    writable = {change.property: change.after for change in differing if change.property in draft.restore.update}
    emptied = {name for name, value in writable.items() if empty(value) and name not in rules.valued}
    kept: Object = {name: value for name, value in writable.items() if name not in emptied}
    body = rules.patch(s, kept, draft.gaps)
    for part in _calls(body, rules):
        _patch_step(draft, "update", part, "It differs from the backup.")
    for name in sorted(emptied - body.keys()):
        if s.choice.mode == "exact" and name not in rules.never_null:
            # An array is emptied, everything else is set to null.
            nothing: Json = [] if isinstance(s.wanted[name], list) else None
            _patch_step(draft, "clearProperty", {name: nothing}, "It had no value in the backup.")
        else:
            draft.gaps.append(_kept(name, mode=s.choice.mode))
    unwritable = [c.property for c in differing if c.property not in draft.restore.update | _STAMPS]
    if unwritable:
        draft.gaps.append(_not_writable(s, unwritable, "differ from the backup"))


def _patch_step(draft: _Draft, action: Action, body: Object, reason: str) -> None:
    s = draft.situation
    fixed = {name: s.wanted[name] for name in draft.rules.always if name in s.wanted}
    draft.step(
        action,
        "PATCH",
        draft.path,
        reason,
        body={**fixed, **body},
        before={name: s.current.get(name) for name in body},
        after=body,
    )


def _create_steps(draft: _Draft) -> bool:
    s, rules, restore = draft.situation, draft.rules, draft.restore
    chosen = {
        name: value
        for name, value in s.wanted.items()
        if not empty(value) and (s.choice.properties is None or name in s.choice.properties | restore.required)
    }
    body: Object = {
        name: value
        for name, value in chosen.items()
        if (name in restore.create or name in rules.always) and name not in rules.generated
    }
    body = rules.create(s, body, draft.gaps)
    lacking = sorted(restore.required - body.keys() - rules.generated.keys())
    if lacking:
        why = f"The record lacks what Graph asks for: {', '.join(lacking)}."
        draft.gaps.append(LossGap(f"{s.name} is not created again", why, "Choose an older run, or create it by hand."))
        return False
    draft.step(
        "create",
        "POST",
        restore.collection,
        "It is neither in the tenant nor in the recycle bin, so it is created again and gets a new id.",
        body={**body, **rules.generated},
        before=None,
        after=body,
        generated=tuple(rules.generated),
    )
    later = {
        name: value
        for name, value in chosen.items()
        if name in restore.update - restore.create - rules.generated.keys()
    }
    for part in _calls(later, rules):
        _patch_step(draft, "update", part, "It can only be set on an existing object.")
    draft.gaps += [_new_id(s), *rules.create_notes(s)]
    draft.gaps += [LossGap(lost.what, lost.why, lost.todo) for lost in restore.lost if lost.planned]
    unwritable = sorted(chosen.keys() - restore.create - restore.update - _STAMPS)
    if unwritable:
        draft.gaps.append(_not_writable(s, unwritable, "are in the backup"))
    return True


def _link_steps(draft: _Draft, relationship: Relationship) -> None:
    s, name = draft.situation, relationship.name
    wanted = targets(s.record, name)
    if wanted is None:
        draft.gaps.append(
            LossGap(f"The {name} of {s.name}", f"The run {draft.frame.run} could not read them.", "Choose another run.")
        )
        return
    current = s.live.links.get(name, ())
    difference = link_changes(wanted, current, s.choice.mode)
    left_alone = draft.rules.links(s, name) if difference.add or difference.remove else None
    if left_alone is not None:
        draft.gaps.append(left_alone)
        return
    addable = []
    for target in difference.add:
        if target.id in s.live.missing:
            draft.gaps.append(_missing_target(s, name, target))
        else:
            addable.append(target)
    for target in addable:
        _add_step(draft, relationship, target, current)
    draft.gaps += draft.rules.link_notes(s, name) if addable else []
    if s.choice.mode == "exact":
        _removal_steps(draft, relationship, difference.remove, len(current) + len(addable) - len(difference.remove))


def _add_step(draft: _Draft, relationship: Relationship, target: Target, current: tuple[Target, ...]) -> None:
    held = current[0] if relationship.single and current else None
    draft.step(
        "setManager" if relationship.single else "addLink",
        "PUT" if relationship.single else "POST",
        ref_path(draft.restore.collection, draft.identity, relationship.name),
        "It was there in the backup"
        + ("." if draft.situation.live.standing != "deleted" else "; nothing is sent if the recycle bin kept it."),
        body={"@odata.id": f"{draft.frame.graph_url}/v1.0/directoryObjects/{target.id}"},
        before=_shown(held) if held else None,
        after=_shown(target),
        link=relationship.name,
        target=target.id,
    )


def _removal_steps(draft: _Draft, relationship: Relationship, extra: list[Target], remaining: int) -> None:
    s, name = draft.situation, relationship.name
    if s.live.standing == "deleted":
        draft.gaps.append(
            LossGap(
                f"{name.capitalize()} of {s.name} that were not in the backup",
                "What the recycle bin gives back besides can be seen only once the object is back.",
                "Make a new plan after this one to see and remove them.",
            )
        )
        return
    wanted = targets(s.record, name) or []
    if relationship.single and any(target.id not in s.live.missing for target in wanted):
        return  # replaced by the step that sets it
    refusal = draft.rules.removal(s, name, remaining) if extra else None
    if refusal is not None:
        draft.gaps.append(refusal)
        return
    for target in extra:
        draft.step(
            "removeManager" if relationship.single else "removeLink",
            "DELETE",
            ref_path(draft.restore.collection, draft.identity, name, "" if relationship.single else target.id),
            "It was not there in the backup, and an exact match was asked for.",
            before=_shown(target),
            after=None,
            link=name,
            target=target.id,
        )


def _calls(body: Object, rules: Rules) -> list[Object]:
    """The properties of one PATCH each, in the order in which they are sent."""
    parts = [{name: body[name] for name in sorted(group & body.keys())} for group in rules.apart]
    rest = {name: value for name, value in body.items() if not any(name in group for group in rules.apart)}
    return [part for part in (rest, *parts) if part]


def _shown(target: Target) -> Json:
    return {"id": target.id, "type": target.type}


def _new_id(s: Situation) -> LossGap:
    return LossGap(
        f"The id {s.choice.id}",
        "Microsoft Entra ID gives every new object an id of its own.",
        "The id map remembers which is which: restore the groups and policies that held the old id, and they get the "
        "new one. What refers to it outside the directory is yours to change.",
    )


def _kept(name: str, *, mode: str) -> LossGap:
    if mode == "exact":
        return LossGap(f"{name} keeps its value", "Graph does not clear this property.", "Set the value you want.")
    return LossGap(
        f"{name} keeps its value",
        "It had no value in the backup, and nothing is removed unless an exact match is asked for.",
        'Make a new plan with "match": "exact" to clear it.',
    )


def _not_writable(s: Situation, names: list[str], what: str) -> LossGap:
    at_creation = [name for name in names if s.entry.restore and name in s.entry.restore.create]
    only = f" Only a new object can have another value of: {', '.join(at_creation)}." if at_creation else ""
    return LossGap(
        f"Not written: {', '.join(names)}",
        f"These properties {what}, and a restore cannot write them: the service sets them, or Graph refuses.{only}",
        "Compare them with the record and put right by hand what matters.",
    )


def _missing_target(s: Situation, link: str, target: Target) -> LossGap:
    kind = target.type or "object"
    return LossGap(
        f"The {kind} {target.id} in {link} of {s.name}",
        "It is not in the tenant, and no restore has re-created it.",
        f"Restore the {kind} first (it may lie in the recycle bin), then make a new plan.",
    )

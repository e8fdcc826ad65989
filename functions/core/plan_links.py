"""The steps of a plan that concern the object's links: what is missing, and in `exact` mode what is too many; pure."""

from functions.catalogue.model import Relationship
from functions.core.links import Target, link_changes, ref_path, targets
from functions.core.plan import LossGap
from functions.core.plan_draft import Draft
from functions.core.plan_rules import Situation
from functions.core.record import Json


def link_steps(draft: Draft, relationship: Relationship) -> None:
    """Adds the steps and gaps of one relationship."""
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


def _add_step(draft: Draft, relationship: Relationship, target: Target, current: tuple[Target, ...]) -> None:
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


def _removal_steps(draft: Draft, relationship: Relationship, extra: list[Target], remaining: int) -> None:
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


def _shown(target: Target) -> Json:
    return {"id": target.id, "type": target.type}


def _missing_target(s: Situation, link: str, target: Target) -> LossGap:
    kind = target.type or "object"
    return LossGap(
        f"The {kind} {target.id} in {link} of {s.name}",
        "It is not in the tenant, and no restore has re-created it.",
        f"Restore the {kind} first (it may lie in the recycle bin), then make a new plan.",
    )

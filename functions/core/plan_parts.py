"""The steps of a plan that concern what is contained in the object, each with a call of its own; pure.

In: a relationship that holds contained objects, and how they are written. Out: what is missing is added, what differs
is changed, and in `exact` mode what is too many is removed, if the entry lets it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from functions.catalogue.model import Part, Relationship
from functions.core.diff import blank, changes, empty
from functions.core.plan import LossGap, Pass
from functions.core.plan_draft import Draft
from functions.core.plan_gaps import STAMPS, kept, not_in_tenant, unread_run, unread_tenant
from functions.core.record import RELATIONSHIPS, Json, Object, encode


class _Sides(NamedTuple):
    """The contained objects of one relationship by key, as they were and as they are."""

    wanted: dict[bytes, Object]
    current: dict[bytes, Object]


def part_steps(draft: Draft, relationship: Relationship, part: Part) -> None:
    """Adds the steps and gaps of one relationship."""
    s, name = draft.situation, relationship.name
    held = s.record.get(RELATIONSHIPS)
    wanted = held.get(name) if isinstance(held, dict) else None
    if not isinstance(wanted, list):
        draft.gaps.append(unread_run(s, name, draft.frame.run))
        return
    if s.live.standing == "live" and name not in s.live.parts:
        if wanted:
            draft.gaps.append(unread_tenant(s, name))
        return
    sides = _Sides(
        _keyed([item for item in wanted if isinstance(item, dict)], part), _keyed(s.live.parts.get(name, ()), part)
    )
    extra = [key for key in sides.current if key not in sides.wanted]
    differs = any(key not in sides.current or _changed(sides, key) for key in sides.wanted) or bool(extra)
    left_alone = draft.rules.links(s, name) if differs else None
    if left_alone is not None:
        draft.gaps.append(left_alone)
        return
    for key, thing in sides.wanted.items():
        if key in sides.current:
            _change_step(draft, relationship, part, thing, sides.current[key])
        else:
            _add_step(draft, relationship, part, thing)
    if s.options.mode == "exact":
        _removal_steps(draft, relationship, part, [sides.current[key] for key in extra], len(sides.wanted))


def _add_step(draft: Draft, relationship: Relationship, part: Part, thing: Object) -> None:
    s, name = draft.situation, relationship.name
    body: Object = {key: value for key, value in thing.items() if key in part.create and not blank(value)}
    body = draft.rules.part(s, name, body, draft.gaps)
    if not body:
        return
    told = _told(part, thing)
    lacking = sorted(part.required - body.keys())
    if lacking:
        why = f"The record lacks what Graph asks for: {', '.join(lacking)}."
        draft.gaps.append(LossGap(f"{told} of {s.name} is not made again", why, "Make it by hand."))
        return
    if lost := draft.dead(body):
        draft.gaps.append(not_in_tenant(f"{told} in {name} of {s.name}", lost))
        return
    path = _path(draft, relationship, part)
    draft.step(
        "addPart",
        part.makes,
        _own(path, part, thing) if part.makes == "PUT" else path,
        "It was there in the backup"
        + ("; nothing is sent if the recycle bin kept it." if s.live.standing == "deleted" else "."),
        scope=_scope(draft, body),
        names=(name,),
        more_needs=(*relationship.write_scopes, *part.write_scopes),
        api=part.api or relationship.api,
        body=body,
        after=body,
        link=name,
    )
    unwritable = sorted(key for key, value in thing.items() if key in part.update - part.create and not empty(value))
    if unwritable:
        draft.gaps.append(
            LossGap(
                f"Not written to {told} of {s.name}: {', '.join(unwritable)}",
                "They can be set only once it is there.",
                "Make a new plan after this one.",
            )
        )


def _change_step(draft: Draft, relationship: Relationship, part: Part, thing: Object, there: Object) -> None:
    s, name = draft.situation, relationship.name
    told, exact = _told(part, thing), s.options.mode == "exact"
    differing = [change for change in changes(there, thing) if change.property not in STAMPS]
    body: Object = {}
    for change in differing:
        if change.property not in part.update:
            continue
        if not empty(change.after):
            body[change.property] = change.after
        elif exact:
            body[change.property] = [] if isinstance(change.after, list) else None
        else:
            draft.gaps.append(kept(f"{change.property} of {told}", mode="add"))
    fixed = [change.property for change in differing if change.property in part.create - part.update]
    if fixed:
        draft.gaps.append(
            LossGap(
                f"Not written to {told} of {s.name}: {', '.join(fixed)}",
                "Only a new one can have another value.",
                "Remove it and make a new plan, if the difference matters.",
            )
        )
    body = draft.rules.part(s, name, body, draft.gaps) if body else body
    if lost := draft.dead(body):
        draft.gaps.append(not_in_tenant(f"{told} in {name} of {s.name}", lost))
        return
    if not body or not part.method:
        return
    sent = body
    if part.method == "PUT":
        sent = {key: body.get(key, there.get(key)) for key in sorted(part.update) if key in body or key in there}
    elif "@odata.type" in part.update and "@odata.type" in thing:
        sent = {"@odata.type": thing["@odata.type"], **body}
    draft.step(
        "changePart",
        part.method,
        _own(_path(draft, relationship, part), part, there),
        "It differs from the backup.",
        scope=_scope(draft, body),
        names=(name,),
        more_needs=(*relationship.write_scopes, *part.write_scopes),
        api=part.api or relationship.api,
        body=sent,
        before={key: there.get(key) for key in body},
        after=body,
        link=name,
        part=str(there.get(part.identity) or ""),
    )


def _removal_steps(
    draft: Draft, relationship: Relationship, part: Part, extra: Sequence[Object], remaining: int
) -> None:
    s, name = draft.situation, relationship.name
    refusal = draft.rules.removal(s, name, remaining) if extra else None
    if extra and refusal is None and not part.removable:
        refusal = LossGap(
            f"{', '.join(_told(part, thing) for thing in extra)} in {name} of {s.name} stays",
            "It was not there in the backup, and a restore does not remove it.",
            "Remove it by hand if it should not be there.",
        )
    if refusal is not None:
        draft.removal_gaps.append(refusal)
        return
    for thing in extra:
        draft.step(
            "removePart",
            "DELETE",
            _own(_path(draft, relationship, part), part, thing),
            "It was not there in the backup, and an exact match was asked for.",
            scope="removals",
            names=(name,),
            more_needs=(*relationship.write_scopes, *part.write_scopes),
            api=part.api or relationship.api,
            before=thing,
            link=name,
            part=str(thing.get(part.identity) or ""),
        )


def _changed(sides: _Sides, key: bytes) -> bool:
    found = changes(sides.current[key], sides.wanted[key])
    return any(change.property not in STAMPS for change in found)


def _keyed(things: Sequence[Object], part: Part) -> dict[bytes, Object]:
    return {encode([thing.get(key) for key in part.keys]): thing for thing in things}


def _path(draft: Draft, relationship: Relationship, part: Part) -> str:
    return f"{draft.path}/{part.path or relationship.path or relationship.name}"


def _own(path: str, part: Part, thing: Object) -> str:
    """The address of one of them; of one that has no other beside it, the relationship's."""
    return f"{path}/{thing.get(part.identity)}" if part.identity else path


def _scope(draft: Draft, body: Json) -> Pass:
    return "links" if draft.waits(body) else "object"


def _told(part: Part, thing: Object) -> str:
    """What people know a contained object by."""
    for key in ("displayName", "name", *part.keys):
        value = thing.get(key)
        if isinstance(value, str) and value:
            return value
    return str(thing.get(part.identity) or "an entry")

"""The steps of a plan that concern the object's links: what is missing, and in `exact` mode what is too many; pure."""

import re
from itertools import batched

from functions.catalogue import TYPES
from functions.catalogue.model import Linking, Relationship
from functions.core.links import Target, link_changes, ref_path, targets
from functions.core.plan import LossGap
from functions.core.plan_draft import Draft
from functions.core.plan_rules import Situation
from functions.core.record import Json
from functions.core.way_in import kept_in

_AT_ONCE = 20  # how many objects Graph takes in one @odata.bind
_CAST = re.compile(r"/microsoft\.graph\.\w+$")
_DIRECTORY = (
    "/users",
    "/groups",
    "/applications",
    "/servicePrincipals",
    "/devices",
    "/contacts",
    "/directory/administrativeUnits",
)


def link_steps(draft: Draft, relationship: Relationship) -> None:
    """Adds the steps and gaps of one relationship."""
    s, name = draft.situation, relationship.name
    wanted = targets(s.record, name)
    if wanted is None:
        draft.link_gaps.append(
            LossGap(f"The {name} of {s.name}", f"The run {draft.frame.run} could not read them.", "Choose another run.")
        )
        return
    current = s.live.links.get(name, ())
    difference = link_changes(wanted, current, s.options.mode)
    left_alone = draft.rules.links(s, name) if difference.add or difference.remove else None
    if left_alone is not None:
        draft.link_gaps.append(left_alone)
        return
    addable = []
    for target in difference.add:
        if target.id in s.live.missing:
            draft.link_gaps.append(_missing_target(s, name, target))
        else:
            addable.append(target)
    if relationship.linking is Linking.BIND and not relationship.single:
        for some in batched(addable, _AT_ONCE, strict=False):
            _bind_step(draft, relationship, some)
    else:
        for target in addable:
            _add_step(draft, relationship, target, current)
    draft.link_gaps += draft.rules.link_notes(s, name) if addable else []
    if s.options.mode == "exact":
        _removal_steps(draft, relationship, difference.remove, len(current) + len(addable) - len(difference.remove))


def _bind_step(draft: Draft, relationship: Relationship, some: tuple[Target, ...]) -> None:
    urls: Json = [_address_of(draft, target) for target in some]
    draft.step(
        "addLinks",
        "PATCH",
        draft.path,
        _reason(draft),
        scope="links",
        more_needs=_takes(relationship, *some),
        body={f"{relationship.name}@odata.bind": urls},
        after={relationship.name: [target.shown for target in some]},
        link=relationship.name,
        targets=tuple(target.id for target in some),
    )


def _add_step(draft: Draft, relationship: Relationship, target: Target, current: tuple[Target, ...]) -> None:
    name, reverse = relationship.name, relationship.linking is Linking.REVERSE
    path = ref_path(*_ends(draft, relationship, target))
    draft.step(
        "setLink" if relationship.single else "addLinks",
        "PUT" if relationship.single and not reverse else "POST",
        path,
        _reason(draft),
        scope="links",
        more_needs=_takes(relationship, target),
        body={"@odata.id": _own_address(draft) if reverse else _address_of(draft, target)},
        before={name: [held.shown for held in current]} if relationship.single else None,
        after={name: [target.shown]},
        link=name,
        targets=(target.id,),
    )


def _takes(relationship: Relationship, *added: Target) -> tuple[str, ...]:
    """The permissions that adding these takes: some targets ask for one of their own."""
    besides = (scope for target in added for scope in relationship.scopes_for.get(target.type, ()))
    return tuple(dict.fromkeys((*relationship.write_scopes, *besides)))


def _removal_steps(draft: Draft, relationship: Relationship, extra: list[Target], remaining: int) -> None:
    s, name = draft.situation, relationship.name
    if s.live.standing == "deleted":
        draft.link_gaps.append(
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
        draft.removal_gaps.append(refusal)
        return
    for target in extra:
        if why := kept_in(s.safety, target.id, gives_roles=s.live.object.get("isAssignableToRole") is True):
            draft.removal_gaps.append(_kept_target(s, name, target, why))
            continue
        draft.step(
            "removeLink",
            "DELETE",
            removal_path(draft, relationship, target),
            "It was not there in the backup, and an exact match was asked for.",
            scope="removals",
            more_needs=relationship.write_scopes,
            before={name: [target.shown]},
            after={name: []},
            link=name,
            targets=(target.id,),
        )


def removal_path(draft: Draft, relationship: Relationship, target: Target) -> str:
    """The path whose DELETE takes one link away."""
    source, link = _ends(draft, relationship, target)
    if relationship.linking is Linking.REVERSE:
        return ref_path(source, link, draft.situation.here)
    return ref_path(source, link, "" if relationship.single else target.id)


def _ends(draft: Draft, relationship: Relationship, target: Target) -> tuple[str, str]:
    """The address of the object at which the link is written, and the link's name there."""
    if relationship.linking is Linking.REVERSE:
        source, _, link = _reversed(relationship, target).rpartition("/")
        return source, link
    return draft.path, _CAST.sub("", relationship.path) or relationship.name


def _reversed(relationship: Relationship, target: Target) -> str:
    return relationship.reverse.replace("{target}", target.id).replace("{type}", target.type)


def _reason(draft: Draft) -> str:
    kept = "; nothing is sent if the recycle bin kept it." if draft.situation.live.standing == "deleted" else "."
    return f"It was there in the backup{kept}"


def _own_address(draft: Draft) -> str:
    """The object as the other end names it."""
    if draft.collection in _DIRECTORY:
        return f"{draft.frame.graph_url}/v1.0/directoryObjects/{draft.situation.here}"
    return f"{draft.frame.graph_url}/v1.0{draft.path}"


def _address_of(draft: Draft, target: Target) -> str:
    """A target as the object names it: within the directory any object goes by its id, elsewhere by its collection."""
    collection = "/directoryObjects" if draft.collection in _DIRECTORY else _collection_of(target.type)
    return f"{draft.frame.graph_url}/v1.0{collection}/{target.id}"


def _collection_of(kind: str) -> str:
    for key in (f"{kind}s", f"{kind[:-1]}ies"):
        if kind and key in TYPES:
            restore = TYPES[key].restore
            return restore.collection if restore is not None else TYPES[key].path
    return "/directoryObjects"


def _kept_target(s: Situation, link: str, target: Target, why: str) -> LossGap:
    return LossGap(
        f"{target.id} stays in {link} of {s.name}",
        f"It was not there in the backup. {why}",
        "Take it out by hand, when you have made sure that nobody loses their way in.",
    )


def _missing_target(s: Situation, link: str, target: Target) -> LossGap:
    kind = target.type if target.type not in ("", "directoryObject") else "object"
    return LossGap(
        f"The {kind} {target.id} in {link} of {s.name}",
        "It is not in the tenant, and no restore has re-created it.",
        f"Restore the {kind} first (it may lie in the recycle bin), then make a new plan.",
    )

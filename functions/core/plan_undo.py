"""A plan that takes back what another has done: the items for one item of it; pure.

In: an item that was applied, what each of its steps did, and the object as it is now. Out: items that make the object
what it was before, in the opposite order. The object as it was is planned like a record, so that every rule of its type
holds here too: what Graph does not clear stays, the last Global Administrator is not removed.

    changed, cleared, called     written back, unless somebody has changed it since
    links and parts added        removed, those alone which the step really added
    links and parts removed      added
    made, or taken from the bin  deleted, where that is not for good
    deleted                      taken out of the bin, or an assignment made again

What cannot be taken back is a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from functions.catalogue.model import Deletes, ObjectType
from functions.core.calls import filled
from functions.core.diff import holds, same, shape
from functions.core.plan import Item, LiveState, LossGap, Options, Step
from functions.core.plan_draft import Frame
from functions.core.plan_make import built, deletion_item, not_restorable, told
from functions.core.plan_registry import rules_of
from functions.core.plan_rules import Safety
from functions.core.record import RELATIONSHIPS, Json, Object

_PASSES = {"object": 0, "links": 1, "removals": 2, "deletion": 3}
_MADE_AGAIN = (Deletes.LINK, Deletes.REQUEST)
_LAST = 200_000  # later than every stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a step did: the links it really added or removed, where that was not all that it names. A step that found
    nothing left to do has done nothing, and is not told of at all."""

    targets: tuple[str, ...] | None = None


@dataclass(slots=True)
class _Undoing:
    """The object as it shall be: the live one with these properties, links and parts."""

    entry: ObjectType
    name: str
    live: LiveState
    properties: Object = field(default_factory=dict)
    links: dict[str, dict[str, Json]] = field(default_factory=dict)
    parts: dict[str, list[Object]] = field(default_factory=dict)
    called: list[Step] = field(default_factory=list)
    gaps: list[LossGap] = field(default_factory=list)


def leaving(item: Item, done: Mapping[str, Done], entry: ObjectType) -> bool:
    """True where undoing the item deletes its object, so that nothing else has to be taken back from it."""
    deletable = entry.restore is not None and entry.restore.deletes is not Deletes.NO
    return deletable and any(step.action in ("create", "restoreDeleted") and step.id in done for step in item.steps)


def undo_items(
    item: Item,
    done: Mapping[str, Done],
    live: LiveState,
    entry: ObjectType,
    ids: Mapping[str, str],
    frame: Frame,
    safety: Safety | None = None,
    gone: frozenset[str] = frozenset(),
) -> list[Item]:
    """The items, none where nothing was done. `done` holds the steps that were, by id; `ids` what the plan's tokens
    have become; `gone` the ids of objects that the undoing deletes anyway: links to them and steps on them are left."""
    if entry.restore is None:
        raise not_restorable(entry)
    steps = [_known(step, ids) for step in item.steps if step.id in done]
    made = any(step.action in ("create", "restoreDeleted") for step in steps)
    dropped = [step for step in steps if step.action == "delete"]
    if not steps or (live.id in gone and not made):
        return []
    if made:
        found = _unmade(item, live, entry, frame, safety)
        if dropped and entry.restore.deletes in _MADE_AGAIN:
            found += _made_again(dropped[0], live, entry, frame, safety)
    elif dropped:
        found = _undeleted(dropped[0], live, entry, frame, safety)
    else:
        found = _put_back(item, steps, done, live, entry, frame, safety or Safety(), gone)
    return [
        msgspec.structs.replace(one, stage=(_LAST - item.stage) * 10 + _PASSES[one.scope], origin=item.origin)
        for one in found
        if one.steps or one.gaps
    ]


def _unmade(item: Item, live: LiveState, entry: ObjectType, frame: Frame, safety: Safety | None) -> list[Item]:
    if live.standing != "live":
        return []
    removal = deletion_item(live, entry, frame, safety)
    return [msgspec.structs.replace(removal, object_id=live.id, name=item.name or removal.name)]


def _undeleted(step: Step, live: LiveState, entry: ObjectType, frame: Frame, safety: Safety | None) -> list[Item]:
    """A deleted object comes out of the bin as it went in; an assignment is made again from what it was."""
    if live.standing == "deleted":
        nothing = Options(properties=frozenset(), relationships=frozenset(), state="asRecorded")
        return built(live.object, live.object, live, nothing, entry, {}, frame, safety or Safety())
    return _made_again(step, live, entry, frame, safety) if live.standing == "gone" else []


def _made_again(step: Step, live: LiveState, entry: ObjectType, frame: Frame, safety: Safety | None) -> list[Item]:
    record = step.before if isinstance(step.before, dict) else {}
    if entry.restore is None or entry.restore.deletes not in _MADE_AGAIN or not record.keys() - {"id"}:
        gap = LossGap(
            f"{live.id} stays deleted",
            "It is not in the recycle bin any more.",
            "Restore it from the newest backup that has it.",
        )
        return [told({"id": live.id}, live, entry, frame, gap, "chosen")]
    gone = replace(live, standing="gone", object={})
    return built(record, record, gone, Options(), entry, {}, frame, safety or Safety())


def _put_back(
    item: Item,
    steps: list[Step],
    done: Mapping[str, Done],
    live: LiveState,
    entry: ObjectType,
    frame: Frame,
    safety: Safety,
    gone: frozenset[str],
) -> list[Item]:
    undoing = _Undoing(entry, item.name, live)
    if live.standing != "live":
        gap = LossGap(
            f"{item.name} is not put back", "The object is not in the tenant any more.", "Nothing is left to undo."
        )
        return [told({"id": live.id}, live, entry, frame, gap, "chosen")]
    for step in reversed(steps):
        _reverse(undoing, step, done[step.id], gone)
    relationships: Object = {name: list(found.values()) for name, found in undoing.links.items()}
    relationships |= {name: list(found) for name, found in undoing.parts.items()}
    kept: Object = {name: [target.shown for target in found] for name, found in live.links.items()}
    kept |= {name: list(found) for name, found in live.parts.items()}
    wanted: Object = {**live.object, **undoing.properties, RELATIONSHIPS: {**kept, **relationships}}
    chosen = Options(
        properties=frozenset(undoing.properties),
        relationships=frozenset(relationships),
        mode="exact",
        state="asRecorded",
    )
    found = built(
        wanted, wanted, live, chosen, entry, {}, frame, safety, told_before=undoing.gaps, undone=undoing.called
    )
    if undoing.called and not any(step.action == "call" for one in found for step in one.steps):
        gap = LossGap(
            f"A call for {item.name} is not taken back",
            "Graph has no call that undoes it, or it has been undone already.",
            "Compare the object with its record, and put right by hand what matters.",
        )
        found[0] = msgspec.structs.replace(found[0], gaps=(*found[0].gaps, gap))
    return found


def _reverse(undoing: _Undoing, step: Step, did: Done, gone: frozenset[str]) -> None:
    if step.action in ("update", "clearProperty"):
        _write_back(undoing, step)
    elif step.action in ("addLinks", "setLink", "removeLink"):
        _relink(undoing, step, did, gone)
    elif step.action in ("addPart", "changePart", "removePart"):
        _repart(undoing, step)
    elif step.action == "call":
        _uncall(undoing, step)


def _write_back(undoing: _Undoing, step: Step) -> None:
    before: Object = step.before if isinstance(step.before, dict) else {}
    after: Object = step.after if isinstance(step.after, dict) else {}
    current = _normal(undoing)
    for name, value in after.items():
        now = undoing.properties.get(name, current.get(name))
        if same(now, before.get(name)) and not same(now, value):
            continue  # it is what it was already
        if not holds(value, now):
            undoing.gaps.append(_changed_since(undoing.name, name))
        else:
            undoing.properties[name] = before.get(name)


def _relink(undoing: _Undoing, step: Step, did: Done, gone: frozenset[str]) -> None:
    there = undoing.links.setdefault(
        step.link, {target.id: target.shown for target in undoing.live.links.get(step.link, ())}
    )
    moved = [one for one in (step.targets if did.targets is None else did.targets) if one not in gone]
    if step.action == "removeLink":
        there.update(
            {str(shown.get("id")): shown for shown in _links(step.before, step.link) if shown.get("id") in moved}
        )
        return
    for identity in moved:
        there.pop(identity, None)
    if step.action == "setLink" and not there:
        there.update({str(shown.get("id")): shown for shown in _links(step.before, step.link)})


def _repart(undoing: _Undoing, step: Step) -> None:
    name = step.link
    relationship = next((found for found in undoing.entry.relationships if found.name == name), None)
    part = relationship.part if relationship is not None else None
    if part is None:
        return
    there = undoing.parts.setdefault(name, [dict(thing) for thing in undoing.live.parts.get(name, ())])
    before: Object = step.before if isinstance(step.before, dict) else {}
    after: Object = step.after if isinstance(step.after, dict) else {}
    if step.action == "removePart":
        there.append(before)
    elif step.action == "addPart":
        there[:] = [thing for thing in there if any(not same(thing.get(key), after.get(key)) for key in part.keys)]
    else:
        for thing in there:
            if str(thing.get(part.identity)) == step.part:
                thing.update(before)


def _uncall(undoing: _Undoing, step: Step) -> None:
    """What a call changed is written back by the call that the rules of the type ask for."""
    before: Object = step.before if isinstance(step.before, dict) else {}
    after: Object = step.after if isinstance(step.after, dict) else {}
    names = {relationship.name for relationship in undoing.entry.relationships}
    current = _normal(undoing)
    now = {name: undoing.properties.get(name, current.get(name)) for name in after if name not in names}
    changed = [name for name, value in now.items() if not step.later and not holds(after[name], value)]
    undoing.gaps += [_changed_since(undoing.name, name) for name in changed]
    if changed:
        return
    undoing.called.append(step)
    for name, value in before.items():
        if name in names and isinstance(value, list):
            undoing.parts[name] = [thing for thing in value if isinstance(thing, dict)]
        elif name not in names:
            undoing.properties[name] = value


def _normal(undoing: _Undoing) -> Object:
    return rules_of(undoing.entry.key).normal(shape(undoing.live.object, undoing.entry))


def _known(step: Step, ids: Mapping[str, str]) -> Step:
    """The step with the ids that its tokens have become."""
    return msgspec.structs.replace(
        step,
        path=str(filled(step.path, ids)),
        body=filled(step.body, ids),
        before=filled(step.before, ids),
        after=filled(step.after, ids),
        targets=tuple(str(filled(target, ids)) for target in step.targets),
    )


def _links(value: Json, name: str) -> list[Object]:
    held = value.get(name) if isinstance(value, dict) else None
    return [shown for shown in held if isinstance(shown, dict)] if isinstance(held, list) else []


def _changed_since(name: str, what: str) -> LossGap:
    return LossGap(
        f"{what} of {name} stays as it is",
        "Somebody has changed it since the plan wrote it.",
        "Change it by hand if it shall be what it was before the plan.",
    )

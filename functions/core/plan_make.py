"""From a record and the tenant's state to the items of a restore plan; pure.

    live                 what has to come before, one PATCH or PUT of what differs and can be written, calls, parts
    in the recycle bin   undelete, then what differs from the body in the bin
    gone                 create, then what only a change can set, calls, parts
    links                in a pass of their own, when all objects are there, with all that had to wait for one of them
    removals             after all additions, and in `exact` mode only

What is not written is a gap with what to do about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from functions.catalogue.model import Deletes, ObjectType, Read
from functions.core.calls import tokens
from functions.core.diff import shape
from functions.core.links_remap import remapped
from functions.core.plan import Item, LiveState, LossGap, Options, Origin, Step
from functions.core.plan_calls import call_steps
from functions.core.plan_draft import Draft, Frame, stage_of, unfilled, waits
from functions.core.plan_items import digest_of, followed_by, item_of, items_of, numbered, told
from functions.core.plan_links import link_steps
from functions.core.plan_object import object_steps
from functions.core.plan_parts import part_steps
from functions.core.plan_registry import rules_of
from functions.core.plan_rules import Rules, Safety, Situation
from functions.core.record import Object, encode
from functions.errors import PlanNotApplicable

__all__ = ["Frame", "built", "deletion_item", "digest_of", "followed_by", "items", "not_restorable", "numbered", "told"]

_TOKEN = b"{new:"  # begins a token


def items(
    record: Object,
    live: LiveState,
    options: Options,
    entry: ObjectType,
    ids: Mapping[str, str],
    frame: Frame,
    safety: Safety | None = None,
) -> list[Item]:
    """The items of one object, in the order of their stages: first the object's own, with or without steps, then those
    of later passes that have any. `ids` maps old ids to the newest, or to the tokens of those this plan makes anew.

    Raises PlanNotApplicable where the type cannot be restored at all.
    """
    return built(record, remapped(record, entry, ids), live, options, entry, ids, frame, safety or Safety())


def built(
    original: Object,
    record: Object,
    live: LiveState,
    options: Options,
    entry: ObjectType,
    ids: Mapping[str, str],
    frame: Frame,
    safety: Safety,
    origin: Origin = "chosen",
    told_before: Sequence[LossGap] = (),
    undone: Sequence[Step] = (),
) -> list[Item]:
    """The same of a record that already names the newest ids; `original` is as the backup has it. `told_before`: gaps
    that are known already, and stop nothing. `undone`: calls of an earlier plan that are taken back."""
    rules = rules_of(entry.key)
    stands = _part_of_new(_standing(live, entry), entry, ids)
    draft = _draft(original, record, stands, options, entry, rules, ids, frame, safety)
    s = draft.situation
    lacking = unfilled(draft.collection)
    if lacking:
        draft.gaps.append(
            LossGap(
                f"Nothing is written to {s.name}",
                f"The record does not say where it belongs: it lacks {', '.join(lacking)}.",
                "Choose an older run, or write it by hand.",
            )
        )
    elif lost := draft.dead(list(draft.record_path.values())):
        draft.gaps.append(
            LossGap(
                f"{s.name} does not come back",
                f"It hangs on {', '.join(lost)}, which is not in the tenant, and no restore has re-created it.",
                "Restore that object first (it may lie in the recycle bin), then make a new plan.",
            )
        )
    else:
        draft.gaps += rules.stop(s)
    followed = followed_by(entry, options)
    if not draft.gaps:
        try:
            if object_steps(draft):
                _tie(draft, followed)
            for step in undone:
                call_steps(draft, rules.reverse(s, step), "object", all_chosen=True)
        except PlanNotApplicable as refusal:  # an id that cannot stand in an address
            draft.steps.clear()
            why, todo = f"It takes a call that no restore makes: {refusal}.", "Write it by hand from its record."
            draft.gaps.append(LossGap(f"Nothing is written to {s.name}", why, todo))
    draft.gaps[:0] = told_before
    if tokens(stands.id):  # nobody knows yet what it will look like
        return items_of(draft, original, live, "", followed, origin)
    return items_of(draft, original, stands, digest_of(live, entry, followed), followed, origin)


def deletion_item(live: LiveState, entry: ObjectType, frame: Frame, safety: Safety | None = None) -> Item:
    """The item that deletes a live object which was not in the backup, or the gap that says why it stays."""
    draft = _draft(
        live.object,
        live.object,
        live,
        Options(mode="exact", delete_added=True),
        entry,
        rules_of(entry.key),
        {},
        frame,
        safety or Safety(),
    )
    refusal = draft.rules.deletion(draft.situation)
    if refusal is None and not draft.deletable:
        refusal = LossGap(
            f"{draft.situation.name} stays",
            "It was not in the backup, but deleting it would be for good, and a restore never does that.",
            "Delete it yourself if it should not be there.",
        )
    if refusal is not None:
        draft.gaps.append(refusal)
    else:
        why, request = (
            "It was not there in the backup, and its deletion was asked for.",
            draft.rules.ended(draft.situation),
        )
        method, path, body = (
            ("DELETE", draft.path, None) if request is None else (request.method, request.path, request.body)
        )
        draft.step("delete", method, path, why, scope="deletion", body=body, before=_whole(draft))
    return item_of(draft, live.object, live, (), "added", "deletion", digest_of(live, entry, ()), draft.gaps)


def not_restorable(entry: ObjectType) -> PlanNotApplicable:
    """The refusal of a type that Graph does not let an application write."""
    return PlanNotApplicable(
        f"{entry.title} cannot be restored", remedy="The record shows what to rebuild by hand: GET /api/objects"
    )


def _whole(draft: Draft) -> Object:
    """All that it takes to make a deleted assignment again."""
    s = draft.situation
    made_of = draft.restore.create if draft.restore.deletes in (Deletes.LINK, Deletes.REQUEST) else frozenset()
    return {"id": s.live.id, **{name: value for name, value in s.current.items() if name in made_of}}


def _standing(live: LiveState, entry: ObjectType) -> LiveState:
    """A single object is there, set or not; and what cannot be taken out of a bin is as good as gone."""
    if entry.read is Read.ONE and live.standing != "live":
        return replace(live, standing="live", object={})
    if live.standing == "deleted" and entry.restore is not None and not entry.restore.undelete:
        return replace(live, standing="gone", object={})
    return live


def _part_of_new(live: LiveState, entry: ObjectType, ids: Mapping[str, str]) -> LiveState:
    """What belongs to the object of another type is there, and empty, as soon as this plan has made that."""
    new = ids.get(live.id, "")
    if live.standing != "gone" or makes(entry) or not tokens(new):
        return live
    return replace(live, id=new, standing="live", object={})


def makes(entry: ObjectType) -> bool:
    """True for a type whose objects a restore makes; others are single, or properties of another type's objects."""
    return entry.restore is not None and bool(entry.restore.create)


def _draft(
    original: Object,
    record: Object,
    live: LiveState,
    options: Options,
    entry: ObjectType,
    rules: Rules,
    ids: Mapping[str, str],
    frame: Frame,
    safety: Safety,
) -> Draft:
    if entry.restore is None:
        raise not_restorable(entry)
    wanted = rules.normal(shape(record, entry))
    situation = Situation(
        entry=entry,
        options=options,
        identity=str(original.get(entry.identity) or entry.key) if entry.identity else entry.key,
        record=record,
        live=live,
        wanted=wanted,
        current=rules.normal(shape(live.object, entry)),
        safety=safety,
        tenant=frame.tenant,
        now=frame.now,
        graph_url=frame.graph_url,
        newest=ids,
        units=frame.units,
        waits=_waiting(wanted, entry, rules, frame) if record is not original else frozenset(),
    )
    return Draft(situation, rules, entry.restore, frame)


def _waiting(wanted: Object, entry: ObjectType, rules: Rules, frame: Frame) -> frozenset[str]:
    """The properties that name an object which is not made before this one, with those that go together with them."""
    if _TOKEN not in encode(wanted):
        return frozenset()
    own = stage_of(entry)
    found = {name for name, value in wanted.items() if waits(value, own, frame)}
    return frozenset(found.union(*(group for group in rules.together if group & found)))


def _tie(draft: Draft, followed: tuple[str, ...]) -> None:
    """What ties the object to others: its parts and calls, and its links."""
    s, rules = draft.situation, draft.rules
    relationships = [found for found in s.entry.relationships if found.name in followed]
    for relationship in relationships:
        if relationship.contained and relationship.part is not None:
            part_steps(draft, relationship, relationship.part)
    call_steps(draft, rules.calls(s, draft.gaps), "object")
    call_steps(draft, rules.late(s, draft.link_gaps), "links")
    for relationship in relationships:
        if not relationship.contained:
            link_steps(draft, relationship)

"""Items of a restore plan: put together from a draft, given their numbers, and the digest that shows a change; pure."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from functions.catalogue.model import ObjectType
from functions.core.calls import spoken
from functions.core.diff import shape
from functions.core.links_remap import texts
from functions.core.plan import Item, LiveState, LossGap, Options, Origin, Pass, Step
from functions.core.plan_draft import EXTENSION, Draft, Frame, stage_of
from functions.core.plan_registry import rules_of
from functions.core.record import Object, encode

_ALWAYS_WATCHED = frozenset({"onPremisesSyncEnabled"})


def items_of(
    draft: Draft, original: Object, live: LiveState, digest: str, followed: tuple[str, ...], origin: Origin
) -> list[Item]:
    """The object's own item, and one for each later pass that has steps."""
    later: tuple[tuple[Pass, list[LossGap]], ...] = (("links", draft.link_gaps), ("removals", draft.removal_gaps))
    # The gaps of a pass without steps are told with the object.
    gaps = [*draft.gaps, *(gap for scope, said in later if scope not in draft.steps for gap in said)]
    found = [item_of(draft, original, live, followed, origin, "object", digest, gaps)]
    for scope, said in later:
        if scope in draft.steps:
            relies = any(item.steps for item in found)
            found.append(item_of(draft, original, live, followed, origin, scope, "" if relies else digest, said))
    return found


def item_of(
    draft: Draft,
    original: Object,
    live: LiveState,
    followed: tuple[str, ...],
    origin: Origin,
    scope: Pass,
    digest: str,
    gaps: list[LossGap],
) -> Item:
    """One item: what the draft holds for a pass."""
    s = draft.situation
    steps: Sequence[Step] = draft.steps.get(scope, ())
    return Item(
        number=0,
        stage=stage_of(s.entry, scope),
        type=s.entry.key,
        object_id=s.identity,
        live_id=live.id if live.standing != "gone" else "",
        name=s.name,
        run=draft.frame.run,
        standing=live.standing,
        scope=scope,
        origin=origin,
        digest=digest,
        followed=followed,
        record_path=draft.record_path,
        aliases=_aliases(original, s.entry) if live.standing == "gone" else {},
        steps=tuple(steps),
        gaps=tuple(gaps),
    )


def _aliases(original: Object, entry: ObjectType) -> dict[str, str]:
    """Those that a new object gets anew; one that its creator chooses leads to what it led to."""
    chosen = entry.restore.create if entry.restore is not None else frozenset()
    found = {place: next(texts(original, place), "") for place in entry.aliases if place not in chosen}
    return {place: value for place, value in found.items() if value}


def told(record: Object, live: LiveState, entry: ObjectType, frame: Frame, gap: LossGap, origin: Origin) -> Item:
    """An item that says why nothing is done with an object."""
    identity = str(record.get(entry.identity) or entry.key) if entry.identity else entry.key
    return Item(
        number=0,
        stage=stage_of(entry),
        type=entry.key,
        object_id=identity,
        live_id=live.id if live.standing != "gone" else "",
        name=str(record.get(entry.name) or identity),
        run=frame.run,
        standing=live.standing,
        origin=origin,
        gaps=(gap,),
    )


def digest_of(live: LiveState, entry: ObjectType, followed: Sequence[str]) -> str:
    """SHA-256 over all that a restore could write or depends on, so that a change by someone else shows.

    Properties that the service moves by itself (plans, stamps) are left out: they are no one's edit.
    """
    restore = entry.restore
    writable = restore.create | restore.update if restore else frozenset()
    watched = writable | rules_of(entry.key).watched | _ALWAYS_WATCHED
    extended = EXTENSION if entry.extension_values else "\0"
    chosen = {key: value for key, value in live.object.items() if key in watched or key.startswith(extended)}
    seen = {
        "id": live.id,
        "standing": live.standing,
        "object": shape(chosen, entry),
        "links": {name: sorted(target.id for target in live.links.get(name, ())) for name in followed},
        "parts": {name: sorted(encode(part).decode() for part in live.parts.get(name, ())) for name in followed},
    }
    return sha256(encode(seen)).hexdigest()


def numbered(found: Sequence[Item], first: int) -> list[Item]:
    """The items with numbers from `first` on, and their steps after them; what people read of them without tokens."""
    return [
        msgspec.structs.replace(
            item,
            number=number,
            name=spoken(item.name),
            gaps=tuple(LossGap(spoken(gap.what), spoken(gap.why), spoken(gap.todo)) for gap in item.gaps),
            steps=tuple(
                msgspec.structs.replace(step, id=f"{number}.{place}") for place, step in enumerate(item.steps, 1)
            ),
        )
        for number, item in enumerate(found, first)
    ]


def followed_by(entry: ObjectType, options: Options) -> tuple[str, ...]:
    """The relationships that a plan with these options compares."""
    return tuple(found.name for found in entry.relationships if found.restorable and options.follows(found.name))

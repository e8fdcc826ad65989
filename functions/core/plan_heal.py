"""What named an object that is made anew shall name the new one: the items for one such referrer; pure.

In: the referrer's record from the newest backup that still named the old id, its live state, the places where it named
it, and the id map with a token for each object that the plan makes. Out: the live object as it would be had the id
never changed, planned like any other object, so that every rule of its type holds for it too.

    a link                       added, if the live object has not got it
    an array                     the old id replaced where it still stands, and what named it added where it is gone
    a single value, a text       replaced, or set where it is empty now; left alone where it is something else now
    the referrer is gone         made again, if the purged object took it along; else a gap
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from functions.catalogue.model import Deletes, ObjectType
from functions.core.calls import tokens
from functions.core.diff import same
from functions.core.links import targets
from functions.core.links_remap import remapped, remapped_at, texts
from functions.core.plan import Item, LiveState, LossGap, Options
from functions.core.plan_draft import Frame
from functions.core.plan_make import built, told
from functions.core.plan_rules import Safety
from functions.core.record import RELATIONSHIPS, Json, Object


class _ChangedSince(Exception):
    """What named the old id is something else now."""


@dataclass(slots=True)
class _Healing:
    """`full` is the record with the newest ids, `lost` those of its objects that are put back without a token;
    `properties` and `relationships` are those of the live object that shall name the new ids."""

    entry: ObjectType
    name: str
    full: Object
    live: LiveState
    ids: Mapping[str, str]
    lost: frozenset[str]
    properties: Object = field(default_factory=dict)
    relationships: Object = field(default_factory=dict)
    gaps: list[LossGap] = field(default_factory=list)


def healing_items(
    record: Object,
    live: LiveState,
    entry: ObjectType,
    paths: Sequence[str],
    options: Options,
    ids: Mapping[str, str],
    frame: Frame,
    safety: Safety | None = None,
    lost: Collection[str] = (),
) -> list[Item]:
    """The items, none where nothing is left to do. `paths` are dotted, `@relationships.{name}` for a link. `ids` maps
    old ids to the newest. Only what it maps to tokens, and the old ids in `lost`, are put back where they are gone."""
    name = str(record.get(entry.name) or record.get(entry.identity) or entry.key)
    if not options.heals(entry.key, str(record.get(entry.identity) or entry.key)):
        return []
    if entry.restore is None:
        return [told(record, live, entry, frame, _unwritable(name, entry, paths), "reference")]
    full = remapped(record, entry, ids)
    found_again = frozenset(ids[old] for old in lost if old in ids)
    known = safety or Safety()
    if live.standing != "live":
        whole = entry.restore.deletes is Deletes.SOFT or not entry.restore.create  # no mere tie between others
        if whole or not any(_new(full.get(one), found_again) for one in entry.restore.follows):
            return [told(record, live, entry, frame, _gone(name, live), "reference")]
        return built(record, full, live, Options(state=options.state), entry, ids, frame, known, "reference")
    healing = _Healing(entry, name, full, live, ids, found_again)
    for path in paths:
        _heal(healing, path)
    if not (healing.properties or healing.relationships):
        return [told(record, live, entry, frame, gap, "reference") for gap in healing.gaps[:1]]
    narrowed = Options(
        properties=frozenset(healing.properties), relationships=frozenset(healing.relationships), state=options.state
    )
    healed: Object = {
        **live.object,
        **healing.properties,
        RELATIONSHIPS: {**_there(live), **healing.relationships},
    }
    if entry.identity:
        healed[entry.identity] = live.id
    found = built(record, healed, live, narrowed, entry, ids, frame, known, "reference", healing.gaps)
    return [item for item in found if item.steps or item.gaps]


def _heal(healing: _Healing, path: str) -> None:
    top, _, rest = path.partition(".")
    try:
        if top == RELATIONSHIPS:
            _heal_relationship(healing, *rest.partition(".")[::2])
        else:
            there = healing.properties.get(top, healing.live.object.get(top))
            now = _healed(there, healing.full.get(top), rest, healing)
            if not same(now, there):
                healing.properties[top] = now
    except _ChangedSince:
        healing.gaps.append(_changed(healing.name, path.removeprefix(f"{RELATIONSHIPS}.")))


def _heal_relationship(healing: _Healing, name: str, rest: str) -> None:
    relationship = next((found for found in healing.entry.relationships if found.name == name), None)
    if relationship is None or not relationship.restorable:
        healing.gaps.append(_by_hand(healing.name, name))
        return
    if relationship.contained:
        held = healing.full.get(RELATIONSHIPS)
        wanted = held.get(name) if isinstance(held, dict) else None
        there: Json = healing.relationships.get(name, list(healing.live.parts.get(name, ())))
        now = _healed(there, wanted, rest, healing)
        if not same(now, there):
            healing.relationships[name] = now
        return
    current = healing.live.links.get(name, ())
    known = {target.id for target in current}
    wanted_links = targets(healing.full, name) or []
    added = [found for found in wanted_links if _new(found.id, healing.lost) and found.id not in known]
    if added and relationship.single and current:
        raise _ChangedSince
    if added:
        healing.relationships[name] = [target.shown for target in (*current, *added)]


def _healed(there: Json, full: Json, path: str, healing: _Healing) -> Json:
    """`there`, naming at `path` each object made anew that `full` names there. Raises _ChangedSince where it cannot."""
    if not _new_at(full, path, healing):
        return there
    if isinstance(full, list):
        now = remapped_at(there if isinstance(there, list) else [], path, healing.ids)
        items = list(now) if isinstance(now, list) else []
        for item in full:
            named = _new_at(item, path, healing)
            if named and not any(named <= _new(held, healing.lost) for held in items):
                items.append(item)
        return items
    if there is None or there == "" or there == []:
        return full
    if isinstance(full, dict):
        if not isinstance(there, dict):
            raise _ChangedSince
        if not path:
            return {**there, **{key: _healed(there.get(key), part, "", healing) for key, part in full.items()}}
        key, rest = (path, "") if path in full else path.partition(".")[::2]
        return {**there, key: _healed(there.get(key), full.get(key), rest, healing)}
    now = remapped_at(there, "", healing.ids)
    if not _new(full, healing.lost) <= _new(now, healing.lost):
        raise _ChangedSince
    return now


def _new_at(value: Json, path: str, healing: _Healing) -> set[str]:
    return {new for text in texts(value, path) for new in _new(text, healing.lost)}


def _new(value: Json, lost: frozenset[str]) -> set[str]:
    """The objects made anew that a value names: by their token, or by the id an earlier restore gave them."""
    found = tokens(value)
    return found | {new for new in lost for text in texts(value, "") if new in text} if lost else found


def _there(live: LiveState) -> Object:
    links: Object = {name: [target.shown for target in found] for name, found in live.links.items()}
    return {**links, **{name: list(found) for name, found in live.parts.items()}}


def _changed(name: str, place: str) -> LossGap:
    return LossGap(
        f"{place} of {name} stays as it is",
        "It named an object that is made anew; since then it has been changed to something else.",
        "If it shall name the new object, change it by hand after this plan.",
    )


def _by_hand(name: str, link: str) -> LossGap:
    return LossGap(
        f"{link} of {name}",
        "It named an object that is made anew, and Graph does not let an application write it.",
        "Put the new object there by hand after this plan.",
    )


def _unwritable(name: str, entry: ObjectType, paths: Sequence[str]) -> LossGap:
    return LossGap(
        f"{name} still names the old id ({', '.join(paths)})",
        f"A restore does not write {entry.title}.",
        f"Change it by hand after this plan: {entry.unrestored}" if entry.unrestored else "Change it by hand.",
    )


def _gone(name: str, live: LiveState) -> LossGap:
    where = "lies in the recycle bin" if live.standing == "deleted" else "is not in the tenant any more"
    return LossGap(
        f"{name} is not put right",
        f"It named an object that is made anew, and {where} itself.",
        "Restore it too: choose it in the same plan, or make another one after this.",
    )

"""The steps of a plan that concern the object itself: undelete, create, change; pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from functions.catalogue.model import Deletes
from functions.core.calls import check_call
from functions.core.diff import Change, blank, changes, empty, same
from functions.core.plan import Action, LiveState, LossGap, Pass
from functions.core.plan_calls import call_steps
from functions.core.plan_draft import Draft, placed, unfilled
from functions.core.plan_gaps import STAMPS, kept, namesakes, new_id, not_in_tenant, not_writable
from functions.core.plan_rules import Rules
from functions.core.record import Object
from functions.errors import PlanNotApplicable

_KEY = re.compile(r"\((\w+)='")


def object_steps(draft: Draft) -> bool:
    """The steps for the object itself; False when there will be no object to link."""
    s = draft.situation
    if s.live.standing == "gone":
        return _create_steps(draft)
    if s.live.standing == "deleted":
        _undelete_steps(draft)
    first = draft.rules.before(s, draft.gaps)
    call_steps(draft, first, "object")
    draft.moved = {name: value for call in first for name, value in call.after.items()}
    return _change_steps(draft)


def _undelete_steps(draft: Draft) -> None:
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
            names=first,
            body=first,
            before={key: s.current.get(key) for key in first},
            after=first,
            at_once=True,
        )


def _change_steps(draft: Draft) -> bool:
    s, rules, restore = draft.situation, draft.rules, draft.restore
    differing = [change for change in changes(s.current, s.wanted) if s.options.takes(change.property)]
    if not restore.method:
        return _fixed(draft, differing)
    writable = {change.property: change.after for change in differing if draft.may_set(change.property, restore.update)}
    emptied = {name for name, value in writable.items() if empty(value) and name not in rules.valued}
    body = rules.patch(s, {name: value for name, value in writable.items() if name not in emptied}, draft.gaps)
    body = _without_dead(draft, body)
    cleared = _cleared(draft, sorted(emptied - body.keys()))
    if restore.method == "PUT":
        _write(draft, "update", {**body, **cleared}, "It differs from the backup.")
    else:
        for part in _calls(body, rules):
            _write(draft, "update", part, "It differs from the backup.")
        for name, nothing in cleared.items():
            _write(draft, "clearProperty", {name: nothing}, "It had no value in the backup.")
    _tell_unwritable(draft, [change.property for change in differing], restore.update, "differ from the backup")
    return True


def _cleared(draft: Draft, names: list[str]) -> Object:
    """What is to be emptied in `exact` mode: an array to an empty one, everything else to null."""
    s = draft.situation
    found: Object = {}
    for name in names:
        if s.options.mode == "exact" and name not in draft.rules.never_null and draft.rules.clears(s, name):
            found[name] = [] if isinstance(s.wanted[name], list) else None
        else:
            draft.gaps.append(kept(name, mode=s.options.mode))
    return found


def _write(draft: Draft, action: Action, body: Object, reason: str) -> None:
    """One change, in the pass of the links where it names an object that is made no earlier."""
    s = draft.situation
    later = {name: value for name, value in body.items() if name in s.waits}
    now = {name: value for name, value in body.items() if name not in s.waits}
    parts: tuple[tuple[Pass, Object], ...] = (("object", now), ("links", later))
    for scope, part in parts:
        sent = _sent(draft, part, scope)
        if part and (lost := draft.dead(sent)):
            draft.gaps.append(not_in_tenant(f"Not written to {s.name}: {', '.join(sorted(part))}", lost))
        elif part:
            draft.step(
                action,
                draft.restore.method or "PATCH",
                draft.path,
                reason,
                scope=scope,
                names=part,
                body=sent,
                before={name: draft.moved.get(name, s.current.get(name)) for name in part},
                after=part,
            )


def _sent(draft: Draft, part: Object, scope: Pass) -> Object:
    """The body of a change: what goes with every one, and of a PUT all that the object has besides."""
    s = draft.situation
    fixed = {name: s.wanted[name] for name in draft.rules.always if name in s.wanted}
    if draft.restore.method != "PUT":
        return {**fixed, **part}
    there = {**s.wanted, **s.current}
    if s.live.standing == "gone":
        early = s.waits if scope == "object" else frozenset()
        there = {name: value for name, value in s.wanted.items() if name not in early and not draft.dead(value)}
    return {**{name: there[name] for name in sorted(draft.restore.update) if name in there}, **fixed, **part}


def _fixed(draft: Draft, differing: list[Change]) -> bool:
    """Of a type whose objects never change: where it was asked for, the object goes and is made again."""
    s, restore = draft.situation, draft.restore
    names = [change.property for change in differing if change.property in restore.create]
    if not names:
        return True
    refusal = None
    if s.options.mode == "exact" and s.options.delete_added and restore.deletes is Deletes.LINK:
        refusal = draft.rules.deletion(s)
    else:
        refusal = LossGap(
            f"{s.name} is left as it is",
            f"It differs from the backup ({', '.join(names)}), and Graph changes none of it: it can only be deleted "
            "and made again.",
            "Delete it and make a new plan, if the difference matters.",
        )
    if refusal is not None:
        draft.gaps.append(refusal)
        return True
    draft.step(
        "delete", "DELETE", draft.path, "It differs from the backup and cannot be changed.", before=dict(s.current)
    )
    draft.situation = replace(s, live=LiveState(id=s.live.id, standing="gone", missing=s.live.missing), current={})
    return _create_steps(draft)


def _create_steps(draft: Draft) -> bool:
    s, rules, restore = draft.situation, draft.rules, draft.restore
    asked = rules.asked(s, draft.gaps)
    if asked is not None:
        call_steps(draft, asked, "object", all_chosen=True)
        return False
    chosen = {
        name: value
        for name, value in s.wanted.items()
        if not blank(value) and (s.options.properties is None or name in s.options.properties | restore.required)
    }
    known = _without_dead(draft, chosen)
    body: Object = {
        name: value
        for name, value in known.items()
        if (draft.may_set(name, restore.create) or name in rules.always or name == "@odata.type")
        and name not in rules.generated
    }
    body = rules.create(s, body, draft.gaps)
    deferred = {name for name in s.waits & restore.update - restore.required if name in known}
    for name in deferred:
        if name in body and same(body[name], known[name]):
            del body[name]
    lacking = sorted(restore.required - body.keys() - rules.generated.keys())
    if lacking:
        draft.gaps.append(
            LossGap(
                f"{s.name} is not created again",
                f"The record lacks what Graph asks for: {', '.join(lacking)}.",
                "Choose an older run, or create it by hand.",
            )
        )
        return False
    if lost := draft.dead(body):
        draft.gaps.append(not_in_tenant(f"{s.name} is not created again", lost))
        return False
    method, path, headers = _maker(draft)
    # A body may hold relationships, which the object itself never shows; and its id may be chosen only in part.
    apart = {s.entry.identity, *(link.name for link in s.entry.relationships)}
    draft.step(
        "create",
        method,
        path,
        _why_created(draft),
        names=body,
        body={name: value for name, value in {**body, **rules.generated}.items() if name not in _keyed(path)},
        after={name: value for name, value in body.items() if name not in apart and "@odata." not in name},
        generated=tuple(rules.generated),
        headers=headers,
    )
    later = {name: known[name] for name in known if name in restore.update - restore.create - rules.generated.keys()}
    later |= {name: known[name] for name in deferred}
    for part in _calls(later, rules):
        _write(draft, "update", part, "It can only be set on an existing object.")
    draft.gaps += [new_id(s)] if not restore.keeps_id and restore.deletes is not Deletes.LINK else []
    draft.gaps += [*rules.create_notes(s), *namesakes(s)]
    draft.gaps += [LossGap(lost.what, lost.why, lost.todo) for lost in restore.lost if lost.planned]
    if restore.deletes is not Deletes.LINK:  # what else an assignment shows follows from what it ties together
        _tell_unwritable(draft, sorted(chosen), restore.create | restore.update, "are in the backup")
    return True


def _maker(draft: Draft) -> tuple[str, str, dict[str, str]]:
    """The call that makes the object: by its unique name, where it has one and Graph makes it by that; else by POST."""
    s, restore = draft.situation, draft.restore
    if restore.upsert:
        path, _ = placed(restore.upsert, s.record, draft.frame.tenant)
        if not unfilled(path) and _may(path):
            return "PATCH", path, {"Prefer": "create-if-missing"} if "(" in path else {}
    return "POST", draft.collection, {}


def _keyed(path: str) -> list[str]:
    """What the address says already; once the object is there, such a property can no longer be written."""
    return _KEY.findall(path)


def _may(path: str) -> bool:
    """Unique names are chosen by people, and not every one can stand in an address."""
    try:
        check_call("PATCH", path)
    except PlanNotApplicable:
        return False
    return True


def _why_created(draft: Draft) -> str:
    found = "It is not in the tenant" + (" nor in the recycle bin" if draft.restore.undelete else "")
    return f"{found}, so it is created again" + ("." if draft.restore.keeps_id else " and gets a new id.")


def _without_dead(draft: Draft, body: Object) -> Object:
    """The body without properties that name an object which is not in the tenant, each told."""
    s = draft.situation
    lost = {name: dead for name, value in body.items() if (dead := draft.dead(value))}
    writable = draft.restore.create | draft.restore.update
    for name, dead in lost.items():
        if name in writable:
            draft.gaps.append(not_in_tenant(f"Not written to {s.name}: {name}", dead))
    return {name: value for name, value in body.items() if name not in lost} if lost else body


def _calls(body: Object, rules: Rules) -> list[Object]:
    """The properties of one call each, in the order in which they are sent."""
    parts = [{name: body[name] for name in sorted(group & body.keys())} for group in rules.apart]
    rest = {name: value for name, value in body.items() if not any(name in group for group in rules.apart)}
    return [part for part in (rest, *parts) if part]


def _tell_unwritable(draft: Draft, names: Iterable[str], writable: frozenset[str], what: str) -> None:
    known = writable | STAMPS | draft.rules.watched
    found = [name for name in names if not draft.may_set(name, known)]
    if found:
        draft.gaps.append(not_writable(draft.situation, found, what))

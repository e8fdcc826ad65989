"""The steps of a plan that concern the object itself: undelete, create, change; pure."""

from functions.core.diff import changes, empty
from functions.core.plan import Action, LossGap
from functions.core.plan_draft import Draft
from functions.core.plan_rules import Rules, Situation
from functions.core.record import Json, Object

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


def object_steps(draft: Draft) -> bool:
    """The steps for the object itself; False when there will be no object to link."""
    if draft.situation.live.standing == "gone":
        return _create_steps(draft)
    if draft.situation.live.standing == "deleted":
        _undelete_steps(draft)
    _update_steps(draft)
    return True


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
            body=first,
            before={key: s.current.get(key) for key in first},
            after=first,
            at_once=True,
        )


def _update_steps(draft: Draft) -> None:
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


def _patch_step(draft: Draft, action: Action, body: Object, reason: str) -> None:
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


def _create_steps(draft: Draft) -> bool:
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
    draft.gaps += [_new_id(s), *rules.create_notes(s), *_namesakes(s)]
    draft.gaps += [LossGap(lost.what, lost.why, lost.todo) for lost in restore.lost if lost.planned]
    unwritable = sorted(chosen.keys() - restore.create - restore.update - _STAMPS)
    if unwritable:
        draft.gaps.append(_not_writable(s, unwritable, "are in the backup"))
    return True


def _calls(body: Object, rules: Rules) -> list[Object]:
    """The properties of one PATCH each, in the order in which they are sent."""
    parts = [{name: body[name] for name in sorted(group & body.keys())} for group in rules.apart]
    rest = {name: value for name, value in body.items() if not any(name in group for group in rules.apart)}
    return [part for part in (rest, *parts) if part]


def _new_id(s: Situation) -> LossGap:
    return LossGap(
        f"The id {s.choice.id}",
        "Microsoft Entra ID gives every new object an id of its own.",
        "The id map remembers which is which: restore the groups and policies that held the old id, and they get the "
        "new one. What refers to it outside the directory is yours to change.",
    )


def _namesakes(s: Situation) -> list[LossGap]:
    if not s.live.twins:
        return []
    return [
        LossGap(
            f"There is another {s.name}",
            f"{', '.join(s.live.twins)} has the same name, and no restore made it. Applying this plan makes one more.",
            "If somebody has rebuilt the object by hand, keep that one and do not apply this plan.",
        )
    ]


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

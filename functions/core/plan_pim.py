"""What restoring schedules and rules of Privileged Identity Management asks for beyond the catalogue: pure.

A schedule is given by a request of an administrator, and changed by another one. It comes back with the end it had in
the backup, never with a later one; where that end is over, it does not come back.
"""

import re
from datetime import UTC, datetime, timedelta

from functions.core.diff import dead_in, empty, same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_roles import SCOPES, kept_assignment, missing_ends, one_scope, role_danger
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.record import Json, Object
from functions.core.way_in import keepers, protected

_WHY = "Restored from a backup"
_SHORTEST = timedelta(minutes=5)  # Graph refuses anything shorter
_PERMANENT = "noExpiration"
# Years and months are of no fixed length, and Privileged Identity Management counts in days.
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_COMPUTED = frozenset({"assignmentType", "createdUsing", "memberType", "status"})
_REQUEST = frozenset({"action", "justification"})
_NAMED = ("principalId", "roleDefinitionId", "directoryScopeId", "appScopeId", "groupId", "accessId")


def _normal(schedule: Object) -> Object:
    """What a schedule and the request for it have in common: whom it is for, and when it ends."""
    kept = {name: value for name, value in schedule.items() if name not in _REQUEST | _COMPUTED}
    info = kept.get("scheduleInfo")
    if isinstance(info, dict):
        recurrence = info.get("recurrence")
        kept["scheduleInfo"] = {
            "expiration": _expiration(info),
            **({} if empty(recurrence) else {"recurrence": recurrence}),
        }
    return kept


def _expiration(info: Object) -> Object:
    """A time that was given as a duration ends when it ended; what names an end has one, whatever it calls itself."""
    expiration = info.get("expiration")
    until = expiration if isinstance(expiration, dict) else {}
    end = until.get("endDateTime") or _end_of(info.get("startDateTime"), until.get("duration"))
    if end:
        return {"type": "afterDateTime", "endDateTime": end}
    if until.get("duration"):
        return {"type": until.get("type"), "duration": until.get("duration")}
    return {"type": _PERMANENT}


def _end_of(start: Json, duration: Json) -> str:
    """When a duration that began then ends; "" where nobody can tell."""
    begins = _moment(start)
    length = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if begins is None or length is None:
        return ""
    names = ("weeks", "days", "hours", "minutes", "seconds")
    parts = {name: int(part) for name, part in zip(names, length.groups(), strict=True) if part}
    if not parts:
        return ""
    return (begins + timedelta(**parts)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _stop(s: Situation) -> Gaps:
    if s.live.standing == "live":
        return []
    if s.record.get("assignmentType") in ("Activated", "activated"):
        return [_left_out(s, "Somebody had activated it for a few hours.", "Whoever is eligible activates it again.")]
    if str(s.record.get("memberType") or "Direct").lower() != "direct":
        return [
            _left_out(
                s,
                "It was held through a group or a wider scope, and follows from what is assigned there.",
                "Restore the schedule of the group, or of the wider scope.",
            )
        ]
    if "assignmentType" in s.record and "roleDefinitionId" in s.record and s.record.get("createdUsing") is None:
        return [
            _left_out(
                s,
                "It was assigned without a schedule; this only shows the assignment in the form of one.",
                "Restore the object of roleAssignments for the same principal, role and scope.",
            )
        ]
    if _over(s):
        return [_left_out(s, "The time it was given for is over.", "Assign it anew if it is still needed.")]
    if _endless(s):
        return [
            _left_out(
                s,
                "The record does not say when it ends, and made again it might last longer than it was to.",
                "Assign it in Privileged Identity Management, with the end that it should have.",
            )
        ]
    return missing_ends(s, *(name for name in ("principalId", "roleDefinitionId", "groupId", *SCOPES)))


def _over(s: Situation) -> bool:
    end = _moment(within(s.wanted, "scheduleInfo", "expiration", "endDateTime"))
    now = _moment(s.now)
    return end is not None and now is not None and end < now + _SHORTEST


def _endless(s: Situation) -> bool:
    """True where nobody can tell when it was to end, if ever."""
    expiration = within(s.wanted, "scheduleInfo", "expiration")
    return not isinstance(expiration, dict) or not (
        expiration.get("type") == _PERMANENT or expiration.get("endDateTime")
    )


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    return {**one_scope(s, body, gaps), "action": "adminAssign", "justification": _WHY, "scheduleInfo": _schedule(s)}


def _schedule(s: Situation) -> Object:
    """The schedule as it is asked for: from when it was to begin, or from now where that has passed."""
    start, now = within(s.record, "scheduleInfo", "startDateTime"), _moment(s.now)
    begins = _moment(start)
    later = begins is not None and now is not None and begins > now
    return {
        "startDateTime": start if later or not s.now else s.now,
        "expiration": within(s.wanted, "scheduleInfo", "expiration"),
    }


def _by_requests(s: Situation, body: Object, gaps: Gaps) -> Object:
    body.pop("scheduleInfo", None)
    return body


def _calls(s: Situation, gaps: Gaps) -> list[Call]:
    """Another end is asked for by a request of its own."""
    wanted, current = s.wanted.get("scheduleInfo"), s.current.get("scheduleInfo")
    if s.live.standing != "live" or s.entry.restore is None or same(wanted, current):
        return []
    if s.live.object.get("assignmentType") in ("Activated", "activated") or _over(s):
        gaps.append(
            LossGap(
                f"{s.name} keeps the end it has",
                "The end in the backup is over, or what is there now is an activation of a few hours.",
                "Change it in Privileged Identity Management if it should end at another time.",
            )
        )
        return []
    stays = _may_not_end(s) if within(wanted, "expiration", "type") != _PERMANENT else None
    if stays is not None or _endless(s):
        gaps.append(stays or _kept(s, "The record does not say when it ends.", "Set its end by hand."))
        return []
    named: Object = {name: s.record[name] for name in _NAMED if not empty(s.record.get(name))}
    return [
        Call(
            path=s.entry.restore.collection,
            body={
                **one_scope(s, named, gaps),
                "action": "adminUpdate",
                "justification": _WHY,
                "targetScheduleId": s.live.id,
                "scheduleInfo": _schedule(s),
            },
            reason="It ends at another time than in the backup.",
            after={"scheduleInfo": wanted},
            before={"scheduleInfo": current},
            whole=True,
        )
    ]


def _ended(s: Situation) -> Call | None:
    """Nobody deletes a schedule: an administrator asks for its end."""
    if s.entry.restore is None:
        return None
    named: Object = {name: s.live.object[name] for name in _NAMED if not empty(s.live.object.get(name))}
    body: Object = {**one_scope(s, named, []), "action": "adminRemove", "justification": _WHY}
    return Call(path=s.entry.restore.collection, body=body, reason="", whole=True)


def _may_not_end(s: Situation) -> LossGap | None:
    """Why a schedule may not get an end, and with it go by itself one day."""
    return _through_group(s) if "groupId" in s.live.object else kept_assignment(s)


def _role_stays(s: Situation) -> LossGap | None:
    return kept_assignment(s) or _not_given(s)


def _group_stays(s: Situation) -> LossGap | None:
    return _through_group(s) or _not_given(s)


def _through_group(s: Situation) -> LossGap | None:
    """Who is kept in the tenant by a group stays in it."""
    held = s.live.object
    principal, group = str(held.get("principalId") or ""), held.get("groupId")
    why = protected(s.safety, principal)
    if not why and any(group in s.safety.administrators[who] for who in keepers(s.safety) & {principal}):
        why = "Through the group it is one of those through whom the tenant can be administered whatever is removed."
    if not why and not s.safety.administrators:
        why = "Who the Global Administrators are could not be read, so nobody can tell whether one would be left."
    return _kept(s, why, "Take it out by hand, when somebody else can sign in.") if why else None


def _not_given(s: Situation) -> LossGap | None:
    """Why there is nothing that a request could end, or it would be refused."""
    held, given = s.live.object, _moment(within(s.live.object, "createdDateTime"))
    now = _moment(s.now)
    if held.get("assignmentType") in ("Activated", "activated"):
        return _kept(
            s, "Somebody has activated it, and it ends within hours.", "Deactivate it by hand, if it is urgent."
        )
    if str(held.get("memberType") or "Direct").lower() != "direct":
        why = "It is held through a group or a wider scope, and goes when that goes."
        return _kept(s, why, "Remove what it follows from.")
    if "assignmentType" in held and "roleDefinitionId" in held and held.get("createdUsing") is None:
        why = "It was assigned without a schedule; this only shows the assignment in the form of one."
        return _kept(s, why, "Remove the object of roleAssignments for the same principal, role and scope.")
    if "assignmentType" in held and given is not None and now is not None and now < given + _SHORTEST:
        why = "It was given less than five minutes ago, and Graph ends none before (ActiveDurationTooShort)."
        return _kept(s, why, "Make a new plan in five minutes.")
    return None


def _kept(s: Situation, why: str, todo: str) -> LossGap:
    return LossGap(f"The schedule of {s.name} stays", why, todo)


def _danger_of_group(s: Situation, step: Step) -> Danger:
    """A group under management is one that gives access to something that matters."""
    return "high"


def _moment(value: Json) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else None


def _left_out(s: Situation, why: str, todo: str) -> LossGap:
    return LossGap(f"The schedule of {s.name} does not come back", why, todo)


# ---- rules ---------------------------------------------------------------------------------------------------------


def _stop_policy(s: Situation) -> Gaps:
    if s.live.standing == "live":
        return []
    return [
        LossGap(
            "The rules do not come back under this id",
            "Graph makes the policy with the role or the group it is for, under an id of its own, and nobody else can.",
            "Find the new policy through the policy assignments of the role or group, and set its rules by hand.",
        )
    ]


def _by_rules(s: Situation, body: Object, gaps: Gaps) -> Object:
    body.pop("rules", None)
    return body


def _rule_calls(s: Situation, gaps: Gaps) -> list[Call]:
    """A call for each rule that differs. Each shows the list as it is after it."""
    if s.live.standing != "live":
        return []
    wanted, shown = _by_id(s.wanted.get("rules")), _by_id(s.current.get("rules"))
    calls = []
    for identity, rule in wanted.items():
        if same(rule, shown.get(identity)):
            continue
        why = _unwritable(s, rule, identity in shown)
        if why:
            gaps.append(
                LossGap(f"The rule {identity} is left as it is", why, "Set the rule in the portal, from the record.")
            )
            continue
        before: list[Json] = list(shown.values())
        shown[identity] = rule
        calls.append(
            Call(
                path=f"/rules/{identity}",
                body={name: value for name, value in rule.items() if name != "id"},
                reason="The rule differs from the backup.",
                method="PATCH",
                before={"rules": before},
                after={"rules": list(shown.values())},
                danger="elevated" if identity.startswith("Notification") else "high",
            )
        )
    return calls


def _unwritable(s: Situation, rule: Object, there: bool) -> str:
    if not there:
        return "The policy in the tenant has no such rule."
    if lost := dead_in(rule, s.live.missing):
        return f"It names {', '.join(lost)}, which is not in the tenant; leaving it out would change who approves."
    stages = within(rule, "setting", "approvalStages")
    if within(rule, "setting", "isApprovalRequired") is True and not any(
        not empty(within(stage, "primaryApprovers")) for stage in (stages if isinstance(stages, list) else [])
    ):
        return "It asks for approval and names nobody who approves: whoever has to be approved might wait for ever."
    return ""


def _by_id(rules: Json) -> dict[str, Object]:
    found = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    return {str(rule.get("id")): rule for rule in found}


ROLE_SCHEDULE = Rules(
    stop=_stop,
    normal=_normal,
    create=_create,
    patch=_by_requests,
    calls=_calls,
    deletion=_role_stays,
    ended=_ended,
    danger=role_danger,
    never_null=frozenset({"scheduleInfo"}),
)

GROUP_SCHEDULE = Rules(
    stop=_stop,
    normal=_normal,
    create=_create,
    patch=_by_requests,
    calls=_calls,
    deletion=_group_stays,
    ended=_ended,
    danger=_danger_of_group,
    never_null=frozenset({"scheduleInfo"}),
)

ROLE_POLICY = Rules(stop=_stop_policy, patch=_by_rules, calls=_rule_calls, never_null=frozenset({"rules"}))

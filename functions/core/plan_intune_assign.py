"""Whom an object of Intune is assigned to; pure.

In: the assignments as they were and as they are. Out: the call that makes them so, sent when all objects are there.
Graph takes the whole set at once, so in `add` mode those that are there and were not in the backup go along; of two for
the same group the recorded one counts. An exclusion is never left out because its group is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from functions.core.diff import same
from functions.core.links_remap import remapped_at
from functions.core.plan import LossGap
from functions.core.plan_gaps import unread_run, unread_tenant
from functions.core.plan_rules import Call, Gaps, Situation, within
from functions.core.record import RELATIONSHIPS, Json, Object

ASSIGNMENTS = "assignments"
_FILTER = "deviceAndAppManagementAssignmentFilterId"
_HOW = "deviceAndAppManagementAssignmentFilterType"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_BY_POLICY_SET = "policySets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """How a type takes its assignments: the name of the set in the body of `assign`, and what each says besides its
    target. `kind` goes with each as its type. `link`: they are a relationship of the record, not inside it."""

    envelope: str = ASSIGNMENTS
    also: tuple[str, ...] = ()
    kind: str = ""
    link: bool = False

    def calls(self, s: Situation, gaps: Gaps) -> Sequence[Call]:
        """The call that assigns the object, if it takes one."""
        sides = _sides(s, self, gaps)
        if sides is None:
            return ()
        recorded, current = sides
        wanted = _usable(s, recorded, gaps)
        if wanted is None:
            return ()
        kept = {} if s.options.mode == "exact" else {_whom(one): one for one in _newest(s, current)}
        after: list[Json] = list({**kept, **{_whom(one): one for one in wanted}}.values())
        if alike(after, current):
            return ()
        gone = {_whom(one) for one in current} - {_whom(one) for one in after if isinstance(one, dict)}
        return (
            Call(
                path="/assign",
                body={self.envelope: [self._sent(one) for one in after]},
                reason="It is assigned as it was; Graph takes all assignments at once.",
                before={ASSIGNMENTS: list(current)},
                after={ASSIGNMENTS: after},
                link=ASSIGNMENTS if self.link else "",
                danger="elevated" if gone else "low",
            ),
        )

    def _sent(self, assignment: Json) -> Json:
        return {"@odata.type": self.kind, **assignment} if self.kind and isinstance(assignment, dict) else assignment


def one_by_one(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The calls of a type whose assignments are made one at a time."""
    sides = _sides(s, Assigned(), gaps)
    wanted = _usable(s, sides[0], gaps) if sides else None
    if sides is None or wanted is None:
        return ()
    there: list[Json] = list(sides[1])
    extra = {_whom(one) for one in sides[1]} - {_whom(one) for one in wanted}
    if extra and s.options.mode == "exact":
        gaps.append(
            LossGap(
                f"Assignments of {s.name} that were not in the backup",
                "They are removed one at a time, which a restore does not do here.",
                "Remove them by hand.",
            )
        )
    calls = []
    for one in wanted:
        if _whom(one) in {_whom(other) for other in there if isinstance(other, dict)}:
            continue
        before, there = there, [*there, one]
        calls.append(
            Call(
                path="/assignments",
                body=one,
                reason="It is assigned as it was.",
                before={ASSIGNMENTS: before},
                after={ASSIGNMENTS: there},
            )
        )
    return calls


def plain(assignments: Json, also: Sequence[str] = ()) -> Json:
    """Assignments in the form in which they are compared and sent: without ids, and without those that a policy set
    makes."""
    if not isinstance(assignments, list):
        return assignments
    return [
        {"target": _target(one.get("target")), **{name: one[name] for name in also if name in one}}
        for one in assignments
        if isinstance(one, dict) and one.get("source") != _BY_POLICY_SET
    ]


def without(names: frozenset[str], also: Sequence[str] = ()) -> Callable[[Object], Object]:
    """A `normal` rule: without what the service counts or stamps, and with assignments in their plain form."""

    def normal(thing: Object) -> Object:
        found: Object = {name: value for name, value in thing.items() if name not in names}
        if ASSIGNMENTS in found:
            found[ASSIGNMENTS] = plain(found[ASSIGNMENTS], also)
        return found

    return normal


def alike(left: Sequence[Json], right: Sequence[Json]) -> bool:
    """True when both hold the same, in whatever order."""
    rest = list(right)
    for value in left:
        match = next((at for at, other in enumerate(rest) if same(value, other)), None)
        if match is None:
            return False
        del rest[match]
    return not rest


def related(s: Situation, name: str, gaps: Gaps) -> tuple[list[Object], list[Object]] | None:
    """The contained objects of a relationship as recorded and as they are; None, with a gap, where one is not known."""
    recorded = within(s.record, RELATIONSHIPS, name)
    if not isinstance(recorded, list):
        gaps.append(unread_run(s, name, "chosen"))
        return None
    if s.live.standing == "live" and name not in s.live.parts:
        gaps.append(unread_tenant(s, name))
        return None
    return [one for one in recorded if isinstance(one, dict)], list(s.live.parts.get(name, ()))


def _sides(s: Situation, how: Assigned, gaps: Gaps) -> tuple[list[Object], list[Object]] | None:
    if how.link:
        if not s.options.follows(ASSIGNMENTS):
            return None
        sides = related(s, ASSIGNMENTS, gaps)
        return None if sides is None else (_objects(plain(list(sides[0]))), _objects(plain(list(sides[1]))))
    if ASSIGNMENTS not in s.wanted or not s.options.takes(ASSIGNMENTS):
        return None
    return _objects(s.wanted[ASSIGNMENTS]), _objects(s.current.get(ASSIGNMENTS))


def _newest(s: Situation, assignments: list[Object]) -> list[Object]:
    """Those that are there, leading to what was made anew instead of what is gone."""
    found: Json = list(assignments)
    for path in ("target.groupId", f"target.{_FILTER}"):
        found = remapped_at(found, path, s.newest)
    return _objects(found)


def _objects(found: Json) -> list[Object]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _target(target: Json) -> Json:
    if not isinstance(target, dict):
        return target
    found = {name: value for name, value in target.items() if value is not None}
    if found.get(_FILTER) == _NOBODY:
        del found[_FILTER]
    return {_HOW: "none", **found}


def _whom(assignment: Object) -> tuple[str, str]:
    target = assignment.get("target")
    found = target if isinstance(target, dict) else {}
    return str(found.get("@odata.type")), str(found.get("groupId") or found.get("collectionId") or "")


def _usable(s: Situation, recorded: list[Object], gaps: Gaps) -> list[Object] | None:
    """Those whose group and filter are there; None where leaving one out would reach more than the backup did."""
    wanted = []
    for one in recorded:
        lost = [str(within(one, "target", name)) for name in ("groupId", _FILTER)]
        lost = [identity for identity in lost if identity in s.live.missing]
        if not lost:
            wanted.append(one)
        elif "exclusion" in _whom(one)[0]:
            gaps.append(
                LossGap(
                    f"{s.name} is not assigned",
                    f"The backup excludes the group {lost[0]}, which is not in the tenant, and no restore has "
                    "re-created it. Without the exclusion more devices would be reached.",
                    "Restore the group first, then make a new plan.",
                )
            )
            return None
        else:
            gaps.append(
                LossGap(
                    f"{s.name} is not assigned through {', '.join(lost)}",
                    "It is not in the tenant, and no restore has re-created it.",
                    "Restore it first, then make a new plan.",
                )
            )
    return wanted

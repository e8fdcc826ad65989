"""An item in the making: what it follows from, where its object lies, and the steps and gaps so far; pure.

In: a situation and the rules of its type. Out: steps, each with its address, its permissions, its danger and its lock,
sorted into the passes in which they are sent.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from functions.catalogue import restore_order
from functions.catalogue.model import Deletes, ObjectType, Read, Restore, Stage
from functions.core.calls import tokens
from functions.core.diff import dead_in
from functions.core.plan import Action, Danger, LossGap, Pass, Step
from functions.core.plan_rules import Rules, Situation
from functions.core.record import Json, Object
from functions.core.references import NO_OBJECTS
from functions.errors import PlanNotApplicable

_PLACE = re.compile(r"\{(\w+)\}")
_RANK: Mapping[Danger, int] = {"low": 0, "elevated": 1, "high": 2}
_AT_LEAST: Mapping[Action, Danger] = {"removeLink": "elevated", "removePart": "elevated", "delete": "high"}
EXTENSION = "extension_"  # begins the names of directory extensions
_OF_THE_BIN: frozenset[Action] = frozenset({"restoreDeleted", "delete"})
_MIDDLE = 500  # removals and deletions go through the types backwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a plan carries that does not follow from the objects. `run` is the run whose record it restores, `tenant`
    the id of the tenant that is written to. `made`: the stage at which this plan makes each object that it makes anew,
    by its old id (and an application's by its old appId too). An object that is not in it counts as not made yet.
    `now` is the time of planning, `units` the free units of each licensed product (None: not known).
    """

    run: str
    graph_url: str
    tenant: str
    made: Mapping[str, int] = field(default_factory=dict)
    now: str = ""
    units: Mapping[str, int] | None = None


def stage_of(entry: ObjectType, scope: Pass = "object") -> int:
    """When the items of a type are worked on in a pass."""
    place = _places().get(entry.key, 0)
    own = int(entry.restore.stage) * 1000 if entry.restore else int(Stage.ACCESS) * 1000
    links = int(Stage.LINKS) * 1000
    return {
        "object": own + place,
        "links": links + place if own < links else own + _MIDDLE + place,
        "removals": int(Stage.REMOVALS) * 1000 + _MIDDLE - place,
        "deletion": int(Stage.DELETIONS) * 1000 + _MIDDLE - place,
    }[scope]


@cache
def _places() -> Mapping[str, int]:
    return {key: place for place, key in enumerate(restore_order())}


def placed(template: str, record: Object, tenant: str) -> tuple[str, dict[str, str]]:
    """A path with its `{property}` filled in from the record, and what was filled in; a property that the record
    lacks stays as it is, and is not among them."""
    used: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        value = tenant if match[1] == "tenant" else record.get(match[1])
        if not isinstance(value, str) or not value:
            return match[0]
        used[match[1]] = value
        return value

    return _PLACE.sub(fill, template), used


def unfilled(path: str) -> list[str]:
    """The properties that are still to be filled in."""
    return _PLACE.findall(path)


def worse(*dangers: Danger) -> Danger:
    """The greatest of them."""
    return max(dangers, key=_RANK.__getitem__)


def waits(value: Json, stage: int, frame: Frame) -> bool:
    """True where a value names an object that is not made before this stage."""
    return any(frame.made.get(old, stage) >= stage for old in tokens(value))


@dataclass(slots=True)
class Draft:
    """Steps and gaps by the pass they belong to. `collection` is where the object is made, `record_path` what was
    filled into it; `moved` what properties are when the calls before the changes have been sent."""

    situation: Situation
    rules: Rules
    restore: Restore
    frame: Frame
    steps: dict[Pass, list[Step]] = field(default_factory=dict)
    gaps: list[LossGap] = field(default_factory=list)
    link_gaps: list[LossGap] = field(default_factory=list)
    removal_gaps: list[LossGap] = field(default_factory=list)
    collection: str = ""
    record_path: dict[str, str] = field(default_factory=dict)
    moved: Object = field(default_factory=dict)

    def __post_init__(self) -> None:
        s = self.situation
        self.collection, self.record_path = placed(self.restore.collection, s.record, self.frame.tenant)

    @property
    def path(self) -> str:
        """The address of the object. Raises PlanNotApplicable for an id that would lead elsewhere."""
        if self.situation.entry.read is Read.ONE:
            return self.collection
        here = self.situation.here
        if "/" in here:
            raise PlanNotApplicable(f"{here!r} is no id")
        return f"{self.collection}/{here}"

    @property
    def deletable(self) -> bool:
        """True where a restore may delete the object."""
        return self.restore.deletes is not Deletes.NO

    def waits(self, value: Json) -> bool:
        """True where a value names an object that is not made before this one."""
        return waits(value, stage_of(self.situation.entry), self.frame)

    def may_set(self, name: str, allowed: Set[str]) -> bool:
        """True for a property of an allow-list, and for the values of directory extensions of a type that has them."""
        return name in allowed or (bool(self.situation.entry.extension_values) and name.startswith(EXTENSION))

    def dead(self, value: Json) -> list[str]:
        """The ids in a value that are not in the tenant."""
        missing = self.situation.live.missing
        return dead_in(value, missing - NO_OBJECTS) if missing else []

    def needs(self, action: Action, names: Iterable[str], more: Collection[str] = ()) -> tuple[str, ...]:
        """The permissions that a step takes which writes these properties."""
        if action in _OF_THE_BIN and self.restore.bin_scopes:
            return self.restore.bin_scopes
        besides = [scope for name in names for scope in self.restore.scopes_for.get(name, ())]
        own = self.rules.needs(self.situation)
        return tuple(dict.fromkeys([*self.restore.write_scopes, *besides, *own, *more]))

    def step(
        self,
        action: Action,
        method: str,
        path: str,
        reason: str,
        *,
        scope: Pass = "object",
        names: Iterable[str] = (),
        more_needs: Collection[str] = (),
        danger: Danger = "low",
        **more: Any,
    ) -> None:
        """Adds one call to a pass. `names` are the properties that it writes."""
        entry = self.situation.entry
        more.setdefault("api", self.restore.api or entry.api)
        more["serial"] = more.get("serial") or self.restore.serial
        steps = self.steps.setdefault(scope, [])
        step = Step(
            id=f"0.{len(steps) + 1}",
            action=action,
            method=method,
            path=path,
            reason=reason,
            needs=self.needs(action, names, more_needs),
            danger=worse(danger, _AT_LEAST.get(action, "low")),
            **more,
        )
        ranked = worse(step.danger, self.rules.danger(self.situation, step))
        steps.append(step if ranked == step.danger else _with_danger(step, ranked))
        told = {"links": self.link_gaps, "removals": self.removal_gaps}.get(scope, self.gaps)
        role = self.rules.role(self.situation, step)
        if role is not None and role not in told:
            told.append(role)


def _with_danger(step: Step, danger: Danger) -> Step:
    fields = {name: getattr(step, name) for name in step.__struct_fields__}
    return Step(**{**fields, "danger": danger})

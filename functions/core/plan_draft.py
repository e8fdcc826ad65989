"""A plan in the making: what it follows from, and the steps and gaps so far; pure."""

from dataclasses import dataclass, field
from typing import Any

from functions.catalogue.model import Restore
from functions.core.links import NEW_ID
from functions.core.plan import Action, LossGap, Step
from functions.core.plan_rules import Rules, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a plan carries that does not follow from the objects. `run` is the run whose record it restores."""

    plan_id: str
    tenant_id: str
    run: str
    created_at: str
    expires_at: str
    graph_url: str


@dataclass(slots=True)
class Draft:
    """`step` adds a call; the numbers of the steps follow from their order."""

    situation: Situation
    rules: Rules
    restore: Restore
    frame: Frame
    steps: list[Step] = field(default_factory=list)
    gaps: list[LossGap] = field(default_factory=list)

    @property
    def identity(self) -> str:
        """The id of the object, or what stands for the one it will get."""
        return NEW_ID if self.situation.live.standing == "gone" else self.situation.live.id

    @property
    def path(self) -> str:
        """The path of the object."""
        return f"{self.restore.collection}/{self.identity}"

    def step(self, action: Action, method: str, path: str, reason: str, **more: Any) -> None:
        """Adds one call."""
        number = str(len(self.steps) + 1)
        self.steps.append(Step(id=number, action=action, method=method, path=path, reason=reason, **more))

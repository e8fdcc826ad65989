"""What a caller wants restored: one of five scopes and the options, as they cross the wire and are kept with the plan.

In: a checked request. Out: which types it may touch, the planner's options, and the same in a few words.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from functions.catalogue import TYPES, restore_order
from functions.catalogue.model import ObjectType
from functions.core.plan import Options

FEW = 20  # objects that are planned while the caller waits


class One(msgspec.Struct, frozen=True, rename="camel"):
    """An object by type and id."""

    type: str
    id: str


class Between(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """All that changed from one run to another ("": the newest)."""

    from_: str = msgspec.field(name="from")
    to: str = ""
    types: tuple[str, ...] = ()


class PlanRequest(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """Exactly one of: `type` with `id`; `objects`; `type` with `all`; `changes`; `tenant`. Without `run` the newest.

    `references`: the objects that named one which is made anew and shall name the new one: "all", "none", or types and
    single ones ("groups/{id}"). `caller` is the object id of who asks, "" where it is not known.
    """

    type: str = ""
    id: str = ""
    objects: tuple[One, ...] = ()
    all: bool = False
    changes: Between | None = None
    tenant: bool = False
    types: tuple[str, ...] = ()
    run: str = ""
    properties: tuple[str, ...] | UnsetType = UNSET
    relationships: tuple[str, ...] | UnsetType = UNSET
    match: Literal["add", "exact"] = "add"
    delete_added: bool = False
    references: Literal["all", "none"] | tuple[str, ...] = "all"
    state: Literal["reportOnly", "asRecorded"] = "reportOnly"
    source_tenant: str = ""
    cross_tenant: bool = False

    @property
    def named(self) -> tuple[One, ...]:
        """The objects that are named one by one."""
        return (One(self.type, self.id),) if self.id else self.objects

    @property
    def few(self) -> bool:
        """True for what may be planned while the caller waits."""
        return 0 < len(self.named) <= FEW

    @property
    def lists(self) -> bool:
        """True where the scope is a list of objects of whole types, so that it is known what was not in it."""
        return self.all or self.tenant or self.changes is not None

    @property
    def options(self) -> Options:
        """For the planner. Between tenants nothing names the objects of the other one."""
        references = (
            None if self.references == "all" else frozenset(() if self.references == "none" else self.references)
        )
        return Options(
            properties=None if self.properties is UNSET else frozenset(self.properties),
            relationships=None if self.relationships is UNSET else frozenset(self.relationships),
            mode=self.match,
            delete_added=self.delete_added,
            state=self.state,
            references=frozenset() if self.cross_tenant else references,
        )

    def entries(self) -> list[ObjectType]:
        """The types that the scope lists whole, in the order of restoring."""
        if self.all:
            return [TYPES[self.type]]
        chosen = self.changes.types if self.changes else self.types
        return [TYPES[key] for key in restore_order() if restorable(TYPES[key]) and (not chosen or key in chosen)]

    def words(self) -> str:
        """The scope in a few words."""
        if self.id:
            return f"{self.type}/{self.id}"
        if self.objects:
            return "1 object" if len(self.objects) == 1 else f"{len(self.objects)} objects"
        if self.all:
            return f"{self.type}: all"
        if self.changes:
            return f"changes {self.changes.from_} to {self.changes.to or 'newest'}{_of(self.changes.types)}"
        return f"tenant{_of(self.types)}"

    def told(self) -> dict[str, Any]:
        """The request as it stands in a plan."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def _of(types: Sequence[str]) -> str:
    return f": {', '.join(types)}" if types else ""


def restorable(entry: ObjectType) -> bool:
    """True for types whose records may be read and whose objects may be written."""
    return entry.restore is not None and not entry.private

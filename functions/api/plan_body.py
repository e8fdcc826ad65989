"""The body of a call that plans a restore: which objects, and how. One of five scopes, checked against the catalogue.

In: what a caller sent, already of the right shape. Out: the request that planning takes, or a CallerError.
"""

import re
from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from functions.api.bodies import Body, Names, all_in, once, restorable_properties, restorable_relationships
from functions.api.params import Catalogue, entry, object_id, run_id
from functions.api.problem import refused
from functions.catalogue.model import ObjectType
from functions.restore.scope import Between, One, PlanRequest, restorable
from functions.settings import GUID

MOST_OBJECTS = 1000


class ObjectRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One object."""

    type: str
    id: str


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """All that changed from one run to another, by default the newest, of all types or of some."""

    from_: str
    to: str | UnsetType = UNSET
    types: Annotated[list[str], Meta(min_length=1, max_length=200)] | UnsetType = UNSET


class MakePlan(Body, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """What to restore, exactly one of: `type` and `id`; `objects`; `type` and `all`; `changes`; `tenant`. As of `run`,
    by default the newest. Without `properties` and `relationships` (of a single type): everything. `references`: which
    of the objects that named one which is made anew shall name the new one.
    """

    type: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    objects: Annotated[list[ObjectRef], Meta(min_length=1, max_length=MOST_OBJECTS)] | UnsetType = UNSET
    all: Literal[True] | UnsetType = UNSET
    changes: Changes | UnsetType = UNSET
    tenant: Literal[True] | UnsetType = UNSET
    types: Annotated[list[str], Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    run: str | UnsetType = UNSET
    properties: Names | UnsetType = UNSET
    relationships: Names | UnsetType = UNSET
    match: Literal["add", "exact"] = "add"
    delete_added: bool = False
    references: Literal["all", "none"] | Annotated[list[str], Meta(max_length=1000)] = "all"
    state: Literal["reportOnly", "asRecorded"] = "reportOnly"
    source_tenant: str | UnsetType = UNSET
    cross_tenant: bool = False

    def checked(self, catalogue: Catalogue) -> Self:
        """The same with its ids in Graph's form. Raises for a scope that is none or more than one, and for what the
        types do not have or cannot be given back."""
        self._one_scope()
        self._options()
        found: dict[str, object] = {}
        if self.type is not UNSET:
            of = _restorable(self.type, catalogue)
            _some_of(of, self.properties, self.relationships)
            if self.id is not UNSET:
                found["id"] = object_id(self.id, of)
        elif self.properties is not UNSET or self.relationships is not UNSET:
            raise refused("invalidBody", "properties and relationships can be chosen for a single type alone")
        if self.objects is not UNSET:
            found["objects"] = _objects(self.objects, catalogue)
        for keys in (self.types, self.changes.types if self.changes is not UNSET else UNSET):
            for key in keys or ():
                _restorable(key, catalogue)
            once(keys, "types")
        if not isinstance(self.references, str):
            found["references"] = [_reference(text, catalogue) for text in self.references]
        return msgspec.structs.replace(self, **found)

    def subject(self) -> str:
        """The scope in a few words."""
        return self.request().words()[:1000]

    def request(self) -> PlanRequest:
        """What planning takes."""
        changes = self.changes
        return PlanRequest(
            type=self.type or "",
            id=self.id or "",
            objects=tuple(One(one.type, one.id) for one in self.objects or ()),
            all=bool(self.all),
            changes=Between(changes.from_, changes.to or "", tuple(changes.types or ())) if changes else None,
            tenant=bool(self.tenant),
            types=tuple(self.types or ()),
            run=self.run or "",
            properties=UNSET if self.properties is UNSET else tuple(self.properties),
            relationships=UNSET if self.relationships is UNSET else tuple(self.relationships),
            match=self.match,
            delete_added=self.delete_added,
            references=self.references if isinstance(self.references, str) else tuple(self.references),
            state=self.state,
            source_tenant=(self.source_tenant or "").lower(),
            cross_tenant=self.cross_tenant,
        )

    def _one_scope(self) -> None:
        said = [name for name in ("id", "objects", "all", "changes", "tenant") if getattr(self, name) is not UNSET]
        if len(said) != 1:
            raise refused(
                "invalidBody", "Name exactly one scope: type and id, objects, type and all, changes, or tenant"
            )
        if (self.type is not UNSET) != (said[0] in {"id", "all"}):
            raise refused("invalidBody", "type goes with id or with all")
        if self.types is not UNSET and said != ["tenant"]:
            raise refused("invalidBody", "types goes with tenant; changes has types of its own")
        if self.run is not UNSET and said == ["changes"]:
            raise refused("invalidBody", "changes names its runs itself: from and to")

    def _options(self) -> None:
        for run in (self.run, *((self.changes.from_, self.changes.to) if self.changes is not UNSET else ())):
            if run is not UNSET:
                run_id(run)
        if self.delete_added and self.match != "exact":
            raise refused("invalidBody", 'deleteAdded goes with "match": "exact"')
        if self.delete_added and (self.id is not UNSET or self.objects is not UNSET):
            raise refused("invalidBody", "deleteAdded goes with all, changes or tenant: what was added has no record")
        if self.source_tenant is not UNSET and not re.fullmatch(GUID, self.source_tenant.lower()):
            raise refused("invalidBody", "sourceTenant must be the id of a tenant")
        if self.cross_tenant and self.source_tenant is UNSET:
            raise refused("invalidBody", "crossTenant goes with sourceTenant")


def _objects(objects: list[ObjectRef], catalogue: Catalogue) -> list[ObjectRef]:
    found = [ObjectRef(one.type, object_id(one.id, _restorable(one.type, catalogue))) for one in objects]
    once([f"{one.type}/{one.id}" for one in found], "objects")
    return found


def _restorable(key: str, catalogue: Catalogue) -> ObjectType:
    of = entry(key, catalogue)
    if not restorable(of):
        raise refused("notRestorable", f"{of.key} cannot be restored by this version")
    return of


def _some_of(of: ObjectType, properties: list[str] | UnsetType, relationships: list[str] | UnsetType) -> None:
    once(properties, "properties")
    once(relationships, "relationships")
    all_in(properties or [], restorable_properties(of), f"property of {of.key}")
    all_in(relationships or [], restorable_relationships(of), f"relationship of {of.key}")


def _reference(text: str, catalogue: Catalogue) -> str:
    key, slash, identity = text.partition("/")
    of = entry(key, catalogue)
    return f"{key}/{object_id(identity, of)}" if slash else key

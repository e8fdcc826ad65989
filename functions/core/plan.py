"""A restore plan: the shapes it is made of, its stored form and its hash; pure.

A plan names each Graph call a restore will make, shows the values before and after, and lists what will not come back.
It is written once; applying it runs its steps and nothing else. A step whose call could delete an object cannot exist:
`check_call` refuses it when the step is made and again when a stored plan is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

import msgspec

from functions.catalogue.model import ObjectType
from functions.core.diff import shape
from functions.core.links import Mode, Target, check_call
from functions.core.record import Object, encode
from functions.errors import FormatError

Action = Literal[
    "restoreDeleted", "create", "update", "clearProperty", "addLink", "removeLink", "setManager", "removeManager"
]
Standing = Literal["live", "deleted", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a caller asked to restore. `run` "" is the newest record.

    None for both `properties` and `relationships` is everything; naming either narrows the restore to what is named.
    """

    type: str
    id: str
    run: str = ""
    properties: frozenset[str] | None = None
    relationships: frozenset[str] | None = None
    mode: Mode = "add"

    def takes(self, name: str) -> bool:
        """True when the property of an existing object was chosen."""
        return self.relationships is None if self.properties is None else name in self.properties

    def follows(self, link: str) -> bool:
        """True when the relationship was chosen."""
        if self.relationships is None:
            return self.properties is None
        return link in self.relationships


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """The tenant as it is, as far as one object is concerned.

    `id` is the id it has now (the record's own, or the newest the id map knows). `object` is its body: live, or as it
    lies in the recycle bin. `links` holds the relationships that were read; `missing` the ids the record refers to
    that are not in the tenant; `twins` the live objects that hold its natural key while it is not live itself.
    """

    id: str
    standing: Standing
    object: Object = field(default_factory=dict)
    links: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    twins: tuple[str, ...] = ()


class LossGap(msgspec.Struct, frozen=True):
    """Something that will not come back, or was left alone on purpose."""

    what: str
    why: str
    todo: str


class Step(msgspec.Struct, frozen=True, rename="camel"):
    """One Graph call. `path` may hold `{newId}`; `generated` names properties made up as it is sent, never stored.
    `at_once`: sent without waiting until the step before is seen everywhere.
    """

    id: str
    action: Action
    method: str
    path: str
    reason: str
    body: Any = None  # JSON; msgspec reads no recursive type
    before: Any = None
    after: Any = None
    link: str = ""
    target: str = ""
    generated: tuple[str, ...] = ()
    at_once: bool = False

    def __post_init__(self) -> None:
        check_call(self.method, self.path)


class Plan(msgspec.Struct, frozen=True, rename="camel"):
    """`object_id` is the id in the record, `live_id` the one in the tenant. Times are ISO 8601 in UTC."""

    plan_id: str
    tenant_id: str
    type: str
    object_id: str
    live_id: str
    name: str
    run: str
    mode: Mode
    standing: Standing
    created_at: str
    expires_at: str
    live_digest: str
    relationships: tuple[str, ...]
    steps: tuple[Step, ...]
    gaps: tuple[LossGap, ...]


def dump(plan: Plan) -> bytes:
    """The stored form: JSON with sorted keys."""
    return encode(plan)


def load(data: bytes) -> Plan:
    """The inverse of `dump`. Raises FormatError for anything else."""
    try:
        return msgspec.json.decode(data, type=Plan)
    except msgspec.DecodeError as error:
        raise FormatError(f"a stored restore plan cannot be read: {error}") from error


def plan_hash(data: bytes) -> str:
    """SHA-256 of the stored form, in hex: what is applied is what was shown."""
    return sha256(data).hexdigest()


def live_digest(live: LiveState, entry: ObjectType, relationships: tuple[str, ...]) -> str:
    """SHA-256 over all a restore could write or depends on, so that a change by someone else shows.

    Properties that the service moves by itself (plans, stamps) are left out: they are no one's edit.
    """
    restore = entry.restore
    writable = (restore.create | restore.update if restore else frozenset()) | {"onPremisesSyncEnabled"}
    seen = {key: value for key, value in shape(live.object, entry).items() if key in writable}
    links = {name: sorted(target.id for target in live.links.get(name, ())) for name in relationships}
    return sha256(encode({"id": live.id, "standing": live.standing, "object": seen, "links": links})).hexdigest()
